"""A TOML text is changed at one place, and all else of it stays as it was written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.sync.toml_text import CannotChange, changed, found, written

EXAMPLES = [path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "docs" / "mappings").glob("*.toml"))]
PATHS = [
    ("format",), ("list",), ("listing", "reference"), ("csv", "delimiter"), ("demand", "title"), ("demand", "budget", "amount"),
    ("demand", "budget", "currency"), ("demand", "buyer", "name"), ("demand", "periods", "selection", "end"),
    ("demand", "periods", "use", "start"), ("demand", "items", "quantity", "unit"), ("demand", "Nama Lain"), ("codes", "jenis", "BRG"),
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=12), st.booleans(), st.integers(-5, 5), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
)
ODD = '''\
# awal
"format" = 'json' # ekor
[demand] # kepala
title = """a # bukan catatan
[bukan kepala]"""
budget.amount = "x"   # dengan titik
budget.basis = "y"
url = { from = "a", pattern = "https://x/{}" } # sebaris
skip = [
  "satu", # catatan di dalam
  "dua ]",
]
[[keep]]
from = "z"
[demand.buyer]
name = "n"
'''


@given(st.sampled_from([*EXAMPLES, ODD, ""]), st.lists(st.tuples(st.sampled_from(PATHS), st.none() | VALUES), max_size=4))
def test_a_change_is_read_back_as_that_change_and_every_other_value_and_every_remark_stays(text, steps):
    wanted = tomllib.loads(text)
    for path, value in steps:
        try:
            made = changed(text, path, value)
        except CannotChange:
            continue
        told = tomllib.loads(made)
        assert found(told, path) == value
        for other in PATHS:
            if other != path and other[: len(path)] != path and path[: len(other)] != other:
                assert found(told, other) == found(wanted, other)
        inside = {line.strip() for line in text.splitlines() if line.strip().startswith("#")}
        assert inside <= {line.strip() for line in made.splitlines()}
        text, wanted = made, told


def test_the_same_value_again_leaves_the_text_letter_for_letter():
    for text in [*EXAMPLES, ODD]:
        for path in PATHS:
            assert changed(text, path, found(tomllib.loads(text), path)) == text


def test_only_the_value_of_a_statement_is_written_anew():
    made = changed(ODD, ("format",), "xml")
    assert made == ODD.replace("'json'", '"xml"')
    made = changed(ODD, ("demand", "budget", "currency"), "IDR")
    assert made == ODD.replace('budget.basis = "y"\n', 'budget.basis = "y"\nbudget.currency = "IDR"\n')
    made = changed(ODD, ("demand", "buyer", "name"), None)
    assert made == ODD.replace('[demand.buyer]\nname = "n"\n', ""), "a table that is left empty goes with its heading"
    made = changed(ODD, ("demand", "periods", "use", "start"), '"Nama Paket"')
    assert made == ODD + "\n[demand.periods.use]\nstart = '\"Nama Paket\"'\n"


def test_windows_line_ends_stay():
    text = ODD.replace("\n", "\r\n")
    assert changed(text, ("format",), "xml") == text.replace("'json'", '"xml"')


def test_what_is_no_toml_or_no_table_is_not_changed():
    with pytest.raises(CannotChange):
        changed("a = = 1", ("b",), 1)
    with pytest.raises(CannotChange):
        changed("a = 1", ("a", "b"), 1)


@given(
    st.recursive(
        st.text() | st.booleans() | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_a_written_value_is_read_back(value):
    text = f"k = {written(value)}"
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert tomllib.loads(text)["k"] == value
