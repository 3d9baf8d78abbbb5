"""Which stored matches of a demand are put together: one item, one kind of product, amounts in one unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exchange.matching.combine.terms import Combination, NoCombination
from exchange.matching.combining import Fit, together
from exchange.matching.matcher import Matcher
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer, read_offer

NAMES = {"1": "CV Satu", "2": "UD Dua", "3": "PT Tiga"}


def offer(number: str, **changes: Any) -> Offer:
    product = {
        "sku": f"KRS-{number}", "nib": number * 13, "name": "Kursi lipat kayu", "unit_said": "buah", "unit_code": "H87",
        "price_min": Decimal(200000), "price_max": Decimal(250000), "capacity_min": Decimal(60), "capacity_period": "bulan",
        "lead_time_days": 20, "kbki": "3811201",
    }  # fmt: skip
    return read_offer(product | changes, "36.72", {"name": NAMES[number], "cluster": "Sentra kayu"})


def need(
    amount: str = "100", unit: str | None = "H87", text: str = "Kursi lipat", said: str = "", today: date | None = None, **changes: Any
) -> Need:
    quantity = {"amount": amount, "unit": unit, "said": said or f"{amount} buah"}
    items = [{"position": 1, "text": text, "specification": None, "quantity": quantity, "classifications": []}]
    return read_need({"reference": "1", "title": "Pengadaan mebel", "items": items} | changes, today=today)


def fits(of: Need, *offers: Offer) -> list[Fit]:
    words = next(phrase.text for phrase, place in zip(of.phrases, of.places, strict=True) if place == 0)
    return [Fit(one, words) for one in offers]


def only(of: Need, *offers: Offer) -> Combination | NoCombination:
    (told,) = together(of, fits(of, *offers))
    return told.result


def test_two_firms_share_what_neither_makes_alone_at_the_price_that_is_certain():
    told = only(need(), offer("1"), offer("2", price_max=Decimal(240000)))
    assert isinstance(told, Combination)
    assert [(share.offer.firm_name, share.amount, share.percent) for share in told.shares] == [("CV Satu", 40, 40), ("UD Dua", 60, 60)]
    assert told.total_cost == 40 * 250000 + 60 * 240000
    assert told.sentra == "Sentra kayu"
    assert told.says == (
        "Dua usaha bersama memenuhi 100 buah: CV Satu 40 buah (40 %) dan UD Dua 60 buah (60 %); "
        "biaya seluruhnya Rp 24.400.000; paling lama 20 hari."
    )


def test_the_words_that_the_matcher_stores_lead_back_to_the_item():
    asked = need(text="Kursi lipat rangka kayu", title="Pengadaan kursi dan meja")
    (found,) = [matches for _, matches in Matcher([offer("1"), offer("2"), offer("3", name="Meja rapat")]).match([asked])]
    by_key = {one.key: one for one in (offer("1"), offer("2"), offer("3"))}
    stored = [(match.offer, next(mark.need for mark in match.marks if mark.criterion == "text")) for match in found]
    (told,) = together(asked, [Fit(by_key[key], str(met)) for key, met in stored])
    assert isinstance(told.result, Combination)
    assert [share.offer.key for share in told.result.shares] == ["KRS-1", "KRS-2"]


def test_where_one_firm_can_or_only_one_has_it_nothing_is_said():
    asked = need()
    assert together(asked, fits(asked, offer("1"), offer("2", capacity_min=Decimal(100)))) == []
    assert together(asked, fits(asked, offer("1"))) == []
    assert together(asked, fits(asked, offer("1"), offer("1", sku="KRS-9"))) == []


def test_the_share_of_what_is_asked_is_told_where_all_together_make_too_little():
    told = only(need("200"), offer("1"), offer("2"))
    assert told == NoCombination("capacity", "kapasitas dua usaha yang ada hanya 60 % dari yang diminta")


def test_months_of_the_contract_multiply_a_months_output_and_never_a_days():
    contract = {"periods": {"contract": {"start": _day("2026-03-01"), "end": _day("2026-04-30"), "precision": "day"}}}
    asked = need("200", **contract)
    assert isinstance(only(asked, offer("1"), offer("2")), Combination)
    days = [offer(number, capacity_period="hari") for number in "12"]
    assert only(asked, *days) == NoCombination("capacity", "kapasitas dua usaha yang ada hanya 60 % dari yang diminta")
    year = [offer(number, capacity_period="tahun", capacity_min=Decimal(660)) for number in "12"]
    told = only(asked, *year)
    assert isinstance(told, Combination)
    assert max(share.amount for share in told.shares) == 110


def test_a_lead_time_beyond_the_contract_is_left_out_and_said():
    contract = {"periods": {"contract": {"start": _day("2026-03-01"), "end": _day("2026-03-01"), "precision": "month"}}}
    told = only(need(**contract), offer("1"), offer("2", lead_time_days=31))
    assert told == NoCombination("few", "hanya satu usaha yang dapat ikut (1 usaha tidak dihitung: lama pengerjaannya lebih dari 30 hari)")
    assert isinstance(only(need(**contract), offer("1"), offer("2", lead_time_days=30)), Combination)


def test_what_firms_make_and_when_counts_from_today():
    contract = {"periods": {"contract": {"start": _day("2026-03-01"), "end": _day("2026-04-30"), "precision": "day"}}}
    before = need("200", today=_day("2026-02-01"), **contract)
    assert isinstance(only(before, offer("1"), offer("2")), Combination)
    half_gone = need("200", today=_day("2026-04-01"), **contract)
    assert only(half_gone, offer("1"), offer("2")) == NoCombination("capacity", "kapasitas dua usaha yang ada hanya 60 % dari yang diminta")
    late = need("100", today=_day("2026-04-15"), **contract)
    told = only(late, offer("1"), offer("2"))
    assert told.says.count("lama pengerjaannya lebih dari 15 hari")
    passed = need("100", today=_day("2026-05-02"), **contract)
    assert together(passed, fits(passed, offer("1"), offer("2"))) == []


def test_a_certificate_without_its_number_is_not_held():
    asked = need(description="Kursi wajib SNI")
    told = only(asked, offer("1", sni="SNI 12-3456"), offer("2", sni="proses"))
    assert told == NoCombination("few", "hanya satu usaha yang dapat ikut (1 usaha tidak dihitung: tanpa SNI)")
    assert isinstance(only(asked, offer("1", sni="proses"), offer("2", sni="proses")), NoCombination)
    preferred = need(description="Kursi diutamakan SNI")
    assert isinstance(only(preferred, offer("1", sni="SNI 12-3456"), offer("2")), Combination)


def test_a_certificate_that_is_asked_must_be_held_by_every_firm():
    asked = need(description="Kursi wajib SNI")
    told = only(asked, offer("1", sni="SNI 12-3456"), offer("2"), offer("3", sni="SNI 12-3456"))
    assert isinstance(told, Combination)
    assert [share.offer.firm_name for share in told.shares] == ["CV Satu", "PT Tiga"]
    assert isinstance(only(asked, offer("1", sni="SNI 12-3456"), offer("2")), NoCombination)


def test_above_the_budget_there_is_none_and_both_sums_are_shown():
    told = only(need(budget={"amount": Decimal(20_000_000), "currency": "IDR"}), offer("1"), offer("2"))
    assert told == NoCombination("ceiling", "gabungan termurah bernilai Rp 25.000.000, di atas pagu Rp 20.000.000")


def test_an_unknown_price_is_no_promise_and_an_unknown_capacity_no_part():
    asked = need(budget={"amount": Decimal(26_000_000), "currency": "IDR"})
    told = only(asked, offer("1"), offer("2", price_min=None, price_max=None))
    assert isinstance(told, Combination)
    assert (told.total_cost, told.within_ceiling) == (None, None)
    assert "harga UD Dua belum dicatat" in told.says
    assert "pagu Rp 26.000.000 belum dapat diuji" in told.says
    told = only(asked, offer("1"), offer("2", capacity_min=None))
    assert told.says.endswith("(1 usaha tidak dihitung: kapasitasnya belum dicatat)")


def test_sacks_and_kilograms_meet_in_the_unit_that_is_asked_and_sacks_stay_whole():
    rice = {"kbki": None, "name": "Beras", "capacity_period": "bulan", "minimum_order": None}
    sacks = offer("1", unit_code="XSA", unit_said="sak 30 kg", capacity_min=Decimal(11), price_max=Decimal(390000), **rice)
    loose = offer("2", unit_code="KGM", unit_said="kg", capacity_min=Decimal(400), price_max=Decimal(14000), **rice)
    told = only(need("600", "KGM", "Beras", "600 kg"), sacks, loose)
    assert isinstance(told, Combination)
    assert {share.offer.key: (share.amount, share.cost) for share in told.shares} == {
        "KRS-1": (Decimal(330), 11 * 390000),
        "KRS-2": (Decimal(270), 270 * 14000),
    }


def test_a_sack_of_unknown_content_is_not_put_beside_kilograms():
    asked = need("600", "KGM", "Beras", "600 kg")
    rice = {"kbki": None, "name": "Beras"}
    sacks = offer("1", unit_code="XSA", unit_said="sak", **rice)
    assert together(asked, fits(asked, sacks, offer("2", unit_code="KGM", unit_said="kg", **rice))) == []


@pytest.mark.parametrize(
    ("first", "second", "one_kind"),
    [
        ({"kbki": "3811201"}, {"kbki": "3811299", "name": "Bangku panjang"}, True),
        ({"kbki": "3811201"}, {"kbki": "3812001"}, False),
        ({"kbki": None}, {"kbki": "3812001", "name": "Kursi besi"}, True),
        ({"kbki": None}, {"kbki": None, "name": "Meja lipat"}, False),
    ],
)
def test_only_products_of_one_kind_are_put_together(first, second, one_kind):
    asked = need()
    assert bool(together(asked, fits(asked, offer("1", **first), offer("2", **second)))) is one_kind


def test_a_product_without_a_code_joins_no_two_classes():
    asked = need()
    offers = [offer("1", kbki="3811201"), offer("2", kbki="3812001"), offer("3", kbki=None)]
    assert together(asked, fits(asked, *offers)) == []


def test_words_that_no_item_says_put_nothing_together():
    asked = need()
    assert together(asked, [Fit(offer("1"), "lampu"), Fit(offer("2"), "lampu")]) == []


def test_an_amount_or_unit_that_was_not_said_puts_nothing_together():
    for asked in (need(unit=None), need(amount="0")):
        assert together(asked, fits(asked, offer("1"), offer("2"))) == []


def _day(said: str) -> date:
    return date.fromisoformat(said)
