"""What sources send instead of data: each is named, none is taken for an empty list."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Limits, SourceError
from connectors.kit.document import read_json
from connectors.kit.simulator import Canned
from connectors.kit.sniff import BOM, Kind, sniff
from connectors.lkpp_isb import LkppIsb
from connectors.ocds import Ocds

INSTEAD = Path(__file__).parent / "recordings" / "instead"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "failures"

EXPECTED = {
    "data_kosong.xml": ("said_empty", "unproven", "Data Kosong"),
    "kosong.json": ("empty_body", "failed", "kosong"),
    "robot.html": ("robot_page", "failed", "robot"),
    "halaman.html": ("html_page", "failed", "halaman web"),
    "terpotong.json": ("truncated", "failed", "terpotong"),
    "terpotong_di_antara.json": ("truncated", "failed", "terpotong"),
    "baris.ndjson": ("not_json", "failed", "NDJSON"),
    "bentuk_lain.json": ("shape_changed", "failed", ""),
    "kolom_lain.json": ("shape_changed", "failed", ""),
}


def test_every_recorded_failure_has_its_expectation():
    assert {path.name for path in INSTEAD.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("connector", [LkppIsb, Ocds], ids=lambda each: each.name)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_came_instead_ends_the_run_by_its_name_with_advice(name, connector, partner, fetching, archive):
    rule, state, word = EXPECTED[name]
    body = (INSTEAD / name).read_bytes()
    served = partner({"/umpan": [Canned(body)]})
    source = connector({"url": f"{served.base}/umpan"})
    with pytest.raises(SourceError) as caught:
        list(source.listings(fetching(*source.approved()), None))
    error = caught.value
    assert (error.rule, error.state) == (rule, state)
    assert word in error.message
    assert error.mend
    assert archive.bodies[error.answer] == body


def test_a_shape_that_changed_names_the_fields_that_are_gone(partner, fetching):
    served = partner({"/umpan": [Canned((INSTEAD / "kolom_lain.json").read_bytes())]})
    with pytest.raises(SourceError, match=r"kd_rup.*nama_paket.*kd_klpd.*pagu"):
        list(LkppIsb({"url": f"{served.base}/umpan"}).listings(fetching(served.base), None))


def test_the_failures_that_were_really_seen_are_named_alike():
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    kinds = {path.suffix: sniff(path.read_bytes()) for path in SHARED.iterdir()}
    assert kinds == {".html": Kind.ROBOT, ".xml": Kind.SAID_EMPTY}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b" \r\n\t", "empty_body"),
        (BOM, "empty_body"),
        (b"PK\x03\x04abc", "not_json"),
        (b"\x1f\x8b\x08abc", "not_json"),
        (b"<rss></rss>", "not_json"),
        (b"kd_rup,nama_paket\n1,Meja", "not_json"),
        (b'{"a": 1,}', "not_json"),
        (b'[{"a": [1]', "truncated"),
        (b"[" * 500 + b"]" * 500, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "too_deep"),
        (b"[" + b"{}," * 2000 + b"{}]", "too_large"),
    ],
)
def test_a_body_that_is_no_usable_json_is_refused_by_rule(body, rule):
    with pytest.raises(SourceError) as caught:
        read_json(body, Limits(containers=1500 if rule == "too_large" else 1_000_000))
    assert caught.value.rule == rule


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
)


@given(JSON.filter(lambda value: isinstance(value, list | dict)), st.sampled_from([b"", BOM]), st.sampled_from([b"", b"\n", b"\r\n\0"]))
def test_every_json_document_is_read_as_what_it_is(value, before, after):
    assert read_json(before + orjson.dumps(value) + after, Limits()) == value


@given(st.lists(st.dictionaries(st.text(min_size=1), st.text(), min_size=1), min_size=1), st.data())
def test_no_cut_of_an_array_is_read_as_one(rows, data):
    whole = orjson.dumps(rows)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(SourceError) as caught:
        read_json(whole[:cut], Limits())
    assert caught.value.rule == ("truncated" if cut else "empty_body")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    try:
        read_json(body, Limits())
    except SourceError as error:
        assert error.rule in {"empty_body", "not_json", "truncated", "html_page", "robot_page", "said_empty"}
