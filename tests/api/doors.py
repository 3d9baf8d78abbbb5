"""Every route of the machines: who goes in, what may be met behind it, and its addresses in every representation."""

from __future__ import annotations

from typing import Any, NamedTuple

from exchange.publish.registry import installed

from .staged import ALL, CONTACT, PLACE

CATALOGUE = {"capacity", "sole_nib"}
FIRMS = CONTACT | PLACE | {"sole_nib"}
MINE = {"own_demand", "others_demand"}
CASES = {"own_case", "others_case"}


class Door(NamedTuple):
    """
    Who goes in, and what may be met there by whoever may meet it at all; staff may meet more.

    needs: `open`, `staff`, `token`, `signed` (by another node), or a scope; stage: that the agreement has to be on besides. shows: of the
    secrets. staff: whether a session of the pages goes in where a token is wanted.
    """

    needs: str = "open"
    shows: frozenset[str] = frozenset()
    stage: str = "public"
    staff: bool = False


# lists of demands that are searched, ordered and counted too
DEMANDS = (
    "", "?region=33.74", "?fields=ident,title", "?source=tertutup", "?q=kebutuhan", "?q=belanja+daerah&sort=relevance", "?sort=-budget",
    "?facets=region,status,category,source", "?q=penanda&facets=source", "?deadline_from=2020-01-01",
)  # fmt: skip


def _door(needs: str = "open", shows: Any = (), stage: str = "public", staff: bool = False) -> Door:
    return Door(needs, frozenset(shows), stage, staff)


DOORS = {
    "products.listing": _door(shows=CATALOGUE),
    "products.one": _door(shows=CATALOGUE),
    "products.demands": _door("staff"),
    "products.quality": _door("staff"),
    "photos.one": _door(),
    "businesses.listing": _door(shows=FIRMS),
    "businesses.one": _door(shows=FIRMS),
    "businesses.quality": _door("staff"),
    "demands.listing": _door(shows={"private_demand"}),
    "demands.one": _door(shows={"private_demand"}),
    "demands.combinations": _door("staff"),
    "changes.listing": _door(shows=CATALOGUE | FIRMS | {"private_demand"}),
    "suiting.products": _door(),
    "matches.listing": _door("staff"),
    "matches.one": _door("staff"),
    "agreements.listing": _door("agreements:read", CASES, staff=True),
    "agreements.one": _door("agreements:read", CASES, staff=True),
    "runs.listing": _door("staff"),
    "runs.one": _door("staff"),
    "publications.listing": _door(),
    "publications.one": _door(shows=CATALOGUE),
    "publications.manifest": _door(),
    "publications.signature": _door(),
    "increments.changes": _door(shows=CATALOGUE),
    "keys.listing": _door(),
    "regions.listing": _door(),
    "regions.one": _door(),
    "partner.one": _door("token"),
    "partner.use": _door("token"),
    "partner.rotate": _door("token"),
    "partner.end": _door("token"),
    **{f"webhooks.{each}": _door("token") for each in ("listing", "one", "add", "remove", "rotate", "test", "resume", "redeliver")},
    "twins.take": _door("signed"),
    "twins.view": _door("signed"),
    "own-demands.listing": _door("demand:read", MINE),
    "own-demands.one": _door("demand:read", MINE),
    "own-demands.add": _door("demand:write"),
    "own-demands.add_many": _door("demand:write"),
    "own-demands.change": _door("demand:write"),
    "own-demands.withdraw": _door("demand:write"),
    "own-matches.listing": _door("matches:read", MINE, "contracted"),
    "own-matches.one": _door("matches:read", MINE, "contracted"),
    "own-matches.counts": _door("matches:read", stage="agreed"),
    "own-matches.answer": _door("matches:read", MINE, "contracted"),
    "own-deals.listing": _door("matches:read", MINE | CONTACT),
    "own-deals.one": _door("matches:read", MINE | CONTACT),
    "own-deals.answer": _door("matches:read", MINE | CONTACT),
    "discovery.catalog": _door(),
    "discovery.problem": _door(),
    "oauth.metadata": _door(),
    "oauth.token": _door(),
    "oauth.revoke": _door(),
    "docs.page": _door(),
    "docs.init": _door(),
    "docs.asset": _door(),
    "docs.contract": _door(),
    "health.alive": _door(),
    "health.ready": _door(),
    "metrics.metrics": _door(),
}  # fmt: skip
PARTS = ("/manifest", "/signature")
HOOKS = "/api/v1/partner/webhooks"
ORDER = ("public", "agreed", "contracted")


