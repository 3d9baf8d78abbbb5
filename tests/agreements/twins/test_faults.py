"""Two real nodes, a network that is none, SIGKILL at any step: both sides end equal, or both show where they differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLANS = 12


def proof(*words: str) -> tuple[int, dict]:
    """The exit code of the proof, and what it told."""
    command = [sys.executable, "bench/twins.py", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert ran.stdout, ran.stderr[-3000:]
    return ran.returncode, json.loads(ran.stdout)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_difference_is_ever_silent_whatever_the_network_does_and_whoever_is_killed(database, request):
    import os

    server = os.environ.get("EXCHANGE_TEST_PG", "")
    if database == "postgresql" and not server:
        pytest.skip("EXCHANGE_TEST_PG names no server")
    code, told = proof("--plans", str(PLANS), *(["--pg", server] if database == "postgresql" else []))
    assert (told["silent"], told["broken"], told["restless"]) == (0, 0, 0), told["bad"]
    assert code == 0
    assert told["equal"] + told["shown"] == PLANS
    assert told["equal"] >= 2 and told["shown"] >= 2, "both ends were seen"
    for fault in ("lost", "answer lost", "repeated", "delayed", "tampered", "pretended"):
        assert told["network"][fault] > 0, fault
    assert all(told["kills"][kind] > 0 for kind in ("server", "worker", "desk"))
    assert told["tries"] > told["messages"]


def test_the_proof_finds_a_sender_that_believes_whoever_answers():
    code, told = proof("--plans", "4", "--seed", "3", "--careless")
    assert code == 1
    assert told["silent"] + told["broken"] + told["restless"] > 0
