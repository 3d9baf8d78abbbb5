"""Sums and measures that stay on one line: a no-break space between `Rp` and its figure, and between a figure and its unit."""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"
_UNITS = "km|kg|ton|B|kB|MB|GB|MiB|GiB|ribu|juta|miliar|triliun|thousand|million|billion|trillion|%"
_GAP = re.compile(rf"(?<=\bRp) (?=[-\u2212]?\d)|(?<=\d) (?=(?:{_UNITS})(?!\w))")


def joined(text: str) -> str:
    """A text as it is shown: each ordinary space between a figure and its `Rp` or unit is one at which no line ends; else untouched."""
    return _GAP.sub(NO_BREAK, text)
