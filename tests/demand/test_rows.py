"""The fast way to hold a demand to the shape and to store it says what the slow one says, or leaves it to the slow one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import select

from exchange.access.policy import TABLES, Tier, view
from exchange.access.segments import canonical, canonical_time, demand_segments, differences, readers, seen_by
from exchange.demand.intake import check, columns, ident_of
from exchange.demand.rows import COLUMNS, Place, make, place_of
from exchange.store.changes import note_new
from exchange.store.demands import DemandRow, insert_new
from exchange.store.segments import put_new_segments
from exchange.store.sources import SourceRow
from schemas.bulk import quick
from schemas.demand import BASES, CATEGORIES, STATUSES, DemandSchema

NOW = datetime(2027, 1, 1, 2, 3, 4, tzinfo=UTC)
ORDINARY: dict[str, Any] = {
    "reference": "P-1", "title": "Belanja rak arsip", "buyer": {"name": "Dinas Contoh", "code": "D1"}, "category": "goods",
    "items": [{"position": 1, "text": "Rak arsip", "quantity": {"amount": "2.5", "unit": "H87", "said": "2,5 buah"}}],
    "budget": {"amount": "1250000.5", "currency": "IDR", "basis": "package_ceiling"},
    "periods": {"contract": {"start": "2027-02-01", "end": "2027-03-01", "precision": "month"}}, "status": "open",
    "published_at": "2027-01-01T08:00:00+07:00", "related": {"rup": ["1", "2"]}, "eligibility": {"small_business": True},
}  # fmt: skip

TEXT = st.one_of(st.text(max_size=12), st.sampled_from(["", "a", "\x00", "\ud800", "é", " ", "36.72", "x" * 401, "x" * 2001]))
AMOUNT = st.one_of(
    st.sampled_from(["0", "1", "-1", "01", "1.0", "1.50", "1e3", "NaN", "", " 1", "99999999999999", "1" * 30, "0.12345", "١", "5\n"]),
    st.integers(-5, 10**20), st.floats(allow_nan=True), st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
)  # fmt: skip
DAY = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.sampled_from(["2027-02-30", "2027-2-1", "20270201", "", "2027-02-01T00:00:00"]),
    st.none(),
)
WHEN = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(lambda when: when.isoformat()),
    st.sampled_from(["2027-01-01T00:00:00Z", "2027-01-01 00:00:00+07:00", "2027-01-01", "1800-01-01T00:00:00Z", "x"]),
    st.none(),
)


def maybe(**members: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A dictionary with some of the members, and now and then one that nobody knows."""
    return st.fixed_dictionaries({}, optional=members | {"asing": st.just(1)}) | st.fixed_dictionaries({}, optional=members)


QUANTITY = maybe(amount=AMOUNT | st.none(), unit=TEXT | st.none(), said=TEXT)
CLASS = maybe(scheme=TEXT, code=TEXT, edition=TEXT | st.none(), title=TEXT | st.none())
ITEM = maybe(
    position=st.integers(-1, 3) | st.just("1"), text=TEXT, specification=TEXT | st.none(), quantity=QUANTITY | st.none(),
    classifications=st.lists(CLASS, max_size=2),
)  # fmt: skip
PERIOD = maybe(start=DAY, end=DAY, precision=st.sampled_from(["day", "month", "year", "week"])) | st.none()
CURRENCY = st.sampled_from(["IDR", "USD", "idr", "IDR\n"])
DEMAND = st.fixed_dictionaries(
    {
        "reference": TEXT, "title": TEXT, "buyer": maybe(name=TEXT, code=TEXT | st.none(), unit=TEXT | st.none()),
    },
    optional={
        "description": TEXT | st.none(), "region": TEXT | st.none(), "place": TEXT | st.none(),
        "category": st.sampled_from([*CATEGORIES, "x", None]), "items": st.lists(ITEM, max_size=2), "quantity_said": TEXT | st.none(),
        "budget": maybe(amount=AMOUNT, currency=CURRENCY, basis=st.sampled_from([*BASES, "x"])) | st.none(),
        "periods": maybe(selection=PERIOD, contract=PERIOD, use=PERIOD),
        "eligibility": maybe(domestic_product=st.sampled_from([True, False, None, "ya", 1]), small_business=st.none() | st.booleans()),
        "method": TEXT | st.none(), "status": st.sampled_from([*STATUSES, "x"]), "published_at": WHEN, "url": TEXT | st.none(),
        "related": st.dictionaries(TEXT, st.lists(TEXT, max_size=2), max_size=2), "asing": st.just(1),
    },
)  # fmt: skip


