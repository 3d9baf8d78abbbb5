"""Lists in files by a declared mapping: packed, cut, endless, in any encoding, with rows that cannot be read; and the real plans."""

from __future__ import annotations

import gzip
import tracemalloc
from collections import Counter
from pathlib import Path

import orjson
import pytest

from connectors.kit import Limits, Refused, SourceError, text
from connectors.kit.mapping import read_mapping
from connectors.kit.simulator import Canned
from connectors.rest import Rest
from schemas.demand import DemandSchema

ROOT = Path(__file__).resolve().parents[2]
RUP = (ROOT / "docs" / "mappings" / "rup-2020-2023.toml").read_text("utf-8")
REAL = ROOT.parent / "shared" / "data" / "rup" / "rup_2020-2023.csv.gz"
DEMAND = """
[demand]
title = "nama"
[demand.buyer]
name = { constant = "Dinas Contoh" }
"""


def _mapping(kind: str, listing: str = "", top: str = "") -> str:
    return f'format = "{kind}"\n{top}\n[listing]\nreference = "id"\n{listing}\n{DEMAND}'


def _rows(*ids: object) -> list[dict]:
    return [{"id": each, "nama": f"Paket {each}"} for each in ids]


@pytest.fixture
def pull(partner, fetching):
    """The listings of a script of answers, what ended them, the run's facts, and what was asked."""

    def go(mapping: str, script: dict, path: str = "/a", limits: Limits | None = None, **settings: str):
        served = partner({target: each if isinstance(each, list) else [each] for target, each in script.items()})
        source = Rest({"url": served.base + path, "mapping": mapping, **settings})
        more = {"limits": limits} if limits else {}
        fetch = fetching(served.base, headers=source.headers, **more)
        found, ended = [], None
        try:
            for raw in source.listings(fetch, None):
                found.append(raw)
        except SourceError as error:
            ended = error
        return found, ended, fetch.facts, [each.target for each in served.asked]

    return go


def _names(found) -> list[str]:
    return [raw.reference for raw in found]


def test_csv_pages_end_with_one_that_has_a_header_alone(pull):
    paging = "[paging]\nkind = 'page'\nparameter = 'p'"
    script = {f"/a?p={n}": Canned(f"id,nama\r\n{f'{n},Meja' if n < 3 else ''}\r\n".encode()) for n in (1, 2, 3)}
    found, ended, facts, _ = pull(_mapping("csv", top=paging), script)
    assert (_names(found), ended, facts.last_page) == (["1", "2"], None, True)


def test_lines_that_an_office_program_emptied_are_no_rows(pull):
    found, ended, *_ = pull(_mapping("csv"), {"/a": Canned(b"id,nama\r\n1,a\r\n,\r\n\r\n2,b\r\n,\r\n")})
    assert (_names(found), ended) == (["1", "2"], None)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("csv", b"\xef\xbb\xbfid,nama\r\n1,Meja \xe2\x80\x93 kursi\r\n2,\"Paket, dua\r\nbaris\"\r\n"),
        ("csv", "id,nama\n1,Meja – kursi\n2,\"Paket, dua\nbaris\"\n".encode("cp1252")),
        ("csv", "\ufeffid,nama\n1,Meja – kursi\n2,\"Paket, dua\nbaris\"\n".encode("utf-16-le")),
        ("ndjson", '{"id":1,"nama":"Meja – kursi"}\n\n{"id":2,"nama":"Paket, dua\\nbaris"}'.encode()),
        ("json", '\ufeff[{"id":1,"nama":"Meja – kursi"},{"id":2,"nama":"Paket, dua\\nbaris"}]'.encode()),
    ],
    ids=["csv", "csv cp1252", "csv utf-16", "ndjson", "json"],
)  # fmt: skip
def test_files_are_read_whatever_their_packing_and_encoding(kind, body, packed, pull):
    found, ended, _, _ = pull(_mapping(kind), {"/a": Canned(gzip.compress(body) if packed else body)})
    assert (ended, [raw.body["nama"].replace("\r\n", "\n") for raw in found]) == (None, ["Meja – kursi", "Paket, dua\nbaris"])


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json"])
def test_a_packed_file_cut_anywhere_is_not_read_in_part(kind, pull):
    whole = gzip.compress(
        {"csv": b"id,nama\n1,a\n2,b\n", "ndjson": b'{"id":1,"nama":"a"}\n{"id":2,"nama":"b"}\n', "json": orjson.dumps(_rows(1, 2))}[kind]
    )
    for end in range(2, len(whole), 3):
        found, ended, _, _ = pull(_mapping(kind), {"/a": Canned(whole[:end])})
        assert (found, ended.rule) == ([], "truncated"), end


