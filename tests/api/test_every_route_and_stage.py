"""Every route as every caller on every stage: what may be met is met, nothing else is, and a denial names what is missing."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
import pytest

from exchange.access.scopes import SCOPES as TABLE

from .doors import DOORS, expected, ways  # isort: skip
from .staged import (  # isort: skip
    ALL, CONTACT, NAMES, OTHERS_DEMAND, OWN_DEMAND, PLACE, SCOPES, SHOWN, begin_cases, bring, callers, met, put,
)  # fmt: skip

OPEN_PAGES = {"web_auth.login", "web_auth.enter", "web_auth.leave", "web_recovery.ask", "web_assets.htmx", "static", "bootstrap.static"}
OPEN_PAGES |= {"web_terms.page"}  # what words mean, for whoever reads a page of a link too
LINKED_PAGES = {"web_uploads.form", "web_uploads.take", "web_uploads.one", "web_uploads.send_it", "web_user_links.form"}
NO_PROVIDER = {"web_oidc.begin", "web_oidc.come_back"}  # as long as none is set up


@pytest.fixture
def own(office, store):
    """The demand of the partner of the stages."""
    return bring(office, store, OWN_DEMAND)


@pytest.fixture
def others(another, store):
    """The demand of the partner of another region."""
    return bring(another, store, OTHERS_DEMAND)


@pytest.fixture
def cases(app, office, another, store):
    """The names of the cases: of the partner of the stages, of the other one, of no partner, of a third."""
    return begin_cases(app, office, another, store)


@pytest.fixture
def everybody(app, staff, office, another, own, others, cases):
    """All callers by name."""
    return callers(app, staff, office, another)


BODIES = {"own-demands.add_many": {"demands": [{}]}, "own-matches.answer": {"answer": "interested"},
          "own-deals.answer": {"answer": "declined", "reason": "Di atas pagu."}}  # fmt: skip


def machine_rules(app) -> dict[str, set[str]]:
    """Method by operation of all that is no page."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("web_") and "static" not in rule.endpoint]
    return {rule.endpoint: set(rule.methods) - {"HEAD", "OPTIONS"} for rule in rules}


def test_every_route_stands_in_the_table(app, world, own, others):
    rules = machine_rules(app)
    assert set(rules) == set(DOORS) == set(ways(world, own, others)), "a new route wants a line in DOORS and its addresses in ways"
    assert {len(methods) for methods in rules.values()} == {1}
    assert {door.needs for door in DOORS.values()} <= {"open", "staff", "token", "signed"} | set(TABLE)
    assert set(TABLE) == SCOPES
    documented = app.test_client().get("/openapi.json").get_json()["paths"]
    told = {f"{method} {path}" for path, item in documented.items() for method in item if method in {"get", "post", "put", "delete"}}
    ours = {
        f"{method.lower()} {rule.rule}" for rule in app.url_map.iter_rules() if rule.endpoint in DOORS for method in rules[rule.endpoint]
    }
    assert {each.replace("<int:", "<").replace("<", "{").replace(">", "}") for each in ours} >= told


