"""
The datasets of the national service bus and of its successor that hold demand, known by the fields of their rows.

    packages            RUP-PaketPenyedia-Terumumkan; older: PaketPenyedia…, names without underscores (kit/rup.py)
    self-managed        RUP-PaketSwakelola-Terumumkan; older: PaketSwakelola… (kit/self_managed.py)
    tenders             SPSE-TenderPengumuman; older: TenderPengumumanDetailSPSE (kit/tenders.py)
    other selections    SPSE-NonTenderPengumuman; older: NonTenderPengumumanDetailSPSE

Results, contracts, records of what was bought and lists of offices stand in datasets of their own and are no demand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from connectors.kit.rup import NEW, OLD, Names, code_of, package
from connectors.kit.self_managed import NEW_SELF, OLD_SELF, self_managed
from connectors.kit.tenders import OLD_OTHER, OLD_TENDER, OTHER, TENDER, announcement

Row = Mapping[str, Any]
_OF_PLANS = ("reference", "title", "buyer_code", "announced", "active", "deleted", "budget")
_OF_SELECTIONS = ("reference", "title", "buyer_code", "status", "published", "budget")


class Dataset(NamedTuple):
    """
    One dataset in one vintage.

    names: which field bears what. columns: the fields that most rows must have, each beside how it is told to a person.
    read: a row as a demand in the wire form of `schemas.demand.DemandSchema`; raises Skip and Refused.
    """

    names: Names
    columns: tuple[tuple[str, str], ...]
    read: Callable[[str, Row, Names], dict[str, Any]]


Read = Callable[[str, Row, Names], dict[str, Any]]


def _both(new: Names, old: Names, keys: tuple[str, ...], read: Read) -> tuple[Dataset, Dataset]:
    """A dataset in its two vintages; a column is told by both of its names."""
    told = [new[key] if new[key] == old[key] else f"{new[key]} (atau {old[key]})" for key in keys]
    columns = [tuple(zip((names[key] for key in keys), told, strict=True)) for names in (new, old)]
    return Dataset(new, columns[0], read), Dataset(old, columns[1], read)


PACKAGES = _both(NEW, OLD, _OF_PLANS, package)
SELF_MANAGED = _both(NEW_SELF, OLD_SELF, tuple(key for key in _OF_PLANS if key != "announced"), self_managed)
TENDERS = _both(TENDER, OLD_TENDER, _OF_SELECTIONS, announcement)
SELECTIONS = _both(OTHER, OLD_OTHER, _OF_SELECTIONS, announcement)

_NO_DEMAND = {
    "tgl_penetapan_pemenang": "hasil tender", "tgl_selesai_nontender": "hasil non-tender", "kd_penyedia": "hasil pemilihan",
    "tanggal_selesai_nontender": "hasil non-tender", "no_kontrak": "kontrak", "order_id": "pesanan e-purchasing",
    "kd_nontender_pct": "pencatatan non-tender", "kd_swakelola_pct": "pencatatan swakelola", "kd_rup_lama": "riwayat kaji ulang",
    "tahun_aktif": "master satuan kerja",
}  # fmt: skip


def dataset_of(row: Row) -> Dataset:
    """The dataset that a row is of; one that shows no sign is taken for a package and lacks what a package has."""
    if "kd_tender" in row:
        return TENDERS["status_tender" not in row and "nama_status_tender" in row]
    if "kd_nontender" in row:
        return SELECTIONS["status_nontender" not in row and "nama_status_nontender" in row]
    kinds = SELF_MANAGED if "tipe_swakelola" in row else PACKAGES
    return kinds["idrup" in row and "kd_rup" not in row]


def is_known(row: Row) -> bool:
    """Whether a row has the title, the code and the state of a dataset that holds demand."""
    names = dataset_of(row).names
    state = names.get("status") or names["announced"]
    return all(name in row for name in (names["title"], names["reference"], state))


def reference_of(row: Row) -> str:
    """The code that a row is known by in its dataset; empty where it has none."""
    return code_of(row.get(dataset_of(row).names["reference"])) or code_of(row.get("lls_id"))


def unfit(rows: Sequence[Row]) -> str | None:
    """
    Why a feed as a whole holds no demand, for staff: most rows are of another dataset, or lack a column; None where it can be read.

    What a few rows lack is theirs alone.
    """
    looks: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    for shape, count in Counter(map(tuple, rows)).items():  # the rows of a feed have few shapes between them
        row = dict.fromkeys(shape)
        looks.update(dict.fromkeys((what for field, what in _NO_DEMAND.items() if field in row), count))
        lacking.update({told: count for column, told in dataset_of(row).columns if column not in row})
    half = len(rows) / 2
    for what, count in looks.items():
        if count > half:
            return f"Umpan ini memuat {what}, bukan permintaan."
    gone = [told for told, count in lacking.items() if count > half]
    return f"Umpan ISB berubah bentuk: kolom {', '.join(gone)} tidak ada." if gone else None
