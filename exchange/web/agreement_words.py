"""The words of cases of cooperation: choices, roles, phases; and values of their fields as people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.agreements.rules import Field, Rules
from exchange.web.shown import day
from exchange.web.words import yes_no

CHOICES: dict[str, object] = {
    "darurat": _l("keadaan darurat"),
    "strategis_nasional": _l("program strategis nasional"),
    "tugas_pembantuan": _l("penugasan berdasarkan asas tugas pembantuan"),
    "daerah": _l("pemerintah daerah"),
    "pihak_ketiga": _l("pihak ketiga"),
    "layak": _l("layak"),
    "revisi": _l("perlu revisi"),
    "tolak": _l("ditolak"),
    "basah": _l("tanda tangan basah"),
    "elektronik": _l("tanda tangan elektronik"),
    "jangka_waktu": _l("jangka waktunya berakhir (huruf a)"),
    "tujuan_tercapai": _l("tujuannya telah tercapai (huruf b)"),
    "kesepakatan": _l("para pihak sepakat mengakhiri (huruf c)"),
    "perubahan_kebijakan": _l("perubahan kebijakan atau peraturan (huruf d)"),
    "objek_hilang": _l("objeknya hilang atau musnah (huruf e)"),
    "putusan_pengadilan": _l("putusan pengadilan (hanya pihak ketiga)"),
    "pailit": _l("pihak ketiga pailit (hanya pihak ketiga)"),
}
ROLES: dict[str, object] = {
    "kepala_daerah": _l("kepala daerah"),
    "pejabat_kuasa": _l("pejabat dengan surat kuasa"),
    "pimpinan_pihak_ketiga": _l("pimpinan pihak ketiga"),
    "menteri": _l("menteri atau kepala lembaga"),
    "pejabat_kementerian": _l("pejabat kementerian/lembaga"),
}
SIDES: dict[str, object] = {"kami": _l("pihak kami"), "mitra": _l("pihak mitra")}
CATEGORIES: dict[str, object] = {"wajib": _l("kerja sama wajib"), "sukarela": _l("kerja sama sukarela")}
INSTRUMENTS: dict[str, object] = {"ksdd": _l("KSDD"), "ksdpk": _l("KSDPK"), "sinergi": _l("Sinergi")}
# what staff call it, and what a contract is shown to open
TIERS: dict[str, object] = {
    "public": _l("hanya yang terbuka untuk umum"),
    "agreed": _l("yang dibuka Kesepakatan Bersama"),
    "contracted": _l("yang dibuka Perjanjian Kerja Sama, untuk objeknya"),
}
# the columns of the board; a node's states are the table's, so that each has its place
PHASES: tuple[tuple[str, object, tuple[str, ...]], ...] = (
    ("persiapan", _l("Persiapan"), ("identifikasi", "persiapan", "telaah_tkksd")),
    ("penawaran", _l("Penawaran"), ("penawaran",)),
    ("kb", _l("Kesepakatan Bersama"), ("penyusunan_kb", "ttd_kb", "penyusunan_nk", "ttd_nk")),
    ("dprd", _l("DPRD"), ("persetujuan_dprd", "tidak_perlu_dprd")),
    ("pks", _l("Perjanjian Kerja Sama"), ("penyusunan_pks", "ttd_pks")),
    ("pelaksanaan", _l("Pelaksanaan"), ("pelaksanaan", "pelaksanaan_nk", "ditangguhkan")),
    ("selesai", _l("Selesai"), ("berakhir", "batal")),
)


def choice(code: str) -> object:
    """The word of a choice; of a node's own choice the code with spaces."""
    return CHOICES.get(code, code.replace("_", " "))


def told(rules: Rules, name: str, value: Any) -> str:
    """A value of a field as people read it."""
    if value in (None, "", []):
        return str(_("tidak ada"))
    field = rules.fields.get(name)
    if field is None:
        return str(value)
    return _of(field, value)


def _of(field: Field, value: Any) -> str:
    if field.kind == "flag":
        return str(yes_no(value))
    if field.kind == "date" and isinstance(value, str):
        return day(date.fromisoformat(value))
    if field.kind == "choice":
        return str(choice(value))
    if field.kind == "signers" and isinstance(value, list):
        return "; ".join(signer(one) for one in value)
    return str(value)


def signer(one: dict[str, str]) -> str:
    """One who signed, in a line."""
    base = f"{one['nama']}, {one['jabatan']} ({SIDES.get(one['pihak'], one['pihak'])}, {ROLES.get(one['peran'], one['peran'])})"
    if one.get("kuasa_nomor"):
        base += f", {_('surat kuasa')} {one['kuasa_nomor']}"
    return base
