"""A reader in its own program (`requests`, as on the partners' page) follows the feed and, where it cannot go on, begins anew as told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from exchange.store.base import Store, utcnow
from exchange.store.feed import forget_changes, renew_epoch

from .following import change, shown  # isort: skip
from .loopback import served  # isort: skip


class Reader:
    """A copy that is kept by the answers alone: pages, tombstones, and what a 410 says."""

    def __init__(self, base: str) -> None:
        self.base, self.address = base, "/api/v1/changes"
        self.copy: dict[tuple[str, str], Any] = {}
        self.cursor: str | None = None
        self.whole: set[tuple[str, str]] | None = set()
        self.mends: list[str] = []

    def page(self, limit: int = 2) -> bool:
        """Read one page; whether there is more."""
        asked = {"limit": limit} | ({"since": self.cursor} if self.cursor else {})
        answer = requests.get(self.base + self.address, params=asked, timeout=20)
        if answer.status_code == 410:
            problem = answer.json()
            self.mends.append(problem["mend"])
            self.address, self.cursor, self.whole = problem["resync"], None, set()
            return True
        answer.raise_for_status()
        told = answer.json()
        for entry in told["items"]:
            name = entry["kind"], entry["ident"]
            if entry["op"] == "delete":
                self.copy.pop(name, None)
            else:
                self.copy[name] = entry["record"]
            if self.whole is not None:
                self.whole.add(name)
        if not told["more"] and self.whole is not None:
            self.copy = {name: record for name, record in self.copy.items() if name in self.whole}
            self.whole = None
        self.cursor = told["next"]
        return told["more"]

    def follow(self) -> dict[tuple[str, str], Any]:
        while self.page():
            pass
        return self.copy


@pytest.fixture
def reader(app, world) -> Iterator[Reader]:
    with served(app) as base:
        yield Reader(base)


def forget_all(store: Store) -> None:
    with store.work() as session:
        while forget_changes(session, utcnow()):
            pass


def another_database(store: Store) -> None:
    with store.work() as session:
        renew_epoch(session)


@pytest.mark.parametrize("lost", [forget_all, another_database])
def test_a_reader_that_cannot_go_on_begins_anew_as_it_is_told_and_has_what_the_node_shows(reader, visitor, store, world, lost):
    assert reader.follow() == shown(visitor)
    change(store, "rename", "LGM-1")
    change(store, "refuse", world.sole)
    assert reader.follow() == shown(visitor), "followed change by change"
    assert reader.mends == []
    # what goes now is told by a tombstone that the reader never gets to see
    change(store, "withdraw", "LGM-2")
    change(store, "take back", world.own_demand)
    change(store, "consent", world.sole)
    lost(store)
    change(store, "rename", "LGM-1")
    lost(store)
    assert reader.follow() == shown(visitor)
    assert len(reader.mends) == 1
    assert "GET /api/v1/changes tanpa since" in reader.mends[0]
    change(store, "offer", "LGM-2")
    assert reader.follow() == shown(visitor)
    assert len(reader.mends) == 1, "from there on it follows as before"


def test_a_pass_that_is_cut_off_in_its_middle_begins_anew_and_drops_what_went_meanwhile(reader, visitor, store, world):
    reader.page(limit=3)
    assert reader.copy
    assert reader.whole, "in the middle of the pass over everything"
    change(store, "refuse", world.firm)
    another_database(store)
    assert reader.follow() == shown(visitor)
    assert not {name for name in reader.copy if name == ("business", world.firm)}
    assert len(reader.mends) == 1