def ways(world, own: str, others: str) -> dict[str, list[str]]:
    """The addresses of each route, in every representation that its parameters choose."""
    firms, demands = [world.firm, world.sole, world.silent], [world.own_demand, world.private_demand, world.pulled_demand, own, others]
    formats = [name for name in installed().usable if name != "ubl_peppol"]
    tiers = ["", "?tier=public", "?tier=agreed", "?tier=contracted", "?tier=staff"]
    files = {"": [f"/api/v1/publications/{name}{tier}" for name in formats for tier in tiers]}
    files |= {part: [f"/api/v1/publications/{name}{part}{tier}" for name in ("json", "xlsx") for tier in tiers] for part in PARTS}
    searches = [
        "",
        "?sort=-price_min",
        "?limit=2",
        "?q=penanda",
        "?q=pagar",
        "?capacity=731.373",
        "?facets=sector,kbli,kbki,hs,producer,district",
    ]
    numbers = ["1", "2", "3", "4", "5"]
    return {
        "products.listing": [f"/api/v1/products{each}" for each in [*searches, "?fields=sku,producer,capacity_band", "?sector=logam"]],
        "products.one": [f"/api/v1/products/{sku}" for sku in ALL],
        "products.demands": [f"/api/v1/products/{sku}/demands" for sku in ALL],
        "products.quality": [f"/api/v1/products/{sku}/quality" for sku in ALL],
        "photos.one": [f"/api/v1/photos/{digest}" for digest in ("ab" * 32, "..", "foto.jpg")],
        "businesses.quality": [f"/api/v1/businesses/{ident}/quality" for ident in firms],
        "businesses.listing": [
            f"/api/v1/businesses{each}" for each in ("", "?q=penanda", "?facets=district,sector", "?sort=-name", "?limit=1")
        ],
        "businesses.one": [f"/api/v1/businesses/{ident}" for ident in firms],
        "demands.listing": [f"/api/v1/demands{each}" for each in DEMANDS],
        "demands.one": [f"/api/v1/demands/{ident}" for ident in demands],
        "demands.combinations": [f"/api/v1/demands/{ident}/combinations" for ident in demands],
        "changes.listing": [f"/api/v1/changes{each}" for each in ("", "?kind=product", "?kind=business", "?kind=demand")],
        "suiting.products": [f"/api/v1/suiting?for={each}&limit=50" for each in ("pagar+besi", "kue", "barang", "731.373")],
        "matches.listing": ["/api/v1/matches"],
        "matches.one": [f"/api/v1/matches/{number}" for number in numbers],
        "agreements.listing": [f"/api/v1/agreements{each}" for each in ("", "?limit=1", "?state=ttd_kb", "?state=identifikasi")],
        "agreements.one": [f"/api/v1/agreements/KS-2026-000{number}" for number in (1, 2, 3, 4)],
        "runs.listing": ["/api/v1/runs"],
        "runs.one": ["/api/v1/runs/1"],
        "publications.listing": [f"/api/v1/publications{tier}" for tier in tiers],
        "publications.one": files[""],
        "publications.manifest": files["/manifest"],
        "publications.signature": files["/signature"],
        "increments.changes": ["/api/v1/publications/ubl/changes?since=x"],
        "keys.listing": ["/api/v1/keys"],
        "regions.listing": ["/api/v1/regions"],
        "regions.one": ["/api/v1/regions/36.72"],
        "partner.one": ["/api/v1/partner"],
        "partner.use": ["/api/v1/partner/use"],
        "partner.rotate": ["/api/v1/partner/secrets"],
        "partner.end": ["/api/v1/partner/secrets/00000000"],
        "webhooks.listing": [HOOKS],
        "webhooks.add": [HOOKS],
        "webhooks.one": [f"{HOOKS}/w-0"],
        "webhooks.remove": [f"{HOOKS}/w-0"],
        "webhooks.rotate": [f"{HOOKS}/w-0/secret"],
        "webhooks.test": [f"{HOOKS}/w-0/test"],
        "webhooks.resume": [f"{HOOKS}/w-0/resume"],
        "webhooks.redeliver": [f"{HOOKS}/w-0/deliveries/m-0/redeliver"],
        "twins.take": ["/api/v1/twins/messages"],
        "twins.view": ["/api/v1/twins/urn:uuid:00000000-0000-4000-8000-000000000000/view"],
        "own-demands.listing": ["/api/v1/partner/demands", "/api/v1/partner/demands?state=live"],
        "own-demands.one": [f"/api/v1/partner/demands/{ident}" for ident in demands],
        "own-demands.add": ["/api/v1/partner/demands"],
        "own-demands.add_many": ["/api/v1/partner/demands/bulk"],
        "own-demands.change": [f"/api/v1/partner/demands/{ident}" for ident in demands],
        "own-demands.withdraw": [f"/api/v1/partner/demands/{ident}" for ident in demands],
        "own-matches.listing": ["/api/v1/partner/matches", "/api/v1/partner/matches?limit=1"],
        "own-matches.one": [f"/api/v1/partner/matches/{number}" for number in numbers],
        "own-matches.counts": ["/api/v1/partner/matches/counts"],
        "own-matches.answer": [f"/api/v1/partner/matches/{number}/answer" for number in numbers],
        "own-deals.listing": ["/api/v1/partner/deals", "/api/v1/partner/deals?limit=1"],
        "own-deals.one": [f"/api/v1/partner/deals/TR-2026-000{number}" for number in range(1, 5)],
        "own-deals.answer": [f"/api/v1/partner/deals/TR-2026-000{number}/answer" for number in range(1, 5)],
        "discovery.catalog": ["/.well-known/api-catalog"],
        "discovery.problem": ["/problems/ditolak"],
        "oauth.metadata": ["/.well-known/oauth-authorization-server"],
        "oauth.token": ["/oauth/token"],
        "oauth.revoke": ["/oauth/revoke"],
        "docs.page": ["/docs"],
        "docs.init": ["/docs/init.js"],
        "docs.asset": ["/docs/favicon-32x32.png"],
        "docs.contract": ["/openapi.json"],
        "health.alive": ["/healthz"],
        "health.ready": ["/readyz"],
        "metrics.metrics": ["/metrics"],
    }


