"""Three sources for two nights, made up: the server that plays them, and what they say on which night."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from exchange.settings import Settings

NAMES = {"bus": "lkpp_isb", "tender": "ocds", "lain": "lkpp_isb"}
_SERVER = """
import http.server, pathlib, urllib.parse
folder = pathlib.Path({folder!r})
class Feed(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        night = (folder / "night").read_text()
        body = (folder / night / urllib.parse.urlsplit(self.path).path.strip("/")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
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
    """A program that serves what `night` has put into the folder and prints its address; the files are written here."""
    for number in range(2):
        made = folder / str(number)
        made.mkdir()
        for name in ("bus", "lain"):
            (made / name).write_text(json.dumps(_bus(name, number)), encoding="utf-8")
        pages = _tender(number)
        for at, page in enumerate(pages):
            (made / ("tender" if at == 0 else f"tender-{at}")).write_text(json.dumps(page), encoding="utf-8")
    (folder / "night").write_text("0")
    return _SERVER.format(folder=str(folder))


def night(settings: Settings, number: int) -> None:
    """Have the sources say what they say on that night."""
    (settings.data_dir.parent / "night").write_text(str(number))


def _bus(name: str, number: int) -> list[dict[str, Any]]:
    """2,600 packages; on the second night 4 are gone, 112 changed, 9 unreadable, 50 new."""
    codes = list(range(2600)) if number == 0 else list(range(4, 2650))
    rows = []
    for code in codes:
        pick = random.Random(f"{name}{code}")
        row = {
            "kd_klpd": f"D-{name}", "nama_klpd": "Kota Contoh", "nama_satker": "Dinas Contoh", "kd_rup": code,
            "nama_paket": f"Belanja rak arsip {code}", "pagu": 1_000_000 + code, "jenis_pengadaan": "Barang",
            "volume_pekerjaan": f"{pick.randint(1, 90)} buah", "urarian_pekerjaan": "Rak arsip besi; ",
            "tgl_awal_kontrak": "2027-02-01", "tgl_akhir_kontrak": "2027-03-01", "tgl_pengumuman_paket": "2026-11-01 09:00:00",
            "status_aktif_rup": True, "status_delete_rup": False, "status_umumkan_rup": "Terumumkan",
            "_event_date": f"2027-01-{number + 1:02d}",
        }  # fmt: skip
        if number and code % 23 == 0:
            row["pagu"] = 2_000_000 + code
        if number and code % 280 == 7:
            row["pagu"] = "seratus"
        rows.append(row)
    return rows


def _tender(number: int) -> list[dict[str, Any]]:
    """Twelve pages of 200 releases, each linked to the next; some change, and three go, on the second night."""
    pages = []
    for page in range(12):
        releases = [_release(code, number) for code in range(page * 200, page * 200 + 200) if number == 0 or code not in (3, 300, 2000)]
        document: dict[str, Any] = {"version": "1.1", "releases": releases}
        if page < 11:
            document["links"] = {"next": f"/tender-{page + 1}"}
        pages.append(document)
    return pages


def _release(code: int, number: int) -> dict[str, Any]:
    title = f"Kursi lipat {code}" + (" (ulang)" if number and code % 11 == 0 else "")
    return {
        "ocid": f"ocds-contoh-{code}", "id": f"{code}-1", "date": "2027-01-01T00:00:00Z", "tag": ["tender"], "buyer": {"name": "Dinas Uji"},
        "tender": {"id": str(code), "title": title, "status": "active",
                   "items": [{"id": "1", "description": "Kursi lipat", "quantity": 5 + code % 7, "unit": {"name": "buah"}}]},
    }  # fmt: skip
