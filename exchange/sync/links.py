"""
Which demands are one: the same listing twice in one source, or one need seen from several sources.

Looked for after each run, for what changed since it was last looked for, in bulk and by index. What is found is proposed and never
merged: both demands stay as they are, and staff confirm or reject it.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

import numpy as np
import orjson
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from exchange.store.base import Store, utcnow
from exchange.store.bulk import stream_raw
from exchange.store.demands import PERIODS, DemandRow
from exchange.store.links import Link, bearing, count_duplicates, linked_to, naming, parts, put_codes, put_links
from exchange.store.sources import SourceRow, all_sources
from exchange.sync.codes import OCDS, Codes, codes_of, is_plan, why
from exchange.sync.report import Report

log = logging.getLogger("exchange.links")

# clocks of several machines may differ so much
_OVERLAP = timedelta(minutes=10)
_FEW, _MANY = 6, 5000
_RUP = "rup:"
_SAYS = ("title", "buyer_name", "buyer_code", "buyer_unit", "place", "quantity_said", "budget_amount", "budget_currency", "budget_basis")
_SAME = "Pembeli, judul, barang, anggaran dan waktunya sama."


def link_after(store: Store, source_id: int, report: Report) -> None:
    """Link what a run changed, and count the duplicates into its report; a fault in that is no fault of the run."""
    try:
        report.duplicates = link_changes(store, source_id, changed=report.new + report.changed > 0)
    except Exception as error:
        log.exception("links of %s", report.source)
        report.notes.append(f"Tautan antarpermintaan belum dibuat ({type(error).__name__}); pengambilan berikutnya mencobanya lagi.")


def link_changes(store: Store, source_id: int, *, changed: bool) -> int:
    """
    Bring the links of a source's demands up to date, in transactions of its own.

    changed: whether anything changed since the last time; where nothing did, it is only counted.

    Returns:
        How many shown demands of the source say the same as an earlier one of it.
    """
    with store.read() as session:
        source = session.get(SourceRow, source_id)
        assert source is not None, "a source is never deleted"
        since, begun = source.linked_at, utcnow()
        if not changed and since is not None:
            return count_duplicates(session, source_id)
        family = _family(session, source)
        seen = _Seen.of(session, source_id, since, plans=bool(family))
    with store.work() as session:
        # committed before others' demands are read: of two sources at once the later one sees the other's codes
        put_codes(session, {row_id: codes.named for row_id, codes in seen.codes.items()}, sorted({*seen.changed, *seen.codes}))
    with store.read() as session:
        about = None if since is None else {*seen.changed, *linked_to(session, seen.changed, "same_listing")}
        links = [*_same_listings(session, source_id, seen.alike(about)), *(_same_needs(session, source_id, seen, family) if family else ())]
    with store.work() as session:
        put_links(session, links, {} if about is None else {"same_listing": about, "same_need": set(seen.changed)})
        row = session.get(SourceRow, source_id)
        assert row is not None, "a source is never deleted"
        row.linked_at = begun
        return count_duplicates(session, source_id)


@dataclass
class _Seen:
    """
    The demands of a source.

    changed: row ids of those that changed since the last time, in order, withdrawn ones among them; empty where there was none. Of the
    shown ones of these (or of all): codes by row id, and the row id by the reference for plans that have no code but their own. ids
    and marks: of all that are shown, the row id and a number that is the same where title, unit and budget are.
    """

    changed: list[int] = field(default_factory=list)
    codes: dict[int, Codes] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    ids: array[int] = field(default_factory=lambda: array("q"))
    marks: array[int] = field(default_factory=lambda: array("q"))

    @classmethod
    def of(cls, session: Session, source_id: int, since: datetime | None, *, plans: bool) -> _Seen:
        """All demands of a source, and which of them changed since a time, all where it is None; plans are noted where that is wanted."""
        row = DemandRow
        seen = cls()
        changed, ids, marks = set[int](), seen.ids, seen.marks
        if since is not None:
            late = select(row.id).where(row.source_id == source_id, row.updated_at >= since - _OVERLAP)
            changed.update(session.scalars(late))
            seen.changed = sorted(changed)
        told = cast(row.related, Text)
        query = select(row.id, row.state, row.reference, told, row.title, row.buyer_unit, row.budget_amount)
        rows = stream_raw(session.connection(), query.where(row.source_id == source_id))
        for row_id, state, reference, related, title, unit, budget in rows:
            if state != "live":
                continue
            ids.append(row_id)
            marks.append(hash((title, unit, budget)))
            if since is not None and row_id not in changed:
                continue
            if is_plan(reference, related):
                if plans:
                    seen.plans[reference] = row_id
            elif related != "{}" or reference.startswith(OCDS):
                seen.codes[row_id] = codes_of(reference, related)
        return seen

    def having(self) -> dict[str, list[tuple[int, bool]]]:
        """By code, plans apart: the row ids that have it, and whether it is their own."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for row_id, codes in self.codes.items():
            for code in codes.own | codes.named:
                found.setdefault(code, []).append((row_id, code in codes.own))
        return found

    def alike(self, about: Collection[int] | None) -> list[int]:
        """Row ids of the shown demands that have the mark of another one, as far as one with that mark is among `about` (None: all)."""
        ids, marks = np.frombuffer(self.ids, dtype=np.int64), np.frombuffer(self.marks, dtype=np.int64)
        if not len(ids) or (about is not None and not about):
            return []
        _, group, sizes = np.unique(marks, return_inverse=True, return_counts=True)
        wanted = np.full(len(sizes), about is None)
        if about is not None:
            wanted[group[np.isin(ids, np.fromiter(about, dtype=np.int64, count=len(about)))]] = True
        found: list[int] = ids[(sizes[group] > 1) & wanted[group]].tolist()
        return found


