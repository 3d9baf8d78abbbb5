"""
A paper as PDF/A-2b, set by typst from its embedded fonts.

The paper goes in as JSON, the root is an empty folder of its own, system fonts and packages are out of reach: nothing is read from
disk but the template, nothing from the network. The same paper gives the same bytes, since its time of making is given.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import typst

from exchange.reports.blocks import Paper, Run
from exchange.reports.texts import printable

STANDARD: Final = "a-2b"
_LONG = re.compile(r"[^\s\u200b]{21,}")
_EVERY = 7


@lru_cache(1)
def _template() -> bytes:
    return resources.files("exchange.reports").joinpath("data/naskah.typ").read_bytes()


@lru_cache(1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def pdf(paper: Paper) -> bytes:
    """The PDF; characters that the fonts lack stand there as `[U+4E2D]`. Drafts carry the watermark and remarks, and are PDF/A too."""
    data = _data(paper) | {"blocks": [_data(block) | {"kind": type(block).__name__.lower()} for block in paper.blocks]}
    data.pop("made_at")
    with tempfile.TemporaryDirectory(prefix="naskah-") as root:
        compiler = typst.Compiler(
            _template(),
            root=root,
            font_paths=_fonts(),
            sys_inputs={"paper": json.dumps(data)},
            package_path=root,
            package_cache_path=root,
        )
        made = compiler.compile(pdf_standards=[STANDARD], timestamp=paper.made_at)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


def _data(value: Any) -> Any:
    if isinstance(value, Run):
        return {"t": _set(value.text), "b": value.bold, "i": value.italic, "k": value.blank}
    if isinstance(value, tuple):
        return [_data(part) for part in value]
    if is_dataclass(value):
        return {field.name: _data(getattr(value, field.name)) for field in fields(value)}
    return _set(value) if isinstance(value, str) else value


def _set(text: str) -> str:
    """Text in the letters of the fonts; words longer than a column get places where a line may end, which are not seen."""
    return _LONG.sub(lambda found: "\u200b".join(re.findall(f".{{1,{_EVERY}}}", found[0])), printable(text))
