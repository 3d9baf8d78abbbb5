"""The fields of a `rest` mapping that its form shows, in the order of the form; what a mapping says besides stays in its text."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from connectors.kit.mapping.shape import FORMATS
from exchange.web.words import WORDS
from schemas.demand import BASES, CATEGORIES, STATUSES

DAYS = {"date": _l("2026-01-31 atau 2026-01"), "written": _l("31/01/2026, 31 Januari 2026, Januari 2026")}
TIMES = {"time": "2026-01-31T08:00:00", "written": _l("31/01/2026, 31 Januari 2026")}
SUMS = {"number": "1500000.50", "rupiah": _l("Rp 1.500.000,50; 605 Jt; 1,2 M")}
DELIMITERS = {",": _l("koma"), ";": _l("titik koma"), "|": _l("garis tegak"), "\t": _l("tab")}
_FORMS = {"json": "JSON", "ndjson": "NDJSON", "csv": "CSV", "xml": "XML"}
ITEMS = ("demand", "items")


@dataclass(frozen=True)
class Spec:
    """
    One field.

    kind: `source` (a column, or a constant where `constant` allows one), `choice` (one of `choices`) or `text`. choices: by value their
    words; of a source those that its constant, and the meaning of its own words, may be. reads: by reader how the value is written, the
    usual one first.
    """

    path: tuple[str, ...]
    label: object
    kind: str = "source"
    constant: bool = False
    choices: dict[str, object] | None = None
    reads: dict[str, object] | None = None
    required: bool = False
    says: object = ""

    @property
    def name(self) -> str:
        """Its path with dots."""
        return ".".join(self.path)

    @property
    def of_items(self) -> bool:
        """Whether it is said of each thing that a demand asks for."""
        return self.path[:2] == ITEMS


def _demand(path: str, label: object, **more: object) -> Spec:
    return Spec(("demand", *path.split(".")), label, **more)  # type: ignore[arg-type]


GROUPS: tuple[tuple[object, tuple[Spec, ...]], ...] = (
    (_l("Jawaban sumber"), (
        Spec(("format",), _l("Bentuk jawaban"), "choice", choices={name: _FORMS[name] for name in FORMATS}, required=True),
        Spec(("list",), _l("Tempat daftarnya"), "text", says=_l("kosong bila jawaban itu sendiri daftarnya, atau CSV dan NDJSON")),
        Spec(("csv", "delimiter"), _l("Pemisah kolom CSV"), "choice", choices=dict(DELIMITERS)),
        Spec(("listing", "reference"), _l("Nomor di sumber"), required=True, says=_l("yang tetap sama setiap kali")),
    )),
    (_l("Yang diminta"), (
        _demand("title", _l("Judul"), required=True),
        _demand("description", _l("Keterangan")),
        _demand("items.text", _l("Nama barang")),
        _demand("items.specification", _l("Spesifikasi barang")),
        _demand("items.quantity.amount", _l("Jumlah barang"), reads=SUMS),
        _demand("items.quantity.unit", _l("Satuan jumlah itu")),
        _demand("quantity_said", _l("Jumlah keseluruhan"), says=_l("seperti ditulis sumbernya, misalnya 12 buah")),
        _demand("category", _l("Kategori"), constant=True, choices={name: WORDS["category"][name] for name in CATEGORIES}),
    )),
    (_l("Pembeli dan tempat"), (
        _demand("buyer.name", _l("Nama pembeli"), constant=True),
        _demand("buyer.code", _l("Kode pembeli"), constant=True),
        _demand("buyer.unit", _l("Perangkat daerah"), constant=True),
        _demand("region", _l("Kode wilayah"), constant=True, says=_l("kode Kemendagri seperti 36.72")),
        _demand("place", _l("Tempat penyerahan"), constant=True),
    )),
    (_l("Anggaran"), (
        _demand("budget.amount", _l("Anggaran"), reads=SUMS),
        _demand("budget.basis", _l("Anggaran itu adalah"), kind="choice", choices={name: WORDS["basis"][name] for name in BASES},
                says=_l("wajib bila ada anggaran")),
    )),
    (_l("Waktu dan keadaan"), (
        _demand("periods.selection.start", _l("Pemilihan mulai"), reads=DAYS),
        _demand("periods.selection.end", _l("Batas penawaran"), reads=DAYS),
        _demand("periods.contract.start", _l("Pelaksanaan mulai"), reads=DAYS),
        _demand("periods.contract.end", _l("Pelaksanaan selesai"), reads=DAYS),
        _demand("periods.use.start", _l("Dibutuhkan mulai"), reads=DAYS),
        _demand("periods.use.end", _l("Dibutuhkan sampai"), reads=DAYS),
        _demand("published_at", _l("Diumumkan"), reads=TIMES),
        _demand("status", _l("Status"), constant=True, choices={name: WORDS["demand_status"][name] for name in STATUSES}),
        _demand("method", _l("Cara pemilihan"), constant=True),
    )),
    (_l("Lainnya"), (
        _demand("eligibility.domestic_product", _l("Produk dalam negeri"), says=_l("ya atau tidak")),
        _demand("eligibility.small_business", _l("Usaha kecil"), says=_l("ya atau tidak")),
        _demand("url", _l("Tautan"), says=_l("alamat halaman untuk orang")),
    )),
)  # fmt: skip
SPECS = tuple(spec for _, specs in GROUPS for spec in specs)
# left in the text together with the fields that they stand beside
BESIDE = frozenset({("demand", "items", "each")})
