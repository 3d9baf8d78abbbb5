"""The exchange log's chain: whatever was written in whatever batches verifies, and nothing can be changed, taken, added or moved."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.access.log_check import check
from exchange.store.base import Store, utcnow
from exchange.store.exchange_log import (
    LogBatchRow,
    LogFirmRow,
    LogHeadRow,
    append,
    batches,
    drop_batches,
    entries_of,
    head_of_log,
    note_checked,
)
from exchange.store.log_chain import seal

FIRMS = ["cv-a", "cv-b", "pt-c", "ud-d"]
ENTRIES = st.builds(
    lambda firms, classes, times, partner: {
        "at": "2026-11-27T06:00:00.000Z", "until": "2026-11-27T06:00:00.400Z", "times": times, "partner": partner, "name": partner,
        "region": "33.74", "stage": "contracted", "basis": [], "door": "products.listing", "told": [["business", classes, firms]],
    },
    st.lists(st.sampled_from(FIRMS), min_size=1, unique=True).map(sorted),
    st.lists(st.sampled_from(["contact", "address", "capacity", "identity"]), min_size=1, unique=True).map(sorted),
    st.integers(1, 9),
    st.sampled_from(["kota-a", "kota-b"]),
)  # fmt: skip
ENTRY = {
    "at": "2026-11-27T06:00:00.000Z", "until": "2026-11-27T06:00:00.400Z", "times": 1, "partner": "kota-a", "name": "Kota A",
    "region": "33.74", "stage": "contracted", "basis": [["PKS-1", "Pasal 6 ayat (1)"]], "door": "products.one",
    "told": [["business", ["contact"], ["cv-a"]]],
}  # fmt: skip
HISTORIES = st.lists(st.lists(ENTRIES, min_size=1, max_size=4), min_size=1, max_size=7)
many = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def begin(store: Store, history: list[list[dict[str, Any]]]) -> int:
    """A fresh log with these batches; the number of the last."""
    with store.work() as session:
        for table in (LogFirmRow, LogBatchRow, LogHeadRow):
            session.execute(delete(table))
    for entries in history:
        with store.work() as session:
            append(session, entries)
    return len(history)


def found(store: Store, marks: dict[int, str] | None = None, *, whole: bool = True) -> Any:
    with store.read() as session:
        return check(session, marks or {}, whole=whole)


def change(session: Session, number: int, **values: Any) -> None:
    session.execute(update(LogBatchRow).where(LogBatchRow.id == number).values(**values))


def row_of(session: Session, number: int) -> LogBatchRow:
    row = session.get(LogBatchRow, number)
    assert row is not None
    return row


def content(row: LogBatchRow) -> dict[str, Any]:
    record: dict[str, Any] = orjson.loads(zlib.decompress(row.content))
    return record


def packed(record: dict[str, Any]) -> bytes:
    return zlib.compress(orjson.dumps(record, option=orjson.OPT_SORT_KEYS))


def an_entry(session: Session, number: int, last: int) -> set[int]:
    """An entry says something else."""
    record = content(row_of(session, number))
    record["entries"][0]["partner"] = "kota-lain"
    change(session, number, content=packed(record))
    return {number}


def an_entry_with_its_digest(session: Session, number: int, last: int) -> set[int]:
    """An entry says something else, and the digest is made anew: the link to the next one breaks."""
    row = row_of(session, number)
    record = content(row)
    record["entries"][0]["times"] += 1
    made = seal(row.id, row.previous, row.at, record["entries"])
    change(session, number, content=zlib.compress(made.content), digest=made.digest)
    return {number, number + 1} if number < last else {number}


def an_entry_left_out(session: Session, number: int, last: int) -> set[int]:
    record = content(row_of(session, number))
    record["entries"].pop()
    change(session, number, content=packed(record), entries=len(record["entries"]))
    return {number}


def rubbish(session: Session, number: int, last: int) -> set[int]:
    change(session, number, content=b"bukan isi")
    return {number}


def the_time(session: Session, number: int, last: int) -> set[int]:
    change(session, number, at=row_of(session, number).at + timedelta(microseconds=1))
    return {number}


def the_count(session: Session, number: int, last: int) -> set[int]:
    change(session, number, entries=LogBatchRow.entries + 1)
    return {number}


def the_digest(session: Session, number: int, last: int) -> set[int]:
    change(session, number, digest="f" * 64)
    return {number}


def the_link(session: Session, number: int, last: int) -> set[int]:
    change(session, number, previous="f" * 64)
    return {number}


def taken_away(session: Session, number: int, last: int) -> set[int]:
    session.execute(delete(LogFirmRow).where(LogFirmRow.batch == number))
    session.execute(delete(LogBatchRow).where(LogBatchRow.id == number))
    return {number}


def _copy(session: Session, number: int, to: int) -> None:
    row = row_of(session, number)
    session.add(
        LogBatchRow(id=to, at=row.at, entries=row.entries, content=row.content, previous=row.previous, digest=row.digest)
    )  # fmt: skip


def added_behind(session: Session, number: int, last: int) -> set[int]:
    _copy(session, number, last + 1)
    return {last + 1}


def added_before(session: Session, number: int, last: int) -> set[int]:
    _copy(session, number, 0)
    return {0}


def moved(session: Session, number: int, last: int) -> set[int]:
    """Two batches in each other's place, firms and all; with one batch alone it is pushed to another number."""
    other = number % last + 1
    if other == number:
        change(session, number, id=number + 1)
        return {number}
    names = ("at", "entries", "content", "previous", "digest")
    both = {each: {name: getattr(row_of(session, each), name) for name in names} for each in (number, other)}
    change(session, number, **both[other])
    change(session, other, **both[number])
    for one, to in ((number, -1), (other, number), (-1, other)):
        session.execute(update(LogFirmRow).where(LogFirmRow.batch == one).values(batch=to))
    return {min(number, other)}


