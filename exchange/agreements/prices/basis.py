"""
On what a version of a price list rests, and when a case may take one.

Source: PP 28/2018 Pasal 6 ayat (1) huruf f (the text is drafted) and ayat (3); that prices which the contract itself lets the sides set
anew need no addendum is ours, see docs/agreements.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from exchange.agreements.case import Case
from exchange.errors import BadRequest, Conflict

DRAFT, ANNEX, ADDENDUM, CLAUSE = "naskah", "lampiran", "adendum", "klausul"
LABELS: Final[dict[str, str]] = {
    DRAFT: "bagian naskah PKS yang sedang disusun",
    ANNEX: "lampiran PKS yang sudah ditandatangani",
    ADDENDUM: "adendum",
    CLAUSE: "ketentuan PKS tentang perubahan harga",
}
DRAFTING, SIGNED, CARRIED_OUT = "penyusunan_pks", "ttd_pks", "pelaksanaan"
TAKES: Final = frozenset({DRAFTING, SIGNED, CARRIED_OUT})
ARTICLES: Final[dict[str, str]] = {
    DRAFT: "PP 28/2018 Pasal 6 ayat (1) huruf f",
    ANNEX: "PP 28/2018 Pasal 6 ayat (1) huruf g",
    ADDENDUM: "PP 28/2018 Pasal 6 ayat (3)",
    CLAUSE: "PP 28/2018 Pasal 6 ayat (3)",
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a new version rests on. since: its first day, None: the contract's; reference: addendum, or article and minutes."""

    basis: str
    since: date | None = None
    reference: str | None = None
    note: str | None = None


def open_for(case: Case, versions: int, addenda: Sequence[tuple[str, date]]) -> list[str]:
    """The bases on which the case may take a version now; none where it takes none. addenda: number and day of those on record."""
    if case.state == DRAFTING:
        return [] if "naskah_pks" in case.papers else [DRAFT]
    if case.state not in TAKES:
        return []
    found = [] if versions else [ANNEX]
    if case.state == CARRIED_OUT and addenda:
        found.append(ADDENDUM)
    return [*found, CLAUSE]


def why_closed(case: Case) -> tuple[str, str]:
    """Why the case takes no version now, and what to do."""
    if case.state == DRAFTING:
        return "Naskah PKS sudah dibekukan bersama daftar harganya.", "Isi lagi naskahnya (langkah isi_pks), ubah harga, lalu bekukan lagi."
    if case.state in {"ditangguhkan", "berakhir", "batal"}:
        return "Perjanjian ini tidak dilaksanakan; harganya tertutup dan tidak berubah.", "Lanjutkan perkaranya, atau buka perkara baru."
    return "Daftar harga disusun bersama naskah PKS.", "Bawa perkaranya sampai tahap penyusunan PKS dahulu."


def check(case: Case, ground: Ground, versions: int, addenda: Sequence[tuple[str, date]], on: date) -> Ground:
    """
    The ground as it is kept.

    Raises:
        Conflict: the case takes no version now. BadRequest: not on that basis, or what it wants is missing.
    """
    allowed = open_for(case, versions, addenda)
    if not allowed:
        why, mend = why_closed(case)
        raise Conflict(why, mend=mend)
    if ground.basis not in allowed:
        there = "; ".join(f"{name} ({LABELS[name]})" for name in allowed)
        raise BadRequest(f"Daftar harga tidak dapat berdasar {ground.basis[:20]!r} sekarang.", mend=f"Yang mungkin: {there}.")
    said, note = (ground.reference or "").strip() or None, (ground.note or "").strip()[:500] or None
    if ground.basis in {DRAFT, ANNEX}:
        if ground.since is not None:
            raise BadRequest("Harga naskah PKS berlaku sejak hari pertama PKS.", mend="Kosongkan tanggalnya; baris boleh punya tanggal.")
        return Ground(ground.basis, None, said and said[:200], note)
    if ground.since is None:
        raise BadRequest("Belum disebut sejak kapan harga baru berlaku.", mend="Isi hari pertamanya.")
    first, last = case.day("pks_mulai"), case.day("pks_berakhir")
    if (first and ground.since < first) or (last and ground.since > last):
        raise BadRequest(f"{ground.since} di luar jangka waktu perjanjian ({first} sampai {last}).", mend="Pilih hari di dalamnya.")
    if ground.basis == ADDENDUM:
        signed = dict(addenda).get(said or "")
        if signed is None:
            there = ", ".join(number for number, _ in addenda)
            raise BadRequest(f"Adendum {said or '(kosong)'} tidak tercatat pada perkara ini.", mend=f"Yang tercatat: {there}.")
        if ground.since < signed:
            raise BadRequest(
                f"Adendum {said} ditandatangani {signed}; harganya tidak berlaku surut.", mend=f"Pilih {signed} atau sesudahnya."
            )
    else:
        if said is None or len(said) < 10:
            raise BadRequest(
                "Belum disebut pasal PKS yang membolehkan dan berita acaranya.",
                mend="Tulis misalnya: Pasal 7 ayat (2) PKS; Berita Acara 12/2027 tanggal 3 Mei 2027.",
            )
        if ground.since < on:
            raise BadRequest("Harga menurut ketentuan PKS tidak berlaku surut.", mend=f"Pilih {on} atau sesudahnya.")
    if said and len(said) > 200:
        raise BadRequest("Rujukannya terlalu panjang.", mend="Paling banyak 200 huruf.")
    return Ground(ground.basis, ground.since, said, note)
