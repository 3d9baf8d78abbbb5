"""
The national procurement gateway (INAPROC): plans and announced selections of one government in one year.

Source
  https://data.inaproc.id/api/v1/… with a bearer token (kit/gateway.py), one dataset to a source:
  rup/paket-penyedia-terumumkan, rup/paket-swakelola-terumumkan, tender/pengumuman, tender/non-tender-pengumuman.
Caveats
  A dataset is known by the fields of its rows, since regions read it through addresses of their own.
  It is asked for by `kode_klpd`, the rows write `kd_klpd`, or nothing: then what was asked for holds.
  Persons come masked (`A*** S****`); they are dropped all the same. `last_update_ref` and `tanggal_status` change from
  pull to pull without the row changing. What an office carries out itself (swakelola) is demand only for the goods that its
  lines name (kit/self_managed.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, SettingsError, ShapeChanged, Window
from connectors.kit.bus import dataset_of, is_known, reference_of
from connectors.kit.gateway import advice, gateway_pages, local_time
from connectors.kit.origin import origin
from connectors.kit.pages import with_parameters
from connectors.kit.rows import Row, Rows, advised, distinct, until_cut
from connectors.kit.rup import page_for_people
from connectors.kit.tenders import PERSONAL
from connectors.kit.text import line

_DEMAND = ("rup/paket-penyedia-terumumkan", "rup/paket-swakelola-terumumkan", "tender/pengumuman", "tender/non-tender-pengumuman")
_OTHERS = {
    "order_id": "pesanan e-purchasing, yang sudah dipesan dan bukan permintaan",
    "kd_rup_lama": "riwayat kaji ulang",
    "tahun_aktif": "master satuan kerja",
    "mak": "rincian anggaran paket",
}
_TOKEN = re.compile(r"[\x21-\x7e]{8,4096}")
_YEAR = re.compile(r"20\d\d")
_LIMIT, _HIGHEST_LIMIT = 100, 1000
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Inaproc(Connector):
    """One dataset of the national gateway, for one government and year."""

    name = "inaproc"
    title = "Rencana dan pengumuman pengadaan dari gerbang INAPROC"
    homepage = "https://data.inaproc.id"
    licence = "Data pengadaan publik; sumber tidak menyatakan lisensi"
    version = "1"
    settings = (
        Setting("url", says="alamat satu dataset, misalnya https://data.inaproc.id/api/v1/rup/paket-penyedia-terumumkan"),
        Setting("token", secret=True, says="token INAPROC milik daerah; hanya dikirim ke host pada url, lewat https"),
        Setting("kode_klpd", says="kode pemerintah daerah di INAPROC, misalnya D107"),
        Setting("tahun", says="tahun anggaran, empat angka"),
        Setting("limit", required=False, says="baris tiap halaman, 1 sampai 1000; kosong berarti 100"),
        Setting("page", required=False, says="pola alamat halaman untuk orang, dengan {reference}; kosong bila tidak ada"),
    )
    volatile: ClassVar[frozenset[str]] = frozenset({"last_update_ref", "tanggal_status", "_event_date"})
    personal = PERSONAL

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        limit = self.option("limit").strip() or str(_LIMIT)
        self._limit = int(limit) if re.fullmatch(r"[0-9]{1,4}", limit) else 0
        self._token = self.option("token").strip().removeprefix("Bearer ").strip()
        parts = urlsplit(self.option("url"))
        wrong = [
            *(["limit harus bilangan 1 sampai 1000"] if not 1 <= self._limit <= _HIGHEST_LIMIT else []),
            *(["tahun harus empat angka, misalnya 2026"] if not _YEAR.fullmatch(self.option("tahun").strip()) else []),
            *(["token memuat spasi atau tanda lain, atau terlalu pendek"] if not _TOKEN.fullmatch(self._token) else []),
            *(["url harus https, karena token ikut dikirim"] if parts.scheme != "https" and parts.hostname not in _LOOPBACK else []),
        ]
        if wrong:
            raise SettingsError(f"Pengaturan konektor {self.name}: {'; '.join(wrong)}.")

    def approved(self) -> tuple[str, ...]:
        """The gateway's own address alone."""
        return (self.option("url"),)

    def headers(self, url: str) -> Mapping[str, str]:
        """The token, for the gateway's own origin and for no other."""
        return {"Authorization": f"Bearer {self._token}"} if origin(url) == origin(self.option("url")) else {}

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All rows of the year; a run whose later page cannot be had is partial."""
        asked = {"kode_klpd": self.option("kode_klpd").strip(), "tahun": self.option("tahun").strip(), "limit": self._limit}
        pages = gateway_pages(fetch, with_parameters(self.option("url"), **asked), limit=self._limit)
        rows: Iterator[Row] = distinct(fetch, map(_checked, pages), self._reference)
        for each in until_cut(advised(rows, advice)):
            yield self.listing(each.reference, each.answer.address, each.row, each.position, each.answer.digest)

    def _reference(self, row: dict[str, Any]) -> str:
        return reference_of(row) or self.nameless("tanpa-kode", row)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One row as a demand, by the dataset that it is of."""
        if not is_known(raw.body):
            raise Refused("dataset_unknown", "Baris ini bukan rencana, swakelola, tender atau non-tender yang dikenal.")
        row = {name: local_time(value) if name.startswith("tgl_pengumuman") else value for name, value in raw.body.items()}
        dataset = dataset_of(row)
        demand = dataset.read(raw.reference, _with_buyer(row, line(self.option("kode_klpd"))), dataset.names)
        return demand | {"url": page_for_people(self.option("page"), raw.reference)}


def _checked(page: Rows) -> Rows:
    """A page whose rows are objects and mostly of a dataset that holds demand."""
    objects = [row for row in page.rows if isinstance(row, dict)]
    if len(objects) != len(page.rows):
        raise ShapeChanged("Baris dari gerbang INAPROC bukan lagi objek.", answer=page.answer.digest)
    unknown = [row for row in objects if not is_known(row)]
    if len(unknown) * 2 > len(objects):
        looks = next((what for field, what in _OTHERS.items() if field in unknown[0]), None)
        kind = f"tampaknya {looks}" if looks else f"kolomnya: {', '.join(sorted(unknown[0])[:8])}"
        raise ShapeChanged(
            f"Umpan ini bukan dataset permintaan yang dikenal ({kind}).",
            mend=f"Pakai salah satu dari: {', '.join(_DEMAND)}.",
            answer=page.answer.digest,
        )
    return page


def _with_buyer(row: dict[str, Any], code: str) -> dict[str, Any]:
    """The row with the buyer's code, under either of its names, or as it was asked for."""
    return row | {"kd_klpd": line(row.get("kd_klpd")) or line(row.get("kode_klpd")) or code}
