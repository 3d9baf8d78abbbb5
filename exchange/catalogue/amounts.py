"""Price, unit, capacity, least order, lead time and weight of one product row, each as its column's heading means it."""

from __future__ import annotations

import re
from typing import Any

from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from exchange.catalogue.readers import read_days, read_kilograms
from schemas.reading.heading import Heading, scaled
from schemas.reading.money import Price, read_price
from schemas.reading.numbers import NUMBER, of_cell
from schemas.reading.quantities import Capacity, read_capacity, read_minimum
from schemas.reading.result import Reading
from schemas.reading.text import as_text, line, read_words
from schemas.reading.units import UnitSaid, read_unit

_PERIOD_COLUMNS = {"capacity_day": "hari", "capacity_week": "minggu", "capacity_month": "bulan", "capacity_year": "tahun"}
_BARE = re.compile(rf"\s*{NUMBER}(?:\s*(?:-|–|s/d|sd)\s*{NUMBER})?\s*")
LONGEST_UNIT = 80


def take_price(row: RowCells) -> Price | None:
    """From one column, or from one for each bound."""
    if row.has("price"):
        return _one_price(row, "price")
    low, high = _one_price(row, "price_min"), _one_price(row, "price_max")
    if not low or not high:
        return low or high
    if low.low > high.high:
        row.warn("price_min", "harga minimum di atas harga maksimum, ditukar")
        low, high = high, low
    return Price(low.low, high.high, low.per or high.per)


def _one_price(row: RowCells, member: str) -> Price | None:
    heading = row.heading(member)
    return row.take(member, lambda value: scaled(read_price(value), line(value), heading))


def take_unit(row: RowCells, stored: dict[str, Any] | None) -> UnitSaid | None:
    """The unit; of two (`kg/unit`) the one that the catalogue has."""
    unit = row.take("unit", _read_unit)
    if unit and unit.choices and stored:
        for each in unit.choices:
            if each.said == stored.get("unit_said"):
                row.warn("unit", f"satuan ganda {unit.said}, dipakai {each.said} sesuai katalog")
                return each
    return unit


def _read_unit(value: Any) -> Reading[UnitSaid]:
    text = line(value)
    if of_cell(value) is not None or (text and not any(sign.isalpha() for sign in text) and any(sign.isdigit() for sign in text)):
        return Reading(None, (f"“{text}” adalah angka, bukan satuan, dikosongkan",))
    if len(text) > LONGEST_UNIT:
        return Reading(None, (f"satuan sepanjang {len(text)} karakter, paling banyak {LONGEST_UNIT}: tidak diambil",))
    return read_unit(value)


def take_amounts(row: RowCells, desk: Desk, unit: UnitSaid | None, price: Price | None) -> dict[str, Any]:
    """The members of ProductSchema that are amounts, with the unit that they are in."""
    code = row.take("unit_code", read_words)
    if code and not re.fullmatch(r"[A-Z0-9]{2,3}", code):
        row.warn("unit_code", f"“{code}” bukan kode satuan Rec 20, tidak diambil")
        code = None
    capacity = _capacity(row, desk, unit)
    heading = row.heading("minimum_order")
    least = row.take("minimum_order", lambda value: read_minimum(_in_unit(value, heading), unit))
    if least is not None and capacity and capacity.period in {"bulan", "tahun"} and least > capacity.high:
        row.warn("minimum_order", f"pesanan minimum {least:f} melebihi kapasitas {capacity.high:f} per {capacity.period}")
    return {
        "unit_said": unit.said if unit else None,
        "unit_code": code or (unit.code if unit else None),
        "price_min": price.low if price else None,
        "price_max": price.high if price else None,
        "capacity_min": capacity.low if capacity else None,
        "capacity_max": capacity.high if capacity else None,
        "capacity_period": capacity.period if capacity else None,
        "minimum_order": least,
        "lead_time_days": row.take("lead_time_days", lambda value: read_days(_in_period(value, row))),
        "weight_kg": row.take("weight_kg", lambda value: read_kilograms(_in_unit(value, row.heading("weight_kg")))),
    }


def _in_unit(value: Any, heading: Heading) -> Any:
    """A bare number with the unit that its heading names, as if it had been written there."""
    if heading.unit is None or not (of_cell(value) is not None or _BARE.fullmatch(line(value))):
        return value
    return f"{as_text(value).replace('.', ',') if of_cell(value) is not None else line(value)} {heading.unit}"


def _in_period(value: Any, row: RowCells) -> Any:
    """A bare lead time with the period that stands in its heading's brackets."""
    said = re.search(r"\b(?:hari|minggu|bulan|jam)\b", row.title("lead_time_days"), re.I)
    if said is None or not (of_cell(value) is not None or _BARE.fullmatch(line(value))):
        return value
    return f"{as_text(value)} {said[0].lower()}"


def _capacity(row: RowCells, desk: Desk, unit: UnitSaid | None) -> Capacity | None:
    """With the period of the cell, else of the column's heading, else a month, which the file is told once."""
    for member in ("capacity", *_PERIOD_COLUMNS):
        if not row.has(member):
            continue
        heading = row.heading(member)
        capacity = row.take(member, lambda value, heading=heading: read_capacity(_in_unit(value, heading), unit))  # type: ignore[misc]
        if capacity is None or capacity.period:
            return capacity
        period = _PERIOD_COLUMNS.get(member) or heading.period
        if period is None:
            desk.without_period += 1
        return Capacity(capacity.low, capacity.high, period or "bulan")
    return None
