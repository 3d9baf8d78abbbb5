"""The laws of the score: it lies in [0, 100], more said never lowers it, and an improvement brings what it promised."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.catalogue.quality.criteria import EFFORTS, WEEKS
from exchange.catalogue.quality.firm import FIRM
from exchange.catalogue.quality.product import PAPERS, PRODUCT
from exchange.catalogue.quality.score import cheapest, firm_score, points, product_score, scored
from exchange.store.businesses import FIELDS as FIRM_FIELDS
from exchange.store.products import FIELDS as PRODUCT_FIELDS
from schemas.business import SECTORS
from schemas.quality import EFFORT_NAMES

DAY = date(2026, 11, 23)
HALAL, PIRT = "ID36110000123456789", "P-IRT 2063672010001-29"
TEXT = "Rangka hollow galvanis 40x40 mm, cat dasar dan cat duco, untuk rumah, kantor, sekolah dan pabrik."

# what a whole product and firm say; each member alone is what mends it
WHOLE: dict[str, Any] = {
    "name": "Pagar besi", "description": TEXT, "sector": "pangan", "kbli": "25111", "kbki": "4219001", "hs": "730890",
    "unit_said": "m2", "unit_code": "MTK", "price_min": Decimal(100), "price_max": Decimal(250), "price_valid_until": date(2026, 12, 31),
    "capacity_min": Decimal(5), "capacity_max": Decimal(9), "capacity_period": "bulan", "lead_time_days": 0, "minimum_order": Decimal(1),
    "tkdn_percent": Decimal(40), "halal": HALAL, "distribution_permit": PIRT, "keywords": ["teralis", "railing", "gerbang"],
    "weight_kg": Decimal(22), "photo": "https://foto.example.id/1.jpg", "photos": 2, "sku": "A", "nib": "9120000000017",
}  # fmt: skip
WHOLE_FIRM: dict[str, Any] = {
    "nib": "9120000000017", "name": "CV Karya", "legal_form": "CV", "scale": "kecil", "kbli": ["25111"], "district": "Citangkil",
    "subdistrict": "Kebonsari", "address": "Jalan Contoh 1", "latitude": 0.0, "longitude": 106.0, "visited_on": date(2026, 8, 1),
    "telephone": "0254-1", "email": "kantor@example.id", "consented_on": date(2026, 1, 5), "consent_refused_on": None,
}  # fmt: skip
EMPTY: dict[str, Any] = dict.fromkeys(WHOLE) | {"name": "Pagar besi", "sku": "A", "keywords": []}
EMPTY_FIRM: dict[str, Any] = dict.fromkeys(WHOLE_FIRM) | {"nib": "9120000000017", "name": "CV Karya", "kbli": []}

_amount = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(3), Decimal(10), Decimal(1000)])
_day = st.sampled_from([DAY + timedelta(days=days) for days in (-2000, -731, -730, -365, -1, 0, 1, 900)])
_words = st.lists(st.sampled_from(["pagar", "besi", "Pagar besi", "teralis", "TERALIS", " ", "kuat", "awet"]), max_size=20)
VALUES: dict[str, Any] = {
    "description": _words.map(" ".join), "sector": st.sampled_from(SECTORS), "kbli": st.sampled_from(["25111", "2511", "99999"]),
    "kbki": st.sampled_from(["4219001", "9"]), "hs": st.sampled_from(["730890", "000000"]),
    "unit_said": st.sampled_from(["m2", "ikat"]), "unit_code": st.sampled_from(["MTK", "ZZZ"]),
    "price_min": _amount, "price_max": _amount, "price_valid_until": _day, "capacity_min": _amount, "capacity_max": _amount,
    "capacity_period": st.sampled_from(["hari", "bulan"]), "lead_time_days": st.integers(0, 30), "minimum_order": _amount,
    "tkdn_percent": _amount, "halal": st.sampled_from([HALAL, "proses", "ya"]), "distribution_permit": st.sampled_from([PIRT, "proses"]),
    "keywords": _words, "weight_kg": _amount, "photo": st.just("foto.jpg"), "photos": st.integers(1, 12),
}  # fmt: skip
FIRM_VALUES: dict[str, Any] = {
    "legal_form": st.sampled_from(["CV", "UD"]), "scale": st.just("mikro"), "kbli": st.lists(st.sampled_from(["25111", "99"]), max_size=2),
    "district": st.just("Cibeber"), "subdistrict": st.just("Kedaleman"), "address": st.just("Jalan 1"), "latitude": st.floats(-6, 6),
    "longitude": st.floats(100, 140), "visited_on": _day, "telephone": st.just("0254-1"), "email": st.just("a@example.id"),
    "consented_on": _day, "consent_refused_on": _day,
}  # fmt: skip


def records(values: dict[str, Any], empty: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Records with some members said."""
    return st.fixed_dictionaries({}, optional=values).map(lambda said: empty | said)


