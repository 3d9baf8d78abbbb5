"""Where a case is filled in so that a paper has no blank: what the paper calls a missing fact, the field that holds it, and the step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from exchange.agreements.rules import Rules

_PARTY = {
    "alamat": "alamat", "kantor korespondensi": "kantor", "perangkat daerah": "kantor", "alamat korespondensi": "alamat_surat",
    "kode pos": "kode_pos", "pos-el korespondensi": "surel", "telepon korespondensi": "telepon", "akta": "akta",
}  # fmt: skip
_SIDE: Final = {"KESATU": "kami", "KEDUA": "mitra"}
# the fields of each kind of paper: intents, aims, scope, what is done at the end
_OF: Final[dict[str, dict[str, str]]] = {
    "kesepakatan_bersama": {
        "text": "kb", "maksud kerja sama": "maksud_kb", "tujuan kerja sama": "tujuan_kb", "ruang lingkup": "lingkup_kb",
        "pertimbangan": "pertimbangan_kb", "pembiayaan": "pembiayaan_kb", "awal jangka waktu": "kb_mulai",
        "akhir jangka waktu": "kb_berakhir", "penyelesaian perselisihan": "perselisihan_kb", "keadaan kahar": "kahar_kb",
        "perubahan": "perubahan_kb", "tata cara pengakhiran": "pengakhiran_kb", "ketentuan surat-menyurat": "korespondensi_kb",
    },
    "pks": {
        "text": "pks", "maksud kerja sama": "maksud_pks", "tujuan kerja sama": "tujuan_pks", "ruang lingkup": "lingkup_pks",
        "awal jangka waktu": "pks_mulai", "akhir jangka waktu": "pks_berakhir", "jangka waktu yang tidak melampaui": "pks_berakhir",
        "penyelesaian perselisihan": "perselisihan", "keadaan kahar": "keadaan_kahar", "perubahan": "perubahan",
        "tata cara pengakhiran": "pengakhiran", "ketentuan surat-menyurat": "surat_menyurat", "tanggal surat kuasa": "pks_penandatangan",
        "nomor surat kuasa": "pks_penandatangan",
    },
    "nota_kesepakatan": {
        "text": "nk", "maksud kerja sama": "maksud_nk", "tujuan kerja sama": "tujuan_nk", "akhir jangka waktu": "nk_sampai",
        "awal jangka waktu": "nk_hari", "perubahan": "perubahan", "ketentuan surat-menyurat": "surat_menyurat",
    },
    "adendum": {"text": "adendum"},
    "berita_acara_pengakhiran": {"text": "akhir", "alasan pengakhiran": "akhir_dasar"},
    "surat_penawaran": {"nama penanda tangan": "kepala_nama", "jabatan penanda tangan": "kepala_jabatan",
                        "nomor surat": "penawaran_nomor", "tanggal surat": "penawaran_hari"},
    "permohonan_dprd": {"nama penanda tangan": "kb_penandatangan", "jabatan penanda tangan": "kb_penandatangan"},
    "kak": {"nama penanda tangan": "kak_nama", "jabatan penanda tangan": "kak_jabatan", "tanggal": "kak_hari"},
    "surat_kuasa": {"nomor surat kuasa": "pks_penandatangan", "tanggal surat kuasa": "pks_penandatangan"},
}  # fmt: skip
# how the name of a missing fact begins, the longest first, and the field that holds it
_ELSE: Final[dict[str, str]] = {
    "objek kerja sama": "objek_kb", "cara pelaksanaan": "pelaksanaan_pks", "hak PIHAK": "hak_kewajiban", "kewajiban PIHAK": "hak_kewajiban",
    "pendanaan": "pendanaan", "data yang dipertukarkan": "pertukaran_data", "sanksi": "sanksi", "rencana kerja": "rencana_kegiatan",
    "kegiatan ": "rencana_kegiatan", "waktu kegiatan": "rencana_kegiatan", "pelaksana kegiatan": "rencana_kegiatan",
    "target kegiatan": "rencana_kegiatan", "nomor Kesepakatan Bersama": "kb_nomor_kami", "tanggal Kesepakatan Bersama": "kb_hari",
    "Kesepakatan Bersama yang ditindaklanjuti": "kb_nomor_kami", "nomor Perjanjian Kerja Sama": "pks_nomor_kami",
    "tanggal Perjanjian Kerja Sama": "pks_hari", "nomor persetujuan DPRD": "nomor_memo_dprd", "tanggal persetujuan DPRD":
    "tanggal_memo_dprd", "jawaban apakah persetujuan DPRD": "membebani_masyarakat", "jawaban: ": "membebani_masyarakat",
    "jawaban yang membebaskan": "membebani_masyarakat", "alasan permohonan": "membebani_masyarakat",
    "tahun anggaran": "tahun_apbd", "pejabat yang menjawab": "penjawab_dprd", "bukti jawaban tentang beban": "alasan_beban",
    "bukti jawaban tentang penganggaran": "alasan_anggaran", "bukti: rencana kerja sama membebani": "alasan_beban",
    "bukti: pendanaan": "alasan_anggaran", "nomor nota DPRD": "nomor_memo_dprd", "tanggal nota DPRD": "tanggal_memo_dprd",
    "nama pejabat yang memutuskan": "pejabat_memo_dprd", "jabatan pejabat yang memutuskan": "jabatan_memo_dprd",
    "nomor studi kelayakan": "nomor_studi", "tanggal studi kelayakan": "tanggal_studi", "sasaran kerja sama": "sasaran",
    "tugas PIHAK KESATU": "tugas_kami", "tugas PIHAK KEDUA": "tugas_mitra", "tindak lanjut": "tindak_lanjut",
    "urutan adendum": "adendum_ke", "alasan perubahan": "adendum_alasan", "ketentuan yang diubah": "adendum_perubahan",
    "tempat perubahan": "adendum_perubahan", "bunyi semula": "adendum_perubahan", "bunyi baru": "adendum_perubahan",
    "nomor naskah yang diubah": "pks_nomor_kami", "tanggal naskah yang diubah": "pks_hari",
    "alasan pengakhiran": "akhir_dasar", "tanggal berakhir": "akhir_sejak", "bukti alasan pengakhiran": "akhir_bukti",
    "hasil kerja sama": "akhir_hasil", "hak atau kewajiban": "akhir_penyelesaian", "penyelesaian ": "akhir_penyelesaian",
    "batas penyelesaian": "akhir_penyelesaian", "nama pemberi kuasa": "kb_penandatangan", "jabatan pemberi kuasa": "kb_penandatangan",
    "pemberi kuasa yang adalah": "kb_penandatangan", "alamat pemberi kuasa": "alamat_kami", "nama penerima kuasa": "pks_penandatangan",
    "jabatan penerima kuasa": "pks_penandatangan", "perangkat daerah penerima kuasa": "kantor_kami", "akhir kuasa": "kuasa_sampai",
    "latar belakang": "latar_belakang", "maksud kerja sama": "maksud_tujuan", "tujuan kerja sama": "maksud_tujuan",
    "pertimbangan": "latar_belakang", "lokasi kerja sama": "lokasi", "ruang lingkup": "ruang_lingkup", "jangka waktu": "jangka_waktu",
    "awal jangka waktu": "jangka_waktu", "akhir jangka waktu": "jangka_waktu", "manfaat": "manfaat", "analisis dampak": "dampak",
    "sumber pembiayaan": "pembiayaan", "kegiatan yang dibiayai": "pembiayaan", "pembiayaan": "pembiayaan",
    "tujuan surat": "penawaran_tujuan", "tempat tujuan surat": "penawaran_tempat", "alasan penawaran": "penawaran_alasan",
    "tanggal jawaban diharapkan": "penawaran_batas", "nomor surat": "nomor_permohonan_dprd", "tanggal surat": "tanggal_permohonan_dprd",
    "nama barang": "objek", "volume": "objek", "satuan barang": "objek", "barang": "objek", "kebutuhan": "objek", "kapasitas": "objek",
    "uraian barang": "objek", "cakupan barang": "objek", "nilai barang": "objek",
}  # fmt: skip
_OF_NODE: Final = {"alamat kantor": "EXCHANGE_OFFICE_ADDRESS", "kontak kantor": "EXCHANGE_CONTACT", "kantor penghubung": "EXCHANGE_CONTACT"}


class Blank(NamedTuple):
    """
    A fact that a paper lacks. says: what the paper calls it; field: of the rule table, `objek` for the objects, None where the case does
    not hold it.

    step: one that can be taken now and asks for it; elsewhere: labels of the steps of other stages that do, where none can be taken now;
    setting: of the node, where one holds it.
    """

    says: str
    field: str | None
    step: str | None = None
    elsewhere: tuple[str, ...] = ()
    setting: str | None = None


def blanks(kind: str, missing: Sequence[str], rules: Rules, state: str, instrument: str) -> list[Blank]:
    """Each thing that a paper of that kind lacks, with where it is filled in from the state that the case is in."""
    return [_blank(kind, says, rules, state, instrument) for says in missing]


def _blank(kind: str, says: str, rules: Rules, state: str, instrument: str) -> Blank:
    name = field_of(kind, says)
    if name is None:
        return Blank(says, None, setting=next((its for begin, its in _OF_NODE.items() if says.startswith(begin)), None))
    there = [step for step in rules.steps_from(state, instrument) if name in step.takes() or (name == "objek" and step.objects)]
    if there:
        # a form for the text comes before the step that records what was done with it
        return Blank(says, name, min(there, key=lambda step: (step.to is not None, bool(step.fields))).name)
    asking = [
        step.label
        for step in rules.steps.values()
        if (name in step.takes() or (name == "objek" and step.objects)) and (not step.instruments or instrument in step.instruments)
    ]
    return Blank(says, name, None, tuple(asking))


def field_of(kind: str, says: str) -> str | None:
    """The field that holds what a paper calls by that name; None where no field of a case does."""
    its = _OF.get(kind.removesuffix("_pihak_ketiga"), {})
    text = its.get("text")
    side = re.search(r"PIHAK (KESATU|KEDUA)", says)
    if side and (part := next((field for begin, field in sorted(_PARTY.items(), key=_longest) if says.startswith(f"{begin} PIHAK")), None)):
        return f"{part}_{_SIDE[side[1]]}"
    if text and side and says.startswith("nomor naskah PIHAK"):
        return f"{text}_nomor_{_SIDE[side[1]]}"
    if text and says.startswith(("nama penanda tangan", "jabatan penanda tangan", "tanda tangan kepala daerah", "nomor surat kuasa",
                                 "tanggal surat kuasa")):  # fmt: skip
        return f"{text}_penandatangan"
    if text and says.startswith("tanggal penandatanganan"):
        return f"{text}_hari"
    if text and says.startswith("tempat penandatanganan"):
        return f"{text}_tempat"
    for known in (its, _ELSE):
        for begin, field in sorted(known.items(), key=_longest):
            if begin != "text" and says.startswith(begin):
                return field
    return None


def _longest(known: tuple[str, str]) -> int:
    return -len(known[0])
