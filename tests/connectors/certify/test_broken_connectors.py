"""Connectors that are broken on purpose are caught, each by scenarios that are named for it."""

from __future__ import annotations

import gzip
import json
import logging
import random
import socket
import urllib.request
from dataclasses import replace

import pytest
from lxml import etree

from connectors.kit import Setting, ShapeChanged, SourceError
from connectors.kit.hostile.stage import Stage
from connectors.kit.sample import Sample, SampleAnswer
from connectors.kit.session import open_socket

KNOWN = {"kode", "judul", "jumlah", "dinas", "petugas", "diambil"}


class SwallowsErrors:
    def pages(self, fetch):
        try:
            yield from super().pages(fetch)
        except SourceError:
            fetch.facts.last_page, fetch.facts.total = True, None


def test_errors_that_are_swallowed_are_noticed(made, failed):
    caught = ["robot_page", "refusals", "later_page_missing", "gzip_bomb", "redirect_to_metadata"]
    assert failed(made(SwallowsErrors), "ordinary", *caught) == caught


class RetriesForEver:
    def pages(self, fetch):
        while True:
            try:
                answer, document = fetch.json(self.option("url"))
            except SourceError:
                continue
            yield answer, document
            return


@pytest.fixture
def impatient(monkeypatch):
    """Half a second for each play."""

    class Impatient(Stage):
        def run(self, play, past=None):
            return super().run(replace(play, seconds=0.5), past)

    monkeypatch.setattr("connectors.kit.hostile.examine.Stage", Impatient)


def test_a_connector_that_asks_again_for_ever_is_left_and_noticed(impatient, alone, failed, says):
    kind = alone(RetriesForEver)
    assert failed(kind, "ordinary", "server_errors_for_ever", "refusals") == ["server_errors_for_ever", "refusals"]
    assert "tidak berakhir" in says(kind, "server_errors_for_ever")


def test_what_is_left_keeps_no_connection_open(impatient, alone, failed, monkeypatch):
    opened = []

    def noted(*told):
        opened.append(open_socket(*told))
        return opened[-1]

    monkeypatch.setattr("connectors.kit.hostile.stage.open_socket", noted)
    failed(alone(RetriesForEver), "ordinary", "server_errors_for_ever")
    assert opened and all(each.fileno() == -1 for each in opened)


class NamesByPlace:
    def reference(self, row, position):
        return f"baris-{row['dinas']}-{position}"


def test_references_by_place_are_noticed(made, alone, failed):
    kind = alone(NamesByPlace)
    assert failed(kind, "ordinary", "rows_in_another_order", "one_row_less") == ["rows_in_another_order"]
    named = made(NamesByPlace, reference=lambda self, row, position: row.get("kode") or f"baris-{position}")
    assert failed(named, "ordinary", "name_missing") == ["name_missing"]


class ReadsWithoutBounds:
    def pages(self, fetch):
        answer = fetch.get(self.option("url"))
        body = answer.body
        while body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        yield answer, json.loads(body or b"{}")


def test_a_body_that_is_unpacked_without_bounds_is_noticed(alone, failed):
    kind = alone(ReadsWithoutBounds)
    assert failed(kind, "ordinary", "gzip_bomb_in_gzip") == ["gzip_bomb_in_gzip"]
    assert failed(kind, "deep_nesting", "robot_page", "wide_json") == ["deep_nesting", "robot_page", "wide_json"]


class TakesEmptyForComplete:
    def rows(self, document, answer, fetch):
        rows = document.get("data") if isinstance(document, dict) else []
        return rows if isinstance(rows, list) and rows else [{"kode": "kosong", "judul": "Tidak ada permintaan", "dinas": "D9001"}]


def test_an_empty_list_that_is_made_complete_is_noticed(made, failed):
    assert failed(made(TakesEmptyForComplete), "ordinary", "rows_emptied", "error_as_success", "json_of_another_service") == [
        "rows_emptied", "error_as_success", "json_of_another_service",
    ]  # fmt: skip


class NeverLooksBack:
    def pages(self, fetch):
        url = self.option("url")
        while url:
            answer, document = fetch.json(url)
            yield answer, document
            url = document.get("lanjut")
        fetch.facts.last_page = True


def test_circles_of_pages_that_nobody_looks_out_for_are_noticed(made, failed):
    assert failed(made(NeverLooksBack), "ordinary", "cursor_loop", "page_leads_to_itself") == ["cursor_loop", "page_leads_to_itself"]


class ForgetsTheEnd:
    def rows(self, document, answer, fetch):
        rows = super().rows(document, answer, fetch)
        fetch.facts.total = None
        return rows

    @staticmethod
    def following(document):
        link = document.get("lanjut") if isinstance(document, dict) else None
        return link if isinstance(link, str) and "127.0.0.1" in link else None


def test_a_link_that_is_passed_over_is_noticed(made, failed):
    assert failed(made(ForgetsTheEnd), "ordinary", "next_link_nonsense", "next_link_elsewhere") == [
        "next_link_nonsense",
        "next_link_elsewhere",
    ]


class GoesRoundFetch:
    def pages(self, fetch):
        with urllib.request.urlopen(self.option("url")) as answer:
            body = answer.read()
        yield fetch.get(self.option("url")), json.loads(body)


