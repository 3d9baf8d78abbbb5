"""The lines of a deal: made of matches of its demand, added and taken out while it is drafted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.decide import decide
from exchange.store.answers import answers_to
from exchange.store.matches import MatchRow, match_by_id
from exchange.store.products import ProductRow
from exchange.store.trade import DealLineRow, DealRow, deal_steps, in_deals
from exchange.trade import amounts
from exchange.trade.negotiated import propose
from exchange.trade.rules import ADD, REMOVE
from exchange.trade.taking import Taken, keep, opened
from exchange.trade.under import put_under

MOST_LINES = 20


def add_lines(
    session: Session,
    ident: str,
    version: int | None,
    match_ids: Sequence[int],
    *,
    actor: str,
    day: date,
    accepting: bool = False,
) -> DealRow:
    """
    Add matches of the deal's demand as lines behind those that it has; a place that a line had is not given to another one.

    Args:
        accepting: matches that wait for a decision are accepted with it, by the same actor, on record.

    Raises:
        BadRequest: none is named, there would be too many lines, a match is of another demand, or its product is in the deal already.
        Conflict: a match is not accepted, or in another deal. NotFound: there is no such match. Else as `opened`.
    """
    taken = opened(session, ident, version, ADD)
    ids = list(dict.fromkeys(match_ids))
    if not ids:
        raise BadRequest("Tidak ada kecocokan yang dipilih.", mend="Pilih sedikitnya satu.")
    if len(taken.lines) + len(ids) > MOST_LINES:
        raise BadRequest(f"Dagang paling banyak {MOST_LINES} baris.", mend="Keluarkan yang tidak jadi, atau mulai dagang lain.")
    rows = [match_of(session, number) for number in ids]
    held = {line.sku: line.position for line in taken.lines}
    for row in rows:
        if row.demand_id != taken.deal.demand_id:
            raise BadRequest(f"Kecocokan {row.id} milik permintaan lain.", mend="Mulai satu dagang untuk tiap permintaan.")
        if row.product.sku in held:
            raise BadRequest(f"{row.product.name} sudah di baris {held[row.product.sku]}.", mend="Ubah jumlahnya di baris itu.")
    not_twice(session, ids)
    for row in rows:
        accept(session, row, accepting, actor)
    first = _last_place(taken) + 1
    added = [line_of(taken.deal, place, row, None) for place, row in enumerate(rows, first)]
    session.add_all(added)
    taken.lines = [*taken.lines, *added]
    put_under(session, taken.deal, taken.lines, day)
    propose(session, taken.deal, added, day, replace=True)
    session.flush()
    return keep(taken, actor, added=named(added), matches=ids, answers=answered(session, ids) or None)


def remove_lines(session: Session, ident: str, version: int | None, positions: Sequence[int], *, actor: str, day: date) -> DealRow:
    """
    Take lines out of a deal; their matches are free for another one. Raises as `drop`, Conflict and NotFound as `opened`.
    """
    taken = opened(session, ident, version, REMOVE)
    gone = [taken.line(position) for position in dict.fromkeys(positions)]
    if not gone:
        raise BadRequest("Tidak ada baris yang dipilih.", mend="Pilih sedikitnya satu.")
    drop(taken, gone)
    put_under(session, taken.deal, taken.lines, day)
    return keep(taken, actor, removed=named(gone))


def drop(taken: Taken, gone: Sequence[DealLineRow]) -> None:
    """Take lines out of a deal that is open for a step; raises BadRequest where none would be left."""
    taken.lines = [line for line in taken.lines if line not in gone]
    if not taken.lines:
        raise BadRequest("Penawaran perlu sedikitnya satu baris.", mend="Batalkan dagangnya bila tidak jadi ditawarkan.")
    for line in gone:
        taken.session.delete(line)


def named(lines: Iterable[DealLineRow]) -> list[dict[str, Any]]:
    """Lines as the history names those that came in or went out."""
    return [
        {"line": line.position, "product": line.sku, "product_name": line.product_name, "producer": line.business_name} for line in lines
    ]


def answered(session: Session, match_ids: Sequence[int]) -> dict[str, dict[str, Any]]:
    """What partners answered to these matches, by match, as the history keeps it."""
    return {str(number): _answered(row) for number, row in answers_to(session, list(match_ids)).items()}


def _last_place(taken: Taken) -> int:
    """The last place that a line of the deal has or had."""
    gone: list[int] = [one["line"] for step in deal_steps(taken.session, taken.deal.id) for one in step.after.get("removed") or ()]
    return max([line.position for line in taken.lines] + gone)


def match_of(session: Session, number: int) -> MatchRow:
    """The match of that number; raises NotFound."""
    row = match_by_id(session, number) if 0 < number < 2**62 else None
    if row is None:
        raise NotFound(f"Kecocokan {str(number)[:20]} tidak ada.", mend="Buka daftar kecocokan dan pilih dari sana.")
    return row


def not_twice(session: Session, ids: Sequence[int]) -> None:
    """Refuse matches that are in a deal which was not cancelled; raises Conflict with the deal's name."""
    for number, ident in in_deals(session, ids).items():
        raise Conflict(f"Kecocokan {number} sudah ada di dagang {ident}.", mend="Lanjutkan dagang itu, atau batalkan dahulu.", deal=ident)


def accept(session: Session, row: MatchRow, accepting: bool, actor: str) -> None:
    """Accept a match that waits where that is wanted; raises Conflict where it is not accepted then."""
    if row.state == "proposed" and accepting:
        decide(session, row.id, row.version, "accepted", None, None, actor)
    if row.state != "accepted":
        raise Conflict(
            f"Kecocokan {row.id} ({row.product.name}) belum diterima.", mend="Terima dahulu kecocokannya, lalu mulai lagi.", match=row.id
        )


def line_of(deal: DealRow, position: int, row: MatchRow, quantity: Decimal | None) -> DealLineRow:
    """A line of a match at that place; its price the dearer end of the indicative range, None where that cannot be kept."""
    product: ProductRow = row.product
    price = product.price_max if product.price_max is not None else product.price_min
    if price is not None and (price % amounts.SEN or price <= 0):
        price = None
    line = DealLineRow(
        deal_id=deal.id, position=position, match_id=row.id, product_id=product.id, sku=product.sku, product_name=product.name,
        sector=product.sector, kbli=product.kbli, business=product.business.ident, business_name=product.business.name,
        unit=product.unit_code, unit_said=product.unit_said, quantity=quantity, price=price,
    )  # fmt: skip
    if quantity is not None and price is not None:
        try:
            line.value = amounts.value_of(quantity, price)
        except BadRequest:
            line.price = None  # said anew by whoever writes the offer; nothing is rounded
    return line


def _answered(row: Any) -> dict[str, Any]:
    value = None if row.value is None else f"{row.value.normalize():f}"
    return {"answer": row.answer, "value": value, "currency": row.currency, "reason": row.reason}
