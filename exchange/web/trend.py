"""The volume of a source's runs as a small drawing: a bar a run, a line for the value, marks where a run is not proved whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exchange.store.runs import RunRow

WIDTH, HEIGHT, FLOOR = 400, 150, 112
_TOP, _GAP, _WIDEST = 22, 2, 40


class Bar(NamedTuple):
    """One run. x, y, width, height in the drawing's units; kind: the run's state, by which it is drawn; middle: of its width."""

    run: RunRow
    x: float
    y: float
    width: float
    height: float
    kind: str
    middle: float


class Trend(NamedTuple):
    """
    bars from the oldest on; line: points of the value (`x,y x,y`), empty where fewer than two know it; most, value: the greatest; right:
    where the floor ends.
    """

    bars: list[Bar]
    line: str
    most: int
    value: int | None
    right: float


def value_of(run: RunRow) -> int | None:
    """The value shown after a run, in rupiah; None where it was not written down."""
    value = run.facts.get("value")
    return int(value) if isinstance(value, int) and value > 0 else None


def trend(runs: Sequence[RunRow]) -> Trend | None:
    """The drawing of runs, the latest first as lists have them; None of fewer than two."""
    them = [run for run in reversed(runs) if run.state != "running"]
    if len(them) < 2:
        return None
    step, most = min(WIDTH / len(them), _WIDEST), max(run.fetched for run in them)
    bars = []
    for number, run in enumerate(them):
        height = (FLOOR - _TOP) * run.fetched / most if most else 0
        height = max(height, 1.5) if run.fetched else 0
        x = number * step
        bars.append(
            Bar(run, round(x, 1), round(FLOOR - height, 1), round(step - _GAP, 1), round(height, 1), run.state, round(x + step / 2, 1))
        )
    values: list[tuple[float, Any]] = [(bar.middle, value) for bar in bars if (value := value_of(bar.run)) is not None]
    greatest = max((value for _, value in values), default=None)
    line = " ".join(f"{x},{round(FLOOR - (FLOOR - _TOP) * value / greatest, 1)}" for x, value in values) if len(values) > 1 else ""
    return Trend(bars, line, most, greatest, max(round(step * len(them), 1), WIDTH / 2))
