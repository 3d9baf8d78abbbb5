"""Processes that write the exchange log at once make one chain."""

from __future__ import annotations

import subprocess
import sys

from exchange.access.log_check import check
from exchange.store.base import Store
from exchange.store.exchange_log import batches, entries_of

WRITER = """
import sys
from exchange.store.base import Store
from exchange.store.exchange_log import append
url, name = sys.argv[1:]
store = Store(url)
print("ready", flush=True)
sys.stdin.readline()
entry = {"at": "2026-11-27T06:00:00.000Z", "until": "2026-11-27T06:00:00.000Z", "times": 1, "partner": name, "name": name,
         "region": "33.74", "stage": "contracted", "basis": [], "door": "products.one", "told": [["business", ["contact"], ["cv-a"]]]}
for number in range(60):
    with store.work() as session:
        append(session, [entry | {"times": number + 1}])
store.close()
"""


def test_processes_that_write_at_once_make_one_chain_without_a_fork(store: Store, database_url: str):
    names = ["kota-a", "kota-b", "kota-c"]
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, database_url, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in names
    ]
    for each in running:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in running:
        each.communicate(timeout=120)
        assert each.returncode == 0
    with store.read() as session:
        proved = check(session, {})
    assert proved.well and (proved.last, proved.entries) == (180, 180)
    with store.read() as session:
        told = [(entry["partner"], entry["times"]) for row, _ in batches(session) for entry in entries_of(row)]
    assert sorted(told) == [(name, number) for name in names for number in range(1, 61)]
    assert [name for name, _ in told] != sorted(name for name, _ in told), "they did write at once"
