"""
A training plan: what the monitoring visits heard that firms need, joined with the demands that one change to a product would serve.

Which training mends which cause is a table of the project's own making (`COURSES`), each line with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from exchange.reports.causes import Judged, Opening
from exchange.reports.unmet import Sum


class Course(NamedTuple):
    """
    One training.

    cause: what it mends; member: what of a product changes by it (ProductSchema), None for any; sectors: for whose firms, empty for all;
    words: how visits write it, in small letters, found anywhere in the need; why: one Indonesian sentence.
    """

    name: str
    cause: str
    member: str | None
    sectors: tuple[str, ...]
    words: tuple[str, ...]
    why: str


# the first that fits a cause, or a need as it was written, is the one
COURSES = (
    Course("Sertifikasi halal dan sistem jaminan produk halal", "certificate", "halal", (), ("halal",),
           "Permintaan mensyaratkan sertifikat halal; pendaftarannya menuntut bahan dan proses yang tercatat."),
    Course("Keamanan pangan, HACCP dan izin edar P-IRT", "certificate", "distribution_permit", ("pangan",),
           ("haccp", "cppob", "p-irt", "pirt", "keamanan pangan", "sanitasi", "label gizi"),
           "Izin edar pangan diberikan kepada usaha yang dapurnya memenuhi cara produksi yang baik."),
    Course("Perizinan PKRT, kosmetik dan penanganan bahan", "certificate", "distribution_permit", ("kimia",),
           ("pkrt", "cpkb", "cppkrtb", "penanganan b3"),
           "Pembersih, antiseptik dan kosmetik hanya boleh dijual kepada pemerintah dengan izin edar Kemenkes atau BPOM."),
    Course("Pengurusan izin edar", "certificate", "distribution_permit", (), ("izin edar", "perizinan"),
           "Permintaan mensyaratkan izin edar yang belum dinyatakan pada produk."),
    Course("Penerapan SNI, pengujian dan manajemen mutu", "certificate", "sni", (),
           ("sni", "pengujian mutu", "manajemen mutu", "metrologi"),
           "Permintaan mensyaratkan SNI; sertifikatnya menuntut uji laboratorium dan mutu yang terjaga."),
    Course("Penghitungan dan sertifikasi TKDN", "certificate", "tkdn_percent", (), ("tkdn",),
           "Permintaan mensyaratkan nilai TKDN; banyak usaha memenuhinya, tetapi belum dihitung dan disahkan."),
    Course("Manajemen produksi dan usaha bersama (KUB)", "capacity", None, (),
           ("manajemen produksi", "manajemen dapur", "kelembagaan kub", "kemitraan", "cnc"),
           "Jumlah yang diminta melampaui kapasitas satu usaha; proses yang lebih lancar atau produksi bersama menaikkannya."),
    Course("Tata kerja 5S, perawatan mesin dan penjadwalan", "lead_time", None, (),
           ("5s", "perawatan mesin", "manajemen gudang", "penjadwalan"),
           "Waktu pengerjaan melampaui batasnya; tempat kerja yang tertata dan mesin yang terawat memperpendeknya."),
    Course("Melayani pesanan kecil dan katalog elektronik", "minimum_order", None, (), ("katalog elektronik", "e-katalog"),
           "Pesanan pemerintah sering kecil; pesanan minimum yang lebih rendah membukanya."),
    Course("Perhitungan biaya dan pembukuan", "price", None, (), ("estimasi biaya", "pembukuan", "akuntansi", "keuangan", "negosiasi"),
           "Harga di atas pagu; biaya yang dihitung benar menunjukkan di mana harga dapat turun."),
    Course("Pengembangan dan keragaman produk", "no_product", None, (),
           ("diversifikasi", "desain produk", "gambar teknik", "desain grafis"),
           "Barangnya diminta daerah lain dan belum dibuat IKM; hanya untuk usaha yang dekat dengan kelas barang itu."),
    Course("Pengemasan dan rantai dingin untuk pengiriman jauh", "distance", None, (), ("pengemasan", "rantai dingin", "ekspor"),
           "Pembelinya jauh atau di pulau lain; barang yang tahan jalan dapat dikirim ke sana."),
)  # fmt: skip
_HEARD = "Diminta saat kunjungan; belum ada permintaan tidak terlayani yang dibukanya."


@dataclass(slots=True)
class Row:
    """
    One training of the plan.

    asked: public names of the firms that asked for it at a visit, with the words; mends: of the firms whose near misses it would mend,
    with how many demands each alone would serve and their value. opens: the demands that it would open, each once, whichever
    firm serves it; lacking: demands of the sectors' goods that nobody makes, which it may lead to but does not open.
    """

    training: str
    why: str
    asked: dict[str, str] = field(default_factory=dict)
    mends: dict[str, Sum] = field(default_factory=dict)
    opens: Sum = field(default_factory=Sum)
    lacking: Sum = field(default_factory=Sum)
    sectors: set[str] = field(default_factory=set)

    @property
    def firms(self) -> int:
        """How many firms it is for."""
        return len(self.asked.keys() | self.mends.keys())

    def key(self) -> tuple[Decimal, int, int, str]:
        """The order of the plan: the value that it opens, then how many firms, then how many demands, then its name."""
        return -self.opens.value, -self.firms, -self.opens.demands, self.training

    def record(self, names: Mapping[str, str]) -> dict[str, Any]:
        """For JSON; `names`: of the firms, by public name."""
        return {
            "training": self.training,
            "why": self.why,
            "sectors": sorted(self.sectors),
            "firms": self.firms,
            "opens": self.opens.record(),
            "lacking": self.lacking.record(),
            "asked": [{"business": one, "name": names.get(one), "words": self.asked[one]} for one in sorted(self.asked)],
            "mends": [{"business": one, "name": names.get(one)} | self.mends[one].record() for one in self.mended()],
        }

    def mended(self) -> list[str]:
        """The firms whose near misses it mends, by the value that it opens to each, then demands, then public name."""
        return sorted(self.mends, key=lambda one: (-self.mends[one].value, -self.mends[one].demands, one))


class Plan:
    """The plan while demands and firms are told to it; as many rows as there are trainings and needs, whatever the demands."""

    def __init__(self, rows: Iterable[Row] = (), names: Mapping[str, str] | None = None) -> None:
        self._rows: dict[str, Row] = {row.training: row for row in rows}
        self.names: dict[str, str] = dict(names or {})

    def demand(self, one: Judged) -> None:
        """An unmet demand: each training that one change of a product leads to opens it once."""
        opened: dict[str, set[str]] = {}
        for opening in one.openings:
            course = course_of(opening)
            if course is not None:
                row = self._row(course.name, course.why)
                row.sectors.update([opening.sector] if opening.sector else [])
                opened.setdefault(course.name, set()).add(opening.firm)
        for name, firms in opened.items():
            row = self._rows[name]
            row.opens.add(one)
            for firm in firms:
                row.mends.setdefault(firm, Sum()).add(one)
        if one.cause == "no_product":
            course = next(each for each in COURSES if each.cause == "no_product")
            self._row(course.name, course.why).lacking.add(one)

    def firm(self, ident: str, name: str, sector: str | None, needs: Iterable[str]) -> None:
        """A firm as the last visit found it."""
        self.names[ident] = name
        for need in needs:
            course = _heard(need, sector)
            row = self._row(course.name, course.why) if course else self._row(need[:1].upper() + need[1:], _HEARD)
            row.sectors.update([sector] if sector else [])
            row.asked[ident] = f"{row.asked[ident]}; {need}" if ident in row.asked else need

    def rows(self) -> list[Row]:
        """The plan, by `Row.key`."""
        return sorted(self._rows.values(), key=Row.key)

    def record(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [row.record(self.names) for row in self.rows()]

    def _row(self, name: str, why: str) -> Row:
        return self._rows.setdefault(name, Row(name, why))


def course_of(opening: Opening) -> Course | None:
    """The training that leads to that change; None where no training does."""
    for course in COURSES:
        its = course.cause == opening.cause and course.member in (None, opening.member)
        if its and (not course.sectors or opening.sector in course.sectors):
            return course
    return None


def _heard(need: str, sector: str | None) -> Course | None:
    """The training that a need names, as it was written at a visit; None where it is another one."""
    said = f" {need.casefold()} "
    for course in COURSES:
        if (not course.sectors or sector in course.sectors) and any(_names(word, said) for word in course.words):
            return course
    return None


def _names(word: str, said: str) -> bool:
    # short names are whole words: "sni" is in "bisnis"
    return f" {word} " in said.replace("/", " ") if len(word) <= 4 else word in said
