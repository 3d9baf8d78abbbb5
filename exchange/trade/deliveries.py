"""What was delivered of an order, and corrections of it: rows that are added, never changed; their sum is what was realised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.matching.periods import day_said
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow, deliveries_of
from exchange.trade import amounts
from exchange.trade.rules import CORRECT, DELIVER, DONE, ORDERED, PARTLY
from exchange.trade.taking import Taken, keep, opened, text

LONGEST_REFERENCE = 200
_NOUGHT = Decimal(0)


def deliver(
    session: Session,
    ident: str,
    version: int | None,
    *,
    line: int | None,
    on: date | None,
    quantity: Decimal | None,
    value: Decimal | None = None,
    reference: str | None = None,
    actor: str,
    day: date,
) -> DealRow:
    """
    Record what was delivered of one line on one day.

    Args:
        line: its position; value: None: its share of what the line was ordered for, and all that is left with the last of it.
        reference: where the proof is, such as the number of the handover note.

    Returns:
        The deal, `sebagian_diterima`, or `selesai` with the last of what was ordered.

    Raises:
        BadRequest: a field is missing, the day is wrong, or it would be more than what was ordered, which nothing tolerates.
        Conflict, NotFound: as `opened`.
    """
    taken = opened(session, ident, version, DELIVER, {"line": line, "day": on, "quantity": quantity})
    assert on is not None and quantity is not None and taken.deal.order_date is not None
    row, amount = taken.line(line), amounts.quantity(quantity)
    if not taken.deal.order_date <= on <= day:
        raise BadRequest(
            f"Tanggal {day_said(on)} harus antara pesanan {day_said(taken.deal.order_date)} dan hari ini {day_said(day)}.",
            mend="Periksa tanggalnya.",
        )
    known = deliveries_of(session, [taken.deal.id])[taken.deal.id]
    had, had_value = of_line(known, row.id)
    assert row.ordered_quantity is not None and row.ordered_value is not None, "an order names each line"
    left, left_value = row.ordered_quantity - had, row.ordered_value - had_value
    if amount > left:
        raise BadRequest(
            f"Baris {row.position}: {amounts.said(amount)} lebih dari sisa pesanan {amounts.said(left)}.",
            mend="Catat sampai sebanyak yang dipesan; kelebihannya perlu pesanan sendiri.",
        )
    if value is None:
        worth = left_value if amount == left else min(left_value, amounts.share_of(row.ordered_value, amount, row.ordered_quantity))
    else:
        worth = amounts.rupiah(value, "Nilai")
    if worth > left_value:
        raise BadRequest(
            f"Nilai Rp {amounts.said(worth)} lebih dari sisa nilai pesanan Rp {amounts.said(left_value)}.",
            mend="Periksa nilainya, atau kosongkan.",
        )
    made = _row(taken, row, on, amount, worth, len(known), actor)
    made.reference = text(reference, "Bukti", LONGEST_REFERENCE)
    return _kept(taken, made, [*known, made], actor, None)


def correct(
    session: Session,
    ident: str,
    version: int | None,
    *,
    delivery: int | None,
    less: Decimal | None = None,
    value: Decimal | None = None,
    reason: str | None,
    actor: str,
) -> DealRow:
    """
    Take back some or all of a delivery that was recorded: a row of its own below zero, on the day of what it corrects.

    Args:
        delivery: its number; less: how much less it was, None: all of what is left of it; value: how much less it was worth, None: its
            share.

    Returns:
        The deal, in the state that the sums now come to: what was closed is open again.

    Raises:
        BadRequest: a field is missing, there is no such delivery, or less would be left of it than nothing. Conflict, NotFound: as
        `opened`.
    """
    why = text(reason, "Alasan")
    taken = opened(session, ident, version, CORRECT, {"delivery": delivery, "reason": why})
    known = deliveries_of(session, [taken.deal.id])[taken.deal.id]
    meant = next((row for row in known if row.number == delivery and row.corrects_id is None), None)
    if meant is None:
        there = ", ".join(str(row.number) for row in known if row.corrects_id is None)
        raise BadRequest(f"Tidak ada penerimaan nomor {str(delivery)[:10]}.", mend=f"Yang ada: {there}.")
    of_it = [row for row in known if meant.id in {row.id, row.corrects_id}]
    left, left_value = sum((row.quantity for row in of_it), _NOUGHT), sum((row.value for row in of_it), _NOUGHT)
    amount = left if less is None else amounts.quantity(less, "Jumlah yang dikurangi")
    if not 0 < amount <= left:
        raise BadRequest(f"Penerimaan {meant.number} tinggal {amounts.said(left)}.", mend="Kurangi paling banyak sebanyak itu.")
    if value is None:
        worth = left_value if amount == left else min(left_value, amounts.share_of(meant.value, amount, meant.quantity))
    else:
        worth = amounts.rupiah(value, "Nilai yang dikurangi")
    if worth > left_value or (amount == left and worth != left_value):
        raise BadRequest(f"Nilai penerimaan {meant.number} tinggal Rp {amounts.said(left_value)}.", mend="Kosongkan nilainya: ia dihitung.")
    row = next(line for line in taken.lines if line.id == meant.line_id)
    made = _row(taken, row, meant.day, -amount, -worth, len(known), actor)
    made.corrects_id, made.reason = meant.id, why
    return _kept(taken, made, [*known, made], actor, why, corrects=meant.number)


def of_line(rows: Iterable[DeliveryRow], line_id: int) -> tuple[Decimal, Decimal]:
    """(quantity, value) that came of one line, corrections counted."""
    mine = [row for row in rows if row.line_id == line_id]
    return sum((row.quantity for row in mine), _NOUGHT), sum((row.value for row in mine), _NOUGHT)


def _row(taken: Taken, line: DealLineRow, on: date, quantity: Decimal, value: Decimal, known: int, actor: str) -> DeliveryRow:
    return DeliveryRow(
        deal_id=taken.deal.id, line_id=line.id, number=known + 1, day=on, quantity=quantity, value=value, actor=actor
    )  # fmt: skip


def _kept(taken: Taken, made: DeliveryRow, rows: list[DeliveryRow], actor: str, reason: str | None, **more: Any) -> DealRow:
    taken.session.add(made)
    came = {line.id: of_line(rows, line.id)[0] for line in taken.lines}
    whole = all(came[line.id] == line.ordered_quantity for line in taken.lines)
    taken.deal.state = DONE if whole else PARTLY if any(came.values()) else ORDERED
    position = next(line.position for line in taken.lines if line.id == made.line_id)
    facts: dict[str, Any] = {"delivery": made.number, "line": position, "day": made.day, "quantity": made.quantity, "value": made.value}
    return keep(taken, actor, reason=reason, **facts, reference=made.reference, **more)
