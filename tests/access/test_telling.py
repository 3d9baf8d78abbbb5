"""Which partner is told of what: of what it may read, once, in the transaction of the change, and of nothing else."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from exchange.access.partners import add_partner, named, set_active, set_stage
from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.access.telling import DEMAND_WITHDRAWN, EVENTS, MATCH_NEW, STAGE_CHANGED, tell_lapses, tell_matches
from exchange.access.webhooks import add_webhook, sealer
from exchange.jobs.nightly import nightly
from exchange.matching.run import rematch
from exchange.store.businesses import BusinessRow, apply_business
from exchange.store.demands import DemandRow, demand_by_ident
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product, products_by_sku
from exchange.store.sources import SourceRow
from exchange.store.webhooks import WebhookEventRow, WebhookRow
from exchange.sync.missing import withdraw
from exchange.sync.pushed import take

HOME = "36.72"
TODAY = date(2026, 11, 23)
ALL = ("catalogue:read", "demand:read", "demand:write", "matches:read", "agreements:read")


@pytest.fixture
def node(store):
    """Two firms' products: metal and food, both shown."""
    with store.work() as session:
        firms, products = [], []
        for nib, name, sku, thing, sector, kbli in (
            ("9120000011111", "CV Karya Logam", "LGM-1", "Pagar besi hollow", "logam", "25111"),
            ("9120000022222", "CV Roti", "PGN-1", "Roti tawar", "pangan", "10710"),
        ):
            firm, _ = apply_business(
                session,
                {"nib": nib, "name": name, "legal_form": "CV", "sector": sector, "kbli": [kbli], "consented_on": date(2026, 1, 5)},
            )
            data = {"sku": sku, "nib": nib, "name": thing, "sector": sector, "kbli": kbli, "unit_said": "buah", "keywords": []}
            product, _ = apply_product(session, data, firm)
            firms.append(firm)
            products.append(product)
        refresh_businesses(session, firms)
        refresh_products(session, products)
    return store


@pytest.fixture
def partner(node, settings):
    """Makes a partner with an address for some events."""

    def make(ident="kota-contoh", events=tuple(EVENTS), scopes=ALL, region="33.74", **stage):
        with node.work() as session:
            row = add_partner(session, ident, ident, region, scopes, actor="uji")
            if events:
                its = sealer(settings.secret_key)
                add_webhook(session, row, f"https://{ident}.example.id/", events, its, today=TODAY, actor="uji")
            if stage:
                set_stage(session, row, stage.pop("stage"), actor="uji", **stage)
        return ident

    return make


def bring(store, ident, *references, title="Pagar besi hollow"):
    with store.work() as session:
        rows = [{"reference": each, "title": title, "buyer": {"name": "Dinas Contoh"}} for each in references]
        return [told.ident for told in take(session, named(session, ident), rows, "ab" * 32, HOME)]


def told(store, kind, ident="kota-contoh"):
    """The data of a partner's events of a type, in their order."""
    with store.read() as session:
        partner = named(session, ident)
        rows = session.query(WebhookEventRow).filter_by(type=kind, partner_id=partner.id).order_by(WebhookEventRow.id)
        return [json.loads(row.body)["data"] for row in rows]


def matched(store, ident="kota-contoh"):
    return [(one["demand"], one["id"]) for data in told(store, MATCH_NEW, ident) for one in data["matches"]]


def test_a_new_match_under_a_contract_is_told_once_by_its_address_without_a_field_of_it(node, partner):
    partner(stage="contracted", sectors=["logam"])
    (ident,) = bring(node, "kota-contoh", "P-1")
    for _ in range(2):
        rematch(node, home_region=HOME, today=TODAY)
    (data,) = told(node, MATCH_NEW)
    with node.read() as session:
        row = session.query(MatchRow).one()
    assert data == {"matches": [{"id": row.id, "demand": ident, "address": f"/api/v1/partner/matches/{row.id}"}]}
    rematch(node, home_region=HOME, today=TODAY, full=True)
    assert len(told(node, MATCH_NEW)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"stage": "agreed"},
        {"stage": "contracted", "sectors": ["pangan"]},
        {"stage": "contracted", "sectors": ["logam"], "until": date(2026, 11, 22)},
        {},
        {"stage": "contracted", "sectors": ["logam"], "scopes": ("demand:read", "demand:write"), "events": (STAGE_CHANGED,)},
    ],
)
def test_a_match_that_the_partner_may_not_read_is_not_told(node, partner, more):
    partner(**more)
    bring(node, "kota-contoh", "P-1")
    rematch(node, home_region=HOME, today=TODAY)
    assert told(node, MATCH_NEW) == []
    with node.read() as session:
        assert session.query(MatchRow).one().told_at is None