def test_ndjson_cut_in_its_last_line_is_not_read_in_part(pull):
    found, ended, _, _ = pull(_mapping("ndjson"), {"/a": Canned(b'{"id":1,"nama":"a"}\n{"id":2,"na')})
    assert (found, ended.rule) == ([], "truncated")


@pytest.mark.parametrize("kind", ["json", "ndjson", "csv", "xml"])
@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (b"", {"empty_body"}),
        (b"<invalid_response>Data Kosong, silakan ulangi</invalid_response>", {"said_empty"}),
        (b"<html><title>Just a moment...</title></html>", {"robot_page"}),
        (b"<!DOCTYPE html><html><body>Masuk</body></html>", {"html_page"}),
        (b"PK\x03\x04 arsip", {"not_json", "not_xml", "wrong_answer"}),
        (b"bukan apa-apa", {"not_json", "not_xml", "shape_changed"}),
        (b'{"pesan": "kosong", "data": [1', {"truncated", "not_xml", "wrong_answer"}),
    ],
    ids=["empty", "said empty", "robot", "page", "zip", "text", "cut"],
)
def test_what_comes_instead_is_told_and_nothing_is_listed(kind, body, rules, pull):
    mapping = _mapping(kind, top="list = 'd/r'" if kind == "xml" else "")
    found, ended, _, _ = pull(mapping, {"/a": Canned(body)})
    assert (found, ended.rule in rules) == ([], True), ended.rule


def test_a_csv_without_a_column_of_the_mapping_says_which(pull):
    _, ended, _, _ = pull(_mapping("csv"), {"/a": Canned(b"id,judul\n1,a\n")})
    assert (ended.rule, "nama (demand.title)" in ended.message) == ("shape_changed", True)


def test_rows_that_cannot_be_read_go_to_quarantine_without_their_words_and_the_run_is_partial(pull):
    found, ended, _, _ = pull(_mapping("csv"), {"/a": Canned(b"id,nama\n1,a\nPejabat Karangan\n2,b\n1,2,3,0812\n")})
    assert ([raw.position for raw in found], ended.rule, ended.state) == ([0, 1, 2], "rows_unreadable", "partial")
    assert "Pejabat" not in repr(found)
    assert "2 baris" in ended.message
    source = Rest({"url": "https://sumber.example/a", "mapping": _mapping("csv")})
    with pytest.raises(Refused) as caught:
        source.translate(found[1])
    assert (caught.value.rule, caught.value.message) == (
        "row_unreadable",
        "Data ke-2 dalam jawaban tidak terbaca: berisi 1 kolom, kepalanya 2.",
    )


@pytest.mark.parametrize("rest", [b"<br />\n<b>Warning</b>: x in <b>/x.php</b>", b"3", b"OK\n"])
@pytest.mark.parametrize(("kind", "body"), [("csv", b"id,nama\n1,a\n2,b\n"), ("ndjson", b'{"id":1,"nama":"a"}\n{"id":2,"nama":"b"}\n')])
def test_what_stands_behind_a_list_is_no_listing_and_proves_it_incomplete(kind, body, rest, pull):
    found, ended, _, _ = pull(_mapping(kind), {"/a": Canned(body + rest)})
    assert (_names(found) in ([], ["1", "2"]), ended.rule in {"rows_unreadable", "truncated"}) == (True, True)


