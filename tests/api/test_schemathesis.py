"""The contract held to the running service in small: a few hundred cases of Schemathesis, every check, each kind of caller."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def asked(*words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a run, and what it told."""
    command = [sys.executable, "bench/contract.py", "--phases", "fuzzing", "--seed", "36", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.stdout, ran.stderr[-2000:]
    return ran.returncode, json.loads(ran.stdout)


def test_the_running_service_keeps_its_contract_for_each_kind_of_caller():
    code, told = asked("--cases", "300")
    assert (told["failures"], told["errors"], told["log"]) == ({}, [], ""), told["examples"]
    assert code == 0
    assert told["cases"] >= 300
    assert all(one["cases"] > 20 for one in told["callers"].values()), "each caller was heard"
    seen = {label: set(one["reached"]) for label, one in told["statuses"].items()}
    assert {"200", "400"} <= seen["GET /api/v1/products"]
    assert "200" in seen["GET /api/v1/partner/demands/{ident}"], "names that exist are among those that are asked for"
    assert "200" in seen["GET /api/v1/matches"], "staff are heard as staff"
    assert {"401", "403"} <= seen["PUT /api/v1/partner/demands/{ident}"]
    assert {"200", "412"} & seen["PUT /api/v1/partner/demands/{ident}"]


@pytest.mark.parametrize(("status", "check"), [("404", "status_code_conformance")])
def test_a_status_that_the_contract_forgets_is_found(status, check):
    code, told = asked("--cases", "60", "--only", "mitra-public", "--forget", status)
    assert code == 1
    assert told["failures"][check] > 0
