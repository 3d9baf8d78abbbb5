"""Training needs as a list; `dan` parts two needs only where both are known as needs of their own."""

from __future__ import annotations

import re
from typing import Any

from schemas.reading.text import read_list

# needs that every office knows, so that the first file of a region is read as well
COMMON = frozenset(
    [
        "pengemasan",
        "halal",
        "haccp",
        "sni",
        "tkdn",
        "k3",
        "5s",
        "pelabelan",
        "sanitasi",
        "ekspor",
        "metrologi",
        "kemitraan",
        "merek",
        "pemasaran",
        "pembukuan",
        "akuntansi",
        "keuangan",
        "pengelasan",
        "sertifikasi",
        "perizinan",
        "desain",
        "permodalan",
        "manajemen",
    ]
) | {"pemasaran digital", "katalog elektronik", "e-katalog", "merek dagang", "manajemen mutu", "pengujian mutu", "sertifikasi halal"}
_AND = re.compile(r"\s+(?:dan|&|serta)\s+", re.I)


def training_needs(value: Any, known: set[str]) -> list[str]:
    """The needs in order, each once. known: needs by small letters, from the catalogue and the file."""
    found: dict[str, str] = {}
    for member in read_list(value):
        parts = _AND.split(member)
        both = len(parts) > 1 and member.casefold() not in known and all(part.casefold() in known | COMMON for part in parts)
        for part in parts if both else [member]:
            found.setdefault(part.casefold(), part)
    return list(found.values())


def plain_needs(value: Any) -> set[str]:
    """Needs that stand alone in a cell, by small letters: what other cells are judged by."""
    return {member.casefold() for member in read_list(value) if not _AND.search(member)}
