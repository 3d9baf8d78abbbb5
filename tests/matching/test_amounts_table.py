"""
Worked examples: what a demand writes, what a product is sold in, and how many of the product's units that is.

Amounts are told without `quantity` of a source: they stand in the item's text or specification alone. None: it cannot be told,
and the sentence says why.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exchange.matching.amounts import asked_amount, number
from exchange.matching.needs import TITLE, read_need
from exchange.matching.offers import read_offer

# item text | specification | product's unit | kg of one | amount in the product's unit
COUNTED = [
    # the small words of the trade
    ("Kain batik 5 kodi", "", "lembar", None, None),
    ("Kain batik 5 kodi", "", "buah", None, "100"),
    ("Pulpen 3 lusin", "", "buah", None, "36"),
    ("Pulpen 3 lusin", "", "pcs", None, "36"),
    ("Piring 2 gros", "", "lusin", None, "24"),
    ("Sepatu 10 pasang", "", "pasang", None, "10"),
    ("Bawang 20 ons, jumlah 20 ons", "", "kg", None, "2"),
    ("Cengkih sebanyak 5 ons", "", "g", None, "500"),
    ("Kertas HVS 70 gr A4 3 rim", "", "rim", None, "3"),
    ("Kertas HVS 70 gr A4 3 rim", "", "lembar", None, "1500"),
    ("Kertas 3 rim @ 500 lembar", "", "lembar", None, "1500"),
    ("Kertas 3 rim isi 480 lembar", "", "lembar", None, None),
    ("Telur 12.000 butir", "", "buah", None, "12000"),
    ("Kursi 5 (lima) unit", "", "unit", None, "5"),
    ("Kursi 5 unit", "", "buah", None, "5"),
    ("Meja kursi tamu 2 set", "", "set", None, "2"),
    ("Meja kursi tamu 2 set", "", "unit", None, None),
    ("Undangan 5 ribu lembar", "", "lembar", None, "5000"),
    # thousand dots and decimal dots
    ("Jumlah 1.500 kg beras", "", "kg", None, "1500"),
    ("Jumlah 1.5 kg lada", "", "kg", None, "1.5"),
    ("Jumlah 2,5 ton pupuk", "", "kg", None, "2500"),
    ("Jumlah 1,250 kg lada", "", "kg", None, None),
    ("Jumlah 1.250,5 kg lada", "", "kg", None, "1250.5"),
    ("Jumlah 0,385 ton pakan", "", "kg", None, "385"),
    # mass, length, area and volume
    ("2,5 ton semen", "", "kuintal", None, "25"),
    ("500 kg beras", "", "karung 25 kg", None, "20"),
    ("500 kg beras", "", "karung", None, None),
    ("500 kg beras", "", "karung", "25", "20"),
    ("Pipa 100 m'", "", "m", None, "100"),
    ("Pipa 100 m'", "", "batang 4 m", None, "25"),
    ("Pipa 100 m'", "", "batang", None, None),
    ("Pagar 12 meter lari", "", "m", None, "12"),
    ("Pagar jumlah: 30 m2", "", "m2", None, "30"),
    ("Pagar jumlah: 30 m2", "", "m", None, None),
    ("Pasir jumlah 6 m3", "", "liter", None, "6000"),
    ("Pasir jumlah 6 m3", "", "ton", None, None),
    # packages: what one holds counts only where its own side says it
    ("Semen 10 sak @ 50 kg", "", "kg", None, "500"),
    ("Semen 10 zak 50 kg", "", "kg", None, "500"),
    ("Semen 10 sak", "50 kg/sak", "kg", None, "500"),
    ("Semen 10 sak", "", "kg", None, None),
    ("Semen 10 sak", "", "sak 50 kg", None, None),
    ("Semen 10 sak", "", "sak", None, "10"),
    ("Semen 10 sak @ 50 kg", "", "sak 40 kg", None, "12.5"),
    ("Semen 10 sak @ 50 kg", "", "karung 50 kg", None, "10"),
    ("Semen 10 sak (500 kg)", "", "kg", None, None),
    ("Besi beton 20 batang 12 m", "", "m", None, "240"),
    ("Besi beton 20 batang", "", "m", None, None),
    ("Besi beton 20 batang", "", "batang", None, "20"),
    ("Besi beton SNI 2052 20 batang", "", "batang", None, "20"),
    ("Tripleks 10 lembar 120x240 cm", "", "m2", None, "28.8"),
    ("Tripleks 10 lembar 120x240", "", "m2", None, None),
    ("Tripleks 10 lembar 120x240", "", "lembar", None, "10"),
    ("Tripleks 10 lembar 120x240 cm", "", "lembar 120x240 cm", None, "10"),
    ("Tripleks 10 lembar 120x240 cm", "", "lembar 60x120 cm", None, None),
    ("Tripleks 10 lembar", "", "lembar 120x240 cm", None, None),
    ("Besi beton 20 batang 12 m", "", "batang 6 m", None, None),
    ("Kertas 3 rim @ 500 lembar", "", "rim", None, "3"),
    ("Kertas 3 rim isi 480 lembar", "", "rim", None, None),
    ("Air mineral 10 dus isi 24 x 600 ml", "", "liter", None, "144"),
    ("Air mineral 10 dus isi 24 botol @ 600 ml", "", "botol 600 ml", None, "240"),
    ("Air mineral 48 botol", "", "dus isi 24 botol", None, "2"),
    ("Air mineral 48 botol", "", "dus isi 24", None, None),
    ("Air mineral 10 dus", "Kemasan 330 ml", "liter", None, None),
    ("Air mineral 10 dus 600 ml", "", "liter", None, None),
    ("Gula 10 karung", "Kemasan 50 kg", "kg", None, "500"),
    ("Sabun 100 kg", "", "dus 10 kg", None, None),
    ("100 kg sabun", "", "dus 10 kg", None, "10"),
    ("Air minum 4 galon 19 liter", "", "galon 19 liter", None, "4"),
    ("Air minum 4 galon", "", "galon 19 liter", None, None),
    ("Kabel 5 roll @ 50 m", "", "m", None, "250"),
    ("Sabun cair 3 jerigen 5 liter", "", "jerigen 20 liter", None, "0.75"),
    # weight per unit, and the density of water alone
    ("100 kg tahu", "", "buah", "0.25", "400"),
    ("Air mineral sebanyak 38 kg", "", "galon 19 liter", None, "2"),
    ("Minyak goreng sebanyak 91 kg", "", "liter", None, None),
    # sizes, rates, bounds and budget lines are no amounts
    ("Beras 25 kg", "", "kg", None, None),
    ("Truk 5 ton", "", "unit", None, None),
    ("AC 1 PK", "", "pak", None, None),
    ("Nasi kotak 30 kotak/hari", "", "kotak", None, None),
    ("Nasi kotak 30 kotak x 12 bulan", "", "kotak", None, None),
    ("Nasi kotak minimal 30 kotak", "", "kotak", None, None),
    ("Nasi kotak 20-30 kotak", "", "kotak", None, None),
    ("Nasi kotak 30 kotak, snack 40 kotak", "", "kotak", None, None),
    ("Nasi kotak - 30 kotak", "", "kotak", None, "30"),
    ("Snack box (3 buah kue)", "", "buah", None, None),
    ("Buku tulis 38 lembar", "", "lembar", None, None),
    ("Makan dan minum 1 paket", "", "paket", None, None),
]


def asked(text: str, specification: str, unit: str, kilograms: str | None, **demand: Any) -> tuple[Decimal | None, str]:
    need = read_need(
        {"reference": text, "title": "Belanja barang", "items": [{"text": text, "specification": specification or None}]} | demand
    )
    offer = read_offer(
        {"sku": "X", "name": text.split(" jumlah")[0], "unit_said": unit, "weight_kg": Decimal(kilograms) if kilograms else None}, None
    )
    found = asked_amount(need, offer, 0)
    return found.amount, found.why


@pytest.mark.parametrize(("text", "specification", "unit", "kilograms", "wanted"), COUNTED)
def test_an_amount_is_told_in_the_products_unit_or_not_at_all(
    text: str, specification: str, unit: str, kilograms: str | None, wanted: str | None
) -> None:
    amount, why = asked(text, specification, unit, kilograms)
    assert amount == (None if wanted is None else Decimal(wanted)), why
    assert (amount is None) == bool(why)
    assert not why or why.endswith(".")


@pytest.mark.parametrize(
    ("text", "unit", "part"),
    [
        ("Semen 10 sak", "kg", "isi satu sak pada permintaan tidak disebut"),
        ("500 kg beras", "karung", "isi satu karung pada produk tidak disebut"),
        ("Beras 25 kg", "kg", "dapat berarti ukuran atau jumlah"),
        ("Nasi kotak 30 kotak, snack 40 kotak", "kotak", "Beberapa jumlah disebut"),
        ("Pagar jumlah: 30 m2", "m", "mengukur hal yang berbeda"),
        ("Minyak goreng sebanyak 91 kg", "liter", "belum diperiksa"),
        ("Beras", "kg", "tidak disebut"),
        ("500 kg beras", "tusuk", "Satuan produk “tusuk” tidak dikenal"),
    ],
)
def test_what_cannot_be_told_says_why(text: str, unit: str, part: str) -> None:
    assert part in asked(text, "", unit, None)[1]


STRUCTURED = [
    # amount, code, words of the source, item text, product's unit, its code, wanted
    ("20", "XSA", "20 karung", "Beras", "karung 25 kg", "XSA", None),
    ("20", "XSA", "20 karung", "Beras karung 25 kg", "karung 25 kg", "XSA", "20"),
    ("20", "XSA", "20 karung", "Beras karung 25 kg atau karung 50 kg", "karung 25 kg", "XSA", None),
    ("20", "XSA", "20 karung", "Beras karung 50 kg", "kg", "KGM", "1000"),
    ("20", "XSA", "20 karung", "Minyak kaleng 5 kg", "kg", "KGM", None),
    ("5", None, "5 kodi", "Sarung", "buah", "H87", "100"),
    ("5", "H87", "5 kodi", "Sarung", "buah", "H87", None),
    ("1", None, "1 Paket", "Semen 10 sak @ 50 kg", "kg", "KGM", "500"),
    ("1", None, "1 Paket", "Semen", "kg", "KGM", None),
    (None, "XBR", "1.125 batang", "Besi", "batang", "XBR", None),
    ("2.5", "TNE", "2,5 ton", "Pakan", "kg", "KGM", "2500"),
    ("3", "DZN", "3 lusin", "Gelas", "karung", "KGM", None),
    ("365", "DAY", "365 hari", "Semen", "kg", "KGM", None),
]


@pytest.mark.parametrize(("amount", "code", "said", "text", "unit", "own", "wanted"), STRUCTURED)
def test_a_sources_own_quantity_comes_first_and_must_agree_with_its_words(
    amount: str | None, code: str | None, said: str, text: str, unit: str, own: str, wanted: str | None
) -> None:
    quantity = {"amount": Decimal(amount) if amount else None, "unit": code, "said": said}
    need = read_need({"reference": said + text, "title": "Belanja", "items": [{"text": text, "quantity": quantity}]})
    found = asked_amount(need, read_offer({"sku": "X", "name": "Y", "unit_said": unit, "unit_code": own}, None), 0)
    assert found.amount == (None if wanted is None else Decimal(wanted)), found.why


def test_the_volume_of_a_listing_counts_for_its_only_item_alone() -> None:
    offer = read_offer({"sku": "X", "name": "Y", "unit_said": "kg"}, None)
    one = read_need({"reference": "a", "title": "Beras", "quantity_said": "2,5 ton", "items": [{"text": "Beras"}]})
    bare = read_need({"reference": "b", "title": "Beras", "quantity_said": "2,5 ton"})
    two = read_need({"reference": "c", "title": "Sembako", "quantity_said": "2,5 ton", "items": [{"text": "Beras"}, {"text": "Gula"}]})
    assert asked_amount(one, offer, 0).amount == asked_amount(one, offer, TITLE).amount == asked_amount(bare, offer, TITLE).amount == 2500
    assert asked_amount(two, offer, 0).amount is None
    assert asked_amount(two, offer, TITLE).amount is None


def test_a_conversion_says_what_it_leaned_on() -> None:
    need = read_need({"reference": "a", "title": "Belanja", "items": [{"text": "100 kg tahu"}]})
    offer = read_offer({"sku": "X", "name": "Tahu", "unit_said": "buah", "weight_kg": Decimal("0.25")}, None)
    assert asked_amount(need, offer, 0).how == "berat tercatat 0,25 kg per buah"
    sacks = read_offer({"sku": "Z", "name": "Tahu", "unit_said": "karung 25 kg"}, None)
    assert asked_amount(need, sacks, 0).how == "isi menurut “karung 25 kg”"


@pytest.mark.parametrize(
    ("value", "text"), [("1250.5", "1.250,5"), ("1000", "1.000"), ("0.0000125", "0,0000125"), ("33.333333", "33,3333"), ("1E+3", "1.000")]
)
def test_numbers_are_shown_as_indonesians_write_them(value: str, text: str) -> None:
    assert number(Decimal(value)) == text
