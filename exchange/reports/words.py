"""
Amounts in words and days as official letters write them, in Indonesian; figures with `.` between thousands and `,` before decimals.

Bounds
  Words are made for 0 to 10^15, both included; sums of money to the whole sen. What lies outside raises ValueError and is never rounded.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MOST = 10**15
SEN = Decimal("0.01")
_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_SCALES = ("", "ribu", "juta", "miliar", "triliun", "kuadriliun")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    said: list[str] = []
    if hundreds:
        said += ["seratus"] if hundreds == 1 else [_ONES[hundreds], "ratus"]
    if rest == 10:
        said.append("sepuluh")
    elif rest == 11:
        said.append("sebelas")
    elif 11 < rest < 20:
        said += [_ONES[rest - 10], "belas"]
    else:
        tens, ones = divmod(rest, 10)
        said += [_ONES[tens], "puluh"] if tens else []
        said += [_ONES[ones]] if ones else []
    return said


def whole(number: int) -> str:
    """A whole number from 0 to 10^15 in words: 1250 is “seribu dua ratus lima puluh”."""
    if not 0 <= number <= MOST:
        raise ValueError(f"{number} is not between 0 and {MOST}")
    if number == 0:
        return _ONES[0]
    said: list[str] = []
    for power in range(len(_SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if not group:
            continue
        if power == 1 and group == 1:  # “seribu”, but “satu juta”
            said.append("seribu")
        else:
            said += _below_thousand(group) + ([_SCALES[power]] if power else [])
    return " ".join(said)


def rupiah(amount: Decimal) -> str:
    """
    A sum in words: 1250.50 is “seribu dua ratus lima puluh rupiah lima puluh sen”.

    Raises:
        ValueError: below zero, above 10^15, not a number, or with less than a sen in it.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is not a sum")
    rupiahs = int(amount) if 0 <= amount <= MOST else -1
    sen = (amount - rupiahs) * 100
    if rupiahs < 0 or sen != int(sen):
        raise ValueError(f"{amount} is not a sum of whole sen between 0 and {MOST}")
    return f"{whole(rupiahs)} rupiah" + (f" {whole(int(sen))} sen" if sen else "")


def figures(number: Decimal | int, places: int = 0) -> str:
    """A number with at least so many decimals and all that it has: 1250000.5 with two places is “1.250.000,50”."""
    number = Decimal(number)
    if not number.is_finite():
        raise ValueError(f"{number} is not a number")
    left, _, right = f"{abs(number):,f}".partition(".")
    right = right.rstrip("0").ljust(places, "0")
    sign = "-" if number < 0 and (right.strip("0") or left.strip("0,")) else ""
    return sign + left.replace(",", ".") + ("," + right if right else "")


def money(amount: Decimal) -> str:
    """A sum in figures: “Rp1.250.000,50”."""
    return ("-Rp" if amount < 0 else "Rp") + figures(abs(amount), 2)


def to_sen(amount: Decimal) -> Decimal:
    """A product of quantity and price as a sum that can be paid: half a sen goes up."""
    return amount.quantize(SEN, ROUND_HALF_UP)


def day(value: date) -> str:
    """“27 November 2026”."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def day_in_words(value: date) -> str:
    """“Jumat tanggal dua puluh tujuh bulan November tahun dua ribu dua puluh enam”, as deeds begin."""
    month = MONTHS[value.month - 1]
    return f"{DAYS[value.weekday()]} tanggal {whole(value.day)} bulan {month} tahun {whole(value.year)}"


def counted(number: int, unit: str) -> str:
    """“3 (tiga) tahun”."""
    return f"{number} ({whole(number)}) {unit}"