class AsksTheWorld:
    def pages(self, fetch):
        try:
            socket.create_connection(("93.184.215.14", 80), timeout=1).close()
        except OSError:
            logging.getLogger("karangan").info("nobody there")
        yield from super().pages(fetch)


def test_ways_beside_fetch_are_noticed_and_no_packet_leaves(made, alone, says):
    assert "tanpa lewat Fetch" in says(alone(GoesRoundFetch), "ordinary")
    assert "93.184.215.14" in says(made(AsksTheWorld), "ordinary")


class TellsTheSecret:
    def pages(self, fetch):
        try:
            yield from super().pages(fetch)
        except SourceError as error:
            raise ShapeChanged(f"Umpan {self.option('url')} gagal: {error.message}") from None


def test_a_secret_in_a_message_in_the_log_or_in_print_is_noticed(made, says):
    assert "rahasia" in says(made(TellsTheSecret), "refusals")
    for tell in (lambda text: logging.getLogger("karangan").debug(text), print):
        kind = made(following=staticmethod(lambda document, tell=tell: tell(f"lanjut {document['lanjut']}") or document["lanjut"]))
        assert "rahasia" in says(kind, "ordinary")
    assert "rahasia" in says(made(__repr__=lambda self: f"<Karangan {self.option('url')}>"), "ordinary")


class Brittle:
    def rows(self, document, answer, fetch):
        return document["data"]

    def translate(self, raw):
        return super().translate(raw) | {"quantity_said": str(raw.body["jumlah"] + 0)}


def test_exceptions_that_are_nobody_s_are_noticed(made, failed):
    assert failed(made(Brittle), "ordinary", "error_as_success", "type_flips", "members_missing") == [
        "error_as_success", "type_flips", "members_missing",
    ]  # fmt: skip


class Unsteady:
    def translate(self, raw):
        return super().translate(raw) | {"method": str(random.random())}


class Careless:
    personal = frozenset()

    def translate(self, raw):
        return super().translate(raw) | {"title": str(raw.body["judul"])[:2000] or "?", "description": str(raw.body.get("petugas"))}


def test_what_differs_from_one_reading_to_the_next_is_noticed(made, failed):
    assert failed(made(Unsteady), "ordinary") == ["ordinary"]


def test_persons_and_signs_that_no_store_keeps_are_noticed(made, failed):
    assert failed(made(Careless), "ordinary", "personal_numbers_in_texts", "null_characters") == [
        "personal_numbers_in_texts",
        "null_characters",
    ]


class Choosy:
    def rows(self, document, answer, fetch):
        if "json" not in answer.meta.headers.get("content-type", ""):
            raise ShapeChanged("Bukan JSON.")
        return [row for row in super().rows(document, answer, fetch) if set(row) <= KNOWN]


class Skips:
    def listings(self, fetch, window):
        fetch.facts.total = None
        for raw in super().listings(fetch, window):
            fetch.facts.total = None
            if isinstance(raw.body.get("kode"), str) and raw.body["kode"] == raw.body["kode"].strip():
                yield raw


def test_rows_that_are_left_out_without_a_word_are_noticed(made, failed):
    assert failed(made(Choosy), "ordinary", "unknown_members", "wrong_media_type") == ["unknown_members", "wrong_media_type"]
    assert failed(made(Skips), "ordinary", "name_with_blanks") == ["name_with_blanks"]


class NeverEnds:
    def listings(self, fetch, window):
        number = 0
        for raw in super().listings(fetch, window):
            while True:
                number += 1
                yield raw._replace(reference=f"K-{number}")


class TurnsInCircles:
    def translate(self, raw):
        while True:
            pass


def test_listings_without_end_are_left(made, says):
    assert "lebih dari 2000" in says(made(NeverEnds), "ordinary")


def test_a_translation_without_end_is_left(impatient, alone, says):
    assert "tidak berakhir" in says(alone(TurnsInCircles), "ordinary")


class ReadsEntities:
    """Reads XML with a parser that does what it is asked to."""

    settings = (Setting("url"),)

    def pages(self, fetch):
        answer = fetch.get(self.option("url"))
        try:
            root = etree.fromstring(answer.body, etree.XMLParser(resolve_entities=True, no_network=True))
        except etree.XMLSyntaxError:
            raise ShapeChanged("Bukan XML.", answer=answer.digest) from None
        yield answer, {"data": [{each.tag: each.text for each in row} for row in root.findall("baris")]}


def test_entities_that_are_read_are_noticed(made, failed, says):
    rows = "".join(f"<baris><kode>K-{n}</kode><judul>Pengadaan meja kerja {n}</judul><dinas>D9001</dinas></baris>" for n in range(5))
    sample = Sample({"url": "{base}/umpan"}, {"/umpan": [SampleAnswer(f"<daftar>{rows}</daftar>".encode(), "application/xml")]})
    kind = made(ReadsEntities, samples=classmethod(lambda cls: {"": sample}))
    assert failed(kind, "ordinary", "rows_in_another_order", "external_entity_of_a_file") == ["external_entity_of_a_file"]
    assert "Isi berkas" in says(kind, "external_entity_of_a_file")
