"""Pages and their files come packed to whoever takes them so, and mean the same."""

from __future__ import annotations

import gzip
import io

import pytest
from flask.testing import FlaskClient

from exchange.web.packing import packed

PACKED = {"Accept-Encoding": "gzip"}
STATIC = ("/static/exchange.css", "/static/htmx.min.js", "/bootstrap/static/css/bootstrap.min.css")


@pytest.mark.parametrize("address", [*STATIC, "/masuk"])
def test_a_packed_answer_unpacks_to_what_comes_plain(client: FlaskClient, address: str) -> None:
    plain, small = client.get(address, buffered=True), client.get(address, headers=PACKED, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    assert "Accept-Encoding" in plain.vary and "Accept-Encoding" in small.vary
    if address in STATIC:  # a page has a token that differs from one to the next
        assert gzip.decompress(small.data) == plain.data


def test_a_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(STATIC[0], headers=PACKED, buffered=True)
    again = client.get(STATIC[0], headers=PACKED | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["ETag"].startswith("W/")


def test_a_file_packed_once_is_the_same_bytes_ever_after_and_plain_for_others(client: FlaskClient) -> None:
    first, second, plain = (client.get(STATIC[2], headers=headers, buffered=True) for headers in (PACKED, PACKED, {}))
    assert first.data == second.data
    assert gzip.decompress(second.data) == plain.data


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br", ""])
def test_who_does_not_take_gzip_gets_none(client: FlaskClient, accepted: str) -> None:
    assert "Content-Encoding" not in client.get(STATIC[0], headers={"Accept-Encoding": accepted}, buffered=True).headers


def test_a_part_of_a_file_is_a_part_of_the_file_as_it_lies(client: FlaskClient) -> None:
    part = client.get(STATIC[0], headers=PACKED | {"Range": "bytes=10-19"}, buffered=True)
    assert part.status_code == 206
    assert part.data == client.get(STATIC[0], buffered=True).data[10:20]


def test_a_head_says_no_more_than_its_page(client: FlaskClient) -> None:
    head = client.head(STATIC[0], headers=PACKED, buffered=True)
    assert (head.status_code, head.data) == (200, b"")


def test_the_length_of_a_packed_page_varies_by_itself() -> None:
    lengths = {len(packed(b"kata sandi " * 200)) for _ in range(200)}
    assert len(lengths) > 20
    assert all(gzip.GzipFile(fileobj=io.BytesIO(packed(b"sama" * 300))).read() == b"sama" * 300 for _ in range(20))


def test_an_answer_of_the_api_is_packed_by_its_own_rules(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/api/v1/products", headers=PACKED).headers


def test_what_is_sent_piece_by_piece_is_not_read_whole(app, client: FlaskClient) -> None:
    told: list[int] = []

    def pieces():
        for number in range(5):
            told.append(number)
            yield "kata " * 1000

    app.view_functions["web_auth.login"] = lambda: app.response_class(pieces(), mimetype="text/plain")
    answer = client.get("/masuk", headers=PACKED)
    assert told in ([], [0]), "at most the piece that is sent first"
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 25_000
