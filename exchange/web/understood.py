"""How a listing would be understood, field by field, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from exchange.web.shown import money, number, period
from exchange.web.words import word, yes_no

LABELS = {
    "reference": _l("Nomor di sumber"),
    "title": _l("Judul"),
    "description": _l("Keterangan"),
    "buyer": _l("Pembeli"),
    "region": _l("Wilayah"),
    "place": _l("Tempat penyerahan"),
    "category": _l("Kategori"),
    "items": _l("Yang diminta"),
    "quantity_said": _l("Jumlah keseluruhan"),
    "budget": _l("Anggaran"),
    "periods": _l("Jadwal"),
    "eligibility": _l("Syarat"),
    "method": _l("Cara pemilihan"),
    "status": _l("Status"),
    "published_at": _l("Diumumkan"),
    "url": _l("Tautan"),
    "related": _l("Nomor lain"),
    "name": _l("Nama barang"),
    "producer": _l("Pembuat"),
}
_PERIODS = {"selection": _l("pemilihan"), "contract": _l("kontrak"), "use": _l("pemanfaatan")}
_MOST_ITEMS = 5


class Line(NamedTuple):
    """One field: its name and label, what was read as text (None: nothing), and what is wrong with it."""

    name: str
    label: object
    value: str | None
    wrong: str | None = None


def lines(record: dict[str, Any]) -> list[Line]:
    """The fields of a demand or an offer in wire form; empty ones too, so that a reader sees what is missing."""
    return [Line(name, LABELS[name], said(name, record[name])) for name in LABELS if name in record]


def part_lines(parts: dict[str, Any]) -> list[Line]:
    """The same of parts that were read one by one: each a `value`, or what is `wrong`."""
    found = []
    for name, label in LABELS.items():
        if name in parts:
            part = parts[name]
            value = None if "wrong" in part else said(name, part["value"])
            found.append(Line(name, label, value, part.get("wrong")))
    return found


def said(name: str, value: Any) -> str | None:
    """A field's value as text; None where it says nothing."""
    if value in (None, "", [], {}):
        return None
    if name == "buyer":
        return " · ".join(str(part) for part in (value["name"], value.get("code"), value.get("unit")) if part)
    if name == "producer":
        return str(value.get("name") or "") or None
    if name == "budget":
        return f"{money(Decimal(str(value['amount'])), value['currency'])} ({word(value['basis'], 'basis')})"
    if name == "items":
        told = "; ".join(_item(each) for each in value[:_MOST_ITEMS])
        return f"{told}; … ({number(len(value))})" if len(value) > _MOST_ITEMS else told
    if name == "periods":
        return "; ".join(_periods(value)) or None
    if name == "eligibility":
        names = {"domestic_product": _l("produk dalam negeri"), "small_business": _l("usaha kecil")}
        return "; ".join(f"{names[key]}: {yes_no(each)}" for key, each in value.items() if each is not None and key in names) or None
    if name == "related":
        return "; ".join(f"{kind}: {', '.join(map(str, ids))}" for kind, ids in value.items()) or None
    if name in {"category", "status"}:
        return str(word(value, "category" if name == "category" else "demand_status"))
    return str(value)


def _item(item: dict[str, Any]) -> str:
    quantity = item.get("quantity")
    return f"{item['text']} ({quantity['said']})" if quantity and quantity.get("said") else str(item["text"])


def _periods(value: dict[str, Any]) -> Iterator[str]:
    for name, each in value.items():
        if each:
            ends = {part: _day(each[part]) for part in ("start", "end")}
            yield f"{_PERIODS.get(name, name)}: {period(each | ends)}"


def _day(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value
