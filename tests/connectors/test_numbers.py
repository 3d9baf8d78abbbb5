"""A number of a few bytes never becomes a text of a gigabyte, and none loses a digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Refused
from connectors.kit.numbers import digits, exact
from connectors.kit.process import budget, quantity
from connectors.kit.quantities import read_quantity, told_in, wire
from connectors.lkpp_isb import LkppIsb

HUGE = ("1e1000000000", "1E+999999999", "1e-1000000000", "-1e1000000000", "0e1000000000", "0e-1000000000", "1e19", "1e-31", 1e300, 10**19)
ROW = {
    "kd_rup": 1, "nama_paket": "Meja", "kd_klpd": "D1", "nama_klpd": "Kab. Contoh",
    "status_umumkan_rup": "Terumumkan", "status_aktif_rup": True, "status_delete_rup": False,
}  # fmt: skip


@pytest.mark.parametrize("value", HUGE)
def test_a_number_out_of_all_proportion_is_refused_before_it_is_written_out(value):
    with pytest.raises(Refused) as caught:
        exact(value)
    assert caught.value.rule == "number_out_of_range"
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("value", HUGE)
def test_neither_a_ceiling_nor_an_ocds_amount_or_quantity_takes_it(value):
    source = LkppIsb({"url": "https://sumber.example/umpan"})
    raw = source.listing("1", "https://sumber.example/…", ROW | {"pagu": value}, 0, "0" * 64)
    for attempt in (
        lambda: source.translate(raw),
        lambda: budget({"value": {"amount": value, "currency": "IDR"}}, {}),
        lambda: quantity({"quantity": value, "unit": {"name": "buah"}}),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.rule == "number_out_of_range"


@pytest.mark.parametrize("read", [read_quantity, lambda said: told_in(f"jumlah {said}")])
@pytest.mark.parametrize("said", ["9" * 5000 + " buah", "0," + "1" * 5000 + " kg"])
def test_a_quantity_of_thousands_of_digits_keeps_its_words_and_no_amount(read, said):
    found = wire(read(said))
    assert found["amount"] is None
    assert found["said"] == said[:400]


@pytest.mark.parametrize("value", [None, True, "", "x", "NaN", "Infinity", "sNaN", [1], {}, "1.000.000"])
def test_what_is_no_number_is_none(value):
    assert exact(value) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**19 - 1, places=30))
def test_a_number_within_the_bounds_keeps_every_digit(number):
    written = digits(exact(str(number)))
    assert Decimal(written) == number
    assert "e" not in written.lower()
    assert len(written) <= 50
