"""Whatever a partner is told beyond the public stands in the exchange log, whichever door it went out by; nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.api.front import Front

from .recorded import Kept  # isort: skip
from .doors import DOORS, expected, ways  # isort: skip
from .staged import CONTACT, NAMES, OTHERS_DEMAND, OWN_DEMAND, PLACE, bring, callers, met, put  # isort: skip

# what an answer is seen to tell → the class that the log must name
CLASS_OF = {
    "capacity": "capacity", "sole_nib": "identity", "private_demand": "demand", **dict.fromkeys(CONTACT, "contact"),
    **dict.fromkeys(PLACE, "address"),
}  # fmt: skip


@pytest.fixture
def own(office, store):
    """The demand of the partner of the stages."""
    return bring(office, store, OWN_DEMAND)


@pytest.fixture
def others(another, store):
    """The demand of the partner of another region."""
    return bring(another, store, OTHERS_DEMAND)


@pytest.fixture
def everybody(app, staff, office, another, own, others):
    """All callers by name."""
    return callers(app, staff, office, another)


@pytest.fixture
def kept(app, store, everybody):
    """What is written from now on."""
    return Kept(app, store)


def classes(entries: list[dict[str, Any]]) -> set[str]:
    return {name for entry in entries for _, group, _ in entry["told"] for name in group}


def named(entries: list[dict[str, Any]], kind: str) -> set[str]:
    return {name for entry in entries for each, _, names in entry["told"] if each == kind for name in names}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the entries are the same on both, and this walk is long
@pytest.mark.parametrize("name", NAMES)
def test_every_route_on_every_stage_leaves_what_it_told_and_nothing_more(app, world, office, another, everybody, own, others, kept, name):
    put(office, another, name)
    caller, doors = everybody[name], set()
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    for endpoint, addresses in ways(world, own, others).items():
        for path in addresses if endpoint in rules else ():
            answer = caller.get(path)
            entries = kept.new()
            if not (caller.token and caller.stage in {"agreed", "contracted"}) or expected(caller, DOORS[endpoint], path) is not None:
                assert not entries, (path, entries)
                continue
            seen = {CLASS_OF[each] for each in met(answer) if each in CLASS_OF}
            if answer.status_code == 200 and endpoint in {"own-matches.one", "own-matches.listing"} and b'"product"' in answer.data:
                seen |= {"match"}
            if endpoint == "own-matches.counts" and answer.get_json()["items"]:
                seen |= {"match_count"}
            assert classes(entries) == seen or (endpoint == "publications.one" and classes(entries) >= seen), (path, seen, entries)
            if not seen:
                assert not entries, path
                continue
            doors.add(endpoint)
            (entry,) = entries
            asks = another if caller.own == "others_demand" else office
            region = "32.73" if asks is another else "33.74"
            assert (entry["partner"], entry["region"], entry["stage"]) == (asks.ident, region, caller.stage)
            assert entry["door"] == endpoint and entry["times"] == 1 and entry["basis"] == []
            assert named(entries, "business") <= ({world.firm} if "LGM-1" in caller.covers else {world.sole}), path
            assert named(entries, "demand") <= {world.private_demand}
            if endpoint == "publications.one":
                assert entry["file"][0] == path.partition("/publications/")[2].partition("?")[0]
                assert entry["file"][1] == answer.headers["ETag"].strip('"')
    opens = {"contract for one class", "contract for a sole proprietor's"}
    wanted = {endpoint for endpoint, door in DOORS.items() if endpoint in rules and door.shows & caller.may & set(CLASS_OF)}
    if name in opens:
        wanted = (wanted | {"own-matches.one", "own-matches.listing", "own-matches.counts"}) - {"increments.changes"}
    if caller.token and caller.stage in {"agreed", "contracted"}:
        assert wanted <= doors, wanted - doors


def test_the_short_way_notes_what_it_sends_and_only_that(app, office, another, everybody, kept, world):
    assert isinstance(app.wsgi_app, Front)
    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]
    first = caller.get("/api/v1/businesses")
    for _ in range(4):
        assert caller.get("/api/v1/businesses").data == first.data
    entries = kept.new()
    assert sum(entry["times"] for entry in entries) == 5
    assert {entry["door"] for entry in entries} == {"businesses.listing"}
    assert entries[0]["told"] == [["business", ["address", "contact"], [world.firm]]]
    tag = first.headers["ETag"]
    for _ in range(2):
        assert caller.get("/api/v1/businesses", If_None_Match=tag).status_code == 304
        assert caller.open("HEAD", "/api/v1/businesses").status_code == 200
        assert everybody["anybody"].get("/api/v1/businesses").status_code == 200
    assert kept.new() == []


def test_of_chosen_members_the_chosen_alone_are_noted(office, another, everybody, kept):
    put(office, another, "contract for a sole proprietor's")
    caller = everybody["contract for a sole proprietor's"]
    caller.get("/api/v1/products?fields=sku,producer")
    assert classes(kept.new()) == {"identity"}
    caller.get("/api/v1/products?fields=sku,name")
    assert kept.new() == []


def test_a_page_notes_its_own_records_and_not_the_one_that_tells_of_more(office, another, everybody, kept, world):
    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]
    page = caller.get("/api/v1/businesses?limit=1").get_json()["items"]
    assert named(kept.new(), "business") == {each["ident"] for each in page} & {world.firm}


def test_an_increment_that_tells_something_new_is_noted_as_a_file(app, office, another, everybody, kept, store, world):
    from exchange.access.segments import refresh_products
    from exchange.store.products import products_by_sku

    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]
    whole = caller.get("/api/v1/publications/ubl?tier=contracted").data
    since = whole.partition(b"<cbc:VersionID>")[2].partition(b"<")[0].decode()
    assert named(kept.new(), "business") == {world.firm}
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.lead_time_days, row.version = 9, row.version + 1
        refresh_products(session, [row])
    answer = caller.get(f"/api/v1/publications/ubl/changes?since={since}")
    assert answer.status_code == 200
    (entry,) = kept.new()
    assert (entry["door"], entry["told"]) == ("increments.changes", [["business", ["capacity"], [world.firm]]])
    assert entry["file"] == ["ubl", answer.headers["ETag"].strip('"')]


def test_an_answer_to_a_match_is_noted_too(app, office, another, everybody, kept, world):
    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]
    (match,) = caller.get("/api/v1/partner/matches").get_json()["items"]
    path = f"/api/v1/partner/matches/{match['id']}"
    tag = caller.get(path).headers["ETag"]
    kept.new()
    with caller.open("PUT", f"{path}/answer", {"answer": "interested"}, If_Match=tag) as answer:
        assert answer.status_code == 200
    (entry,) = kept.new()
    assert (entry["door"], entry["told"]) == ("own-matches.answer", [["business", ["match"], [world.firm]]])


def test_agreements_that_open_it_are_named(app, office, another, everybody, kept, monkeypatch):
    from exchange.access import callers as module
    from exchange.access.callers import Reader

    put(office, another, "contract for one class")
    real = module.reader_of
    basis = (("PKS-36.72-33.74-1", "PP 28/2018 Pasal 6 ayat (1) huruf g"),)
    monkeypatch.setattr(module, "reader_of", lambda row, today: Reader(real(row, today).tier, real(row, today).within, basis))
    everybody["contract for one class"].get("/api/v1/businesses?q=karya")
    (entry,) = kept.new()
    assert entry["basis"] == [list(each) for each in basis]


def test_the_contract_says_of_each_door_of_the_log_that_it_may_be_refused(app):
    from exchange.access.reads import DOORS as IN_WORDS
    from exchange.api.contract import RECORDED

    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    verbs = [(method, path) for path, methods in paths.items() for method in methods if method in {"get", "post", "put", "delete"}]
    told = {(method, path) for method, path in verbs if "503" in paths[path][method]["responses"]}
    others = {("get", "/readyz"), ("get", "/metrics"), ("get", "/api/v1/photos/{digest}")}  # the last one where its file cannot be read
    assert told - others == RECORDED
    rules = {rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}"): rule.endpoint for rule in app.url_map.iter_rules()}
    assert {rules[path] for _, path in RECORDED} == set(IN_WORDS), "every door of the log has a name for people"
