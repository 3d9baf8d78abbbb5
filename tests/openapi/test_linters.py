"""The committed document as other people's tools judge it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

OPENAPI = Path(__file__).resolve().parents[2] / "openapi"
TOOLS = OPENAPI / "linters" / "node_modules" / ".bin"
LINTERS = {
    "redocly": ["lint", "--config", "linters/redocly.yaml", "--format", "stylish", "openapi.json"],
    "spectral": ["lint", "--ruleset", "linters/spectral.yaml", "--fail-severity", "warn", "openapi.json"],
}


@pytest.mark.parametrize("name", LINTERS)
def test_a_linter_finds_nothing_to_say(name, absent):
    tool = TOOLS / name
    if not tool.exists():
        absent(f"{name} (npm ci in openapi/linters)")
    told = subprocess.run(
        [str(tool), *LINTERS[name]], cwd=OPENAPI, capture_output=True, text=True, check=False, env=os.environ | {"REDOCLY_TELEMETRY": "off"}
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert not re.search(r"You have \d+ (warning|error)", told.stdout + told.stderr), told.stdout + told.stderr
