"""Who of the staff may do what: one table, which pages, menu and accounts go by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exchange.setting_values import ROLES as ROLES

_ALL = frozenset(ROLES)

RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "read": _ALL,
    # one's own password, sessions and second factor
    "own": _ALL,
    # the day's work: matches, demands, sources, cases, trade
    "decide": frozenset({"admin", "petugas"}),
    # who is let in, and what an agreement opens to whom, is the office's word, not a day's work
    "admit": frozenset({"admin"}),
    # which regions' systems are asked, and how their answers are read
    "sources": frozenset({"admin"}),
    "accounts": frozenset({"admin"}),
    "mail": frozenset({"admin"}),
    # who did what; an auditor looks and changes nothing
    "log": frozenset({"admin", "auditor"}),
}


def may(role: str, right: str) -> bool:
    """Whether a role has a right; a role that nobody knows has none."""
    return role in RIGHTS[right]
