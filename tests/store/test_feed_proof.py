"""The proof of the change feed in small: six processes write, three read along, one of them over HTTP. The benchmark has it in full."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks of a file's bytes that wait")
def test_nobody_who_follows_misses_or_repeats_a_change_and_no_writer_starves_while_six_processes_write(database_url, settings):
    asked = ["--changes", "12000", "--writers", "6", "--readers", "3", "--seed", "36", "--database", database_url]
    ran = subprocess.run([sys.executable, "bench/feed.py", *asked], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    assert (told["lost"], told["duplicated"], told["failures"]) == ([0, 0, 0], [0, 0, 0], [])
    assert told["changes"] == 12000
    assert told["same_order"], "of all readers, and of the table"
    assert told["kept_is_written"]
    assert told["whole_transactions"]
    assert told["commits"] > 200
    assert told["share"] >= 0.5, told
