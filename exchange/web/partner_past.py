"""What was done to a partner, in the reader's words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from exchange.store.audit import AuditRow
from exchange.web.shown import day, number
from exchange.web.words import word


class Told(NamedTuple):
    """One act. what: in words; more: what it changed, empty where nothing is to be added."""

    actor: str
    what: str
    more: str
    at: datetime


def told_acts(acts: list[AuditRow]) -> list[Told]:
    """Acts as the page tells them."""
    return [Told(act.actor, str(word(act.action, "action")), _more(act.action, act.facts), act.at) for act in acts]


def _more(action: str, facts: dict[str, Any]) -> str:
    if action == "partner.stage":
        return f"{_stage(facts['before'])} → {_stage(facts['after'])}"
    if action == "partner.scopes":
        return ", ".join(facts["after"]) or str(_("tanpa lingkup"))
    if action == "partner.rate":
        return str(_("jumlah yang biasa")) if facts["after"] is None else str(_("%(count)s semenit", count=number(facts["after"])))
    return str(facts.get("secret") or facts.get("webhook") or "")


def _stage(said: dict[str, Any]) -> str:
    """A stage with its objects and its last day."""
    within = said["within"] or {}
    objects = [*(str(word(sector, "sector")) for sector in within.get("sectors", ())), *(f"KBLI {code}" for code in within.get("kbli", ()))]
    until = str(_("sampai %(day)s", day=day(date.fromisoformat(said["until"])))) if said["until"] else ""
    return ", ".join(filter(None, [str(word(said["stage"], "stage")), *objects, until]))