def assert_refused(answer: Any, refusal: tuple[int, list[str]], about: Any) -> None:
    told = answer.get_json()
    assert (answer.status_code, told["missing"]) == refusal, about
    assert told["mend"], about
    assert answer.mimetype == "application/problem+json", about
    assert not met(answer), about


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the policy is the same on both, and this walk is long
@pytest.mark.parametrize("name", NAMES)
def test_what_a_stage_opens_is_met_on_its_routes_and_nothing_else_anywhere(app, world, office, another, everybody, own, others, name):
    put(office, another, name)
    caller, methods = everybody[name], machine_rules(app)
    for endpoint, addresses in ways(world, own, others).items():
        if methods[endpoint] != {"GET"}:
            continue
        door, found = DOORS[endpoint], set()
        for path, coding in itertools.product(addresses, ("", "gzip")):
            if coding and not path.startswith("/api/v1/publications/json?"):
                continue
            answer = caller.get(path, **({"Accept_Encoding": coding} if coding else {}))
            refusal = expected(caller, door, path)
            if refusal is not None:
                assert_refused(answer, refusal, (endpoint, path))
                continue
            assert answer.status_code not in {401, 403} and answer.status_code < 500, (path, answer.status_code)
            allowed = caller.may if caller.stage == "staff" else caller.may & door.shows
            assert met(answer) <= allowed, (path, met(answer) - allowed)
            found |= met(answer)
        entered = expected(caller, door, addresses[0]) is None
        if caller.stage != "staff" and entered and endpoint not in {"increments.changes", "own-matches.one", "own-matches.listing"}:
            wanted = caller.may & door.shows
            assert found == wanted, f"{endpoint} does not show {wanted - found} to {name}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_write_is_told_what_is_missing_before_anything_is_read(app, world, office, another, everybody, own, others, name):
    put(office, another, name)
    caller, methods = everybody[name], machine_rules(app)
    for endpoint, addresses in ways(world, own, others).items():
        (method,) = methods[endpoint]
        if method == "GET" or endpoint.startswith("oauth."):  # RFC 6749 has answers of its own
            continue
        for path in addresses:
            with caller.open(method, path, BODIES.get(endpoint, {} if method in {"POST", "PUT"} else None)) as answer:
                refusal = (403, ["token"]) if caller.stage == "staff" else expected(caller, DOORS[endpoint], path)
                if refusal is not None:
                    assert_refused(answer, refusal, (method, path))
                    continue
                assert answer.status_code not in {401, 403}, (method, path)
                mine = own if caller.own == "own_demand" else others
                assert met(answer) <= caller.may & DOORS[endpoint].shows, path
                if "/demands/d-" in path and mine not in path:
                    assert answer.status_code == 404, path


@pytest.mark.parametrize("name", NAMES)
def test_records_have_the_members_of_the_table_in_every_representation(world, office, another, everybody, name):
    put(office, another, name)
    caller = everybody[name]
    if caller.garbled:
        return
    skus = ALL if caller.stage == "staff" else SHOWN
    tier = "" if caller.stage == "public" else f"?tier={caller.stage}"
    told = {
        "list": caller.get("/api/v1/products").get_json()["items"],
        "one": [caller.get(f"/api/v1/products/{sku}").get_json() for sku in skus],
        "feed": sorted(
            (each["record"] for each in caller.get("/api/v1/changes?kind=product").get_json()["items"]), key=lambda one: one["sku"]
        ),
        "json": caller.get(f"/api/v1/publications/json{tier}").get_json()["products"],
        "ndjson": [orjson.loads(line) for line in caller.get(f"/api/v1/publications/ndjson{tier}").data.splitlines()],
        "accept": [orjson.loads(line) for line in caller.get("/api/v1/products", Accept="application/x-ndjson").data.splitlines()],
    }
    for where, records in told.items():
        assert [each["sku"] for each in records] == skus, where
        for each in records:
            assert set(each) == caller.product(each["sku"]), (where, each["sku"])
            assert set(each["producer"]) == caller.producer(each["sku"]), (where, each["sku"])
            assert each == told["one"][skus.index(each["sku"])], where
    firms = {each["ident"]: each for each in caller.get("/api/v1/businesses").get_json()["items"]}
    assert set(firms) == {world.firm, world.sole} | ({world.silent} if caller.stage == "staff" else set())
    for ident, each in firms.items():
        assert set(each) == caller.firm(ident == world.sole), ident
        assert caller.get(f"/api/v1/businesses/{ident}").get_json() == each
    feed = [each["record"] for each in caller.get("/api/v1/changes?kind=business").get_json()["items"]]
    assert {each["ident"]: each for each in feed} == firms


