"""Quarantine read again by any connector: mended mappings, later pages, other addresses; what comes back is what a calm run keeps."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from connectors.kit import Refused
from connectors.kit.discovery import discover
from connectors.kit.sample import NoSample
from connectors.kit.simulator import Canned, serve
from exchange.store.demands import DemandRow
from exchange.store.in_use import answers_in_use
from exchange.store.quarantine import waiting_by_rule
from exchange.store.runs import AnswerRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.archive import Archive
from exchange.sync.replay import replay, replay_changed
from exchange.sync.run import sync_source

from .conftest import counts  # isort: skip

MAPPING = """
format = "json"
list = "data"
[paging]
kind = "link"
next = "next"
[listing]
reference = "id"
[demand]
title = "judul"
[demand.buyer]
name = "pembeli"
[demand.budget]
basis = "package_ceiling"
%s
"""


BY_NUMBER = 'amount = "pagu"'
BY_THE_OTHER = 'amount = "angka"'


def told(report):
    return {name: value for name, value in report.as_json().items() if value and name != "source"}


@pytest.fixture
def api(store, settings):
    """A source of two pages behind connector `rest`, pulled once by a mapping that cannot read the three sums of the second page."""
    first = {
        "data": [{"id": n, "judul": f"Rak {n}", "pembeli": "Kota Contoh", "pagu": n, "angka": n} for n in range(5)],
        "next": "/api?hal=2",
    }
    second = {
        "data": [{"id": n, "judul": f"Rak {n}", "pembeli": "Kota Contoh", "pagu": "lima juta", "angka": 5_000_000} for n in range(5, 8)]
    }
    script = {path: [_tagged(page)] for path, page in (("/api", first), ("/api?hal=2", second))}
    with serve(feeds=(), script=script) as served:
        with store.work() as session:
            options = {"url": f"{served.base}/api", "mapping": MAPPING % BY_NUMBER}
            session.add(SourceRow(name="api", connector="rest", region="33.74", options=options, local=True, state="approved"))
        report = sync_source(store, settings, "api")
        assert counts(report) == {"fetched": 8, "new": 5, "quarantined": 3}
        yield served


def _tagged(page):
    return Canned(orjson.dumps(page), headers={"Content-Type": "application/json", "ETag": '"v1"'})


def _other_options(store, **options):
    with store.work() as session:
        row = source_by_name(session, "api")
        row.options = row.options | options


def test_a_mended_mapping_brings_the_listings_of_a_later_page_back(store, settings, api):
    _other_options(store, mapping=MAPPING % BY_THE_OTHER)
    (report,) = replay_changed(store, settings)
    assert told(report) == {"waiting": 3, "returned": 3}
    assert len(api.asked) == 2, "nothing was asked again"
    with store.read() as session:
        assert session.scalars(select(DemandRow.budget_amount).where(DemandRow.reference == "6")).one() == 5_000_000


def test_an_address_that_changed_since_does_not_hide_the_answers(store, settings, api):
    _other_options(store, mapping=MAPPING % BY_THE_OTHER, url="https://baru.contoh.invalid/v2/daftar?kunci=lain")
    (report,) = replay_changed(store, settings)
    assert told(report) == {"waiting": 3, "returned": 3}


def test_an_answer_without_the_ones_before_it_is_still_read(store, settings, api):
    with store.read() as session:
        first, second = session.scalars(select(AnswerRow.digest).order_by(AnswerRow.id)).all()
        assert answers_in_use(session) == {first, second}, "the second page was found by the first one"
    Archive(settings.data_dir / "archive").path(first).unlink()
    _other_options(store, mapping=MAPPING % BY_THE_OTHER)
    (report,) = replay_changed(store, settings)
    assert told(report) == {"waiting": 3, "returned": 3}


def test_answers_that_the_source_did_not_send_again_are_read_from_when_they_came(store, settings, api):
    """The listings wait from the second run, which got a 304 for both pages."""
    for path in ("/api", "/api?hal=2"):
        api.script[path] = [Canned(b"", status=304, length=-1)]
    assert counts(sync_source(store, settings, "api")) == {"fetched": 8, "unchanged": 5, "quarantined": 3}
    with store.read() as session:
        assert session.scalars(select(AnswerRow.status).order_by(AnswerRow.id)).all() == [200, 200, 304, 304]
        assert len(answers_in_use(session)) == 2
    _other_options(store, mapping=MAPPING % BY_THE_OTHER)
    (report,) = replay_changed(store, settings)
    assert told(report) == {"waiting": 3, "returned": 3}


def test_settings_that_the_connector_refuses_leave_everything_waiting(store, settings, api):
    _other_options(store, mapping="bukan pemetaan")
    assert replay_changed(store, settings) == []
    (report,) = replay(store, settings, "sari", name="api")
    assert "mapping" in report.trouble or "pemetaan" in report.trouble.lower()


def _usable_samples():
    for name, cls in discover().usable.items():
        try:
            for case, sample in cls.samples().items():
                yield pytest.param(cls, sample, id=f"{name}-{case}" if case else name)
        except NoSample:
            continue


@pytest.mark.parametrize(("cls", "sample"), list(_usable_samples()))
def test_whatever_the_connector_what_it_refused_comes_back_the_same_from_the_archive_alone(store, settings, monkeypatch, cls, sample):
    with serve(feeds=(), script={}) as served:
        for target, answers in sample.answers.items():
            bodies = [(each.body.replace(b"{base}", served.base.encode()), each.media_type) for each in answers]
            served.script[target] = [Canned(body, headers={"Content-Type": kind}) for body, kind in bodies]
        for name in ("tenang", "rusak"):
            with store.work() as session:
                options = sample.settings_at(served.base)
                session.add(SourceRow(name=name, connector=cls.name, region="33.74", options=options, local=True, state="approved"))
        calm = sync_source(store, settings, "tenang")
        with monkeypatch.context() as patch:
            for reading in ("translate", "supply"):
                patch.setattr(cls, reading, _refuses)
            hurt = sync_source(store, settings, "rusak")
    assert calm.new > 0
    assert hurt.quarantined == calm.fetched
    (report,) = replay(store, settings, "sari", name="rusak")
    assert told(report) == {"waiting": calm.fetched, "returned": calm.new} | ({"skipped": calm.skipped} if calm.skipped else {})
    with store.read() as session:
        seen = {name: _demands(session, name) for name in ("tenang", "rusak")}
        assert seen["tenang"] == seen["rusak"]
        assert waiting_by_rule(session) == []


def _refuses(_self, _raw):
    raise Refused("not_yet", "Belum.")


def _demands(session, name):
    away = {"id", "ident", "source_id", "first_seen_at", "updated_at", "raw_answer"}
    rows = session.scalars(select(DemandRow).join(SourceRow).where(SourceRow.name == name).order_by(DemandRow.reference))
    return [{column.key: getattr(row, column.key) for column in DemandRow.__table__.columns if column.key not in away} for row in rows]
