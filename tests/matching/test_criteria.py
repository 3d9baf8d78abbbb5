from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from exchange.matching.amounts import in_units_of
from exchange.matching.criteria.certificates import reworded
from exchange.matching.discovery import criteria, discover, fault
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer, read_offer

ALL = {criterion.name: criterion for criterion in criteria()}
MET = Met(0.8, 0, "beras", "beras medium", 3.0)

PRODUCT: dict[str, Any] = {
    "sku": "X-1",
    "name": "Beras medium 5 kg",
    "kbli": "10631",
    "kbli_edition": "2020",
    "hs": "100630",
    "unit_code": "KGM",
    "unit_said": "kg",
    "price_min": Decimal(12000),
    "price_max": Decimal(13000),
    "capacity_min": Decimal(1000),
    "capacity_period": "bulan",
    "minimum_order": Decimal(50),
}


def offer(**changes: Any) -> Offer:
    return read_offer(PRODUCT | changes, "36.72")


def need(quantity: tuple[str, str | None] | None = ("200", "KGM"), **changes: Any) -> Need:
    said = None if quantity is None else {"amount": Decimal(quantity[0]), "unit": quantity[1], "said": " ".join(filter(None, quantity))}
    item = {"text": "Beras", "specification": None, "quantity": said, "classifications": changes.pop("classifications", [])}
    record: dict[str, Any] = {"reference": "1", "title": "Belanja beras", "items": [item], "category": "goods", "region": "36.04"}
    return read_need(record | {"budget": {"amount": Decimal(5_000_000), "currency": "IDR"}} | changes)


def mark(name: str, of: Need, by: Offer, met: Met = MET) -> Mark:
    return ALL[name].mark(of, by, met)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_criterion_says_why_in_a_sentence_and_stays_in_its_bounds(name: str) -> None:
    bare = replace(read_need({"reference": "1", "title": "Beras"}), items=())
    empty = read_offer({"sku": "Y", "name": "Beras"}, None)
    for of, by in ((need(), offer()), (bare, empty), (need(quantity=None), empty), (bare, offer())):
        told = mark(name, of, by, MET._replace(place=-1))
        assert told.criterion == name
        assert told.says.strip().endswith(".")
        assert told.score is None or 0 <= told.score <= 1
        assert mark(name, of, by, MET._replace(place=-1)) == told


@pytest.mark.parametrize("name", sorted(set(ALL) - {"text", "kind"}))
def test_what_neither_side_says_is_unknown_and_not_nought(name: str) -> None:
    bare = read_need({"reference": "1", "title": "Beras"})
    assert mark(name, bare, read_offer({"sku": "Y", "name": "Beras"}, None), MET._replace(place=-1)).score is None


def test_quantity_within_capacity_is_full_and_beyond_it_the_share() -> None:
    assert mark("quantity", need(("1000", "KGM")), offer()).score == 1.0
    one_month = {"contract": {"start": date(2026, 3, 1), "end": date(2026, 3, 31), "precision": "day"}}
    assert mark("quantity", need(("4000", "KGM"), periods=one_month), offer()).score == pytest.approx(0.25, abs=0.02)
    assert mark("quantity", need(("4000", "KGM")), offer()).score is None, "an open period is no shortage"
    four_months = {"contract": {"start": date(2026, 3, 1), "end": date(2026, 6, 1), "precision": "month"}}
    assert mark("quantity", need(("4000", "KGM"), periods=four_months), offer()).score == 1.0


def test_quantity_in_units_that_cannot_be_compared_is_unknown() -> None:
    told = mark("quantity", need(("200", "XBX")), offer())
    assert told.score is None
    assert "tidak dapat dihitung" in told.says
    assert mark("minimum_order", need(("1", "XBX")), offer()).score is None


def test_a_days_output_is_not_multiplied_to_a_month() -> None:
    assert mark("quantity", need(("4000", "KGM")), offer(capacity_period="hari")).score is None
    assert mark("quantity", need(("900", "KGM")), offer(capacity_period="hari")).score == 1.0


