"""A source on loopback whose answer a test sets, enrolled and waiting, with a worker that does what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.kit.simulator import Canned, serve
from exchange.jobs.looks import SourceLooks
from exchange.jobs.worker import Worker
from exchange.store.sources import SourceRow, source_by_name

PATH = "/kebutuhan"
MAPPING = """\
format = "json"
list = "daftar"

[listing]
reference = "id"

[codes.status]
open = "open"
plan = "planned"

[demand]
title = "judul"
status = { from = "status", codes = "status", otherwise = "refuse" }

[demand.buyer]
name = "instansi"

[demand.budget]
amount = "pagu"
basis = "package_ceiling"
"""


def rows(count: int, **more: Any) -> list[dict[str, Any]]:
    """Made-up needs of an office, one column about a person among them."""
    return [
        {"id": f"K-{number}", "judul": f"Meja rapat kayu jati {number}", "status": "open", "instansi": "Kota Contoh",
         "pagu": 1_000_000 * number, "nip": "199001012020121001", "catatan": "untuk ruang tamu"} | more
        for number in range(1, count + 1)
    ]  # fmt: skip


class Office:
    """The source `jati`."""

    def __init__(self, world: Any, settings: Any, base: str, script: dict[str, list[Canned]]) -> None:
        self.world, self.settings, self._script, self.url = world, settings, script, base + PATH

    def answers(self, said: Any) -> None:
        """What it sends from now on."""
        self._script[PATH] = [said if isinstance(said, Canned) else Canned.json({"daftar": said})]

    def enrol(self, *, connector: str = "rest", state: str = "pending", **options: str) -> None:
        """Put it among the sources, as the command does with `--local`."""
        given = {"url": self.url} | ({"mapping": MAPPING} if connector == "rest" else {}) | options
        with self.world.work() as session:
            session.add(SourceRow(name="jati", connector=connector, region="33.20", options=given, local=True, state=state))

    def work(self) -> int:
        """Let the worker do what waits."""
        return Worker(self.world, self.settings, [SourceLooks(self.world, self.settings)]).run(once=True)

    def row(self) -> SourceRow:
        with self.world.read() as session:
            row = source_by_name(session, "jati")
            assert row is not None
            return row


@pytest.fixture
def jati(world: Any, settings: Any) -> Iterator[Office]:
    with serve(feeds=(), script={PATH: [Canned.json({"daftar": rows(6)})]}) as served:
        office = Office(world, settings, served.base, served.script)
        office.answers(rows(6))
        office.enrol()
        yield office
