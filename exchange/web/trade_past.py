"""The history of a deal in people's words, and what somebody else changed beside what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _

from exchange.errors import Conflict, ExchangeError
from exchange.store.trade import DealStepRow
from exchange.web import shown
from exchange.web.told import told
from exchange.web.words import word

_QUIET = frozenset({"agreement_id", "matches"})
# what a step says beside the deal's own values
_BESIDE = frozenset(
    {
        "warnings",
        "beyond",
        "answers",
        "delivery",
        "line",
        "day",
        "quantity",
        "value",
        "reference",
        "corrects",
        "agreement",
        "total",
        "added",
        "removed",
    }
)
# of which field of a form a value is, by the step's word; those of lines by their position
_TYPED = {
    "letter_number": "nomor", "letter_date": "tanggal", "valid_until": "sampai", "order_number": "nomor", "order_date": "tanggal",
    "terms": "syarat", "agreement": "perjanjian", "answer": "jawaban", "quantity": "jumlah", "price": "harga", "price_reason": "alasan",
    "ordered_quantity": "jumlah", "ordered_value": "nilai",
}  # fmt: skip


class Change(NamedTuple):
    """One value that a step changed, in words; before: None where there was none."""

    label: str
    before: str | None
    after: str


class Told(NamedTuple):
    """One step as people read it. notes: what it says beside."""

    row: DealStepRow
    what: object
    changes: list[Change]
    notes: list[str]


def told_steps(steps: Sequence[DealStepRow]) -> list[Told]:
    """All steps, the last first."""
    return [_told(step) for step in reversed(steps)]


def _told(step: DealStepRow) -> Told:
    names = [name for name in step.after if name not in _QUIET | _BESIDE]
    changes = [Change(_label(name), _maybe(name, step.before.get(name)), _said(name, step.after[name])) for name in names]
    return Told(step, word(step.step, "deal_step"), changes, _notes(step.after))


def _notes(after: Mapping[str, Any]) -> list[str]:
    notes = []
    if "delivery" in after:
        facts = {"nomor": after["delivery"], "baris": after["line"], "jumlah": shown.number(after["quantity"])}
        said = _("Penerimaan %(nomor)s, baris %(baris)s: %(jumlah)s", **facts)
        notes.append(f"{said}, {shown.money(after['value'])}, {_said('day', after['day'])}")
        if "corrects" in after:
            notes.append(_("membetulkan penerimaan %(number)s", number=after["corrects"]))
        if after.get("reference"):
            notes.append(_("Bukti: %(what)s", what=after["reference"]))
    notes += [_("Masuk: %(what)s", what=_line(one)) for one in after.get("added") or ()]
    notes += [_("Keluar: %(what)s", what=_line(one)) for one in after.get("removed") or ()]
    if "total" in after:
        notes.append(_("Seluruhnya %(sum)s", sum=shown.money(after["total"])))
    if "agreement" in after:
        notes.append(_("Perjanjian: %(name)s", name=after["agreement"]))
    notes += [_("Perhatikan: %(what)s", what=told(each)) for each in after.get("warnings") or ()]
    notes += [_("Melampaui penawaran: %(what)s", what=told(each)) for each in after.get("beyond") or ()]
    for number, answer in (after.get("answers") or {}).items():
        value = shown.money(answer["value"], answer["currency"]) if answer["value"] else word(answer["answer"], "deal_answer")
        notes.append(_("Mitra menjawab kecocokan %(number)s: %(what)s", number=number, what=value))
    return notes


def _line(one: Mapping[str, Any]) -> str:
    return str(_("baris %(place)s, %(product)s (%(firm)s)", place=one["line"], product=one["product_name"], firm=one["producer"]))


def _label(name: str) -> str:
    place, dot, field = name.partition(".")
    label = str(word(field if dot else name, "deal_field"))
    return str(_("baris %(place)s, %(what)s", place=place, what=label)) if dot else label


def _maybe(name: str, value: Any) -> str | None:
    return None if value is None else _said(name, value)


def _said(name: str, value: Any) -> str:
    """A value of the history as the pages show such values."""
    field = name.rpartition(".")[2]
    if value is None:
        return str(_("kosong"))
    if field == "state":
        return str(word(value, "deal"))
    if field == "answer":
        return str(word(value, "deal_answer"))
    if field in {"price", "value", "ordered_value"}:
        return shown.money(Decimal(value))
    if field in {"quantity", "ordered_quantity"}:
        return shown.number(Decimal(value))
    if field in {"letter_date", "valid_until", "order_date", "day"}:
        return shown.day(date.fromisoformat(value))
    return str(value)


def differing(refusal: ExchangeError | None, typed: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    """(what, as it is now, as it was typed or None where it was not) of all that changed since the reader's page was opened."""
    if not isinstance(refusal, Conflict) or "changed" not in refusal.facts:
        return []
    found: list[tuple[str, str, str | None]] = []
    for name, value in refusal.facts["changed"].items():
        if name in {"added", "removed"}:
            said = _("masuk") if name == "added" else _("keluar")
            found += [(_line(one), str(said), None) for one in value]
        if name in _QUIET | _BESIDE:
            continue
        place, dot, field = name.partition(".")
        if field == "value":  # follows from the two that are typed
            continue
        wanted = _TYPED.get(field if dot else name)
        found.append((_label(name), _said(name, value), typed.get(f"{wanted}-{place}" if dot else wanted or "") or None))
    return found
