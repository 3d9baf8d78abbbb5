"""A quarter of a megabyte of any text costs moments: no pattern goes over the same characters again and again."""

from __future__ import annotations

import time
from itertools import cycle, islice

import pytest

from connectors.kit.lists import aligned, is_placeholder, items, split_list
from connectors.kit.process import classification
from connectors.kit.quantities import read_quantity, told_in
from connectors.kit.text import WITHHELD, tidy

LONG = 250_000
"""Characters. What is quadratic takes minutes over so many; what is linear takes well below a second."""
SECONDS = 2.0

PARTS = {
    "word before a sign": ("a", " @"), "words and signs": ("a@b", ""), "dots": (".", "@"), "domain without end": ("b.", "@"),
    "tag without end": ("<br ", ""), "one long tag": ("x", " <br"), "tags": ("</p", ">"), "open marks": ("<", ""),
    "a tag's blanks": ("<a ", ""),
    "entity": ("&", ""), "entity without end": ("&amp", ""), "number entity": ("9", "&#"), "digits": ("8", ""), "telephone": ("+62 8", ""),
    "birth dates": ("19700101 ", ""), "blanks": (" ", "x"), "lines": ("\n", "x"), "lines and blanks": (" \n", "x"), "nbsp": ("\u00a0", "x"),
    "accents": ("\u0301\u0316", "é"), "tibetan": ("\u0f73\u0316", "é"), "invisible": ("\u200b", "é"),
    "dashes": ("-", "a"), "underscores": ("_", "a"),
    "semicolons": (";", ""), "bullets": ("- x\n", ""), "keyword": ("jumlah ", "1"), "keyword and blanks": ("   ", "jumlah"),
    "thousands": ("1.000.", "jumlah "), "decimals": ("1", "jumlah 1,"), "brackets": ("1 (", "a"), "label": ("\t: ", "spek"),
}  # fmt: skip


def _texts(name: str) -> list[str]:
    """The part repeated to the length, with its other part at the end, at the beginning and on both sides."""
    part, other = PARTS[name]
    body = "".join(islice(cycle(part), LONG))
    return [body + other, other + body] if other else [body]


@pytest.mark.parametrize("name", PARTS)
def test_hostile_text_is_tidied_and_read_in_bounded_time(name):
    for text in _texts(name):
        begun = time.process_time()
        tidy(text)
        told_in(text)
        read_quantity(text)
        is_placeholder(text)
        classification({"scheme": text, "id": "1"})
        assert time.process_time() - begun < SECONDS


@pytest.mark.parametrize("name", ["semicolons", "bullets", "dashes", "label", "lines and blanks", "word before a sign"])
def test_a_hostile_list_is_split_in_bounded_time(name):
    for text in _texts(name):
        begun = time.process_time()
        members = split_list(text)
        pairs, _ = aligned(members, members)
        items(pairs, [])
        assert time.process_time() - begun < SECONDS


def test_a_mail_address_behind_a_long_run_of_letters_is_still_withheld():
    assert tidy("." * 70 + "orang@contoh.invalid") == WITHHELD
    assert tidy("a" * 80 + "@contoh.invalid dan b@c.invalid") == f"{WITHHELD} dan {WITHHELD}"


def test_thirty_accents_may_stand_on_one_letter_and_no_more():
    assert tidy("e" + "\u0316" * 30 + "x") == "e" + "\u0316" * 30 + "x"
    assert tidy("e" + "\u0316" * 9000 + "x") == "e" + "\u0316" * 30 + "x"


def test_an_entity_s_number_without_end_is_left_as_it_is():
    assert tidy("meja &#" + "9" * 5000 + "; &amp; kursi").endswith("; & kursi")
