"""
Whether the exchange log is still what was written: every batch against its digest and the one before, its two ends, and the marks.

A mark is a line in a file of the data folder: which batch was the newest when the chain was last proved, and its digest. So whoever can
write the database alone cannot write the whole chain anew, nor cut its end off, without a mark telling of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm import Session

from exchange.access.segments import canonical_time
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.exchange_log import LogHeadRow, batches, head_of_log, newest_batches, stray_numbers
from exchange.store.log_chain import START, fault_in

CUT = "akhir rantainya terpotong"


class Check(NamedTuple):
    """
    What a check found. first, last: the batches that it went through; digest: of the last one; entries: how many they hold; whole: whether
    it began at the chain's beginning; bad: the first batch that is not as it was written, None where all are; what: what is wrong.
    """

    first: int
    last: int
    digest: str
    entries: int
    whole: bool
    bad: int | None = None
    what: str | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return self.bad is None

    def says(self) -> str:
        """In one Indonesian sentence."""
        if self.bad is not None:
            return f"Bundel {self.bad} catatan pertukaran tidak utuh: {self.what}."
        if self.last == 0:
            return "Catatan pertukaran masih kosong."
        if self.last < self.first:
            return f"Tidak ada bundel baru sesudah {self.last}, yang sudah terbukti utuh."
        return f"Bundel {self.first} sampai {self.last} utuh ({self.entries} catatan); sidik terakhir {self.digest[:16]}…"


def marks_file(settings: Settings) -> Path:
    """Where the marks are kept."""
    return settings.data_dir / "exchange-log.marks"


def marks_in(path: Path) -> dict[int, str]:
    """The digests of marked batches by number; a line that cannot be read, as a killed process leaves one, is passed over."""
    found: dict[int, str] = {}
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                mark: dict[str, Any] = orjson.loads(line)
                found[int(mark["number"])] = str(mark["digest"])
            except (ValueError, KeyError, TypeError):
                continue
    return found


def put_mark(path: Path, check: Check) -> None:
    """Mark the newest batch of a chain that was proved."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = orjson.dumps({"number": check.last, "digest": check.digest, "at": canonical_time(utcnow()), "whole": check.whole})
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as out:
        out.write(b"\n" + line + b"\n")  # of its own, whatever a killed process left half written
        out.flush()
        os.fsync(out.fileno())


def check(session: Session, marks: dict[int, str], *, whole: bool = True) -> Check:
    """
    Go through the chain in one picture of the database: from its beginning, or from what was proved last.

    Returns: a check whose `bad` names the first batch that was changed, taken away, added or moved.
    """
    head = head_of_log(session)
    if head is None:
        return _without_head(session, marks)
    start = head.from_number, head.from_digest
    if not whole and head.checked_number >= head.from_number:
        start = head.checked_number, head.checked_digest
    found = _through(session, head, marks, *start, whole=whole)
    stray = stray_numbers(session, head)
    if stray is not None and (found.bad is None or stray < found.bad):
        return found._replace(bad=stray, what="bukan bagian dari rantainya")
    ahead = [number for number in marks if number > head.number]
    if found.bad is None and ahead:
        says = f"{CUT}: {max(ahead)} pernah terbukti. Basis data dipulihkan dari cadangan, atau bundelnya dihapus"
        return found._replace(bad=head.number + 1, what=says)
    return found


def _without_head(session: Session, marks: dict[int, str]) -> Check:
    rows = newest_batches(session, 1)
    nothing = Check(1, 0, START, 0, True)
    if rows or marks:
        return nothing._replace(bad=1, what="awal dan akhir rantainya tidak tercatat lagi")
    return nothing


def _through(session: Session, head: LogHeadRow, marks: dict[int, str], number: int, previous: str, *, whole: bool) -> Check:
    first, entries = number + 1, 0

    def found(bad: int | None = None, what: str | None = None) -> Check:
        return Check(first, number, previous, entries, whole, bad, what)

    for row, firms in batches(session, number, until=head.number):
        wrong = fault_in(row, firms, number + 1, previous)
        if wrong is None and marks.get(row.id, row.digest) != row.digest:
            wrong = "bukan lagi yang pernah terbukti; rantai sesudahnya ditulis ulang"
        if wrong is not None:
            return found(number + 1, wrong)
        number, previous, entries = row.id, row.digest, entries + row.entries
    if number != head.number:
        return found(number + 1, CUT)
    if previous != head.digest:
        return found(number, "sidiknya bukan yang tercatat sebagai akhir rantai")
    return found()
