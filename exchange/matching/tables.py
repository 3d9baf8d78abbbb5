"""The project's own word tables (`data/*.csv`), each read once; a row that is not understood stops the start, naming its line."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

FOLDER = "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """
    All rows of one table, in file order, values without outer blanks.

    Raises:
        ValueError: a row has more or fewer cells than the heading; the message names file and line.
    """
    text = files("exchange.matching").joinpath(FOLDER, f"{name}.csv").read_text("utf-8")
    reader = csv.DictReader(text.splitlines())
    found = []
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"{FOLDER}/{name}.csv line {reader.line_num}: not as many cells as the heading has")
        found.append({key: value.strip() for key, value in row.items()})
    return tuple(found)
