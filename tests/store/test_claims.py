"""Work that waits is claimed by one worker at a time, what lapsed is claimed again, and none of it is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from exchange.store.base import Store
from exchange.store.claims import Queue
from exchange.store.errands import ERRANDS, ErrandRow
from exchange.store.exports import EXPORTS, ExportRow
from exchange.store.looks import LOOKS, SourceLookRow
from exchange.store.replays import REPLAYS, ReplayRow
from exchange.store.sources import SourceRow

START = datetime(2026, 3, 1, tzinfo=UTC)
MADE: dict[str, tuple[Queue[Any], Callable[[int], Any]]] = {
    "looks": (LOOKS, lambda source: SourceLookRow(source_id=source, asked_by="admin", options_digest="0")),
    "replays": (REPLAYS, lambda _source: ReplayRow(rule="r", asked_by="petugas")),
    "errands": (ERRANDS, lambda _source: ErrandRow(kind="pull", subject="jati", asked_by="admin")),
    "exports": (EXPORTS, lambda _source: ExportRow(account="petugas", kind="produk", filters={}, format="csv")),
}


class Table:
    """One of the tables of work, with rows put into it; the clock is the test's."""

    def __init__(self, name: str, store: Store) -> None:
        self.store, (self.queue, self._made) = store, MADE[name]
        with store.work() as session:
            source = SourceRow(name="jati", connector="rest", region="33.19", state="pending")
            session.add(source)
            session.flush()
            self._source = source.id

    def fill(self, count: int) -> list[int]:
        with self.store.work() as session:
            session.execute(delete(self.queue.row))
            return [self.add(session) for _ in range(count)]

    def add(self, session: Any) -> int:
        row = self._made(self._source)
        session.add(row)
        session.flush()
        return row.id

    def claim(self, room: int, now: datetime) -> list[tuple[int, int]]:
        with self.store.read() as session:
            said = self.queue.waits(session, now)
        with self.store.work() as session:
            return [(row.id, row.tries) for row in self.queue.claim(session, room, now)] if said else []

    def beat(self, row_id: int, tries: int, now: datetime) -> bool:
        with self.store.work() as session:
            return self.queue.beat(session, row_id, tries, now)

    def end(self, row_id: int, tries: int, now: datetime) -> bool:
        with self.store.work() as session:
            row = self.queue.held(session, row_id, tries)
            if row is not None:
                row.state, row.ended_at = "done", now
            return row is not None

    def states(self) -> dict[int, tuple[str, int]]:
        with self.store.read() as session:
            return {row.id: (row.state, row.tries) for row in session.scalars(select(self.queue.row))}


@pytest.fixture(params=MADE)
def table(request: pytest.FixtureRequest, store: Store) -> Table:
    return Table(request.param, store)


STEPS = st.lists(st.tuples(st.sampled_from(["add", "claim", "beat", "end", "half", "lapse"]), st.integers(0, 5)), min_size=1, max_size=25)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_workers_do_each_piece_is_one_workers_and_comes_to_an_end(table: Table, steps: list[tuple[str, int]]):
    """Beside the table runs the law: which piece waits, is held since when, or is at its end."""
    queue, now = table.queue, START
    waiting, begun, signs, ended = set(table.fill(2)), {}, {}, {}
    claims: list[tuple[int, int]] = []

    def free() -> list[int]:
        lapsed = {each for each, sign in signs.items() if sign < now - queue.lapse}
        if queue.one_at_once and signs.keys() - lapsed:
            return []
        return sorted(waiting | lapsed)

    def claimed(room: int) -> None:
        """What the law says that a claim takes is what it takes."""
        expected: list[int] = []
        for each in free():
            if len(expected) == (min(room, 1) if queue.one_at_once else room):
                break
            if begun.get(each, 0) >= queue.tries:
                signs.pop(each)
                ended[each] = "failed"
                continue
            expected.append(each)
        got = table.claim(room, now)
        assert [row_id for row_id, _ in got] == expected
        for row_id, tries in got:
            waiting.discard(row_id)
            begun[row_id] = begun.get(row_id, 0) + 1
            assert tries == begun[row_id]
            signs[row_id] = now
        claims.extend(got)

    for what, number in steps:
        if what == "add":
            with table.store.work() as session:
                waiting.add(table.add(session))
        elif what == "claim" and number:
            claimed(number)
        elif what in {"beat", "end"} and claims:
            row_id, tries = claims[number % len(claims)]
            holds = row_id in signs and begun[row_id] == tries
            if what == "beat":
                assert table.beat(row_id, tries, now) is holds
                signs.update({row_id: now} if holds else {})
            else:
                assert table.end(row_id, tries, now) is holds
                if holds:
                    signs.pop(row_id)
                    ended[row_id] = "done"
        else:
            now += {"half": queue.lapse / 2, "lapse": queue.lapse * 2}.get(what, timedelta(0))
    while waiting or signs:  # nobody needs to do anything for it: workers come and go
        now += queue.lapse * 2
        claimed(3)
    assert {row_id: state for row_id, (state, _) in table.states().items()} == ended
    assert all(tries <= queue.tries for _, tries in table.states().values())