TABLES = [(PRODUCT, VALUES, EMPTY, WHOLE), (FIRM, FIRM_VALUES, EMPTY_FIRM, WHOLE_FIRM)]


@pytest.mark.parametrize(("table", "values", "empty", "whole"), TABLES, ids=["product", "firm"])
def test_a_table_gives_100_points_of_known_members_each_read_by_one_criterion(table, values, empty, whole):
    assert sum(each.points for each in table) == 100
    members = [member for each in table for member in each.members]
    assert len(members) == len(set(members))
    assert set(members) <= ({*PRODUCT_FIELDS, "photos"} if table is PRODUCT else set(FIRM_FIELDS)), "photos are counted beside the product"
    assert len({each.name for each in table}) == len({each.title for each in table}) == len(table)
    assert all(each.why.endswith(".") for each in table)
    assert points(table, whole, DAY) == 100
    assert points(table, empty, DAY) == (0 if table is PRODUCT else 4)


def test_the_words_for_effort_are_those_of_the_contract_and_every_sector_is_judged():
    assert tuple(each.name for each in EFFORTS) == EFFORT_NAMES
    assert set(PAPERS) == set(SECTORS)
    assert [each.minutes for each in EFFORTS] == sorted(each.minutes for each in EFFORTS)


@pytest.mark.parametrize(("table", "values", "empty", "whole"), TABLES, ids=["product", "firm"])
@settings(max_examples=150)
@given(data=st.data())
def test_what_is_said_more_never_lowers_the_score(table, values, empty, whole, data):
    record = data.draw(records(values, empty))
    silent = sorted(name for name in values if not record[name])
    before = points(table, record, DAY)
    assert 0 <= before <= 100
    for name in data.draw(st.permutations(silent)):
        record = record | {name: data.draw(values[name])}
        after = points(table, record, DAY)
        assert after >= before, name
        before = after


@pytest.mark.parametrize("member", ["description", "keywords"])
@settings(max_examples=60)
@given(record=records(VALUES, EMPTY), words=_words)
def test_more_words_and_keywords_never_lower_the_score(member, record, words):
    said = record[member]
    more = f"{said or ''} {' '.join(words)}" if member == "description" else [*said, *words]
    assert points(PRODUCT, record | {member: more}, DAY) >= points(PRODUCT, record, DAY)


@pytest.mark.parametrize(("table", "values", "empty", "whole"), TABLES, ids=["product", "firm"])
@settings(max_examples=150)
@given(data=st.data())
def test_an_improvement_brings_exactly_what_it_promised(table, values, empty, whole, data):
    record = data.draw(records(values, empty))
    score = scored(table, record, DAY)
    assert score.score == sum(part.points for part in score.parts) == points(table, record, DAY)
    for one in score.improvements:
        mended = record | {member: whole[member] for member in one.criterion.members}
        if one.asks == "Pilih sektornya.":
            mended = record | {"sector": "pangan", "halal": None, "distribution_permit": None}
        assert points(table, mended, DAY) - score.score == one.gain > 0, one.criterion.name
    lacking = {part.criterion.name for part in score.parts if part.points < part.most}
    assert {one.criterion.name for one in score.improvements} == lacking - ({"consent"} if record.get("consent_refused_on") else set())


def test_a_missing_sector_promises_the_least_that_any_sector_brings():
    record = WHOLE | {"sector": None, "halal": None, "distribution_permit": None}
    (one,) = product_score(record, DAY).improvements
    brought = [points(PRODUCT, record | {"sector": sector}, DAY) - points(PRODUCT, record, DAY) for sector in SECTORS]
    assert one.gain == min(brought) == 2
    assert max(brought) == 8


@given(records(VALUES, EMPTY))
@settings(max_examples=80)
def test_the_three_cheapest_are_those_that_bring_most_for_a_minute_the_first_of_equals_first(record):
    score = product_score(record, DAY)
    worth = [one.gain / one.effort.minutes for one in score.improvements]
    order = sorted(range(len(worth)), key=lambda at: (-worth[at], at))
    assert score.cheapest() == [score.improvements[at] for at in order[:3]]