def test_price_beyond_the_budget_lowers_and_both_sums_are_shown() -> None:
    within = mark("price", need(("200", "KGM")), offer())
    beyond = mark("price", need(("1000", "KGM")), offer())
    assert within.score == 1.0
    assert beyond.score == pytest.approx(5 / 12)
    assert beyond.need == "pagu Rp 5.000.000"
    assert beyond.offer == "Rp 12.000–Rp 13.000 per kg"


def test_an_order_below_the_minimum_says_both_amounts() -> None:
    told = mark("minimum_order", need(("10", "KGM")), offer())
    assert told.score == pytest.approx(0.2)
    assert told.says == "Pesanan minimum 50 kg, yang diminta 10 KGM."
    small = need(quantity=None, budget={"amount": Decimal(300_000), "currency": "IDR"})
    assert mark("minimum_order", small, offer()).score == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("title", "category", "said"),
    [
        ("Belanja Sewa Mebel", "goods", "sewa"),
        ("Belanja Jasa Kebersihan", "services", "jasa"),
        ("Rehabilitasi Kantor", "works", "pekerjaan konstruksi"),
        ("Belanja Beras", "works", "pekerjaan konstruksi"),
        ("Belanja Beras", "consulting", "jasa konsultansi"),
        ("Belanja Beras", "goods", "pengadaan barang"),
    ],
)
def test_the_sort_of_listing_is_named_with_what_it_leaves_of_the_probability(title: str, category: str, said: str) -> None:
    of = read_need({"reference": "1", "title": title, "category": category})
    told = mark("kind", of, offer(), MET._replace(sort=0.25))
    assert (told.score, told.need) == (0.25, said)


@pytest.mark.parametrize(
    ("scheme", "code", "edition", "score"),
    [
        ("HS", "100630", "2022", 1.0),
        ("HS", "100690", "2022", 0.8),
        ("HS", "730890", "2022", 0.0),
        ("KBLI", "10632", "2020", 0.8),
    ],
)
def test_classes_agree_by_digits(scheme: str, code: str, edition: str, score: float) -> None:
    asked = need(classifications=[{"scheme": scheme, "code": code, "edition": edition}])
    assert mark("classes", asked, offer()).score == score


@pytest.mark.parametrize(("scheme", "code", "edition"), [("KBLI", "10631", "2015"), ("CPV", "03211300", "2008")])
def test_codes_of_another_list_or_edition_are_not_compared(scheme: str, code: str, edition: str) -> None:
    asked = need(classifications=[{"scheme": scheme, "code": code, "edition": edition}])
    assert mark("classes", asked, offer(), MET._replace(asked="xqzt")).score is None
    assert "ditaksir" in mark("classes", asked, offer()).says  # the words are evidence all the same


@pytest.mark.parametrize(
    ("text", "held", "met"),
    [
        ("Beras bersertifikat halal", {"halal": "ID36110000000000000"}, True),
        ("Beras bersertifikat halal", {}, False),
        ("Besi beton SNI 2052", {"sni": "SNI 2052:2017"}, True),
        ("Besi beton SNI 2052", {"sni": "SNI 07-0052-2006"}, False),
        ("Air minum ber-SNI", {"sni": "SNI 3553:2015"}, True),
        ("Keripik, wajib P-IRT", {}, False),
        ("Genset TKDN minimal 40%", {"tkdn_percent": Decimal("41.6")}, True),
        ("Genset TKDN minimal 40%", {"tkdn_percent": Decimal("25")}, False),
        ("Genset TKDN minimal 40%", {}, False),
    ],
)
def test_a_certificate_that_is_asked_is_there_or_the_match_falls(text: str, held: dict[str, Any], met: bool) -> None:
    told = mark("certificates", read_need({"reference": "1", "title": text}), offer(**held))
    assert told.score is not None
    assert (told.score == 1.0) is met
    assert ("Belum ada" in told.says) is not met


def test_certificates_are_shown_in_words_and_a_percentage_without_idle_zeros() -> None:
    told = mark(
        "certificates", read_need({"reference": "1", "title": "Genset"}), offer(tkdn_percent=Decimal("66.8000"), sni="SNI 1811:2007")
    )
    assert told.offer is not None and set(told.offer.split("; ")) == {"TKDN 66,8%", "SNI: SNI 1811:2007"}


