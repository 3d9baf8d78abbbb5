"""Where each part of a record comes from: the act that last changed it, or the kept answer that it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from exchange.catalogue.columns import READ_FROM
from exchange.store.audit import AuditRow
from exchange.store.demand_changes import DemandChangeRow
from exchange.store.demands import DemandRow
from exchange.store.import_sources import ImportSourceRow
from exchange.web.acts import act_word

LOOKED_AT = 200  # acts of one record
# the parts of a demand as pages name them → its columns
DEMAND_PARTS = {
    "title": ("title",), "description": ("description",), "buyer": ("buyer_name", "buyer_code", "buyer_unit"),
    "region": ("region", "place"),
    "category": ("category",), "items": ("items",), "quantity": ("quantity_said", "items"),
    "budget": ("budget_amount", "budget_currency", "budget_basis"),
    "selection": ("selection_start", "selection_end", "selection_precision"),
    "contract": ("contract_start", "contract_end", "contract_precision"), "use": ("use_start", "use_end", "use_precision"),
    "eligibility": ("domestic_product", "small_business"), "method": ("method",), "demand_status": ("status",),
    "published_at": ("published_at",), "url": ("url",),
}  # fmt: skip
# the parts that are told of though a source says nothing of them
ALWAYS = frozenset({"title", "buyer", "region", "category", "items", "quantity", "budget", "selection", "demand_status"})


class Cell(NamedTuple):
    """Where in a workbook. address: as spreadsheets write it, `Produk!D17`; import_id: the page's import, None where a command read it."""

    address: str
    sheet: str
    row: int
    import_id: int | None


class Origin(NamedTuple):
    """
    One part. at: None where it is not on record; what: the act in words; who: the actor.

    where: file, sheet and row, or the place in the kept answer whose digest is `answer`; cell: of a workbook, where that is on record.
    source: of a demand; raw: the address of the record as it came; is_said: whether it says anything of this part.
    """

    field: str
    at: datetime | None = None
    what: str | None = None
    who: str | None = None
    where: str | None = None
    answer: str | None = None
    cell: Cell | None = None
    source: str | None = None
    raw: str | None = None
    is_said: bool = True


def of_record(acts: Iterable[tuple[AuditRow, ImportSourceRow | None]], fields: Iterable[str]) -> list[Origin]:
    """Each field with the latest act that changed it; acts: the latest first, each with the taking of a file that it was part of."""
    found: dict[str, Origin] = {}
    for act, source in acts:
        for field in _changed(act.facts):
            if field not in found:
                cell = None if source is None else _cell(act, field, source)
                found[field] = Origin(field, act.at, act_word(act.action), act.actor, act.facts.get("origin"), cell=cell)
    return [found.get(field, Origin(field)) for field in fields]


def _cell(act: AuditRow, field: str, source: ImportSourceRow) -> Cell | None:
    """The cell that an import read a field from, or the cells that it may have; None where no column bears it."""
    _digest, table, row = act.facts["cell"]
    table, row = act.facts.get("cells", {}).get(field, (table, row))
    sheet, columns = source.tables[table]
    members = READ_FROM[act.kind].get(field, (field,))
    places = ", ".join(f"{columns[member]}{row}" for member in members if member in columns)
    named = sheet if re.fullmatch(r"\w+", sheet) else "'" + sheet.replace("'", "''") + "'"
    # a doubt is decided later: meanwhile the same file may have come again, as another import
    number = act.facts.get("import", source.import_id)
    return Cell(f"{named}!{places}", sheet, row, number) if places else None


def _changed(facts: dict[str, Any]) -> Iterable[str]:
    changes = facts.get("changes")
    if isinstance(changes, dict):
        return changes
    after = facts.get("after")  # of a proposal that was applied
    return after if isinstance(after, dict) else ()


def of_demand(row: DemandRow, changes: Sequence[DemandChangeRow]) -> list[Origin]:
    """
    Each part with the retrieval that last changed it; changes: the latest first.

    A part that none of them names stands as it first came, where every version is on record; else when it changed is not. Such a part is
    the same in the latest record, which its address leads to.
    """
    whole = len(changes) + sum(change.forgotten for change in changes) == row.version - 1
    latest = Origin("", source=row.source.name, raw=url_for("web_source_runs.raw", name=row.source.name, ident=row.ident))
    found = []
    for part, columns in DEMAND_PARTS.items():
        is_said = any(_says(row, name, part) for name in columns)
        if not is_said and part not in ALWAYS:
            continue
        its = next((change for change in changes if not set(columns).isdisjoint(change.fields)), None)
        told = latest._replace(field=part, is_said=is_said)
        if its is not None:
            raw = url_for("web_source_runs.raw", name=row.source.name, ident=row.ident, versi=its.version)
            found.append(told._replace(at=its.at, where=str(its.raw_position + 1), answer=its.raw_answer, raw=raw))
        elif row.version == 1:
            found.append(told._replace(at=row.first_seen_at, where=str(row.raw_position + 1), answer=row.raw_answer))
        else:
            found.append(told._replace(at=row.first_seen_at if whole else None))
    return found


def _says(row: DemandRow, column: str, part: str) -> bool:
    value = getattr(row, column)
    if part == "quantity" and column == "items":
        return any(item.get("quantity") for item in value)
    return value not in (None, [], {})
