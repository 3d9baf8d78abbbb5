"""What a criterion of quality is: what it asks for, how much it counts, why, and what mending it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

Record = Mapping[str, Any]


class Effort(NamedTuple):
    """What mending costs. name: for machines; minutes: of the office's and the firm's work together, roughly; says: Indonesian."""

    name: str
    minutes: int
    says: str


ANSWER = Effort("answer", 1, "1 menit: satu jawaban")
TASK = Effort("task", 5, "5 menit")
VISIT = Effort("visit", 120, "satu kunjungan")
# ten working days of eight hours; the office waits for most of them, the firm does not
WEEKS = Effort("weeks", 4800, "beberapa minggu")
EFFORTS = (ANSWER, TASK, VISIT, WEEKS)


class Lack(NamedTuple):
    """What is missing. asks: what to do, one Indonesian sentence; to: the share of the criterion that is there once it is done."""

    asks: str
    effort: Effort
    to: float = 1.0


class Look(NamedTuple):
    """
    What a criterion found.

    share: in [0, 1], in eighths or coarser, so that sums of points are exact; lack: None where all is there, or where nothing may be
    asked for.
    """

    share: float
    lack: Lack | None = None


ALL = Look(1.0)


class Criterion(NamedTuple):
    """
    One line of a table.

    name: for machines; members: of the record, none of which another line of the table reads for its own share (but `name`);
    points: of 100; why: why a buyer or a portal wants it, Indonesian. look: pure, and never less for a record that says more.
    """

    name: str
    title: str
    members: tuple[str, ...]
    points: int
    why: str
    look: Callable[[Record, date], Look]


def nothing(asks: str, effort: Effort) -> Look:
    """Nothing of it is there."""
    return Look(0.0, Lack(asks, effort))


def there(member: str, asks: str, effort: Effort) -> Callable[[Record, date], Look]:
    """Whether one member says anything."""
    missing = nothing(asks, effort)
    return lambda record, _day: missing if record[member] is None or record[member] == "" else ALL


def steps(lacking: Mapping[int, Lack], of: int) -> list[Look]:
    """The looks of a criterion that is there by whole parts: one for each count from 0 to `of`."""
    return [Look(count / of, lacking.get(count)) for count in range(of + 1)]
