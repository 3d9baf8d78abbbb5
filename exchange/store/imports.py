"""Imports of the catalogue that staff look at before they are taken: the file, its state, and one line for each thing that it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, dumped, utcnow
from exchange.store.bulk import insert_many
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow
from exchange.store.types import UtcDateTime

READING, PREVIEW, TAKING, TAKEN, DISCARDED, BROKEN = "reading", "preview", "taking", "taken", "discarded", "broken"
WORKING = frozenset({READING, TAKING})
# what a line is about; only lines of the first five can be ticked
TICKED = ("firm_new", "firm_changed", "product_new", "product_changed", "doubt")
PARTS = (*TICKED, "refused", "same", "skipped")
_PLAIN = ("position", "part", "sheet", "line", "key", "name", "chosen", "noted", "print")


class ImportRow(Row):
    """
    One file. digest: where its bytes lie in the archive; parent_id: the import whose refused rows it mends. version: grows with every
    choice. wanted_at: since when a worker is to read or take it, None: nothing waits; tries: how often that was begun; done, steps: how
    far it is, in rows. counts: rows by their end; told: what is said of the file as a whole; result: what was saved. marked, refused:
    digests of the two workbooks that are given back, None where no row needs it. trouble, mend: why it could not be read.
    """

    __tablename__ = "catalogue_import"
    __table_args__ = (Index(None, "state", "made_at"),)

    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    filename: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("catalogue_import.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=READING)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str | None] = mapped_column(String(80))
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    marked: Mapped[str | None] = mapped_column(String(64))
    refused: Mapped[str | None] = mapped_column(String(64))
    trouble: Mapped[str | None] = mapped_column(Text)
    mend: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportLineRow(Row):
    """
    One thing that an import says: a firm, a product, a doubt, a row that is refused or passed over.

    part: one of `PARTS`; sheet, line: where it stands in the file; key: NIB or SKU; chosen: whether it is to be taken; noted: whether
    something was read otherwise than it stands. print: digest of what it would do, by which two looks are compared. body: fields as
    [member, before, after], `reason`, `mend`, `at`, `warnings`, `cells`, `doubt`, `verdict`, `fate`, `was`; see `catalogue.preview`.
    """

    __tablename__ = "catalogue_import_line"
    __table_args__ = (
        Index(None, "import_id", "part", "position"),
        Index(None, "import_id", "noted", "position"),
        Index(None, "import_id", "part", "chosen"),
        Index(None, "import_id", "line"),
    )

    import_id: Mapped[int] = mapped_column(BigId, ForeignKey(ImportRow.id))
    position: Mapped[int]
    part: Mapped[str] = mapped_column(String(20))
    sheet: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]
    key: Mapped[str] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(300))
    chosen: Mapped[bool]
    noted: Mapped[bool]
    print: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]]


_LINE = cast(Table, ImportLineRow.__table__)


class Tally(NamedTuple):
    """Lines of one part, and how many of them are to be taken."""

    lines: int
    chosen: int


def import_by_id(session: Session, import_id: int, *, lock: bool = False) -> ImportRow | None:
    """One import. lock: nobody else changes it before this transaction ends."""
    return session.get(ImportRow, import_id, with_for_update=lock or None, populate_existing=lock)


def list_imports(session: Session, limit: int, before: int | None = None) -> list[ImportRow]:
    """A page of imports, the latest first; before: the number of the last one on the page before."""
    query = select(ImportRow).order_by(ImportRow.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(ImportRow.id < before)))


def kin_of(session: Session, row: ImportRow) -> list[ImportRow]:
    """Imports that mend this one, and others of the very same bytes, at most 20, the latest first."""
    query = select(ImportRow).where((ImportRow.parent_id == row.id) | (ImportRow.digest == row.digest), ImportRow.id != row.id)
    return list(session.scalars(query.order_by(ImportRow.id.desc()).limit(20)))


def lines_of_import(session: Session, import_id: int, part: str | None, limit: int, after: int | None = None) -> list[ImportLineRow]:
    """A page of lines in the order of the file. part: one of `PARTS`, or None for those read otherwise than they stand."""
    query = select(ImportLineRow).where(ImportLineRow.import_id == import_id)
    query = query.where(ImportLineRow.noted.is_(True)) if part is None else query.where(ImportLineRow.part == part)
    if after is not None:
        query = query.where(ImportLineRow.position > after)
    return list(session.scalars(query.order_by(ImportLineRow.position).limit(limit)))


def every_line(session: Session, import_id: int) -> list[ImportLineRow]:
    """All lines that an import was shown with."""
    return list(session.scalars(select(ImportLineRow).where(ImportLineRow.import_id == import_id).order_by(ImportLineRow.id)))


def line_by_id(session: Session, import_id: int, line_id: int) -> ImportLineRow | None:
    """One line of an import; one of another import is none."""
    return session.scalars(select(ImportLineRow).where(ImportLineRow.import_id == import_id, ImportLineRow.id == line_id)).first()


def line_of_row(session: Session, import_id: int, sheet: str, line: int) -> ImportLineRow | None:
    """What an import says of one row of its file; of a doubt beside a record the record."""
    query = select(ImportLineRow).where(ImportLineRow.import_id == import_id, ImportLineRow.line == line, ImportLineRow.sheet == sheet)
    return session.scalars(query.order_by(ImportLineRow.position).limit(1)).first()


def tallies(session: Session, import_id: int) -> dict[str, Tally]:
    """Lines by part; a part without any is not named."""
    columns = (ImportLineRow.part, ImportLineRow.chosen, func.count())
    found: dict[str, Tally] = {}
    query = select(*columns).where(ImportLineRow.import_id == import_id).group_by(ImportLineRow.part, ImportLineRow.chosen)
    for part, chosen, count in session.execute(query):
        before = found.get(part, Tally(0, 0))
        found[part] = Tally(before.lines + count, before.chosen + (count if chosen else 0))
    return found


def choose(session: Session, import_id: int, line_ids: Sequence[int], ticked: Iterable[int]) -> None:
    """Take those of the lines that are ticked, and leave the others; lines that cannot be ticked stay as they are."""
    on = set(ticked)
    for chosen in (True, False):
        ids = [each for each in line_ids if (each in on) is chosen]
        if ids:
            _choose(session, import_id, chosen, ImportLineRow.id.in_(ids), ImportLineRow.part.in_(TICKED))


def choose_part(session: Session, import_id: int, part: str, chosen: bool) -> None:
    """Take or leave every line of a part."""
    _choose(session, import_id, chosen, ImportLineRow.part == part)


def _choose(session: Session, import_id: int, chosen: bool, *which: Any) -> None:
    session.execute(update(ImportLineRow).where(ImportLineRow.import_id == import_id, *which).values(chosen=chosen))


def replace_lines(session: Session, import_id: int, lines: Sequence[dict[str, Any]]) -> None:
    """Show an import with these lines and no others; each has the members of `ImportLineRow` but its numbers."""
    drop_lines(session, [import_id])
    rows = [(*(line[name] for name in _PLAIN), dumped(line["body"])) for line in lines]
    insert_many(session.connection(), _LINE, (*_PLAIN, "body"), rows, {"import_id": import_id})


def drop_lines(session: Session, import_ids: Sequence[int]) -> None:
    """Forget the lines of some imports."""
    session.execute(delete(ImportLineRow).where(ImportLineRow.import_id.in_(list(import_ids))))


def first_import_wanted(session: Session, now: datetime) -> ImportRow | None:
    """The import that waits longest for a worker; one that a page is at work on waits from a later time on."""
    query = select(ImportRow).where(ImportRow.wanted_at <= now).order_by(ImportRow.wanted_at, ImportRow.id)
    return session.scalars(query.limit(1)).first()


def drafts_before(session: Session, before: datetime) -> list[ImportRow]:
    """Imports that nobody took or discarded since a time."""
    return list(session.scalars(select(ImportRow).where(ImportRow.state.in_((PREVIEW, BROKEN)), ImportRow.made_at < before)))


def catalogue_size(session: Session) -> int:
    """How many firms and products are kept."""
    return sum(session.scalar(select(func.count()).select_from(row)) or 0 for row in (BusinessRow, ProductRow))


def catalogue_stamp(session: Session) -> tuple[int, ...]:
    """The same only as long as no firm and no product changed: how many there are, and the sum of their versions."""
    counted: list[int] = []
    for row in (BusinessRow, ProductRow):
        count, versions = session.execute(select(func.count(row.id), func.coalesce(func.sum(row.version), 0))).one()
        counted += [int(count), int(versions)]
    return tuple(counted)
