"""A bag read piece by piece holds what the analysis of the whole text says."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching import tokens
from exchange.matching.phrases import word_weight
from exchange.matching.tokens import Reader
from exchange.matching.words import words


def whole(*fields: str) -> dict[str, float]:
    """The roots of each part of each field, by the analysis of the part as it is; how many fields name each."""
    parts = [field.replace("\r", ";").replace("\n", ";").split(";") for field in fields]
    return dict(Counter(root for field in parts for root in {root for part in field for root in words(part)} if word_weight(root) > 0))


def bags(reader: Reader, texts: list[tuple[str, ...]]) -> list[dict[str, float]]:
    read = reader.read(texts)
    rows = range(len(read.starts) - 1)
    cut = [slice(read.starts[row], read.starts[row + 1]) for row in rows]
    return [
        {reader.roots[root]: count for root, count in zip(read.roots[row].tolist(), read.counts[row].tolist(), strict=True)} for row in cut
    ]


TEXTS = [
    ("Pengadaan Meja dan Kursi Siswa", "Rangka besi, 60 x 40 cm"),
    ("Belanja alat tulis kantor", "ATK; alat  tulis, kantor; alat tulis-kantor"),
    ("Besi beton D 13 x 12 m SNI 2052", "SNI ISO 9001:2015 / sni. 07-2052-2002"),
    ("Kertas HVS 70 gr A4", '5"; 5 "; 2 , 5 kg; 1.500 kg; 10x20x30 cm; 3 × 4 m²'),
    ("Lampu-lampu hias -lampu taman", "Lampu-Lampu; sewa-Sewa mobil"),
    ("", "---"),
    ("kursi, yaitu meja", "kursi , / meja serta lemari dan dan rak"),
    ("x banner 3 x", "5 x x 6; 7 a kg"),
    ("Ａlat ﬁtness １２ ｋｇ", "CAFÉ décor ´ ½ kg"),
    ("rambu lalu lintas", "rambu lalu; lintas; rambu lalu\nlintas"),
]


def test_the_cases_that_span_pieces():
    assert bags(Reader(), TEXTS) == [whole(*text) for text in TEXTS]


_WORDS = "meja kursi alat tulis kantor dan atau yaitu besi beton rambu lalu lintas lampu sni iso x foto copy tempat sampah kg cm a é × ½"
_TOGETHER = '2 13 2052 60x x40 1.500 2,5 d13 50kg m2 SNI: lampu-lampu lampu-Lampu Kursi, bahan2 berdebu hand sanitizer " , - / ; ( ) :'
PIECES = [*_WORDS.split(), *_TOGETHER.split(), "\n"]


@settings(max_examples=400)
@given(st.lists(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", ""])), max_size=9), min_size=1, max_size=4))
def test_any_mixture_reads_as_the_whole_text_does(made):
    fields = tuple("".join(piece + gap for piece, gap in field) for field in made)
    assert bags(Reader(), [fields]) == [whole(*fields)]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_any_characters_at_all_are_read(fields):
    assert len(Reader().read([tuple(fields)]).starts) == 2


def test_a_root_counts_once_a_field_and_twice_in_two():
    (bag,) = bags(Reader(), [("Meja jati", "meja, meja; kayu")])
    assert (bag["meja"], bag["kayu"]) == (2, 1)


def test_boilerplate_is_left_out():
    assert bags(Reader(), [("Belanja Pengadaan", "")]) == [{}]


def test_no_texts_and_texts_without_fields_are_empty_bags():
    assert bags(Reader(), []) == []
    assert bags(Reader(), [(), ("meja",), ()]) == [{}, {"meja": 1}, {}]


def test_a_field_that_holds_the_inner_separator_stays_one_field():
    assert bags(Reader(), [("meja \x00\x00 meja", "kursi")]) == [{"meja": 1, "kursi": 1}]


@pytest.mark.parametrize("limit", ["_BATCH", "_REMEMBERED"])
def test_batches_and_forgetting_change_nothing(monkeypatch, limit):
    expected = bags(Reader(), TEXTS * 3)
    monkeypatch.setattr(tokens, limit, 2)
    reader = Reader()
    assert bags(reader, TEXTS * 3) == expected
    assert bags(reader, TEXTS) == expected[: len(TEXTS)]
