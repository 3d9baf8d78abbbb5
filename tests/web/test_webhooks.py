"""Staff see which partner's webhooks are suspended and why, and send again by hand; who only looks changes nothing."""

from __future__ import annotations

import pytest

from exchange.access import webhooks
from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.access.telling import EVENTS
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.store.audit import history
from exchange.store.webhooks import WebhookDeliveryRow


@pytest.fixture
def hook(world, settings):
    """An address of a partner with one event that was given up; (ident, its message)."""
    with world.work() as session:
        partner = add_partner(session, "kota-webhook", "Kota Contoh", "33.74", SCOPES, actor="uji")
        url, its = "https://dagang.example.id/kunci-77", sealer(settings.secret_key)
        row = add_webhook(session, partner, url, EVENTS, its, today=settings.day(), actor="uji").row
        delivery = webhooks.ping(session, row, actor="uji")
        delivery.state, delivery.next_at, delivery.trouble = "given_up", None, "Penerima menjawab dengan status 500."
        return row.ident, delivery.event.ident


def test_a_suspended_address_stands_out_with_its_reason_and_shows_no_key(petugas, hook, world):
    with world.work() as session:
        webhooks.suspend(session, webhook_named(session, hook[0]), "failing", actor="worker")
    for path in ("/webhook", f"/webhook/{hook[0]}"):
        page = petugas.get(path)
        assert page.status_code == 200
        assert "dihentikan" in page.text
        assert "tidak menerima satu pun kiriman dalam 24 jam" in page.text
        assert "kunci-77" not in page.text
    assert "Penerima menjawab dengan status 500." in page.text
    assert "ulangi" not in page.text, "nothing is sent to a suspended address"


def test_a_delivery_is_sent_again_and_an_address_suspended_and_resumed_by_hand(petugas, hook, world, csrf):
    ident, message = hook
    form = {"csrf_token": csrf(petugas.get(f"/webhook/{ident}"))}
    for act, state in ((f"kiriman/{message}/ulangi", "active"), ("hentikan", "suspended"), ("aktifkan", "active"), ("coba", "active")):
        assert petugas.post(f"/webhook/{ident}/{act}", data=form).status_code == 303
        with world.read() as session:
            assert webhook_named(session, ident).state == state
    with world.read() as session:
        assert [row.state for row in session.query(WebhookDeliveryRow)] == ["waiting", "waiting"]
        acts = {act.action: act.actor for act in history(session, "partner", "kota-webhook")}
    assert acts["webhook.redeliver"] == acts["webhook.suspend"] == acts["webhook.resume"] == "petugas"


@pytest.mark.parametrize("role", ["pimpinan"])
def test_who_only_looks_changes_nothing(staff, hook, world, csrf, role):
    looking = staff(role)
    page = looking.get(f"/webhook/{hook[0]}")
    assert (page.status_code, "hentikan" in page.text) == (200, False)
    form = {"csrf_token": csrf(page)}
    for act in ("hentikan", "coba", f"kiriman/{hook[1]}/ulangi"):
        assert looking.post(f"/webhook/{hook[0]}/{act}", data=form).status_code == 403
    with world.read() as session:
        assert webhook_named(session, hook[0]).state == "active"


def test_a_form_without_its_token_and_an_address_that_is_not_there_do_nothing(petugas, hook, world):
    assert petugas.post(f"/webhook/{hook[0]}/hentikan").status_code == 400
    with world.read() as session:
        assert webhook_named(session, hook[0]).state == "active"
    assert petugas.get("/webhook/wh_x").status_code == 404
    assert petugas.get("/webhook?saring=x").status_code == 400


def test_the_partners_own_page_shows_its_addresses_and_what_was_done_to_them(petugas, hook):
    page = petugas.get("/mitra/kota-webhook")
    assert f"/webhook/{hook[0]}" in page.text
    assert "mendaftarkan webhook" in page.text
    assert "kunci-77" not in page.text


def test_without_any_address_the_page_says_so(petugas):
    assert "Belum ada alamat webhook" in petugas.get("/webhook").text
