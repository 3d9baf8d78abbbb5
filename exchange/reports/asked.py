"""The demands of a window, judged one after the other: a part at a time from the database, each need once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from exchange.matching.part import read_stored
from exchange.reports.causes import NO_GOODS, Judged, by_matches, first_outcome, judged, no_goods, without_product
from exchange.reports.classes import Reader
from exchange.reports.twins import Twins
from exchange.store.matching import demand_inputs
from exchange.store.quality import offered_columns
from exchange.store.unmet import Asked, Candidate, Window, asked, candidates, linked_pairs


def judged_demands(session: Session, window: Window, reader: Reader | None = None) -> Iterator[Judged]:
    """
    Every demand of a window with what became of it, by row id.

    Of demands that are linked one counts, the others have the outcome `twin`; where one of them is served, wherever it stands, the
    others are not unmet. For each part of the demands one statement, one for their matches (500 a statement) and one for the texts
    of those that met nothing.
    """
    reader = reader or shelf_reader(session)
    twins = Twins(linked_pairs(session))
    if len(twins):
        for part in asked(session, None, only_linked=True):
            for row, one in zip(part, _judge(session, part, reader), strict=True):
                twins.note(one.row_id, one.outcome, one.cause, window.holds(row.region, row.day))
    for part in asked(session, window):
        for one in _judge(session, part, reader):
            yield one if twins.counts(one.row_id) else replace(one, outcome="twin")


def shelf_reader(session: Session) -> Reader:
    """Reads classes and sorts them as the office's own products lie."""
    return Reader(offered_columns(session, ("sector", "kbli", "kbki")))


def _judge(session: Session, part: list[Asked], reader: Reader) -> Iterator[Judged]:
    outcomes = [first_outcome(one) for one in part]
    open_ones = [one.row_id for one, outcome in zip(part, outcomes, strict=True) if outcome is None]
    found = candidates(session, open_ones)
    # what the source itself calls a service needs no reading: that is most of what meets nothing
    unread = [one.row_id for one, outcome in zip(part, outcomes, strict=True) if _to_read(one, outcome, found)]
    inputs = {each["id"]: each for each in demand_inputs(session, unread)}
    for one, outcome in zip(part, outcomes, strict=True):
        if outcome is not None:
            yield judged(one, outcome)
            continue
        told = by_matches(one, found.get(one.row_id, ()))
        if told is None and one.row_id not in inputs:
            told = no_goods(one)
        elif told is None:
            need = read_stored(inputs[one.row_id], None)
            its_class, stated = reader.of_demand({"title": one.title}, need.items, itemised=need.itemised)
            told = without_product(one, need.kind, its_class, reader.sector(its_class), stated=stated)
        yield told


def _to_read(one: Asked, outcome: str | None, found: Mapping[int, Sequence[Candidate]]) -> bool:
    return outcome is None and one.row_id not in found and one.category not in NO_GOODS
