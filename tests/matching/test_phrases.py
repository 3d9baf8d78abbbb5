from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.phrases import CONTEXT, phrases


def heads(text: str) -> list[str | None]:
    return [phrase.head for phrase in phrases(text) if phrase.kind is None]


def kinds(text: str) -> set[str]:
    return {phrase.kind for phrase in phrases(text) if phrase.kind}


def test_boilerplate_is_no_head() -> None:
    assert heads("Belanja Modal Rak Besi Siku Gudang") == ["rak"]
    assert heads("Pengadaan Kebutuhan Kegiatan Paket") == []


def test_what_follows_a_purpose_or_place_weighs_next_to_nothing() -> None:
    (phrase,) = phrases("Pupuk organik untuk tanaman jeruk Kec. Sumber")
    weights = dict(zip(phrase.roots, phrase.weights, strict=True))
    assert weights["pupuk"] == 1.0
    assert weights["tanaman"] <= CONTEXT


def test_things_side_by_side_are_phrases_of_their_own_and_share_the_head() -> None:
    found = [phrase.roots for phrase in phrases("Pupuk Organik/Hayati")]
    assert ("pupuk", "organik") in found
    assert ("pupuk_hayati",) in found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Belanja Sewa Mebel", "sewa"),
        ("Belanja Jasa Tenaga Kebersihan", "jasa"),
        ("Belanja Perjalanan Dinas Paket Meeting Dalam Kota", "perjalanan"),
        ("Honorarium Narasumber", "honorarium"),
        ("Uji Sampel Beras", "jasa"),
        ("Rehabilitasi Kantor Desa", "pekerjaan konstruksi"),
        ("Belanja Pengantian Suku Cadang untuk Kendaraan Roda 2", "pemeliharaan"),
        ("Cetakan", "cetak"),
    ],
)
def test_what_is_no_purchase_of_goods_is_told_by_its_head(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text", ["Cetakan paving block", "Beras", "Mesin perontok padi", "Pengadaan dan pemasangan guardrail", "Meja kerja"]
)
def test_goods_are_not_taken_for_services(text: str) -> None:
    assert not kinds(text)
    assert heads(text)


def test_a_class_of_goods_asks_for_its_members() -> None:
    (meal,) = phrases("Belanja Makanan dan Minuman Rapat")
    offered = {phrase.roots[0]: phrase for phrase in meal.members}
    assert {"nasi_kotak", "snack_box"} <= set(offered)
    assert offered["snack_box"].text == "makanan dan minuman", "the reader sees the demand's own words"


@given(st.text(max_size=120))
def test_every_phrase_is_well_formed(text: str) -> None:
    for phrase in phrases(text):
        assert len(phrase.roots) == len(phrase.weights) == len(phrase.said) >= 1
        assert all(0 <= weight <= 1 for weight in phrase.weights)
        assert phrase.head is None or phrase.head in phrase.roots


@given(st.lists(st.text(alphabet="abegikmnrst /&-,()", max_size=20), max_size=5))
def test_a_list_reads_like_its_parts(parts: list[str]) -> None:
    assert phrases("; ".join(parts)) == tuple(phrase for part in parts for phrase in phrases(part))
