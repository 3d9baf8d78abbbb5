"""A partner's webhook that is suspended is something to look at, in the night and its letter; not where the office did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.kit.simulator import Canned, serve
from exchange.access import webhooks
from exchange.access.partners import add_partner, named, set_active
from exchange.access.scopes import SCOPES
from exchange.access.telling import EVENTS
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.jobs.nightly import nightly
from exchange.jobs.webhooks import Webhooks
from exchange.jobs.worker import Worker
from exchange.store.nights import last_night
from schemas.webhook import REASONS

OTHERS = sorted(set(REASONS) - {"office"})


@pytest.fixture
def hooks(store, settings):
    """Addresses of two partners by name: two of kota-a, one of kota-b."""
    made = {}
    with store.work() as session:
        for ident, paths in (("kota-a", ("satu", "dua")), ("kota-b", ("tiga",))):
            partner = add_partner(session, ident, ident, "33.74", SCOPES, actor="uji")
            for path in paths:
                url, its = f"https://{ident}.example.id/kunci-{path}", sealer(settings.secret_key)
                made[path] = add_webhook(session, partner, url, EVENTS, its, today=settings.day(), actor="uji").row.ident
    return made


@pytest.fixture
def suspend(store, hooks):
    def go(path, reason):
        with store.work() as session:
            webhooks.suspend(session, webhook_named(session, hooks[path]), reason, actor="uji")

    return go


def asked(store, settings):
    return [(need.source, need.concerns, need.path) for need in nightly(store, settings).needs if need.kind == "webhook"]


@pytest.mark.parametrize("reason", OTHERS)
def test_a_night_asks_to_look_at_a_suspended_address_until_it_is_active_again(store, settings, hooks, suspend, reason):
    assert asked(store, settings) == []
    suspend("tiga", reason)
    night = nightly(store, settings)
    (need,) = night.needs
    assert (need.source, need.concerns, need.path) == ("webhook kota-b", 1, f"/webhook/{hooks['tiga']}")
    assert webhooks.REASONS[reason] in need.what and need.mend
    assert "kunci" not in need.what.replace(webhooks.REASONS[reason], "") + need.mend
    assert not night.all_well
    with store.read() as session:
        row = last_night(session, "done")
        assert row.brief["needs"] == 1
    with store.work() as session:
        row = webhook_named(session, hooks["tiga"])
        if reason == "key":
            webhooks.rotate(session, row, sealer(settings.secret_key), actor="uji")
        else:
            webhooks.resume(session, row, actor="uji")
    assert asked(store, settings) == []


def test_addresses_of_one_partner_are_one_thing_to_look_at(store, settings, suspend):
    suspend("dua", "gone")
    suspend("satu", "failing")
    suspend("tiga", "key")
    assert [(source, count) for source, count, _ in asked(store, settings)] == [("webhook kota-a", 2), ("webhook kota-b", 1)]


def test_what_the_office_suspended_itself_or_whose_access_it_closed_asks_nothing(store, settings, suspend):
    suspend("satu", "office")
    suspend("tiga", "failing")
    with store.work() as session:
        set_active(session, named(session, "kota-b"), False, actor="uji")
    assert asked(store, settings) == []


def test_a_letter_goes_once_for_a_suspended_address_and_again_where_another_joins_it(store, settings, suspend, post):
    its = replace(settings, smtp_url=post.url, mail_to="petugas@contoh.invalid", mail_from="bursa@contoh.invalid")
    suspend("satu", "failing")
    for _ in range(2):
        nightly(store, its)
    assert len(post.letters) == 1
    text = post.letters[0].get_content()
    assert "webhook kota-a: 1 alamat webhook mitra ini dihentikan (tidak menerima satu pun kiriman dalam 24 jam)" in text
    assert "halaman /webhook/" in text and "kunci-satu" not in text
    suspend("dua", "gone")
    nightly(store, its)
    assert len(post.letters) == 2


def test_an_address_that_answers_that_it_is_closed_is_what_the_next_night_tells_of(store, settings):
    with serve(feeds=(), script={"/": [Canned(b"", status=410)]}) as receiver:
        with store.work() as session:
            partner = add_partner(session, "kota-c", "Kota C", "33.74", SCOPES, actor="uji")
            url, its = receiver.base + "/", sealer(settings.secret_key)
            row = add_webhook(session, partner, url, EVENTS, its, today=settings.day(), local=True, actor="uji").row
            webhooks.ping(session, row, actor="uji")
        Worker(store, settings, [Webhooks(store, settings)]).run(once=True)
    (need,) = nightly(store, settings).needs
    assert need.source == "webhook kota-c"
    assert "410" in need.what and "exchange webhook remove" in need.mend
