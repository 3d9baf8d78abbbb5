"""Amounts with a unit and a period: `12 buah`, `5-10 kg/hari`, `≤ 3 unit/bulan`, `4,5 ton/bln`, `min. 10`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.reading.numbers import NUMBER, digits, of_cell
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line
from schemas.reading.units import UnitSaid, shown, unit_word
from schemas.units import convert

_PERIODS = {
    **dict.fromkeys(("hari", "hr", "h", "day", "harian"), "hari"),
    **dict.fromkeys(("minggu", "mgg", "mg", "mggu", "week", "pekan"), "minggu"),
    **dict.fromkeys(("bulan", "bln", "bl", "month", "bulanan"), "bulan"),
    **dict.fromkeys(("tahun", "thn", "th", "year"), "tahun"),
}
_TIMES = {"rb": 1000, "ribu": 1000, "rbu": 1000, "k": 1000, "jt": 10**6, "juta": 10**6}
_AMOUNT = rf"({NUMBER})\s*(?:(rb|rbu|ribu|jt|juta|k)(?![a-z]))?"
_DASH = r"\s*(?:-|–|—|~|s\.?/?d\.?|sampai(?: dengan)?|hingga)\s*"
_EACH = r"(?:per|tiap|setiap|se(?:hari|minggu|bulan|tahun))"
_UNIT = rf"((?!{_EACH})[^\W\d_][\w²³'.]*(?: (?!{_EACH})[^\W\d_]\w*)?)?"
_PERIOD = r"(?:\s*(?:/|per[ -]?|tiap |setiap |se(?=hari|minggu|bulan|tahun))\s*([a-z]+)\.?(?: kerja)?)?"
_BOUND = r"(≤|<=?|maks(?:imal)?\.?|max\.?|kurang dari|hingga|sampai|≥|>=?|min(?:imal)?\.?|lebih dari)"
_CAPACITY = re.compile(rf"{_BOUND}?\s*{_AMOUNT}(?:{_DASH}{_AMOUNT})?\s*{_UNIT}{_PERIOD}", re.I)
_ABOUT = re.compile(r"^(?:±|\+/-|~|≈|sekitar|kurang lebih|kira-kira|rata-rata)\s*", re.I)
_ROUNDLY = re.compile(r"(?<=\d)\s?(?:-?an|\+)(?=\s|/|$)", re.I)
_PERIOD_AHEAD = re.compile(r"^(?:se|per |tiap |setiap )(hari|minggu|bulan|tahun)\s*:?\s+(.+)$", re.I)
_BY_ORDER = re.compile(r"pesanan|order|permintaan|tergantung|sesuai", re.I)
_LEAST = re.compile(
    rf"(?:min(?:imal|imum)?\.?|mulai(?: dari)?|≥|>=)?\s*(?:order|pesan(?:an)?)?\s*:?\s*{_AMOUNT}\s*{_UNIT}"
    r"(?:\s*(?:/|per)\s*(?:order|pesanan))?",
    re.I,
)
_NO_LEAST = re.compile(r"bebas|(?:tanpa|tidak ada|tdk ada) (?:minimum|minimal|batas\w*)(?: order| pesanan)?|satuan|eceran", re.I)
PLACES = 6
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Capacity:
    """From `low` to `high` of the product's unit in one `period`; period None where none was said."""

    low: Decimal
    high: Decimal
    period: str | None


def _amount(number: str, times: str | None) -> Reading[Decimal]:
    read = digits(number)
    if read.value is None or not times:
        return read
    return Reading(read.value * _TIMES[times.lower()], read.warnings)


def in_unit(amount: Decimal, word: str | None, unit: UnitSaid | None) -> Reading[Decimal]:
    """
    An amount said in `word`, in the product's unit; as it stands where no word was said or both are one.

    None with a warning where the two measure different things: it is not guessed what a dus holds.
    """
    if not word or unit is None:
        return kept(amount)
    have = unit_word(word)
    same = have is not None and unit.unit is not None and (have.id == unit.unit.id or (have.code and have.code == unit.unit.code))
    if same or word.lower() in {unit.word, unit.said.lower()}:
        return kept(amount)
    exact = convert(amount, have, unit.unit) if have and unit.unit else None
    if exact is not None:
        return kept(exact)
    if have and unit.content and unit.content[1] and unit.content[0] > 0:
        inner = convert(amount, have, unit.content[1])
        if inner is not None:
            each = kept(inner / unit.content[0])
            if each.value is not None:
                return Reading(each.value, (f"{amount:f} {shown(have)} dihitung sebagai {each.value:f} {unit.said}", *each.warnings))
    return Reading(None, (f"{amount:f} {word} tidak dapat dihitung dalam {unit.said}, dikosongkan",))


