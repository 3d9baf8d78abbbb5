"""
A paper as PDF/A-2b, set by typst from its embedded fonts.

The paper goes in as JSON, never as markup; the root is an empty folder of its own, system fonts and packages are out of reach: the
process that sets it reads nothing from disk and nothing from the network. The same paper gives the same bytes, since its time of
making is given.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from exchange.errors import ExchangeError
from exchange.reports import setting
from exchange.reports.blocks import Paper, Run
from exchange.reports.texts import printable

STANDARD = "a-2b"
LONGEST_S = 180
_LONG = re.compile(r"[^\s\u200b]{21,}")
_EVERY = 7


@lru_cache(1)
def _template() -> str:
    return resources.files("exchange.reports").joinpath("data/naskah.typ").read_text(encoding="utf-8")


def pdf(paper: Paper) -> bytes:
    """
    The PDF; characters that the fonts lack stand there as `[U+4E2D]`. Drafts carry the watermark and remarks, and are PDF/A too.

    Raises:
        ExchangeError: it could not be set, or not within `LONGEST_S` seconds.
    """
    data = _data(paper) | {"blocks": [_data(block) | {"kind": type(block).__name__.lower()} for block in paper.blocks]}
    data.pop("made_at")
    asked = {
        "template": _template(), "paper": json.dumps(data), "standard": STANDARD, "timestamp": int(paper.made_at.timestamp()),
    }  # fmt: skip
    try:
        # -I: neither the environment nor the current folder can put another module before typst
        done = subprocess.run(  # noqa: S603 - our own file under our own Python, values on standard input alone
            [sys.executable, "-I", setting.__file__], input=json.dumps(asked).encode(), capture_output=True, check=True, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired:
        raise _failed(paper, f"tidak selesai dalam {LONGEST_S} detik") from None
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise _failed(paper, last[0] if last else f"keluar dengan {error.returncode}") from None
    return done.stdout


def _failed(paper: Paper, why: str) -> ExchangeError:
    return ExchangeError(
        f"PDF “{paper.title}” tidak dapat disusun: {why}.", mend="Ambil rancangan DOCX-nya, dan sampaikan pesan ini kepada pengelola."
    )


def _data(value: Any) -> Any:
    if isinstance(value, Run):
        return {"t": _set(value.text), "b": value.bold, "i": value.italic, "k": value.blank}
    if isinstance(value, tuple):
        return [_data(part) for part in value]
    if is_dataclass(value):
        return {field.name: _data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, bytes):
        return list(value)  # typst reads no base64
    return _set(value) if isinstance(value, str) else value


def _set(text: str) -> str:
    """Text in the letters of the fonts; words longer than a column get places where a line may end, which are not seen."""
    return _LONG.sub(lambda found: "\u200b".join(re.findall(f".{{1,{_EVERY}}}", found[0])), printable(text))
