"""Acts on record in the reader's words: who, what, about which record, and the facts that go with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _

from connectors.kit.masking import mask_text
from exchange.agreements.node import node_of
from exchange.store.audit import AuditRow
from exchange.web import partner_past
from exchange.web.act_words import ACTS, FACTS, KINDS
from exchange.web.agreement_words import CATEGORIES
from exchange.web.shown import iso_day, moment, money, number, waiting_value
from exchange.web.told import told as told_sentence
from exchange.web.words import WORDS, word
from exchange.wiring import settings

_LONGEST = 300
_CLOSED = re.compile(r"passw|token$|^code$|secret_key|digest$", re.I)


class Told(NamedTuple):
    """One act. what: in words; kind, ident: the record; more: its facts in words, empty where there are none."""

    at: datetime
    actor: str
    what: str
    kind: str
    ident: str
    more: str


def told(rows: Iterable[AuditRow]) -> list[Told]:
    """Acts as pages and tables tell them."""
    return [Told(row.at, row.actor, act_word(row.action), kind_word(row.kind), row.ident, _facts(row.kind, row.facts)) for row in rows]


def last_said(acts: Iterable[Told | partner_past.Told]) -> str:
    """Who did the latest of these acts, when and what, for the one who comes second; nothing where there is none."""
    last = next(iter(acts), None)
    if last is None:
        return ""
    act = _("Yang terakhir: %(name)s, %(at)s: %(act)s", name=last.actor, at=moment(last.at), act=last.what)
    return f"{act} ({last.more})." if last.more else f"{act}."


def act_word(code: str) -> str:
    """The word for an act; the code itself where there is none."""
    known = ACTS.get(code) or WORDS["action"].get(code)
    if known is None and code.startswith("deal."):
        known = WORDS["deal_step"].get(code.removeprefix("deal."))
    if known is None and code.startswith("agreement."):
        known = _case_step(code.removeprefix("agreement."))
    return str(known if known is not None else code).rstrip(":")


def kind_word(code: str) -> str:
    """The word for a kind of record; the code itself where there is none."""
    return str(KINDS.get(code, code))


def _case_step(name: str) -> str | None:
    """The step of a case as the node's table calls it; acts keep 40 letters of its code."""
    steps = node_of(settings()).rules.steps
    return next((told_sentence(step.label) for code, step in steps.items() if f"agreement.{code}"[:40] == f"agreement.{name}"), None)


def _facts(kind: str, facts: dict[str, Any]) -> str:
    """Facts in a line; values before and after beside each other, addresses without their secret parts."""
    kept = {name: value for name, value in facts.items() if not _CLOSED.search(name) and name not in _UNTOLD}
    parts = []
    if "before" in kept or "after" in kept:
        parts += _moved(kind, kept.pop("before", None), kept.pop("after", None))
    for name, value in kept.items():
        if name == "changes" and isinstance(value, dict):
            parts += [f"{WORDS['field'].get(each, each)}: {_both(kind, each, them)}" for each, them in value.items() if them != [None, []]]
        elif value is not None and value != {} and value != []:
            parts.append(f"{_called(name)}: {_said(kind, name, value)}")
    text = mask_text("; ".join(parts))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _moved(kind: str, before: Any, after: Any) -> list[str]:
    """What an act changed: of two records only the members that differ; two plain values beside each other."""
    if not isinstance(after, dict) or not isinstance(before, dict | None):
        return [f"{_said(kind, kind, before)} → {_said(kind, kind, after)}"]
    old = before or {}
    return [
        f"{_called(name)}: {_both(kind, name, [old[name], value]) if name in old else _said(kind, name, value)}"
        for name, value in after.items()
        if old.get(name) != value and name not in _UNTOLD
    ]


def _called(name: str) -> str:
    """A fact by its word; of a line of a deal, `2.price`, with the number of the line."""
    line, dot, member = name.partition(".")
    if dot and line.isdigit():
        return f"{_('baris %(number)s', number=line)}, {_called(member)}"
    return str(FACTS.get(name) or WORDS["deal_field"].get(name, name))


# where a record was read from is for the page that shows where each part comes from; numbers of our rows say nothing to anybody
_UNTOLD = frozenset({"cell", "cells", "agreement_id"})
_STATES = {"business": "outcome", "product": "outcome", "match": "match", "deal": "deal", "source": "source", "demand": "link"}
_MONEY = frozenset({"price", "price_min", "price_max", "value", "ordered_value", "total", "investment"})
_AMOUNTS = frozenset({"quantity", "ordered_quantity"})
_DAY = re.compile(r"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])")
# facts that are words of ours rather than somebody's
_OURS: dict[str, Callable[[Any], object]] = {
    "method": lambda value: word(value, "login_method"),
    "origin": lambda value: told_sentence(str(value)),
    "field": lambda value: word(value, "field"),
    "role": lambda value: word(value, "role"),
    "stage": lambda value: word(value, "stage"),
    "code": lambda value: word(value, "match_reason"),
    "answer": lambda value: word(value, "deal_answer"),
    "agreement": lambda value: told_sentence(str(value)),
    "category": lambda value: CATEGORIES.get(value, value),
    "events": lambda value: ", ".join(str(word(each, "event")) for each in value),
}


def _said(kind: str, name: str, value: Any) -> str:
    """A value as its fact is read: our codes as words, sums and days in the reader's form, all else as it stands."""
    name = name.rpartition(".")[2]
    if isinstance(value, str | list) and name in _OURS and value:
        return str(_OURS[name](value))
    if isinstance(value, str) and (name == "state" or name == kind) and kind in _STATES:
        return str(word(value, _STATES[kind]))
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return iso_day(value)
        if isinstance(value, str | int) and not isinstance(value, bool) and name in _MONEY:
            return money(str(value))
        if isinstance(value, str) and name in _AMOUNTS:
            return number(value)
    except (ArithmeticError, ValueError):
        pass
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return waiting_value(value, name)
    return _value(value)


def _both(kind: str, name: str, them: Any) -> str:
    """Values before and after; what is no such pair, as it is."""
    if not isinstance(them, list) or len(them) != 2:
        return _value(them)
    return f"{_said(kind, name, them[0])} → {_said(kind, name, them[1])}"


def _value(value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return str(_("ya") if value else _("tidak"))
    if isinstance(value, dict):
        return ", ".join(f"{FACTS.get(name, name)} {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return str(value)
