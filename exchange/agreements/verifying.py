"""Whether a case is whole: its history from the first step to the case as it stands, and every byte of its papers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exchange.agreements.papers import Papers
from exchange.agreements.steps import broken_at
from exchange.errors import ExchangeError
from exchange.store.agreements import AgreementRow, files_of

HISTORY = "riwayat"


def faults(session: Session, papers: Papers, row: AgreementRow) -> list[dict[str, str]]:
    """
    What is wrong with a case, each as {what, says, mend} (Indonesian); empty where nothing is.

    what: `riwayat`, or the kind of the paper.
    """
    found = []
    broken = broken_at(session, row)
    if broken is not None:
        says = f"Riwayat tidak utuh mulai langkah ke-{broken}, atau perkaranya diubah di luar langkah."
        found.append({"what": HISTORY, "says": says, "mend": "Bandingkan dengan cadangan dan dengan catatan mitra."})
    files = files_of(session, row.id)
    for file in files:
        try:
            papers.read(file.sha256)
        except ExchangeError as error:
            found.append({"what": file.kind, "says": error.message, "mend": error.mend or ""})
    brought = {(file.kind, file.sha256) for file in files}
    for kind, digest in sorted(row.papers.items()):
        if (kind, digest) not in brought:
            says = "Dokumen yang berlaku tidak ada di antara berkasnya."
            found.append({"what": kind, "says": says, "mend": "Bandingkan dengan cadangan dan dengan catatan mitra."})
    return found
