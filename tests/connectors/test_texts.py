"""Texts, lists, quantities and dates as sources write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.dates import WIB, instant, period
from connectors.kit.errors import Refused
from connectors.kit.lists import aligned, is_placeholder, items, split_list
from connectors.kit.quantities import read_quantity, told_in
from connectors.kit.text import WITHHELD, cut, line, tidy


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Belanja\u00a0ATK \t Kantor\u200b", "Belanja ATK Kantor"),
        ("Rak\r\rbesi\r\n\r\n dua \r\n", "Rak\nbesi\ndua"),
        ("<p>Meja &amp; kursi</p>\r\n<p>lengkap</p>", "Meja & kursi\nlengkap"),
        ("diameter < 5 mm & > 2 mm", "diameter < 5 mm & > 2 mm"),
        ("tegangan &lt;b&gt;12 V&lt;/b&gt;", "tegangan 12 V"),
        ("satu\x00dua\x1fti\u202ega", "satu dua tiga"),
        (None, ""),
        (5, ""),
    ],
)
def test_a_text_is_made_fit_to_keep(written, kept):
    assert tidy(written) == kept


PERSONAL = (
    "orang@contoh.invalid", "0812-0000-0000", "+62 812 0000 0000", "081200000000",
    "197001012000011001", "19700101 200001 1 001", "3672000000000000",
)  # fmt: skip


@pytest.mark.parametrize("personal", PERSONAL)
def test_a_person_s_number_or_mail_address_in_a_text_is_withheld(personal):
    assert tidy(f"hubungi {personal} segera") == f"hubungi {WITHHELD} segera"


@pytest.mark.parametrize(
    "harmless", ["8000 lembar, 80 gr", "SNI 07-2052-2002", "Rp 1.250.000.000", "2024-2025", "081", "kode 5002; 08 unit"]
)
def test_other_numbers_stay(harmless):
    assert tidy(harmless) == harmless


@given(st.text())
def test_tidying_is_done_once_and_for_all_and_leaves_one_kind_of_blank(text):
    once = tidy(text)
    assert tidy(once) == once or "&" in text or "<" in text
    assert "\n" not in line(text)
    assert not any(mark in once for mark in "\r\t\x00\u00a0\u200b")


@given(st.text(max_size=30), st.integers(1, 30))
def test_a_cut_text_is_never_too_long(text, longest):
    assert len(cut(text, longest)) <= longest


def test_aligned_lists_become_pairs_and_placeholders_no_specification():
    pairs, rest = aligned(split_list("Map; Tinta; Map; "), split_list("Folio; \r\n---; \r\nFolio; \r\n"))
    assert (pairs, rest) == ([("Map", "Folio"), ("Tinta", None), ("Map", "Folio")], None)
    found = items(pairs, [])
    assert [(item["position"], item["text"]) for item in found] == [(1, "Map"), (2, "Tinta")]
    assert "specification" not in found[1]


@pytest.mark.parametrize(
    ("texts", "specifications", "pairs", "rest"),
    [
        (["Alat listrik"], ["Lampu", "Kabel"], [("Lampu", None), ("Kabel", None)], "Alat listrik"),
        (["-"], ["Lampu", "Kabel"], [("Lampu", None), ("Kabel", None)], None),
        ([], ["Lampu"], [("Lampu", None)], None),
        (["A", "B", "C"], ["x", "---"], [("A", None), ("B", None), ("C", None)], "x"),
        (["A", "B"], [], [("A", None), ("B", None)], None),
        (["-"], ["Spesifikasi : HVS 70 gr"], [("HVS 70 gr", None)], None),
        (["Kertas"], ["kertas"], [("Kertas", None)], None),
        (["-", "B"], ["-", "-"], [("", None), ("B", None)], None),
        ([], [], [], None),
    ],
)
def test_lists_that_do_not_align_lose_no_word(texts, specifications, pairs, rest):
    assert aligned(texts, specifications) == (pairs, rest)


@pytest.mark.parametrize("said", ["", "-", "---", ".", " _ ", "Tidak ada", "N/A", "null", "terlampir."])
def test_what_says_nothing_is_a_placeholder(said):
    assert is_placeholder(said)


@pytest.mark.parametrize("said", ["2B", "Kopi", "K-1", "0", "no.10", "tidak ada lemari"])
def test_a_short_word_is_no_placeholder(said):
    assert not is_placeholder(said)


def test_an_empty_member_between_others_keeps_its_place():
    assert split_list("A; ; B; ; \r\n") == ["A", "", "B"]


def test_lines_that_all_begin_with_a_mark_are_a_list_and_others_are_not():
    assert split_list("-\tKertas\n- Lakban\n-Tinta") == ["Kertas", "Lakban", "Tinta"]
    assert split_list("1. Meja\n2) Kursi") == ["Meja", "Kursi"]
    assert split_list("Bahan bangunan\ntidak layak huni") == ["Bahan bangunan\ntidak layak huni"]
    assert split_list("- sendiri") == ["- sendiri"]


WORDS = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=8).filter(lambda word: not is_placeholder(word))


@given(st.lists(WORDS, min_size=2, max_size=8), st.lists(WORDS, min_size=2, max_size=8))
def test_every_word_of_two_lists_is_in_the_items_or_the_rest(texts, specifications):
    pairs, rest = aligned(texts, specifications)
    kept = " ".join([*(f"{text} {said or ''}" for text, said in pairs), rest or ""]).casefold()
    assert all(word.casefold() in kept for word in texts)
    assert all(word.casefold() in kept for word in specifications)


@given(st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=12))
def test_items_stand_in_order_and_none_twice(pairs):
    found = items(pairs, [])
    assert [item["position"] for item in found] == sorted({item["position"] for item in found})
    keys = [(item["text"].casefold(), (item.get("specification") or "").casefold()) for item in found]
    assert len(keys) == len(set(keys))
    assert {text.casefold() for text, _ in pairs} == {text for text, _ in keys}


@pytest.mark.parametrize(
    ("said", "amount", "unit"),
    [
        ("12 buah", "12", "H87"), ("5.000 lembar", "5000", "XST"), ("1.250,5 kg", "1250.5", "KGM"), ("12,5 liter", "12.5", "LTR"),
        ("5.17018284106892 M2", "5.17018284106892", "MTK"), ("1.000.000 lbr", "1000000", "XST"), (" 12 (dua belas) unit ", "12", "C62"),
        ("112.875 Batang", None, "XBR"), ("156.250 Batang", "156250", "XBR"), ("7 galon", "7", None), ("0.5 kg", "0.5", "KGM"),
        ("3 porsi", "3", "PTN"), ("200 Bks.", "200", "XPA"),
    ],
)  # fmt: skip
def test_a_quantity_that_is_really_said_is_read_exactly(said, amount, unit):
    found = read_quantity(said)
    assert found is not None
    assert (found.amount, found.unit) == (None if amount is None else Decimal(amount), unit)


@pytest.mark.parametrize(
    "said",
    ["1 Paket", "0.85 Ls", "12 bulan", "1 Tahun", "40 Orang x 365 Hari", "1 Kegiatan", "-", "", "12", "unit", "2 Unit x 0.33 Unit / Tahun",
     "10 Unit Rumah", "3 kali", "732 Orang Bulan", "0 buah", "1000 Batang; 830 Batang", "-5 buah"],
)  # fmt: skip
def test_what_only_counts_a_budget_line_is_no_quantity(said):
    assert read_quantity(said) is None


def test_a_quantity_within_a_text_is_read_only_where_the_text_says_so_once():
    assert told_in("rangka besi, jumlah 600 unit").amount == 600
    assert told_in("sebanyak : 25 kg").unit == "KGM"
    assert told_in("kemasan 5 liter") is None
    assert told_in("sebanyak 1 unit dan sebanyak 3 unit") is None
    assert told_in("jumlah 3 bulan") is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_quantities(text):
    for found in (read_quantity(text), told_in(text)):
        assert found is None or found.amount is None or found.amount > 0


def test_first_days_are_months_only_where_the_source_writes_months_so():
    assert period("2026-01-01", "2026-03-01", months=True) == {"start": "2026-01-01", "end": "2026-03-01", "precision": "month"}
    assert period("2026-01-01", "2026-03-15", months=True)["precision"] == "day"
    assert period("2026-01-01T08:00:00+07:00", "2026-03-01")["precision"] == "day"
    assert period(None, "") is None
    assert period("2026-05-01", "2026-01-01") == {"start": "2026-05-01", "end": None, "precision": "day"}


def test_an_instant_keeps_its_offset_and_gets_the_source_s_where_it_has_none():
    assert instant("2025-01-04 22:31:51", WIB) == "2025-01-04T22:31:51+07:00"
    assert instant("2021-01-15 13:45:30.5", WIB) == "2021-01-15T13:45:30.500000+07:00"
    assert instant("2017-01-24T00:00:00.000Z") == "2017-01-24T00:00:00+00:00"
    assert instant("2014-02-07") == "2014-02-07T00:00:00+00:00"
    assert instant(None) is None


@pytest.mark.parametrize("wrong", ["kemarin", "2025-13-01", "2025-02-30", 20250101, ["2025-01-01"], "31-01-2025"])
def test_what_is_no_date_is_refused_by_rule(wrong):
    with pytest.raises(Refused) as caught:
        period(wrong, None)
    assert caught.value.rule == "date_unreadable"
