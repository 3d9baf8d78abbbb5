"""Who was told what of a firm, for the firm itself and for staff (UU 27/2022, Pasal 31 and 32): from the exchange log, as lines and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.access.classes import told_in_words
from exchange.access.disclosures import FIRM, parts
from exchange.errors import Conflict
from exchange.store.exchange_log import LogBatchRow, batches_of_firm, entries_of, newest_batches

_JAKARTA = ZoneInfo("Asia/Jakarta")
BY_HAND = "tahap diatur petugas"
# operation: what it is called to a person
DOORS: Final[dict[str, str]] = {
    "products.listing": "daftar produk",
    "products.one": "satu produk",
    "businesses.listing": "daftar usaha",
    "businesses.one": "satu IKM",
    "demands.listing": "daftar permintaan",
    "demands.one": "satu permintaan",
    "changes.listing": "umpan perubahan",
    "publications.one": "terbitan katalog",
    "increments.changes": "perubahan terbitan UBL",
    "own-matches.listing": "daftar kecocokan mitra",
    "own-matches.one": "satu kecocokan mitra",
    "own-matches.answer": "jawaban atas kecocokan",
    "own-matches.counts": "jumlah kecocokan mitra",
    "own-deals.listing": "daftar dagang mitra",
    "own-deals.one": "satu dagang mitra",
    "own-deals.answer": "jawaban atas penawaran",
}
HEADINGS: Final = (
    "waktu", "sampai", "kali", "mitra", "nama_mitra", "wilayah", "kelompok_data", "tahap", "dasar", "lewat", "berkas", "bundel",
)  # fmt: skip
_RUNS = ("=", "+", "-", "@", "\t", "\r", "'")


class LogUnreadable(Conflict):
    """A batch of the log cannot be read; nothing is told that leaves it out."""


class Read(NamedTuple):
    """
    One entry as it concerns a firm, or as a whole. at, until: of its first and last answer, in Jakarta; times: how many there were.

    classes: of fields; basis: (agreement, article), empty where the stage was set by hand; file: format and SHA-256, of a publication;
    firms, demands: how many it tells of in all; batch: in which it stands.
    """

    at: datetime
    until: datetime
    times: int
    partner: str
    name: str
    region: str
    classes: tuple[str, ...]
    stage: str
    basis: tuple[tuple[str, str], ...]
    door: str
    file: tuple[str, str] | None
    firms: int
    demands: int
    batch: int

    @property
    def told(self) -> str:
        """The classes of fields in words."""
        return told_in_words(self.classes)

    @property
    def ground(self) -> str:
        """Under which agreement and article, in words."""
        return "; ".join(f"{ident} ({article})" if article else ident for ident, article in self.basis) or BY_HAND

    @property
    def through(self) -> str:
        """By which door, in words."""
        return DOORS.get(self.door, self.door) + (f" ({self.file[0]})" if self.file else "")

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON; times with their zone."""
        return {
            "at": self.at.isoformat(timespec="seconds"), "until": self.until.isoformat(timespec="seconds"), "times": self.times,
            "partner": self.partner, "name": self.name, "region": self.region, "classes": list(self.classes), "stage": self.stage,
            "basis": [{"agreement": ident, "article": article} for ident, article in self.basis], "ground": self.ground, "door": self.door,
            "file": {"format": self.file[0], "sha256": self.file[1]} if self.file else None, "firms": self.firms,
            "demands": self.demands, "batch": self.batch,
        }  # fmt: skip


def reads_of_firm(session: Session, firm: str, limit: int | None = None) -> list[Read]:
    """What was told of one firm, the newest first, at most `limit`."""
    found = [read for row in batches_of_firm(session, firm, limit=limit) for read in _of_batch(row, firm)]
    return found if limit is None else found[:limit]


def newest_reads(session: Session, limit: int) -> list[Read]:
    """The newest entries of the log, at most `limit`."""
    return [read for row in newest_batches(session, limit) for read in _of_batch(row, None)][:limit]


def _of_batch(row: LogBatchRow, firm: str | None) -> Iterator[Read]:
    """The entries of a batch that tell of a firm (None: all), the last first."""
    try:
        entries = entries_of(row)
    except ValueError:
        raise LogUnreadable(f"Bundel {row.id} catatan pertukaran tidak dapat dibaca.", mend="Jalankan: exchange log verify") from None
    for entry in reversed(entries):
        told = parts(entry["told"])
        mine = [each for each in told if firm is None or (each[0] == FIRM and firm in each[2])]
        if not mine:
            continue
        file, names = entry.get("file"), {kind: {name for each, _, group in told if each == kind for name in group} for kind, _, _ in told}
        yield Read(
            _local(entry["at"]), _local(entry["until"]), entry["times"], entry["partner"], entry["name"], entry["region"],
            tuple(sorted({name for _, classes, _ in mine for name in classes})), entry["stage"],
            tuple((ident, article) for ident, article in entry["basis"]), entry["door"], (file[0], file[1]) if file else None,
            len(names.get(FIRM, ())), len(names.get("demand", ())), row.id,
        )  # fmt: skip


def _local(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(_JAKARTA)


def as_csv(reads: Iterable[Read]) -> bytes:
    """Entries as CSV with Indonesian headings, times in Jakarta; no text runs in a spreadsheet."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(HEADINGS)
    for read in reads:
        line = (
            read.at.strftime("%Y-%m-%d %H:%M:%S"), read.until.strftime("%Y-%m-%d %H:%M:%S"), read.times, read.partner, read.name,
            read.region, read.told, read.stage, read.ground, read.through, read.file[1] if read.file else "", read.batch,
        )  # fmt: skip
        lines.writerow([f"'{each}" if isinstance(each, str) and each.startswith(_RUNS) else each for each in line])
    return out.getvalue().encode()