@pytest.mark.parametrize(("packed", "length", "proved"), [(False, -1, False), (False, None, True), (True, -1, True)])
def test_a_table_that_does_not_prove_its_end_is_not_complete(packed, length, proved, pull):
    body = b"id,nama\n1,a\n2,b\n"
    found, ended, _, _ = pull(_mapping("csv"), {"/a": Canned(gzip.compress(body) if packed else body, length=length)})
    assert (_names(found), ended is None) == (["1", "2"], proved)
    assert proved or (ended.rule, ended.state) == ("end_unproved", "unproven")


def test_more_rows_than_the_bound_end_the_run(pull):
    for order in ("", "order = 'nama'"):
        found, ended, _, _ = pull(
            _mapping("ndjson", listing=order), {"/a": Canned(b"\n".join(map(orjson.dumps, _rows(*range(9)))))}, limits=Limits(listings=5)
        )
        assert (len(found) <= 5, ended.rule) == (True, "too_many_listings")


def test_a_bomb_is_stopped_while_it_is_unpacked(pull):
    bomb = gzip.compress(b"id,nama\n" + b"1,a\n" * 1_000_000)
    found, ended, _, _ = pull(_mapping("csv"), {"/a": Canned(bomb)})
    assert (found, ended.rule) == ([], "expands_too_much")
    _, ended, _, _ = pull(
        _mapping("csv"), {"/a": Canned(gzip.compress(b"id,nama\n1,a\n" * 9_000))}, limits=Limits(tries=1, streamed=50_000)
    )
    assert ended.rule == "too_large"


def test_memory_does_not_grow_with_the_file(monkeypatch):
    monkeypatch.setattr(text, "_tidied_again", text._tidied)  # what the kit remembers of texts is bounded, and not this file's

    def peak(count: int) -> int:
        lines = "".join(f"{n},Paket nomor {n} {'x' * 200},2026-01-01\n" for n in range(count))
        script = {"/a": Canned(gzip.compress(f"id,nama,pada\n{lines}".encode()))}
        served, size = script["/a"], 0
        tracemalloc.start()
        source = Rest({"url": "https://sumber.example/a", "mapping": _mapping("csv", listing="order = 'pada'")})
        for _ in source.listings(_Given(served.body), None):
            size = max(size, tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        return size - len(served.body)

    assert peak(40_000) < peak(4_000) + 36_000 * 100


class _Given:
    """A fetch that has its answer already."""

    def __init__(self, body: bytes) -> None:
        from connectors.kit import Answer, AnswerMeta, RunFacts

        self.limits, self.facts = Limits(ratio=10_000), RunFacts()
        self._answer = Answer(body, AnswerMeta("https://sumber.example/…", 200, {}, len(body), None, True), "0" * 64)

    def get(self, url: str, accept: str):
        return self._answer

    def take_known(self, digest: str, rows: int) -> bool:
        return False

    def known(self, digest: str, calm: object) -> None:
        return None

    def remember(self, digest: str, held: object, calm: bytes) -> None:
        pass


@pytest.fixture(scope="module")
def real() -> bytes:
    if not REAL.is_file():
        pytest.skip("../shared is not beside this checkout")
    return REAL.read_bytes()


def test_the_real_plans_of_every_state_give_the_live_demands_and_both_contradictions(real, pull):
    found, ended, facts, _ = pull(RUP, {"/a": Canned(real)}, limits=Limits(tries=1))
    mapping, schema, counts = read_mapping(RUP), DemandSchema(), Counter()
    for raw in found:
        counts[mapping.skipped(raw.body)] += 1
        if mapping.skipped(raw.body) is None and counts[None] % 50 == 0:  # a fair share, since translating all takes its time
            schema.load(mapping.translate(raw.reference, raw.body))
    assert (ended, len(found), facts.superseded) == (None, 281_936, 361)
    assert counts == {
        None: 105_868,
        "Paket sudah dihapus di sumber.": 78_213,
        "Paket belum atau tidak lagi diumumkan.": 51_091,
        "Bertentangan: dihapus, tetapi masih ditandai aktif.": 46_763,
        "Bertentangan: diumumkan, tetapi juga ditandai dihapus.": 1,
    }
