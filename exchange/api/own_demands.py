"""A partner's own demand: brought singly or in bulk, changed, withdrawn, read by nobody else but staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from exchange.access.callers import Partner
from exchange.access.partners import named
from exchange.access.policy import Tier, view
from exchange.access.scopes import DEMAND_READ, DEMAND_WRITE
from exchange.access.segments import canonical
from exchange.api import caller, filters
from exchange.api.answers import JSON, etag, send
from exchange.api.paging import PageQuery, is_name, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.api.writing import Made, body_record, must_match, write
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.demands import DemandRow, demand_by_ident, demand_record, own_demands
from exchange.sync.archive import Archive
from exchange.sync.pushed import Outcome, keep_request, take, take_back
from exchange.wiring import settings, store
from schemas.pushing import MOST_ROWS, BroughtDemand, DemandRows, OwnDemand, RowOutcomes
from schemas.wire import page_of

bp = Blueprint("own-demands", "The demand that the partner of this token brought.", "/api/v1/partner/demands")

_OWN = "Permintaan milik mitra"
_LONGEST = 4 << 20


class OwnQuery(PageQuery):
    """Filters of the list."""

    state = filters.one_of("Whether it stands; without it both.", "live", "withdrawn")


@bp.reads("", OwnQuery, page_of(OwnDemand), scopes=(DEMAND_READ,))
def listing(asked: dict[str, Any]) -> Response:
    """
    List the partner's own demand.

    By public name; what it withdrew is among it, with that state.
    """
    asking = caller.partner_with(DEMAND_READ, _OWN)
    after = start(asked, is_name)
    with store().read() as session:
        rows = []
        if asking.source_id is not None:
            rows = own_demands(session, asking.source_id, state=asked["state"], limit=asked["limit"] + 1, after=after)
    return send_page(rows, asked, asking.reader.tier, key=lambda row: row.ident, body=lambda row: _body(row, asking), private=True)


@bp.reads("/<ident>", Query, OwnDemand, scopes=(DEMAND_READ,))
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one of the partner's own demands.

    Its ETag is what a change of it must name.
    """
    asking = caller.partner_with(DEMAND_READ, _OWN)
    with store().read() as session:
        body = _body(_mine(session, asking, ident), asking)
    return send(body, asking.reader.tier, _tag(body, asking), private=True)


@bp.writes("", "POST", BroughtDemand, OwnDemand, status=201, scopes=(DEMAND_WRITE,), marks={"x-problems": ["400", "409"], "x-known": True})
def add() -> Response:
    """
    Bring one demand.

    `reference` is the partner's own id of it, for good. 201 with its address; 200 where it stands with this content already; 409 where
    the reference stands for another content.
    """
    record = body_record(_LONGEST)
    answer = _keep()

    def work(session: Session, asking: Partner) -> Made:
        (told,) = _take(session, asking, [record], answer)
        _refuse(told)
        if told.outcome == "changed":
            raise Conflict(
                f"Permintaan {told.reference!r} sudah ada dengan isi lain, dengan nama {told.ident}.",
                mend=f"Ubah dengan PUT /api/v1/partner/demands/{told.ident} dan If-Match, atau pakai reference lain.",
            )
        return _made(session, asking, told.ident, 201 if told.outcome == "new" else 200)

    return write(DEMAND_WRITE, _OWN, work)


