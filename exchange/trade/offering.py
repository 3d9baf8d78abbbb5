"""An offer written, sent, written anew and answered; an order taken; a deal cancelled or closed short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.matching.periods import day_said
from exchange.store.base import utcnow
from exchange.store.demands import demands_by_ids
from exchange.store.trade import DealRow
from exchange.trade import amounts
from exchange.trade.checks import beyond_capacity, look
from exchange.trade.lines import drop, named
from exchange.trade.negotiated import propose
from exchange.trade.rules import ANSWER, CANCEL, CLOSE, DECLINE, DRAFT, OFFER, ORDER, REVISE
from exchange.trade.taking import Taken, keep, opened, text
from exchange.trade.under import AUTOMATIC, put_under

LONGEST_NUMBER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is said of one line of an offer; None leaves it open, drop takes the line out."""

    position: int
    quantity: Decimal | None = None
    price: Decimal | None = None
    price_reason: str | None = None
    drop: bool = False


def draft(
    session: Session,
    ident: str,
    version: int | None,
    wordings: Sequence[Wording],
    *,
    terms: str | None,
    agreement: str = AUTOMATIC,
    actor: str,
    day: date,
) -> DealRow:
    """
    Write an offer that was not sent: quantities and prices of its lines (those not named stay), its terms, under which agreement.

    A line without a price takes what was negotiated under the agreement.

    Raises:
        BadRequest: a number, a text or the agreement is none that can be kept, or no line would be left. Conflict, NotFound: as `opened`.
    """
    taken = opened(session, ident, version, DRAFT)
    dropped = [taken.line(one.position) for one in wordings if one.drop]
    for one in wordings:
        line = taken.line(one.position)
        if one.drop:
            continue
        where = f"baris {line.position}"
        line.quantity = None if one.quantity is None else amounts.quantity(one.quantity, f"Jumlah {where}")
        line.price = None if one.price is None else amounts.rupiah(one.price, f"Harga {where}")
        line.value = None if line.quantity is None or line.price is None else amounts.value_of(line.quantity, line.price)
        line.price_reason = text(one.price_reason, f"Alasan harga {where}")
    drop(taken, dropped)
    taken.deal.terms = text(terms, "Syarat penawaran")
    put_under(session, taken.deal, taken.lines, day, agreement)
    propose(session, taken.deal, taken.lines, day)
    return keep(taken, actor, removed=named(dropped) or None)


def offer(
    session: Session,
    ident: str,
    version: int | None,
    *,
    letter_number: str | None,
    letter_date: date | None,
    valid_until: date | None,
    actor: str,
    day: date,
) -> tuple[DealRow, list[str]]:
    """
    Send an offer: its letter stands from now on, and the partner whose demand it is reads it.

    Returns:
        The deal, and what is to be known of its lines although it does not keep the offer back (Indonesian).

    Raises:
        BadRequest: a field is missing, a day is wrong, or a line may not be offered; facts then: faults (each line's), proposals (which
        firms could make together what one cannot). Conflict, NotFound: as `opened`.
    """
    given = {"letter_number": text(letter_number, "Nomor surat", LONGEST_NUMBER), "letter_date": letter_date, "valid_until": valid_until}
    taken = opened(session, ident, version, OFFER, given)
    assert letter_date is not None and valid_until is not None, "the table of steps wants them"
    if valid_until < day:
        raise BadRequest(
            f"Penawaran ini berlaku sampai {day_said(valid_until)}, yang sudah lewat.",
            mend=f"Beri waktu sedikitnya sampai {day_said(day)}.",
        )
    if letter_date > day:
        raise BadRequest(f"Tanggal surat {day_said(letter_date)} belum tiba.", mend="Pakai tanggal surat itu ditandatangani.")
    (demand,) = demands_by_ids(session, [taken.deal.demand_id])
    found = look(session, taken.deal, taken.lines, demand, day)
    if found.faults:
        ways = " Yang dapat bersama-sama: " + " ".join(found.proposals) if found.proposals else ""
        raise BadRequest(
            " ".join(found.faults), mend=f"Perbaiki baris itu, lalu kirim lagi.{ways}", faults=found.faults, proposals=found.proposals
        )
    deal = taken.deal
    deal.letter_number, deal.letter_date, deal.valid_until = text(letter_number, "Nomor surat"), letter_date, valid_until
    deal.offered_at, deal.answer = utcnow(), None
    under = put_under(session, deal, taken.lines, letter_date) if deal.agreement_id is not None else None
    keep(taken, actor, warnings=found.warnings or None, agreement=under or "tanpa perjanjian", total=_total(taken))
    return deal, found.warnings


def _total(taken: Taken) -> Decimal:
    return amounts.total(line.value for line in taken.lines)


def revise(session: Session, ident: str, version: int | None, *, reason: str | None, actor: str) -> DealRow:
    """Write an offer anew that was sent or declined; its letter stands no more. Raises as `opened`."""
    why = text(reason, "Alasan")
    taken = opened(session, ident, version, REVISE, {"reason": why})
    deal = taken.deal
    deal.letter_number = deal.letter_date = deal.valid_until = deal.offered_at = deal.answer = None
    return keep(taken, actor, reason=why)


