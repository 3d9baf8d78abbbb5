"""All that the letter of an offer says, as plain values: whoever writes the letter asks nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from exchange.errors import Conflict
from exchange.matching.places import place_name
from exchange.settings import Settings
from exchange.store.demands import demands_by_ids
from exchange.store.trade import DealRow, lines_of
from exchange.trade import amounts
from schemas.units import unit_of_code


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One line: of which firm, what, how much in which unit (a word), for how much each and in all, in rupiah."""

    position: int
    firm: str
    product: str
    sku: str
    quantity: Decimal
    unit: str
    price: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class OfferLetter:
    """
    The letter. office, office_place, office_contact: who writes; buyer, buyer_unit, buyer_place: to whom, None where it is not known.

    demand, reference: which need it answers, and its number where it came from. agreement: (public name, title) under which it trades,
    None for trade without one. total: of all lines, exact. terms: of payment and delivery, None where none were written.
    """

    ident: str
    office: str
    office_place: str | None
    office_contact: str
    buyer: str
    buyer_unit: str | None
    buyer_place: str | None
    number: str
    dated: date
    valid_until: date
    demand: str
    reference: str
    lines: tuple[OfferLine, ...]
    total: Decimal
    terms: str | None
    agreement: tuple[str, str] | None


def letter_facts(session: Session, deal: DealRow, its: Settings) -> OfferLetter:
    """
    The facts of a deal's letter; wants `deal.agreement` loaded.

    Raises:
        Conflict: no letter of it stands.
    """
    if deal.offered_at is None or deal.letter_number is None or deal.letter_date is None or deal.valid_until is None:
        raise Conflict(f"Dagang {deal.ident} belum ditawarkan.", mend="Lengkapi penawarannya dan kirim dahulu.")
    (demand,) = demands_by_ids(session, [deal.demand_id])
    lines = []
    for line in lines_of(session, [deal.id])[deal.id]:
        assert line.quantity is not None and line.price is not None and line.value is not None, "it was offered"
        name, word = line.product_name, unit_word(line.unit, line.unit_said)
        lines.append(OfferLine(line.position, line.business_name, name, line.sku, line.quantity, word, line.price, line.value))
    return OfferLetter(
        ident=deal.ident,
        office=its.office,
        office_place=place_name(its.home_region),
        office_contact=its.contact,
        buyer=deal.buyer_name,
        buyer_unit=demand.buyer_unit,
        buyer_place=place_name(deal.region),
        number=deal.letter_number,
        dated=deal.letter_date,
        valid_until=deal.valid_until,
        demand=deal.title,
        reference=demand.reference,
        lines=tuple(lines),
        total=amounts.total(line.value for line in lines),
        terms=deal.terms,
        agreement=(deal.agreement.ident, deal.agreement.title) if deal.agreement else None,
    )


def unit_word(code: str | None, said: str | None) -> str:
    """A unit as people say it: as the firm did, else as the table names it; `satuan` where neither is known."""
    known = unit_of_code(code or "")
    return said or (known.name if known else "satuan")
