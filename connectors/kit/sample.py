"""
The ordinary exchange that a connector brings with it: settings, and what a healthy source would answer.

Certification plays it as it is and then damages it in every way it knows (`connectors/kit/hostile`). So it is shipped with the
connector, invented from the first word to the last, and small.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

BASE = "{base}"
_TYPES = {
    "json": "application/json", "ndjson": "application/x-ndjson", "xml": "application/xml", "csv": "text/csv", "zip": "application/zip",
    "html": "text/html", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class NoSample(Exception):
    """A connector brings no sample, or one that cannot be read; the message says which (Indonesian)."""


@dataclass(frozen=True, slots=True)
class SampleAnswer:
    """A body as a source sends it, and its media type. `{base}` in a text body stands for the server's address."""

    body: bytes
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Sample:
    """
    One ordinary exchange.

    settings: as staff would give them; `{base}` stands for the server's address (scheme, host and port).
    answers: by path and query, or by path alone where any query is answered alike; a target asked more often repeats its last.
    """

    settings: Mapping[str, str]
    answers: Mapping[str, Sequence[SampleAnswer]] = field(repr=False)

    def settings_at(self, base: str) -> dict[str, str]:
        """The settings with the server's address in them."""
        return {name: value.replace(BASE, base) for name, value in self.settings.items()}


def samples_beside(module: str, name: str) -> dict[str, Sample]:
    """
    The samples in `samples/<name>/` beside a module, by case: `case.json` and the files it names; the case of the folder itself is `""`,
    further ones stand in folders of their own.

    `case.json` holds `{"settings": {"url": "{base}/…"}, "answers": {"/path?query": ["file", …]}}`, as recordings do. A setting
    written `{file:NAME}` is that file's text.

    Raises:
        NoSample: there is none, or one is not of this shape.
    """
    folder = _folder(module) / "samples" / name
    cases = {"": folder}
    if folder.is_dir():
        cases |= {each.name: each for each in sorted(folder.iterdir(), key=lambda each: each.name) if each.is_dir()}
    found = {case: _sample(place, f"samples/{name}/{case}".rstrip("/")) for case, place in cases.items() if (place / "case.json").is_file()}
    if not found:
        raise NoSample(f"Konektor {name} tidak membawa contoh: samples/{name}/case.json tidak ada di samping modulnya.")
    return found


def _sample(folder: Traversable, shown: str) -> Sample:
    try:
        told = orjson.loads((folder / "case.json").read_bytes())
        settings = {key: _setting(folder, value) for key, value in told["settings"].items()}
        answers = {target: [_answer(folder, file) for file in each] for target, each in told["answers"].items()}
    except (ValueError, TypeError, AttributeError, KeyError, OSError) as error:
        raise NoSample(f"Contoh {shown}/case.json tidak terbaca ({type(error).__name__}).") from error
    if not answers or not all(answers.values()):
        raise NoSample(f"Contoh {shown}/case.json tidak memuat jawaban.")
    return Sample(settings, answers)


def _folder(module: str) -> Traversable:
    """The folder that a module lies in, also where it is in no package."""
    package = module.rpartition(".")[0]
    if package:
        return files(package)
    return Path(str(sys.modules[module].__file__)).parent


def _setting(folder: Traversable, value: Any) -> str:
    text = str(value)
    if text.startswith("{file:") and text.endswith("}"):
        return (folder / text[6:-1]).read_text(encoding="utf-8")
    return text


def _answer(folder: Traversable, file: str) -> SampleAnswer:
    return SampleAnswer((folder / file).read_bytes(), _TYPES.get(file.rpartition(".")[2].lower(), "application/octet-stream"))
