"""What holds for each format, those of the folder and those that others bring."""

from __future__ import annotations

import io
import random
import re
import resource
import sys
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import orjson
import pytest

from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.errors import BadRequest
from exchange.publish.base import Format, Head, NothingToPublish, fault
from exchange.publish.picture import NOT_CONSENTED, WITHDRAWN
from exchange.publish.registry import discover, format_named
from exchange.publish.write import build
from schemas.plugins import misnamed

HEAD = Head(
    office="Dinas",
    contact="dinas@contoh.invalid",
    region="36.72",
    region_name="Kota Cilegon",
    licence="https://lisensi.example/by",
    version=7,
    changed_at=datetime(2026, 3, 1, tzinfo=UTC),
    tier="public",
    products=1,
    state="kata-untuk-keadaan-7",
    endpoint="0088:1234567890128",
)
PAGE = resource.getpagesize()
FORMATS = sorted(discover().usable.items())
HOLDING = [(name, made) for name, made in FORMATS if made.lists_products]


def lines(count: int):
    """Products whose names no packing makes small."""
    names = random.Random(5)
    return (canonical({"sku": f"S-{n:07}", "name": f"Barang {names.randbytes(200).hex()}", "keywords": ["a", "b"]}) for n in range(count))


def test_the_folder_holds_the_formats_that_are_promised_and_nothing_is_wrong_with_them():
    found = discover()
    assert {"json", "ndjson", "csv", "xlsx", "ubl", "jsonld", "dcat"} <= set(found.usable)
    assert found.problems == ()


@pytest.mark.parametrize(("name", "made"), FORMATS)
def test_a_format_bears_the_name_of_its_file(name, made):
    assert (misnamed(made, name), fault(made)) == (None, None)
    assert made.__module__.rpartition(".")[2] == name or not made.__module__.startswith("exchange.")
    assert made.__doc__


@pytest.mark.parametrize(("name", "made"), FORMATS)
def test_a_format_counts_what_it_wrote_and_writes_the_same_bytes_again(name, made, unpacked):
    first, second = io.BytesIO(), io.BytesIO()
    assert made().write(lines(3), first, HEAD) == 3
    assert made().write(lines(3), second, HEAD) == 3
    assert first.getvalue() == second.getvalue()
    assert all((f"S-{n:07}".encode() in unpacked(first.getvalue())) is made.lists_products for n in range(3))


@pytest.mark.parametrize(("name", "made"), FORMATS)
def test_a_format_writes_the_same_bytes_to_what_cannot_go_back(name, made):
    class Pipe(io.RawIOBase):
        told = b""

        def writable(self):
            return True

        def write(self, data):
            self.told += bytes(data)
            return len(data)

    file, pipe = io.BytesIO(), Pipe()
    made().write(lines(3), file, HEAD)
    made().write(lines(3), pipe, HEAD)
    assert file.getvalue() == pipe.told


@pytest.mark.parametrize(("name", "made"), FORMATS)
def test_an_empty_catalogue_is_whole_or_refused_before_the_first_byte(name, made):
    out = io.BytesIO()
    try:
        assert made().write(iter(()), out, HEAD) == 0
        assert out.getvalue()
    except NothingToPublish as nothing:
        assert out.getvalue() == b""
        assert nothing.mend


@pytest.mark.parametrize(("name", "made"), HOLDING)
def test_twenty_thousand_products_need_no_more_memory_than_two_thousand(name, made):
    resident = Path("/proc/self/statm")
    if not resident.exists():
        pytest.skip("no /proc here, which tells the memory of a process")

    class Nowhere(io.RawIOBase):
        size = 0

        def write(self, data):
            self.size += len(data)
            return len(data)

    seen = {}

    def watched():
        for at, line in enumerate(lines(20_000)):
            if at in {2_000, 19_999}:
                seen[at] = int(resident.read_text().split()[1]) * PAGE
            yield line

    out = Nowhere()
    assert made().write(watched(), out, HEAD) == 20_000
    assert out.size > 4_000_000
    assert seen[19_999] - seen[2_000] < 2_000_000, "what the parser's own library holds is counted too"