@pytest.mark.parametrize("name", NAMES)
def test_what_is_hidden_for_a_record_chooses_sorts_counts_and_picks_nothing(office, another, everybody, name):
    put(office, another, name)
    caller = everybody[name]
    if caller.stage == "staff" or caller.garbled:
        return
    hidden = {
        "products": {"capacity_min", "capacity_max", "state", "nib"},
        "businesses": CONTACT | PLACE | {"nib", "workers", "visit_note"},
    }
    for path, names in hidden.items():
        for each in names:
            for query in (f"{each}=731", f"sort={each}", f"sort=-{each}", f"facets={each}"):
                assert caller.get(f"/api/v1/{path}?{query}").status_code == 400, (path, query)
        for each in names - {"nib"}:
            assert caller.get(f"/api/v1/{path}?fields={each}").status_code == 400, (path, each)
    band = caller.get("/api/v1/products?capacity=999").get_json()["items"]
    assert [one["sku"] for one in band] == SHOWN, "a capacity is chosen by its band, whatever the contract"


def test_what_a_partners_own_matches_tell_is_of_its_contract_alone(office, another, everybody, own):
    told = {"contract for one class": {"LGM-1"}, "contract for a sole proprietor's": {"PGN-1"}, "contract for nothing that is there": set()}
    for name, skus in told.items():
        put(office, another, name)
        items = everybody[name].get("/api/v1/partner/matches").get_json()["items"]
        assert {each["product"] for each in items} == skus
        assert {each["demand"] for each in items} <= {own}
        numbers = {each["id"] for each in items}
        answers = {number: everybody[name].get(f"/api/v1/partner/matches/{number}").status_code for number in range(1, 7)}
        assert {number for number, status in answers.items() if status == 200} == numbers
        assert everybody[name].get("/api/v1/partner/matches/counts").get_json()["items"]


@pytest.mark.parametrize("name", NAMES)
def test_a_partner_reads_the_cases_in_which_it_is_the_partner_and_those_of_others_are_none_to_it(office, another, everybody, cases, name):
    put(office, another, name)
    caller = everybody[name]
    if not caller.case and caller.stage != "staff":
        assert caller.get("/api/v1/agreements").status_code == caller.get(f"/api/v1/agreements/{cases[0]}").status_code == 401
        return
    mine = cases if caller.stage == "staff" else [cases[["own_case", "others_case"].index(caller.case)]]
    whole = caller.get("/api/v1/agreements").get_json()["items"]
    assert [one["ident"] for one in whole] == mine
    missing = caller.get("/api/v1/agreements/KS-2026-9999").get_json()
    for ident in cases:
        answer = caller.get(f"/api/v1/agreements/{ident}")
        if ident in mine:
            assert answer.get_json() == whole[mine.index(ident)]
            assert ("partner" in answer.get_json()) is (caller.stage == "staff")
        else:
            assert answer.status_code == 404
            assert answer.get_json()["detail"].replace(ident, "KS-2026-9999") == missing["detail"], "as if there were none"


def test_pages_are_for_sessions_whatever_token_comes_with_the_request(app, world, office, another, everybody):
    pages = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("web_") and "GET" in rule.methods]
    assert len(pages) >= 20
    for name in ("anybody", "contract for one class", "token without scopes", "garbled token"):
        put(office, another, name)
        for rule in pages:
            values = {
                each: (1 if each.endswith("_id") else {"sku": "LGM-1", "name": "semarang"}.get(each, world.firm)) for each in rule.arguments
            }
            answer = everybody[name].get(app.url_map.bind("").build(rule.endpoint, values, method="GET"))
            if rule.endpoint in OPEN_PAGES:
                assert answer.status_code == 200, rule
            elif rule.endpoint in LINKED_PAGES | NO_PROVIDER:
                assert answer.status_code == 404, rule
            else:
                assert answer.status_code in {302, 303} and answer.location.startswith("/masuk"), rule
            assert not met(answer), rule
