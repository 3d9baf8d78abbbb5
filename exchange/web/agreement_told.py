"""The way of a case and its history as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from exchange.agreements.onward import possible
from exchange.agreements.rules import Rules, State
from exchange.store.agreements import AgreementFileRow, AgreementStepRow
from exchange.web.agreement_words import CATEGORIES, told
from exchange.web.shown import money, number
from exchange.web.told import told as sentence
from exchange.web.words import word
from schemas.units import unit_of_code, units

ASIDE = ("ditangguhkan", "batal")


class Change(NamedTuple):
    """One value that a step changed, in words."""

    label: str
    before: str
    after: str


class ToldStep(NamedTuple):
    """One step of the history in words. moved: from which state to which, None where it stayed."""

    number: int
    label: str
    office: str
    actor: str
    at: datetime
    article: str
    moved: tuple[str, str] | None
    changes: list[Change]
    note: str | None
    digest: str


class Stage(NamedTuple):
    """One stage of the way. standing: `done`, `passed` (not gone through), `here` or `ahead`; since: when it was first reached."""

    state: State
    standing: str
    since: datetime | None


def way(rules: Rules, instrument: str, state: str, steps: Sequence[AgreementStepRow]) -> list[Stage]:
    """The stages of an instrument in the order of the table; those aside of the way only where the case is or was in them."""
    reached: dict[str, datetime] = {}
    for step in steps:
        if isinstance(came := step.after.get("state"), str):
            reached.setdefault(came, step.at)
    there = possible(rules, instrument)
    names = [
        one for one in rules.states if one in there and (one not in ASIDE or one in reached) and (one != "berakhir" or state != "batal")
    ]
    place = names.index(state)
    found = []
    for number_, name in enumerate(names):
        gone = number_ < place or (state in ASIDE and name in reached)
        standing = "here" if name == state else ("done" if name in reached else "passed") if gone else "ahead"
        found.append(Stage(rules.states[name], standing, reached.get(name)))
    return found


def told_steps(rules: Rules, steps: Sequence[AgreementStepRow], files: Sequence[AgreementFileRow]) -> list[ToldStep]:
    """The history in words, the last step first."""
    names = {file.sha256: file.name for file in files}
    return [told_step(rules, step, names) for step in reversed(steps)]


def told_step(rules: Rules, step: AgreementStepRow, names: Mapping[str, str]) -> ToldStep:
    """One step in words."""
    known, office = rules.steps.get(step.step), rules.offices.get(step.office)
    before, after = step.before.get("state"), step.after.get("state")
    moved = None
    if before != after and isinstance(before, str) and isinstance(after, str):
        moved = _state(rules, before), _state(rules, after)
    changes = _begun(rules, step.after) if step.step == "mulai" else changes_of(rules, step.before, step.after, names)
    label = str(_("Perkara dibuka")) if step.step == "mulai" else known.label if known else step.step
    return ToldStep(
        number=step.number,
        label=label,
        office=office.label if office else step.office,
        actor=step.actor,
        at=step.at,
        article=step.article,
        moved=moved,
        changes=changes,
        note=step.note,
        digest=step.digest,
    )


def changes_of(rules: Rules, before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> list[Change]:
    """What changed between two sides of a step, without the state."""
    found = []
    for name, value in (after.get("facts") or {}).items():
        found.append(Change(rules.label(name), told(rules, name, (before.get("facts") or {}).get(name)), told(rules, name, value)))
    for kind, digest in (after.get("papers") or {}).items():
        found.append(Change(rules.label(kind), _file((before.get("papers") or {}).get(kind), names), _file(digest, names)))
    if "objects" in after:
        found.append(Change(str(_("Objek")), _objects(before.get("objects")), _objects(after["objects"])))
    if "matches" in after:
        found.append(Change(str(_("Kecocokan")), _pairs(before.get("matches")), _pairs(after["matches"])))
    return found


def _state(rules: Rules, name: str) -> str:
    known = rules.states.get(name)
    return known.label if known else name


def _file(digest: str | None, names: Mapping[str, str]) -> str:
    return f"{names.get(digest, _('berkas'))} ({digest[:12]}…)" if digest else str(_("tidak ada"))


def _begun(rules: Rules, after: Mapping[str, Any]) -> list[Change]:
    nothing = str(_("tidak ada"))
    told_ = [
        (_("Judul"), after.get("title")),
        (_("Mitra"), after.get("counterpart")),
        (_("Instrumen"), sentence(rules.instruments[after["instrument"]].label) if after.get("instrument") in rules.instruments else None),
        (_("Kategori"), CATEGORIES.get(str(after.get("category")))),
        (_("Melanjutkan"), after.get("extends")),
        (_("Kecocokan"), number(len(after.get("matches") or ())) if after.get("matches") else None),
        (_("Objek"), _objects(after.get("objects")) if after.get("objects") else None),
    ]
    return [Change(str(label), nothing, str(value)) for label, value in told_ if value]


def _objects(said: Any) -> str:
    return "\n".join(object_line(one) for one in said or ()) or str(_("tidak ada"))


def _pairs(said: Any) -> str:
    return "\n".join(f"{demand} → {product}" for demand, product in said or ()) or str(_("tidak ada"))


def object_line(one: Mapping[str, Any]) -> str:
    """One object in a line: what, what it covers, and its target."""
    covers = f"KBLI {one['kbli']}" if one.get("kbli") else str(word(one["sector"], "sector")) if one.get("sector") else ""
    parts = [str(one["commodity"]), covers]
    if one.get("quantity"):
        parts.append(f"{number(one['quantity'])}\u00a0{unit_name(one.get('unit'))}")
    if one.get("value"):
        parts.append(money(one["value"]))
    if one.get("district"):
        parts.append(str(one["district"]))
    return "; ".join(part for part in parts if part)


def unit_name(code: str | None) -> str:
    """A unit of Rec 20 as people call it."""
    known = unit_of_code(code) if code else None
    return known.name if known else code or ""


def unit_choices() -> list[tuple[str, str]]:
    """The units that a target can be in: code of Rec 20 and what people call it."""
    return [(unit.code, unit.name) for unit in units().values() if unit.code]
