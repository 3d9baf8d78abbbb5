"""`exchange webhook`: the operator sees every address and what became of each event, and can do what partners cannot."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook

from connectors.kit.simulator import Canned, serve
from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES


@pytest.fixture
def receiver():
    with serve(feeds=(), script={"/kunci-77": [Canned(b"")]}) as served:
        yield served


@pytest.fixture
def partner(store):
    with store.work() as session:
        add_partner(session, "kota-contoh", "Kota Contoh", "33.74", SCOPES, actor="uji")


def test_an_address_lives_from_its_first_day_to_its_last(exchange, partner, receiver):
    url = f"{receiver.base}/kunci-77"
    assert exchange("webhook", "add", "kota-contoh", url).code == 2, "without --local nothing on this machine"
    made = exchange("webhook", "add", "kota-contoh", url, "--local", "--json").json()
    ident, secret = made["ident"], made["secret"]
    exchange("worker", "--once")  # what waited before, such as the index of a new database
    exchange("webhook", "test", ident)
    assert "1 dikerjakan" in exchange("worker", "--once").err
    Webhook(secret).verify(receiver.asked[0].body, dict(receiver.asked[0].headers))
    shown = exchange("webhook", "show", ident, "--json").json()
    (delivery,) = shown["deliveries"]
    assert (delivery["state"], shown["counts"]["sent"], shown["partner"]) == ("sent", 1, "kota-contoh")
    assert exchange("webhook", "redeliver", ident, delivery["message"]).code == 0
    exchange("worker", "--once")
    assert {asked.headers["webhook-id"] for asked in receiver.asked} == {delivery["message"]}
    assert exchange("webhook", "suspend", ident).code == 0
    told = exchange("webhook", "list", "--partner", "kota-contoh")
    assert "dihentikan" in told.out
    assert "kunci-77" not in told.out + exchange("webhook", "list", "--json").out, "an address may hold a key"
    assert (exchange("webhook", "test", ident).code, exchange("webhook", "resume", ident).code) == (1, 0)
    assert exchange("webhook", "secret", ident).out.startswith("whsec_")
    assert exchange("webhook", "remove", ident).code == 0
    assert exchange("webhook", "show", ident).code == 2
    assert exchange("webhook", "list", "--json").json() == []


def test_the_secret_alone_goes_to_standard_output(exchange, partner):
    made = exchange("webhook", "add", "kota-contoh", "https://dagang.example.id/x", "--event", "match.new")
    assert made.out.startswith("whsec_")
    assert len(made.out.split()) == 1


@pytest.mark.parametrize("words", [("https://x.example.id/", "--event", "match.neu"), ("http://x.example.id/",)])
def test_a_wrong_word_is_misuse(exchange, partner, words):
    told = exchange("webhook", "add", "kota-contoh", *words)
    assert (told.code, "Traceback" in told.err) == (2, False)
