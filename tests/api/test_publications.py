"""A publication over HTTP: one file, in the coding and the part that is asked for, with what it is and what proves it."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import date
from email.utils import format_datetime, parsedate_to_datetime

import orjson
import pytest

from exchange.access.callers import Within
from exchange.access.policy import Tier
from exchange.access.segments import refresh_products
from exchange.app import create_app
from exchange.publish.base import Receiver
from exchange.publish.keys import Ring
from exchange.publish.registry import installed
from exchange.publish.verify import known_keys, verify
from exchange.publish.write import build
from exchange.store.products import products_by_sku

URL = "/api/v1/publications/json"
FORMATS = sorted(set(installed().usable) - {"ubl_peppol"})  # that one wants an address that this node has not


def rename(store, name):
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.name = name
        row.version += 1
        refresh_products(session, [row])


def got(client, url, **headers):
    with client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        answer.get_data()
        return answer


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_sent_whole_with_its_type_size_digest_and_licence(name, visitor, store, settings):
    made = build(store, settings, name)
    answer = got(visitor, f"/api/v1/publications/{name}")
    assert answer.status_code == 200
    assert answer.data == made.path.read_bytes()
    assert answer.mimetype == made.media_type.partition(";")[0]
    assert answer.headers["Content-Length"] == str(made.bytes)
    assert answer.headers["ETag"] == f'"{made.etag}"'
    assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(hashlib.sha256(answer.data).digest()).decode()}:"
    assert made.name in answer.headers["Content-Disposition"]
    assert f'<{settings.data_licence}>; rel="license"' in answer.headers["Link"]
    assert f'</api/v1/publications/{name}/manifest?sha256={made.etag}>; rel="describedby"' in answer.headers["Link"]
    assert {"Accept", "Accept-Encoding"} <= {word.strip() for word in answer.headers["Vary"].split(",")}
    with visitor.head(f"/api/v1/publications/{name}") as head:
        assert head.status_code == 200
        assert head.data == b""
        for header in ("Content-Length", "ETag", "Last-Modified", "Content-Type", "Repr-Digest", "Link"):
            assert head.headers[header] == answer.headers[header], header


def test_who_takes_gzip_gets_the_packed_bytes_under_a_tag_of_their_own(visitor):
    plain, packed = got(visitor, URL), got(visitor, URL, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] not in {plain.headers["ETag"], f"W/{plain.headers['ETag']}"}
    assert not packed.headers["ETag"].startswith("W/")
    assert packed.headers["Repr-Digest"] != plain.headers["Repr-Digest"]
    assert len(packed.data) < len(plain.data)
    assert got(visitor, URL, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]).status_code == 304
    assert got(visitor, URL, Accept_Encoding="gzip", If_None_Match=plain.headers["ETag"]).status_code == 200
    assert got(visitor, URL, If_None_Match=packed.headers["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("", False), ("identity", False), ("gzip", True), ("GZIP", True), ("x-gzip", True), ("*", True), ("br, zstd", False),
        ("gzip;q=0", False), ("gzip;q=0, *", False), ("*;q=0", False), ("gzip;q=0.2, identity;q=0.9", False),
        ("gzip;q=0.9, identity;q=0.9", True), ("identity;q=0", False), ("deflate, gzip;q=0.001", True), (";;;,=", False),
    ],
)  # fmt: skip
def test_the_weights_of_accept_encoding_are_kept_to(visitor, said, packed):
    answer = got(visitor, URL, Accept_Encoding=said)
    assert answer.status_code == 200
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed


def test_a_broken_download_goes_on_where_it_stopped_and_not_across_a_change(visitor, store):
    whole = got(visitor, URL)
    half = len(whole.data) // 2
    rest = got(visitor, URL, Range=f"bytes={half}-", If_Range=whole.headers["ETag"])
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes {half}-{len(whole.data) - 1}/{len(whole.data)}"
    assert whole.data[:half] + rest.data == whole.data
    assert got(visitor, URL, Range="bytes=-7").data == whole.data[-7:]
    rename(store, "Nama lain")
    after = got(visitor, URL, Range=f"bytes={half}-", If_Range=whole.headers["ETag"])
    assert after.status_code == 200
    assert b"Nama lain" in after.data


def test_parts_of_the_packed_bytes_are_parts_of_them_and_say_so(visitor):
    packed = got(visitor, URL, Accept_Encoding="gzip")
    parts = [got(visitor, URL, Accept_Encoding="gzip", Range=said, If_Range=packed.headers["ETag"]) for said in ("bytes=0-9", "bytes=10-")]
    assert [part.status_code for part in parts] == [206, 206]
    assert [part.headers["Content-Encoding"] for part in parts] == ["gzip", "gzip"]
    assert parts[0].data + parts[1].data == packed.data
    plain = got(visitor, URL)
    assert got(visitor, URL, Accept_Encoding="gzip", Range="bytes=0-9", If_Range=plain.headers["ETag"]).status_code == 200


@pytest.mark.parametrize("said", ["lines=0-9", "bytes=0-1,5-6", "bytes=abc", "kacau", "bytes=5-2"])
def test_a_range_that_is_odd_or_manifold_is_passed_over(visitor, said):
    whole = got(visitor, URL)
    answer = got(visitor, URL, Range=said)
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_a_range_outside_of_the_file_is_416_with_its_size(visitor):
    whole = got(visitor, URL)
    answer = got(visitor, URL, Range=f"bytes={len(whole.data)}-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    assert answer.mimetype == "application/problem+json"


def test_who_asks_by_date_alone_is_answered_anew_when_the_terms_change_and_the_catalogue_does_not(visitor, app, store, settings):
    told = got(visitor, URL).headers["Last-Modified"]
    assert got(visitor, URL, If_Modified_Since=told).status_code == 304
    note = settings.data_dir / "publications" / "json-public.note"
    said = orjson.loads(note.read_bytes())
    note.write_bytes(orjson.dumps(said | {"made_at": said["made_at"] - 100}))
    old = got(visitor, URL).headers["Last-Modified"]
    assert parsedate_to_datetime(old) < parsedate_to_datetime(told)
    again = create_app(replace(settings, office="Kantor dengan nama lain"), store).test_client()
    assert got(again, URL, If_Modified_Since=old).status_code == 200
    assert got(again, URL, If_Modified_Since=format_datetime(parsedate_to_datetime(old), usegmt=True)).status_code == 200


def test_the_list_names_each_format_as_it_is_sent(visitor, settings):
    answer = got(visitor, "/api/v1/publications")
    told = answer.get_json()
    assert [line["format"] for line in told["items"]] == FORMATS
    assert f'<{settings.data_licence}>; rel="license"' in answer.headers["Link"]
    for line in told["items"]:
        sent = got(visitor, line["href"])
        assert (line["size"], line["sha256"]) == (len(sent.data), hashlib.sha256(sent.data).hexdigest())
        assert line["media_type"].partition(";")[0] == sent.mimetype
        packed = got(visitor, line["href"], Accept_Encoding="gzip")
        assert line["gzip_size"] == (len(packed.data) if "Content-Encoding" in packed.headers else None)
        assert line["products"] == 3
        assert {each["reason"]: each["products"] for each in line["left_out"]} == {"not_consented": 1, "withdrawn": 1}
        assert all(each["says"] for each in line["left_out"])
        assert (line["licence"], line["terms"], line["tier"]) == (settings.data_licence, settings.data_terms, "public")
        manifest = got(visitor, line["manifest"])
        assert manifest.get_json()["sha256"] == line["sha256"]
        assert got(visitor, line["signature"]).mimetype == "application/jose"
    assert got(visitor, told["keys"]).mimetype == "application/jwk-set+json"
    assert got(visitor, "/api/v1/publications", If_None_Match=answer.headers["ETag"]).status_code == 304


def test_the_list_tells_whose_price_is_past_on_the_day_that_it_is_asked(app, store, settings, world):
    on = {}
    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        client = create_app(replace(settings, today=day), store).test_client()
        line = got(client, "/api/v1/publications").get_json()["items"][0]
        on[line["as_of"]] = {each["reason"]: each["products"] for each in line["lacking"]}
    assert on == {"2026-12-31": {}, "2027-01-01": {"price_expired": 3}}


@pytest.mark.parametrize("name", FORMATS)
def test_a_download_is_proved_by_the_signature_of_its_hash_and_the_published_keys(name, visitor, tmp_path):
    sent = got(visitor, f"/api/v1/publications/{name}")
    file = tmp_path / f"unduhan{sent.headers['Content-Disposition'].rpartition('.')[2].strip(chr(34))}"
    file.write_bytes(sent.data)
    digest = hashlib.sha256(sent.data).hexdigest()
    signature = got(visitor, f"/api/v1/publications/{name}/signature?sha256={digest}")
    manifest = got(visitor, f"/api/v1/publications/{name}/manifest?sha256={digest}")
    keys = known_keys(got(visitor, "/api/v1/keys").data)
    assert verify(file, signature.data, keys, manifest.data).reason is None
    file.write_bytes(sent.data[:-1] + b" ")
    assert verify(file, signature.data, keys, manifest.data).reason is not None


def test_who_downloaded_before_a_change_still_gets_the_signature_of_what_he_has(visitor, store, tmp_path):
    old = got(visitor, URL)
    rename(store, "Nama lain")
    new = got(visitor, URL)
    assert new.data != old.data
    keys, file = known_keys(got(visitor, "/api/v1/keys").data), tmp_path / "lama.json"
    file.write_bytes(old.data)
    of_old = got(visitor, f"{URL}/signature?sha256={hashlib.sha256(old.data).hexdigest()}").data
    of_new = got(visitor, f"{URL}/signature").data
    assert verify(file, of_old, keys).reason is None
    assert verify(file, of_new, keys).reason is not None


def test_a_file_that_was_never_built_here_has_no_signature(visitor):
    got(visitor, URL)
    answer = got(visitor, f"{URL}/signature?sha256={'0' * 64}")
    assert answer.status_code == 404
    assert "SHA-256" in answer.get_json()["detail"]
    for wrong in ("abc", "G" * 64, "A" * 64, "0" * 64 + "%0A"):
        refused = got(visitor, f"{URL}/signature?sha256={wrong}")
        assert refused.status_code == 400, wrong
        assert refused.get_json()["errors"][0]["parameter"] == "sha256"


def test_a_rotation_changes_the_signature_and_nothing_of_the_file(visitor, settings):
    file, mark, keys = got(visitor, URL), got(visitor, f"{URL}/signature"), got(visitor, "/api/v1/keys")
    new = Ring(settings.data_dir).rotate()
    assert got(visitor, URL).headers["ETag"] == file.headers["ETag"]
    assert got(visitor, f"{URL}/signature").headers["ETag"] != mark.headers["ETag"]
    assert got(visitor, f"{URL}/manifest").get_json()["kid"] == new.kid
    listed = got(visitor, "/api/v1/keys", If_None_Match=keys.headers["ETag"])
    assert [key["state"] for key in listed.get_json()["keys"]] == ["active", "retired"]


def test_the_keys_are_sent_without_their_secret_half(visitor, settings):
    answer = got(visitor, "/api/v1/keys")
    (key,) = answer.get_json()["keys"]
    assert set(key) == {"kty", "crv", "alg", "use", "kid", "x", "state", "valid_from", "valid_until"}
    assert (settings.data_dir / "keys" / "signing.json").exists()


STAFF = f"{URL}?tier=staff"


@pytest.mark.parametrize("part", ["", "/manifest", "/signature"])
def test_what_a_tier_may_not_read_is_refused_with_what_is_missing(part, visitor, staff, store, settings):
    digest = build(store, settings, "json", Tier.STAFF).etag
    for asked in ("tier=staff", f"tier=staff&sha256={digest}") if part else ("tier=staff",):
        refused = got(visitor, f"{URL}{part}?{asked}")
        assert refused.status_code == 401
        assert refused.get_json()["missing"] == ["session"]
    for tier in ("agreed", "contracted"):
        refused = got(visitor, f"{URL}{part}?tier={tier}")
        assert (refused.status_code, refused.get_json()["missing"]) == (401, ["token"])
    for_one = got(staff, f"{URL}{part}?tier=contracted")
    assert (for_one.status_code, for_one.get_json()["missing"]) == (403, ["partner"])
    assert "--partner" in for_one.get_json()["mend"]
    assert got(staff, f"{URL}{part}?tier=staff").status_code == 200
    assert got(staff, f"{URL}{part}?tier=agreed").status_code == 200
    assert got(visitor, f"{URL}{part}?tier=agree").get_json()["errors"][0]["nearest"] == "agreed"


def test_a_partner_reads_what_its_agreement_opens_made_out_to_it(office, store, settings):
    for stage, more, status in (("public", {}, 403), ("agreed", {}, 200), ("contracted", {"sectors": ["logam"]}, 200)):
        office.stage(stage, **more)
        for part in ("", "/manifest", "/signature"):
            answer = office.get(f"{URL}{part}?tier=agreed")
            answer.close()
            assert answer.status_code == status, (stage, part)
            assert office.get(f"{URL}{part}?tier=staff").status_code == 403
        with office.open("GET", "/api/v1/products", Accept="application/xml") as listed:
            assert listed.headers["Content-Location"] == "/api/v1/publications/ubl" + ("" if stage == "public" else f"?tier={stage}")
    me = Receiver("33.74", "Pemerintah kota-contoh", ident="kota-contoh")
    for tier, receiver in ((Tier.AGREED, me), (Tier.CONTRACTED, replace(me, within=Within(frozenset({"logam"}))))):
        with office.get(f"{URL}?tier={tier}") as own:
            assert own.data == build(store, settings, "json", tier, receiver).path.read_bytes()
            assert "private" in own.headers["Cache-Control"]
            assert f"{tier}-untuk-kota-contoh" in own.headers["Content-Disposition"]
            told = office.get(f"{URL}/manifest?tier={tier}&sha256={own.headers['ETag'].strip(chr(34))}").get_json()
            assert (told["tier"], told["receiver"]) == (tier, "33.74")


def test_a_staff_files_hash_opens_nothing_to_a_visitor(visitor, store, settings):
    digest = build(store, settings, "json", Tier.STAFF).etag
    for part in ("manifest", "signature"):
        assert got(visitor, f"{URL}/{part}?sha256={digest}").status_code == 404


def test_without_a_tier_staff_too_read_what_can_be_passed_on(visitor, staff, markers):
    public, own = got(staff, URL), got(staff, STAFF)
    assert public.data == got(visitor, URL).data
    assert markers["silent_product"].encode() in own.data
    assert "private" in own.headers["Cache-Control"]
    assert {"Cookie", "Authorization"} <= {word.strip() for word in own.headers["Vary"].split(",")}
    listed = got(staff, "/api/v1/publications?tier=staff").get_json()["items"][0]
    assert listed["href"].endswith("?tier=staff")
    assert got(staff, listed["signature"]).status_code == 200


def test_an_empty_catalogue_is_204_where_the_format_has_no_document_and_not_in_the_list(client):
    for part in ("", "/manifest", "/signature"):
        answer = got(client, f"/api/v1/publications/ubl{part}")
        assert (answer.status_code, answer.data) == (204, b"")
    assert "ubl" not in [line["format"] for line in got(client, "/api/v1/publications").get_json()["items"]]


@pytest.mark.parametrize("part", ["", "/manifest", "/signature"])
def test_a_format_that_is_none_is_answered_with_the_nearest(visitor, part):
    answer = got(visitor, f"/api/v1/publications/jsno{part}")
    assert answer.status_code == 404
    assert "json" in answer.get_json()["mend"]
