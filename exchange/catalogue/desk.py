"""What a row is judged by: the catalogue as kept, the rows before it, the day, and who agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exchange.catalogue.outcome import Known, Report, RowReport
from exchange.catalogue.places import Places
from schemas.reading.codes import read_nib
from schemas.reading.names import firm_key, form_in, name_key
from schemas.reading.result import Reading


@dataclass(slots=True)
class Desk:
    """One import at work. `firms` and `products` are the catalogue as it will be, row by row."""

    known: Known
    today: date
    consent: tuple[date, str] | None
    report: Report
    origin: str
    keeps_kinds: bool = True
    places: Places = field(default_factory=Places)
    needs: set[str] = field(default_factory=set)
    firms: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen_firms: dict[str, RowReport] = field(default_factory=dict)
    seen_products: dict[tuple[str, str], RowReport] = field(default_factory=dict)
    without_period: int = 0
    _by_owner: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _by_key: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.firms = dict(self.known.businesses)
        self.products = dict(self.known.products)
        for firm in self.firms.values():
            self.places.learn(firm.get("subdistrict"), firm.get("district"))
            self.needs.update(need.casefold() for need in firm.get("training_needs") or ())
            self._by_key.setdefault(firm_key(firm["name"]), set()).add(firm["nib"])
        for product in self.products.values():
            self._by_owner.setdefault(product["nib"], []).append(product)

    def nib_of(self, value: Any) -> Reading[str]:
        """A NIB; in a CSV, where spreadsheets drop leading noughts in silence, a known firm's gets them back."""
        return read_nib(value) if self.keeps_kinds else read_nib(value, self.firms)

    def keep_firm(self, record: dict[str, Any], row: RowReport) -> None:
        """The firm as it stands after this row."""
        self.report.told_by(record["nib"], record, self.firms.get(record["nib"], {}), row)
        self.firms[record["nib"]] = self.report.businesses[record["nib"]] = record
        self._by_key.setdefault(firm_key(record["name"]), set()).add(record["nib"])

    def keep_product(self, record: dict[str, Any], row: RowReport) -> None:
        """The product as it stands after this row."""
        self.report.told_by(record["sku"], record, self.products.get(record["sku"], {}), row)
        others = [each for each in self.products_of(record["nib"]) if each["sku"] != record["sku"]]
        self._by_owner[record["nib"]] = [*others, record]
        self.products[record["sku"]] = self.report.products[record["sku"]] = record

    def products_of(self, nib: str) -> list[dict[str, Any]]:
        """The products of one firm."""
        return self._by_owner.get(nib, [])

    def firms_named(self, name: str) -> list[str]:
        """NIBs of the firms that a name can mean; a legal form that is written must agree."""
        found = self._by_key.get(firm_key(name), set())
        whole = {nib for nib in found if name_key(self.firms[nib]["name"]) == name_key(name)}
        form = form_in(name)
        agree = {nib for nib in found if form is None or form_in(self.firms[nib]["name"]) in {None, form}}
        return sorted(whole if len(whole) == 1 else agree)
