"""What changed of the catalogue, by URL: for its reader alone, from a file, and with a way back for whoever cannot go on."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode

import pytest
from lxml import etree

from exchange.access.policy import Tier
from exchange.access.segments import refresh_products
from exchange.publish.write import build
from exchange.store.products import products_by_sku
from schemas import ubl

FULL, CHANGES = "/api/v1/publications/ubl", "/api/v1/publications/ubl/changes"
NS = {"cac": ubl.CAC, "cbc": ubl.CBC}


def version(body: bytes) -> str:
    return str(etree.fromstring(body).findtext("cbc:VersionID", namespaces=NS))


def change(store, sku, **members):
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        for member, value in members.items():
            setattr(row, member, value)
        row.version += 1
        refresh_products(session, [row])


@pytest.fixture
def since(visitor):
    """The version of the public catalogue as it is at first."""
    with visitor.get(FULL) as answer:
        return version(answer.data)


def test_a_reader_goes_on_from_the_version_of_its_catalogue(visitor, store, since):
    with visitor.get(CHANGES, query_string={"since": since}) as nothing:
        assert (nothing.status_code, nothing.data) == (204, b"")
    change(store, "LGM-1", name="Pagar baru")
    change(store, "LGM-2", state="withdrawn")
    with visitor.get(CHANGES, query_string={"since": since}) as answer:
        tree = etree.fromstring(answer.data)
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        assert 'rel="license"' in answer.headers["Link"]
        assert "public" in answer.headers["Cache-Control"]
    lines = [
        (line.findtext("cbc:ID", namespaces=NS), line.findtext("cbc:ActionCode", namespaces=NS))
        for line in tree.iter(ubl.cac("CatalogueLine"))
    ]
    assert lines == [("LGM-1", "Update"), ("LGM-2", "Delete")]
    with visitor.get(FULL) as full:
        assert version(full.data) == tree.findtext("cbc:VersionID", namespaces=NS)
    with visitor.get(CHANGES, query_string={"since": tree.findtext("cbc:VersionID", namespaces=NS)}) as nothing:
        assert nothing.status_code == 204


def test_the_same_increment_is_a_304_and_is_sent_in_parts(visitor, store, since):
    change(store, "LGM-1", name="Pagar baru")
    asked = {"since": since}
    with visitor.get(CHANGES, query_string=asked) as first:
        body, tag = first.data, first.headers["ETag"]
        assert {"Cookie", "Authorization", "Accept"} <= {word.strip() for word in first.headers["Vary"].split(",")}
    with visitor.get(CHANGES, query_string=asked, headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    with visitor.get(CHANGES, query_string=asked, headers={"Range": "bytes=0-9"}) as part:
        assert (part.status_code, part.data) == (206, body[:10])


def test_it_is_sent_as_every_publication_is(visitor, store, since):
    change(store, "LGM-1", name="Pagar baru")
    where = f"{CHANGES}?since={since}"
    with visitor.get(where) as plain, visitor.get(where, headers={"Accept-Encoding": "gzip"}) as packed, visitor.get(FULL) as full:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data)
        assert packed.headers["ETag"] != plain.headers["ETag"], "a strong validator of the very bytes"
        for answer in (plain, packed):
            assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(hashlib.sha256(answer.data).digest()).decode()}:"
        assert set(full.headers.keys()) <= set(plain.headers.keys())
        assert "Accept-Encoding" in plain.headers["Vary"]
        body, tag, packed_body, packed_tag = plain.data, plain.headers["ETag"], packed.data, packed.headers["ETag"]
    half = {"Accept-Encoding": "gzip", "Range": "bytes=10-", "If-Range": packed_tag}
    with visitor.get(where, headers=half) as rest:
        assert (rest.status_code, rest.data, rest.headers["Content-Encoding"]) == (206, packed_body[10:], "gzip")
    with visitor.get(where, headers=half | {"If-Range": tag}) as other:
        assert (other.status_code, other.data) == (200, packed_body), "a part of the one does not go on from a part of the other"
    with visitor.get(where, headers={"Range": "lines=1-2"}) as odd:
        assert (odd.status_code, odd.data) == (200, body)
    with visitor.head(where) as head:
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(body)))
    change(store, "LGM-2", name="Pagar lain")
    with visitor.get(where, headers={"Range": "bytes=10-", "If-Range": tag}) as grown:
        assert grown.status_code == 200, "it became another one meanwhile, and is sent whole"


def test_who_may_not_read_what_changed_is_told_that_nothing_did(visitor, store, since, markers):
    change(store, "SLT-1", name=markers["silent_product"] + " baru")
    change(store, "OFF-1", name=markers["withdrawn_product"] + " baru")
    with visitor.get(CHANGES, query_string={"since": since}) as nothing:
        assert nothing.status_code == 204
    with visitor.get(FULL) as full:
        assert version(full.data) == since


def test_a_staff_version_is_gone_on_from_with_a_staff_session_only_and_kept_out_of_shared_caches(visitor, staff, store, settings, world):
    since = version(build(store, settings, "ubl", Tier.STAFF).path.read_bytes())
    change(store, "SLT-1", name="Barang baru")
    with staff.get(CHANGES, query_string={"since": since}) as own:
        assert b"SLT-1" in own.data
        assert own.headers["Cache-Control"] == "private, no-cache"
    with visitor.get(CHANGES, query_string={"since": since}) as refused:
        assert refused.status_code == 410
        assert b"SLT-1" not in refused.data


def test_a_partner_goes_on_as_its_agreement_opens_and_is_named_as_the_receiver(office, store, settings, since):
    name = "string(//cac:ReceiverParty/cac:PartyName/cbc:Name)"
    own = version(build(store, settings, "ubl", Tier.AGREED).path.read_bytes())
    change(store, "LGM-1", name="Pagar baru")
    assert office.get(f"{CHANGES}?since={own}").status_code == 410, "nothing is signed"
    office.stage("agreed")
    with office.get(f"{CHANGES}?since={own}") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
        assert etree.fromstring(answer.data).xpath(name, namespaces=NS) == f"Pemerintah {office.ident}"
    with office.get(f"{CHANGES}?since={since}") as public:
        assert etree.fromstring(public.data).xpath(name, namespaces=NS) == "Umum"


@pytest.mark.parametrize("word", ["7", "%C3%BC", "x" * 56])
def test_a_version_of_another_node_is_answered_with_the_way_to_begin_anew(visitor, word):
    answer = visitor.get(f"{CHANGES}?since={word}")
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    told = answer.get_json()
    assert told["resync"] == FULL
    assert FULL in told["mend"]


@pytest.mark.parametrize("question", ["", "?since=", f"?since={'x' * 201}", "?sinse=x"])
def test_a_question_without_a_version_is_refused_and_told_where_to_find_one(visitor, question):
    answer = visitor.get(f"{CHANGES}{question}")
    assert answer.status_code == 400
    assert "VersionID" in answer.text


def test_what_it_cannot_be_sent_as_is_refused(visitor, since):
    assert visitor.get(CHANGES, query_string={"since": since}, headers={"Accept": "text/csv"}).status_code == 406
    refused = visitor.get(CHANGES, query_string={"since": since}, headers={"Accept": "text/csv"})
    assert refused.get_json()["available"] == ["application/xml"]


def test_the_peppol_profile_is_not_there_before_the_office_has_an_address(visitor):
    answer = visitor.get("/api/v1/publications/ubl_peppol")
    assert answer.status_code == 404
    assert "EXCHANGE_PEPPOL_ENDPOINT" in answer.get_json()["mend"]
