"""The command as a process of its own: what only shows there."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import requests
from sqlalchemy import text

from connectors.kit.simulator import Canned, serve
from exchange.access.partners import named, set_stage
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.store.businesses import apply_business
from exchange.store.figures import figure_count
from exchange.store.products import apply_product


@pytest.fixture
def process(environment, tmp_path):
    env = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | environment

    def run(*words, **more):
        command = [sys.executable, "-W", "error", "-m", "exchange.cli", *words]
        return subprocess.run(command, env=env | more, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)

    return run


def test_json_stands_alone_on_standard_output(process):
    told = process("source", "list", "--json")
    assert (told.returncode, json.loads(told.stdout), told.stderr) == (0, [], "")


def test_a_wrong_setting_is_one_line_and_misuse(process):
    told = process("source", "list", EXCHANGE_PORT="many")
    assert told.returncode == 2
    assert told.stdout == ""
    assert "EXCHANGE_PORT" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.fixture
def port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(environment, tmp_path):
    """Starts a command that stays; whatever still runs at the end is ended."""
    running = []
    env = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | environment

    def start(*words):
        command = [sys.executable, "-m", "exchange.cli", *words]
        running.append(subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return running[-1]

    yield start
    for each in running:
        if each.poll() is None:
            each.kill()
        each.communicate()


def answer(url, process, seconds=60):
    """The first answer of a server that is starting."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, process.stdout.read()
        try:
            return requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer within {seconds} s")


@pytest.mark.parametrize("words", [("serve",), ("demo",)])
def test_the_server_answers_and_ends_when_it_is_told_to(started, process, port, words, store):
    server = started(*words, "--port", str(port))
    assert answer(f"http://127.0.0.1:{port}/healthz", server).status_code == 200
    assert "Masuk" in requests.get(f"http://127.0.0.1:{port}/", timeout=10).text
    assert requests.get(f"http://127.0.0.1:{port}/api/v1/products?limit=1", timeout=10).status_code == 200
    second = process("serve", "--port", str(port))
    assert (second.returncode, "sudah dipakai" in second.stderr, "Traceback" in second.stderr) == (1, True, False)
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) in {0, -signal.SIGTERM}
    with store.read() as session:
        assert (figure_count(session) is not None) == (words == ("demo",)), "what it shows first has its map and charts"


def test_the_server_ends_when_it_is_told_to_although_requests_wait_and_answers_them(started, port):
    server = started("serve", "--port", str(port))
    feed = f"http://127.0.0.1:{port}/api/v1/changes"
    page = answer(feed, server).json()
    while page["more"]:
        page = requests.get(feed, params={"since": page["next"]}, timeout=10).json()

    def wait():
        """An answer that waited; one that found no place asks again."""
        while True:
            told = requests.get(feed, {"since": page["next"], "wait": 30}, timeout=60)
            if "Feed-Wait" not in told.headers:
                return told.json()
            time.sleep(0.5)  # whoever asks on and on has soon used up the minute

    with ThreadPoolExecutor(2) as asking:
        asked = [asking.submit(wait) for _ in range(2)]
        until = time.monotonic() + 30
        while "Feed-Wait" not in requests.get(feed, {"since": page["next"], "wait": 1}, timeout=10).headers:
            assert time.monotonic() < until, "of four threads two may wait"
            time.sleep(0.2)
        assert requests.get(f"http://127.0.0.1:{port}/api/v1/products", timeout=10).status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) in {0, -signal.SIGTERM}, "before the time that they would have waited"
        assert [each.result() for each in asked] == [page, page]


def test_what_breaks_in_the_server_is_one_line_of_its_log_without_the_address_or_the_values(started, process, port, store):
    process("source", "add", "kota", "--connector", "table", "--region", "33.74", "--upload")
    link = json.loads(process("source", "link", "kota", "--json").stdout)["link"]
    server = started("serve", "--port", str(port))
    assert answer(f"http://127.0.0.1:{port}{link}", server).status_code == 200
    with store.work() as session:
        session.execute(text("DROP TABLE upload"))
    assert requests.get(f"http://127.0.0.1:{port}{link}", timeout=10).status_code == 500
    server.send_signal(signal.SIGTERM)
    said, _none = server.communicate(timeout=20)
    (line,) = [json.loads(each) for each in said.splitlines() if each.startswith("{")]
    assert line["level"] == "error"
    assert re.fullmatch(r"GET /unggah/<token> \([0-9a-f]{16}\)", line["message"]), "the route and the name of the request"
    assert "OperationalError" in line["error"] or "ProgrammingError" in line["error"]
    assert not any(part in said for part in link.removeprefix("/unggah/").split("."))


