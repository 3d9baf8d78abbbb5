from __future__ import annotations

import pytest

from schemas.demand import DemandSchema
from schemas.typed import mistyped

RIGHT = {
    "reference": "A-1", "title": "Pagar", "buyer": {"name": "Dinas"}, "region": "33.74", "published_at": "2026-11-01T00:00:00.5+07:00",
    "items": [{"position": 1, "text": "pagar", "quantity": {"amount": "2.5", "said": "2,5 m"}}, {"position": 2.0, "text": "pintu"}],
    "budget": {"amount": "1250000.50", "basis": "owner_estimate"}, "eligibility": {"small_business": True, "domestic_product": None},
    "periods": {"use": {"start": "2026-11-01", "end": None}}, "category": None,
}  # fmt: skip


def test_what_is_typed_as_documented_is_right():
    assert mistyped(DemandSchema(), RIGHT) is None
    assert DemandSchema().load(RIGHT)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("items.[].position", {"items": [{"position": "5", "text": "x"}]}),
        ("items.[].position", {"items": [{"position": True, "text": "x"}]}),
        ("items.[].position", {"items": [{"position": 1.5, "text": "x"}]}),
        ("items.[].quantity.amount", {"items": [{"position": 1, "text": "x", "quantity": {"said": "5", "amount": 5}}]}),
        *(("budget.amount", {"budget": {"amount": amount}}) for amount in (5, 5.5, True, "1e3", "1_0", " 5", "+5", "٥", "", "5.")),
        ("eligibility.small_business", {"eligibility": {"small_business": "yes"}}),
        ("eligibility.small_business", {"eligibility": {"small_business": 1}}),
        ("published_at", {"published_at": "2026-01-01 00:00:00+00:00"}),
        ("published_at", {"published_at": "2026-01-01T00:00:00"}),
        ("region", {"region": " 33.74 "}),
        ("periods.use.start", {"periods": {"use": {"start": "20260101"}}}),
    ],
)
def test_another_type_than_documented_is_named_with_its_place_and_what_is_wanted(path, more):
    found = mistyped(DemandSchema(), RIGHT | more)
    assert found
    assert found[0] == path
    assert found[1].startswith("Harus ")


@pytest.mark.parametrize("record", [None, 5, [], {"tidak_dikenal": 1}, {"items": 5, "buyer": "Dinas"}, {"items": [5, None]}])
def test_what_the_schema_itself_refuses_is_left_to_it(record):
    assert mistyped(DemandSchema(), record) is None
