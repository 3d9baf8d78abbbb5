"""
A firm's word about being published, put on record and in force at once.

A firm may take its word back by any means and without a paper; a consent on a signed form needs that form. What proves it is kept
under its SHA-256. Who spoke for the firm is kept as a role, not as a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from exchange.catalogue.firms.telling import check_version, form_key, locked_firm, tell
from exchange.catalogue.outcome import jsonable
from exchange.errors import BadRequest
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.businesses import BusinessRow, apply_fields
from exchange.store.consents import GIVEN, ConsentRow, sent_before
from exchange.store.files import Files, keep_with

KINDS: Final = ("given", "refused", "withdrawn")
MEANS: Final = ("form", "letter", "oral")
CAPACITIES: Final = ("owner", "board", "authorised")
LARGEST: Final = 10 * 1024 * 1024
LONGEST_SCOPE: Final = 500
_BASIS: Final = {"form": "formulir bertanda tangan", "letter": "surat", "oral": "lisan kepada petugas"}
_ENDED: Final = {"refused": "usaha menyatakan tidak setuju", "withdrawn": "usaha mencabut persetujuannya"}
_MEDIA: Final = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """What was said. kind, means, capacity: of `KINDS`, `MEANS`, `CAPACITIES`; key: of the form; paper: (name, bytes) of what proves it."""

    kind: str
    on: date | None
    means: str
    capacity: str
    scope: str
    key: str
    paper: tuple[str, bytes] | None = None


def files_of(settings: Settings) -> Files:
    """Where the papers and photos of firms lie."""
    return Files(settings.data_dir / "ikm")


def record(session: Session, files: Files, ident: str, seen: int, word: Word, *, actor: str, today: date) -> bool:
    """
    Put a firm's word on record and publish or end by it; False where this very form was taken before.

    seen: the version of the firm that the reader saw.

    Raises:
        NotFound: no such firm. Conflict: it changed meanwhile. BadRequest: the word is not whole, or does not fit what holds.
        StorageFull: no room for the paper.
    """
    firm = locked_firm(session, ident)
    if sent_before(session, ConsentRow, form_key(word.key)):
        return False
    check_version(session, firm, seen, "business", ident)
    day = _checked(firm, word, today)
    row = ConsentRow(
        business_id=firm.id, kind=word.kind, on=day, means=word.means, capacity=word.capacity, scope=word.scope.strip(), form_key=word.key,
        made_by=actor,
    )  # fmt: skip
    if word.paper is not None:
        name, body = word.paper
        row.media = _media(name, body)
        row.sha256, row.size = keep_with(session, files, body), len(body)
        row.file_name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name).strip()[-200:]
    session.add(row)
    if word.kind == GIVEN:
        fresh = {"consented_on": day, "consent_refused_on": None, "consent_basis": f"{_BASIS[word.means]}; {row.scope}"[:200]}
    else:
        # from today on, so that no older list of consents in a workbook undoes it
        fresh = {"consented_on": None, "consent_refused_on": today, "consent_basis": _ENDED[word.kind]}
    changes = {name: [jsonable(getattr(firm, name)), jsonable(value)] for name, value in fresh.items() if getattr(firm, name) != value}
    apply_fields(firm, fresh)
    facts = {"means": word.means, "sha256": row.sha256, "changes": changes, "version": firm.version}
    audit(session, actor, f"consent.{word.kind}", "business", ident, **facts)
    tell(session, firm, products=True)
    return True


def _checked(firm: BusinessRow, word: Word, today: date) -> date:
    """The day of a word that is whole and fits what holds."""
    if word.kind not in KINDS or word.means not in MEANS or word.capacity not in CAPACITIES:
        raise BadRequest("Formulir ini tidak lengkap.", mend="Muat ulang halaman, lalu isi lagi.")
    if word.on is None:
        raise BadRequest("Tanggal pernyataan usaha belum diisi.", mend="Isi hari usaha menyatakannya.")
    if word.on > today:
        raise BadRequest("Tanggal pernyataan belum tiba.", mend="Isi hari usaha menyatakannya, paling akhir hari ini.")
    if len(word.scope.strip()) > LONGEST_SCOPE:
        raise BadRequest("Lingkupnya terlalu panjang.", mend=f"Tulis paling banyak {LONGEST_SCOPE} huruf.")
    if word.kind == GIVEN and not word.scope.strip():
        raise BadRequest("Lingkup persetujuan belum diisi.", mend="Tulis apa yang disetujui, misalnya: seluruh data yang boleh umum.")
    if word.kind == GIVEN and word.means == "form" and word.paper is None:
        raise BadRequest("Formulir yang ditandatangani belum dilampirkan.", mend="Lampirkan pindaian atau fotonya, atau pilih cara lain.")
    if word.kind == GIVEN and firm.consent_refused_on and word.on < firm.consent_refused_on:
        raise BadRequest(
            f"Usaha menolak diterbitkan pada {firm.consent_refused_on}; persetujuan yang lebih lama tidak membatalkannya.",
            mend="Mintalah persetujuan baru.",
        )
    if word.kind == "withdrawn" and firm.consented_on is None:
        raise BadRequest("Usaha ini tidak sedang diterbitkan.", mend="Catat sebagai penolakan bila usaha menolak.")
    return word.on


def _media(name: str, body: bytes) -> str:
    if len(body) > LARGEST:
        raise BadRequest(f"Berkas lebih dari {LARGEST >> 20} MiB.", mend="Kecilkan, misalnya dengan memindai ulang pada 150 dpi.")
    media, begins = _MEDIA.get(Path(name).suffix.lower(), ("", b"\0"))
    if not media or not body.startswith(begins):
        raise BadRequest("Jenis berkas tidak diterima.", mend="Pakai PDF, JPG atau PNG yang utuh.")
    return media
