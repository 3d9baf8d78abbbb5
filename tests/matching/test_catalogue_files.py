from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import pytest

from exchange.matching.catalogue import Catalogue, bound, matcher
from exchange.matching.matcher import Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import Offer, read_offer
from exchange.matching.probability import shipped

NAMES = ("Rak arsip besi", "Lemari arsip besi", "Meja kursi siswa rangka besi", "Genset diesel 10 kVA", "Beras medium 5 kg")
OFFERS = [
    read_offer({"sku": f"P{at}", "name": name, "price_min": Decimal("12500.5"), "minimum_order": Decimal(3), "unit_said": "buah"}, "36.72")
    for at, name in enumerate(NAMES)
]
NEEDS = [
    read_need({"reference": title, "title": title, "region": "36.04", "budget": {"amount": Decimal(1_000_000)}}, title)
    for title in ("Pengadaan rak arsip", "Meja kursi siswa", "Genset", "Sewa kendaraan", "Beras untuk rapat")
]


def matches(given: Matcher) -> list[object]:
    return [[asdict(match) for match in found] for _, found in given.match(NEEDS)]


@pytest.mark.parametrize("kept", [True, False], ids=["in files", "packed"])
def test_what_is_kept_or_packed_matches_as_the_products_themselves_do(tmp_path: Path, kept: bool) -> None:
    catalogue = bound(OFFERS, shipped(), tmp_path / "catalogue" if kept else None)
    assert matches(matcher(catalogue)) == matches(Matcher(OFFERS))


def test_the_same_products_and_model_are_one_version_written_once(tmp_path: Path) -> None:
    one = bound(OFFERS, shipped(), tmp_path)
    assert one.folder is not None
    files = {path: path.stat().st_mtime_ns for path in one.folder.iterdir()}
    assert bound(list(OFFERS), shipped(), tmp_path) == one
    assert {path: path.stat().st_mtime_ns for path in one.folder.iterdir()} == files
    assert bound(OFFERS[1:], shipped(), tmp_path).key != one.key
    assert bound(OFFERS, replace(shipped(), intercept=0.5), tmp_path).key != one.key


def test_only_the_two_versions_used_last_stay(tmp_path: Path) -> None:
    kept = [bound(OFFERS[: number + 1], shipped(), tmp_path).key for number in range(4)]
    assert {path.name for path in tmp_path.iterdir()} == set(kept[-2:])


@pytest.mark.parametrize("name", ["said.json", "offers.json", "impact.data.npy", "pairs.npy"])
def test_a_damaged_version_is_made_again(tmp_path: Path, name: str) -> None:
    folder = bound(OFFERS, shipped(), tmp_path).folder
    assert folder is not None
    (folder / name).write_bytes(b"half")
    matcher.cache_clear()
    assert matches(matcher(bound(OFFERS, shipped(), tmp_path))) == matches(Matcher(OFFERS))


def test_nothing_half_written_is_ever_found_under_a_versions_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: object, _folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("exchange.matching.index.Index.save", full)
        with pytest.raises(OSError, match="No space"):
            bound(OFFERS, shipped(), tmp_path)
    assert not list(tmp_path.iterdir())
    assert bound(OFFERS, shipped(), tmp_path).folder is not None


def test_a_catalogue_of_nothing_can_be_kept_and_meets_nothing(tmp_path: Path) -> None:
    none: list[Offer] = []
    for catalogue in (bound(none, shipped(), tmp_path), bound(none, shipped())):
        assert isinstance(catalogue, Catalogue)
        assert [found for _, found in matcher(catalogue).match(NEEDS)] == [[]] * len(NEEDS)
