"""Which addresses a source may have."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Fetch, Limits
from connectors.kit.address import refusal
from connectors.kit.errors import AddressBlocked, SourceError, UnknownHost
from connectors.kit.session import Guard

CLOSED = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.170", "192.168.1.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::a00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1",
    "2606:4700::5efe:a00:1", "2606:4700::200:5efe:7f00:1", "4000::1", "bukan-alamat", "",
)  # fmt: skip
OPEN = ("1.1.1.1", "36.66.1.1", "103.10.10.10", "2606:4700::1", "2404:6800::1", "64:ff9b::101:101", "::ffff:1.1.1.1", "2002:101:101::1")


@pytest.mark.parametrize("address", CLOSED)
def test_a_closed_address_is_refused_with_a_reason(address):
    assert refusal(address)


@pytest.mark.parametrize("address", OPEN)
def test_a_public_address_is_let_pass(address):
    assert refusal(address) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_the_local_policy_adds_loopback(address):
    assert refusal(address, local=True) is None


@pytest.mark.parametrize("address", [each for each in CLOSED if each not in {"127.0.0.1", "127.9.9.9", "::1"}])
def test_the_local_policy_adds_nothing_but_plain_loopback(address):
    assert refusal(address, local=True)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_opens_it(address: IPv4Address):
    packed = address.packed
    wrapped = [
        IPv6Address(b"\0" * 10 + b"\xff\xff" + packed),
        IPv6Address(b"\x20\x02" + packed + b"\0" * 10),
        IPv6Address(bytes.fromhex("0064ff9b") + b"\0" * 8 + packed),
    ]
    if refusal(str(address)):
        assert all(refusal(str(each)) for each in wrapped)


@given(st.ip_addresses(v=4))
def test_what_python_calls_not_global_is_closed(address: IPv4Address):
    if not address.is_global:
        assert refusal(str(address))


class Recorder:
    """Stands for resolver and network: answers one list of addresses after another, notes where a socket is opened."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.connected: list[str] = []

    def resolve(self, host, port, *_):
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    def connect(self, family, place, seconds):
        self.connected.append(place[0])
        raise ConnectionRefusedError

    def fetch(self, keep, *, local=False) -> Fetch:
        guard = Guard(local=local, resolve=self.resolve, connect=self.connect)
        limits = Limits(tries=1, total=5.0)
        return Fetch(keep, ["https://feed.example.id/x"], guard=guard, limits=limits, sleep=lambda seconds: None)


def _failure(recorder: Recorder, archive, **more) -> SourceError:
    with recorder.fetch(archive.keep, **more) as fetch, pytest.raises(SourceError) as caught:
        fetch.get("https://feed.example.id/x")
    return caught.value


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "127.0.0.1"])
def test_no_socket_is_opened_to_a_name_that_leads_to_a_closed_address(address, archive):
    recorder = Recorder([address])
    assert isinstance(_failure(recorder, archive), AddressBlocked)
    assert recorder.connected == []


def test_one_closed_address_among_open_ones_closes_the_name(archive):
    recorder = Recorder(["1.1.1.1", "10.0.0.1"])
    assert _failure(recorder, archive).rule == "blocked_address"
    assert recorder.connected == []


def test_a_name_that_answers_differently_the_second_time_is_connected_to_what_was_checked(archive):
    recorder = Recorder(["1.1.1.1"], ["127.0.0.1"])
    assert _failure(recorder, archive).rule == "network"
    assert (recorder.asked, recorder.connected) == (["feed.example.id"], ["1.1.1.1"])


def test_each_address_of_a_name_is_tried_in_order(archive):
    recorder = Recorder(["1.1.1.1", "2606:4700::1"])
    _failure(recorder, archive)
    assert recorder.connected == ["1.1.1.1", "2606:4700::1"]


def test_an_unknown_name_is_told_apart_from_a_refused_connection(archive):
    assert isinstance(_failure(Recorder([]), archive), UnknownHost)


def test_the_local_policy_reaches_loopback_and_still_not_the_office_network(archive):
    recorder = Recorder(["127.0.0.1"])
    _failure(recorder, archive, local=True)
    assert recorder.connected == ["127.0.0.1"]
    assert _failure(Recorder(["192.168.0.10"]), archive, local=True).rule == "blocked_address"


def test_a_proxy_in_the_environment_is_not_used(archive, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    recorder = Recorder(["1.1.1.1"])
    _failure(recorder, archive)
    assert recorder.asked == ["feed.example.id"]
