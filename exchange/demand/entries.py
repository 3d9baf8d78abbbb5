"""
What a demand is found by: its words by their roots, the values that lists are narrowed by, and those that they are ordered by.

A tier reads a demand whole or not at all, so no word of it is more hidden than another; who reads it stands among its terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from exchange.access.policy import bits
from exchange.access.searching import MONEY, micros, scaled
from exchange.access.segments import readers, table_of_demands
from exchange.store.demands import DemandRow
from exchange.store.postings import SIZE, Entry
from exchange.store.sources import SourceRow
from schemas.demand import CATEGORIES, STATUSES
from schemas.reading.searching import terms_of

TITLE: Final = "+"
HELD: Final = "#h"
LIVE: Final = "#l"
ANY: Final = "#a"
_LARGEST = 2**61
_JAKARTA = ZoneInfo("Asia/Jakarta")
_ASKED = (
    DemandRow.id, DemandRow.ident, DemandRow.reference, DemandRow.title, DemandRow.description, DemandRow.buyer_name, DemandRow.buyer_unit,
    DemandRow.place, DemandRow.items, DemandRow.region, DemandRow.status, DemandRow.category, DemandRow.source_id, DemandRow.budget_amount,
    DemandRow.budget_currency, DemandRow.use_start, DemandRow.use_end, DemandRow.contract_start, DemandRow.contract_end,
    DemandRow.selection_start, DemandRow.selection_end, DemandRow.published_at, DemandRow.updated_at, DemandRow.state,
    DemandRow.missing_since,
    SourceRow.region.label("source_region"), SourceRow.public,
)  # fmt: skip


def term_of(name: str, value: object) -> str:
    """The term of a value that narrows lists; `region` (a province too), `status`, `category`, `source` (its id), `reader` (a bit)."""
    return f"#{name}:{value}"


def region_number(code: str | None) -> int:
    """A region code as a whole number: 36.72 is 3672, a province 3600; 0 where it is none."""
    digits = (code or "").replace(".", "").ljust(4, "0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 4 else 0


def region_code(number: int) -> str:
    """The code of such a number."""
    return f"{number // 100:02}" + (f".{number % 100:02}" if number % 100 else "")


def name_number(ident: str) -> int:
    """The first bytes of a public name behind `d-`, never 0, so that names ordered by their bytes are ordered by these, ties among them."""
    told = ident.encode()
    if not told.startswith(b"d-"):
        return 1 if told < b"d-" else 2**32 - 1
    return min(max(int.from_bytes(told[2:6].ljust(4, b"\0"), "big"), 1), 2**32 - 1)


def day_number(day: date | None) -> int:
    """A day as its ordinal; 0 for none."""
    return day.toordinal() if day else 0


def month_number(day: date | None) -> int:
    """A day's month as months since the year 0; 0 for none."""
    return day.year * 12 + day.month - 1 if day else 0


def month_key(number: int) -> str:
    """Such a number as YYYY-MM."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def needed_on(row: Any) -> date | None:
    """When goods are needed by the most exact of what is said, else when that was published, in Jakarta: as `store.unmet.Window` has it."""
    said = (row.use_start, row.use_end, row.contract_start, row.contract_end, row.selection_start, row.selection_end)
    published: datetime | None = row.published_at
    return next((day for day in said if day is not None), published and published.astimezone(_JAKARTA).date())


def entries_of(session: Session, numbers: Sequence[int], home_region: str) -> dict[int, Entry]:
    """The entries of demands by their numbers, as they are now."""
    found: dict[int, Entry] = {}
    for start in range(0, len(numbers), 500):
        found |= _entries(session, _query().where(DemandRow.id.in_(numbers[start : start + 500])), home_region)
    return found


def entries_of_block(session: Session, block: int, home_region: str) -> dict[int, Entry]:
    """The entries of all demands of a block."""
    return _entries(session, _query().where(DemandRow.id >= block * SIZE, DemandRow.id < (block + 1) * SIZE), home_region)


def _query() -> Select[Any]:
    return select(*_ASKED).join(SourceRow, SourceRow.id == DemandRow.source_id).execution_options(yield_per=2000)


def _entries(session: Session, query: Select[Any], home_region: str) -> dict[int, Entry]:
    return {row.id: _entry(row, home_region) for row in session.execute(query)}


def _entry(row: Any, home_region: str) -> Entry:
    terms = terms_of(_text(row))
    terms.update(TITLE + term for term in terms_of(row.title))
    if row.state == "live":
        terms.add(LIVE)
        terms.update(_readers(row.source_region, home_region, row.public))
    terms.update((ANY, term_of("status", row.status), term_of("category", row.category), term_of("source", row.source_id)))
    if row.region:
        terms.update((term_of("region", row.region), term_of("region", row.region[:2])))
    if row.state == "live" and row.missing_since is not None:
        terms.add(HELD)
    budget = row.budget_amount if row.budget_currency == "IDR" else None
    values = {
        "name": name_number(row.ident), "budget": 0 if budget is None else min(scaled(budget, MONEY) or 0, _LARGEST) + 1,
        "deadline": day_number(row.selection_end), "changed": micros(row.updated_at), "region": region_number(row.region),
        "status": STATUSES.index(row.status) + 1 if row.status in STATUSES else 0, "source": row.source_id,
        "category": CATEGORIES.index(row.category) + 1 if row.category else 0, "need": month_number(needed_on(row)),
    }  # fmt: skip
    return Entry(tuple(terms), values)


@lru_cache(1024)
def _readers(region: str, home_region: str, public: bool) -> tuple[str, ...]:
    """The terms of who reads the demands of a source."""
    return tuple(term_of("reader", bits([tier])) for tier in readers(table_of_demands(region, home_region, public=public)))


def _text(row: Any) -> str:
    parts = [row.title, row.reference, row.description, row.buyer_name, row.buyer_unit, row.place]
    for item in row.items:
        parts += item["text"], item["specification"]
    return "\n".join(part for part in parts if part)
