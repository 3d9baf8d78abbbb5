"""Reasons of matches in the reader's language: over drawn needs and offers none is left in Indonesian, and no number is another one."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known
from exchange.catalogue.preview import lines_of
from exchange.matching.amounts import number, rupiah
from exchange.matching.combine import says as together
from exchange.matching.discovery import criteria
from exchange.matching.engine import Mark, Met
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.matching.periods import day_said
from exchange.web.told import Told, teller

from .sentences import WORDS

ENGLISH = teller("en")
CRITERIA = list(criteria())
# what the drawn records themselves say, and names of law and of places
DATA = {"rak", "beras", "arsip", "besi", "lembar", "unit", "paket", "set", "ekor", "orang", "dus", "per", "jasa", "kota", "nama", "minimum"}

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
periods = st.builds(
    lambda first, last, precision: {"start": min(first, last), "end": max(first, last), "precision": precision},
    days, days, st.sampled_from(["day", "month", "year"]),
)  # fmt: skip
amounts = st.decimals(Decimal("0.01"), 10**7, places=2, allow_nan=False, allow_infinity=False)
quantities = st.none() | st.builds(
    lambda amount, unit, said: {"amount": str(amount), "unit": unit, "said": f"{amount} {said}"},
    amounts, st.sampled_from([None, "KGM", "H87", "MTK", "XBX", "ZZ"]), st.sampled_from(["kg", "buah", "m2", "dus", "rim"]),
)  # fmt: skip
codes = st.sampled_from(["10631", "25111", "31001"])
needs = st.fixed_dictionaries(
    {
        "reference": st.just("1"),
        "title": st.sampled_from(["Belanja beras", "Rak arsip besi SNI", "Beras 40 kg TKDN 40%", "Rak P-IRT halal", "Jasa rak"]),
        "items": st.lists(
            st.builds(lambda quantity, text: {"text": text, "specification": None, "quantity": quantity, "classifications": []},
                      quantities, st.sampled_from(["Beras", "Rak arsip besi", "Rak 12 lembar"])),
            max_size=3,
        ),
        "category": st.sampled_from([None, "goods", "services", "works", "consulting", "mixed"]),
        "region": st.sampled_from([None, "36.04", "36.72", "33.74", "36", "71.71"]),
        "budget": st.none() | amounts.map(lambda amount: {"amount": amount, "currency": "IDR"}),
        "periods": st.dictionaries(st.sampled_from(["contract", "selection", "utilisation"]), periods),
    }
)  # fmt: skip
offers = st.fixed_dictionaries(
    {"sku": st.just("X-1"), "name": st.sampled_from(["Beras medium", "Rak arsip besi"])},
    optional={
        "kbli": codes, "kbli_edition": st.just("2020"), "hs": st.sampled_from(["100630", "940320"]),
        "unit_code": st.sampled_from(["KGM", "H87", "MTK", "XBX"]), "unit_said": st.sampled_from(["kg", "buah", "m2", "dus isi 24"]),
        "price_min": amounts, "price_max": amounts, "capacity_min": amounts,
        "capacity_period": st.sampled_from(["hari", "minggu", "bulan", "tahun"]), "minimum_order": amounts,
        "lead_time_days": st.integers(1, 400), "sni": st.sampled_from(["SNI 07-2052", "ya", "proses"]),
        "halal": st.sampled_from(["ID12345678901234567", "ya"]), "distribution_permit": st.sampled_from(["P-IRT 1234567890123-27", "ada"]),
        "tkdn_percent": st.decimals(0, 100, places=2), "weight_kg": st.decimals(Decimal("0.1"), 100, places=2),
    },
)  # fmt: skip


def left(text: str, data: str) -> list[str]:
    """The Indonesian words of a translation that are not of the records themselves."""
    return [word for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS and word not in DATA and word not in data.lower()]


def sentences(mark: Mark) -> list[str]:
    return [mark.title, mark.says, *([mark.change.says] if mark.change else [])]


@settings(max_examples=300)
@given(needs, offers, st.sampled_from([None, "KS-2026-0001", "PKS yang dicatat kantor"]), st.sampled_from([-1, 0]))
def test_every_reason_of_every_criterion_is_told(need: dict[str, Any], offer: dict[str, Any], coverage: str | None, place: int):
    of, by = read_need(need, today=date(2026, 6, 1), coverage=coverage), read_offer(offer, "36.72")
    met = Met(0.8, place if of.items else -1, "beras", "beras medium", 3.0)
    for criterion in CRITERIA:
        mark = criterion.mark(of, by, met)
        for sentence in sentences(mark):
            said = ENGLISH.told(sentence)
            assert said, sentence
            assert not left(said, f"{need} {offer}"), (sentence, said)
        for value in (mark.need, mark.offer):
            if value is not None:
                assert not left(ENGLISH.told(value) or value, f"{need} {offer}"), (value, ENGLISH.told(value))


@given(st.lists(st.tuples(st.sampled_from(["CV Karya", "UD Maju", "PT Baja"]), amounts), min_size=2, max_size=5), amounts, st.booleans())
def test_what_firms_can_do_together_is_told(rows, ceiling, priced):
    total = sum((amount for _firm, amount in rows), Decimal(0))
    said = together.together(
        [(firm, amount, Decimal(10)) for firm, amount in rows], total, "buah", total=total if priced else None, unpriced=["CV Karya"],
        days=14 if priced else None, no_lead=["UD Maju", "CV Karya"], ceiling=ceiling, within=priced,
    )  # fmt: skip
    told = ENGLISH.told(said)
    assert told and not left(told, ""), (said, told)


@given(st.decimals(0, 10**12, places=2, allow_nan=False, allow_infinity=False), days)
def test_numbers_and_days_of_a_sentence_are_the_same_in_both_languages(value: Decimal, day: date):
    shown = ENGLISH.numbers(number(value))
    assert Decimal(shown.replace(",", "")) == Decimal(number(value).replace(".", "").replace(",", "."))
    assert ENGLISH.numbers(rupiah(value)).removeprefix("Rp ").replace(",", "") == rupiah(value).removeprefix("Rp ").replace(".", "")
    assert ENGLISH.days(day_said(day)) == ENGLISH.days(day.isoformat()) == f"{day.day} {day:%B} {day.year}"


@pytest.mark.parametrize("text", ["SNI 07.2052", "versi 1.2.3", "12.5", "10.20.30.40", "900.1/123/2026", "33.74"])
def test_what_is_no_number_as_indonesians_write_them_stays(text: str):
    assert ENGLISH.numbers(text) == text


@given(st.text(max_size=80))
def test_a_sentence_that_no_template_fits_is_none_and_nothing_breaks(text: str):
    said = ENGLISH.told(text)
    assert said is None or isinstance(said, str)


def test_the_sentence_itself_goes_before_a_template_and_the_closest_template_first():
    told = Told("en").told
    assert told("Pagu cukup untuk satu satuan; jumlah barang ini tidak disebut.") == (
        "The ceiling is enough for one unit; the quantity of this item is not stated."
    )
    assert told("Langkah yang ada: Mulai persiapan, Batalkan.") == "The steps there are: Start preparation, Cancel."
    assert told("Latar belakang belum ada. [PP 28/2018 Pasal 4]") == "Background is missing. [PP 28/2018 Article 4]"
    assert told("sebuah kalimat lain") is None


@pytest.mark.parametrize(
    "title",
    [
        "Belanja Jasa Iklan/Reklame, Film, dan Pemotretan", "Belanja Asuransi Kematian 11 Orang 12 bulan", "Meja rapat di ruang sidang",
        "Sewa 2 unit kendaraan per bulan", "Pembayaran Pajak, Bea, dan Perizinan (UPT)", "Bahan bangunan: paku 4 kg, dan karpet 16 meter",
    ],
)  # fmt: skip
def test_what_a_source_wrote_is_left_as_it_is_though_a_template_of_few_letters_would_fit(title: str):
    assert teller("en").told(title) is None


def test_all_that_the_import_of_a_dirty_workbook_says_is_told(shared: Path):
    known = Known()
    for name in ("businesses.csv", "products.csv"):
        report = import_file((shared / "sample" / name).read_bytes(), name, known, date(2026, 11, 23))
        known = Known(known.businesses | report.businesses, known.products | report.products)
    report = import_file((shared / "sample" / "katalog_ikm_kotor.xlsx").read_bytes(), "katalog.xlsx", known, date(2026, 11, 23))
    said = list(report.warnings)
    for line in lines_of(report, known):
        said += [done for _address, _found, done, _doubt in line.body["notes"]] + [line.body.get("reason"), line.body.get("mend")]
    assert [sentence for sentence in said if sentence and not ENGLISH.told(sentence)] == []
