"""Many nodes on one loopback server: what each sends, and how some of them misbehave."""

from __future__ import annotations

MISDEEDS = ("hang", "drip", "broken", "cut", "robot", "empty", "half", "endless")
_KINDS = ("lkpp_isb", "ocds", "rest-json", "rest-xml")
_FIELDS = """
[listing]
reference = "id"

[demand]
title = "name"
status = { constant = "open" }

[demand.buyer]
name = "buyer"
code = "code"

[demand.budget]
amount = "amount"
basis = "package_ceiling"
"""
_MAPPINGS = {
    "rest-json": 'format = "json"\nlist = "data"\n\n[paging]\nkind = "page"\nparameter = "page"\nsize = 25\ntotal = "total"\n' + _FIELDS,
    "rest-xml": 'format = "xml"\nlist = "list/row"\n' + _FIELDS,
}
_SERVER = """
import http.server, json, time, urllib.parse
ROWS = {rows}
THINGS = ("Kertas HVS 70 gr", "Pipa besi 2 inci", "Nasi kotak rapat", "Genset diesel", "Cat tembok", "Kursi lipat", "Rak arsip besi")

def bus(number):
    return [{{"kd_klpd": "D%d" % number, "nama_klpd": "Kota Contoh %d" % number, "nama_satker": "Dinas Contoh",
             "kd_rup": number * 10000 + code, "nama_paket": "Belanja %s" % THINGS[code % 7], "pagu": 1000000 + code,
             "jenis_pengadaan": "Barang", "volume_pekerjaan": "1 Paket", "urarian_pekerjaan": THINGS[code % 7] + "; ",
             "spesifikasi_pekerjaan": "ukuran %d; " % code, "tgl_awal_kontrak": "2027-02-01", "tgl_akhir_kontrak": "2027-03-01",
             "status_aktif_rup": True, "status_delete_rup": False, "status_umumkan_rup": "Terumumkan"}} for code in range(ROWS)]

def plain(number, first, last):
    return [{{"id": "%d-%d" % (number, code), "name": "Belanja %s" % THINGS[code % 7], "buyer": "Kota Contoh %d" % number,
             "code": "D%d" % number, "amount": str(1000000 + code)}} for code in range(first, min(last, ROWS))]

def releases(number, page):
    made = []
    for code in range(page * 20, min(page * 20 + 20, ROWS)):
        item = {{"id": "1", "description": THINGS[code % 7], "quantity": 3, "unit": {{"name": "buah"}}}}
        tender = {{"id": "1", "title": "Belanja %s" % THINGS[code % 7], "status": "active", "items": [item]}}
        made.append({{"ocid": "ocds-%d-%d" % (number, code), "id": "1", "date": "2027-01-01T00:00:00Z", "tag": ["tender"],
                     "buyer": {{"name": "Kota %d" % number}}, "tender": tender}})
    document = {{"version": "1.1", "releases": made}}
    if page * 20 + 20 < ROWS:
        document["links"] = {{"next": "/ocds/%d/%d" % (number, page + 1)}}
    return document

class Feed(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        asked = urllib.parse.urlsplit(self.path)
        kind, number, *rest = asked.path.strip("/").split("/")
        number = int(number)
        misdeed = rest[0] if rest and not rest[0].isdigit() else ""
        if kind == "lkpp_isb":
            body = json.dumps(bus(number)).encode()
        elif kind == "ocds":
            body = json.dumps(releases(number, int(rest[0]) if rest and rest[0].isdigit() else 0)).encode()
        elif kind == "rest-json":
            page = int(urllib.parse.parse_qs(asked.query).get("page", ["1"])[0]) - 1
            body = json.dumps({{"total": ROWS, "data": plain(number, page * 25, page * 25 + 25)}}).encode()
        else:
            body = b"<list>"
            for row in plain(number, 0, ROWS):
                body += ("<row>" + "".join("<%s>%s</%s>" % (name, value, name) for name, value in row.items()) + "</row>").encode()
            body += b"</list>"
        self.answer(body, misdeed)
    def answer(self, body, misdeed):
        if misdeed == "hang":
            time.sleep(3600)
        status, length = (500 if misdeed == "broken" else 200), len(body)
        if misdeed == "robot":
            body = b"<!DOCTYPE html><title>Just a moment...</title>"
        if misdeed == "empty":
            body = b""
        if misdeed == "half":
            body = body[: len(body) // 2]
        if misdeed in ("robot", "empty", "half"):
            length = len(body)
        if misdeed == "endless":
            length = 10 ** 12
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if misdeed == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif misdeed == "drip":
            for place in range(len(body)):
                self.wfile.write(body[place : place + 1])
                time.sleep(0.5)
        elif misdeed == "endless":
            while True:
                self.wfile.write(body)
        else:
            self.wfile.write(body)
    def log_message(self, *args):
        pass

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    def handle_error(self, request, client_address):
        pass

server = Server(("127.0.0.1", 0), Feed)
print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
server.serve_forever()
"""


def server_script(rows: int) -> str:
    """A program that plays all nodes, each with so many listings, and prints its address."""
    return _SERVER.format(rows=rows)


def connector_of(number: int) -> str:
    """The connector that reads this node."""
    return _KINDS[number % len(_KINDS)].partition("-")[0]


def options_of(base: str, number: int, misdeed: str) -> dict[str, str]:
    """The settings of this node's source."""
    kind = _KINDS[number % len(_KINDS)]
    options = {"url": f"{base}/{kind}/{number}" + (f"/{misdeed}" if misdeed else "")}
    return options | ({"mapping": _MAPPINGS[kind]} if kind in _MAPPINGS else {})
