"""A case as it is told to other machines: offices and sides, never persons; papers by digest, never their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from exchange.access.policy import Tier
from exchange.agreements.objects import objects_as_json
from exchange.agreements.opens import openings_of
from exchange.agreements.rules import Rules
from exchange.store.agreements import AgreementObjectRow, AgreementRow, AgreementStepRow

BEGUN = "Perkara dibuka"
_SIGNED = {"penandatangan_kb": "kb", "penandatangan_pks": "pks", "penandatangan_adendum": "adendum", "penandatangan_nk": "nk"}


def told(
    rules: Rules, row: AgreementRow, objects: Sequence[AgreementObjectRow], steps: Sequence[AgreementStepRow], day: date
) -> dict[str, Any]:
    """
    The members of `Agreement` (schemas/agreement.py) as of a day; the field policy's table `agreement` says who reads which.

    row: with its partner; steps: its whole history, in order.
    """
    state = rules.states[row.state]
    return {
        "ident": row.ident, "instrument": row.instrument, "category": row.category, "title": row.title, "counterpart": row.counterpart,
        "region": row.region, "partner": row.partner and row.partner.ident, "extends": steps[0].after.get("extends") if steps else None,
        "state": row.state, "state_label": state.label, "basis": state.basis, "final": state.final, "since": row.state_since,
        "kb_until": _day(row.kb_until), "starts_on": _day(row.starts_on), "ends_on": _day(row.ends_on), "objects": objects_as_json(objects),
        "papers": [{"kind": kind, "label": rules.label(kind), "sha256": digest} for kind, digest in sorted(row.papers.items())],
        "signers": _signers(row), "history": [_step(rules, step) for step in steps], "opens": _opens(rules, row, objects, day),
        "coverage": _coverage(rules, row, objects, day), "version": row.version, "updated_at": row.updated_at,
    }  # fmt: skip


def step_label(rules: Rules, name: str) -> str:
    """What a step is called; also the first one, which stands in no table."""
    step = rules.steps.get(name)
    return BEGUN if step is None else step.label


def office_label(rules: Rules, name: str) -> str:
    """What an office is called."""
    office = rules.offices.get(name)
    return name if office is None else office.label


def _step(rules: Rules, step: AgreementStepRow) -> dict[str, Any]:
    return {
        "number": step.number, "at": step.at, "step": step.step, "label": step_label(rules, step.step),
        "office": office_label(rules, step.office), "article": step.article, "state": step.after["state"],
    }  # fmt: skip


def _signers(row: AgreementRow) -> list[dict[str, str]]:
    return [
        {"text": text, "side": one["pihak"], "office": one["jabatan"], "role": one["peran"]}
        for field, text in _SIGNED.items()
        for one in row.facts.get(field) or ()
    ]


def _opens(rules: Rules, row: AgreementRow, objects: Sequence[AgreementObjectRow], day: date) -> list[dict[str, Any]]:
    return [
        {"tier": str(one.tier), "since": _day(one.since), "until": _day(one.until), "article": one.article}
        for one in openings_of(rules, row, objects)
        if one.holds(day)
    ]


def _coverage(rules: Rules, row: AgreementRow, objects: Sequence[AgreementObjectRow], day: date) -> dict[str, Any]:
    held = next((one for one in openings_of(rules, row, objects) if one.tier is Tier.CONTRACTED and one.holds(day)), None)
    return {
        "in_force": held is not None, "until": _day(held.until) if held else None,
        "sectors": sorted({one.sector for one in objects if one.sector and not one.kbli}),
        "kbli": sorted({one.kbli for one in objects if one.kbli}),
    }  # fmt: skip


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
