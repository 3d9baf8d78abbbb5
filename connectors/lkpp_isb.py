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
from urllib.parse import quote

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, ShapeChanged, Skip, Window
from connectors.kit.dates import WIB, instant, period
from connectors.kit.lists import aligned, is_placeholder, items, left_out, split_list
from connectors.kit.numbers import digits, exact
from connectors.kit.quantities import read_quantity, told_in, wire
from connectors.kit.text import cut, line, tidy

_NEW = {
    "reference": "kd_rup", "title": "nama_paket", "buyer_code": "kd_klpd", "buyer": "nama_klpd", "unit": "nama_satker",
    "announced": "status_umumkan_rup", "active": "status_aktif_rup", "deleted": "status_delete_rup",
    "budget": "pagu", "kind": "jenis_pengadaan", "method": "metode_pengadaan", "volume": "volume_pekerjaan",
    "text": "urarian_pekerjaan", "specification": "spesifikasi_pekerjaan", "domestic": "status_pdn", "small": "status_ukm",
    "published": "tgl_pengumuman_paket", "selection": ("tgl_awal_pemilihan", "tgl_akhir_pemilihan"),
    "contract": ("tgl_awal_kontrak", "tgl_akhir_kontrak"), "use": ("tgl_awal_pemanfaatan", "tgl_akhir_pemanfaatan"),
}  # fmt: skip
_OLD = {
    "reference": "idrup", "title": "namapaket", "buyer_code": "kd_klpd", "buyer": "klpd", "unit": "namasatker",
    "announced": "statusumumkan", "active": "statusaktifpaket", "deleted": "statusdeletepaket",
    "budget": "jumlahpagu", "kind": "jenispengadaan", "method": "metodepengadaan", "volume": "volume",
    "text": "keterangan", "specification": "spesifikasi", "domestic": "statuspdn", "small": "statususahakecil",
    "published": "tanggalpengumuman", "selection": ("tanggalawalpemilihan", "tanggalakhirpemilihan"),
    "contract": ("tanggalawalpekerjaan", "tanggalakhirpekerjaan"), "use": ("tanggalkebutuhan", "tanggalkebutuhan"),
}  # fmt: skip
_KEYS = ("reference", "title", "buyer_code", "announced", "active", "deleted", "budget")
_CATEGORIES = {
    "barang": "goods", "jasa lainnya": "services", "jasa konsultansi": "consulting", "jasa konsultasi": "consulting",
    "pekerjaan konstruksi": "works", "pekerjaan konstruksi terintegrasi": "works", "konstruksi": "works",
}  # fmt: skip
_YES = {"pdn": True, "non-pdn": False, "ukm": True, "non-ukm": False, "usahakecil": True, "bukanusahakecil": False}


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
    personal = frozenset({"*ppk*", "*kpa", "kpa_*", "nip", "nip_*", "*username*", "*email*", "*telepon*", "no_hp", "nohp"})

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
        gone = [f"{_NEW[key]} (atau {_OLD[key]})" for key in _KEYS if rows and lacking[key] * 2 > len(rows)]
        if gone:
            raise ShapeChanged(f"Umpan ISB berubah bentuk: kolom {', '.join(gone)} tidak ada.", answer=digest)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One package as a demand."""
        row, names = raw.body, _vintage(raw.body)
        self._skip_unless_announced(row, names)
        reference = _reference(row)
        if not reference:
            raise Refused("reference_missing", f"Kolom {names['reference']} kosong: paket tanpa kode tidak dapat dikenali lagi.")
        title = line(row.get(names["title"]))
        buyer = line(row.get(names["buyer"])) or line(row.get("nama_klpd"))
        code = line(row.get(names["buyer_code"]))
        if not title or not (buyer or code):
            raise Refused("title_or_buyer_missing", f"Kolom {names['title']} atau nama pemerintah daerahnya kosong.")
        volume = line(row.get(names["volume"]))
        found, description = self._items(row, names, volume)
        return {
            "reference": raw.reference,
            "title": cut(title, 2000),
            "description": description,
            "buyer": {"name": cut(buyer or code, 400), "code": code or None, "unit": line(row.get(names["unit"])) or None},
            "category": _category(row.get(names["kind"])),
            "items": found,
            "quantity_said": None if is_placeholder(volume) else volume,
            "budget": _budget(row.get(names["budget"])),
            "periods": {each: period(*(row.get(name) for name in names[each]), months=True) for each in ("selection", "contract", "use")},
            "eligibility": {"domestic_product": _yes(row.get(names["domestic"])), "small_business": _yes(row.get(names["small"]))},
            "method": line(row.get(names["method"])) or None,
            "status": "planned",
            "published_at": instant(row.get(names["published"]), WIB),
            "url": self._page(raw.reference),
            "related": {"rup": [cut(code, 200) for code in reference.replace(" ", "").split(";") if code]},
        }

    def _page(self, reference: str) -> str | None:
        """The package's page for people, where staff gave a pattern of its address."""
        pattern = self.option("page")
        return pattern.replace("{reference}", quote(reference, safe="")) if pattern.startswith(("https://", "http://")) else None

    @staticmethod
    def _skip_unless_announced(row: dict[str, Any], names: dict[str, Any]) -> None:
        announced = line(row.get(names["announced"])).casefold()
        if announced != "terumumkan":
            raise Skip(f"Paket belum atau tidak lagi diumumkan ({row.get(names['announced']) or 'tanpa status'}).")
        if _truth(row.get(names["deleted"])):
            raise Skip("Paket sudah dihapus di sumber.")
        if not _truth(row.get(names["active"])):
            raise Skip("Paket tidak aktif di sumber.")

    @staticmethod
    def _items(row: dict[str, Any], names: dict[str, Any], volume: str) -> tuple[list[dict[str, Any]], str | None]:
        """The items, and the text that found no place in them."""
        text = row.get(names["text"]) or row.get("uraian_pekerjaan")
        pairs, rest = aligned(split_list(text), split_list(row.get(names["specification"])))
        volumes = [read_quantity(each) for each in volume.split(";")]
        if len(volumes) != len(pairs):
            volumes = [None] * len(pairs)
        told = [each or told_in(f"{said} {more or ''}") for each, (said, more) in zip(volumes, pairs, strict=True)]
        return items(pairs, [wire(each) for each in told]), "\n".join(filter(None, (tidy(rest), left_out(len(pairs))))) or None


def _vintage(row: dict[str, Any]) -> dict[str, Any]:
    return _OLD if "idrup" in row and "kd_rup" not in row else _NEW


def _reference(row: dict[str, Any]) -> str:
    """The package's code as text; exports write whole numbers as `40382289.0`."""
    value = row.get(_vintage(row)["reference"])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or isinstance(value, bool | list | dict) else str(value).strip()
    return text.removesuffix(".0")


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


def _truth(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in {"true", "1", "ya"}) or value == 1


def _yes(value: Any) -> bool | None:
    return _YES.get(line(value).lower().replace(" ", ""))


def _category(value: Any) -> str | None:
    kinds = {_CATEGORIES.get(each.strip().casefold()) for each in line(value).split(";") if each.strip()}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), None)


def _budget(value: Any) -> dict[str, Any] | None:
    """The package's ceiling in rupiah; None where it is absent or 0."""
    if value is None or line(str(value)) == "":
        return None
    amount = exact(value)
    if amount is None or amount < 0:
        raise Refused("budget_unreadable", f"Pagu tidak terbaca: {str(value)[:40]!r}; yang diharapkan bilangan rupiah 0 atau lebih.")
    return {"amount": digits(amount), "currency": "IDR", "basis": "package_ceiling"} if amount else None
