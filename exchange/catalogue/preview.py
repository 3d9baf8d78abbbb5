"""An import as lines to look at: what it would make new, what it would change and how, what it refuses, what it is in doubt of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson

from exchange.catalogue.doubts import checked, merged
from exchange.catalogue.outcome import REJECT, SKIP, Known, Pending, Report, RowReport
from exchange.catalogue.product_rows import as_wire
from exchange.catalogue.same_product import new_sku
from exchange.errors import BadRequest

# what both sheets keep beside what a row says, and what a reader of the page knows from the heading
_UNSAID = frozenset({"nib", "sku", "kbli_edition", "kbki_edition", "hs_edition"})
_MOST_OWN = 100
_SINGULAR = {"business": "firm", "product": "product"}


@dataclass(slots=True)
class Line:
    """
    One thing that an import says.

    part: `firm_new`, `firm_changed`, `product_new`, `product_changed`, `doubt`, `refused`, `same` or `skipped`; key: NIB or SKU; noted:
    whether something was read otherwise than it stands. body, as JSON: `kind`; `fields`: [member, before, after] of what differs;
    `firm`: its owner's name; `publishes`: whether it would be published; `notes`: [address, value as it stands, what was done, whether
    that is a warning]; `reason`, `mend` and `at` [address, value, heading] of a refusal; `doubt` of a doubt.
    """

    part: str
    row: RowReport
    key: str
    name: str
    body: dict[str, Any]
    noted: bool = False
    pending: Pending | None = None
    print: str = field(default="", init=False)

    def __post_init__(self) -> None:
        about = [self.part, self.key, self.body.get("fields"), self.body.get("reason"), self.body.get("doubt"), self.body.get("publishes")]
        self.print = hashlib.blake2b(orjson.dumps(about), digest_size=16).hexdigest()

    @property
    def place(self) -> tuple[str, int, bool]:
        """Where it stands in the file; a doubt beside the record that the same row makes."""
        return self.row.sheet, self.row.row, self.part == "doubt"


def lines_of(report: Report, known: Known) -> list[Line]:
    """Every row of the file answered for, in its order, and each doubt behind the row that raised it."""
    doubts: dict[int, list[Pending]] = {}
    for pending in report.pending:
        if pending.row is not None:
            doubts.setdefault(id(pending.row), []).append(pending)
    own: dict[str, list[dict[str, Any]]] = {}
    for product in (known.products | report.products).values():
        own.setdefault(product["nib"], []).append(product)
    seen: set[tuple[str, str]] = set()
    lines: list[Line] = []
    for row in report.rows:
        waiting = doubts.get(id(row), [])
        if row.key is not None or not waiting:
            lines.append(_record(row, report, known, seen))
        lines += [_doubt(row, pending, report, known, own) for pending in waiting]
    return lines


def _record(row: RowReport, report: Report, known: Known, seen: set[tuple[str, str]]) -> Line:
    body: dict[str, Any] = {"kind": row.kind, "notes": _notes(row)}
    if row.action == REJECT:
        at = [row.at.address, row.at.found, row.at.done] if row.at else None
        reason = (row.reason or "").removeprefix(f"{row.at.done}: " if row.at and row.at.done else "")
        return Line("refused", row, "", row.name, body | {"reason": reason, "mend": row.mend, "at": at})
    if row.action == SKIP or row.key is None:
        return Line("skipped", row, "", row.name, body | {"reason": row.reason}, bool(body["notes"]))
    if (row.kind, row.key) in seen:
        return Line("same", row, row.key, row.name, body, bool(body["notes"]))
    seen.add((row.kind, row.key))
    before = (known.businesses if row.kind == "business" else known.products).get(row.key, {})
    after = (report.businesses if row.kind == "business" else report.products)[row.key]
    firm = after if row.kind == "business" else _firm(after["nib"], report, known)
    body |= {"fields": differing(before, after), "publishes": bool(firm.get("consented_on"))}
    if row.kind == "product":
        body["firm"] = firm.get("name")
    part = "same" if not body["fields"] else f"{_SINGULAR[row.kind]}_{'changed' if before else 'new'}"
    return Line(part, row, row.key, str(after["name"]), body, bool(body["notes"]))


def _doubt(row: RowReport, pending: Pending, report: Report, known: Known, own: dict[str, list[dict[str, Any]]]) -> Line:
    sku = pending.similar if pending.kind == "product" else pending.key
    stored = report.products.get(sku or "") or known.products.get(sku or "") or {}
    nib = str(pending.data.get("nib") or stored.get("nib"))
    firm = _firm(nib, report, known)
    name = str(pending.data.get("name") or stored.get("name") or row.name)
    then = _typed(merged(pending.data, stored, sku or "-"))
    doubt: dict[str, Any] = {"kind": pending.kind, "data": pending.data, "origin": pending.origin, "similar": sku}
    if pending.kind == "product":
        doubt["own"] = [[each["sku"], each["name"]] for each in sorted(own.get(nib, ()), key=lambda each: str(each["sku"]))[:_MOST_OWN]]
        doubt["free"] = new_sku(str(firm.get("name", "")), name)
    body = {"kind": "product", "notes": [], "fields": differing(stored, then), "firm": firm.get("name")}
    body |= {"reason": pending.reason, "doubt": doubt, "about": stored.get("name"), "publishes": bool(firm.get("consented_on"))}
    if pending.row is not None and pending.row.key is None:
        body["notes"] = _notes(row)
    return Line("doubt", row, pending.key[:400], name, body, pending=pending)


def _firm(nib: str, report: Report, known: Known) -> dict[str, Any]:
    return report.businesses.get(nib) or known.businesses.get(nib) or {}


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[list[Any]]:
    """[member, before, after] of the members that differ, as JSON keeps them; of a new record those that say something."""
    if before:
        names = [name for name, value in after.items() if name not in _UNSAID and before.get(name) != value]
    else:
        names = [name for name, value in after.items() if name not in _UNSAID and value not in (None, [], False, "")]
    old, new = as_wire(before), as_wire(after)
    return [[name, old.get(name), new[name]] for name in names]


def _typed(wire: dict[str, Any]) -> dict[str, Any]:
    """A product's values as they would be kept; as they stand where it could not be kept so."""
    try:
        return checked(wire)
    except BadRequest:
        return wire


def _notes(row: RowReport) -> list[list[Any]]:
    """What was read otherwise than it stands, by cell, and the warnings that no cell stands for."""
    cells = [[each.address, each.found, each.done, any(said.endswith(each.done) for said in row.warnings)] for each in row.cells]
    return cells + [["", "", said, True] for said in row.warnings if not any(said.endswith(each.done) for each in row.cells)]


def publication(lines: list[Line], report: Report, known: Known) -> dict[str, int]:
    """
    What would come to be published: `agreed`: firms that agree by this file, `revoked`: that do so no more, `shown` and `kept_back`: new
    and changed products of firms that agreed and of those that did not.
    """
    counts = dict.fromkeys(("agreed", "revoked", "shown", "kept_back"), 0)
    for nib, firm in report.businesses.items():
        was, now = bool(known.businesses.get(nib, {}).get("consented_on")), bool(firm.get("consented_on"))
        counts["agreed"] += now and not was
        counts["revoked"] += was and not now
    for line in lines:
        if line.part in {"product_new", "product_changed"}:
            counts["shown" if line.body["publishes"] else "kept_back"] += 1
    return counts
