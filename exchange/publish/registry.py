"""The formats at hand: the files of the `formats` folder and the entry points `exchange.formats`."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint
from types import ModuleType

from exchange.publish import formats
from exchange.publish.base import Format, UnknownFormat, fault
from schemas import plugins

GROUP = "exchange.formats"


def discover(folder: ModuleType = formats, others: Iterable[EntryPoint] | None = None) -> plugins.Found[Format]:
    """All usable formats by name, and what is wrong with the others (see `schemas.plugins`)."""
    return plugins.discover(Format, folder, GROUP, fault, others)


@cache
def installed() -> plugins.Found[Format]:
    """The formats of this process: what is installed does not change while it runs."""
    return discover()


def format_named(name: str) -> Format:
    """
    The format of that name, ready to write.

    Raises:
        UnknownFormat: there is none; the advice names the nearest and all there are.
    """
    known = installed().usable
    if name in known:
        return known[name]()
    near = get_close_matches(name.lower()[:40], list(known), n=1)
    guess = f"Mungkin maksudnya {near[0]}. " if near else ""
    raise UnknownFormat(f"Format {name[:40]!r} tidak ada.", mend=f"{guess}Format yang ada: {', '.join(known)}.")
