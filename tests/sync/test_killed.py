"""Processes killed in the middle of a night: what is kept in the end is what a calm night keeps. Forty of them; the benchmark has more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork and no SIGKILL")
def test_forty_kills_at_random_moments_leave_what_an_undisturbed_night_leaves(database_url, settings):
    asked = ["--kills", "40", "--seed", "36", "--database", database_url]
    ran = subprocess.run([sys.executable, "bench/kill.py", *asked], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    assert told["kills"] == 40
    assert (told["equal"], told["unlike"]) == (True, {})
    assert told["stages"].get("after some batches"), "some were killed in the middle of a source"
