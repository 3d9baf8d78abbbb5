"""
LKPP service bus (ISB-2): a region's announced procurement plan, both vintages.

Source
  https://isb.lkpp.go.id/isb-2/api/<uuid>/json/<id>/RUP-PaketPenyedia-Terumumkan/tipe/4:12/parameter/<year>:<kd_klpd>
  A bare JSON array of a whole year, no paging, no total. The address is the credential: it is a secret setting.
Caveats
  2023 on: `kd_rup`, `urarian_pekerjaan` (the misspelling is the real name; the right spelling is read as well).
  2020-2023: `idrup`, names without underscores; the feed holds every state, so only announced, active and not deleted
  rows are demand, and one id comes twice with changed content: the last announcement holds.
  Dates are months written as first days. A ceiling of 0 says nothing and is left out. Most volumes are "1 Paket" and
  stay words; items come from the lists in the text (kit/lists.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kit import Connector, Fetch, RawListing, Setting, ShapeChanged, Window
from connectors.kit.rup import NEW, OLD, PERSONAL, Names, code_of, package, page_for_people

_KEYS = ("reference", "title", "buyer_code", "announced", "active", "deleted", "budget")


class LkppIsb(Connector):
    """A region's announced plan from the national service bus."""

    name = "lkpp_isb"
    title = "Rencana pengadaan (RUP) dari bus layanan LKPP"
    homepage = "https://isb.lkpp.go.id"
    licence = "Data pengadaan publik; sumber tidak menyatakan lisensi"
    version = "1"
    settings = (
        Setting("url", secret=True, says="alamat umpan RUP yang diberikan LKPP kepada daerah; siapa memegangnya dapat membacanya"),
        Setting("page", required=False, says="pola alamat halaman paket untuk orang, dengan {reference}; kosong bila tidak ada"),
    )
    volatile = frozenset({"_event_date"})
    personal = PERSONAL

    def approved(self) -> tuple[str, ...]:
        """The feed's own address alone."""
        return (self.option("url"),)

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All rows of the year; the feed cannot be asked for a window."""
        answer, rows = fetch.json(self.option("url"))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ShapeChanged("Umpan ISB bukan lagi larik baris (array of objects).", answer=answer.digest)
        self._check_shape(rows, answer.digest)
        references = [_reference(row) or self.nameless("tanpa-kode", row) for row in rows]
        holding = _last_announced(rows, references)
        fetch.facts.superseded += len(rows) - len(holding)
        for position, row in enumerate(rows):
            if holding[references[position]] == position:
                yield self.listing(references[position], answer.address, row, position, answer.digest)

    @staticmethod
    def _check_shape(rows: list[dict[str, Any]], digest: str) -> None:
        """A key field that most rows lack is a feed of another shape; one that a few lack is theirs alone."""
        lacking = dict.fromkeys(_KEYS, 0)
        for row in rows:
            names = _vintage(row)
            for key in _KEYS:
                lacking[key] += names[key] not in row
        gone = [f"{NEW[key]} (atau {OLD[key]})" for key in _KEYS if rows and lacking[key] * 2 > len(rows)]
        if gone:
            raise ShapeChanged(f"Umpan ISB berubah bentuk: kolom {', '.join(gone)} tidak ada.", answer=digest)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One package as a demand."""
        demand = package(raw.reference, raw.body, _vintage(raw.body))
        return demand | {"url": page_for_people(self.option("page"), raw.reference)}


def _vintage(row: dict[str, Any]) -> Names:
    return OLD if "idrup" in row and "kd_rup" not in row else NEW


def _reference(row: dict[str, Any]) -> str:
    return code_of(row.get(_vintage(row)["reference"]))


def _last_announced(rows: list[dict[str, Any]], references: list[str]) -> dict[str, int]:
    """The position of the row that holds for each reference: of several the one announced last."""
    holding: dict[str, int] = {}
    for position, (row, reference) in enumerate(zip(rows, references, strict=True)):
        before = holding.get(reference)
        if before is None or _announced_at(row) >= _announced_at(rows[before]):
            holding[reference] = position
    return holding


def _announced_at(row: dict[str, Any]) -> str:
    return str(row.get(_vintage(row)["published"]) or "")