def test_anothers_match_is_not_told(node, partner):
    partner("kota-contoh", stage="contracted", sectors=["logam"])
    partner("kota-lain", region="32.73", stage="contracted", sectors=["logam"])
    bring(node, "kota-lain", "P-1")
    rematch(node, home_region=HOME, today=TODAY)
    assert (told(node, MATCH_NEW), len(matched(node, "kota-lain"))) == ([], 1)


@pytest.mark.parametrize("opens", ["contract", "consent"])
def test_matches_that_a_contract_or_a_firms_consent_opens_later_are_told_by_the_next_matching(node, partner, opens):
    def consent(session, day):
        product = products_by_sku(session, ["LGM-1"])["LGM-1"]
        product.business = session.get(BusinessRow, product.business_id)
        product.business.consented_on = day
        refresh_products(session, [product])

    partner(**({} if opens == "contract" else {"stage": "contracted", "sectors": ["logam"]}))
    bring(node, "kota-contoh", "P-1")
    if opens == "consent":
        with node.work() as session:
            consent(session, None)
    rematch(node, home_region=HOME, today=TODAY)
    assert matched(node) == []
    with node.work() as session:
        if opens == "contract":
            set_stage(session, named(session, "kota-contoh"), "contracted", sectors=["logam"], actor="uji")
        else:
            consent(session, date(2026, 11, 20))
    rematch(node, home_region=HOME, today=TODAY)
    assert len(matched(node)) == 1


def test_who_begins_to_listen_is_told_of_what_comes_from_then_on(node, partner, settings):
    partner(events=(), stage="contracted", sectors=["logam"])
    bring(node, "kota-contoh", "P-1")
    rematch(node, home_region=HOME, today=TODAY)
    with node.work() as session:
        row = named(session, "kota-contoh")
        add_webhook(session, row, "https://x.example.id/", [MATCH_NEW], sealer(settings.secret_key), today=TODAY, actor="uji")
    rematch(node, home_region=HOME, today=TODAY, full=True)
    assert matched(node) == []
    (second,) = bring(node, "kota-contoh", "P-2")
    rematch(node, home_region=HOME, today=TODAY)
    assert [demand for demand, _ in matched(node)] == [second]


def test_a_match_that_was_taken_back_and_comes_again_is_told_again(node, partner):
    partner(stage="contracted", sectors=["logam"])
    (ident,) = bring(node, "kota-contoh", "P-1")
    rematch(node, home_region=HOME, today=TODAY)
    with node.work() as session:
        withdraw(session, [demand_by_ident(session, ident).id], HOME)
    rematch(node, home_region=HOME, today=TODAY)
    bring(node, "kota-contoh", "P-1")
    rematch(node, home_region=HOME, today=TODAY)
    assert [demand for demand, _ in matched(node)] == [ident, ident]


def test_a_hundred_resources_an_event_at_most(node, partner):
    partner(stage="contracted", sectors=["logam"])
    idents = bring(node, "kota-contoh", *(f"P-{n}" for n in range(230)))
    rematch(node, home_region=HOME, today=TODAY)
    assert [len(data["matches"]) for data in told(node, MATCH_NEW)] == [100, 100, 30]
    assert sorted(demand for demand, _ in matched(node)) == sorted(idents)


