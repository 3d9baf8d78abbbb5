"""
What a case shows to the other side: shared facts alone, in the protocol's words.

What an office does at home (terms of reference, reviews, the council) is no part of it: such steps change nothing here. The states are
those of the Dataspace Protocol's contract negotiation, with SUSPENDED and ENDED, for which it has no word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exchange.agreements.objects import objects_as_json
from exchange.store.agreements import AgreementObjectRow, AgreementRow

_STATES: Final = {
    "identifikasi": "REQUESTED", "persiapan": "REQUESTED", "telaah_tkksd": "REQUESTED", "penawaran": "OFFERED",
    "penyusunan_kb": "ACCEPTED",
    # whether a council must agree is a matter at home: the other side learns of the signature and then of the next one
    "ttd_kb": "AGREED", "persetujuan_dprd": "AGREED", "tidak_perlu_dprd": "AGREED", "penyusunan_pks": "AGREED",
    "ttd_pks": "VERIFIED", "pelaksanaan": "FINALIZED", "ditangguhkan": "SUSPENDED", "berakhir": "ENDED", "batal": "TERMINATED",
}  # fmt: skip
# what the other side holds shut; it shuts ours until a person has looked
CLOSING: Final = frozenset({"SUSPENDED", "ENDED", "TERMINATED"})
_PAPERS: Final = {
    "surat_penawaran": "penawaran", "surat_penawaran_mitra": "penawaran", "surat_jawaban": "jawaban", "naskah_kb": "naskah_kb", "kb": "kb",
    "naskah_pks": "naskah_pks", "pks": "pks", "adendum": "adendum", "berita_acara_tangguh": "penangguhan",
    "berita_acara_akhir": "pengakhiran",
}  # fmt: skip
_NUMBERS: Final = {"nomor_penawaran": "penawaran", "nomor_jawaban": "jawaban", "nomor_adendum": "adendum"}
_DAYS: Final = {
    "tanggal_penawaran": "penawaran", "tanggal_jawaban": "jawaban", "tanggal_kb": "kb", "kb_mulai": "kb_mulai",
    "kb_berakhir": "kb_berakhir", "tanggal_pks": "pks", "pks_mulai": "pks_mulai", "pks_berakhir": "pks_berakhir",
    "tanggal_adendum": "adendum", "tanggal_tangguh": "penangguhan", "tanggal_akhir": "pengakhiran",
}  # fmt: skip


def state_of(row: AgreementRow) -> str:
    """The protocol's word for a case's state; a counter-offer asks anew."""
    said = _STATES[row.state]
    return "REQUESTED" if said == "OFFERED" and "surat_tawaran_balik" in row.papers else said


def view_of(row: AgreementRow, objects: Sequence[AgreementObjectRow], home: str, other: str) -> dict[str, Any]:
    """
    The shared facts of a case of the instrument `ksdd`, as `schemas.twin.TwinView` has them.

    home, other: regions of both sides, by which the numbers of signed documents are told apart.
    """
    numbers = {word: _line(row.facts[name]) for name, word in _NUMBERS.items() if row.facts.get(name)}
    for kind in ("kb", "pks"):
        for side, region in (("kami", home), ("mitra", other)):
            if said := row.facts.get(f"nomor_{kind}_{side}"):
                numbers[f"{kind}/{region}"] = _line(said)
    return {
        "instrument": row.instrument,
        "state": state_of(row),
        "documents": {word: row.papers[name] for name, word in _PAPERS.items() if row.papers.get(name)},
        "numbers": numbers,
        "days": {word: row.facts[name] for name, word in _DAYS.items() if row.facts.get(name)},
        "objects": objects_as_json(objects),
    }


def _line(said: Any) -> str:
    """A number as one line of at most 200 letters, whatever was typed."""
    return " ".join(str(said).split())[:200]
