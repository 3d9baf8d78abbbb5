"""A partner's own publication: the rows of all signatories, those of its contract's objects as the contract opens them, for it alone."""

from __future__ import annotations

import csv
import io
import stat
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from exchange.access.callers import Partner, Reader, Within
from exchange.access.coverage import all_products, lifted, lifted_stream
from exchange.access.policy import Tier
from exchange.errors import Denied
from exchange.publish.base import Receiver
from exchange.publish.receivers import receiver_of
from exchange.publish.registry import installed
from exchange.publish.write import build, built_before
from exchange.store.segments import all_segments

OBJECTS = [
    Within(kbli=("25",)), Within(kbli=("25111",)), Within(frozenset({"logam"})), Within(frozenset({"pangan"}), ("10",)), Within(),
]  # fmt: skip


def made_out(within: Within | None, ident: str = "kota-contoh") -> Receiver:
    return Receiver("33.74", "Pemerintah Kota Contoh", ident=ident, within=within)


def products(made):
    return {each["sku"]: each for each in orjson.loads(made.path.read_bytes())["products"]}


@pytest.mark.parametrize("within", OBJECTS)
def test_its_rows_are_those_of_the_signatories_with_what_the_contract_opens(catalogue, settings, within):
    agreed = products(build(catalogue, settings, "json", Tier.AGREED))
    mine = build(catalogue, settings, "json", Tier.CONTRACTED, made_out(within))
    covered = {"A-1"} if "logam" in within.sectors or any("25111".startswith(code) for code in within.kbli) else set()
    told = products(mine)
    assert list(told) == list(agreed)
    for sku, one in told.items():
        assert ("capacity_max" in one) is (sku in covered)
        assert {name: value for name, value in one.items() if name not in {"capacity_min", "capacity_max", "negotiated_prices"}} == agreed[
            sku
        ]
    assert (mine.tier, mine.products, mine.left_out) == ("contracted", 4, build(catalogue, settings, "json", Tier.AGREED).left_out)
    assert stat.S_IMODE(mine.path.stat().st_mode) == 0o600
    assert mine.name == "katalog-36.72-contracted-untuk-kota-contoh.json"


@pytest.mark.parametrize("within", OBJECTS)
def test_the_stream_is_what_pages_are_whatever_its_length(catalogue, within, monkeypatch):
    reader = Reader(Tier.AGREED, within)
    with catalogue.read() as session:
        rows = [(ident, body) for ident, _, body in all_segments(session, "product", Tier.AGREED)]
        paged = lifted(session, "product", reader, rows)
        for size in (1, 2, 3, 4, 500):
            monkeypatch.setattr("exchange.access.coverage._AT_ONCE", size)
            assert list(all_products(session, reader)) == paged
        gaps = [(ident, None if ident == "A-2" else body) for ident, body in rows]
        expected = [(ident, None if ident == "A-2" else body) for (ident, _), body in zip(rows, paged, strict=True)]
        assert list(lifted_stream(session, "product", reader, gaps)) == expected


def test_the_statements_of_a_file_grow_with_hundreds_of_products_and_not_with_each(catalogue, settings, offer, firm):
    number = firm(catalogue, "6120000000555", "CV")
    for each in range(40):
        offer(f"Z-{each:03}", number, kbli="25111", capacity_max=Decimal(7))
    seen = []
    event.listen(catalogue.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    made = build(catalogue, settings, "json", Tier.CONTRACTED, made_out(Within(kbli=("25",))))
    assert made.products == 44
    assert len(seen) < 25


@pytest.mark.parametrize("name", sorted(set(installed().usable) - {"ubl_peppol"}))
def test_every_format_is_made_out_to_the_partner_and_shows_the_exact_capacity_of_its_objects(catalogue, settings, name, unpacked):
    kind = installed().usable[name]
    files = {within: build(catalogue, settings, name, Tier.CONTRACTED, made_out(within)) for within in OBJECTS}
    for within, made in files.items():
        data = unpacked(made.path.read_bytes())
        covered = "logam" in within.sectors or "25" in within.kbli or "25111" in within.kbli
        assert (b"187" in data) is (covered and kind.lists_products), within
        assert made.statement["receiver"] == "33.74"
        assert "untuk-kota-contoh" in made.name


def test_tables_leave_the_cells_of_other_products_empty(catalogue, settings):
    within = Within(kbli=("25",))
    text = build(catalogue, settings, "csv", Tier.CONTRACTED, made_out(within)).path.read_text(encoding="utf-8-sig")
    rows = {row["sku"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert (rows["A-1"]["capacity_max"], rows["A-2"]["capacity_max"], rows["B-1"]["producer.nib"]) == ("187", "", "")
    book = load_workbook(build(catalogue, settings, "xlsx", Tier.CONTRACTED, made_out(within)).path)
    heads, *lines = book.worksheets[0].iter_rows(values_only=True)
    at = heads.index("Kapasitas terbesar")
    assert [line[at] for line in lines] == [187, None, None, None]
    said = {row[0]: row[1] for row in book["Keterangan"].iter_rows(values_only=True, max_col=2) if row[0]}
    assert said["Dibuat untuk"] == "Pemerintah Kota Contoh"


def test_no_two_receivers_and_no_two_contracts_share_a_file_by_its_name_or_hash(catalogue, settings):
    one = build(catalogue, settings, "json", Tier.CONTRACTED, made_out(Within(kbli=("25",))))
    assert build(catalogue, settings, "json", Tier.CONTRACTED, made_out(Within(kbli=("25",)))) == replace(one, built=False)
    for other in (made_out(Within(kbli=("25",)), "kota-lain"), made_out(Within(kbli=("10",))), made_out(Within(kbli=("25", "10")))):
        assert built_before(settings, "json", one.etag, Tier.CONTRACTED, other) is None, other
    assert built_before(settings, "json", one.etag, Tier.AGREED, made_out(None)) is None
    assert built_before(settings, "json", one.etag) is None
    found = built_before(settings, "json", one.etag, Tier.CONTRACTED, made_out(Within(kbli=("25",))))
    assert found == replace(one, built=False)
    narrower = build(catalogue, settings, "json", Tier.CONTRACTED, made_out(Within(kbli=("10",))))
    assert narrower.etag != one.etag
    assert "capacity_max" not in products(narrower)["A-1"]


@pytest.mark.parametrize("receiver", [None, made_out(None)])
def test_what_a_contract_opens_is_made_for_nobody_without_one(catalogue, settings, receiver):
    with pytest.raises(Denied) as refused:
        build(catalogue, settings, "json", Tier.CONTRACTED, receiver)
    assert refused.value.facts["missing"] == ["partner"]
    assert not (settings.data_dir / "publications").exists()


def test_a_receiver_bears_its_contract_in_the_file_of_its_contract_alone():
    within = Within(kbli=("25",))
    partner = Partner(1, "kota-contoh", "Pemerintah Kota Contoh", "33.74", reader=Reader(Tier.AGREED, within))
    assert receiver_of(partner, Tier.PUBLIC) is None
    assert receiver_of(partner, Tier.AGREED) == made_out(None)
    assert receiver_of(partner, Tier.AGREED, "0088:4006381333931") == replace(made_out(None), endpoint="0088:4006381333931")
    assert receiver_of(partner, Tier.CONTRACTED) == made_out(within)
