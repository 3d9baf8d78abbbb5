"""Cases of cooperation between governments: how each stands, every step that brought it there, its papers, objects and matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.partners import PartnerRow
from exchange.store.types import Scaled, UtcDateTime


class AgreementRow(Row):
    """
    One case. ident: its public name, `KS-2026-0001`.

    instrument: `ksdd`, `ksdpk` or `sinergi`; category: `wajib` or `sukarela`; region: of the partner, None where it is no region.
    partner_id: the partner whose access follows the case, None where it has none. state: a state of the rule table, since state_since;
    facts: what was filled in, by field of the rule table; papers: the SHA-256 of the paper that counts, by kind. kb_until, starts_on,
    ends_on: days of the documents that are signed. extends_id: the case that this one continues. turn: raised when a text that was
    signed already is begun anew. version: of the whole case, raised by every step. head: the digest of the last step. begun_with: the word
    of the form or command that began it, so that the same one again begins no second case.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        Index(None, "state", "state_since"),
        Index(None, "partner_id"),
        Index(None, "region"),
        Index(None, "begun_with", unique=True),
    )

    ident: Mapped[str] = mapped_column(String(20), unique=True)
    instrument: Mapped[str] = mapped_column(String(12))
    category: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(10))
    counterpart: Mapped[str] = mapped_column(String(200))
    partner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(PartnerRow.id))
    state: Mapped[str] = mapped_column(String(24))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    papers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kb_until: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    extends_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agreement.id"))
    turn: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    head: Mapped[str] = mapped_column(String(64), default="")
    begun_with: Mapped[str | None] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    partner: Mapped[PartnerRow | None] = relationship(lazy="raise")