@pytest.mark.parametrize("name", [name for name, _ in FORMATS])
def test_no_publication_tells_the_public_what_the_policy_hides(name, catalogue, settings, unpacked):
    made = build(catalogue, settings, name)
    data = unpacked(made.path.read_bytes())
    for hidden in (b"ranahtertutup", b"987654", b"8120000000999", b"7120000000888", b"C-1", b"D-1", b"187", b"173",
                   b"6.0123456", b"106.0543219", b"577215664", b"1899", b"2019-03-07"):  # fmt: skip
        # a number as a whole: idents and digests of chance may hold its digits
        found = re.search(rb"(?<![0-9A-Za-z])%s(?![0-9A-Za-z])" % re.escape(hidden), data) if hidden.isdigit() else hidden in data
        assert not found, hidden
    assert (b"9120000000017" in data) is format_named(name).lists_products, "a CV's NIB is public"
    assert made.products == 4
    assert made.left_out == {NOT_CONSENTED: 1, WITHDRAWN: 1}


def test_the_joined_segments_are_the_products_as_their_tier_reads_them(catalogue, settings):
    for tier, skus in ((Tier.PUBLIC, ["A-1", "A-2", "B-1", "B-2"]), (Tier.STAFF, ["A-1", "A-2", "B-1", "B-2", "C-1", "D-1"])):
        read = orjson.loads(build(catalogue, settings, "json", tier).path.read_bytes())
        assert [product["sku"] for product in read["products"]] == skus
        assert read["catalogue"]["reader"] == tier
        assert ("capacity_max" in read["products"][0]) is (tier is Tier.STAFF)
        assert read["catalogue"]["licence"] == settings.data_licence


def test_a_name_that_is_none_is_answered_with_the_nearest():
    with pytest.raises(BadRequest) as refused:
        format_named("jsno")
    assert "json" in refused.value.mend
    assert "ubl" in refused.value.mend


class Lines(Format):
    """Another distribution's format: a product a line."""

    name = "lines"
    title = "Lines"
    media_type = "text/plain"
    suffix = ".txt"

    def write(self, products, out, head):
        return sum(out.write(body + b"\n") > 0 for body in products)


Twin = type("Json", (Lines,), {"name": "json"})


def stranger(attribute: str) -> EntryPoint:
    return EntryPoint(attribute.lower(), f"stranger_formats:{attribute}", "exchange.formats")


@pytest.fixture
def strangers(monkeypatch):
    module = ModuleType("stranger_formats")
    module.Lines, module.Twin, module.Number = Lines, Twin, 3
    monkeypatch.setitem(sys.modules, "stranger_formats", module)


def test_another_distribution_brings_a_format(strangers):
    found = discover(others=[stranger("Lines")])
    assert found.usable["lines"] is Lines
    assert found.problems == ()


def test_of_two_with_one_name_neither_is_used_and_both_homes_are_named(strangers):
    found = discover(others=[EntryPoint("json", "stranger_formats:Twin", "exchange.formats")])
    assert "json" not in found.usable
    assert "ubl" in found.usable
    [problem] = found.problems
    assert "exchange.publish.formats.json" in problem.home
    assert "stranger_formats:Twin" in problem.home


@pytest.mark.parametrize("wrong", ["Number", "Absent"])
def test_a_stranger_that_cannot_be_loaded_stops_nothing_else(wrong, strangers):
    found = discover(others=[stranger(wrong)])
    assert {"json", "ubl"} <= set(found.usable)
    assert [problem.home for problem in found.problems] == [f"stranger_formats:{wrong}"]


@pytest.mark.parametrize(("member", "value"), [("name", "Besar"), ("name", "a/b"), ("suffix", "json"), ("media_type", None)])
def test_a_format_that_does_not_say_who_it_is_cannot_be_used(member, value):
    made = type("Lines", (Lines,), {member: value})
    assert misnamed(made, "lines") or fault(made)


def test_a_format_whose_class_or_place_has_another_name_cannot_be_used(strangers):
    assert "Another" in misnamed(type("Another", (Lines,), {}), "lines")
    found = discover(others=[EntryPoint("rows", "stranger_formats:Lines", "exchange.formats")])
    assert "lines" not in found.usable
    [problem] = found.problems
    assert "'lines'" in problem.message
    assert "'rows'" in problem.message
