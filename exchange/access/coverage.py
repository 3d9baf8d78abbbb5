"""What a contract (PKS) covers, as a condition on products; and which products a tier may know of at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from exchange.access.callers import Reader, Within
from exchange.access.negotiated import with_prices
from exchange.access.policy import Tier
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow
from exchange.store.reading import Segment
from exchange.store.segments import SegmentRow, all_segments, segments_of

_AT_ONCE = 500
# told of a record that a contract opens: its kind, how it is read without the contract, and with it
Note = Callable[[str, bytes, bytes], None]


class One(NamedTuple):
    """A record as its reader reads it, as canonical JSON; below: without the contract, the same bytes where that opens none."""

    version: int
    body: bytes
    below: bytes


def covers(within: Within | None) -> ColumnElement[bool]:
    """Whether a product is an object of the contract: of one of its sectors, or below one of its classes of KBLI."""
    if within is None:
        return false()
    tests: list[ColumnElement[bool]] = [ProductRow.kbli.startswith(code, autoescape=True) for code in within.kbli]
    if within.sectors:
        tests.append(ProductRow.sector.in_(sorted(within.sectors)))
    return or_(false(), *tests)


def shown_to(tier: Tier) -> ColumnElement[bool]:
    """Whether a tier may know of a product: it is on offer, and its firm agreed."""
    mine = and_(SegmentRow.kind == "product", SegmentRow.tier == tier, SegmentRow.ident == ProductRow.sku)
    return select(SegmentRow.id).where(mine).exists()


def reads_more(reader: Reader) -> bool:
    """Whether finished records of its tier are not all that it reads: a contract opens more of some, and staff read prices of all."""
    return reader.within is not None or reader.tier is Tier.STAFF


def lifted(session: Session, kind: str, reader: Reader, bodies: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """
    Records as a partner with a contract reads them: those that it covers as the contract opens them, the others as they come.

    With its negotiated prices; to staff with those of all partners. kind: `product`, or `business`, which is covered with any of its
    products; of other kinds a contract opens nothing here. bodies: (ident, canonical JSON of the reader's tier) of a page; at most three
    statements, however many there are, none without a contract.
    """
    if reader.within is None or not bodies or kind not in {"product", "business"}:
        return with_prices(session, reader, bodies) if kind == "product" else [body for _, body in bodies]
    idents = [ident for ident, _ in bodies]
    column = ProductRow.sku if kind == "product" else BusinessRow.ident
    query = select(column).distinct().where(column.in_(idents), covers(reader.within))
    if kind == "business":
        query = query.join(ProductRow, ProductRow.business_id == BusinessRow.id).where(ProductRow.state == "active")
    inside = segments_of(session, kind, Tier.CONTRACTED, list(session.scalars(query)))
    if kind == "product" and reader.within.prices:
        open_ = [(ident, inside[ident][1]) for ident in idents if ident in inside]
        priced = dict(zip((ident for ident, _ in open_), with_prices(session, reader, open_), strict=True))
        return [priced.get(ident, body) for ident, body in bodies]
    return [inside[ident][1] if ident in inside else body for ident, body in bodies]


def lifted_stream(
    session: Session, kind: str, reader: Reader, bodies: Iterable[tuple[str, bytes | None]], note: Note | None = None
) -> Iterator[tuple[str, bytes | None]]:
    """As `lifted`, for a stream of any length in bounded memory; a None, a record that is no longer read, stays one; note: of each lift."""
    if not reads_more(reader):
        yield from bodies
        return
    coming = iter(bodies)
    while part := list(islice(coming, _AT_ONCE)):
        known = [(ident, body) for ident, body in part if body is not None]
        opened = dict(zip((ident for ident, _ in known), lifted(session, kind, reader, known), strict=True))
        for ident, below in known if note is not None else ():
            if note is not None and opened[ident] is not below:
                note(kind, below, opened[ident])
        for ident, _ in part:
            yield ident, opened.get(ident)


def all_products(session: Session, reader: Reader, note: Note | None = None) -> Iterator[bytes]:
    """The whole catalogue as the reader reads it, canonical JSON in the order of the SKUs; streamed; note: of what a contract opens."""
    rows = ((ident, body) for ident, _, body in all_segments(session, "product", reader.tier))
    yield from (body for _, body in lifted_stream(session, "product", reader, rows, note) if body is not None)


def lifted_rows(session: Session, kind: str, reader: Reader, rows: list[Segment]) -> list[Segment]:
    """As `lifted`, for the rows of a page; the same list where nothing more is opened than its records hold."""
    if not reads_more(reader):
        return rows
    bodies = lifted(session, kind, reader, [(row.ident, row.body) for row in rows])
    return [row._replace(body=body) for row, body in zip(rows, bodies, strict=True)]


def segment_for(session: Session, kind: str, reader: Reader, ident: str) -> One | None:
    """One record as the reader reads it; None where it may not know of it."""
    found = segments_of(session, kind, reader.tier, [ident]).get(ident)
    return found and One(found[0], lifted(session, kind, reader, [(ident, found[1])])[0], found[1])
