"""The training plan: which training a change and a heard need lead to, and in what order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from exchange.reports.causes import CAUSES, Judged, Opening
from exchange.reports.training import COURSES, Plan, course_of
from schemas.business import SECTORS


def demand(ident, value, *openings, **more):
    its = {"row_id": 1, "title": "Belanja", "region": "33.74", "day": date(2027, 1, 1), "outcome": "unmet", "cause": "certificate"}
    return Judged(ident=ident, value=None if value is None else Decimal(value), openings=openings, **its | more)


def missing(member, sector="pangan", firm="ikm-a", sku="P-1"):
    return Opening("certificate", member, sector, firm, sku, "Belum ada.")


@pytest.mark.parametrize("sector", [*SECTORS, None])
@pytest.mark.parametrize("member", ["sni", "halal", "distribution_permit", "tkdn_percent"])
def test_every_certificate_has_a_training_in_every_sector(member, sector):
    course = course_of(missing(member, sector))
    assert course is not None
    assert course.member == member


def test_every_training_has_a_cause_a_reason_and_a_name_of_its_own():
    assert {each.cause for each in COURSES} <= set(CAUSES)
    assert len({each.name for each in COURSES}) == len(COURSES)
    assert all(each.why.endswith(".") and len(each.why) > 30 for each in COURSES)
    assert all(word == word.casefold() for each in COURSES for word in each.words)


def test_a_demand_that_two_firms_could_serve_is_opened_once():
    plan = Plan()
    plan.demand(demand("d-1", 100, missing("halal"), missing("halal", firm="ikm-b", sku="P-2"), missing("halal", sku="P-3")))
    plan.demand(demand("d-2", None, missing("halal")))
    (row,) = plan.rows()
    assert (row.opens.demands, row.opens.value, row.opens.unknown) == (2, 100, 1)
    assert {firm: one.demands for firm, one in row.mends.items()} == {"ikm-a": 2, "ikm-b": 1}
    assert row.mended() == ["ikm-a", "ikm-b"]


def test_value_opened_comes_first_then_firms_then_the_name():
    plan = Plan()
    plan.demand(demand("d-1", 10, missing("halal")))
    plan.demand(demand("d-2", 50, missing("sni")))
    for at in range(3):
        plan.firm(f"ikm-{at}", f"CV {at}", "logam", ["pengelasan TIG"])
        plan.firm(f"ikm-{at}", f"CV {at}", "logam", ["tempa"] if at else ["tempa", "anyaman"])
    assert [row.training.split()[0] for row in plan.rows()] == ["Penerapan", "Sertifikasi", "Pengelasan", "Tempa", "Anyaman"]


@pytest.mark.parametrize(
    ("need", "sector", "begins"),
    [
        ("SNI", "logam", "Penerapan SNI"),
        ("pemasaran bisnis", "logam", "Pemasaran bisnis"),
        ("HACCP", "pangan", "Keamanan pangan"),
        ("HACCP", "logam", "HACCP"),
        ("CPKB/CPPKRTB", "kimia", "Perizinan PKRT"),
        ("5S", None, "Tata kerja 5S"),
        ("sertifikasi TKDN", "energi", "Penghitungan"),
    ],
)
def test_a_heard_need_is_read_by_its_words_and_else_stands_as_it_was_said(need, sector, begins):
    plan = Plan()
    plan.firm("ikm-a", "CV A", sector, [need])
    (row,) = plan.rows()
    assert row.training.startswith(begins)
    assert row.asked == {"ikm-a": need}


def test_what_nobody_makes_is_told_beside_and_opens_nothing():
    plan = Plan()
    plan.demand(demand("d-1", 1000, cause="no_product"))
    (row,) = plan.rows()
    assert (row.opens.demands, row.lacking.demands, row.lacking.value) == (0, 1, 1000)
