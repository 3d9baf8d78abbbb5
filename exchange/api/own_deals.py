"""The deals that serve a partner's own demand, from the letter of their offer on, and what it answers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from exchange.access.callers import Partner
from exchange.access.classes import CONTACT
from exchange.access.disclosures import FIRM
from exchange.access.partners import actor_of
from exchange.access.scopes import MATCHES_READ
from exchange.api import caller
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.disclosing import need_room, tell
from exchange.api.paging import PageQuery, is_name, is_row, send_page, start
from exchange.api.smorest import Blueprint, Query, fault
from exchange.api.writing import Made, body_record, must_match, write
from exchange.errors import BadRequest, NotFound
from exchange.store.trade import DealRow, deal_by_ident, deal_of_source, deals_of_source
from exchange.trade.offering import answer as keep_answer
from exchange.trade.offering import order
from exchange.trade.telling import for_partner
from exchange.wiring import settings, store
from schemas.deal import DealAnswer, OwnDeal
from schemas.typed import mistyped
from schemas.wire import page_of

bp = Blueprint("own-deals", "The deals that serve the partner's own demand.", "/api/v1/partner/deals")

_OWN = "Dagang milik mitra"


@bp.reads("", PageQuery, page_of(OwnDeal), scopes=(MATCHES_READ,))
def listing(asked: dict[str, Any]) -> Response:
    """
    List the deals that serve the partner's own demand, the latest first.

    From the letter of their offer on. Firms' contacts where the partner's contract (PKS) covers the product.
    """
    asking = caller.partner_with(MATCHES_READ, _OWN)
    before = start(asked, is_row)
    with store().read() as session:
        rows: list[DealRow] = []
        if asking.source_id is not None:
            rows = deals_of_source(session, asking.source_id, limit=asked["limit"] + 1, before=before)
        records = for_partner(session, rows, asking.reader)
    _tell(records[: asked["limit"]])
    bodies = {row.id: dump(told) for row, told in zip(rows, records, strict=True)}
    return send_page(rows, asked, asking.reader.stage, key=lambda row: row.id, body=lambda row: bodies[row.id], private=True)


@bp.reads("/<ident>", Query, OwnDeal, scopes=(MATCHES_READ,))
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one deal that serves the partner's own demand.

    Its ETag is what an answer must name.
    """
    asking = caller.partner_with(MATCHES_READ, _OWN)
    with store().read() as session:
        (told,) = for_partner(session, [_mine(session, asking, ident)], asking.reader)
    _tell([told])
    body = dump(told)
    return send(body, asking.reader.stage, _tag(body, asking), private=True)


@bp.writes(
    "/<ident>/answer", "PUT", DealAnswer, OwnDeal, scopes=(MATCHES_READ,), keyed=False, matched=True, marks={"x-problems": ["400", "409"]}
)
def answer(ident: str) -> Response:
    """
    Answer an offer.

    Declined, with the reason, or ordered: number and day of the order, and how much of which line, at the prices of the letter. An offer
    is answered once; what is ordered beyond it, or after its last day, is refused.
    """
    record = body_record(1 << 16)
    need_room()

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        must_match(_tag(_body(session, asking, row), asking))
        _keep(session, asking, row.ident, _checked(record))
        (told,) = for_partner(session, [_again(session, row.ident)], asking.reader)
        _tell([told])
        return Made(told, 200, _tag(dump(told), asking))

    return write(MATCHES_READ, _OWN, work, keyed=False)


def _keep(session: Session, asking: Partner, ident: str, given: dict[str, Any]) -> None:
    actor, day = actor_of(asking.ident), settings().day()
    if given["answer"] == "declined":
        keep_answer(session, ident, None, said="declined", reason=given["reason"], actor=actor)
        return
    said = given["order"]
    lines = {line["position"]: (line["quantity"], None) for line in said["lines"]}
    if len(lines) < len(said["lines"]):
        raise BadRequest("order.lines: satu baris disebut dua kali.", mend="Sebut tiap baris paling banyak sekali.")
    order(session, ident, None, order_number=said["number"], order_date=said["date"], lines=lines, actor=actor, day=day)


def _checked(record: Any) -> dict[str, Any]:
    """The answer, with what its kind wants and nothing else; raises BadRequest."""
    if not isinstance(record, dict):
        raise BadRequest("Isi permintaan harus objek JSON.", mend="Contohnya ada di /docs.")
    shape = DealAnswer()
    if wrong := mistyped(shape, record):
        raise BadRequest(f"{wrong[0]}: {wrong[1]}", mend="Perbaiki anggota itu; skemanya ada di /docs.", errors=[fault(*wrong)])
    try:
        loaded: dict[str, Any] = shape.load(record)
    except ValidationError as error:
        said = error.messages if isinstance(error.messages, dict) else {"answer": error.messages}
        told = [fault(str(name), str(says)) for name, says in said.items()]
        mend = "Perbaiki anggota yang disebut; skemanya ada di /docs."
        raise BadRequest("Jawaban ini tidak dapat dibaca.", mend=mend, errors=told) from None
    kind = loaded["answer"]
    if kind == "declined" and not (loaded["reason"] or "").strip():
        raise BadRequest("reason: penolakan memerlukan alasan.", mend="Tulis alasannya: dari situ kantor belajar.")
    if (kind == "ordered") != (loaded["order"] is not None):
        raise BadRequest("order: isi pesanan wajib untuk ordered, dan hanya untuk itu.", mend="Isi order, atau hilangkan.")
    return loaded


def _again(session: Session, ident: str) -> DealRow:
    row = deal_by_ident(session, ident)
    assert row is not None, "it was there in this transaction"
    return row


def _mine(session: Session, asking: Partner, ident: str) -> DealRow:
    row = None
    if asking.source_id is not None and is_name(ident):
        row = deal_of_source(session, asking.source_id, ident)
    if row is None:
        raise NotFound(f"Tidak ada dagang {ident[:20]} milik mitra ini.", mend="Daftarnya di /api/v1/partner/deals.")
    return row


def _tell(records: Iterable[Mapping[str, Any]]) -> None:
    """Have noted whose contacts are told."""
    lines = [line for record in records for line in record["lines"]]
    tell([CONTACT], FIRM, [line["producer"] for line in lines if any((line.get("contact") or {}).values())])


def _body(session: Session, asking: Partner, row: DealRow) -> bytes:
    (told,) = for_partner(session, [row], asking.reader)
    return dump(told)


def _tag(body: bytes, asking: Partner) -> str:
    return etag(asking.reader.stage, JSON, [asking.ident.encode(), body])
