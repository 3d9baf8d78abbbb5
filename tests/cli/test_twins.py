"""`exchange agreement twin`: another node is trusted by its fingerprint alone, and both sides are shown side by side."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date

import pytest
from werkzeug.serving import make_server

from exchange.agreements.node import node_of
from exchange.agreements.steps import begin
from exchange.agreements.twins.peers import fingerprint, trust
from exchange.app import create_app
from exchange.jobs.twins import Twins
from exchange.jobs.worker import Worker
from exchange.publish.base64url import encoded
from exchange.publish.keys import Ring
from exchange.store import migrate
from exchange.store.base import Store

HERE, THERE = "36.72", "33.74"


@pytest.fixture
def other(settings, store, tmp_path):
    """Another node under a real server, and ours under one too: (its address, its settings and database)."""
    theirs = replace(settings, home_region=THERE, data_dir=tmp_path / "theirs", database_url=f"sqlite:///{tmp_path / 'theirs.sqlite3'}")
    database = Store(theirs.url())
    migrate.upgrade(database)
    servers = [make_server("127.0.0.1", 0, create_app(its, base), threaded=True) for its, base in ((theirs, database), (settings, store))]
    threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    key = Ring(settings.data_dir).signing()
    with database.work() as session:
        trust(
            session, THERE, HERE, f"http://127.0.0.1:{servers[1].server_port}", key.kid, encoded(key.public), local=True, actor="uji",
        )  # fmt: skip
    yield f"http://127.0.0.1:{servers[0].server_port}", theirs, database
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()
    database.close()


def test_a_node_is_trusted_only_with_the_fingerprint_of_its_own_key(exchange, other):
    url, theirs, _ = other
    wanted = fingerprint(Ring(theirs.data_dir).signing().public)
    shown = exchange("agreement", "twin", "trust", THERE, url, "--local")
    assert (shown.code, shown.out.strip()) == (1, wanted)
    assert exchange("agreement", "twin", "peers", "--json").json() == [], "looking at a key trusts nobody"
    wrong = exchange("agreement", "twin", "trust", THERE, url, "--local", "--fingerprint", "0000" + wanted[4:])
    assert wrong.code == 2
    assert exchange("agreement", "twin", "peers", "--json").json() == []
    assert exchange("agreement", "twin", "trust", THERE, url, "--local", "--fingerprint", wanted.upper()).code == 0
    (row,) = exchange("agreement", "twin", "peers", "--json").json()
    assert (row["region"], row["state"], row["url"]) == (THERE, "trusted", url)
    assert exchange("agreement", "twin", "distrust", THERE).code == 0
    assert exchange("agreement", "twin", "peers", "--json").json()[0]["state"] == "closed"


def test_what_answers_and_is_no_node_is_not_trusted(exchange, other):
    told = exchange("agreement", "twin", "trust", THERE, other[0] + "/docs", "--local")
    assert told.code == 2 and "Traceback" not in told.err
    assert exchange("agreement", "twin", "trust", THERE, other[0]).code == 1, "loopback only where the operator says so"


def test_our_own_fingerprint_is_that_of_the_key_that_signs(exchange, environment, tmp_path):
    told = exchange("agreement", "twin", "fingerprint")
    assert told.out.strip() == fingerprint(Ring(tmp_path / "data").signing().public)


def test_a_case_is_offered_taken_on_shown_compared_and_left(exchange, other, store, settings):
    url, theirs, database = other
    wanted = fingerprint(Ring(theirs.data_dir).signing().public)
    exchange("agreement", "twin", "trust", THERE, url, "--local", "--fingerprint", wanted)
    with database.work() as session:
        case = begin(
            session, node_of(theirs), kind="daerah", title="Pagar sekolah", counterpart="Pemerintah Kota Cilegon", region=HERE, actor="uji",
            on=date(2026, 11, 23),
        ).ident  # fmt: skip
        from exchange.agreements.twins.handshake import offer
        from exchange.agreements.twins.peers import peer_named

        offer(session, node_of(theirs), case, peer_named(session, HERE), actor="uji")
    Worker(database, theirs, [Twins(database, theirs)]).run(once=True)
    (row,) = exchange("agreement", "twin", "incoming", "--json").json()
    word = row["twin"].removeprefix("urn:uuid:")
    assert (row["title"], row["region"], row["theirs"]) == ("Pagar sekolah", THERE, "REQUESTED")
    made = exchange("agreement", "twin", "accept", word)
    assert (made.code, made.out.startswith("KS-2026-")) == (0, True)
    assert exchange("worker", "--once").code == 0
    told = exchange("agreement", "twin", "check", "--json")
    assert (told.code, told.json()[0]["trouble"], told.json()[0]["differences"]) == (0, None, 0)
    with database.work() as session:
        from exchange.agreements.steps import named, take

        row = named(session, case)
        take(
            session, node_of(theirs), case, "batalkan", office="opd", actor="uji", on=date(2026, 11, 23), version=row.version,
            facts={"alasan": "Anggaran tidak ada."},
        )  # fmt: skip
    assert exchange("agreement", "twin", "check", word).code == 1
    shown = exchange("agreement", "twin", "show", word, "--json").json()
    assert [(one["part"], one["ours"], one["theirs"]) for one in shown["differences"]] == [("state", "REQUESTED", "TERMINATED")]
    assert shown["closed_since"] and not shown["noted"]
    page = exchange("agreement", "twin", "show", word)
    assert "TERMINATED" in page.out and "berbeda" in page.out and "ditutup mitra" in page.err
    assert exchange("agreement", "twin", "resolve", word, "--note", " ").code == 2
    assert exchange("agreement", "twin", "resolve", word, "--note", "Sudah ditelepon.").code == 0
    assert exchange("agreement", "twin", "show", word, "--json").json()["noted"] is True
    assert exchange("agreement", "twin", "close", word).code == 0
    assert exchange("agreement", "twin", "close", word).code == 1
    assert json.loads(exchange("agreement", "twin", "list", "--json").out)[0]["state"] == "closed"
