"""XML is read whole or not at all, without entities, and in memory that does not grow with the list."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.kit import Limits, SourceError
from connectors.kit.encodings import as_utf8
from connectors.kit.xml import Records, read_xml
from connectors.kit.xml_values import Values, string

RECORD = "<paket jenis='a'><kode>{n}</kode><nama>Belanja nomor {n}</nama><satuan/></paket>"


def _list(count: int, around: str = "") -> bytes:
    return f"<daftar>{around}{''.join(RECORD.format(n=n) for n in range(count))}</daftar>".encode()


def _rule(body: bytes, **limits: int) -> str:
    rules = []
    for read in (lambda: read_xml(body, Limits(**limits)), lambda: list(Records(body, ("*", "paket"), Limits(**limits)))):
        with pytest.raises(SourceError) as caught:
            read()
        rules.append(caught.value.rule)
    assert len(set(rules)) == 1
    return rules[0]


BILLION = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""
OUTSIDE = b"""<!-- x --><!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]><d>&f;</d>"""


@pytest.mark.parametrize(
    "body",
    [BILLION, OUTSIDE, BILLION.lower(), BILLION.decode().encode("utf-16"), b"\xef\xbb\xbf \n" + OUTSIDE, b"<!DOCTYPE d><d/>",
     b"<?xml version='1.0'?><?a <b?><!-- <c> -->\n<!doctype d SYSTEM 'http://127.0.0.1/d.dtd'><d/>"],
    ids=["entities", "external", "small letters", "utf-16", "mark", "bare", "behind others"],
)  # fmt: skip
def test_a_document_type_is_refused_before_parsing(body):
    assert _rule(body) == "doctype_refused"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "empty_body"),
        (b"\x00\x00", "empty_body"),
        (b"<invalid_response>Data Kosong, silakan ulangi</invalid_response>", "said_empty"),
        (b"<!DOCTYPE html><html><body>Masuk</body></html>", "html_page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "html_page"),
        (b"<html><title>Just a moment...</title></html>", "robot_page"),
        (b'{"a": 1}', "not_xml"),
        (b"PK\x03\x04....", "not_xml"),
        (b"bukan apa-apa", "not_xml"),
        (b"<a><b></a></b>", "not_xml"),
        (b"<a>&tidak_ada;</a>", "not_xml"),
        (b"<a>\x00</a>", "not_xml"),
        (b"<a/><a/>", "not_xml"),
    ],
)
def test_what_is_no_xml_is_told_by_what_it_is(body, rule):
    assert _rule(body) == rule


def test_a_record_that_is_called_body_is_no_page():
    assert read_xml(b"<umpan><body>isi</body></umpan>", Limits()).tag == "umpan"


def test_a_document_cut_anywhere_is_not_read_in_part():
    whole = _list(3)
    for end in range(1, len(whole)):
        assert _rule(whole[:end]) in {"truncated", "not_xml"}, whole[:end]


@given(st.integers(1, 400), st.integers(1, 400))
def test_depth_is_bounded(depth, bound):
    body = b"<a>" * depth + b"</a>" * depth
    try:
        read_xml(body, Limits(depth=bound))
    except SourceError as error:
        assert error.rule == "too_deep"
        assert depth > min(bound, 255)
    else:
        assert depth <= bound


def test_elements_and_attributes_are_bounded_and_records_that_went_by_do_not_count():
    assert _rule(b"<d>" + b"<x/>" * 50 + b"</d>", containers=40) == "too_large"
    assert _rule(b"<d " + b" ".join(b'a%d="1"' % n for n in range(50)) + b"/>", containers=40) == "too_large"
    assert sum(1 for _ in Records(_list(5_000), ("daftar", "paket"), Limits(containers=3_000))) == 5_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>Kantor “É”</a>".encode("cp1252"), "Kantor “É”"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>É</a>".encode(), "É"),
        ("<?xml version='1.0' encoding='UTF-8'?><a>É –</a>".encode("cp1252"), "É –"),
        ("<a>É</a>".encode("utf-16"), "É"),
        ("<?xml version='1.0' encoding='UTF-16'?><a>É</a>".encode("utf-16-be"), "É"),
        ("\ufeff<?xml version='1.0' encoding='us-ascii'?><a>É</a>".encode(), "É"),
        ("<?xml version='1.0' encoding='iso-8859-15'?><a>€</a>".encode("iso8859-15"), "€"),
        (b"<?xml version='1.0' encoding='utf-7'?><a>+ADw-b+AD4-</a>", "+ADw-b+AD4-"),
        (b"<?xml version='1.0' encoding='tidak-ada'?><a>b</a>", "b"),
    ],
    ids=["declared", "declared wrongly", "lying", "utf-16 mark", "utf-16 no mark", "mark", "latin-9", "utf-7", "unknown"],
)
def test_the_bytes_tell_the_encoding_and_the_declaration_may_lie(body, said):
    assert read_xml(body, Limits()).text == said


@given(st.text())
def test_utf8_is_left_as_it_is(text):
    body = ("<a>" + text).encode("utf-8", "replace")
    assert as_utf8(body, "iso-8859-1") == body


def test_an_xinclude_stays_an_element():
    body = b'<d xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname" parse="text"/></d>'
    assert Values().of(read_xml(body, Limits())) == {"include": {"@href": "file:///etc/hostname", "@parse": "text"}}


def test_records_stand_where_the_path_says_and_the_envelope_is_left():
    body = b"<d><total>2</total><x><paket>0</paket></x><paket>1<paket>in</paket></paket><paket>2</paket><next>b</next></d>"
    records = Records(body, ("d", "paket"), Limits())
    assert [string(Values().of(each)) for each in records] == ["1in", "2"]
    assert [each.tag for each in records.envelope if each.tag != "paket"] == ["total", "x", "next"]
    assert [string(Values().of(each)) for each in Records(body, ("*", "paket"), Limits())] == ["0", "1in", "2"]


def test_memory_does_not_grow_with_the_list():
    def peak(count: int) -> int:
        records = Records(_list(count), ("daftar", "paket"), Limits())
        values = Values()
        tracemalloc.start()
        for element in records:
            values.of(element)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(records.envelope) == 1
        return size

    assert peak(40_000) < 2 * peak(4_000)


def test_an_element_becomes_a_value():
    root = etree.fromstring("<p xmlns:c='urn:c' kode='7' c:x='1'> <n>Map</n><u>A</u> dan <u lang='id'>B</u><c:k/><m/><u><v>1</v></u></p>")
    assert Values({"urn:c": "c"}).of(root) == {
        "@kode": "7", "@c:x": "1", "n": "Map", "u": ["A", {"@lang": "id", "#text": "B"}, {"v": "1"}], "c:k": None, "m": None,
        "#text": " dan ",
    }  # fmt: skip
    assert "{urn:c}k" in Values({}).of(root)
    assert "k" in Values().of(root)
    assert Values().of(etree.fromstring("<a>x</a>")) == {"#text": "x"}
    assert Values().of(etree.fromstring("<a/>")) == {}


NAMES = st.sampled_from(["a", "b", "c:d", "e-f"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Z")), min_size=1, max_size=6)
LEAVES = st.none() | WORDS
OBJECTS = st.recursive(
    st.dictionaries(NAMES, LEAVES, min_size=1, max_size=3),
    lambda inner: st.dictionaries(NAMES, LEAVES | inner | st.lists(LEAVES | inner, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=8,
)


@given(OBJECTS, st.dictionaries(NAMES.map("@".__add__), WORDS, max_size=2))
def test_a_value_becomes_the_element_it_was_made_of(value, attributes):
    values = Values({"urn:c": "c"})
    assert values.of(values.element("r", attributes | value)) == attributes | value
