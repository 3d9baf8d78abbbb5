"""
What forms of a case offer where nobody has written yet: the project's own wording of articles, and what the case says elsewhere.

None of it is law and none is saved unasked: it stands in the form, marked by where it comes from, until a person saves it. Wording of
articles is that which a paper would have anyway (`letters/clauses.py`); the rest are proposals of this project for such agreements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from exchange.reports.case_deeds import funding, recitals
from exchange.reports.case_view import CaseView
from exchange.reports.filling import Filling
from exchange.reports.letters import clauses
from exchange.reports.letters.own_text import Part, lines_of

Source = Literal["match", "usual", "case", "node"]


class Proposal(NamedTuple):
    """A value that a form offers. source: the matches, the project's usual wording, the case's other texts, or the node's settings."""

    value: Any
    source: Source


_KB, _PKS, _NK = "Kesepakatan Bersama", "Perjanjian Kerja Sama", "Nota Kesepakatan"
# wording of articles: field, name of the deed, and the project's wording
_ARTICLES: Final[tuple[tuple[str, str, Callable[[clauses.Deed], list[Part]]], ...]] = (
    ("tindak_lanjut", _KB, clauses.followed_up), ("kahar_kb", _KB, clauses.beyond_power), ("perubahan_kb", _KB, clauses.how_it_changes),
    ("pengakhiran_kb", _KB, clauses.how_it_ends), ("korespondensi_kb", _KB, clauses.when_addresses_change),
    ("keadaan_kahar", _PKS, clauses.beyond_power), ("perubahan", _PKS, clauses.how_it_changes), ("pengakhiran", _PKS, clauses.how_it_ends),
    ("surat_menyurat", _PKS, clauses.when_addresses_change),
)  # fmt: skip
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "pelaksanaan_pks": (
        "setiap transaksi dicatat sebagai penawaran, pesanan dan penerimaan, dengan jumlah dan nilainya",
        "harga, mutu dan waktu penyerahan disepakati antara penjual dan pembeli dalam tiap pesanan",
        "PARA PIHAK menunjuk pejabat penghubung pada kantor masing-masing",
    ),
    "hak_kewajiban": (
        "Hak Pihak Kesatu:", "menerima data kebutuhan dari Pihak Kedua", "menerima laporan penyerapan produk",
        "Kewajiban Pihak Kesatu:", "menyediakan data kapasitas dan harga yang mutakhir",
        "membina industri kecil dan menengah yang terlibat", "Hak Pihak Kedua:", "menerima data kapasitas dan harga dari Pihak Kesatu",
        "memperoleh produk sesuai mutu yang disepakati", "Kewajiban Pihak Kedua:", "menyediakan data kebutuhan yang mutakhir",
        "memfasilitasi pembeli di wilayah atau lingkungannya",
    ),
    "pendanaan": (
        "biaya pelaksanaan perjanjian ini dibebankan pada anggaran masing-masing pihak",
        "harga barang dibayar oleh pembeli kepada penjual dan tidak menjadi beban anggaran daerah yang memfasilitasi",
    ),
    "sanksi": ("teguran tertulis", "penghentian sementara pertukaran data", "pengakhiran perjanjian"),
    "pertukaran_data": ("kapasitas produksi bulanan", "daftar harga hasil negosiasi", "kontak jabatan kantor dan usaha"),
    "rencana_kegiatan": (
        "Pertukaran data kebutuhan dan kapasitas | setiap bulan | kantor PARA PIHAK | data mutakhir",
        "Pertemuan penjual dan pembeli | setiap triwulan | kantor PARA PIHAK | pesanan menurut objek perjanjian",
        "Pemantauan dan evaluasi | setiap tahun | kantor PARA PIHAK | satu laporan",
    ),
}  # fmt: skip
_PAYS: Final = "Pembiayaan yang timbul dari Kesepakatan Bersama ini dibebankan pada anggaran PARA PIHAK sesuai dengan tugas masing-masing."
# what a step records, by what the case's text says already
_RECORDED: Final[Mapping[str, str]] = {
    "nomor_kb_kami": "kb_nomor_kami", "nomor_kb_mitra": "kb_nomor_mitra", "tempat_kb": "kb_tempat", "tanggal_kb": "kb_hari",
    "penandatangan_kb": "kb_penandatangan", "nomor_pks_kami": "pks_nomor_kami", "nomor_pks_mitra": "pks_nomor_mitra",
    "tempat_pks": "pks_tempat", "tanggal_pks": "pks_hari", "penandatangan_pks": "pks_penandatangan",
    "tanggal_nk": "nk_hari", "nk_berakhir": "nk_sampai", "penandatangan_nk": "nk_penandatangan",
    "tanggal_adendum": "adendum_hari", "uraian_adendum": "adendum_perubahan", "penandatangan_adendum": "adendum_penandatangan",
    "dasar_akhir": "akhir_dasar", "tanggal_akhir": "akhir_sejak", "penyelesaian": "akhir_penyelesaian",
    "nomor_penawaran": "penawaran_nomor", "tanggal_penawaran": "penawaran_hari", "tujuan_penawaran": "penawaran_tujuan",
    "batas_jawaban": "penawaran_batas", "pejabat_memo_dprd": "pejabat_memo_dprd",
}  # fmt: skip


