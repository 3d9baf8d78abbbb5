"""A finished night calls whoever watches it from outside; that nobody hears it costs the night nothing and is told."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from connectors.kit.simulator import Canned, serve
from exchange.jobs import nightly as module
from exchange.jobs.heartbeat import call
from exchange.jobs.nightly import nightly
from exchange.store.nights import last_night, night_by_id
from exchange.store.sources import SourceRow

KEY = "kunci-9d1f"


@pytest.fixture
def watcher():
    """One that hears, one that fails, one that leads elsewhere, and a source that sends a web page."""
    script = {
        f"/{KEY}": [Canned(b"OK")],
        f"/{KEY}/rusak": [Canned(b"x", status=404)],
        f"/{KEY}/pindah": [Canned(b"", status=302, headers={"Location": "http://127.0.0.2:1/"})],
        "/web": [Canned(b"<html></html>")],
    }
    with serve(feeds=(), script=script) as served:
        yield served


def heard(watcher):
    return [asked.target for asked in watcher.asked if KEY in asked.target]


def told(store):
    with store.read() as session:
        return night_by_id(session, last_night(session).id).summary["heartbeat"]


def test_a_night_that_came_to_its_end_is_heard_once(store, settings, watcher):
    night = nightly(store, replace(settings, heartbeat_url=f"{watcher.base}/{KEY}"))
    assert heard(watcher) == [f"/{KEY}"]
    assert night.as_json()["heartbeat"] == told(store) == {"called": True, "trouble": None}


def test_a_night_in_which_something_needs_a_person_has_run_all_the_same(store, settings, watcher):
    with store.work() as session:
        options = {"url": watcher.base + "/web"}
        session.add(SourceRow(name="a", connector="ocds", region="33.74", options=options, local=True, state="approved"))
    assert not nightly(store, replace(settings, heartbeat_url=f"{watcher.base}/{KEY}")).all_well
    assert heard(watcher) == [f"/{KEY}"]


def test_a_night_whose_matching_breaks_is_not_heard(store, settings, watcher, monkeypatch):
    monkeypatch.setattr(module, "rematch", lambda *args, **kwargs: (_ for _ in ()).throw(RuntimeError("broken")))
    with pytest.raises(RuntimeError):
        nightly(store, replace(settings, heartbeat_url=f"{watcher.base}/{KEY}"))
    assert heard(watcher) == []


@pytest.mark.parametrize(("path", "says"), [("rusak", "404"), ("pindah", "mengalihkan")])
def test_a_call_that_fails_is_told_without_the_key_and_fails_nothing(store, settings, watcher, caplog, path, says):
    with caplog.at_level(logging.DEBUG):
        night = nightly(store, replace(settings, heartbeat_url=f"{watcher.base}/{KEY}/{path}"))
    assert night.all_well
    assert told(store)["called"] is False
    assert says in told(store)["trouble"]
    assert KEY not in str(told(store)) + caplog.text + repr(replace(settings, heartbeat_url=f"{watcher.base}/{KEY}"))


@pytest.mark.parametrize("address", ["http://10.0.0.7/x", "http://169.254.169.254/latest", "http://[fd00::1]/", "http://127.0.0.1:1/"])
def test_only_the_internet_and_this_machine_are_called(settings, address):
    assert "tidak dapat dipanggil" in call(replace(settings, heartbeat_url=address))


def test_without_an_address_nobody_is_called(store, settings):
    nightly(store, settings)
    assert told(store) is None
