"""The house's own rules: names are ours, files have one subject, nothing speaks of the machine it was written on."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("exchange", "schemas", "connectors", "openapi")
LONGEST = 300


def tracked() -> list[Path]:
    """The files that the repository keeps; those of its folders where it was not cloned."""
    if not (ROOT / ".git").exists():
        return [path for name in (*OURS, "tests", "bench") for path in (ROOT / name).rglob("*.py")]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("name", OURS)
def test_each_top_level_name_is_ours_alone(name):
    assert set(packages_distributions()[name]) == {"trade-exchange"}


def test_no_file_is_longer_than_one_subject():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py"
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and "migrations" not in path.parts
    }
    assert not long


def test_no_test_folder_is_a_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_lock_holds_every_package_by_hash_and_names_no_address():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(blocks) > 40
        assert all("--hash=sha256:" in block for block in blocks), "an install by hash refuses what has none"
        assert re.search(r"^setuptools==", text, re.MULTILINE), "the build backend is locked too"


def test_every_declared_dependency_is_locked():
    import configparser

    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    declared = re.findall(r"^([A-Za-z0-9-]+)", config["options"]["install_requires"].strip(), re.MULTILINE)
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    assert [name for name in declared if not re.search(rf"^{re.escape(name.lower())}(\[|==)", locked, re.MULTILINE)] == []
