"""The matches of a partner's own demand, and what it answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response
from marshmallow import ValidationError
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from exchange.access.callers import Partner
from exchange.access.classes import MATCH, MATCH_COUNT
from exchange.access.coverage import covers, shown_to
from exchange.access.disclosures import FIRM
from exchange.access.partners import actor_of
from exchange.access.policy import Tier, view
from exchange.access.scopes import MATCHES_READ
from exchange.agreements.coverage import STATES, Coverage, beside, coverage_for
from exchange.agreements.node import node_of
from exchange.api import caller, filters
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.disclosing import need_room, tell
from exchange.api.matches import is_place
from exchange.api.paging import PageQuery, is_row, send_page, start
from exchange.api.smorest import Blueprint, Query, fault
from exchange.api.writing import Made, body_record, must_match, write
from exchange.demand.intake import is_keepable, storable
from exchange.errors import BadRequest, NotFound, StageMissing
from exchange.store.answers import MatchAnswerRow, answers_to
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.matches import MatchRow
from exchange.store.owners_matches import counts_by_commodity, match_of_source, matches_of_source
from exchange.wiring import settings, store
from schemas.fields import plain
from schemas.pushing import MatchAnswer, MatchCounts, OwnMatch
from schemas.typed import mistyped
from schemas.wire import page_of

bp = Blueprint("own-matches", "The matches of the partner's own demand.", "/api/v1/partner/matches")

_OWN = "Kecocokan milik mitra"
_ABOUT_STAGES = "Hubungi kantor ini tentang kerja sama daerah; tahap mitra ada di /api/v1/partner."


class OwnMatchQuery(PageQuery):
    """Filters of the list."""

    coverage = filters.one_of("Whether an agreement of the partner's covers it today.", *STATES)


@bp.reads("", OwnMatchQuery, page_of(OwnMatch), scopes=(MATCHES_READ,))
def listing(asked: dict[str, Any]) -> Response:
    """
    List the matches of the partner's own demand, the best first.

    With products that its contract (PKS) in force covers; without one this is denied, and the counts may be open.
    """
    asking = _with_contract()
    key = start(asked, is_place)
    after = (Decimal(key[0]).scaleb(-6), key[1]) if key else None
    with store().read() as session:
        rows: list[MatchRow] = []
        bodies: dict[int, bytes] = {}
        if asking.source_id is not None:
            coverage = _coverage(session, asking)
            wanted = _covered(asking) if asked["coverage"] is None else and_(_covered(asking), coverage.where(asked["coverage"]))
            rows = matches_of_source(session, asking.source_id, wanted, limit=asked["limit"] + 1, after=after)
            given = answers_to(session, [row.id for row in rows])
            bodies = {row.id: dump(_seen(row, given.get(row.id), coverage)) for row in rows}
    _tell(rows[: asked["limit"]])
    return send_page(
        rows, asked, Tier.CONTRACTED, key=lambda row: [int(row.score.scaleb(6)), row.id], body=lambda row: bodies[row.id], private=True
    )


@bp.reads("/counts", Query, MatchCounts, scopes=(MATCHES_READ,))
def counts(_asked: dict[str, Any]) -> Response:
    """
    Count the matches of the partner's own demand by commodity.

    Open from a signed Kesepakatan Bersama upwards.
    """
    asking = caller.partner_with(MATCHES_READ, _OWN)
    if asking.reader.tier is Tier.PUBLIC:
        raise _stage(Tier.AGREED, "Jumlah kecocokan terbuka sejak Kesepakatan Bersama ditandatangani.")
    with store().read() as session:
        found = [] if asking.source_id is None else counts_by_commodity(session, asking.source_id, shown_to(Tier.AGREED))
    lines = [dict(zip(("sector", "kbli", "matches", "demands"), line, strict=True)) for line in found]
    body = dump({"items": [view("match_count", line, Tier.AGREED) for line in lines]})
    if lines:
        tell([MATCH_COUNT])
    return send(body, Tier.AGREED, etag(Tier.AGREED, JSON, [asking.ident.encode(), body]), private=True)


@bp.reads("/<int:number>", Query, OwnMatch, scopes=(MATCHES_READ,))
def one(_asked: dict[str, Any], number: int) -> Response:
    """
    Read one match of the partner's own demand.

    Its ETag is what an answer must name.
    """
    asking = _with_contract()
    with store().read() as session:
        row = _mine(session, asking, number)
        body = dump(_seen(row, answers_to(session, [row.id]).get(row.id), _coverage(session, asking)))
    _tell([row])
    return send(body, Tier.CONTRACTED, _tag(body, asking), private=True)


@bp.writes(
    "/<int:number>/answer", "PUT", MatchAnswer, OwnMatch, scopes=(MATCHES_READ,), keyed=False, matched=True, marks={"x-problems": ["400"]}
)
def answer(number: int) -> Response:
    """
    Answer a match.

    Interested; declined, with the reason, from which the office learns; or ordered, with the value. A later answer takes the place of an
    earlier one, which stays on record.
    """
    record = body_record(1 << 16)
    need_room()

    def work(session: Session, asking: Partner) -> Made:
        _need_contract(asking)
        row = _mine(session, asking, number)
        kept = answers_to(session, [row.id]).get(row.id)
        coverage = _coverage(session, asking)
        must_match(_tag(dump(_seen(row, kept, coverage)), asking))
        kept = _keep(session, asking, row, _checked(record), kept)
        told = _seen(row, kept, coverage)
        _tell([row])
        return Made(told, 200, _tag(dump(told), asking))

    return write(MATCHES_READ, _OWN, work, keyed=False)


def _checked(record: Any) -> dict[str, Any]:
    """The answer, with what its kind wants and nothing else; raises BadRequest."""
    if not isinstance(record, dict):
        raise BadRequest("Isi permintaan harus objek JSON.", mend="Contohnya ada di /docs.")
    shape = MatchAnswer()
    if wrong := mistyped(shape, record):
        raise BadRequest(f"{wrong[0]}: {wrong[1]}", mend="Perbaiki anggota itu; skemanya ada di /docs.", errors=[fault(*wrong)])
    try:
        loaded: dict[str, Any] = shape.load(record)
    except ValidationError as error:
        told = [fault(str(name), str(said)) for name, said in _messages(error).items()]
        raise BadRequest(
            "Jawaban ini tidak dapat dibaca.", mend="Perbaiki anggota yang disebut; skemanya ada di /docs.", errors=told
        ) from None
    kind = loaded["answer"]
    if kind == "declined" and not (loaded["reason"] or "").strip():
        raise BadRequest("reason: penolakan memerlukan alasan.", mend="Tulis alasannya: dari situ kantor belajar.")
    if (kind == "ordered") != (loaded["value"] is not None):
        raise BadRequest("value: nilai pesanan wajib untuk ordered, dan hanya untuk itu.", mend="Isi value.amount, atau hilangkan.")
    if loaded["value"] and not is_keepable(loaded["value"]["amount"]):
        raise BadRequest("value.amount: terlalu besar, atau lebih dari 4 desimal.", mend="Pakai paling banyak 4 desimal.")
    return loaded


def _messages(error: ValidationError) -> dict[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"answer": error.messages}


def _keep(session: Session, asking: Partner, row: MatchRow, given: dict[str, Any], kept: MatchAnswerRow | None) -> MatchAnswerRow:
    money = given["value"] or {}
    values = {
        "answer": given["answer"],
        "reason": storable(given["reason"]),
        "value": money.get("amount"),
        "currency": money.get("currency"),
    }
    if kept is None:
        kept = MatchAnswerRow(match_id=row.id, partner_id=asking.number, version=1, **values)
        session.add(kept)
    else:
        for name, value in values.items():
            setattr(kept, name, value)
        kept.version, kept.at = kept.version + 1, utcnow()
    session.flush()
    told = {name: str(value) for name, value in values.items() if value is not None}
    audit(session, actor_of(asking.ident), "match.answer", "match", str(row.id), **told)
    return kept


def _with_contract() -> Partner:
    asking = caller.partner_with(MATCHES_READ, _OWN)
    _need_contract(asking)
    return asking


def _need_contract(asking: Partner) -> None:
    if asking.reader.within is None:
        raise _stage(Tier.CONTRACTED, "Kecocokan terbuka bagi mitra dengan PKS yang berlaku, dalam lingkup PKS itu.")


def _stage(tier: Tier, says: str) -> StageMissing:
    return StageMissing(says, mend=_ABOUT_STAGES, missing=[f"stage:{tier}"])


def _covered(asking: Partner) -> ColumnElement[bool]:
    return and_(covers(asking.reader.within), shown_to(Tier.CONTRACTED))


def _mine(session: Session, asking: Partner, number: int) -> MatchRow:
    row = None
    if asking.source_id is not None and is_row(number):
        row = match_of_source(session, asking.source_id, _covered(asking), number)
    if row is None:
        raise NotFound(f"Tidak ada kecocokan {str(number)[:20]} milik mitra ini.", mend="Daftarnya di /api/v1/partner/matches.")
    return row


def _coverage(session: Session, asking: Partner) -> Coverage:
    return coverage_for(session, node_of(settings()).rules, asking.number, settings().day())


def _seen(row: MatchRow, given: MatchAnswerRow | None, coverage: Coverage) -> dict[str, Any]:
    """The match as its owner reads it."""
    cover = coverage.of_pair(row.demand, row.product)
    changed: datetime = row.updated_at if given is None else max(row.updated_at, given.at)
    record = {
        "id": row.id, "demand": row.demand.ident, "demand_title": row.demand.title, "product": row.product.sku,
        "product_name": row.product.name, "sector": row.product.sector, "producer": row.product.business.ident, "score": row.score,
        "verdict": row.verdict, "flip": row.flip,
        "marks": beside(row.marks, cover), "coverage": cover.record(),
        "answer": given and _answered(given), "updated_at": changed,
        "version": row.version + (given.version if given else 0),
    }  # fmt: skip
    return view("match_mine", record, Tier.CONTRACTED)


def _tell(rows: Sequence[MatchRow]) -> None:
    """Have noted of whose products matches are told."""
    tell([MATCH], FIRM, [row.product.business.ident for row in rows])


def _answered(given: MatchAnswerRow) -> dict[str, Any]:
    value = None if given.value is None else {"amount": plain(given.value), "currency": given.currency}
    return {"answer": given.answer, "reason": given.reason, "value": value}


def _tag(body: bytes, asking: Partner) -> str:
    return etag(Tier.CONTRACTED, JSON, [asking.ident.encode(), body])
