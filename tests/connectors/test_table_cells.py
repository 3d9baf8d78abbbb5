"""What headings mean, and what amounts, sums and times in cells say, as offices write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import Refused
from connectors.kit.sheet.columns import assign, is_about_persons, member_of
from connectors.table import Table

BUYER = {"buyer": "Pemerintah Kota Contoh"}


@pytest.mark.parametrize(
    ("title", "member"),
    [
        ("Nama Paket", "title"), ("NAMA BARANG/JASA", "item"), ("Uraian", "item"), ("jumlah", "quantity"), ("Jumlah (Rp)", "planned"),
        ("Pagu (Rp.)", "budget"), ("HPS", "estimate"), ("Satuan", "unit"), ("Perangkat Daerah", "office"), ("Dinas", "office"),
        ("Waktu Pelaksanaan", "contract"), ("Waktu\nPelaksanan", "contract"), ("Quantity", "quantity"), ("UoM", "unit"),
        ("Item Name", "item"), ("Harga Satuan", ""), ("No.", "#"), ("Ruang", None), ("kd_rup", "rup"), ("ID Paket", "reference"),
    ],
)  # fmt: skip
def test_headings_are_known_in_two_languages_with_remarks_and_slips(title, member):
    assert member_of(title) == member


@pytest.mark.parametrize(
    "title", ["NIP", "Nama PPK", "No. HP", "E-mail", "no_telp", "Penanggung Jawab", "NIK", "Contact Person", "nip_kpa"]
)
def test_columns_about_persons_are_known(title):
    assert is_about_persons(title)


@pytest.mark.parametrize("title", ["HPS", "Nama Paket", "Hari", "Kapasitas", "Nipah", "Telur", "Tekanan (bar)"])
def test_columns_about_things_are_not_taken_for_persons(title):
    assert not is_about_persons(title)


@given(
    st.lists(
        st.sampled_from(["Nama Paket", "Paket", "Uraian", "Nama Barang", "Jumlah", "Volume", "Pagu", "HPS", "OPD", "Merk"]), max_size=8
    )
)
@settings(max_examples=100)
def test_what_columns_are_for_does_not_hang_on_their_order(titles):
    assert assign(titles, {}) == assign(reversed(titles), {})


def test_a_number_beside_a_volume_is_a_sum_and_a_text_beside_a_name_a_specification():
    assert assign(["Nama Barang", "Uraian", "Volume", "Jumlah"], {}) == {
        "item": ["Nama Barang"], "specification": ["Uraian"], "quantity": ["Volume"], "planned": ["Jumlah"],
    }  # fmt: skip


AMOUNTS = [
    ("12", "buah", ("12", "H87"), None), ("1.450", "kg", ("1450", "KGM"), None), ("1,450", "kg", (None, "KGM"), None),
    ("1,250,000.5", "m", ("1250000.5", "MTR"), None), ("2,5", "ton", ("2.5", "TNE"), None), ("12 buah", "", ("12", "H87"), None),
    ("10", "gros besar", ("10", None), None), ("10", "", ("10", None), None), ("1", "Paket", None, "1 Paket"),
    ("12", "bulan", None, "12 bulan"),
    ("0", "buah", None, "0 buah"), ("-", "buah", None, None), ("secukupnya", "", None, "secukupnya"), (3, "bh", ("3", "H87"), None),
    (2.5, "liter", ("2.5", "LTR"), None), ("-4", "buah", None, "-4 buah"), ("1 set", "", ("1", "SET"), None),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "unit", "told", "said"), AMOUNTS)
def test_amounts_are_read_as_offices_write_them(amount, unit, told, said):
    source = Table({"url": "https://contoh.example/a", **BUYER})
    raw = source.listing("r", "u", {"Nama Barang": "Meja", "Jumlah": amount, "Satuan": unit}, 0, "d")
    demand = source.translate(raw)
    quantity = demand["items"][0].get("quantity")
    assert (quantity and (quantity["amount"], quantity["unit"])) == told
    assert demand["quantity_said"] == said


SUMS = [
    ("Pagu", "Rp 1.250.000,00", "1250000"), ("Pagu", "1,250,000.00", "1250000"), ("Pagu", "1,2 M", "1200000000"),
    ("Pagu", "605 Jt", "605000000"),
    ("Pagu (ribu Rp)", "250", "250000"), ("Pagu", 8.0, "8"), ("Pagu", "-", None), ("Pagu", "0", None), ("Pagu", "sesuai DPA", None),
    ("Pagu", "5-6 juta", None), ("Pagu", "USD 500", "budget_unreadable"), ("Pagu", "12 lembar 13", "budget_unreadable"),
    ("Pagu (ribu Rp)", "250.000.000", "budget_unreadable"), ("Pagu", -5, "budget_unreadable"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "value", "told"), SUMS)
def test_sums_are_exact_unknown_or_refused(title, value, told):
    source = Table({"url": "https://contoh.example/a", **BUYER})
    raw = source.listing("r", "u", {"Nama Barang": "Meja", title: value}, 0, "d")
    if told == "budget_unreadable":
        with pytest.raises(Refused) as caught:
            source.translate(raw)
        assert caught.value.rule == told
    else:
        assert (source.translate(raw)["budget"] or {}).get("amount") == told


TIMES = [
    ("Maret 2026", "2026-03-01", "2026-03-01", "month"), ("Jan s.d. Jun 2026", "2026-01-01", "2026-06-01", "month"),
    ("Januari-Maret 2026", "2026-01-01", "2026-03-01", "month"), ("Triwulan III 2026", "2026-07-01", "2026-09-01", "month"),
    ("Semester 2", "2025-07-01", "2025-12-01", "month"), ("Maret", "2025-03-01", "2025-03-01", "month"),
    ("12/03/2026 - 30/06/2026", "2026-03-12", "2026-06-30", "day"), ("1 Maret s/d 5 April 2026", "2026-03-01", "2026-04-05", "day"),
    ("46082", "2026-03-01", None, "day"), ("2026", "2026-01-01", "2026-01-01", "year"), (46082, "2026-03-01", None, "day"),
    ("segera", None, None, None), ("30 hari kalender", None, None, None), ("Desember - Maret 2026", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("said", "start", "end", "precision"), TIMES)
def test_times_keep_the_precision_they_were_said_in(said, start, end, precision):
    source = Table({"url": "https://contoh.example/a", **BUYER})
    raw = source.listing("r", "u", {"Nama Barang": "Meja", "Waktu Pelaksanaan": said, "Tahun Anggaran": 2025}, 0, "d")
    demand = source.translate(raw)
    contract = demand["periods"]["contract"]
    assert (contract and (contract["start"], contract["end"], contract["precision"])) == (start and (start, end, precision))
    assert (demand["description"] is not None) == (start is None)


def test_a_month_without_a_year_says_no_time():
    source = Table({"url": "https://contoh.example/a", **BUYER})
    demand = source.translate(source.listing("r", "u", {"Nama Barang": "Meja", "Bulan": "Maret"}, 0, "d"))
    assert demand["periods"]["contract"] is None and "Maret" in demand["description"]
