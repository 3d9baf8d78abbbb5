"""The guarded way out against a partner that misbehaves, over real loopback HTTP."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from connectors.kit import Limits, SourceError
from connectors.kit.limits import MIB
from connectors.kit.session import Guard
from connectors.kit.simulator import Canned


def failure(fetch, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetch.json(url)
    return caught.value


def test_a_good_answer_is_kept_before_it_is_read(partner, fetching, archive):
    served = partner({"/a": [Canned(b'\xef\xbb\xbf[{"x": 1}]')]})
    answer, value = fetching(served.base).json(f"{served.base}/a")
    assert value == [{"x": 1}]
    assert archive.bodies[answer.digest] == answer.body == b'\xef\xbb\xbf[{"x": 1}]'
    assert (archive.metas[0].status, archive.metas[0].whole, answer.length_agrees) == (200, True, True)


def test_an_answer_that_cannot_be_read_is_kept_as_well(partner, fetching, archive):
    served = partner({"/a": [Canned(b"<html><body>x</body></html>")]})
    error = failure(fetching(served.base), f"{served.base}/a")
    assert archive.bodies[error.answer] == b"<html><body>x</body></html>"


def test_an_archive_that_is_full_stops_the_run_and_is_not_taken_for_the_network(partner, fetching):
    served = partner({"/a": [Canned(b"[]")]})

    def keep(body, meta):
        raise OSError(28, "No space left on device")

    fetch = fetching(served.base, limits=Limits(tries=3))
    fetch._keep = keep
    with pytest.raises(OSError, match="No space left"):
        fetch.get(f"{served.base}/a")
    assert fetch.facts.requests == 1


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_packed_answer_is_unpacked(packing, partner, fetching):
    import zlib

    body = json.dumps([{"nama": "Meja"}] * 500).encode()
    packed = gzip.compress(body) if packing == "gzip" else zlib.compress(body)[2:-4]
    served = partner({"/a": [Canned(packed, headers={"Content-Encoding": packing})]})
    answer, value = fetching(served.base).json(f"{served.base}/a")
    assert len(value) == 500
    assert (answer.meta.sent, answer.length_agrees) == (len(packed), True)


def test_a_gzip_bomb_is_let_go_of_before_it_fills_the_memory(partner, fetching, archive):
    served = partner({"/a": [Canned.gzipped(b"[" + b" " * (20 * MIB) + b"]")]})
    error = failure(fetching(served.base), f"{served.base}/a")
    assert error.rule == "expands_too_much"
    assert len(archive.bodies[error.answer]) <= Limits().evidence


def test_an_answer_above_the_cap_is_cut_off_as_sent_and_as_expanded(partner, fetching):
    noise = bytes(range(256)) * 8192
    served = partner({"/sent": [Canned(noise)], "/expanded": [Canned.gzipped(b'["' + b"ab12" * 100_000 + b'"]')]})
    small = Limits(tries=1, sent=MIB, expanded=200_000, ratio=10_000)
    assert failure(fetching(served.base, limits=small), f"{served.base}/sent").rule == "too_large"
    assert failure(fetching(served.base, limits=small), f"{served.base}/expanded").rule == "too_large"


def test_an_unknown_packing_is_not_guessed(partner, fetching):
    served = partner({"/a": [Canned(b"x", headers={"Content-Encoding": "br"})]})
    assert failure(fetching(served.base), f"{served.base}/a").rule == "not_json"


def test_a_packing_without_its_end_is_truncated(partner, fetching):
    packed = gzip.compress(json.dumps(list(range(3000))).encode())
    served = partner({"/a": [Canned(packed[:-20], headers={"Content-Encoding": "gzip"})]})
    assert failure(fetching(served.base), f"{served.base}/a").rule == "truncated"


def test_fewer_bytes_than_the_head_says_are_truncated_even_where_they_are_whole_json(partner, fetching, archive):
    served = partner({"/a": [Canned(b"[1, 2, 3]", length=500)]})
    error = failure(fetching(served.base), f"{served.base}/a")
    assert error.rule == "truncated"
    assert archive.bodies[error.answer] == b"[1, 2, 3]"
    assert archive.metas[0].whole is False


def test_without_a_length_the_facts_say_that_nothing_was_said(partner, fetching):
    served = partner({"/a": [Canned(b"[1]", length=-1)]})
    fetch = fetching(served.base)
    answer, _ = fetch.json(f"{served.base}/a")
    assert answer.length_agrees is None
    assert fetch.facts.lengths_agree is None


@pytest.mark.parametrize("drip_head", [False, True], ids=["body", "head"])
def test_a_source_that_drips_is_left_when_the_time_is_up(drip_head, partner, fetching):
    slow = Canned(b"[" + b"1," * 400 + b"1]", drip=0.08, drip_head=drip_head)
    served = partner({"/a": [slow]})
    begun = time.monotonic()
    error = failure(fetching(served.base, limits=Limits(tries=1, total=0.4, read=5.0)), f"{served.base}/a")
    assert error.rule == "timed_out"
    assert time.monotonic() - begun < 2.0


def test_a_source_that_says_nothing_is_left_after_the_read_time(partner, fetching):
    served = partner({"/a": [Canned(b"[]", delay=3.0)]})
    assert failure(fetching(served.base, limits=Limits(tries=1, total=5.0, read=0.2)), f"{served.base}/a").rule == "timed_out"


def test_a_redirect_to_another_host_is_not_followed(partner, fetching):
    other = partner({"/b": [Canned(b"[]")]})
    served = partner({"/a": [Canned(status=302, headers={"Location": f"{other.base}/b"})]})
    assert failure(fetching(served.base), f"{served.base}/a").rule == "redirect_elsewhere"
    assert other.asked == []


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://127.0.0.1/x", "//169.254.169.254/latest", "https://127.0.0.1/a"])
def test_a_redirect_to_another_scheme_port_or_address_is_not_followed(place, partner, fetching):
    served = partner({"/a": [Canned(status=307, headers={"Location": place})]})
    assert failure(fetching(served.base), f"{served.base}/a").rule == "redirect_elsewhere"


def test_a_gzip_bomb_in_a_redirect_is_let_go_of_as_well(partner, fetching, archive):
    moved = Canned.gzipped(b" " * (20 * MIB), status=302)
    served = partner({"/a": [Canned(moved.body, status=302, headers={**moved.headers, "Location": "/b"})]})
    error = failure(fetching(served.base), f"{served.base}/a")
    assert error.rule == "expands_too_much"
    assert len(archive.bodies[error.answer]) <= Limits().evidence


def test_a_redirect_on_the_approved_host_is_followed_but_not_for_ever(partner, fetching):
    served = partner(
        {
            "/a": [Canned(status=301, headers={"Location": "/b"})],
            "/b": [Canned(b"[7]")],
            "/c": [Canned(status=301, headers={"Location": "/c"})],
        }
    )
    fetch = fetching(served.base)
    assert fetch.json(f"{served.base}/a")[1] == [7]
    assert failure(fetch, f"{served.base}/c").rule == "redirect_elsewhere"


@pytest.mark.parametrize("url", ["https://lain.example/x", "ftp://127.0.0.1/x", "http://127.0.0.1:1/x", "file:///etc/passwd", "x"])
def test_what_was_not_approved_is_never_asked(url, fetching):
    fetch = fetching("http://127.0.0.1:8080/umpan")
    assert failure(fetch, url).rule == "not_approved"
    assert fetch.facts.requests == 0


def test_a_busy_source_is_asked_again_and_its_wish_to_wait_is_honoured(partner, fetching):
    pauses: list[float] = []
    served = partner({"/a": [Canned(status=429, headers={"Retry-After": "7"}), Canned(status=503), Canned(b"[1]")]})
    fetch = fetching(served.base, limits=Limits(tries=4), sleep=pauses.append)
    assert fetch.json(f"{served.base}/a")[1] == [1]
    assert fetch.facts.requests == 3
    assert pauses[0] == 7
    assert 1.0 <= pauses[1] <= 3.0


def test_a_source_that_asks_for_an_hour_is_left_at_once(partner, fetching):
    pauses: list[float] = []
    served = partner({"/a": [Canned(status=429, headers={"Retry-After": "3600"})]})
    assert failure(fetching(served.base, limits=Limits(tries=4), sleep=pauses.append), f"{served.base}/a").rule == "source_busy"
    assert pauses == []


@pytest.mark.parametrize("wish", ["Wed, 21 Oct 2015 07:28:00 GMT", "segera", "-5", "", "\xb2", "99999999999999999999 Oct 2015"])
def test_any_wish_to_wait_is_survived(wish, partner, fetching):
    served = partner({"/a": [Canned(status=503, headers={"Retry-After": wish}), Canned(b"[1]")]})
    assert fetching(served.base, limits=Limits(tries=2)).json(f"{served.base}/a")[1] == [1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_refusal_is_not_asked_again(status, partner, fetching):
    served = partner({"/a": [Canned(b"tidak", status=status)]})
    error = failure(fetching(served.base, limits=Limits(tries=4)), f"{served.base}/a")
    assert (error.rule, error.status, len(served.asked)) == ("http_status", status, 1)


def test_a_part_that_nobody_asked_for_is_not_taken_for_the_list(partner, fetching):
    served = partner({"/a": [Canned(b"[1]", status=206, headers={"Content-Range": "bytes 0-2/90"})]})
    error = failure(fetching(served.base), f"{served.base}/a")
    assert (error.rule, error.status) == ("http_status", 206)


def test_a_broken_connection_is_tried_again(partner, fetching):
    served = partner({"/a": [Canned(b"[1", length=100), Canned(b"[1]")]})
    assert fetching(served.base, limits=Limits(tries=2)).json(f"{served.base}/a")[1] == [1]


def test_a_run_makes_no_more_requests_than_it_may(partner, fetching):
    served = partner({"/a": [Canned(b"[1]")]})
    fetch = fetching(served.base, limits=Limits(tries=1, requests=2))
    fetch.get(f"{served.base}/a")
    fetch.get(f"{served.base}/a")
    assert failure(fetch, f"{served.base}/a").rule == "too_many_requests"


def test_the_source_learns_who_asks_and_gets_no_cookie_back(partner, fetching):
    served = partner({"/a": [Canned(b"[1]", headers={"Set-Cookie": "jejak=1"})]})
    fetch = fetching(served.base, contact="disperindag@contoh.invalid")
    fetch.get(f"{served.base}/a")
    fetch.get(f"{served.base}/a")
    assert "disperindag@contoh.invalid" in served.asked[0].headers["User-Agent"]
    assert "Cookie" not in served.asked[1].headers


class _Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"[1]")

    def log_message(self, *_):
        pass


@pytest.fixture
def tls_partner(tmp_path):
    """A TLS server on loopback whose certificate nobody vouches for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=lain.example",
        "-addext",
        "subjectAltName=DNS:lain.example",
    ]
    try:
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), _Hello)
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[1], certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_that_nobody_vouches_for_ends_the_connection(tls_partner, fetching):
    port, _ = tls_partner
    assert failure(fetching(f"https://127.0.0.1:{port}/"), f"https://127.0.0.1:{port}/a").rule == "tls_failed"


def test_the_certificate_must_name_the_host_that_was_asked_for_not_its_address(tls_partner, fetching):
    port, certificate = tls_partner
    import socket

    def resolve(host, number, *_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number))]

    for host, outcome in (("lain.example", None), ("feed.example", "tls_failed")):
        fetch = fetching(f"https://{host}:{port}/", guard=Guard(local=True, resolve=resolve))
        fetch._session.verify = str(certificate)
        try:
            fetch.get(f"https://{host}:{port}/a")
            told = None
        except SourceError as error:
            told = error.rule
        assert told == outcome
