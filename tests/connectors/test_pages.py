"""Paging comes to the source's own end, and never goes round."""

from __future__ import annotations

import pytest

from connectors.kit import Limits, SourceError
from connectors.kit.pages import cursors, next_links, numbered, offsets, with_parameters
from connectors.kit.simulator import Canned


def _next(document):
    return document.get("next")


def _rows(document):
    return document["rows"]


def test_links_are_followed_absolute_and_relative_until_there_is_none(partner, fetching):
    served = partner({
        "/a/1": [Canned.json({"n": 1, "next": "2"})],
        "/a/2": [Canned.json({"n": 2, "next": "/b?p=3"})],
        "/b?p=3": [Canned.json({"n": 3, "next": None})],
    })  # fmt: skip
    fetch = fetching(served.base)
    assert [page.document["n"] for page in next_links(fetch, f"{served.base}/a/1", _next)] == [1, 2, 3]
    assert fetch.facts.last_page is True


def test_a_link_to_another_host_is_refused_and_the_end_is_not_reached(partner, fetching):
    served = partner({"/1": [Canned.json({"next": "https://lain.example/2"})]})
    fetch = fetching(served.base)
    with pytest.raises(SourceError) as caught:
        list(next_links(fetch, f"{served.base}/1", _next))
    assert caught.value.rule == "not_approved"
    assert fetch.facts.last_page is False


@pytest.mark.parametrize("following", ["1", "2"], ids=["back to the first", "to itself"])
def test_a_link_that_goes_round_is_noticed(following, partner, fetching):
    served = partner({"/1": [Canned.json({"n": 1, "next": "2"})], "/2": [Canned.json({"n": 2, "next": following})]})
    with pytest.raises(SourceError) as caught:
        list(next_links(fetching(served.base), f"{served.base}/1", _next))
    assert caught.value.rule == "paging_loop"


def test_a_source_that_serves_one_page_under_every_number_is_noticed(partner, fetching):
    served = partner({"/a": [Canned.json({"rows": [1]})]})
    with pytest.raises(SourceError) as caught:
        list(numbered(fetching(served.base), f"{served.base}/a", _rows))
    assert caught.value.rule == "paging_loop"
    assert len(served.asked) == 2


def test_links_without_end_stop_at_the_cap(partner, fetching):
    served = partner({f"/{n}": [Canned.json({"n": n, "next": str(n + 1)})] for n in range(9)})
    with pytest.raises(SourceError) as caught:
        list(next_links(fetching(served.base, limits=Limits(tries=1, pages=5)), f"{served.base}/0", _next))
    assert caught.value.rule == "too_many_pages"
    assert len(served.asked) == 5


def test_numbers_end_at_a_page_without_rows_or_a_short_one(partner, fetching):
    pages = {
        "/a?page=1": [Canned.json({"rows": [1, 2]})],
        "/a?page=2": [Canned.json({"rows": [3]})],
        "/a?page=3": [Canned.json({"rows": []})],
    }
    served = partner(pages)
    fetch = fetching(served.base)
    assert [_rows(page.document) for page in numbered(fetch, f"{served.base}/a", _rows)] == [[1, 2], [3]]
    assert (fetch.facts.last_page, len(served.asked)) == (True, 3)
    assert len(list(numbered(fetch, f"{served.base}/a", _rows, size=2))) == 2
    assert len(served.asked) == 5


def test_offsets_count_the_rows_that_came(partner, fetching):
    served = partner({"/a?start=0&rows=2": [Canned.json({"rows": [1, 2]})], "/a?start=2&rows=2": [Canned.json({"rows": [3]})]})
    fetch = fetching(served.base)
    assert [_rows(page.document) for page in offsets(fetch, f"{served.base}/a", _rows, size=2)] == [[1, 2], [3]]
    assert fetch.facts.last_page is True


def test_a_cursor_is_carried_until_it_is_absent(partner, fetching):
    served = partner({"/a?y=1": [Canned.json({"cursor": "k/2="})], "/a?y=1&cursor=k%2F2%3D": [Canned.json({"cursor": ""})]})
    fetch = fetching(served.base)
    assert len(list(cursors(fetch, f"{served.base}/a?y=1", lambda document: document["cursor"]))) == 2
    assert fetch.facts.last_page is True


def test_a_parameter_is_replaced_and_the_others_keep_their_place():
    assert with_parameters("https://x.example/a?b=1&page=2&c=", page=3) == "https://x.example/a?b=1&c=&page=3"
