"""
Answers that differ in volatile fields alone, told by their bytes: some sources write the day of the answer into each of their rows.

What stands for a volatile field is cut out of JSON or XML and the rest is hashed. Two answers with one such digest are the same but
for those values, provided that what was cut out of one of them were its rows' own fields and nothing else: who reads it counts that.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple


class Calm(NamedTuple):
    """digest: BLAKE2b-128 of a body without the values of volatile fields; cut: how many values these were."""

    digest: bytes
    cut: int


def calm(body: bytes, volatile: Collection[str], *, xml: bool = False) -> Calm:
    """What of a body, JSON, lines of it, or XML, stays where only volatile fields change; values with escapes or members inside stay."""
    rest, cut = (_elements if xml else _members)(frozenset(volatile)).subn(b"\0", body)
    return Calm(blake2b(rest, digest_size=16).digest(), cut)


@lru_cache(maxsize=64)
def _members(volatile: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb'"(?:' + _names(volatile) + rb')"[ \t]*:[ \t]*(?:"[^"\\]*"|-?\d[\d.eE+-]*|null|true|false)')


@lru_cache(maxsize=64)
def _elements(volatile: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb"<(" + _names(volatile) + rb")>[^<&]*</\1>")


def _names(volatile: frozenset[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(volatile))
