"""What is told of a firm and to whom, by the field policy itself; values of fields as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _

from exchange.access.policy import TABLES, Tier, view
from exchange.store.businesses import BusinessRow, business_record
from exchange.web import shown
from exchange.web.words import WORDS, word

_BESIDE = frozenset({"version", "updated_at", "is_sample", "ident"})
_WORDED = {"sector": "sector", "scale": "scale", "capacity_period": "period", "machines": "machines"}
_MONEY = frozenset({"investment", "price_min", "price_max"})


class Told(NamedTuple):
    """One field of a record. cells: whether each tier reads it, in the order of `Tier`."""

    field: str
    value: str
    cells: tuple[bool, ...]


def told_of_firm(firm: BusinessRow) -> list[Told]:
    """Each field of a firm with what it says and who reads it once the firm agreed; those that say nothing are left out."""
    record = business_record(firm) | {"ident": firm.ident, "version": firm.version, "updated_at": firm.updated_at}
    seen = {tier: view("business", record, tier) for tier in Tier}
    names = [name for name in TABLES["business"] if name not in _BESIDE and record.get(name) not in (None, [], "")]
    return [Told(name, value_shown(name, record[name]), tuple(name in seen[tier] for tier in Tier)) for name in names]


def product_fields() -> list[tuple[str, tuple[bool, ...]]]:
    """Each field of a product with who reads it."""
    table = TABLES["product"]
    return [(name, tuple(tier in tiers for tier in Tier)) for name, tiers in table.items() if name not in _BESIDE]


def first_read(fields: Iterable[tuple[str, tuple[bool, ...]]]) -> list[tuple[Tier, list[str]]]:
    """The same by reader, in words, staff left out: what each tier reads that none before it does; tiers that add nothing are left out."""
    its = list(fields)
    added = [(tier, [field_word(name) for name, cells in its if cells.index(True) == at]) for at, tier in enumerate(Tier)]
    return [(tier, names) for tier, names in added if names and tier is not Tier.STAFF]


def value_shown(name: str, value: Any) -> str:
    """A value of a record or of its history as pages show it."""
    if value is None or value == []:
        return str(_("kosong"))
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return str(_("ya") if value else _("tidak"))
    if name in _WORDED:
        return str(word(str(value), _WORDED[name]))
    if name in _MONEY:
        return shown.money(Decimal(str(value)))
    if isinstance(value, date):
        return shown.day(value)
    if name.endswith(("_on", "_until")) or name == "on":
        return _day(value)
    if isinstance(value, Decimal | int | float) and name not in {"founded_year"}:
        return shown.number(Decimal(str(value)))
    return str(value)


def _day(value: Any) -> str:
    try:
        return shown.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def field_word(name: str) -> str:
    """The word for a field; its name where there is none."""
    return str(WORDS["field"].get(name, name))


def changed_since(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of what a refusal says that somebody else changed."""
    return [(field_word(name), value_shown(name, old), value_shown(name, new)) for name, (old, new) in (facts.get("changed") or {}).items()]
