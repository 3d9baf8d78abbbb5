"""What is sent out goes the guarded way: one try, to the approved place alone, and little is read of the answer."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from connectors.kit import SourceError
from connectors.kit.post import SENT, post
from connectors.kit.session import Guard
from connectors.kit.simulator import Canned, serve


@pytest.fixture
def receiver():
    script = {
        "/": [Canned(b"ok", status=201, headers={"Retry-After": "7"})],
        "/pindah": [Canned(b"", status=307, headers={"Location": "/"})],
        "/panjang": [Canned(b"x" * 5_000_000)],
        "/bom": [Canned.gzipped(b"0" * 50_000_000)],
        "/putus": [Canned(b"abc", length=100)],
        "/tetes": [Canned(b"x" * 1000, drip=0.05)],
        "/diam": [Canned(b"", delay=30)],
    }
    with serve(feeds=(), script=script) as served:
        yield served


def test_the_body_and_the_headers_come_as_they_were_given(receiver):
    told = post(f"{receiver.base}/", b'{"a": "\xc3\xa9"}', {"webhook-id": "msg_1"}, local=True, contact="kotak@contoh.invalid")
    assert told == (201, 7.0)
    (asked,) = receiver.asked
    assert (asked.body, asked.headers["webhook-id"]) == (b'{"a": "\xc3\xa9"}', "msg_1")
    assert "kotak@contoh.invalid" in asked.headers["User-Agent"]
    assert "Cookie" not in asked.headers


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    assert post(f"{receiver.base}/pindah", b"{}", {}, local=True).status == 307
    assert [asked.target for asked in receiver.asked] == ["/pindah"]


@pytest.mark.parametrize("path", ["panjang", "bom", "putus", "tetes"])
def test_an_answer_whose_status_came_counts_as_come_whatever_its_body_does(receiver, path):
    limits = replace(SENT, total=1.0)
    assert post(f"{receiver.base}/{path}", b"{}", {}, local=True, limits=limits).status == 200


def test_a_receiver_that_is_silent_is_not_waited_for_for_ever(receiver):
    with pytest.raises(SourceError) as caught:
        post(f"{receiver.base}/diam", b"{}", {}, local=True, limits=replace(SENT, total=0.3))
    assert caught.value.rule == "timed_out"
    assert "/diam" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "local", "rule"),
    [
        ("http://dagang.example.id/x", False, "not_approved"),
        ("ftp://dagang.example.id/x", True, "not_approved"),
        ("https://127.0.0.1:1/x", False, "blocked_address"),
        ("https://10.0.0.7/x", True, "blocked_address"),
        ("https://[fd00::1]/x", False, "blocked_address"),
        ("https://169.254.169.254/latest", False, "blocked_address"),
    ],
)
def test_addresses_that_nobody_may_be_sent_to_are_not_even_connected(url, local, rule):
    def connect(*_args):
        raise AssertionError("connected")

    with pytest.raises(SourceError) as caught:
        post(url, b"{}", {}, local=local, guard=Guard(local=local, connect=connect))
    assert caught.value.rule == rule


def test_a_name_that_leads_inside_is_refused_when_it_is_resolved_and_it_is_resolved_once():
    asked = []

    def resolve(host, *_rest):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]

    with pytest.raises(SourceError) as caught:
        post("https://dagang.example.id/x", b"{}", {}, guard=Guard(resolve=resolve))
    assert (caught.value.rule, asked) == ("blocked_address", ["dagang.example.id"])