@bp.writes("/bulk", "POST", DemandRows, RowOutcomes, scopes=(DEMAND_WRITE,), marks={"x-problems": ["400"]})
def add_many() -> Response:
    """
    Bring many demands at once.

    Each row is taken or refused by itself, and the answer says of each what became of it. A reference that is known is brought up to date;
    what is not named stays as it is.
    """
    record = body_record(_LONGEST)
    rows = record.get("demands") if isinstance(record, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS or set(record) != {"demands"}:
        raise BadRequest(
            f"Isi permintaan harus objek dengan satu anggota `demands`: 1 sampai {MOST_ROWS} permintaan.", mend="Contohnya ada di /docs."
        )
    answer = _keep()

    def work(session: Session, asking: Partner) -> Made:
        outcomes = _take(session, asking, rows, answer)
        counts: dict[str, int] = {}
        for told in outcomes:
            counts[told.outcome] = counts.get(told.outcome, 0) + 1
        return Made({"counts": counts, "items": [told.record() for told in outcomes]})

    return write(DEMAND_WRITE, _OWN, work)


@bp.writes(
    "/<ident>", "PUT", BroughtDemand, OwnDemand, scopes=(DEMAND_WRITE,), keyed=False, matched=True, marks={"x-problems": ["400", "409"]}
)
def change(ident: str) -> Response:
    """
    Put another content in a demand's place.

    Its reference stays. One that was withdrawn is live again.
    """
    record = body_record(_LONGEST)
    answer = _keep()

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        must_match(_tag(_body(row, asking), asking))
        if not isinstance(record, dict) or record.get("reference") != row.reference:
            raise BadRequest(
                f"reference: harus tetap {row.reference!r}.", mend="Untuk permintaan lain, kirim POST /api/v1/partner/demands."
            )
        (told,) = _take(session, asking, [record], answer)
        _refuse(told)
        return _made(session, asking, ident, 200)

    return write(DEMAND_WRITE, _OWN, work, keyed=False)


@bp.writes("/<ident>", "DELETE", None, OwnDemand, scopes=(DEMAND_WRITE,), keyed=False, matched=True)
def withdraw(ident: str) -> Response:
    """
    Withdraw a demand.

    It stays readable to the partner with the state `withdrawn`; its matches that nobody decided are taken back.
    """

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        must_match(_tag(_body(row, asking), asking))
        if row.state != "withdrawn":
            take_back(session, named(session, asking.ident), row, settings().home_region)
        return _made(session, asking, ident, 200)

    return write(DEMAND_WRITE, _OWN, work, keyed=False)


def _keep() -> str:
    """Keep the request as it came, once the caller is known to be one who may send it."""
    caller.partner_with(DEMAND_WRITE, _OWN)
    return keep_request(Archive(settings().data_dir / "archive"), request.get_data())


def _take(session: Session, asking: Partner, rows: list[Any], answer: str) -> list[Outcome]:
    return take(session, named(session, asking.ident), rows, answer, settings().home_region)


def _refuse(told: Outcome) -> None:
    if told.outcome == "refused":
        fault = {"parameter": (told.rule or "")[:80], "detail": told.detail or ""}
        raise BadRequest(
            f"Permintaan ini tidak dapat diterima: {told.detail}", mend="Perbaiki anggota itu; skemanya ada di /docs.", errors=[fault]
        )


def _mine(session: Session, asking: Partner, ident: str) -> DemandRow:
    """The partner's own demand of that name; that of another is none."""
    row = demand_by_ident(session, ident)
    named_now = named(session, asking.ident)
    if row is None or named_now.source_id is None or row.source_id != named_now.source_id:
        raise NotFound(f"Tidak ada permintaan {ident[:80]!r} milik mitra ini.", mend="Daftarnya di /api/v1/partner/demands.")
    return row


def _made(session: Session, asking: Partner, ident: str | None, status: int) -> Made:
    """The demand as it is now, with its validator and its address."""
    row = _mine(session, asking, ident or "")
    record = _seen(row)
    headers = {"Location": f"{bp.url_prefix}/{row.ident}"} if status == 201 else {}
    return Made(record, status, _tag(canonical(record), asking), headers)


def _seen(row: DemandRow) -> Mapping[str, Any]:
    return view("demand_mine", demand_record(row) | {"source": row.source.name}, Tier.PUBLIC)


def _body(row: DemandRow, _asking: Partner) -> bytes:
    return canonical(_seen(row))


def _tag(body: bytes, asking: Partner) -> str:
    """The demand's validator, which is the partner's alone and the same whatever its agreement opens."""
    return etag(Tier.PUBLIC, JSON, [asking.ident.encode(), body])
