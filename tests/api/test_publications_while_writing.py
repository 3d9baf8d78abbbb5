"""While another process changes the catalogue without a pause, each download over HTTP is one state of it, whole."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest
import requests
from lxml import etree
from werkzeug.serving import make_server

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.app import create_app
from exchange.publish.verify import known_keys, verify
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow
from schemas.ubl import cac, cbc

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = 300
ROUNDS = 12

# renames every product in one transaction, again and again until its input ends; tells the name and the word for the state of each round
WRITER = """
import os, sys, threading
from exchange.access.segments import refresh_products
from exchange.store.base import Store
from exchange.access.callers import ANYBODY
from exchange.publish.states import state_now
from exchange.store.products import products_by_sku

store, done = Store(sys.argv[1]), threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
turn = 0
while not done.is_set():
    turn += 1
    with store.work() as session:
        rows = products_by_sku(session)
        for row in rows.values():
            row.name = f"Putaran {turn}"
            row.version += 1
        refresh_products(session, list(rows.values()))
    with store.read() as session:
        print(turn, state_now(session, ANYBODY, sys.argv[2]).word, flush=True)
store.close()
"""


@pytest.fixture
def many(store):
    with store.work() as session:
        said = {"nib": "9120000000017", "name": "CV Contoh", "legal_form": "CV", "consented_on": date(2026, 1, 2)}
        row, _ = apply_business(session, said)
        rows = [ProductRow(sku=f"S-{n:04}", business=row, name="Putaran 0", description="x" * 300) for n in range(PRODUCTS)]
        session.add_all(rows)
        session.flush()
        refresh_businesses(session, [row])
        refresh_products(session, rows)
    return store


@pytest.fixture
def node(settings, many):
    """The service, which counts nobody's requests: counting writes, and would stand in the queue behind this test's writer."""
    server = make_server("127.0.0.1", 0, create_app(replace(settings, rate_public=0), many), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Writer:
    """The process that changes the catalogue; `states` are the (name, version) that it committed."""

    def __init__(self, url, secret):
        command = [sys.executable, "-W", "error", "-c", WRITER, url, secret]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, cwd=ROOT, **pipes)
        self.states = {}
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            turn, version = line.split()
            with self._more:
                self.states[version] = f"Putaran {turn}"
                self._more.notify_all()

    def goes_on(self, rounds):
        """Wait until it committed that many more times."""
        with self._more:
            enough = len(self.states) + rounds
            assert self._more.wait_for(lambda: len(self.states) >= enough or self._process.poll() is not None, 60)
            assert self._process.poll() is None, self._process.stderr.read()

    def end(self):
        self._process.stdin.close()
        assert self._process.wait(60) == 0, self._process.stderr.read()
        self._reader.join(30)
        self._process.stdout.close()
        self._process.stderr.close()


@pytest.fixture
def writer(settings, many):
    made = Writer(settings.url(), settings.secret_key)
    made.goes_on(1)
    yield made
    made.end()


def read_json(body):
    said = orjson.loads(body)
    return said["catalogue"]["version"], [each["name"] for each in said["products"]]


def read_ubl(body):
    root = etree.fromstring(body)
    names = [line.findtext(f"{cac('Item')}/{cbc('Name')}") for line in root.iter(cac("CatalogueLine"))]
    return root.findtext(cbc("VersionID")), names


READ = {"json": read_json, "ubl": read_ubl}


def download(node, name, writer, packed):
    """Read a publication slowly: its first bytes, then nothing until the catalogue has changed twice more, then the rest."""
    headers = {"Accept-Encoding": "gzip" if packed else "identity"}
    with requests.get(f"{node}/api/v1/publications/{name}", headers=headers, stream=True, timeout=60) as answer:
        assert answer.status_code == 200, answer.text
        parts = answer.iter_content(4096)
        first = next(parts)
        writer.goes_on(2)
        body = first + b"".join(parts)
        assert (answer.headers.get("Content-Encoding") == "gzip") is packed
        return name, body


def test_each_download_is_one_state_of_the_catalogue_and_is_proved_as_that(node, writer, tmp_path):
    asked = [(name, packed) for _ in range(ROUNDS // 4) for name in READ for packed in (False, True)]
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda each: download(node, each[0], writer, each[1]), asked))
        signatures = {}
        for name, body in came:
            digest = hashlib.sha256(body).hexdigest()
            answer = requests.get(f"{node}/api/v1/publications/{name}/signature", params={"sha256": digest}, timeout=60)
            assert answer.status_code == 200, answer.text
            signatures[digest] = answer.content
    keys = known_keys(requests.get(f"{node}/api/v1/keys", timeout=60).content)
    writer.end()
    versions = set()
    for name, body in came:
        version, names = READ[name](body)
        assert len(names) == PRODUCTS
        assert set(names) == {writer.states[version]}, "one state, and the one that the document names"
        file = tmp_path / f"unduhan.{name}"
        file.write_bytes(body)
        proved = verify(file.rename(file.with_suffix("")), signatures[hashlib.sha256(body).hexdigest()], keys)
        assert (proved.reason, proved.statement["version"]) == (None, version)
        versions.add(version)
    assert len(versions) > 1, "the catalogue changed meanwhile, else this proves nothing"