def test_a_sync_that_was_killed_is_taken_up_by_the_next_one_at_once(started, process, environment):
    slow = Canned.json([], delay=60)
    with serve(feeds=(), script={"/isb/umpan": [slow]}) as partner:
        process("source", "add", "k", "--connector", "lkpp_isb", "--region", "61", "--set", f"url={partner.base}/isb/umpan", "--local")
        process("source", "approve", "k", "--without-look", "uji coba")
        running = started("sync", "k")
        until = time.monotonic() + 30
        while not partner.asked and time.monotonic() < until:
            time.sleep(0.05)
        running.kill()
        running.wait()
        partner.script["/isb/umpan"] = [Canned.json([])]
        told = process("sync", "k", "--json")
    (report,) = json.loads(told.stdout)
    assert report["state"] == "unproven", "an empty list, but it was asked for"


@pytest.mark.parametrize("url", ["foo", "mysql://x/y", "postgresql://nobody@127.0.0.1:1/x", "sqlite:////proc/nope/x.db", "sqlite:///."])
def test_a_database_that_cannot_be_used_is_one_line(process, url):
    told = process("source", "list", EXCHANGE_DATABASE_URL=url)
    assert told.returncode in {1, 2}
    assert told.stdout == ""
    assert len(told.stderr.strip().splitlines()) == 1
    assert "Traceback" not in told.stderr


def test_a_data_folder_that_is_a_file_is_one_line(process, tmp_path):
    (tmp_path / "berkas").write_text("x")
    told = process("init", EXCHANGE_DATA_DIR=str(tmp_path / "berkas"))
    assert told.returncode in {1, 2}
    assert len(told.stderr.strip().splitlines()) == 1


def test_what_a_partner_used_is_written_when_the_server_ends(started, process, port, store):
    secret = process(
        "partner", "add", "kota-contoh", "--name", "Kota Contoh", "--region", "33.74", "--scope", "catalogue:read"
    ).stdout.strip()
    server = started("serve", "--port", str(port), "--no-worker")
    node = f"http://127.0.0.1:{port}"
    assert answer(f"{node}/readyz", server).status_code == 200
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{node}/oauth/token", data=form, auth=("kota-contoh", secret), timeout=10).json()["access_token"]
    for _ in range(3):
        asked = requests.get(f"{node}/api/v1/products", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert asked.status_code == 200
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=20)
    (partner,) = json.loads(process("partner", "list", "--json").stdout)
    assert partner["asked"] == 3


def test_what_a_partner_was_told_is_recorded_when_the_server_ends_at_once(started, process, port, store):
    words = ("partner", "add", "kota-contoh", "--name", "Kota Contoh", "--region", "33.74", "--scope", "catalogue:read")
    secret = process(*words).stdout.strip()
    data = {"nib": "9120000011111", "name": "CV Contoh", "legal_form": "CV", "telephone": "0254-1", "consented_on": date(2026, 1, 5)}
    with store.work() as session:
        firm, _ = apply_business(session, data)
        product, _ = apply_product(session, {"sku": "LGM-1", "nib": firm.nib, "name": "Pagar", "sector": "logam", "kbli": "25111"}, firm)
        session.flush()
        refresh_businesses(session, [firm])
        refresh_products(session, [product])
        set_stage(session, named(session, "kota-contoh"), "contracted", sectors=["logam"], actor="uji")
    server = started("serve", "--port", str(port), "--no-worker")
    node = f"http://127.0.0.1:{port}"
    assert answer(f"{node}/readyz", server).status_code == 200
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{node}/oauth/token", data=form, auth=("kota-contoh", secret), timeout=10).json()["access_token"]
    for _ in range(3):
        told = requests.get(f"{node}/api/v1/businesses", headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
        assert told["items"][0]["telephone"] == "0254-1"
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) in {0, -signal.SIGTERM}
    reads = json.loads(process("log", "export", "--firm", firm.ident, "--json").stdout)["reads"]
    assert sum(read["times"] for read in reads) == 3 and {tuple(read["classes"]) for read in reads} == {("contact",)}
    assert process("log", "verify").returncode == 0
