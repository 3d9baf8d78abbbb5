"""Photos of products: who reads which on every stage, until when, and how their bytes are sent."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import quote

import pytest
from openapi_schema_validator import OAS31Validator
from PIL import Image
from sqlalchemy import select

from exchange.access.segments import differences, refresh_products
from exchange.api import document
from exchange.catalogue.firms import photos, pictures
from exchange.catalogue.firms.consent import Word, files_of, record
from exchange.store.businesses import BusinessRow, business_by_ident
from exchange.store.photos import PRODUCT, VISIT, PhotoRow
from exchange.store.products import ProductRow, products_by_sku

from .staged import NAMES, callers, put

DOOR = "/api/v1/photos"
SKUS = ("LGM-1", "PGN-1", "SLT-1", "OFF-1")


def picture(shade: int) -> pictures.Picture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade * 20, 120, 90)).save(out, "PNG")
    return pictures.made_of(out.getvalue())


class Shown(NamedTuple):
    """SHA-256 of a photo of each product, of one that was removed, of a small copy, and of one of a visit."""

    of: dict[str, str]
    removed: str
    thumb: str
    visit: str


@pytest.fixture
def shown(world, store, settings) -> Shown:
    """A photo of each product, on offer or not, and what is no photo of a product any more, or never was."""
    files, of = files_of(settings), {}
    with store.work() as session:
        rows = products_by_sku(session, SKUS)
        for shade, sku in enumerate(SKUS, 1):
            of[sku] = photos.add(session, files, PRODUCT, rows[sku].id, sku, picture(shade), f"Foto {sku}", actor="petugas").sha256
        gone = photos.add(session, files, PRODUCT, rows["LGM-1"].id, "LGM-1", picture(8), "Foto lama", actor="petugas")
        photos.remove(session, PRODUCT, rows["LGM-1"].id, "LGM-1", gone.id, actor="petugas")
        visit = photos.add(session, files, VISIT, rows["LGM-1"].id, "1", picture(9), "Bengkel", actor="petugas")
        thumb = session.scalars(select(PhotoRow.thumb).where(PhotoRow.sha256 == of["LGM-1"])).one()
        return Shown(of, gone.sha256, thumb, visit.sha256)


def test_on_every_stage_a_photo_is_read_with_its_product_and_by_nobody_else(app, store, staff, office, another, shown):
    everybody = callers(app, staff, office, another)
    for name in NAMES:
        put(office, another, name)
        caller = everybody[name]
        if caller.garbled:
            assert caller.get(f"{DOOR}/{shown.of['LGM-1']}").status_code == 401
            continue
        wanted = set(SKUS) if caller.stage == "staff" else {"LGM-1", "PGN-1"}
        for sku, sha256 in shown.of.items():
            answer = caller.get(f"{DOOR}/{sha256}")
            assert answer.status_code == (200 if sku in wanted else 404), (name, sku)
            assert caller.get(f"/api/v1/products/{sku}").status_code == answer.status_code, "as its product"
            if answer.status_code == 200:
                assert hashlib.sha256(answer.data).hexdigest() == sha256
        for sha256 in (shown.removed, shown.thumb, shown.visit):
            assert caller.get(f"{DOOR}/{sha256}").status_code == 404, name
    with store.read() as session:
        assert differences(session, "36.72") == []


def test_products_and_the_feed_name_their_photos_as_they_are_served(visitor, shown):
    told = visitor.get("/api/v1/products/LGM-1").get_json()["photos"]
    assert told == [
        {"href": f"{DOOR}/{shown.of['LGM-1']}", "sha256": shown.of["LGM-1"], "media_type": "image/jpeg", "width": 64, "height": 48,
         "size": int(visitor.get(told[0]["href"]).headers["Content-Length"]), "caption": "Foto LGM-1"}
    ]  # fmt: skip
    schema = {"$ref": "#/components/schemas/Photo", "components": document()["components"]}
    assert [error.message for error in OAS31Validator(schema).iter_errors(told[0])] == []
    assert visitor.get("/api/v1/products/LGM-2").get_json()["photos"] == []
    entries = visitor.get("/api/v1/changes?kind=product").get_json()["items"]
    assert {one["ident"]: [photo["sha256"] for photo in one["record"]["photos"]] for one in entries} == {
        "LGM-1": [shown.of["LGM-1"]], "LGM-2": [], "PGN-1": [shown.of["PGN-1"]],
    }  # fmt: skip


def test_each_change_of_a_photo_is_one_change_of_its_product_and_matches_nothing_anew(visitor, store, settings, shown):
    since = visitor.get("/api/v1/changes?kind=product").get_json()["next"]

    def news() -> list[tuple[str, int, list[str]]]:
        nonlocal since
        page = visitor.get("/api/v1/changes", query_string={"kind": "product", "since": since}).get_json()
        since = page["next"]
        return [(one["ident"], one["version"], [photo["caption"] for photo in one["record"]["photos"]]) for one in page["items"]]

    def act(what, *rest, **more):
        with store.work() as session:
            row = products_by_sku(session, ["LGM-1"])["LGM-1"]
            what(session, *rest, PRODUCT, row.id, "LGM-1", *more.values(), actor="petugas")
        told = news()
        with store.read() as session:
            row = products_by_sku(session, ["LGM-1"])["LGM-1"]
            assert row.matched_version == (row.version if matched else 0)
            ids = dict(
                session.execute(select(PhotoRow.alt, PhotoRow.id).where(PhotoRow.owner_id == row.id, PhotoRow.kind == PRODUCT)).all()
            )
        return told, row.version, ids

    matched = True
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.matched_version = row.version
    news()
    told, version, ids = act(photos.add, files_of(settings), picture=picture(10), alt="Kedua")
    assert told == [("LGM-1", version, ["Foto LGM-1", "Kedua"])]
    told, version, ids = act(photos.add, files_of(settings), picture=picture(10), alt="Kedua lagi")
    assert told == [], "the same picture is the same photo"
    told, version, ids = act(photos.put_first, photo=ids["Kedua"])
    assert told == [("LGM-1", version, ["Kedua", "Foto LGM-1"])]
    told, version, ids = act(photos.put_forward, photo=ids["Kedua"])
    assert told == [], "it is the first"
    told, version, ids = act(photos.put_forward, photo=ids["Foto LGM-1"])
    assert told == [("LGM-1", version, ["Foto LGM-1", "Kedua"])]
    told, version, ids = act(photos.say, photo=ids["Kedua"], alt="Dari samping")
    assert told == [("LGM-1", version, ["Foto LGM-1", "Dari samping"])]
    told, version, ids = act(photos.remove, photo=ids["Dari samping"])
    assert told == [("LGM-1", version, ["Foto LGM-1"])]


def test_withdrawn_consent_and_a_withdrawn_offer_take_the_photo_from_caches_too(visitor, world, store, settings, shown):
    mine, other = (f"{DOOR}/{shown.of[sku]}" for sku in ("LGM-1", "PGN-1"))
    tags = [visitor.get(path).headers["ETag"] for path in (mine, other)]
    assert [visitor.get(path, headers={"If-None-Match": tag}).status_code for path, tag in zip((mine, other), tags, strict=True)] == [
        304,
        304,
    ]
    with store.work() as session:
        seen = business_by_ident(session, world.firm).version
        word = Word("withdrawn", settings.day(), "oral", "owner", "", "kuncicabut1")
        record(session, files_of(settings), world.firm, seen, word, actor="petugas", today=settings.day())
        row = products_by_sku(session, ["PGN-1"])["PGN-1"]
        row.state, row.version = "withdrawn", row.version + 1
        refresh_products(session, [row])
    for path, tag in zip((mine, other), tags, strict=True):
        for headers in ({}, {"If-None-Match": tag}, {"Range": "bytes=0-9"}):
            answer = visitor.get(path, headers=headers)
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
            assert "ETag" not in answer.headers
    assert visitor.get("/api/v1/products/LGM-1").status_code == 404


def test_a_picture_that_two_products_show_is_read_as_long_as_one_of_them_is(visitor, store, settings, shown):
    with store.work() as session:
        silent = session.scalars(select(ProductRow).where(ProductRow.sku == "SLT-1")).one()
        same = photos.add(session, files_of(settings), PRODUCT, silent.id, "SLT-1", picture(1), "Gambar yang sama", actor="petugas")
        assert same.sha256 == shown.of["LGM-1"]
        mine = session.scalars(select(PhotoRow).where(PhotoRow.sha256 == same.sha256, PhotoRow.id != same.id)).one()
    assert visitor.get(f"{DOOR}/{shown.of['LGM-1']}").status_code == 200
    with store.work() as session:
        photos.remove(session, PRODUCT, mine.owner_id, "LGM-1", mine.id, actor="petugas")
    assert visitor.get(f"{DOOR}/{shown.of['LGM-1']}").status_code == 404
    with store.work() as session:
        session.scalars(
            select(BusinessRow).join(ProductRow, ProductRow.business_id == BusinessRow.id).where(ProductRow.sku == "SLT-1")
        ).one()
    assert "Gambar yang sama" not in visitor.get("/api/v1/changes").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here depends on the database
def test_a_photo_is_sent_so_that_it_can_only_be_looked_at(visitor, staff, office, shown):
    sha256 = shown.of["LGM-1"]
    path = f"{DOOR}/{sha256}"
    answer = visitor.get(path)
    body = answer.data
    assert answer.headers["Content-Type"] == "image/jpeg" and answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["ETag"] == f'"{sha256}"'
    assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert {"Cookie", "Authorization"} <= set(answer.vary)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin" and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"RateLimit", "RateLimit-Policy", "X-Request-Id"} <= set(answer.headers.keys())
    assert "Set-Cookie" not in answer.headers
    office.stage("agreed")
    assert staff.get(path).headers["Cache-Control"] == office.get(path).headers["Cache-Control"] == "private, no-cache"
    assert staff.get(path).headers["ETag"] == answer.headers["ETag"], "its bytes are the same for all"
    head = visitor.head(path)
    assert head.data == b"" and {name: head.headers[name] for name in ("Content-Length", "ETag", "Repr-Digest")} == {
        name: answer.headers[name] for name in ("Content-Length", "ETag", "Repr-Digest")
    }
    same = visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"") and same.headers["Cache-Control"] == "public, no-cache"
    part = visitor.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, body[10:20], f"bytes 10-19/{len(body)}")
    assert visitor.get(path, headers={"Range": "bytes=999999-"}).status_code == 416
    for odd in ("bytes=0-1,4-5", "lines=1-2", "x"):
        whole = visitor.get(path, headers={"Range": odd})
        assert (whole.status_code, whole.data) == (200, body), odd
    other = visitor.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, body)
    assert visitor.get(path, headers={"Accept": "image/*"}).status_code == 200
    assert visitor.get(path, headers={"Accept": "application/json"}).status_code == 406
    assert visitor.get(f"{path}?w=100").status_code == 400
    assert visitor.post(path).status_code == 405


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is no digest in small letters is never asked for
def test_an_address_that_names_no_photo_is_answered_404_whatever_it_is(visitor, settings, shown):
    sha256 = shown.of["LGM-1"]
    wrong = [
        sha256.upper(),
        sha256[:-1],
        f"{sha256}0",
        "0" * 64,
        "..",
        f"{sha256}\0",
        f"{sha256}\n",
        f" {sha256}",
        "%",
        "foto.jpg",
        "\u0660" * 64,
    ]
    wrong += [f"../{sha256}", f"{sha256[:2]}/{sha256}", f"..\\{sha256}", "/etc/passwd", str(files_of(settings).path(sha256))]
    for name in wrong:
        for address in {quote(name, safe=""), quote(name, safe="/")}:
            answer = visitor.get(f"{DOOR}/{address}")
            assert answer.status_code in ({404, 308} if "/" in name or name == ".." else {400} if "\0" in name else {404}), (name, address)
            assert answer.mimetype != "image/jpeg"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("broken", [None, b"lain"], ids=["missing", "another"])
def test_a_photo_whose_file_is_gone_or_is_another_is_not_told_to_be_gone(visitor, settings, shown, broken):
    file = files_of(settings).path(shown.of["LGM-1"])
    file.unlink()
    if broken:
        file.write_bytes(broken)
    answer = visitor.get(f"{DOOR}/{shown.of['LGM-1']}")
    assert answer.status_code == 503 and answer.mimetype == "application/problem+json"
    assert str(file) not in answer.text
