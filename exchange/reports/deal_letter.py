"""The letter of an offer of goods, from a deal whose letter stands."""

from __future__ import annotations

from datetime import datetime

from exchange.reports.facts import Good, Letter, Office
from exchange.reports.kinds import Origin
from exchange.reports.letters.penawaran_produk import PenawaranProdukFacts
from exchange.trade.letter_facts import OfferLetter

KIND = "surat_penawaran_produk"


def facts_of_letter(offer: OfferLetter, version: int, at: datetime, emblem: bytes | None = None) -> PenawaranProdukFacts:
    """
    What the paper says. version: of the deal; at: when the letter was sent, with a zone, so that it is the same file each time.

    emblem: the coat of arms of its head, PNG.
    """
    goods = tuple(
        Good(commodity=line.product, description=line.sku, quantity=line.quantity, unit=line.unit, price=line.price, maker=line.firm)
        for line in offer.lines
    )
    place = (offer.office_place or "").removeprefix("Kota ").removeprefix("Kabupaten ") or None
    letter = Letter(
        number=offer.number, place=place, day=offer.dated, to=tuple(one for one in (offer.buyer, offer.buyer_unit) if one),
        to_place=offer.buyer_place,
    )  # fmt: skip
    government = f"Pemerintah {offer.office_place}" if offer.office_place else None
    return PenawaranProdukFacts(
        origin=Origin(case=offer.ident, version=str(version), made_at=at), letter=letter,
        office=Office(government=government, name=offer.office, contact=offer.office_contact, emblem=emblem),
        buyer=offer.buyer, demand=offer.demand, demand_number=offer.reference, goods=goods,
        valid_until=offer.valid_until, payment=offer.terms, contact=offer.office_contact,
        agreement=f"{offer.agreement[1]} ({offer.agreement[0]})" if offer.agreement else None,
    )  # fmt: skip
