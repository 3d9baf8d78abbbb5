from __future__ import annotations

from exchange.matching.asking import alike
from exchange.matching.offers import Offer, read_offer


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
