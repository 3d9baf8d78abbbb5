"""Words that meet are marked on both sides of a match, whatever they are written like, and nothing else is."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from exchange.web.marking import markers


def demand(title, description=None, items=()):
    return {"title": title, "description": description, "items": [{"text": text, "specification": more} for text, more in items]}


def product(name, description=None, keywords=()):
    return SimpleNamespace(name=name, description=description, keywords=list(keywords))


def marked(text):
    return re.findall(r"<mark>(.*?)</mark>", text)


@pytest.mark.parametrize(
    ("asked", "offered", "on_demand", "on_product"),
    [
        ("Pengadaan Pagar BESI Hollow kantor", "Pagar besi hollow minimalis", ["Pagar BESI Hollow"], ["Pagar besi hollow"]),
        ("Jasa pengelasan rangka", "Rangka las untuk gudang", ["pengelasan", "rangka"], ["Rangka", "las"]),
        ("Pipa 50 kg", "Pipa baja 50kg", ["Pipa", "50 kg"], ["Pipa", "50kg"]),
        ("Meja rapat", "Kursi rapat jati", ["rapat"], ["rapat"]),
        ("Belanja pengadaan barang", "Pengadaan keripik", [], []),
        ("Genset", "Keripik", [], []),
    ],
)
def test_the_words_that_meet_are_marked_in_their_own_spelling(asked, offered, on_demand, on_product):
    of_demand, of_product = markers(demand(asked), product(offered))
    together = [" ".join(marked(of_demand(asked))), " ".join(marked(of_product(offered)))]
    assert together == [" ".join(on_demand), " ".join(on_product)]


def test_words_of_items_specifications_descriptions_and_keywords_count():
    its = demand("Belanja modal", "untuk aula", [("Kursi lipat", "rangka besi")])
    of_demand, of_product = markers(its, product("Perabot", "kursi dari besi", ["aula"]))
    assert [marked(of_demand(text)) for text in ("untuk aula", "Kursi lipat", "rangka besi")] == [["aula"], ["Kursi"], ["besi"]]
    assert marked(of_product("kursi dari besi")) == ["kursi", "besi"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_marked_text_is_that_text_escaped_with_marks_and_nothing_else(one, other):
    of_demand, of_product = markers(demand(one), product(other))
    for mark, text in ((of_demand, one), (of_product, other)):
        told = mark(text)
        assert isinstance(told, Markup)
        assert told.replace(Markup("<mark>"), "").replace(Markup("</mark>"), "") == escape(text)


def test_the_page_marks_both_sides_and_trusts_neither(petugas, world):
    page = petugas.get("/kecocokan/7").text
    assert "<mark>" in page
    for match in range(1, 4):
        assert "<script>alert(1)" not in petugas.get(f"/kecocokan/{match}").text
