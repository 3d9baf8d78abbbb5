"""What runs noted goes in time, and nothing that a reader still needs goes with it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from exchange.store.base import Store
from exchange.store.demand_changes import DemandChangeRow, changes_of, note_changes
from exchange.store.demands import DemandRow
from exchange.store.retention import RetentionRow, forget_listings, forget_superseded, old_run_with_listings, runs_in_need
from exchange.store.run_listings import RunListingRow, note_listings
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow

START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = ("title", "budget_amount", "status", "url")
DEMANDS = 3
ANY = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def filled(store: Store) -> Store:
    """Two sources, and demands 1 to 3 of the first one."""
    with store.work() as session:
        session.add_all(SourceRow(name=name, connector="rest", region="33.19") for name in ("jati", "bakau"))
        session.flush()
        for number in range(1, DEMANDS + 1):
            session.add(
                DemandRow(id=number, ident=f"d-{number}", source_id=1, reference=str(number), title="Meja", buyer_name="Dinas Contoh",
                          status="open", content_hash="0", raw_answer="0", raw_position=0, connector_version="1")
            )  # fmt: skip
    return store


class Change(NamedTuple):
    """A change on a day."""

    demand: int
    version: int
    fields: frozenset[str]
    day: int


def noted(store: Store, changes: list[Change]) -> None:
    with store.work() as session:
        for each in changes:
            told = (each.demand, each.version, sorted(each.fields), f"answer {each.version}", each.version)
            note_changes(session, 1, [told], START + timedelta(days=each.day))


def kept(store: Store) -> dict[tuple[int, int], int]:
    """Changes on record by demand and version, with how many were forgotten before each."""
    with store.read() as session:
        return {(row.demand_id, row.version): row.forgotten for row in session.scalars(select(DemandChangeRow))}


def night(store: Store, before: int, limit: int = 2) -> None:
    while True:
        with store.work() as session:
            if not forget_superseded(session, START + timedelta(days=before), limit).looked:
                return


def emptied(store: Store) -> None:
    with store.work() as session:
        for row in (DemandChangeRow, RetentionRow, RunListingRow, RunRow):
            session.execute(delete(row))


HISTORY = st.lists(st.tuples(st.integers(1, DEMANDS), st.sets(st.sampled_from(FIELDS)), st.integers(0, 3)), max_size=20)


@settings(max_examples=60, suppress_health_check=ANY)
@given(history=HISTORY, nights=st.lists(st.integers(0, 12), min_size=1, max_size=4), limit=st.integers(1, 7))
def test_a_change_goes_once_all_that_it_says_was_said_again_long_ago_and_no_sooner(filled: Store, history, nights, limit):
    emptied(filled)
    versions, day, changes = dict.fromkeys(range(1, DEMANDS + 1), 1), 0, []
    for demand, fields, later in history:
        day, versions[demand] = day + later, versions[demand] + 1
        changes.append(Change(demand, versions[demand], frozenset(fields), day))
    # the nights come in between: what is noted after one is as if it came later
    share = len(changes) // len(nights) + 1
    before = 0
    for number, ahead in enumerate(nights):
        noted(filled, changes[number * share : (number + 1) * share])
        before = max(before, ahead)
        night(filled, before, limit)
    night(filled, before, limit)
    left = kept(filled)
    for demand in versions:
        its = [each for each in changes if each.demand == demand]
        for field in FIELDS:  # what the demand's page tells of each part
            last = max((each.version for each in its if field in each.fields), default=None)
            assert last is None or (demand, last) in left
        if its:
            assert (demand, its[-1].version) in left, "the latest one stays"
        counted = sum(1 + forgotten for (whose, _), forgotten in left.items() if whose == demand)
        assert counted == len(its), "it is known still how many there were"
        for each in its:
            after = [other for other in its if other.version > each.version and other.day < before]
            over = each.day < before and after and each.fields <= frozenset().union(*(other.fields for other in after))
            assert ((demand, each.version) in left) is not bool(over)


def test_changes_are_bounded_by_demands_and_fields_however_many_nights_there_are(filled: Store):
    for day in range(60):
        noted(filled, [Change(demand, day + 2, frozenset({FIELDS[day % 2]}), day) for demand in range(1, DEMANDS + 1)])
        night(filled, day - 10)
    assert len(kept(filled)) <= DEMANDS * (len(FIELDS) + 11)


def test_a_piece_looks_at_no_more_than_it_may_and_begins_where_the_last_one_ended(filled: Store):
    noted(filled, [Change(1, version, frozenset({"title"}), 0) for version in range(2, 12)])
    for looked, gone in ((4, 3), (4, 4), (2, 2), (0, 0)):
        with filled.work() as session:
            assert forget_superseded(session, START + timedelta(days=1), 4) == (looked, gone)
    assert kept(filled) == {(1, 11): 9}


def test_a_piece_that_is_broken_off_leaves_all_as_it_was(filled: Store):
    noted(filled, [Change(1, version, frozenset({"title"}), 0) for version in range(2, 6)])
    before = kept(filled)
    with pytest.raises(KeyboardInterrupt), filled.work() as session:
        forget_superseded(session, START + timedelta(days=1))
        raise KeyboardInterrupt
    assert kept(filled) == before
    night(filled, 1)
    assert kept(filled) == {(1, 5): 3}


def test_while_runs_note_changes_and_nights_forget_them_every_reader_finds_the_last_of_each_field(filled: Store):
    rounds, wrong = 40, list[BaseException]()
    over = threading.Event()

    def write(demand: int) -> None:
        for version in range(2, rounds + 2):
            noted(filled, [Change(demand, version, frozenset({FIELDS[version % 3]}), 0)])

    def forget() -> None:
        while not over.is_set():
            night(filled, 1, 5)

    def read() -> None:
        last = dict.fromkeys(range(1, DEMANDS + 1), 0)
        while not over.is_set():
            for demand, before in last.items():
                with filled.read() as session:
                    rows = changes_of(session, demand)
                counted = sum(1 + row.forgotten for row in rows)
                assert counted >= before and (not rows or rows[0].version == counted + 1), "a moment's picture is whole"
                assert {field for row in rows for field in row.fields} == {FIELDS[v % 3] for v in range(2, counted + 2)}
                last[demand] = counted

    def guarded(act: Any, *given: Any) -> None:
        try:
            act(*given)
        except BaseException as error:
            wrong.append(error)

    others = [threading.Thread(target=guarded, args=(act,)) for act in (forget, forget, read)]
    writers = [threading.Thread(target=guarded, args=(write, demand)) for demand in range(1, DEMANDS + 1)]
    for thread in (*others, *writers):
        thread.start()
    for thread in writers:
        thread.join(120)
    over.set()
    for thread in others:
        thread.join(60)
    assert wrong == []
    night(filled, 1)
    left = kept(filled)
    assert len(left) == 3 * DEMANDS
    assert sum(1 + forgotten for forgotten in left.values()) == rounds * DEMANDS


RUNS = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(["complete", "partial", "failed", "running"]), st.booleans(), st.integers(0, 3)),
    max_size=12,
)


@settings(max_examples=50, suppress_health_check=ANY)
@given(runs=RUNS, before=st.integers(0, 20), limit=st.integers(1, 4))
def test_listings_of_old_runs_go_but_those_of_each_sources_last_runs_stay(filled: Store, runs, before, limit):
    emptied(filled)
    made, day = [], 0
    with filled.work() as session:
        for source, state, changes_only, later in runs:
            day += later
            row = RunRow(source_id=source, state=state, connector_version="1", started_at=START + timedelta(days=day))
            row.facts = {"changes_only": True} if changes_only else {}
            session.add(row)
            session.flush()
            for outcome in ("changed", "missing"):
                note_listings(session, row.id, outcome, range(1, DEMANDS + 1))
            made.append(row)
    needed = set()
    for source in (1, 2):
        its = [row for row in made if row.source_id == source]
        good = [row for row in its if row.state == "complete"]
        for group in (its, good, [row for row in good if not row.facts]):
            needed |= {group[-1].id} if group else set()
    with filled.read() as session:
        assert runs_in_need(session) == needed
    run, told = 0, []
    bound = START + timedelta(days=before)
    while True:
        with filled.read() as session:
            run = old_run_with_listings(session, bound, needed, run)
        if run is None:
            break
        told.append(run)
        while True:
            with filled.work() as session:
                if not forget_listings(session, run, limit):
                    break
    with filled.read() as session:
        left = {row.id: session.query(RunListingRow).filter_by(run_id=row.id).count() for row in made}
        marked = {row.id for row in session.scalars(select(RunRow)) if row.listings_gone_at is not None}
    gone = {row.id for row in made if row.id not in needed and row.started_at < bound and row.state != "running"}
    assert marked == set(told) == gone and len(told) == len(gone)
    assert left == {row.id: 0 if row.id in gone else 2 * DEMANDS for row in made}