def answer(session: Session, ident: str, version: int | None, *, said: str, reason: str | None, actor: str) -> DealRow:
    """
    Put the buyer's answer on record: `interested`, or `declined` with the reason. An order is taken by `order`.

    Raises:
        BadRequest: another word, or a refusal without its reason. Conflict, NotFound: as `opened`.
    """
    if said not in {"interested", "declined"}:
        raise BadRequest(f"Jawaban {said[:20]!r} tidak dikenal.", mend="Pilih interested atau declined; pesanan dicatat sebagai pesanan.")
    why = text(reason, "Alasan")
    taken = opened(session, ident, version, DECLINE if said == "declined" else ANSWER, {"reason": why})
    taken.deal.answer = said
    return keep(taken, actor, reason=why)


def order(
    session: Session,
    ident: str,
    version: int | None,
    *,
    order_number: str | None,
    order_date: date | None,
    lines: Mapping[int, tuple[Decimal, Decimal | None]] | None = None,
    beyond: str | None = None,
    actor: str,
    day: date,
) -> DealRow:
    """
    Take an order of what was offered.

    Args:
        lines: position → (quantity, value; None: at the price that was offered); a line that is not named is not ordered. None: all
            lines as they were offered.
        beyond: why it may be more, dearer or later than offered; without it that is refused. What capacity lacks for it is kept in the
            history, for staff alone: it names other deals.

    Raises:
        BadRequest: a field is missing, a day or an amount is wrong, it goes beyond the offer, or nothing is ordered. Conflict, NotFound:
        as `opened`.
    """
    number, why = text(order_number, "Nomor pesanan", LONGEST_NUMBER), text(beyond, "Alasan melampaui penawaran")
    taken = opened(session, ident, version, ORDER, {"order_number": number, "order_date": order_date})
    deal = taken.deal
    assert order_date is not None and deal.letter_date is not None and deal.valid_until is not None
    if order_date > day or order_date < deal.letter_date:
        raise BadRequest(
            f"Tanggal pesanan {day_said(order_date)} harus antara tanggal surat {day_said(deal.letter_date)} dan hari ini {day_said(day)}.",
            mend="Periksa suratnya.",
        )
    past = []
    if order_date > deal.valid_until:
        past.append(f"tanggal {day_said(order_date)} sesudah batas berlaku {day_said(deal.valid_until)}")
    for position in lines or ():
        taken.line(position)
    for line in taken.lines:
        assert line.quantity is not None and line.price is not None and line.value is not None, "it was offered"
        wanted = (line.quantity, line.value) if lines is None else lines.get(line.position, (Decimal(0), None))
        if not wanted[0]:
            line.ordered_quantity = line.ordered_value = Decimal(0)
            continue
        line.ordered_quantity = amounts.quantity(wanted[0], f"Jumlah baris {line.position}")
        at_price = amounts.value_of(line.ordered_quantity, line.price)
        line.ordered_value = at_price if wanted[1] is None else amounts.rupiah(wanted[1], f"Nilai baris {line.position}")
        if line.ordered_quantity > line.quantity:
            past.append(f"baris {line.position} memesan {amounts.said(line.ordered_quantity)} dari {amounts.said(line.quantity)}")
        if line.ordered_value > at_price:
            past.append(
                f"baris {line.position} bernilai Rp {amounts.said(line.ordered_value)}, menurut penawaran Rp {amounts.said(at_price)}"
            )
    if not any(line.ordered_quantity for line in taken.lines):
        raise BadRequest("Pesanan ini tanpa isi.", mend="Isi jumlah sedikitnya satu baris, atau catat penolakannya.")
    if past and why is None:
        raise BadRequest(
            f"Pesanan melampaui penawaran: {'; '.join(past)}.", mend="Sesuaikan, atau tulis alasan bahwa itu disepakati.", beyond=past
        )
    deal.order_number, deal.order_date, deal.answer = number, order_date, "ordered"
    under = put_under(session, deal, taken.lines, order_date) if deal.agreement_id is not None else None
    ordered = amounts.total(line.ordered_value for line in taken.lines)
    short = beyond_capacity(session, deal, taken.lines, day) if past else []  # within the offer it is promised already
    return keep(taken, actor, reason=why, beyond=past or None, warnings=short or None, agreement=under or "tanpa perjanjian", total=ordered)


def cancel(session: Session, ident: str, version: int | None, *, reason: str | None, actor: str) -> DealRow:
    """Cancel a deal of which nothing was delivered. Raises as `opened`."""
    why = text(reason, "Alasan")
    return keep(opened(session, ident, version, CANCEL, {"reason": why}), actor, reason=why)


def close(session: Session, ident: str, version: int | None, *, reason: str | None, actor: str) -> DealRow:
    """Close a deal of which less was delivered than ordered; what is missing stays to be seen. Raises as `opened`."""
    why = text(reason, "Alasan")
    return keep(opened(session, ident, version, CLOSE, {"reason": why}), actor, reason=why)
