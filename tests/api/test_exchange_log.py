"""Whatever a partner is told beyond the public stands in the exchange log, whichever door it went out by; nothing else does."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

import pytest
from sqlalchemy import text

from exchange.access.log_check import check
from exchange.api.front import Front
from exchange.api.logbook import Logbook, logbook_of
from exchange.store.base import Store
from exchange.store.exchange_log import batches, entries_of

from .doors import DOORS, expected, ways  # isort: skip
from .staged import CONTACT, NAMES, OTHERS_DEMAND, OWN_DEMAND, PLACE, bring, callers, met, put  # isort: skip

# what an answer is seen to tell → the class that the log must name
CLASS_OF = {
    "capacity": "capacity", "sole_nib": "identity", "private_demand": "demand", **dict.fromkeys(CONTACT, "contact"),
    **dict.fromkeys(PLACE, "address"),
}  # fmt: skip


class Kept:
    """The entries that came since one looked last."""

    def __init__(self, app: Any, store: Store) -> None:
        self.book, self.store, self.last = logbook_of(app), store, 0
        self.new()

    def new(self) -> list[dict[str, Any]]:
        assert self.book.write()
        with self.store.read() as session:
            rows = [row for row, _ in batches(session, self.last)]
            self.last = rows[-1].id if rows else self.last
            return [entry for row in rows for entry in entries_of(row)]


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


def test_where_the_log_cannot_be_written_nothing_beyond_the_public_is_told(app, store, office, another, everybody, world, monkeypatch):
    put(office, another, "contract for one class")
    caller, book, now = everybody["contract for one class"], logbook_of(app), [1000.0]
    monkeypatch.setattr(book, "_clock", lambda: now[0])
    monkeypatch.setattr(book, "_every", 0)
    monkeypatch.setattr("exchange.api.logbook._PATIENCE", 0.05)
    assert book.write()
    tag = caller.get("/api/v1/businesses").headers["ETag"]
    free, held = threading.Event(), threading.Event()

    def hold() -> None:
        with store.work() as session:
            session.execute(text("SELECT 1"))
            held.set()
            free.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    try:
        assert not book.write()
        for path in ("/api/v1/businesses", f"/api/v1/businesses/{world.firm}", "/api/v1/products/LGM-1"):
            assert caller.get(path).status_code == 200, "a note waits a while"
        assert not book.write()
        now[0] += 21
        closed = ("changes", "publications/json?tier=contracted", "partner/matches", "businesses", f"businesses/{world.firm}")
        for path in (f"/api/v1/{each}" for each in closed):
            for _ in range(2):
                refused = caller.get(path)
                assert refused.status_code == 503 and refused.headers["Retry-After"] == "10", path
                assert not met(refused)
        assert caller.get("/api/v1/businesses", If_None_Match=tag).status_code == 304, "which tells nothing"
        assert caller.get("/api/v1/products/PGN-1").status_code == 200, "of which the contract opens nothing"
        assert everybody["anybody"].get("/api/v1/businesses").status_code == 200
    finally:
        free.set()
        holder.join()
    assert book.write()
    assert caller.get("/api/v1/businesses").status_code == 200
    kept = Kept(app, store)
    with store.read() as session:
        entries = [entry for row, _ in batches(session) for entry in entries_of(row)]
        assert check(session, {}).well
    assert sum(entry["times"] for entry in entries) == 5, "what went out, and nothing that was refused"
    assert kept.new() == []


def test_more_than_may_wait_is_refused_and_what_waits_is_kept(store: Store, office, app, everybody, another, monkeypatch):
    put(office, another, "contract for one class")
    monkeypatch.setattr("exchange.api.logbook.MOST", 4)
    monkeypatch.setattr(logbook_of(app), "_every", 0)
    assert logbook_of(app).write()
    caller = everybody["contract for one class"]
    paths = [f"/api/v1/businesses?q={word}" for word in ("karya", "logam", "kar", "loga")]
    statuses = [caller.get(path).status_code for path in paths]
    assert statuses == [200, 200, 503, 503]
    assert logbook_of(app).write()
    assert caller.get(paths[2]).status_code == 200


def test_notes_are_written_within_a_second_by_themselves(app, store, office, another, everybody):
    put(office, another, "contract for one class")
    everybody["contract for one class"].get("/api/v1/businesses")
    until = threading.Event()
    for _ in range(100):
        until.wait(0.05)
        with store.read() as session:
            if any(True for _ in batches(session)):
                return
    pytest.fail("nothing was written in five seconds")


def test_one_batch_is_written_for_many_reads_and_threads_lose_none(app, store, office, another, everybody, kept):
    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]

    def read() -> None:
        for _ in range(25):
            assert app.test_client().get("/api/v1/businesses", headers=office.headers).status_code == 200

    threads = [threading.Thread(target=read) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    caller.get("/api/v1/businesses")
    assert sum(entry["times"] for entry in kept.new()) == 151


def test_a_logbook_that_cannot_write_keeps_its_notes_in_one_piece(store: Store, office, app, everybody, another, monkeypatch):
    put(office, another, "contract for one class")
    book = Logbook(store, every=0)
    monkeypatch.setitem(app.extensions, "exchange.logbook", book)
    monkeypatch.setattr(app.wsgi_app, "_logbook", book)
    caller = everybody["contract for one class"]

    def broken(*_: Any) -> int:
        raise sqlite3.OperationalError("disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("exchange.api.logbook.append", broken)
        for _ in range(3):
            caller.get("/api/v1/businesses")
            assert not book.write()
    caller.get("/api/v1/businesses")
    assert book.write()
    with store.read() as session:
        (row,) = [row for row, _ in batches(session)]
    assert [entry["times"] for entry in entries_of(row)] == [4]
