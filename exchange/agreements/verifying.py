"""Whether a case is whole: its history to the case as it stands, its price lists, and every byte of its papers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exchange.agreements.papers import Papers
from exchange.agreements.prices.record import broken_version
from exchange.agreements.steps import broken_at
from exchange.errors import ExchangeError
from exchange.store.agreements import AgreementRow, files_of

HISTORY = "riwayat"
PRICES = "daftar harga"


def faults(session: Session, papers: Papers, row: AgreementRow) -> list[dict[str, str]]:
    """
    What is wrong with a case, each as {what, says, mend} (Indonesian); empty where nothing is.

    what: `riwayat`, `daftar harga`, or the kind of the paper.
    """
    found = []
    broken = broken_at(session, row)
    if broken is not None:
        says = f"Riwayat tidak utuh mulai langkah ke-{broken}, atau perkaranya diubah di luar langkah."
        found.append({"what": HISTORY, "says": says, "mend": "Bandingkan dengan cadangan dan dengan catatan mitra."})
    if (wrong := prices_broken(session, row)) is not None:
        found.append({"what": PRICES, "says": wrong, "mend": "Bandingkan dengan cadangan dan dengan catatan mitra."})
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


def prices_broken(session: Session, row: AgreementRow) -> str | None:
    """Why the chain of a case's price lists is not whole, in words; None where it is, or where there are none."""
    broken = broken_version(session, row)
    return None if broken is None else f"Daftar harga tidak utuh mulai versi ke-{broken}: isi atau sidiknya bukan yang dicatat."