def expected(caller: Any, door: Door, path: str) -> tuple[int, list[str]] | None:
    """Status and `missing` of the refusal; None where the caller goes in."""
    if caller.garbled and path.startswith(("/api/", "/problems/")):
        return 401, ["token"]
    if door.needs == "staff":
        return None if caller.stage == "staff" else ((403 if caller.token else 401), ["session"])
    if door.needs == "signed":
        return 401, ["signature"]
    wanted = path.partition("tier=")[2] if "/publications" in path else ""
    if wanted in {"agreed", "contracted", "staff"}:
        return _of_tier(caller, wanted)
    if door.needs == "open":
        return None
    if door.staff and caller.stage == "staff":
        return None
    if not caller.token:
        return 401, ["token"]
    if door.needs != "token" and door.needs not in caller.scopes:
        return 403, [door.needs]
    return None if ORDER.index(caller.stage) >= ORDER.index(door.stage) else (403, [f"stage:{door.stage}"])


def _of_tier(caller: Any, wanted: str) -> tuple[int, list[str]] | None:
    if wanted == "staff":
        return None if caller.stage == "staff" else ((403 if caller.token else 401), ["session"])
    if caller.stage == "staff":
        return (403, ["partner"]) if wanted == "contracted" else None
    if not caller.token:
        return 401, ["token"]
    if "catalogue:read" not in caller.scopes:
        return 403, ["catalogue:read"]
    return None if ORDER.index(caller.stage) >= ORDER.index(wanted) else (403, [f"stage:{wanted}"])
