"""The command line over this test's database: real words, real exit codes, both streams."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exchange.cli import main


@dataclass
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The variables of a node with this test's database and data folder."""
    return {"EXCHANGE_DATABASE_URL": database_url, "EXCHANGE_DATA_DIR": str(tmp_path / "data"), "EXCHANGE_TODAY": "2026-11-23"}


@pytest.fixture
def exchange(environment: dict[str, str]) -> Callable[..., Told]:
    """`exchange("source", "list", "--json")`, in this process."""
    without = {key: None for key in os.environ if key.startswith("EXCHANGE_")}

    def run(*words: str, stdin: str = "", **more: str) -> Told:
        done = CliRunner().invoke(main, words, input=stdin, env=without | environment | more)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Told(done.exit_code, done.stdout, done.stderr)

    return run
