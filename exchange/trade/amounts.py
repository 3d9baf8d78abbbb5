"""Exact amounts of trade: quantities to six decimals, rupiah to sen; what would have to be rounded in silence is refused."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from exchange.errors import BadRequest

SEN = Decimal("0.01")
FINEST = Decimal("0.000001")
# a sum of nine thousand lines is still kept exactly
MOST_QUANTITY = Decimal(10) ** 9
MOST_RUPIAH = Decimal(10) ** 13
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def quantity(given: Decimal, what: str = "Jumlah") -> Decimal:
    """A quantity above 0, of at most six decimals; raises BadRequest."""
    return _checked(given, FINEST, MOST_QUANTITY, what, "6")


def rupiah(given: Decimal, what: str = "Harga") -> Decimal:
    """A sum above 0 in rupiah, exact to sen; raises BadRequest."""
    return _checked(given, SEN, MOST_RUPIAH, what, "2")


def _checked(given: Decimal, step: Decimal, most: Decimal, what: str, places: str) -> Decimal:
    if not given.is_finite() or given <= 0 or given > most:
        raise BadRequest(f"{what} harus lebih dari 0 dan paling banyak {said(most)}.", mend="Tulis bilangannya dengan angka.")
    if given % step:
        raise BadRequest(f"{what} {said(given)} lebih dari {places} desimal.", mend=f"Pakai paling banyak {places} desimal.")
    return given.quantize(step, context=_EXACT)


def value_of(amount: Decimal, price: Decimal) -> Decimal:
    """amount × price, exact; raises BadRequest where it is no whole number of sen or too large."""
    with localcontext(_EXACT):
        value = amount * price
        if value > MOST_RUPIAH:
            raise BadRequest(f"Nilai Rp {said(value)} terlalu besar.", mend=f"Paling banyak Rp {said(MOST_RUPIAH)} satu baris.")
        if value % SEN or value <= 0:
            raise BadRequest(
                f"{said(amount)} × Rp {said(price)} tidak genap dalam sen.",
                mend="Ubah harga atau jumlahnya supaya nilainya genap dalam sen; tidak ada yang dibulatkan diam-diam.",
            )
        return value.quantize(SEN)


def share_of(value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """The value of a part of the whole (0 ≤ part ≤ whole), half even to sen; of the whole itself all of it."""
    with localcontext(_EXACT):
        return value if part == whole else (value * part / whole).quantize(SEN)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """An exact sum; what is not said counts nothing."""
    with localcontext(_EXACT):
        return sum((value for value in values if value is not None), Decimal(0)).quantize(SEN)


def said(value: Decimal) -> str:
    """A number as Indonesians write it, whole and exact: 1.250,5."""
    return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))