def test_of_many_threads_no_two_have_the_same_piece_and_what_the_dying_leave_is_done_by_the_living(table: Table):
    queue, pieces = table.queue, set(table.fill(24))
    clock, mutex = [START], threading.Lock()
    held: dict[int, datetime] = {}
    done: list[int] = []
    deaths: dict[int, int] = {}
    wrong: list[BaseException] = []
    start = threading.Barrier(6)

    def took(row_id: int, now: datetime) -> None:
        with mutex:
            before = held.get(row_id)
            assert before is None or before < now - queue.lapse, f"{row_id} is held since {before}"
            assert row_id not in done
            held[row_id] = now

    def worker(seed: int) -> None:
        chance = random.Random(seed)
        try:
            start.wait()
            while True:
                with table.store.work() as session:  # the moment is told within the transaction, so that moments and claims have one order
                    session.connection()
                    with mutex:
                        now = clock[0] = clock[0] + timedelta(seconds=1)
                    rows = [(row.id, row.tries) for row in queue.claim(session, chance.randint(1, 3), now)]
                    for row_id, _ in rows:
                        took(row_id, now)
                    left = session.scalar(select(func.count()).where(queue.row.state.in_(("waiting", "running"))).select_from(queue.row))
                if not left:
                    return
                for row_id, tries in rows:
                    if chance.random() < 0.3:  # this worker died over it
                        with mutex:
                            deaths[row_id] = deaths.get(row_id, 0) + 1
                    else:
                        with table.store.work() as session:
                            if (row := queue.held(session, row_id, tries)) is not None:
                                row.state = "done"
                                with mutex:
                                    held.pop(row_id)
                                    done.append(row_id)
                if not rows:
                    with mutex:
                        clock[0] += queue.lapse / 4
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=worker, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    assert wrong == []
    states = table.states()
    assert len(done) == len(set(done)), "no piece was ended twice"
    assert states.keys() == pieces, "none is lost"
    assert {row_id for row_id, (state, _) in states.items() if state == "done"} == set(done)
    for row_id in pieces - set(done):
        assert states[row_id] == ("failed", queue.tries), "given up is only what was begun as often as it may be"


def test_a_worker_that_lost_its_claim_ends_nothing_and_the_next_one_does(table: Table):
    (piece,) = table.fill(1)
    later = START + 2 * table.queue.lapse
    assert table.claim(1, START) == [(piece, 1)]
    assert table.claim(1, later) == [(piece, 2)]
    assert not table.beat(piece, 1, later) and not table.end(piece, 1, later)
    assert table.end(piece, 2, later)


def test_a_row_that_runs_without_any_sign_is_not_lost(table: Table):
    (piece,) = table.fill(1)
    with table.store.work() as session:
        session.get_one(table.queue.row, piece).state = "running"
    assert table.claim(1, START) == [(piece, 1)]