def kept(amount: Decimal) -> Reading[Decimal]:
    """An amount as it can be kept: six decimals at most, and within bounds."""
    if abs(amount) > LARGEST:
        return Reading(None, (f"{amount:f} di luar yang mungkin",))
    exact = round(amount, PLACES)
    return Reading(
        exact if exact != exact.to_integral_value() else exact.quantize(Decimal(1)), () if exact == amount else ("hasil hitung dibulatkan",)
    )


def read_capacity(value: Any, unit: UnitSaid | None = None) -> Reading[Capacity]:
    """How much can be made: in the product's unit, with the period it was said in."""
    cell = of_cell(value)
    if cell is not None:
        if cell < 0:
            return Reading(None, (f"kapasitas {cell:f} di bawah nol",))
        whole = kept(cell)
        return Reading(None if whole.value is None else Capacity(whole.value, whole.value, None), whole.warnings)
    text = line(value).strip("' ")
    if not text:
        return Reading()
    if is_nothing(text):
        return Reading(None, (f"kapasitas “{text}” dibaca sebagai tidak diketahui, bukan nol",))
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", text.rstrip("* ")).strip()
    warnings: tuple[str, ...] = ()
    if ahead := _PERIOD_AHEAD.match(bare):
        bare = f"{ahead[2]}/{ahead[1]}"
    if about := _ABOUT.match(bare) or _ROUNDLY.search(bare):
        bare, warnings = bare[: about.start()] + bare[about.end() :], ("kapasitas perkiraan",)
    if (tail := re.search(r"[,;]\s+[^\d]+$", bare)) and _BY_ORDER.search(tail[0]):
        bare = bare[: tail.start()]
    found = _CAPACITY.fullmatch(bare)
    if found is None:
        return Reading(None, (f"kapasitas “{text}” tidak terbaca",))
    return _capacity(found, unit, warnings)


def _capacity(found: re.Match[str], unit: UnitSaid | None, warnings: tuple[str, ...]) -> Reading[Capacity]:
    sign, low_text, low_times, high_text, high_times, word, period_word = found.groups()
    period = _PERIODS.get(period_word.lower()) if period_word else None
    if period_word and period is None:
        return Reading(None, (*warnings, f"kapasitas per {period_word} tidak dapat disimpan (hari, minggu, bulan atau tahun)"))
    if period_word and period_word.lower() in {"hr", "h", "th"}:
        warnings += (f"{period_word} dibaca {period}",)
    low = _amount(low_text, low_times or (high_times if high_text else None))
    high = _amount(high_text, high_times) if high_text else low
    warnings += tuple(dict.fromkeys(low.warnings + high.warnings))
    if low.value is None or high.value is None:
        return Reading(None, warnings)
    ends = in_unit(low.value, word, unit), in_unit(high.value, word, unit)
    warnings += tuple(dict.fromkeys(ends[0].warnings + ends[1].warnings))
    if ends[0].value is None or ends[1].value is None:
        return Reading(None, warnings)
    start, stop = sorted((ends[0].value, ends[1].value))
    if sign:
        upper = sign.lower().startswith(("≤", "<", "ma", "kurang", "hingga", "sampai"))
        start = Decimal(0) if upper else start
        warnings += (f"tanda {sign} dibaca sebagai batas {'atas' if upper else 'bawah'}",)
    return Reading(Capacity(start, stop, period), warnings)


def read_minimum(value: Any, unit: UnitSaid | None = None) -> Reading[Decimal]:
    """The smallest order, in the product's unit; `tidak ada` is no limit, not nought."""
    cell = of_cell(value)
    if cell is not None:
        return kept(cell) if cell >= 0 else Reading(None, (f"pesanan minimum {cell:f} di bawah nol",))
    text = line(value).strip("' ")
    if not text:
        return Reading()
    if is_nothing(text) or _NO_LEAST.fullmatch(text):
        return Reading(None, (f"pesanan minimum “{text}” dibaca sebagai tidak ada batas",))
    found = _LEAST.fullmatch(re.sub(r"\s*\([^()]*\)$", "", text))
    if found is None:
        return Reading(None, (f"pesanan minimum “{text}” tidak terbaca",))
    amount = _amount(found[1], found[2])
    if amount.value is None:
        return amount
    exact = in_unit(amount.value, found[3], unit)
    return Reading(exact.value, amount.warnings + exact.warnings)