class AgreementStepRow(Row):
    """
    One step of a case, never changed. number: from 1; actor: who recorded it; office: for which office it was done.

    before, after: the values that it changed, the state among them; papers: SHA-256 by kind of what it brought; article: its legal basis;
    digest: SHA-256 over the digest before and the canonical content, so that a history cannot be changed unnoticed.
    """

    __tablename__ = "agreement_step"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[int] = mapped_column(BigId, ForeignKey("agreement.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(80))
    office: Mapped[str] = mapped_column(String(24))
    step: Mapped[str] = mapped_column(String(40))
    article: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    papers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class AgreementFileRow(Row):
    """A file that was brought to a case; its bytes are kept by their SHA-256 and never change. kind: of the rule table."""

    __tablename__ = "agreement_file"
    __table_args__ = (UniqueConstraint("agreement_id", "kind", "sha256"),)

    agreement_id: Mapped[int] = mapped_column(BigId, ForeignKey("agreement.id"))
    kind: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class AgreementObjectRow(Row):
    """
    One object of a case, with its target where there is one.

    sector or kbli: what it covers (with all classes of KBLI below); commodity: in words. quantity in unit (Rec 20) and value in rupiah:
    the target for the whole term, None where none is set. district: where it is made, None: anywhere. position: its order in the text.
    """

    __tablename__ = "agreement_object"
    __table_args__ = (UniqueConstraint("agreement_id", "position"),)

    agreement_id: Mapped[int] = mapped_column(BigId, ForeignKey("agreement.id"))
    position: Mapped[int]
    sector: Mapped[str | None] = mapped_column(String(20))
    kbli: Mapped[str | None] = mapped_column(String(5))
    commodity: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[Decimal | None] = mapped_column(Scaled(6))
    unit: Mapped[str | None] = mapped_column(String(3))
    value: Mapped[Decimal | None] = mapped_column(Scaled(2))
    district: Mapped[str | None] = mapped_column(String(80))


class AgreementMatchRow(Row):
    """A match that a case was begun from, or that was put under it; by public names, since matches come and go."""

    __tablename__ = "agreement_match"
    __table_args__ = (UniqueConstraint("agreement_id", "demand", "product"),)

    agreement_id: Mapped[int] = mapped_column(BigId, ForeignKey("agreement.id"))
    demand: Mapped[str] = mapped_column(String(80))
    product: Mapped[str] = mapped_column(String(80))


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What a list of cases may be narrowed by; None leaves a thing open. idents: the public names of those that are meant."""

    state: str | None = None
    instrument: str | None = None
    region: str | None = None
    partner_id: int | None = None
    text: str | None = None
    changed_since: datetime | None = None
    idents: frozenset[str] | None = None


def add_case(session: Session, row: AgreementRow, year: int) -> None:
    """Put a case on record under the next name of that year; writers come in one after the other, so that no two get the same."""
    start = f"KS-{year}-"
    longest = (func.length(AgreementRow.ident).desc(), AgreementRow.ident.desc())  # the ten thousandth is longer, and less as text
    last = session.scalar(select(AgreementRow.ident).where(AgreementRow.ident.startswith(start)).order_by(*longest).limit(1))
    row.ident = f"{start}{int(last[len(start) :]) + 1 if last else 1:04}"
    session.add(row)
    session.flush()


def case_by_ident(session: Session, ident: str, *, lock: bool = False) -> AgreementRow | None:
    """The case of that name with its partner; lock: nobody else changes it until this transaction is over."""
    query = select(AgreementRow).options(joinedload(AgreementRow.partner)).where(AgreementRow.ident == ident)
    if lock:
        query = query.with_for_update(of=AgreementRow).execution_options(populate_existing=True)
    return session.scalars(query).first()


def case_with_objects(session: Session, ident: str) -> tuple[AgreementRow, list[AgreementObjectRow]] | None:
    """The case of that name with its partner, and its objects in their order; None where there is none. One statement."""
    query = _with_objects().options(joinedload(AgreementRow.partner)).where(AgreementRow.ident == ident)
    rows = session.execute(query).all()
    return (rows[0][0], [one for _, one in rows if one is not None]) if rows else None


def cases_with_objects(
    session: Session, states: Sequence[str], regions: Iterable[str] | None = None
) -> list[tuple[AgreementRow, list[AgreementObjectRow]]]:
    """The cases in these states, with one of these regions where they are named, by name, each with its objects. One statement."""
    query = _with_objects().options(joinedload(AgreementRow.partner)).where(AgreementRow.state.in_(states))
    if regions is not None:
        query = query.where(AgreementRow.region.in_(sorted(regions)))
    found: dict[int, tuple[AgreementRow, list[AgreementObjectRow]]] = {}
    for row, one in session.execute(query):
        found.setdefault(row.id, (row, []))[1].extend([] if one is None else [one])
    return list(found.values())


def _with_objects() -> Select[AgreementRow, AgreementObjectRow]:
    query = select(AgreementRow, AgreementObjectRow).outerjoin(AgreementObjectRow, AgreementObjectRow.agreement_id == AgreementRow.id)
    return query.order_by(AgreementRow.ident, AgreementObjectRow.position)


def case_by_id(session: Session, number: int) -> AgreementRow | None:
    """The case of that row."""
    return session.get(AgreementRow, number)


def case_begun_with(session: Session, key: str) -> AgreementRow | None:
    """The case that this word of a form or command began."""
    return session.scalars(select(AgreementRow).where(AgreementRow.begun_with == key)).first()


def open_cases_with(session: Session, region: str | None, counterpart: str, final: Sequence[str]) -> list[AgreementRow]:
    """Cases that have not come to an end with a region, or with a counterpart of that name where it is no region; by name."""
    query = select(AgreementRow).where(AgreementRow.state.not_in(list(final)))
    if region is not None:
        query = query.where(AgreementRow.region == region)
    else:
        query = query.where(AgreementRow.region.is_(None), func.lower(AgreementRow.counterpart) == counterpart.lower())
    return list(session.scalars(query.order_by(AgreementRow.ident)))


def narrowed(query: Select[Any], want: CaseFilter) -> Select[Any]:
    """A query over cases with the conditions of a filter."""
    for name in ("state", "instrument", "partner_id"):
        value = getattr(want, name)
        if value is not None:
            query = query.where(getattr(AgreementRow, name) == value)
    if want.region is not None:  # a province has all in it
        query = query.where(or_(AgreementRow.region == want.region, AgreementRow.region.startswith(f"{want.region}.", autoescape=True)))
    if want.idents is not None:
        query = query.where(AgreementRow.ident.in_(sorted(want.idents)))
    if want.changed_since is not None:
        query = query.where(AgreementRow.updated_at >= want.changed_since)
    if want.text:
        columns = (AgreementRow.title, AgreementRow.counterpart, AgreementRow.ident)
        query = query.where(func.lower(columns[0] + " " + columns[1] + " " + columns[2]).contains(want.text.lower(), autoescape=True))
    return query


def list_cases(session: Session, want: CaseFilter, *, limit: int = 50, after: str | None = None) -> list[AgreementRow]:
    """Cases by name, each with its partner; after: the name of the last one of the page before."""
    query = narrowed(select(AgreementRow).options(joinedload(AgreementRow.partner)), want).order_by(AgreementRow.ident).limit(limit)
    if after is not None:
        query = query.where(AgreementRow.ident > after)
    return list(session.scalars(query))


def cases_of_partner(session: Session, partner_id: int) -> list[AgreementRow]:
    """All cases of a partner, by name."""
    return list(session.scalars(select(AgreementRow).where(AgreementRow.partner_id == partner_id).order_by(AgreementRow.ident)))


def steps_of(session: Session, agreement_id: int) -> list[AgreementStepRow]:
    """The history of a case, the first step first."""
    query = select(AgreementStepRow).where(AgreementStepRow.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(AgreementStepRow.number)))


def steps_of_cases(session: Session, agreement_ids: Sequence[int]) -> dict[int, list[AgreementStepRow]]:
    """The histories of cases, each with its first step first; one statement."""
    found: dict[int, list[AgreementStepRow]] = {ident: [] for ident in agreement_ids}
    query = select(AgreementStepRow).where(AgreementStepRow.agreement_id.in_(agreement_ids))
    for row in session.scalars(query.order_by(AgreementStepRow.agreement_id, AgreementStepRow.number)):
        found[row.agreement_id].append(row)
    return found


def files_of(session: Session, agreement_id: int) -> list[AgreementFileRow]:
    """The files of a case, the first one first."""
    query = select(AgreementFileRow).where(AgreementFileRow.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(AgreementFileRow.id)))


def file_of(session: Session, agreement_id: int, sha256: str, kind: str | None = None) -> AgreementFileRow | None:
    """One file of a case by its SHA-256, as it was brought for a kind of paper or, where that does not matter, for the first one."""
    query = select(AgreementFileRow).where(AgreementFileRow.agreement_id == agreement_id, AgreementFileRow.sha256 == sha256)
    if kind is not None:
        query = query.where(AgreementFileRow.kind == kind)
    return session.scalars(query.order_by(AgreementFileRow.id)).first()


def objects_of(session: Session, agreement_ids: Sequence[int]) -> dict[int, list[AgreementObjectRow]]:
    """The objects of cases, in their order."""
    found: dict[int, list[AgreementObjectRow]] = {ident: [] for ident in agreement_ids}
    query = select(AgreementObjectRow).where(AgreementObjectRow.agreement_id.in_(agreement_ids))
    for row in session.scalars(query.order_by(AgreementObjectRow.agreement_id, AgreementObjectRow.position)):
        found[row.agreement_id].append(row)
    return found


def matches_of_case(session: Session, agreement_id: int) -> list[AgreementMatchRow]:
    """The matches under a case, in the order in which they came."""
    query = select(AgreementMatchRow).where(AgreementMatchRow.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(AgreementMatchRow.id)))
