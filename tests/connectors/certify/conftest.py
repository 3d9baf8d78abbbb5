"""A small sound connector, and ways to break it in one point."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.kit import Connector, RawListing, Refused, Setting, ShapeChanged, SourceError
from connectors.kit.errors import TooMuch
from connectors.kit.hostile import certify, every_scenario
from connectors.kit.pages import CutShort, next_links
from connectors.kit.sample import Sample, SampleAnswer
from connectors.kit.text import cut, line

SCENARIOS = {each.name: each for each in every_scenario()}
TOKEN = "token-karangan-4711"


def _rows(*numbers: int) -> list[dict[str, Any]]:
    return [
        {
            "kode": f"K-{number:03d}", "judul": f"Pengadaan meja kerja nomor {number}", "jumlah": number * 3, "dinas": "D9001",
            "petugas": "Pejabat Karangan", "diambil": "2026-01-01",
        }
        for number in numbers
    ]  # fmt: skip


def _page(rows: list[dict[str, Any]], following: str | None) -> SampleAnswer:
    return SampleAnswer(json.dumps({"total": 5, "data": rows, "lanjut": following}).encode())


SAMPLE = Sample(
    {"url": f"{{base}}/umpan?kunci={TOKEN}"},
    {
        f"/umpan?kunci={TOKEN}": [_page(_rows(1, 2, 3), f"{{base}}/umpan?hal=2&kunci={TOKEN}")],
        f"/umpan?hal=2&kunci={TOKEN}": [_page(_rows(4, 5), None)],
    },
)


class Sound(Connector):
    """A small connector that does what it should; the broken ones differ from it in one point each."""

    title, homepage, licence, version = "Karangan", "https://contoh.invalid", "CC0", "1"
    settings = (Setting("url", secret=True),)
    volatile = frozenset({"diambil"})
    personal = frozenset({"petugas"})

    @classmethod
    def samples(cls) -> dict[str, Sample]:
        return {"": SAMPLE}

    def pages(self, fetch) -> Iterator[tuple[Any, dict]]:
        came = False
        try:
            for page in next_links(fetch, self.option("url"), self.following):
                yield page.answer, page.document
                came = True
        except SourceError as error:
            if not came:
                raise
            raise CutShort.by(error) from None

    @staticmethod
    def following(document: Any) -> str | None:
        link = document.get("lanjut") if isinstance(document, dict) else None
        if link is not None and not isinstance(link, str):
            raise ShapeChanged("Tautan berikutnya tidak terbaca.")
        return link

    def listings(self, fetch, window) -> Iterator[RawListing]:
        seen: set[str] = set()
        for answer, document in self.pages(fetch):
            for position, row in enumerate(self.rows(document, answer, fetch)):
                reference = self.reference(row, position)
                if reference not in seen:
                    seen.add(reference)
                    if len(seen) > fetch.limits.listings:
                        raise TooMuch("too_many_listings", "Terlalu banyak data.")
                    yield self.listing(reference, answer.address, row, position, answer.digest)

    def rows(self, document: Any, answer, fetch) -> list[dict]:
        rows = document.get("data") if isinstance(document, dict) else None
        if (
            not isinstance(rows, list)
            or not all(isinstance(row, dict) for row in rows)
            or sum("kode" not in row for row in rows) * 2 > len(rows)
        ):
            raise ShapeChanged("Bentuk umpan berubah.", answer=answer.digest)
        if isinstance(document.get("total"), int):
            fetch.facts.total = document["total"]
        return rows

    def reference(self, row: dict, position: int) -> str:
        value = row.get("kode")
        return value.strip() if isinstance(value, str) and value.strip() else self.nameless("tanpa-kode", row)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        title, buyer = raw.body.get("judul"), raw.body.get("dinas")
        if not isinstance(title, str) or not title.strip() or not isinstance(buyer, str) or not buyer.strip():
            raise Refused("title_or_buyer_missing", "Judul atau pembeli kosong.")
        name, code = cut(line(title), 2000), cut(line(buyer), 100)
        if not name or not code:
            raise Refused("title_or_buyer_missing", "Judul atau pembeli kosong.")
        return {"reference": raw.reference, "title": name, "buyer": {"name": code, "code": code}}


def _made(*changes: type, **members: Any) -> type[Connector]:
    """A sound connector with changes, at a place of the right name."""
    return type("Karangan", (*changes, Sound), {"name": "karangan", "__module__": "karangan", **members})


@pytest.fixture
def made() -> Callable[..., type[Connector]]:
    """A sound connector with changes."""
    return _made


@pytest.fixture
def alone() -> Callable[..., type[Connector]]:
    """The same over a list of one answer."""
    return lambda *changes, **members: _made(*changes, samples=classmethod(lambda cls: {"": _one_page()}), **members)


@pytest.fixture
def one_page() -> Sample:
    """A list of one answer."""
    return _one_page()


@pytest.fixture
def failed() -> Callable[..., list[str]]:
    """Those of the named scenarios that a connector does not pass."""
    return lambda kind, *names: certify(kind, [SCENARIOS[name] for name in names]).failed()


@pytest.fixture
def says() -> Callable[[type[Connector], str], str]:
    """What is said of a connector in one scenario."""
    return lambda kind, name: certify(kind, [SCENARIOS[name]]).verdicts[-1].says


def _one_page() -> Sample:
    return Sample({"url": "{base}/umpan"}, {"/umpan": [_page(_rows(1, 2, 3, 4, 5), None)]})
