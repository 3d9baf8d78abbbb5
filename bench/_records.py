"""Made-up records of some 720 bytes in pages of 1,000, as JSON, NDJSON and XML; their server, and the mappings that read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson

_FIELDS = """
[demand]
title = "name"
method = "method"
status = { from = "status", codes = { "open" = "open", "closed" = "closed" } }

[demand.buyer]
name = "buyer"
code = "buyer_code"

[demand.budget]
amount = "amount"
basis = "package_ceiling"

[demand.periods]
contract = { start = "start", end = "end" }

[demand.items]
each = "EACH"
text = "name"
specification = "note"

[demand.items.quantity]
amount = "qty"
unit = "unit"
"""
_PAGES = """
[paging]
kind = "page"
parameter = "page"
size = 1000
"""
_LISTING = """
[listing]
reference = "id"
volatile = ["_event_date"]
"""
MAPPINGS = {
    "json": 'format = "json"\nlist = "data"\n' + _PAGES + 'total = "total"\n' + _LISTING + _FIELDS.replace("EACH", "items"),
    "ndjson": 'format = "ndjson"\n' + _PAGES + _LISTING + _FIELDS.replace("EACH", "items"),
    "xml": 'format = "xml"\nlist = "list/row"\n' + _PAGES + _LISTING + _FIELDS.replace("EACH", "items/item"),
}
_SERVER = """
import http.server, pathlib, urllib.parse
folder = pathlib.Path({folder!r})
EMPTY = {{"json": b'{{"total": {records}, "data": []}}', "ndjson": b"", "xml": b"<list></list>"}}
class Feed(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        asked = urllib.parse.urlsplit(self.path)
        page = urllib.parse.parse_qs(asked.query)["page"][0]
        form = asked.path.strip("/")
        made = folder / (folder / "day").read_text() / form / page
        body = made.read_bytes() if made.exists() else EMPTY[form]
        self.send_response(200)
        self.send_header("Content-Type", "application/" + form)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
server.serve_forever()
"""


def server_script(folder: Path) -> str:
    """A program that serves the pages of the day named in the folder, and prints its address."""
    records = sum(1000 for _ in (folder / "1" / "json").iterdir())
    return _SERVER.format(folder=str(folder), records=records - 1)


def write_pages(folder: Path, records: int, day: int, forms: set[str]) -> None:
    """Pages from 1 in every form; days differ in `_event_date` alone."""
    for form in forms:
        (folder / form).mkdir(parents=True)
    for start in range(0, records, 1000):
        rows = list(_rows(start, day))
        if start + 1000 >= records:
            rows.pop()  # the last page is not full: that is how some of these sources end
        page = str(start // 1000 + 1)
        if "json" in forms:
            (folder / "json" / page).write_bytes(orjson.dumps({"total": records - 1, "data": rows}))
        if "ndjson" in forms:
            (folder / "ndjson" / page).write_bytes(b"\n".join(map(orjson.dumps, rows)))
        if "xml" in forms:
            text = "".join(f"<row>{_xml(row)}</row>\n" for row in rows)
            (folder / "xml" / page).write_text(f"<list>\n{text}</list>", encoding="utf-8")


def _xml(row: dict[str, Any]) -> str:
    items = "".join(f"<item>{_xml(item)}</item>" for item in row.get("items", ()))
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items() if name != "items") + (
        f"<items>{items}</items>" if items else ""
    )


def _rows(start: int, day: int) -> Iterator[dict[str, Any]]:
    for number in range(start, start + 1000):
        thing = number * 7919 % 1000
        yield {
            "id": f"P-{number:08d}", "name": f"Belanja rak arsip besi lima susun untuk ruang {thing} lantai {number % 9}",
            "buyer": f"Dinas Perpustakaan dan Kearsipan Kota Contoh {number % 90}", "buyer_code": f"D{number % 90}",
            "amount": str(1_000_000 + number * 13), "start": "2027-02-01", "end": "2027-03-01", "method": "E-Purchasing", "status": "open",
            "items": [{"name": f"Rak arsip besi tipe {thing}", "qty": str(1 + number % 90), "unit": "buah", "note": _note(number)}],
            "fund": "APBD", "year": "2027", "place": "Kota Contoh", "_event_date": f"2027-01-{day:02d}",
        }  # fmt: skip


def _note(number: int) -> str:
    return f"tinggi {150 + number % 60} cm, lebar {80 + number % 40} cm, tebal pelat 0,{5 + number % 4} mm, warna abu-abu muda, " * 2
