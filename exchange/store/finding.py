"""
The questions asked of what is searched: a page in an order, and counts.

A page goes on behind a key, so that ties and missing values come once each whatever is added meanwhile; what has no value comes last,
up or down. Every statement begins at an index: of the terms where words are rare, else of the order or of a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, intersect, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exchange.store.search import CODE, TERM, EntryRow
from schemas.reading.searching import SAID, Query

# words that more entries have than this are tested along the order instead of gathered first
COMMON = 1000
MOST_COUNTED = 50
_LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Want:
    """
    What is searched for; None leaves a thing open.

    kind; reader: the bit of who asks. words: as they were typed. sector, scale, state, producer: whole words; place, cluster: in lower
    case; kbli, kbki, hs: the code's beginning. price_from, price_to: a span in 10^-4 rupiah that the record's own must touch; capacity,
    tkdn: the least, as the entry keeps them; lead_time: the most days; certificates: bits that must all be there; since: microseconds.
    """

    kind: str
    reader: int
    words: Query | None = None
    sector: str | None = None
    scale: str | None = None
    state: str | None = None
    producer: str | None = None
    place: str | None = None
    cluster: str | None = None
    kbli: str | None = None
    kbki: str | None = None
    hs: str | None = None
    price_from: int | None = None
    price_to: int | None = None
    capacity: int | None = None
    tkdn: int | None = None
    lead_time: int | None = None
    certificates: int | None = None
    since: int | None = None


class Order(NamedTuple):
    """column: of `EntryRow`, or `relevance`, which wants words and begins with the best."""

    column: str
    down: bool = False


class Hit(NamedTuple):
    """A record that was found: its public name, and the value that it stands by in the order."""

    ident: str
    value: Any


_SAME = ("sector", "scale", "state", "producer", "place", "cluster")
_CODES = ("kbki", "hs")
_TESTS: dict[str, Any] = {
    "price_from": lambda least: EntryRow.price_high >= least,
    "price_to": lambda most: EntryRow.price_low <= most,
    "capacity": lambda least: EntryRow.capacity >= least,
    "tkdn": lambda least: EntryRow.tkdn >= least,
    "lead_time": lambda most: EntryRow.lead_time <= most,
    "certificates": lambda bits: EntryRow.certificates.bitwise_and(bits) == bits,
    "since": lambda since: EntryRow.changed >= since,
}
NULLABLE = frozenset({"price_low", "lead_time", "tkdn"})


def find(session: Session, want: Want, order: Order, *, limit: int, after: Hit | None = None) -> list[Hit]:
    """A page of what is wanted: at most `limit` records behind `after`; one or two statements, one more where words are asked for."""
    common = want.words is not None and _all_common(session, want.words)
    if order.column == "relevance":
        return _best(session, want, limit, after)
    column: InstrumentedAttribute[Any] = getattr(EntryRow, order.column)
    query = select(EntryRow.ident, column).where(*_tests(want), *_worded(want.words, common))
    found: list[Hit] = []
    if after is None or after.value is not None:
        told = query.where(column.is_not(None)) if order.column in NULLABLE else query
        told = told.where(_behind(column, order.down, after)) if after else told
        sides = [each.desc() if order.down else each for each in ((column,) if order.column == "ident" else (column, EntryRow.ident))]
        found = [Hit(*row) for row in session.execute(told.order_by(*sides).limit(limit))]
    if order.column in NULLABLE and len(found) < limit:
        told = query.where(column.is_(None))
        if after is not None and after.value is None:
            told = told.where(EntryRow.ident < after.ident if order.down else EntryRow.ident > after.ident)
        side = EntryRow.ident.desc() if order.down else EntryRow.ident
        found += [Hit(*row) for row in session.execute(told.order_by(side).limit(limit - len(found)))]
    return found


def count_values(session: Session, want: Want, column: str, *, leaving: Sequence[str]) -> list[tuple[str, int]]:
    """
    How many of what is wanted have each value of a column, the most frequent first, at most `MOST_COUNTED`.

    leaving: members of `want` that do not narrow it: a count leaves its own filter out.
    """
    by = EntryRow.place if column == "district" else getattr(EntryRow, column)
    shown = func.min(EntryRow.district) if column == "district" else by
    number = func.count()
    tests = _tests(want, leaving)
    query = select(shown, number).where(*tests, *_worded(want.words, common=False), by.is_not(None)).group_by(by)
    return [(str(value), int(count)) for value, count in session.execute(query.order_by(number.desc(), by).limit(MOST_COUNTED))]


def speaking_of(kind: str, words: Query) -> Select[str]:
    """The public names of the records that have all of the words, as a part of another question."""
    each = [select(TERM.c.entry_id).where(_term(words, number)) for number in range(len(words.roots))]
    # gathered from the terms, all of one word at a time: no entry is looked up for each that has another word
    gathered = each[0] if len(each) == 1 else intersect(*each)
    return select(EntryRow.ident).where(EntryRow.kind == kind, EntryRow.id.in_(gathered))


def _tests(want: Want, leaving: Sequence[str] = ()) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [EntryRow.kind == want.kind, EntryRow.readers.bitwise_and(want.reader) != 0]
    asked = {name: value for name in Want.__dataclass_fields__ if (value := getattr(want, name)) is not None and name not in leaving}
    tests += [getattr(EntryRow, name) == asked[name] for name in _SAME if name in asked]
    tests += [_begins(getattr(EntryRow, name), asked[name]) for name in _CODES if name in asked]
    tests += [test(asked[name]) for name, test in _TESTS.items() if name in asked]
    if "kbli" in asked and want.kind == "product":
        tests.append(_begins(EntryRow.kbli, asked["kbli"]))
    elif "kbli" in asked:
        tests.append(EntryRow.id.in_(select(TERM.c.entry_id).where(_begins(TERM.c.term, CODE + asked["kbli"]))))
    return tests


def _begins(column: Any, beginning: str) -> ColumnElement[bool]:
    """As a span, which an index of either database serves."""
    return and_(column >= beginning, column < beginning + _LAST)


def _behind(column: InstrumentedAttribute[Any], down: bool, after: Hit) -> ColumnElement[bool]:
    if column.key == "ident":
        return EntryRow.ident < after.ident if down else EntryRow.ident > after.ident
    if down:
        return and_(column <= after.value, or_(column < after.value, EntryRow.ident < after.ident))
    return and_(column >= after.value, or_(column > after.value, EntryRow.ident > after.ident))


def _term(words: Query, number: int) -> ColumnElement[bool]:
    """The terms that fulfil one of the words."""
    root = TERM.c.term == words.roots[number]
    if words.beginning is None or number < len(words.roots) - 1:
        return root
    return or_(root, _begins(TERM.c.term, words.beginning), _begins(TERM.c.term, SAID + words.beginning))


def _all_common(session: Session, words: Query) -> bool:
    """Whether each of the words is had by many, told by looking at the terms alone and not beyond `COMMON`."""
    each = [
        select(func.count()).select_from(select(literal(1)).where(_term(words, number)).limit(COMMON + 1).subquery()).scalar_subquery()
        for number in range(len(words.roots))
    ]
    return all(count > COMMON for count in session.execute(select(*each)).one())


def _worded(words: Query | None, common: bool) -> list[ColumnElement[bool]]:
    """Entries that have all of the words: gathered from the terms, or each tested where all words are common."""
    if words is None:
        return []
    if common:
        return [exists().where(TERM.c.entry_id == EntryRow.id, _term(words, number)) for number in range(len(words.roots))]
    return [EntryRow.id.in_(select(TERM.c.entry_id).where(_term(words, number))) for number in range(len(words.roots))]


def _weighed(words: Query) -> Subquery:
    """Entries that have all of the words, with the sum of what each of them counts for."""
    parts: list[Select[Any]] = [select(TERM.c.entry_id, TERM.c.weight).where(_term(words, number)) for number in range(len(words.roots))]
    if words.beginning is not None:  # several terms of one entry may begin so
        weight = func.max(TERM.c.weight).label("weight")
        parts[-1] = select(TERM.c.entry_id, weight).where(_term(words, len(parts) - 1)).group_by(TERM.c.entry_id)
    first, *others = [part.subquery() for part in parts]
    score: ColumnElement[int] = first.c.weight
    joined: Any = first
    for other in others:
        joined = joined.join(other, other.c.entry_id == first.c.entry_id)
        score = score + other.c.weight
    return select(first.c.entry_id, score.label("score")).select_from(joined).subquery()


def _best(session: Session, want: Want, limit: int, after: Hit | None) -> list[Hit]:
    if want.words is None:
        raise ValueError("relevance wants words")
    weighed = _weighed(want.words)
    score = weighed.c.score
    query = select(EntryRow.ident, score).join(weighed, weighed.c.entry_id == EntryRow.id).where(*_tests(want))
    if after is not None:
        query = query.where(or_(score < after.value, and_(score == after.value, EntryRow.ident > after.ident)))
    return [Hit(ident, int(value)) for ident, value in session.execute(query.order_by(score.desc(), EntryRow.ident).limit(limit))]
