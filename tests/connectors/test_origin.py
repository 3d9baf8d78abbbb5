"""The place that was approved is the place that is connected to, however an address is written."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Fetch, Limits, SourceError
from connectors.kit.errors import Forbidden
from connectors.kit.origin import Origin, origin
from connectors.kit.pages import next_links
from connectors.kit.session import Guard
from connectors.kit.simulator import Canned


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://Contoh.GO.id/x?y#z", ("https", "contoh.go.id", 443)),
        ("HTTP://contoh.go.id:080/", ("http", "contoh.go.id", 80)),
        ("http://[::1]:8080/a", ("http", "::1", 8080)),
        ("https://contoh.go.id?x=http://lain.example/", ("https", "contoh.go.id", 443)),
        ("https://contoh.go.id#@lain.example/", ("https", "contoh.go.id", 443)),
    ],
)
def test_an_address_has_one_place(url, place):
    assert origin(url) == Origin(*place)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example\\@b.example/", "http://a.example\\b.example/", "http://b.example/a\\b", "http://b.example/a b",
        "http://b.example/\tx", "http://b.exa\nmple/", " http://b.example/", "http://b.example/\x00", "http://b.example/\x7f",
        "http://b.example/\u00a0", "http://b.example/\ud83d", "http://a@b.example/", "http://a:b@b.example/", "http://@b.example/",
        "http:b.example", "http:///x", "ftp://b.example/", "//b.example/", "", "http://[::1", "http://b.example:99999/", "http://b.example:x/",
    ],
)  # fmt: skip
def test_what_readers_disagree_on_has_no_place(url):
    with pytest.raises(Forbidden):
        origin(url)


def _evil(partner):
    """An approved partner and another one, and an address that some readers take for the first one's."""
    other = partner({"/": [Canned(b"{}")], "/a": [Canned(b"{}")]})
    served = partner({"/1": [Canned(b"{}")]})
    return served, other, f"{other.base}\\@{served.base.removeprefix('http://')}/a"


def test_a_backslash_in_a_redirect_leads_nowhere(partner, fetching):
    served, other, address = _evil(partner)
    served.script["/1"] = [Canned(status=302, headers={"Location": address})]
    with pytest.raises(SourceError) as caught:
        fetching(served.base).get(f"{served.base}/1")
    assert caught.value.rule == "redirect_elsewhere"
    assert other.asked == []


def test_a_backslash_in_a_link_leads_nowhere(partner, fetching):
    served, other, address = _evil(partner)
    served.script["/1"] = [Canned.json({"next": address})]
    with pytest.raises(SourceError) as caught:
        list(next_links(fetching(served.base), f"{served.base}/1", lambda document: document.get("next")))
    assert caught.value.rule == "not_approved"
    assert other.asked == []


@pytest.mark.parametrize("place", ["http://[::1", "http://127.0.0.1\\@x/", "//[", "/a b", "/a\tb"])
def test_a_redirect_that_cannot_be_read_is_told_as_one(place, partner, fetching):
    served = partner({"/a": [Canned(status=302, headers={"Location": place})]})
    with pytest.raises(SourceError) as caught:
        fetching(served.base).get(f"{served.base}/a")
    assert caught.value.rule == "redirect_elsewhere"


def test_the_connection_itself_goes_to_approved_places_alone_even_where_the_reading_was_fooled(partner, fetching, monkeypatch):
    served, other, address = _evil(partner)
    fetch = fetching(served.base)
    monkeypatch.setattr("connectors.kit.fetch.origin", lambda url: origin(served.base))
    for url in (address, f"{other.base}/a"):
        with pytest.raises(SourceError) as caught:
            fetch.get(url)
        assert caught.value.rule == "not_approved"
    assert other.asked == []
    assert fetch.get(f"{served.base}/1").body == b"{}"


@pytest.mark.parametrize(
    "place", [("https", "b.example", 443), ("http", "b.example", 80), ("https", "a.example", 8443), ("http", "a.example", 443)]
)
def test_a_guard_opens_nothing_else_than_scheme_host_and_port_as_approved(place):
    asked: list[str] = []
    guard = Guard(resolve=lambda host, *_: asked.append(host) or [])
    guard.approved = frozenset({Origin("https", "a.example", 443)})
    with pytest.raises(Forbidden):
        guard.open(Origin(*place), 1.0)
    assert asked == []


def test_a_guard_that_was_told_nothing_opens_nothing():
    with pytest.raises(Forbidden):
        Guard(local=True).open(Origin("http", "127.0.0.1", 80), 1.0)


@given(st.text(alphabet="ab.:/\\@#?%[]1 \t", max_size=24))
def test_no_spelling_connects_to_another_place_than_was_approved(tail):
    """Whatever the checks let pass, the socket is asked for at the place that was read."""
    opened: list[tuple[str, int]] = []

    def resolve(host, port, *_):
        opened.append((host, port))
        raise socket.gaierror

    url = "http://" + tail
    try:
        place = origin(url)
    except Forbidden:
        return
    fetch = Fetch(lambda body, meta: "d", [url], guard=Guard(resolve=resolve), limits=Limits(tries=1, total=5.0))
    with fetch, pytest.raises(SourceError):
        fetch.get(url)
    assert opened in ([(place.host, place.port)], [])