def proposals(case: CaseView, matched: Mapping[str, str]) -> dict[str, Proposal]:
    """
    What forms offer, by field. matched: texts that the matches under the case propose; they come first.
    """
    found = {name: Proposal(text, "match") for name, text in matched.items()}
    for name, value, source in (*_said_before(case), *_of_node(case), *_usual(case)):
        if value and name not in found:
            found[name] = Proposal(value, source)
    return found


def _said_before(case: CaseView) -> Iterator[tuple[str, Any, Source]]:
    facts = case.row.facts
    for name, text in _RECORDED.items():
        yield name, facts.get(text), "case"
    meant, aimed = case.goals("", "maksud_tujuan")
    for text, first, second in (("kb", meant, aimed), ("nk", meant, aimed), ("pks", *case.goals("maksud_kb", "tujuan_kb"))):
        yield f"maksud_{text}", "\n".join(first or meant), "case"
        yield f"tujuan_{text}", "\n".join(second or aimed), "case"
        yield f"maksud_{text}", f"menjadi dasar bagi PARA PIHAK untuk melaksanakan kerja sama tentang {case.row.title}", "usual"
    yield "pertimbangan_kb", "\n".join(recitals(case.parts("latar_belakang"))), "case"
    for name, text in (("nomor_adendum", "adendum"), ("nomor_nk", "nk")):
        sides = (case.text(f"{text}_nomor_{side}") for side in ("kami", "mitra"))
        yield name, " dan ".join(number for number in sides if number), "case"
    yield "lingkup_pks", case.text("lingkup_kb"), "case"
    for signers in ("kb_penandatangan", "pks_penandatangan", "nk_penandatangan", "adendum_penandatangan", "akhir_penandatangan"):
        yield signers, _sign_too(case, signers), "case"
    for text in ("adendum", "akhir"):
        yield f"{text}_tempat", case.text_of("pks", "tempat") or case.text_of("kb", "tempat"), "case"


def _sign_too(case: CaseView, signers: str) -> list[dict[str, str]]:
    """Those who signed the text before sign the next one too, as far as it is known; else our head by the offer."""
    before = {"kb_penandatangan": "", "nk_penandatangan": "", "pks_penandatangan": "kb"}.get(signers, "pks")
    if before and (found := case.signers_of(before)):
        return found
    head = case.head()
    if not head.name or not head.title or (before and signers != "pks_penandatangan"):
        return []
    return [{"pihak": "kami", "nama": head.name, "jabatan": head.title, "peran": "kepala_daerah"}]


def _of_node(case: CaseView) -> Iterator[tuple[str, Any, Source]]:
    its = case.settings
    yield "kantor_kami", its.office, "node"
    yield "alamat_surat_kami", its.office_address, "node"
    yield "surel_kami", None if its.contact.endswith(".invalid") else its.contact, "node"


def _usual(case: CaseView) -> Iterator[tuple[str, Any, Source]]:
    third = case.row.instrument == "ksdpk"
    for name, title, wording in _ARTICLES:
        deed = _NK if case.row.instrument == "sinergi" else title
        yield name, _written(deed, wording), "usual"
    for name, title in (("perselisihan_kb", _KB), ("perselisihan", _PKS)):
        between = _third(case.forum) if third else clauses.disputes_between
        yield name, _written(title, between), "usual"
    for name, lines in _LISTS.items():
        yield name, "\n".join(lines), "usual"
    yield "pembiayaan_kb", funding(case) or _PAYS, "case" if funding(case) else "usual"


def _third(forum: str) -> Callable[[clauses.Deed], Iterable[Part]]:
    return lambda deed: clauses.disputes_of_third(deed, forum)


def _written(title: str, wording: Callable[[clauses.Deed], Iterable[Part]]) -> str:
    return lines_of(wording(clauses.Deed(Filling(), title)))
