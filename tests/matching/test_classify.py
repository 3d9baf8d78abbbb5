"""Classes of texts: given codes hold, what is estimated says so, and what nobody can tell stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching.class_reading import LEAST, agreement, overlap
from exchange.matching.class_words import HEAD, CodeModel, Counts, kbki_codes, kbki_counts, title_words
from exchange.matching.classify import Classifier, calibrated, class_affinity, titles_alone
from exchange.matching.codes import crossed, title
from exchange.matching.criteria.classes import Classes
from exchange.matching.engine import Mark, Met
from exchange.matching.index import Document
from exchange.matching.needs import read_need
from exchange.matching.offers import Offer
from schemas.codes import kbli
from schemas.codes.classes import kbki

TEXTS = st.lists(
    st.sampled_from(
        [
            "meja",
            "kayu",
            "lemari",
            "arsip",
            "pupuk",
            "organik",
            "cair",
            "beras",
            "alat",
            "dan",
            "untuk",
            "kantor",
            "jasa",
            "xqzt",
            "5 kg",
            ";",
        ]
    ),
    max_size=7,
).map(" ".join)


def offer(name: str, codes: dict[str, tuple[str, str]], keywords: tuple[str, ...] = ()) -> Offer:
    return Offer("X", name, Document("X", name, keywords), codes=codes)


def mark(text: str, by: Offer, classifications: list[dict[str, Any]] | None = None, met: str = "") -> Mark:
    item = {"text": text, "classifications": classifications or []}
    return Classes().mark(read_need({"reference": "1", "title": text, "items": [item]}), by, Met(0.8, 0, met, by.name, 1.0))


@pytest.mark.parametrize(
    ("text", "scheme", "prefix"),
    [
        ("Kursi kerja dan lemari arsip", "KBKI", "381"),
        ("Kertas HVS A4 70 gr", "KBKI", "321"),
        ("Pupuk organik granul", "KBKI", "346"),
        ("Seragam batik pegawai", "KBKI", "28"),
        ("Deterjen bubuk", "KBKI", "353"),
        ("Lampu jalan", "KBLI", "274"),
        ("Mebel", "KBLI", "310"),
    ],
)
def test_a_text_is_classed_by_the_words_of_the_titles(text: str, scheme: str, prefix: str) -> None:
    first = next(one for one in titles_alone().classify(text) if one.scheme == scheme)
    assert first.code.startswith(prefix)
    assert LEAST <= first.confidence < 1
    assert first.why.startswith("Ditaksir")
    assert first.title


@pytest.mark.parametrize(
    "text", ["", "xqzt vlorp", "Honorarium narasumber", "Perjalanan dinas", "Jasa konsultansi pengawasan", "5 kg", ";;;"]
)
def test_a_text_that_names_no_goods_has_no_class(text: str) -> None:
    assert titles_alone().classify(text) == []


def test_given_codes_hold_whatever_the_text_says() -> None:
    found = titles_alone().classify("Pupuk organik", codes={"KBLI": ("31001", "2020")})
    assert (found[0].scheme, found[0].code, found[0].confidence, found[0].why) == ("KBLI", "31001", 1.0, "KBLI disebut oleh sumber.")
    crosswalked = [one for one in found if one.scheme == "KBKI"]
    assert crosswalked
    assert all(one.code.startswith("38") and one.confidence < 1 and "KBLI 2020 31001" in one.why for one in crosswalked)


def test_a_code_of_another_edition_is_kept_with_it_and_not_crosswalked() -> None:
    found = titles_alone().classify("", codes={"KBLI": ("31001", "2025")})
    assert [(one.code, one.edition, one.title) for one in found] == [("31001", "2025", None)]
    assert crossed("KBLI", "31001", "2025", "KBKI") == []
    assert crossed("KBLI", "31001", "", "KBKI") == []


def test_the_crosswalk_is_surer_where_both_lists_mean_the_same() -> None:
    sures = {sure for code in ("4219001007", "3812201", "0111100") for _, sure in crossed("KBKI", code, "2012", "KBLI")}
    assert all(0 < sure < 1 for sure in sures)
    through = dict(crossed("HS", "730890", "2022", "KBLI"))
    assert "2511" in through
    assert through["2511"] < max(sure for _, sure in crossed("HS", "730890", "2022", "KBKI"))


def test_the_title_of_a_long_code_is_that_of_the_line_over_it() -> None:
    assert title("KBKI", "4219001007", "2012") == kbki("4219001").title  # type: ignore[union-attr]
    assert title("KBLI", "25111", "2020") == kbli("25111").title  # type: ignore[union-attr]
    assert title("KBLI", "25111", "2015") is None
    assert title("CPV", "45000000", "2008") is None


def test_examples_teach_words_that_no_title_has() -> None:
    word = "zamboralit"
    taught = Classifier([offer(f"{word} biru", {"KBKI": ("3466102002", "2012"), "KBLI": ("20212", "2020")}) for _ in range(5)])
    assert titles_alone().classify(word) == []
    assert {"346", "202"} <= {one.code[:3] for one in taught.classify(word)}
    assert Classifier([offer(word, {"KBKI": ("3466102002", "2015")})] * 5).classify(word) == []


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_confidences_are_probabilities_that_fall_with_the_digits(text: str) -> None:
    reading = titles_alone().reading(text)
    for scheme, shares in reading.of.items():
        assert sum(share for code, share in shares.items() if len(code) == 2) <= 1 + 1e-9
        for code, share in shares.items():
            assert 0 < share <= 1
            over = [shares[code[:digits]] for digits in (2, 3, 4) if digits < len(code) and code[:digits] in shares]
            assert all(share <= upper + 1e-9 for upper in over)
        assert bool(shares) == bool(reading.best[scheme])
        assert reading.sure[scheme] == 0.0 or reading.sure[scheme] >= LEAST


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_a_text_agrees_wholly_with_itself_and_alike_both_ways(one: str, other: str) -> None:
    left, right = titles_alone().reading(one), titles_alone().reading(other)
    for scheme in ("KBKI", "KBLI"):
        there, back = overlap(left, right, scheme), overlap(right, left, scheme)
        assert there == (back if back is None else pytest.approx(back))
        assert there is None or 0 <= there <= 1
        itself = overlap(left, left, scheme)
        assert itself is None or itself == pytest.approx(1.0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_calibration_keeps_the_order(lower: float, higher: float) -> None:
    lower, higher = sorted((lower, higher))
    for scheme, levels in (("KBKI", (5, 3, 2)), ("KBLI", (5, 4, 3, 2))):
        for digits in levels:
            assert 0 < calibrated(scheme, digits, lower) <= calibrated(scheme, digits, higher) < 1


def test_affinity_tells_a_class_from_another_and_leaves_unknown_unknown() -> None:
    cupboard = offer("Lemari arsip besi 2 pintu", {"KBKI": ("3812101002", "2012"), "KBLI": ("31004", "2020")})
    soap = offer("Deterjen cair 5 liter", {"KBKI": ("3532201001", "2012"), "KBLI": ("20231", "2020")})
    for text, own, other in (("Mebel", cupboard, soap), ("Bahan pembersih", soap, cupboard)):
        told, wrong = class_affinity(text, own), class_affinity(text, other)
        assert told is not None
        assert wrong is not None
        assert told > 0.4 > 0.05 > wrong
    assert class_affinity("xqzt", soap) is None
    assert class_affinity("Pupuk", offer("xqzt", {})) is None


def test_what_a_code_excludes_is_no_word_of_it() -> None:
    said = dict(title_words("Lemari dari kayu, selain meja; alat pemotong rumput"))
    assert said == {"lemari": True, "kayu": False, "alat": True, "pemotong": True, "rumput": False}


def test_a_word_speaks_for_the_codes_that_say_it_and_never_against_others() -> None:
    counts = Counts()
    counts.add_title("38112", "Kursi kayu")
    counts.add_title("38111", "Kursi logam")
    counts.add_title("34611", "Pupuk urea")
    model = CodeModel(["38112", "38111", "34611"], (5, 3, 2), counts)
    row = model.row(HEAD + "kursi")
    assert row is not None
    by_code = dict(zip(model.codes, row.tolist(), strict=True))
    assert by_code["38111"] > 0
    assert by_code["34611"] == 0
    wood = model.row("kayu")
    assert wood is not None
    assert wood[model.codes.index("38112")] > wood[model.codes.index("38111")] > 0  # the group speaks for its silent member
    assert model.row("xqzt") is None


def test_counts_upon_others_leave_those_as_they_were() -> None:
    before = kbki_counts().codes("lemari")
    more = Counts(kbki_counts())
    more.add("lemari", "38140", 100.0)
    assert more.codes("lemari")["38140"] == before["38140"] + 100
    assert more.totals(False)["38140"] == kbki_counts().totals(False)["38140"] + 100
    assert kbki_counts().codes("lemari") == before


def test_the_table_of_words_names_codes_of_the_list_alone() -> None:
    lowest, groups = set(kbki_codes()), {code[:digits] for code in kbki_codes() for digits in (1, 2, 3)}
    for event in ("", HEAD):
        assert set(kbki_counts().totals(event == HEAD)) <= lowest | groups
    assert set(kbki_counts().codes("kertas")) <= lowest | groups


def test_a_demand_code_of_another_list_is_compared_through_the_crosswalk_of_its_edition() -> None:
    gate = offer("xqzt", {"KBLI": ("25111", "2020")})
    same = mark("xqzt", gate, [{"scheme": "KBKI", "code": "4219001007", "edition": "2012"}])
    assert "padanan" in same.says
    assert "KBKI 2012 4219001007 = KBLI 2511" in same.says
    assert same.score is not None
    assert 0.8 <= same.score < 1
    assert 0 < same.weight < Classes.weight
    for edition in ("2015", None):
        other = mark("xqzt", gate, [{"scheme": "KBKI", "code": "4219001007", "edition": edition}])
        assert other.score is None
    stated = mark("xqzt", gate, [{"scheme": "KBLI", "code": "25111", "edition": "2020"}])
    assert (stated.score, stated.weight) == (1.0, Classes.weight)


def test_an_estimated_class_says_so_and_counts_less() -> None:
    shelf = offer("Lemari arsip besi", {"KBKI": ("3812101002", "2012")})
    told = mark("Kursi dan lemari arsip", shelf)
    assert "ditaksir" in told.says
    assert "keyakinan" in told.says
    assert 0 < told.weight < Classes.weight
    far = mark("Pupuk organik cair", shelf)
    assert far.score is not None
    assert told.score is not None
    assert 0 < far.score < told.score


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_what_is_unknown_is_never_nought(text: str, name: str) -> None:
    for codes in ({}, {"KBLI": ("20128", "2020")}):
        made = offer(name, codes)
        told = mark(text, made)
        readings = titles_alone().reading(text), titles_alone().reading(name)
        if not codes or agreement(*readings, codes) is None:
            assert told.score is None
        else:
            assert told.score is not None
            assert told.score > 0
