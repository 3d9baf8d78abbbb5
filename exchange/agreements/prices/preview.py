"""What a sheet would make of a case's price list: the lines, what changes against the version that stands, what is refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from exchange.agreements.prices.lines import Difference, Line, compare
from exchange.agreements.prices.record import lines_of, wrong_with
from exchange.agreements.prices.sheet import Refusal, read_sheet, skus_of
from exchange.store.agreements import AgreementRow
from exchange.store.prices import lists_of
from exchange.store.products import products_by_sku


@dataclass(frozen=True, slots=True)
class Preview:
    """lines: as read; against: number of the newest version, 0 for none; refused: by cell; nothing is recorded while there are any."""

    lines: list[Line]
    against: int
    differences: list[Difference]
    refused: list[Refusal]
    warnings: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines become what."""
        found = dict.fromkeys(("baru", "berubah", "tetap", "hilang"), 0)
        for one in self.differences:
            found[one.kind] += 1
        return found


def preview(session: Session, row: AgreementRow, data: bytes, filename: str, today: date) -> Preview:
    """Read a file as the next version of a case's list; raises BadRequest where it holds none."""
    products = products_by_sku(session, skus_of(data, filename))
    taken = read_sheet(data, filename, products, today)
    versions = lists_of(session, row.id)
    before = lines_of(session, versions[-1] if versions else None)
    refused = taken.told(wrong_with(session, row, taken.lines))
    return Preview(taken.lines, versions[-1].number if versions else 0, compare(before, taken.lines), refused, taken.warnings)
