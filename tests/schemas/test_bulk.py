"""Reading in bulk by several threads: what a library looks into when it is first used is looked into while one thread imports it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-6)
from schemas.bulk import quick
begin = threading.Barrier(16)
listing = {
    "reference": "1", "title": "Meja", "buyer": {"name": "Dinas"}, "published_at": "2026-01-01T00:00:00Z",
    "items": [{"position": 1, "text": "meja", "quantity": {"said": "2 unit", "amount": "2", "unit": "C62"}}],
    "budget": {"amount": "1000", "basis": "package_ceiling"}, "periods": {"contract": {"start": "2026-01-01", "end": "2026-02-01"}},
}
read = []
def reader():
    begin.wait()
    read.extend(quick(listing).title for _ in range(20))
threads = [threading.Thread(target=reader) for _ in range(16)]
for each in threads: each.start()
for each in threads: each.join()
print(len(read))
"""


def test_threads_whose_first_listing_comes_at_once_all_read_it():
    # without the reading at import two of five such processes ended by a segmentation fault
    ended = [subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, cwd=ROOT, check=False) for _ in range(10)]
    assert [(one.returncode, one.stdout.strip(), one.stderr) for one in ended] == [(0, b"320", b"")] * 10


def test_no_type_is_looked_into_at_a_call():
    told = re.compile(r"msgspec\.(?:json|msgpack)\.decode\([^\n]*\btype=")
    folders = ("exchange", "connectors", "schemas", "openapi")
    assert not [path for folder in folders for path in (ROOT / folder).rglob("*.py") if told.search(path.read_text(encoding="utf-8"))]
