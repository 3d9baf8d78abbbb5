"""The door of the commands: `exchange agreement step` with words, files and an exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import orjson

from exchange.agreements.objects import objects_as_json
from exchange.cli.context import actor

from .doors import BODIES, Answer
from .walking import Attempt

# run("agreement", "step", …, EXCHANGE_TODAY="…") answers with `code`, `out` and `err`
Run = Callable[..., Any]


class Commands:
    """Whoever types at the office's machine."""

    keeps_files = False
    actors = frozenset({actor()})

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self._folder = run, folder
        for digest, body in BODIES.items():
            (folder / f"{digest}.pdf").write_bytes(body)

    def attempt(self, ident: str, version: int, tried: Attempt) -> Answer:
        """The command with the version that was read."""
        told = self._run(*self.words(ident, tried), "--version", str(version), "--json", EXCHANGE_TODAY=tried.on.isoformat())
        said = json.loads(told.out)
        assert told.code in {0, 1}, told.err
        assert ("missing" in said) == (told.code == 1)
        if told.code == 0:
            assert (said["ident"], said["version"]) == (ident, version + 1)
            return Answer(True, told.err)
        assert all(one["says"] and one["article"] and one["mend"] for one in said["missing"])
        return Answer(False, " ".join([told.err, *(f"{one['says']} {one['article']}" for one in said["missing"])]))

    def trespass(self, random: Random, ident: str, version: int, tried: Attempt) -> str:
        """Too late or too early, on a case or by a step that is none, with a file that is none, or with a word that no field has."""
        way = random.choice(["late", "early", "case", "step", "file", "field"])
        words, wanted = self.words(ident, tried), 2
        if way in {"late", "early"} and version > 1:
            words, wanted = [*words, "--version", str(version - 1 if way == "late" else version + 1)], 1
        elif way == "case":
            words[2] = "KS-1999-0001"
        elif way == "step":
            words[3] = "langsung_laksanakan"
        elif way == "file":
            words += ["--file", f"laporan={self._folder / 'tidak-ada.pdf'}"] if "laporan" not in tried.papers else ["--set", "tanpa"]
        else:
            words += ["--set", "tahap=pelaksanaan"]
        told = self._run(*words, EXCHANGE_TODAY=tried.on.isoformat())
        assert told.code == wanted and told.err, (way, told)
        return way

    def words(self, ident: str, tried: Attempt) -> list[str]:
        """The command line of a try."""
        told = ["agreement", "step", ident, tried.step.name, "--as", tried.office]
        for name, value in tried.facts.items():
            told += ["--set", f"{name}={json.dumps(value) if isinstance(value, list) else 'ya' if value is True else _said(value)}"]
        for kind, digest in tried.papers.items():
            told += ["--file", f"{kind}={self._folder / f'{digest}.pdf'}"]
        if tried.objects is not None:
            path = self._folder / "objek.json"
            path.write_bytes(orjson.dumps(objects_as_json(tried.objects)))
            told += ["--objects", str(path)]
        return told


def _said(value: Any) -> str:
    return "tidak" if value is False else str(value)