def _same_listings(session: Session, source_id: int, ids: list[int]) -> Iterator[Link]:
    """Each demand that says the same as others, linked to the one of these that came first."""
    row = DemandRow
    periods = [getattr(row, f"{name}_{part}") for name in PERIODS for part in ("start", "end", "precision")]
    query = select(row.id, cast(row.items, Text), *(getattr(row, name) for name in _SAYS), *periods).order_by(row.id)
    groups: dict[bytes, list[int]] = {}
    for part in parts(sorted(ids)):
        for row_id, items, *says in session.execute(query.where(row.id.in_(part))):
            things = orjson.dumps(orjson.loads(items), option=orjson.OPT_SORT_KEYS)
            groups.setdefault(blake2b(repr((things, says)).encode(), digest_size=16).digest(), []).append(row_id)
    for first, *others in groups.values():
        for other in others:
            yield Link(first, other, "same_listing", _SAME, source_id)


def _family(session: Session, source: SourceRow) -> list[int]:
    """The other sources that can speak of the same need: of the same region, of its province, or of what lies in it."""
    return [row.id for row in all_sources(session) if row.id != source.id and _near(source.region, row.region)]


def _near(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _same_needs(session: Session, source_id: int, seen: _Seen, family: list[int]) -> Iterator[Link]:
    """Demands of this source and of others that share a code."""
    having, plans = seen.having(), seen.plans
    members = {code: [_Member(row_id, source_id, own) for row_id, own in each] for code, each in having.items()}
    others: dict[str, list[_Member]] = {}

    def note(code: str, member: _Member) -> None:
        plan = plans.get(code.removeprefix(_RUP)) if code.startswith(_RUP) else None
        if plan is not None and code not in others:
            members.setdefault(code, []).append(_Member(plan, source_id, is_owner=True))
        if code in members:
            others.setdefault(code, []).append(member)

    many = len(members) + len(plans) > _MANY  # then all that the others name is less to look through
    for code, row_id, other in naming(session, family, None if many else {*members, *(_RUP + reference for reference in plans)}):
        note(code, _Member(row_id, other, is_owner=False))
    for reference, row_id, other, related in bearing(session, family, {*plans, *(code.partition(":")[2] for code in having)}):
        for code in codes_of(reference, related).own:
            note(code, _Member(row_id, other, is_owner=True))
    for code, theirs in others.items():
        for low, high in _pairs(members[code], theirs):
            yield Link(low, high, "same_need", why(code))


@dataclass(frozen=True, slots=True)
class _Member:
    """A demand that has a code; is_owner: the code is its own."""

    row_id: int
    source_id: int
    is_owner: bool


def _pairs(mine: list[_Member], theirs: list[_Member]) -> Iterable[tuple[int, int]]:
    """
    Pairs of demands of different sources, the smaller row id first.

    Every pair where they are few; of many each with one alone, a plan's own demand where there is one: a code under which hundreds
    were bought does not make tens of thousands of links.
    """
    if len(mine) + len(theirs) <= _FEW:
        return {_ordered(one, other) for one in mine for other in theirs}
    everyone = sorted((*mine, *theirs), key=lambda each: (not each.is_owner, each.row_id))
    centre = everyone[0]
    return {_ordered(centre, other) for other in everyone[1:] if other.source_id != centre.source_id}


def _ordered(one: _Member, other: _Member) -> tuple[int, int]:
    return (one.row_id, other.row_id) if one.row_id < other.row_id else (other.row_id, one.row_id)