def test_what_takes_weeks_comes_after_all_that_takes_minutes():
    efforts = [one.effort for one in cheapest(product_score(EMPTY | {"sector": "pangan"}, DAY).improvements, 99)]
    assert efforts[-2:] == [WEEKS, WEEKS]
    assert WEEKS not in efforts[:-2]


GRADES = [
    ({"price_min": Decimal(100), "price_max": None}, "price", 12),
    ({"price_min": Decimal(100), "price_max": Decimal(301)}, "price", 12),
    ({"price_min": Decimal(100), "price_max": Decimal(300)}, "price", 16),
    ({"price_valid_until": DAY}, "price", 16),
    ({"price_valid_until": DAY - timedelta(days=1)}, "price", 12),
    ({"price_min": None, "price_max": None}, "price", 0),
    ({"description": "Pagar besi. BESI pagar!"}, "description", 0),
    ({"description": "Pagar besi hollow, galvanis, duco."}, "description", 5),
    ({"unit_code": "ZZZ"}, "unit", 4),
    ({"unit_said": None}, "unit", 4),
    ({"kbli": "2511"}, "kbli", 0),
    ({"hs": "7308"}, "hs", 0),
    ({"capacity_period": None}, "capacity", 5),
    ({"capacity_min": Decimal(0), "capacity_max": Decimal(0)}, "capacity", 0),
    ({"halal": "proses"}, "papers", 5),
    ({"halal": None, "distribution_permit": None}, "papers", 2),
    ({"halal": None, "distribution_permit": None, "sector": "logam"}, "papers", 8),
    ({"sector": None}, "papers", 0),
    ({"keywords": ["Pagar Besi", "teralis", "Teralis "]}, "keywords", 3),
    ({"keywords": ["pagar besi"]}, "keywords", 0),
]


@pytest.mark.parametrize(("changed", "criterion", "left"), GRADES)
def test_a_criterion_has_grades(changed, criterion, left):
    parts = {part.criterion.name: part for part in product_score(WHOLE | changed, DAY).parts}
    assert parts[criterion].points == left
    assert (parts[criterion].asks is None) == (left == parts[criterion].most)
    assert sum(part.most - part.points for name, part in parts.items() if name != criterion) == 0, "it touches no other"


@pytest.mark.parametrize(("days", "left"), [(0, 12), (365, 12), (366, 6), (730, 6), (731, 0)])
def test_a_visit_ages(days, left):
    score = scored(FIRM, WHOLE_FIRM | {"visited_on": DAY - timedelta(days=days)}, DAY)
    assert score.score == 88 + left
    assert [one.criterion.name for one in score.improvements] == ([] if left == 12 else ["visit"])


def test_a_firm_that_refused_is_not_asked_again():
    silent = scored(FIRM, WHOLE_FIRM | {"consented_on": None}, DAY)
    refused = scored(FIRM, WHOLE_FIRM | {"consented_on": None, "consent_refused_on": DAY}, DAY)
    assert silent.score == refused.score == 70
    assert [one.gain for one in silent.improvements] == [30]
    assert refused.improvements == ()


def test_a_firm_is_half_itself_and_half_its_products():
    empty = EMPTY | {"sku": "B"}
    none, both = firm_score(WHOLE_FIRM, [], DAY), firm_score(WHOLE_FIRM, [WHOLE, empty], DAY)
    assert (none.score, none.mean, none.products) == (50, None, 0)
    assert (both.score, both.mean, both.products) == (75, 50, 2)
    assert {one.product for one in both.cheapest} == {"B"}


@settings(max_examples=60)
@given(firm=records(FIRM_VALUES, EMPTY_FIRM), products=st.lists(records(VALUES, EMPTY), max_size=4))
def test_a_firms_improvement_brings_the_firm_what_it_promised(firm, products):
    products = [record | {"sku": f"P-{number}"} for number, record in enumerate(products)]
    before = firm_score(firm, products, DAY)
    assert 0 <= before.score <= 100
    for one in before.cheapest:
        if one.asks == "Pilih sektornya.":
            continue
        whole, mended = WHOLE if one.product else WHOLE_FIRM, list(products)
        own = firm
        change = {member: whole[member] for member in one.criterion.members}
        if one.product is None:
            own = firm | change
        else:
            at = int(one.product.removeprefix("P-"))
            mended[at] = mended[at] | change
        assert firm_score(own, mended, DAY).score - before.score == pytest.approx(one.gain)
