"""The CSV: RFC 4180, every value read back, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.publish.base import Head
from exchange.publish.columns import Kind, columns_of, flat
from exchange.publish.formats.csv import Csv
from exchange.publish.write import build
from exchange.store.segments import all_segments

HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=1,
)  # fmt: skip
FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)')


def written(*products):
    out = io.BytesIO()
    Csv().write((canonical(product) for product in products), out, HEAD)
    return out.getvalue()


def read(data: bytes) -> list[list[str | None]]:
    """RFC 4180 by a reader of our own, which tells an empty field (None) from an empty text, as a database's COPY does."""
    assert data.startswith(b"\xef\xbb\xbf")
    text, rows, at = data[3:].decode(), [[]], 0
    while at < len(text):
        found = FIELD.match(text, at)
        assert found, text[at : at + 80]
        quoted, bare, end = found.groups()
        rows[-1].append(quoted.replace('""', '"') if quoted is not None else bare or None)
        if end == "\r\n":
            rows.append([])
        at = found.end()
    assert rows.pop() == []
    return rows


def parted(cell: str) -> list[str]:
    items = [""]
    for token in re.findall(r"\\.|; |[^\\;]", cell, re.DOTALL):
        if token == "; ":
            items.append("")
        else:
            items[-1] += token[-1]
    return items


def value(cell: str | None, kind: Kind):
    """What a cell says, by the rules that the format states."""
    if cell is None:
        return [] if kind is Kind.LIST else None
    if kind in {Kind.TEXT, Kind.LIST}:
        cell = cell.removeprefix("'")
        return parted(cell) if kind is Kind.LIST else cell
    return {"true": True, "false": False}[cell] if kind is Kind.FLAG else int(cell) if kind is Kind.WHOLE else cell


NASTY = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="\"',;\r\n\t=+-@ \\\u202e\u200f😀é\x00\x1f\ufeff0", max_size=12),
    st.sampled_from(
        ["=1+1", "+62 812", "-5", "-5+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "'", "''=1", "'-5", "مرحبا", "＝1", " a ", "true", ""]
    ),
)
NUMBERS = st.none() | st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False)
PRODUCTS = st.fixed_dictionaries(
    {
        "sku": NASTY.filter(bool), "name": NASTY, "description": st.none() | NASTY, "keywords": st.lists(NASTY, max_size=4),
        "unit_said": st.none() | NASTY, "price_min": NUMBERS, "weight_kg": NUMBERS, "lead_time_days": st.none() | st.integers(-9, 9999),
        "price_valid_until": st.none() | st.dates(), "is_sample": st.booleans(), "updated_at": st.datetimes(timezones=st.just(UTC)),
        "producer": st.fixed_dictionaries({"name": NASTY}, optional={"nib": st.none() | NASTY}),
    }
)  # fmt: skip


@settings(max_examples=150)
@example({"sku": "a", "keywords": ["", ""], "price_min": Decimal(-5), "name": "-5", "price_valid_until": date(2026, 1, 2)})
@example({"sku": "a", "keywords": ["\\", ";"], "name": "\\;"})
@given(PRODUCTS)
def test_whatever_people_write_is_read_back_as_it_was(product):
    body = flat(canonical(product))
    names, row = read(written(product))
    columns = columns_of("public")
    assert names == [column.name for column in columns]
    assert len(row) == len(columns)
    for column, cell in zip(columns, row, strict=True):
        wanted = body.get(column.name)
        assert value(cell, column.kind) == ([] if wanted is None and column.kind is Kind.LIST else wanted)


@settings(max_examples=150)
@given(NASTY)
def test_no_text_begins_as_a_spreadsheet_reads_a_formula(text):
    _, row = read(written({"sku": "a", "name": text, "keywords": [text]}))
    for cell in row:
        assert not cell or cell[0] not in "=+@\t\r\n＝＋－＠"
        assert not cell or cell[0] != "-" or re.fullmatch(r"-\d+(\.\d+)?", cell, re.ASCII)


@pytest.mark.parametrize("amount", ["-5", "-0.25", "-1234567890123456789.5"])
def test_a_negative_number_stays_a_number(amount):
    _, row = read(written({"sku": "a", "name": amount, "price_min": Decimal(amount)}))
    assert (row[1], amount in row[2:]) == (amount, True)


def test_pythons_own_reader_reads_the_catalogue_of_each_tier(catalogue, settings):
    for tier in (Tier.PUBLIC, Tier.AGREED, Tier.STAFF):
        text = build(catalogue, settings, "csv", tier).path.read_bytes().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        with catalogue.read() as session:
            wanted = [flat(body) for _, _, body in all_segments(session, "product", tier)]
        assert [row["sku"] for row in rows] == [product["sku"] for product in wanted]
        kinds = {column.name: column.kind for column in columns_of(tier)}
        for row, product in zip(rows, wanted, strict=True):
            said = {name: value(cell or None, kinds[name]) for name, cell in row.items()}
            assert said == {name: product.get(name) for name in row}


def test_an_empty_catalogue_is_the_line_of_names(store, settings):
    made = build(store, settings, "csv")
    (names,) = read(made.path.read_bytes())
    assert names[:2] == ["sku", "name"]
    assert made.products == 0
