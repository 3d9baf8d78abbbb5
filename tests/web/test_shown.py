"""Values as an Indonesian reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.web import shown
from exchange.web.pages import local_path


@pytest.fixture
def page(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1250000"), "IDR", "Rp 1.250.000"),
        (Decimal("1250000.50"), "IDR", "Rp 1.250.000,50"),
        (Decimal("0"), "IDR", "Rp 0"),
        (Decimal("12.5"), "USD", "USD 12,50"),
        (None, "IDR", "tidak diketahui"),
    ],
)
def test_money_reads_as_offices_write_it(page, amount, currency, text):
    assert shown.money(amount, currency).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("start", "end", "precision", "text"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), "month", "Maret 2026"),
        (date(2026, 3, 1), date(2026, 5, 31), "month", "Maret 2026 – Mei 2026"),
        (date(2026, 3, 1), None, "month", "mulai Maret 2026"),
        (None, date(2026, 5, 9), "day", "sampai 9 Mei 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "year", "2026"),
        (None, None, "day", "tidak diketahui"),
    ],
)
def test_a_period_is_no_more_exact_than_it_was_said(page, start, end, precision, text):
    assert shown.period({"start": start, "end": end, "precision": precision}) == text


def test_a_time_is_jakartas(page):
    assert shown.moment(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23 November 2026 01.05\u00a0WIB"


def test_unknown_is_never_zero(page):
    assert {shown.percent(None), shown.number(None), shown.price(None, None), shown.amounts(None, None)} == {"tidak diketahui"}
    assert shown.percent(0) == "0\u00a0%"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://user:kunci@isb.example.id:8443/a/rahasia?token=x", "https://isb.example.id:8443/…"),
        ("rahasia", "***"),
        ("https://[", "***"),
    ],
)
def test_of_an_address_only_the_host_is_shown(address, text):
    assert shown.mask(address) == text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "file:///etc/passwd", "//x", "https://[", "", None]
)
def test_only_web_addresses_become_links(address):
    assert shown.web_link(address) is None


@given(st.text(max_size=40))
def test_a_local_path_has_one_slash_in_front_and_no_host(target):
    found = local_path(target)
    assert found is None or (found == target and found[0] == "/" and found[1:2] not in {"/", "\\"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.decimals(min_value=0, max_value=10**12, places=4))
def test_a_number_shown_can_be_read_back(page, value):
    assert Decimal(shown.number(value).replace(".", "").replace(",", ".")) == value


def test_a_value_that_waits_is_shown_even_where_it_cannot_be_read(page):
    seen = {
        ("5500000", "price_min"): "Rp\u00a05.500.000",
        ("12.5", "tkdn_percent"): "12,5",
        ("mahal", "price_min"): "mahal",
        ("Pagar", "name"): "Pagar",
    }
    for (value, field), text in seen.items():
        assert shown.waiting_value(value, field) == text
    assert shown.waiting_value(["pagar", "besi"], "keywords") == "pagar, besi"
