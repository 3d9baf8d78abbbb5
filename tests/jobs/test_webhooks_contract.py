"""The events that the node really makes and sends are those that the contract tells of, headers, bodies and addresses."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openapi_schema_validator import OAS31Validator

from connectors.kit.simulator import Canned, serve
from exchange.access import webhooks
from exchange.access.partners import add_partner, named, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.access.telling import EVENTS, TEST
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.api import document
from exchange.jobs.webhooks import Webhooks
from exchange.jobs.worker import Worker
from exchange.matching.run import rematch
from exchange.store.base import utcnow
from exchange.store.businesses import apply_business
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.products import apply_product
from exchange.sync.missing import withdraw
from exchange.sync.pushed import take
from exchange.trade.begin import begin
from exchange.trade.deliveries import deliver
from exchange.trade.offering import Wording, cancel, close, draft, offer, order, revise
from schemas.webhook import EVENT_TYPES

HOME = "36.72"
TODAY = date(2026, 11, 23)
CONTRACT = document()
TOLD = CONTRACT["webhooks"]


def faults(kind, body):
    schema = TOLD[kind]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return [error.message for error in OAS31Validator(schema | {"components": CONTRACT["components"]}).iter_errors(body)]


def members(value):
    """The names of a value's members, however deep; of a list those of its first."""
    if isinstance(value, dict):
        return {name: members(each) for name, each in value.items()}
    return [members(each) for each in value[:1]] if isinstance(value, list) else None


def trade(session):
    """The only match is offered, revised, offered and cancelled; then offered, ordered, received in part and closed."""
    who, letter = {"actor": "uji", "day": TODAY}, {"letter_number": "1", "letter_date": TODAY, "valid_until": date(2026, 12, 31)}
    (match,) = list_matches(session, MatchFilter())
    for number in (1, 2):
        ident = begin(session, [match.id], accepting=True, **who).ident
        line = Wording(position=1, quantity=Decimal(2), price=Decimal(600000))
        draft(session, ident, None, [line], terms=None, **who)
        offer(session, ident, None, **letter, **who)
        if number == 1:
            revise(session, ident, None, reason="Salah.", actor="uji")
            offer(session, ident, None, **letter, **who)
            cancel(session, ident, None, reason="Batal.", actor="uji")
    order(session, ident, None, order_number="PO", order_date=TODAY, **who)
    deliver(session, ident, None, line=1, on=TODAY, quantity=Decimal(1), **who)
    close(session, ident, None, reason="Cukup.", actor="uji")


@pytest.fixture
def sent(store, settings):
    """All types of event, each made by what makes it and sent over HTTP to a receiver; by type what came."""
    with serve(feeds=(), script={"/": [Canned(b"", status=204)]}) as receiver:
        with store.work() as session:
            firm, _ = apply_business(
                session,
                {"nib": "9120000011111", "name": "CV Karya Logam", "legal_form": "CV", "sector": "logam", "kbli": ["25111"],
                 "consented_on": date(2026, 1, 5)},
            )  # fmt: skip
            data = {"sku": "LGM-1", "nib": "9120000011111", "name": "Pagar besi hollow", "sector": "logam", "kbli": "25111",
                    "unit_said": "buah", "keywords": []}  # fmt: skip
            product, _ = apply_product(session, data, firm)
            refresh_businesses(session, [firm])
            refresh_products(session, [product])
            partner = add_partner(session, "kota-contoh", "Kota Contoh", "33.74", SCOPES, actor="uji")
            its = sealer(settings.secret_key)
            hook = add_webhook(session, partner, receiver.base + "/", EVENTS, its, today=TODAY, local=True, actor="uji").row.ident
            set_stage(session, partner, "contracted", sectors=["logam"], until=date(2027, 11, 23), actor="uji")
            rows = [{"reference": "P-1", "title": "Pagar besi hollow", "buyer": {"name": "Dinas Contoh"}}]
            (ident,) = [told.ident for told in take(session, named(session, "kota-contoh"), rows, "ab" * 32, HOME)]
        rematch(store, home_region=HOME, today=TODAY)
        with store.work() as session:
            trade(session)
        with store.work() as session:
            withdraw(session, [demand_by_ident(session, ident).id], HOME)
            webhooks.ping(session, webhook_named(session, hook), actor="uji")
        worker = Worker(store, settings, [Webhooks(store, settings, lambda: utcnow() + timedelta(minutes=1))])
        while worker.run(once=True):
            pass
        yield {json.loads(asked.body)["type"]: asked for asked in receiver.asked}


def test_what_is_sent_is_what_the_contract_tells_of(sent):
    assert set(sent) == set(TOLD) == {*EVENT_TYPES, TEST}
    for kind, asked in sent.items():
        body, operation = json.loads(asked.body), TOLD[kind]["post"]
        assert faults(kind, body) == []
        example = operation["requestBody"]["content"]["application/json"]["example"]
        assert members(body) == members(example), kind
        assert asked.headers["Content-Type"].split(";")[0] in operation["requestBody"]["content"]
        for parameter in operation["parameters"]:
            assert re.fullmatch(parameter["schema"]["pattern"], asked.headers[parameter["name"]]), parameter["name"]


def test_the_addresses_that_events_name_are_operations_of_the_contract(sent):
    named_in = [each for asked in sent.values() for each in re.findall(r'"address":"([^"]+)"', asked.body.decode())]
    assert len(named_in) == 8
    for address in named_in:
        assert any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), address) for path, item in CONTRACT["paths"].items() if "get" in item), (
            address
        )


def test_the_shapes_are_not_so_wide_that_anything_fits_them(sent):
    for kind, asked in sent.items():
        body = json.loads(asked.body)
        for other in set(TOLD) - {kind}:
            assert faults(other, body), (kind, other)
        for name in body:
            assert faults(kind, {key: value for key, value in body.items() if key != name}), (kind, name)
        for name in body["data"]:
            assert faults(kind, body | {"data": {key: value for key, value in body["data"].items() if key != name}}), (kind, name)


def test_an_example_fits_its_shape():
    for kind, item in TOLD.items():
        assert faults(kind, item["post"]["requestBody"]["content"]["application/json"]["example"]) == []
