"""
What an answer tells a partner beyond the public, as the exchange log has it: classes of fields by firm or demand, and on what ground.

It is read off the records themselves, what was sent against what the lower reader would have had: a member that says nothing (null) or
the same as below is not told. So an answer in which an agreement opened nothing leaves no entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from exchange.access.callers import Partner
from exchange.access.classes import classes_of

FIRM, DEMAND, NOBODY = "business", "demand", "none"

# kind of subject, classes, names of the subjects
Told = tuple[str, tuple[str, ...], tuple[str, ...]]


class Opened(NamedTuple):
    """Of one record: whom it is about (kind and name), and which members say more than below."""

    subject: tuple[str, str]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Disclosure:
    """
    What one answer tells, whoever reads it. file: format and SHA-256 of the publication that was sent, where it was one.

    Two are never equal: an answer that is kept keeps its own, and is known by it.
    """

    told: tuple[Told, ...]
    file: tuple[str, str] | None = None

    @property
    def size(self) -> int:
        """How many names it holds, one at least."""
        return 1 + sum(len(names) for _, _, names in self.told)


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A disclosure to one partner by one door (the operation that was asked)."""

    partner: Partner
    door: str
    what: Disclosure

    def entry(self, times: int, first: float, last: float) -> dict[str, Any]:
        """The entry of the log. times: how often it was sent between first and last, seconds since 1970."""
        asking = self.partner
        entry: dict[str, Any] = {
            "at": _moment(first), "until": _moment(last), "times": times, "partner": asking.ident, "name": asking.name,
            "region": asking.region, "stage": str(asking.reader.stage), "basis": [list(each) for each in asking.reader.basis],
            "door": self.door, "told": [[kind, list(classes), list(names)] for kind, classes, names in self.what.told],
        }  # fmt: skip
        return entry if self.what.file is None else entry | {"file": list(self.what.file)}


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Collector:
    """Gathers what an answer tells while it is made."""

    subjects: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    file: tuple[str, str] | None = None

    def add(self, classes: Iterable[str], kind: str = NOBODY, name: str = "") -> None:
        """These classes are told, of a subject or of nobody in particular."""
        self.subjects.setdefault((kind, name), set()).update(classes)

    def record(self, kind: str, below: bytes | None, body: bytes, only: Collection[str] | None = None) -> None:
        """A record as canonical JSON, and as the lower reader has it (None: not at all); only: the members that are sent, None for all."""
        opened = opened_of(kind, below, body)
        fields = opened.fields if only is None else opened.fields & frozenset(only)
        if fields:
            self.add(classes_of(kind, fields), *opened.subject)

    def made(self) -> Disclosure | None:
        """What was gathered; None where nothing was."""
        told = grouped(self.subjects)
        return Disclosure(told, self.file) if told else None


def grouped(subjects: Mapping[tuple[str, str], Collection[str]]) -> tuple[Told, ...]:
    """Subjects by what is told of them: a list of names for each kind and choice of classes, all in order."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (kind, name), classes in subjects.items():
        if classes:
            groups.setdefault((kind, tuple(sorted(classes))), []).append(name)
    return tuple((kind, classes, tuple(sorted(filter(None, names)))) for (kind, classes), names in sorted(groups.items()))


@lru_cache(maxsize=2048)
def opened_of(kind: str, below: bytes | None, body: bytes) -> Opened:
    """Whom a record is about, and which of its members say something that the lower one does not say."""
    record: dict[str, Any] = orjson.loads(body)
    lower: dict[str, Any] = {} if below is None else orjson.loads(below)
    fields = frozenset(name for name, value in record.items() if value is not None and lower.get(name) != value)
    if kind == "product":
        return Opened((FIRM, str(record["producer"]["ident"])), fields)
    return Opened((FIRM if kind == "business" else DEMAND, str(record["ident"])), fields)


def parts(told: Iterable[Iterable[Any]]) -> tuple[Told, ...]:
    """What was told as it comes back from JSON."""
    return tuple((str(kind), tuple(classes), tuple(names)) for kind, classes, names in told)
