from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.roots import root, table
from schemas.reading.searching import LONGEST_WORD, MOST_WORDS, Query, read_query, search_terms, search_words


def test_no_exception_is_told_twice_nor_for_nothing():
    assert len(table()) > 100
    assert all(re.fullmatch(r"[a-z]+", word) and re.fullmatch(r"[a-z0-9_]+", bare) for word, bare in table().items())


def test_words_of_one_root_meet():
    assert root("pengelasan") == root("las") == "las"
    assert search_words("Percetakan dan CETAKAN-nya") == [("cetak", "percetakan"), ("cetak", "cetakan")]


def test_a_record_is_found_by_roots_and_by_words_as_they_are_written():
    assert search_terms([("Pagar besi", 8), ("pagar pengelasan", 1)]) == {"pagar": 9, "besi": 8, "las": 1, "~pengelasan": 1}


def test_the_last_word_is_open_until_a_blank_follows():
    assert read_query("besi pag") == Query(("besi", "pag"), "pag")
    assert read_query("besi pag ") == Query(("besi", "pag"), None)
    assert read_query("besi pa") == Query(("besi", "pa"), None)
    assert read_query("pagar besi pagar") == Query(("besi", "pagar"), "pagar")
    assert read_query("dan untuk x %") is None


def test_more_words_than_are_looked_for_are_refused():
    assert read_query(" ".join(f"kata{number}" for number in range(MOST_WORDS))) is not None
    with pytest.raises(ValueError, match=str(MOST_WORDS)):
        read_query(" ".join(f"kata{number}" for number in range(MOST_WORDS + 1)))


@given(st.text(max_size=80))
def test_whatever_is_written_its_terms_fit_their_column(text):
    for term in search_terms([(text, 1)]):
        assert 0 < len(term) <= LONGEST_WORD + 1
        assert "\0" not in term


@given(st.text(alphabet="abdegikmnprstu Äß2-", max_size=40))
def test_a_text_is_found_by_itself(text):
    query = read_query(text)
    if query is not None:
        assert set(query.roots) <= set(search_terms([(text, 1)]))