def demand(store, name, region, *, public=False):
    with store.work() as session:
        source = SourceRow(name=name, connector="ocds", region=region, state="approved", public=public, options={})
        session.add(source)
        session.flush()
        row = DemandRow(
            ident=f"d-{name}", source_id=source.id, reference=name, title="Pallet", buyer_name="CV", status="open", items=[], state="live",
            content_hash="0" * 64, raw_answer="0" * 64, raw_position=0, connector_version="1", region=region, version=1,
            budget_amount=Decimal(1),
        )  # fmt: skip
        row.source = source
        session.add(row)
        session.flush()
        refresh_demands(session, [row], HOME)
        return row.id


@pytest.mark.parametrize(
    ("stage", "seen"),
    [
        ({}, ["d-umum"]),
        ({"stage": "agreed"}, ["d-tertutup", "d-umum"]),
        ({"stage": "contracted", "sectors": ["logam"]}, ["d-tertutup", "d-umum"]),
    ],
)
def test_a_withdrawn_demand_is_told_to_whoever_read_it(node, partner, stage, seen):
    partner(**stage)
    partner("kota-lain", region="32.73", scopes=("matches:read",), events=(MATCH_NEW,))
    (own,) = bring(node, "kota-contoh", "P-1")
    rows = [demand(node, "umum", HOME, public=True), demand(node, "tertutup", HOME), demand(node, "semarang", "33.74")]
    with node.work() as session:
        assert withdraw(session, [*rows, demand_by_ident(session, own).id], HOME) == 4
    with node.work() as session:
        withdraw(session, rows, HOME)  # what is withdrawn already is not told of again
    (data,) = told(node, DEMAND_WITHDRAWN)
    said = {one["ident"]: (one["own"], one["address"]) for one in data["demands"]}
    assert said.pop(own) == (True, f"/api/v1/partner/demands/{own}")
    assert said == {ident: (False, f"/api/v1/demands/{ident}") for ident in seen}
    assert told(node, DEMAND_WITHDRAWN, "kota-lain") == []


def test_a_stage_is_told_where_it_changed_and_its_end_once_by_the_night(node, partner, settings):
    partner()
    for _ in range(2):
        with node.work() as session:
            set_stage(session, named(session, "kota-contoh"), "agreed", until=date(2026, 11, 22), actor="uji")
    said = {"stage": "agreed", "stage_until": "2026-11-22", "address": "/api/v1/partner"}
    assert told(node, STAGE_CHANGED) == [said]
    with node.work() as session:
        assert tell_lapses(session, date(2026, 11, 22)) == 0, "the last day still counts"
    from dataclasses import replace

    for _ in range(2):
        nightly(node, replace(settings, today=TODAY))
    assert told(node, STAGE_CHANGED) == [said, said | {"stage": "public"}]
    with node.work() as session:
        set_stage(session, named(session, "kota-contoh"), "agreed", until=date(2026, 11, 21), actor="uji")
        assert tell_lapses(session, TODAY) == 1


def test_a_partner_whose_access_is_closed_is_told_nothing(node, partner):
    partner()
    with node.work() as session:
        set_active(session, named(session, "kota-contoh"), False, actor="uji")
        set_stage(session, named(session, "kota-contoh"), "agreed", actor="uji")
    assert told(node, STAGE_CHANGED) == []


def test_where_nobody_listens_a_change_costs_one_statement(node, partner, statements):
    partner(events=(), stage="contracted", sectors=["logam"])
    bring(node, "kota-contoh", "P-1")
    with node.work() as session:
        row = demand_by_ident(session, bring_ident(session))
        with statements() as seen:
            assert tell_matches(session, TODAY, [row.id]) == 0
        assert len(seen) == 1
    with node.read() as session:
        assert session.query(WebhookRow).count() == 0


def bring_ident(session):
    return session.query(DemandRow).one().ident


@pytest.fixture
def statements(node):
    from contextlib import contextmanager

    @contextmanager
    def count():
        seen = []

        def note(_c, _cur, statement, *_rest):
            seen.append(statement)

        event.listen(node.engine, "before_cursor_execute", note)
        yield seen
        event.remove(node.engine, "before_cursor_execute", note)

    return count