def place(region: str = "33.74", table: str = "demand_pulled") -> Place:
    return place_of("mitra", region, table, canonical_time(NOW))


def slowly(translated: dict[str, Any], table: str = "demand_pulled") -> tuple[dict[str, Any], dict[str, bytes]]:
    """The columns and segments that the slow way gives."""
    source = SourceRow(
        name="mitra", connector="x", region="33.74" if table == "demand_pulled" else "36.72", public=table.endswith("public")
    )
    values = columns(check(translated), source.region)
    fixed = {"state": "live", "version": 1, "first_seen_at": NOW, "updated_at": NOW, "missing_since": None}
    row = DemandRow(ident=ident_of("mitra", translated["reference"]), source=source, **values, **fixed)
    return values, demand_segments(row, "36.72")


@given(DEMAND)
@settings(max_examples=600)
def test_what_the_fast_way_takes_the_schema_takes_with_the_same_values(translated):
    fast = make(translated, place())
    if fast is None:
        return
    values, segments = slowly(translated)
    assert {tier: json.loads(body) for tier, body in fast.segments.items()} == {tier: json.loads(body) for tier, body in segments.items()}
    assert fast.segments == segments, "to the byte"
    told = dict(zip(COLUMNS, fast.row, strict=True))
    assert told["budget_amount"] == (None if values["budget_amount"] is None else int(values["budget_amount"] * 10_000))
    assert json.loads(told["items"]) == values["items"]
    assert json.loads(told["related"]) == values["related"]
    for name, value in values.items():
        if name not in {"budget_amount", "items", "related"}:
            shown = value.isoformat() if name.endswith(("_start", "_end")) and value is not None else value
            assert told[name] == shown, name


@given(DEMAND)
@settings(max_examples=300)
def test_what_the_schema_refuses_the_fast_way_never_takes(translated):
    try:
        DemandSchema().load(translated)
    except ValidationError:
        assert quick(translated) is None


def test_what_is_written_in_the_usual_way_goes_the_fast_way():
    assert make(ORDINARY, place()) is not None
    assert make({"reference": "1", "title": "Rak", "buyer": {"name": "Dinas"}}, place()) is not None


@pytest.mark.parametrize("table", ["demand_pulled", "demand_own", "demand_own_public"])
def test_each_tier_reads_the_same_by_either_way(table):
    fast = make(ORDINARY, place("33.74" if table == "demand_pulled" else "36.72", table))
    assert fast is not None
    assert fast.segments == slowly(ORDINARY, table)[1]


@pytest.mark.parametrize("table", ["demand_pulled", "demand_own", "demand_own_public"])
def test_the_short_way_through_the_policy_is_the_policy(table):
    record = dict.fromkeys(TABLES[table], 1)
    for tier in Tier:
        assert seen_by(table, record, tier) == view(table, record, tier)
        assert (tier in readers(table)) == bool(view(table, record, tier))


def test_rows_and_segments_that_were_stored_in_bulk_are_what_the_columns_give(store):
    with store.work() as session:
        source = SourceRow(name="mitra", connector="lkpp_isb", region="33.74", state="approved")
        session.add(source)
        session.flush()
        mades = [made for number in range(40) if (made := make(ORDINARY | {"reference": f"P-{number}"}, place()))]
        rows = [(*made.row, f"{number:064d}", "0" * 64, number) for number, made in enumerate(mades)]
        same = {"source_id": source.id, "connector_version": "1", "first_seen_at": NOW, "updated_at": NOW}
        insert_new(session, (*COLUMNS, "content_hash", "raw_answer", "raw_position"), rows, same)
        put_new_segments(session, "demand", 1, ((made.ident, made.segments) for made in mades))
        note_new(session, "demand", (made.ident for made in mades))
    with store.read() as session:
        assert differences(session, "36.72") == []
        row = session.scalars(select(DemandRow).where(DemandRow.reference == "P-7")).one()
        assert (str(row.budget_amount), row.contract_start.isoformat(), row.small_business) == ("1250000.5000", "2027-02-01", True)
        assert row.published_at == datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert canonical({"b": 1, "a": NOW}) == b'{"a":"2027-01-01T02:03:04Z","b":1}'
