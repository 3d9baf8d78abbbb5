"""JSON of sources is read with its faults, exactly, and within bounds that an office machine bears."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Limits, SourceError
from connectors.kit.document import read_json
from connectors.kit.simulator import Canned
from connectors.kit.sniff import Kind, sniff
from connectors.lkpp_isb import LkppIsb


def _rule(body: bytes, limits: Limits) -> str:
    with pytest.raises(SourceError) as caught:
        read_json(body, limits)
    return caught.value.rule


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'[{"a": "meja \ud83d", "b": 1}]', [{"a": "meja \ufffd", "b": 1}]),
        (rb'["\udc00\ud83d\ude00\ud83d"]', ["\ufffd\U0001f600\ufffd"]),
        (rb'["\\ud83d \\\ud83d"]', ["\\ud83d \\\ufffd"]),
        (rb'{"\ud83d": {"x\udfff": ["\uD800"]}}', {"\ufffd": {"x\ufffd": ["\ufffd"]}}),
        (b'[NaN, Infinity, -Infinity, "NaN"]', [None, None, None, "NaN"]),
        (b"[1e400, -1e999, 1.5]", ["1e400", "-1e999", 1.5]),
    ],
)
def test_one_bad_member_does_not_cost_the_feed(body, value):
    assert read_json(body, Limits()) == value
    orjson.dumps(value)


@pytest.mark.parametrize("body", [b"[NaN,]", b"[Nan]", b"[nan]", b"[+1]", b"[01]", b'[NaN, "\n"]', b"[NaN] [", b"['a']"])
def test_what_is_no_json_apart_from_that_stays_none(body):
    assert _rule(body, Limits()) in {"not_json", "truncated"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('["Meja – caf\xe9 5 °C"]'.encode("cp1252"), ["Meja – caf\xe9 5 °C"]),
        ('[NaN, "\xe9"]'.encode("cp1252"), [None, "\xe9"]),
        ('["Meja – caf\xe9"]'.encode("utf-16"), ["Meja – caf\xe9"]),
        ('["Meja – caf\xe9"]'.encode("utf-16-be"), None),
        ('["Meja – caf\xe9 \xe0\xe8"]'.encode() + b"", ["Meja – caf\xe9 \xe0\xe8"]),
        ('["Meja – caf\xe9", "'.encode() + b'\x80"]', ["Meja – caf\xe9", "\ufffd"]),
        (b'["\xff\xfe"]', ["\xff\xfe"]),
    ],
)
def test_a_body_is_read_in_the_characters_that_it_is_written_in(body, value):
    if value is None:
        assert _rule(body, Limits()) == "not_json"
    else:
        assert read_json(body, Limits()) == value


@given(st.text(min_size=1), st.binary(min_size=1, max_size=1).filter(lambda byte: byte >= b"\x80"))
def test_one_stray_byte_costs_no_other_letter(text, stray):
    letters = "éè" + text.encode("utf-8", "replace").decode()
    body = orjson.dumps([letters])[:-2] + stray + b'"]'
    (read,) = read_json(body, Limits())
    assert read.startswith(letters)


@pytest.mark.parametrize("depth", [70, 5_000, 200_000])
def test_depth_is_bounded_on_the_forgiving_way_too(depth):
    assert _rule(b"[NaN," + b"[" * depth + b"]" * depth + b"]", Limits()) == "too_deep"


@given(st.integers(-(10**40), 10**40))
def test_a_whole_number_keeps_all_its_digits(number):
    (read,) = read_json(f"[{number}]".encode(), Limits())
    assert str(read) == str(number)
    assert isinstance(read, int) == (-(2**63) <= number < 2**64)
    assert orjson.loads(orjson.dumps(read)) == read


@pytest.mark.parametrize("before", [b"[", b"[ ", b'{"a":', b'{"a": ', b"[1,", b"[1,\n"])
def test_a_long_number_is_exact_wherever_it_stands(before):
    closing = b"}" if before.startswith(b"{") else b"]"
    value = read_json(before + b"12345678901234567890123" + closing, Limits())
    assert "12345678901234567890123" in (value.values() if isinstance(value, dict) else value)


def test_a_number_of_a_million_digits_is_its_digits():
    assert read_json(b"[" + b"7" * 1_000_000 + b"]", Limits()) == ["7" * 1_000_000]


def test_a_title_with_half_a_character_costs_no_row_of_a_feed(partner, fetching):
    row = (
        '{"kd_rup":%s,"nama_paket":"Meja %s","kd_klpd":"D1","nama_klpd":"Kab. Contoh","pagu":1,'
        '"status_umumkan_rup":"Terumumkan","status_aktif_rup":true,"status_delete_rup":false}'
    )
    served = partner({"/a": [Canned(("[" + row % (1, "\\ud83d") + "," + row % ("123456789012345678901", "b") + "]").encode())]})
    source = LkppIsb({"url": f"{served.base}/a"})
    listings = {raw.reference: raw for raw in source.listings(fetching(served.base), None)}
    assert set(listings) == {"1", "123456789012345678901"}
    assert source.translate(listings["1"])["title"] == "Meja \ufffd"
    assert all(raw.content_hash() for raw in listings.values())


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 3000 + b"1]",
        b"[" + b'"",' * 3000 + b'""]',
        b'[{"a":' + b"1" + b',"b":1' * 3000 + b"}]",
        b"[NaN," + b"1," * 3000 + b"1]",
    ],
    ids=["numbers", "texts", "members", "forgiving"],
)
def test_values_are_counted_before_any_is_built(body):
    assert _rule(body, Limits(values=3000)) == "too_many_values"
    assert read_json(body, Limits(values=3100))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
)


def _count(value: object) -> int:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, members))


@given(JSON.filter(lambda value: isinstance(value, list | dict)))
def test_no_document_holds_more_values_than_were_counted(value):
    assert _rule_or_none(orjson.dumps(value), Limits(values=_count(value) - 2)) == "too_many_values"


def _rule_or_none(body: bytes, limits: Limits) -> str | None:
    try:
        read_json(body, limits)
    except SourceError as error:
        return error.rule
    return None


def test_a_first_line_of_many_values_is_not_read_to_find_out_about_lines():
    line = b'{"a":[' + b"1," * 600_000 + b"1]}"
    assert sniff(line + b"\n{}") is Kind.JSON
    assert sniff(b'{"a":1}\n{}') is Kind.NDJSON
    assert _rule(line + b"\n{}", Limits(values=1000)) == "too_many_values"
