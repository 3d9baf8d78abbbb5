"""Walks at random through the commands: the verdicts of the law, in this process and in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.agreements.node import node_of
from exchange.store.base import Store

from ..agreements.command_door import Commands
from ..agreements.doors import Place, walk
from .conftest import Told

STEPS = 60  # of each database; bench/doors.py walks further


@pytest.fixture
def place(store: Store, settings: Any) -> Place:
    with store.work() as session:
        partner = add_partner(session, "kota-semarang", "Disperindag Kota Semarang", "33.74", SCOPES, actor="tes")
    return Place(store, node_of(settings), partner)


def test_a_walk_through_the_commands_is_the_walk_of_the_law(exchange, place, tmp_path):
    tally = walk(place, Commands(exchange, tmp_path), STEPS, 36)
    assert tally["refused"] > STEPS / 5 and tally["tried"] - tally["refused"] > STEPS / 5 and tally["trespassed"], tally


def test_a_walk_through_processes_is_the_walk_of_the_law(environment, place, tmp_path):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | environment

    def run(*words: str, **more: str) -> Told:
        command = [sys.executable, "-W", "error", "-m", "exchange.cli", *words]
        done = subprocess.run(command, env=clean | more, capture_output=True, text=True, check=False, timeout=120)
        return Told(done.returncode, done.stdout, done.stderr)

    tally = walk(place, Commands(run, tmp_path), 3, 72)
    assert 0 < tally["refused"] < tally["tried"], tally
