"""The list of products in another media type is the whole publication; what cannot be had is named."""

from __future__ import annotations

import orjson
import pytest

from exchange.access.policy import Tier
from exchange.api import negotiation
from exchange.publish.base import Format
from exchange.publish.registry import installed
from exchange.publish.write import build

URL = "/api/v1/products"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
WANTED = {media: kind for media, kind in negotiation.formats_of_products().items() if media != "application/json"}


def got(client, url=URL, accept=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()} | ({} if accept is None else {"Accept": accept})
    with client.get(url, headers=headers) as answer:
        answer.get_data()
        return answer


@pytest.mark.parametrize("media", sorted(WANTED))
def test_the_media_type_of_a_publication_gets_the_whole_of_it(visitor, store, settings, media):
    made = build(store, settings, WANTED[media].name)
    answer = got(visitor, accept=media)
    assert answer.status_code == 200
    assert answer.mimetype == media
    assert answer.data == made.path.read_bytes()
    assert answer.headers["ETag"] == f'"{made.etag}"'
    assert answer.headers["Content-Location"] == f"/api/v1/publications/{made.format}"
    assert {"Accept", "Accept-Encoding", "Cookie", "Authorization"} <= {word.strip() for word in answer.headers["Vary"].split(",")}
    assert got(visitor, accept=media, If_None_Match=answer.headers["ETag"]).status_code == 304
    assert got(visitor, accept=media, Range="bytes=0-4").data == answer.data[:5]


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        ("application/json, application/xml", "application/json"),
        ("application/json;q=0.5, application/xml", "application/xml"),
        ("application/json;q=0.5, application/xml;q=0.4", "application/json"),
        ("application/xml;q=0.1", "application/xml"),
        ("application/xml;q=0, */*;q=0.1", "application/json"),
        ("application/xml; charset=utf-8", "application/xml"),
        ("APPLICATION/XML", "application/xml"),
        ("*/*, application/json;q=0", None),
        (BROWSER, "application/json"),
        ("text/html, application/xml;q=0.9", "application/xml"),
    ],
)
def test_the_weights_of_accept_decide(visitor, accept, mimetype):
    answer = got(visitor, accept=accept)
    assert answer.status_code == 200
    assert answer.mimetype == (mimetype or answer.mimetype)
    assert answer.mimetype in {"application/json", *WANTED}
    if mimetype is None:
        assert answer.mimetype != "application/json"
    assert "Accept" in answer.headers["Vary"]


def test_the_list_stays_the_list_of_the_callers_tier_and_so_does_the_publication(visitor, staff, store, settings, markers):
    public, own = got(visitor, accept="application/xml"), got(staff, accept="application/xml")
    assert markers["silent_product"].encode() not in public.data
    assert markers["silent_product"].encode() in own.data
    assert own.headers["Content-Location"] == "/api/v1/publications/ubl?tier=staff"
    assert own.headers["ETag"] == f'"{build(store, settings, "ubl", Tier.STAFF).etag}"'
    assert "private" in own.headers["Cache-Control"]
    assert "public" in public.headers["Cache-Control"]


@pytest.mark.parametrize("query", ["?sector=logam", "?limit=5", "?q=pagar&district=Citangkil"])
def test_a_publication_knows_no_filters_and_says_so(visitor, query):
    refused = got(visitor, URL + query, accept="application/xml")
    assert refused.status_code == 406
    body = refused.get_json()
    assert body["available"] == ["application/json"]
    for name in query[1:].split("&"):
        assert name.partition("=")[0] in body["mend"]
    assert got(visitor, URL + query, accept="application/json;q=0.1, application/xml").mimetype == "application/json"
    assert got(visitor, URL + query, accept=BROWSER).mimetype == "application/json"


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=1", "application/xml;q=0", "kacau"])
def test_what_does_not_exist_is_406_and_names_what_does(visitor, accept):
    refused = got(visitor, accept=accept)
    assert refused.status_code == 406
    body = refused.get_json()
    assert body["available"] == sorted({"application/json", *WANTED})
    assert all(media in body["detail"] for media in body["available"])
    assert "application/json" in body["mend"]


@pytest.mark.parametrize("part", ["", "/manifest", "/signature"])
def test_a_publication_in_another_type_than_its_own_is_406_with_its_own(visitor, part):
    refused = got(visitor, f"/api/v1/publications/ubl{part}", accept="text/html;q=0.9")
    assert refused.status_code == 406
    (media,) = refused.get_json()["available"]
    assert media in refused.get_json()["mend"]
    assert got(visitor, f"/api/v1/publications/ubl{part}", accept=media).status_code == 200
    assert got(visitor, f"/api/v1/publications/ubl{part}", accept=BROWSER).status_code == 200


def test_other_addresses_of_products_speak_json_alone(visitor):
    assert got(visitor, f"{URL}/LGM-1", accept="application/xml").status_code == 406
    assert got(visitor, f"{URL}/LGM-1", accept="application/json").status_code == 200


def test_an_empty_catalogue_in_a_type_without_a_document_for_it_is_204(client):
    answer = got(client, accept="application/xml")
    assert (answer.status_code, answer.data) == (204, b"")
    assert orjson.loads(got(client).data) == {"items": [], "next": None}


def test_a_description_of_the_data_set_is_not_taken_for_the_products(monkeypatch):
    made = type("Beschreibung", (Format,), {"media_type": "text/x-set", "lists_products": False})
    monkeypatch.setitem(installed().usable, "aaa", made)
    assert made not in negotiation.formats_of_products().values()
    monkeypatch.setattr(made, "lists_products", True)
    assert negotiation.formats_of_products()["text/x-set"] is made
