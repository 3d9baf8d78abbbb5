"""Two nodes that trust each other: ours over this test's database, the other one over a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.settings import Settings
from exchange.store.base import Store

from ..cases import TODAY  # isort: skip
from .both import HERE, THERE, Side, listening, side  # isort: skip


@pytest.fixture
def ours(settings: Settings, store: Store, tmp_path: Path) -> Side:
    return side(replace(settings, home_region=HERE, today=TODAY, data_dir=tmp_path / "ours"), store)


@pytest.fixture
def theirs(settings: Settings, made_databases: dict[str, str], tmp_path: Path) -> Iterator[Side]:
    copy = tmp_path / "theirs.sqlite3"
    shutil.copy(made_databases["sqlite"], copy)
    other = replace(settings, home_region=THERE, today=TODAY, data_dir=tmp_path / "theirs", database_url=f"sqlite:///{copy}")
    store = Store(other.url())
    yield side(other, store)
    store.close()


@pytest.fixture
def trusting(ours: Side, theirs: Side) -> Iterator[tuple[Side, Side]]:
    """Both, each behind a real server that the other one knows."""
    with listening(ours.app) as here, listening(theirs.app) as there:
        ours.trusts(theirs, there)
        theirs.trusts(ours, here)
        yield ours, theirs