def a_firm_hidden(session: Session, number: int, last: int) -> set[int]:
    one = session.scalars(select(LogFirmRow).where(LogFirmRow.batch == number)).first()
    session.delete(one)
    return {number}


def a_firm_added(session: Session, number: int, last: int) -> set[int]:
    session.add(LogFirmRow(firm="bukan-siapa", batch=number))
    return {number}


def the_head(session: Session, number: int, last: int) -> set[int]:
    session.execute(update(LogHeadRow).values(number=last + 1))
    return {last + 1}


TAMPERINGS = [
    an_entry, an_entry_with_its_digest, an_entry_left_out, rubbish, the_time, the_count, the_digest, the_link, taken_away, added_behind,
    added_before, moved, a_firm_hidden, a_firm_added, the_head,
]  # fmt: skip


@many
@given(history=HISTORIES, act=st.sampled_from(TAMPERINGS), where=st.integers(0, 6))
def test_any_history_verifies_and_a_single_change_is_found_and_named(store: Store, history, act, where):
    last = begin(store, history)
    well = found(store)
    assert well.well and (well.first, well.last, well.entries) == (1, last, sum(map(len, history)))
    with store.read() as session:
        assert [entries_of(row) for row, _ in batches(session)] == history
    with store.work() as session:
        named = act(session, where % last + 1, last)
    wrong = found(store)
    assert not wrong.well, act.__name__
    assert wrong.bad in named, (act.__name__, wrong)
    assert str(wrong.bad) in wrong.says() and wrong.what in wrong.says()


@many
@given(history=HISTORIES, cut=st.integers(1, 7))
def test_a_chain_that_is_written_anew_or_cut_with_its_head_is_told_by_a_mark(store: Store, history, cut):
    last = begin(store, history)
    marks = {last: found(store).digest}
    assert found(store, marks).well
    begin(store, [[entry | {"partner": "kota-lain"} for entry in entries] for entries in history])
    assert found(store).well, "nobody can tell by the database alone"
    assert found(store, marks).bad == last
    begin(store, history[: min(cut, last) - 1])
    assert found(store, marks).bad == min(cut, last)


def test_a_log_whose_head_is_gone_is_no_empty_log(store: Store):
    begin(store, [[ENTRY]])
    with store.work() as session:
        session.execute(delete(LogHeadRow))
    assert found(store).bad == 1
    with store.work() as session:
        session.execute(delete(LogBatchRow))
    assert found(store).well
    assert found(store, {1: "0" * 64}).bad == 1


def test_a_check_goes_on_from_where_it_was_proved_and_a_whole_one_finds_what_came_before(store: Store):
    begin(store, [[ENTRY]] * 5)
    proved = found(store)
    with store.work() as session:
        note_checked(session, proved.last, proved.digest, whole=True)
        append(session, [ENTRY])
    again = found(store, whole=False)
    assert (again.first, again.last, again.well, again.whole) == (6, 6, True, False)
    with store.work() as session:
        the_count(session, 2, 6)
    assert found(store, whole=False).well
    assert found(store).bad == 2


@pytest.mark.parametrize("old", [0, 1, 3, 6])
def test_what_is_past_its_years_goes_from_the_front_and_the_rest_still_verifies(store: Store, old):
    begin(store, [[ENTRY]] * 6)
    assert found(store).well
    with store.work() as session:
        assert drop_batches(session, utcnow() + timedelta(days=1)) == 0, "nothing is dropped that was not proved"
        note_checked(session, 6, found(store).digest, whole=True)
    with store.work() as session:
        times = [row.at for row, _ in batches(session)]
        before = times[old] if old < 6 else utcnow() + timedelta(days=1)
        gone = drop_batches(session, before)
    assert gone == min(old, 5), "the newest stays, so that there is something to hold on to"
    rest = found(store)
    assert rest.well and (rest.first, rest.last) == (gone + 1, 6)
    with store.read() as session:
        head = head_of_log(session)
        assert head is not None and head.from_number == gone
        assert session.scalars(select(LogFirmRow.batch).order_by(LogFirmRow.batch)).all() == list(range(gone + 1, 7))
    with store.work() as session:
        assert append(session, [ENTRY]) == 7
        taken_away(session, gone + 1, 7)
    assert found(store).bad == gone + 1
