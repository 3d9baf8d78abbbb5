"""Readers of settings that have a grammar of their own; each raises ValueError for what it cannot read."""

from __future__ import annotations

import re

ROLES = ("admin", "petugas", "pimpinan", "auditor")


def roles(text: str) -> frozenset[str]:
    """Roles of staff, comma between them."""
    named = frozenset(word.strip() for word in text.split(",") if word.strip())
    if not named <= frozenset(ROLES):
        raise ValueError(text)
    return named


def role_claims(text: str) -> str:
    """`claim:value=role` with commas between; as given, without blanks around the commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not re.fullmatch(rf"[A-Za-z0-9_.-]+:[^=,]+=({'|'.join(ROLES)})", part):
            raise ValueError(text)
    return ",".join(parts)
