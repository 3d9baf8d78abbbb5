"""
LKPP service bus (ISB-2): a region's announced procurement plan and the announcements of its selections, both vintages.

Source
  https://isb.lkpp.go.id/isb-2/api/<uuid>/json/<id>/<dataset>/tipe/<types>/parameter/<year>:<kd_klpd or kd_lpse>
  Datasets: RUP-PaketPenyedia-Terumumkan, RUP-PaketSwakelola-Terumumkan, SPSE-TenderPengumuman, SPSE-NonTenderPengumuman;
  one to a source, known by the fields of its rows and not by the address (kit/bus.py).
  A bare JSON array of a whole year, no paging, no total. The address is the credential: it is a secret setting.
Caveats
  2023 on: `kd_rup`, `urarian_pekerjaan` (the misspelling is the real name; the right spelling is read as well).
  2020-2023: `idrup`, names without underscores; the feed holds every state, so only announced, active and not deleted
  rows are demand, and one id comes twice with changed content: the last announcement holds.
  Dates are months written as first days. A ceiling of 0 says nothing and is left out. Most volumes are "1 Paket" and
  stay words; items come from the lists in the text (kit/lists.py).
  What an office carries out itself (swakelola) is demand only for the goods that its lines name (kit/self_managed.py).
  In announcements `kd_rup` is a text that can name several packages, and `kd_satker` counts another way than in plans:
  neither is a code of the buyer. Plan and announcement of one need are linked by `related.rup`, never merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from connectors.kit import Answer, Connector, Fetch, RawListing, Setting, ShapeChanged, Window
from connectors.kit.answer import KnownAnswer
from connectors.kit.bus import dataset_of, reference_of, unfit
from connectors.kit.calm import Calm, calm
from connectors.kit.document import read_json
from connectors.kit.errors import TooMuch
from connectors.kit.rup import page_for_people
from connectors.kit.tenders import PERSONAL

_READ = "Yang dibaca konektor ini: RUP paket penyedia, RUP paket swakelola, pengumuman tender dan pengumuman non-tender SPSE."


class LkppIsb(Connector):
    """One dataset of the national service bus, for one region and year."""

    name = "lkpp_isb"
    title = "Rencana pengadaan (RUP) dan pengumuman SPSE dari bus layanan LKPP"
    homepage = "https://isb.lkpp.go.id"
    licence = "Data pengadaan publik; sumber tidak menyatakan lisensi"
    version = "1"
    settings = (
        Setting("url", secret=True, says="alamat umpan yang diberikan LKPP kepada daerah; siapa memegangnya dapat membacanya"),
        Setting("page", required=False, says="pola alamat halaman paket untuk orang, dengan {reference}; kosong bila tidak ada"),
    )
    volatile = frozenset({"_event_date", "tanggal_status"})
    personal = PERSONAL

    def approved(self) -> tuple[str, ...]:
        """The feed's own address alone."""
        return (self.option("url"),)

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All rows of the year; the feed cannot be asked for a window."""
        answer = fetch.get(self.option("url"))
        found: list[Calm] = []
        known = fetch.known(answer.digest, partial(_calm_digest, answer, self.volatile, found))
        if known is not None and fetch.take_known(answer.digest, known.rows):
            fetch.facts.superseded += known.superseded
            return
        rows = read_json(answer.body, fetch.limits, answer.digest)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ShapeChanged("Umpan ISB bukan lagi larik baris (array of objects).", answer=answer.digest)
        if len(rows) > fetch.limits.listings:
            raise TooMuch("too_many_listings", f"Umpan memuat lebih dari {fetch.limits.listings} baris.", answer=answer.digest)
        if wrong := unfit(rows):
            raise ShapeChanged(wrong, mend=f"{ShapeChanged.advice} {_READ}", answer=answer.digest)
        references = [reference_of(row) or self.nameless("tanpa-kode", row) for row in rows]
        holding = _last_announced(rows, references)
        fetch.facts.superseded += len(rows) - len(holding)
        if fetch.take_known(answer.digest, len(holding)):
            return
        for position, row in enumerate(rows):
            if holding[references[position]] == position:
                yield self.listing(references[position], answer.address, row, position, answer.digest)
        # cut out were the rows' own fields, or else nobody knows what else changed
        is_calm = found and found[0].cut == sum(name in row for row in rows for name in self.volatile)
        fetch.remember(answer.digest, KnownAnswer(len(holding), len(rows) - len(holding), {}), found[0].digest if is_calm else b"")

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One row as a demand, by the dataset that it is of."""
        dataset = dataset_of(raw.body)
        return dataset.read(raw.reference, raw.body, dataset.names) | {"url": page_for_people(self.option("page"), raw.reference)}


def _calm_digest(answer: Answer, volatile: frozenset[str], found: list[Calm]) -> bytes:
    """The feed writes the day into every row: what it is but for that, kept in `found`."""
    found.append(calm(answer.body, volatile))
    return found[0].digest


def _last_announced(rows: list[dict[str, Any]], references: list[str]) -> dict[str, int]:
    """The position of the row that holds for each reference: of several the one announced last."""
    holding: dict[str, int] = {}
    for position, (row, reference) in enumerate(zip(rows, references, strict=True)):
        before = holding.get(reference)
        if before is None or _announced_at(row) >= _announced_at(rows[before]):
            holding[reference] = position
    return holding


def _announced_at(row: dict[str, Any]) -> str:
    return str(row.get(dataset_of(row).names["published"]) or "")