@pytest.mark.parametrize(
    ("kept", "today"),
    [
        ("sni: SNI 1811:2007, tkdn: 66.8000", "SNI: SNI 1811:2007; TKDN 66,8%"),
        ("halal: ID3611, permit: P-IRT 2063674010001-27, BPOM MD 1", "halal: ID3611; izin edar: P-IRT 2063674010001-27, BPOM MD 1"),
        ("permit: NA18, tkdn: belum", "permit: NA18, tkdn: belum"),
    ],
)  # fmt: skip
def test_certificates_of_an_older_match_are_worded_as_today_and_those_of_today_stay(kept: str, today: str) -> None:
    assert reworded(kept) == today
    assert reworded(today) == today


def test_text_that_asks_no_certificate_leaves_the_criterion_out() -> None:
    assert mark("certificates", read_need({"reference": "1", "title": "Belanja senior halaman"}), offer()).score is None


def test_nearer_regions_score_higher_and_cilegon_borders_serang() -> None:
    scored = [mark("distance", need(region=region), offer()).score for region in ("36.72", "36.04", "36")]
    assert scored[0] == 1.0
    assert scored == sorted((score for score in scored if score is not None), reverse=True)
    assert mark("distance", need(region=None), offer()).score is None


def test_distance_is_measured_between_centre_points_and_said() -> None:
    told = mark("distance", need(region="33.74"), offer())
    assert told.score is not None
    assert 0.5 < told.score < 0.75, "Semarang is some 480 km from Cilegon"
    assert "km" in told.says
    assert "Cilegon" in (told.offer or "")
    assert mark("distance", need(region="99.99"), offer()).score is None


SACK = {"unit_code": "XSA", "unit_said": "karung 25 kg", "capacity_min": Decimal(100), "minimum_order": Decimal(1)}


@pytest.mark.parametrize(
    ("amount", "unit", "said", "product", "wanted"),
    [
        ("500", "KGM", "500 kg", SACK, "20"),
        ("2", "TNE", "2 ton", SACK, "80"),
        ("20", "XSA", "20 karung", SACK, None),
        ("20", "XSA", "20 karung 25 kg", SACK, "20"),
        ("20", "XSA", "20 karung 50 kg", SACK, "40"),
        ("10", "LTR", "10 liter", SACK, None),
        ("10", "LTR", "10 liter", {"unit_code": "XBO", "unit_said": "botol 500 ml"}, "20"),
        ("38", "LTR", "38 liter", {"unit_code": None, "unit_said": "galon 19 liter"}, "2"),
        ("48", "H87", "48 buah", {"unit_code": "XCT", "unit_said": "dus isi 24"}, None),
        ("1500", "GRM", "1500 gram", {"unit_code": "KGM", "unit_said": "kg"}, "1.5"),
        ("30", "XBX", "30 kotak", {"unit_code": "XBX", "unit_said": "kotak"}, "30"),
    ],
)
def test_amounts_are_converted_by_the_table_and_by_what_a_package_says_it_holds(
    amount: str, unit: str, said: str, product: dict[str, Any], wanted: str | None
) -> None:
    found = in_units_of(offer(**product), Decimal(amount), unit, said)
    assert found == (None if wanted is None else Decimal(wanted))


def test_a_strangers_criterion_is_found_by_entry_point() -> None:
    point = EntryPoint("night", f"{__name__}:Night", "exchange.criteria")
    assert [criterion.name for criterion in criteria(discover(others=[point]))][-1] == "night"


def test_a_broken_criterion_is_reported_and_stops_no_other() -> None:
    broken = EntryPoint("night", "json:loads", "exchange.criteria")
    found = discover(others=[broken])
    assert set(found.usable) == set(ALL)
    assert [problem.home for problem in found.problems] == ["json:loads"]


def test_a_criterion_without_title_or_weight_cannot_be_used() -> None:
    assert "title" in (fault(type("Bare", (Criterion,), {})) or "")
    assert "di atas 0" in (fault(type("Weightless", (Criterion,), {"title": "W", "weight": 0})) or "")


class Night(Criterion):
    name = "night"
    title = "Malam"

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        return self.say(None, "Contoh.")
