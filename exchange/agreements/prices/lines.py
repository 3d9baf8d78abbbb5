"""
A line of a negotiated price list, and what must hold of all lines together: a buyer finds at most one price for an order on a day.

Source: quantities and days are bounds that are both included, as UBL 2.1 has cbc:MinimumQuantity, cbc:MaximumQuantity and periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from exchange.errors import BadRequest
from exchange.store.products import ProductRow
from schemas.fields import plain
from schemas.units import unit_of_code

MOST_LINES = 2000
SEN, FINEST = Decimal("0.01"), Decimal("0.000001")
MOST_RUPIAH, MOST_QUANTITY = Decimal(10) ** 13, Decimal(10) ** 9
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The price in rupiah of one `unit` (Rec 20; None: `unit_said`) of a product for an order of min to max on days from to until."""

    sku: str
    unit: str | None
    unit_said: str | None
    price: Decimal
    quantity_min: Decimal | None = None
    quantity_max: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    note: str | None = None

    @property
    def grade(self) -> tuple[str, str | None, str | None, Decimal | None, date | None]:
        """What it is a price of; two lines with the same are one line at two prices."""
        return self.sku, self.unit, None if self.unit else self.unit_said, self.quantity_min, self.valid_from

    def as_json(self) -> dict[str, str | None]:
        """The line in plain words, as digests and the audit have it."""
        return {
            "sku": self.sku, "unit": self.unit, "unit_said": self.unit_said, "price": plain(self.price),
            "quantity_min": None if self.quantity_min is None else plain(self.quantity_min),
            "quantity_max": None if self.quantity_max is None else plain(self.quantity_max),
            "valid_from": None if self.valid_from is None else self.valid_from.isoformat(),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "note": self.note,
        }  # fmt: skip


class Fault(NamedTuple):
    """What is wrong with a line (its place, from 0) or with one cell of it, Indonesian; member: None for the line as a whole."""

    place: int
    member: str | None
    says: str


class Term(NamedTuple):
    """The days of a contract as far as they are known."""

    starts: date | None
    ends: date | None


def faults(lines: Sequence[Line], products: Mapping[str, ProductRow], covered: frozenset[str] | None, term: Term) -> list[Fault]:
    """
    All that keeps lines from being a list, in their order.

    products: by SKU, of those that exist; covered: the SKUs that are objects of the case, None where it has no objects yet.
    """
    found = [fault for place, line in enumerate(lines) for fault in _alone(place, line, products, covered, term)]
    if len(lines) > MOST_LINES:
        found.append(Fault(MOST_LINES, None, f"lebih dari {MOST_LINES} baris"))
    return sorted([*found, *_together(lines)], key=lambda fault: fault.place)


def _alone(place: int, line: Line, products: Mapping[str, ProductRow], covered: frozenset[str] | None, term: Term) -> Iterator[Fault]:
    if line.sku not in products:
        yield Fault(place, "sku", f"produk “{line.sku[:60]}” tidak ada dalam katalog")
    elif covered is not None and line.sku not in covered:
        yield Fault(place, "sku", f"produk {line.sku} bukan objek perjanjian ini; harganya tidak akan terbuka bagi mitra")
    if line.unit is not None and unit_of_code(line.unit) is None:
        yield Fault(place, "unit", f"kode satuan {line.unit} tidak ada dalam UN/ECE Rec 20 yang dikenal di sini")
    if line.unit is None and not line.unit_said:
        yield Fault(place, "unit", "satuannya tidak disebut, dan produknya tidak punya satuan")
    yield from _amounts(place, line)
    if line.valid_from and line.valid_until and line.valid_until < line.valid_from:
        yield Fault(place, "valid_until", f"{line.valid_until} mendahului {line.valid_from}")
    for member, day in (("valid_from", line.valid_from), ("valid_until", line.valid_until)):
        if day is not None and ((term.starts and day < term.starts) or (term.ends and day > term.ends)):
            yield Fault(place, member, f"{day} di luar jangka waktu perjanjian ({term.starts or '?'} sampai {term.ends or '?'})")


def _amounts(place: int, line: Line) -> Iterator[Fault]:
    if not line.price.is_finite() or not 0 < line.price <= MOST_RUPIAH:
        yield Fault(place, "price", "harga harus lebih dari 0 dan paling banyak 10 triliun rupiah")
    elif line.price % SEN:
        yield Fault(place, "price", f"harga {plain(line.price)} lebih halus dari sen; tidak ada yang dibulatkan diam-diam")
    for member in ("quantity_min", "quantity_max"):
        amount: Decimal | None = getattr(line, member)
        if amount is not None and (not amount.is_finite() or not 0 < amount <= MOST_QUANTITY or amount % FINEST):
            yield Fault(place, member, "jumlah harus lebih dari 0, paling banyak 1 miliar dan enam desimal")
    if line.quantity_min is not None and line.quantity_max is not None and line.quantity_max < line.quantity_min:
        yield Fault(place, "quantity_max", f"{plain(line.quantity_max)} di bawah jumlah minimum {plain(line.quantity_min)}")


def _together(lines: Sequence[Line]) -> Iterator[Fault]:
    """Lines of one product and unit that hold for one order on one day: two prices of the same thing."""
    by_product: dict[tuple[str, str | None, str | None], list[tuple[int, Line]]] = {}
    for place, line in enumerate(lines):
        before = by_product.setdefault((line.sku, line.unit, None if line.unit else line.unit_said), [])
        for other, one in before:
            if _meet(line.quantity_min, line.quantity_max, one.quantity_min, one.quantity_max) and _meet(
                line.valid_from, line.valid_until, one.valid_from, one.valid_until
            ):
                yield Fault(place, None, f"bertumpang dengan baris ke-{other + 1}: satu jumlah pada satu hari punya dua harga")
                break
        before.append((place, line))


def _meet(
    low: Decimal | date | None, high: Decimal | date | None, other_low: Decimal | date | None, other_high: Decimal | date | None
) -> bool:
    """Whether two spans, both ends included and None without one, have anything in common."""
    return not _before(high, other_low) and not _before(other_high, low)


def _before(high: Decimal | date | None, low: Decimal | date | None) -> bool:
    return high is not None and low is not None and high < low  # type: ignore[operator]  # both are of one kind


def refuse(found: Sequence[Fault], label: str = "baris") -> None:
    """Raise BadRequest where there are faults, with all of them under `errors`."""
    if found:
        said = "; ".join(f"{label} {fault.place + 1}: {fault.says}" for fault in found[:5])
        more = f"; dan {len(found) - 5} lagi" if len(found) > 5 else ""
        errors = [{"line": fault.place + 1, "field": fault.member, "says": fault.says} for fault in found]
        raise BadRequest(f"Daftar harga belum dapat dicatat: {said}{more}.", mend="Perbaiki yang disebut, lalu ulangi.", errors=errors)


class Difference(NamedTuple):
    """What becomes of one line: `baru`, `berubah`, `tetap` or `hilang`; before, after: None on the side where it is not."""

    kind: str
    before: Line | None
    after: Line | None


def compare(before: Sequence[Line], after: Sequence[Line]) -> list[Difference]:
    """A list against the one before, line by line: those of the new one in its order, then those that are no longer there."""
    had = {line.grade: line for line in before}
    found = []
    for line in after:
        old = had.pop(line.grade, None)
        found.append(Difference("baru" if old is None else "tetap" if old == line else "berubah", old, line))
    return [*found, *(Difference("hilang", line, None) for line in had.values())]
