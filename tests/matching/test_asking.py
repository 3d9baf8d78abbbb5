from __future__ import annotations

from exchange.matching import asking
from exchange.matching.asking import alike, read_question
from exchange.matching.matcher import Matcher
from exchange.matching.offers import Offer, read_offer
from exchange.matching.worded import worded, words_met


def offer(sku: str, name: str) -> Offer:
    return read_offer({"sku": sku, "name": name, "keywords": []}, "36.72")


def test_one_thing_listed_twice_is_found_and_other_things_are_not() -> None:
    found = alike(
        [
            offer("A", "Rak arsip besi siku 5 susun"),
            offer("B", "Rak Arsip Besi Siku, 5 susun"),
            offer("C", "Rak sepatu besi"),
            offer("D", "Nasi kotak menu ayam"),
        ]
    )
    assert [(pair.one, pair.other) for pair in found] == [("A", "B")]
    assert found[0].share > 0.95


def test_a_size_apart_is_said_by_the_share() -> None:
    (pair,) = alike([offer("A", "Tangki air plat besi 2.000 liter"), offer("B", "Tangki air plat besi 5.000 liter")], least=0.5)
    assert pair.share < 1
    assert alike([]) == []


def test_a_pair_is_found_wherever_the_slices_of_the_catalogue_end() -> None:
    names = ["Rak arsip besi siku", "Nasi kotak ayam"]
    many = [offer(f"P{number:04}", names[number % 2] if number in {0, 1, 250, 451} else f"Barang{number}") for number in range(460)]
    assert asking._AT_ONCE < 250
    assert [(pair.one, pair.other) for pair in alike(many)] == [("P0000", "P0250"), ("P0001", "P0451")]


def test_a_product_is_no_duplicate_of_itself_and_a_pair_comes_once() -> None:
    assert alike([offer("A", "Rak arsip besi")]) == []
    assert len(alike([offer(sku, "Rak arsip besi") for sku in "ABC"])) == 3


def test_the_words_that_met_are_the_need_s_and_the_keyword_s_and_change_no_score() -> None:
    shelf = read_offer({"sku": "A", "name": "Lemari susun terbuka", "keywords": ["rak arsip"]}, "36.72")
    question = read_question("pengadaan rak arsip untuk 3 kelurahan")
    ((_, (match,)),) = Matcher([shelf], worded()).match([question], threshold=0.1)
    assert words_met(match) == ("rak arsip", "rak arsip")
    ((_, (plain,)),) = Matcher([shelf]).match([question], threshold=0.1)
    assert (plain.score, plain.verdict) == (match.score, match.verdict)
    assert plain.marks[0].offer == "Lemari susun terbuka"
