from __future__ import annotations

from sqlalchemy import select

from exchange.access.policy import Tier
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.api.answers import etag
from exchange.store.businesses import BusinessRow
from exchange.store.products import products_of_business

ROUTES = ["/api/v1/products", "/api/v1/products/LGM-1", "/api/v1/businesses", "/api/v1/demands", "/api/v1/changes", "/api/v1/regions/36.72",
          "/api/v1/publications/json", "/openapi.json", "/docs", "/.well-known/api-catalog"]  # fmt: skip


def test_what_the_caller_has_already_is_a_304_without_a_body(visitor):
    for path in ROUTES:
        assert_conditional(visitor, path)


def assert_conditional(visitor, path):
    with visitor.get(path) as first:
        assert first.status_code == 200
        tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    with visitor.get(path, headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == tag
    with visitor.get(path, headers={"If-None-Match": '"other"'}) as other:
        assert other.status_code == 200
    with visitor.head(path, headers={"If-None-Match": tag}) as head:
        assert head.status_code == 304


def test_the_tag_differs_between_tiers_and_caches_are_told(visitor, staff):
    public, own = visitor.get("/api/v1/products"), staff.get("/api/v1/products")
    assert public.headers["ETag"] != own.headers["ETag"]
    for answer in (public, own):
        assert {"Cookie", "Authorization", "Accept"} <= {word.strip() for word in answer.headers["Vary"].split(",")}
    assert "public" in public.headers["Cache-Control"]
    assert "private" in own.headers["Cache-Control"]
    assert "Set-Cookie" not in public.headers


def test_the_same_bytes_have_another_tag_for_another_tier_and_representation():
    tags = {etag(tier, media, [b"{}"]) for tier in Tier for media in ("application/json", "application/xml")}
    assert len(tags) == 2 * len(Tier)
    assert etag(Tier.STAFF, "m", [b"ab", b"c"]) != etag(Tier.STAFF, "m", [b"a", b"bc"])


def test_a_product_gets_another_tag_when_its_firm_is_renamed(visitor, store, world):
    before = {path: visitor.get(path).headers["ETag"] for path in ("/api/v1/products", "/api/v1/products/LGM-1", "/api/v1/products/PGN-1")}
    with store.work() as session:
        row = session.scalars(select(BusinessRow).where(BusinessRow.ident == world.firm)).one()
        row.name = "CV Karya Logam Baru"
        refresh_businesses(session, [row])
        refresh_products(session, products_of_business(session, row.id))
    after = {path: visitor.get(path).headers["ETag"] for path in before}
    assert after["/api/v1/products"] != before["/api/v1/products"]
    assert after["/api/v1/products/LGM-1"] != before["/api/v1/products/LGM-1"]
    assert after["/api/v1/products/PGN-1"] == before["/api/v1/products/PGN-1"]


def test_a_publication_is_sent_in_parts_and_states_its_licence(visitor):
    with visitor.get("/api/v1/publications/json") as whole:
        body = whole.data
        assert 'rel="license"' in whole.headers["Link"]
        assert "Last-Modified" in whole.headers
    with visitor.get("/api/v1/publications/json", headers={"Range": "bytes=0-9"}) as part:
        assert part.status_code == 206
        assert part.data == body[:10]
    with visitor.get("/api/v1/publications/json", headers={"Range": f"bytes={len(body) + 5}-"}) as beyond:
        assert beyond.status_code == 416
        assert beyond.mimetype == "application/problem+json"


def test_an_empty_catalogue_is_no_invalid_document(client):
    with client.get("/api/v1/publications/ubl") as answer:
        assert answer.status_code == 204
        assert answer.data == b""
