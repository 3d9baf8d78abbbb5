"""The command as a process of its own: what only shows there."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def process(environment, tmp_path):
    env = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | environment

    def run(*words, **more):
        command = [sys.executable, "-W", "error", "-m", "exchange.cli", *words]
        return subprocess.run(command, env=env | more, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)

    return run


def test_json_stands_alone_on_standard_output(process):
    told = process("source", "list", "--json")
    assert (told.returncode, json.loads(told.stdout), told.stderr) == (0, [], "")


def test_a_wrong_setting_is_one_line_and_misuse(process):
    told = process("source", "list", EXCHANGE_PORT="many")
    assert told.returncode == 2
    assert told.stdout == ""
    assert "EXCHANGE_PORT" in told.stderr
    assert "Traceback" not in told.stderr
