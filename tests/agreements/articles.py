"""
What recurs in the law of cooperation, said a second time beside the rule table: what must be there, who may sign, what a term may be.

Nothing here reads the table: what is wanted stands in words of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

KAK = {"latar_belakang", "maksud_tujuan", "lokasi", "ruang_lingkup", "jangka_waktu", "manfaat", "dampak", "pembiayaan"}
FIRST = {"urusan", "rujukan_rencana", "pengecualian", "tidak_bertentangan", "prakarsa"}
KB_TEXT = {"para_pihak", "objek_kb", "lingkup_kb", "kb_mulai", "kb_berakhir", "tindak_lanjut"}
KB_SIGNED = {"nomor_kb_kami", "nomor_kb_mitra", "tempat_kb", "tanggal_kb", "cara_kb", "penandatangan_kb", "hash_kb_mitra"}
PKS_TEXT = {
    "tujuan_pks", "lingkup_pks", "pelaksanaan_pks", "hak_kewajiban", "pks_mulai", "pks_berakhir", "perselisihan", "sanksi", "pendanaan",
    "pertukaran_data", "keadaan_kahar", "perubahan", "pengakhiran", "surat_menyurat",
}  # fmt: skip
PARTIES = {
    f"{part}_{side}" for side in ("kami", "mitra") for part in ("alamat", "kantor", "alamat_surat", "kode_pos", "telepon", "surel")
} | {"akta_mitra"}  # fmt: skip
KB_CLAUSES = {
    "pertimbangan_kb", "maksud_kb", "tujuan_kb", "pembiayaan_kb", "perselisihan_kb", "kahar_kb", "perubahan_kb", "pengakhiran_kb",
    "korespondensi_kb",
}  # fmt: skip
KAK_SIGNED = {"kak_nama", "kak_jabatan", "kak_hari"}
OFFER_TEXT = {f"penawaran_{part}" for part in ("nomor", "hari", "tujuan", "tempat", "alasan", "batas")} | {"kepala_nama", "kepala_jabatan"}
COUNCIL_NOTE = {"nomor_memo_dprd", "tanggal_memo_dprd", "jabatan_memo_dprd"}
COUNCIL = COUNCIL_NOTE | {"pejabat_memo_dprd", "alasan_beban", "alasan_anggaran", "sasaran"}
PKS_CLAUSES = {
    "maksud_pks", "rencana_kegiatan", "nomor_studi", "tanggal_studi", "nomor_memo_dprd", "tanggal_memo_dprd", "kuasa_sampai",
}  # fmt: skip
NK_TEXT = {"maksud_nk", "tujuan_nk", "tugas_kami", "tugas_mitra", "nk_sampai", "rencana_kegiatan", "perubahan", "surat_menyurat"}
ADDENDUM_TEXT = {"adendum_ke", "adendum_alasan", "adendum_perubahan"}
ENDING_TEXT = {"akhir_dasar", "akhir_sejak", "akhir_bukti", "akhir_hasil", "akhir_penyelesaian"}
PKS_SIGNED = {"nomor_pks_kami", "nomor_pks_mitra", "tempat_pks", "tanggal_pks", "penandatangan_pks", "hash_pks_mitra"}
DPRD = {"membebani_masyarakat", "membebani_daerah", "teranggarkan", "tahun_apbd", "penjawab_dprd"}
ADDENDUM = {"nomor_adendum", "tanggal_adendum", "uraian_adendum", "penandatangan_adendum"}
ENDING = {"dasar_akhir", "tanggal_akhir", "penyelesaian", "alasan"}
NK = {"nomor_nk", "tanggal_nk", "nk_berakhir", "penandatangan_nk"}
SIGNED_STATES = {"ttd_kb", "persetujuan_dprd", "tidak_perlu_dprd", "penyusunan_pks", "ttd_pks"}
BEFORE = {"identifikasi", "persiapan", "telaah_tkksd", "penawaran", "penyusunan_kb", "penyusunan_nk"}
HEAD, DELEGATE = "kepala_daerah", "pejabat_kuasa"
GROUNDS = {"jangka_waktu", "tujuan_tercapai", "kesepakatan", "perubahan_kebijakan", "objek_hilang"}


@dataclass
class Common:
    """A case as the law sees it, and what recurs in its articles. papers: what counts, by kind."""

    instrument: str
    state: str = "identifikasi"
    facts: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    objects: bool = False
    turn: int = 1

    def try_step(self, name: str, office: str, on: date, facts: dict[str, Any], papers: dict[str, str], objects: bool | None) -> bool:
        """Take the step where the law allows it; whether it did."""
        self.on, self.new, self.brought, self.new_objects = on, facts, papers, objects
        self.all = self.facts | facts
        self.have = self.papers | papers
        verdict = getattr(self, f"_{name}")(office)
        if verdict is None:
            return False
        state, forgotten, dropped = verdict
        self.facts = {key: value for key, value in self.all.items() if key not in forgotten}
        self.papers = {key: value for key, value in self.have.items() if key not in dropped}
        if objects is not None:
            self.objects = objects
        self.state = state
        return True

    # ------------------------------------------------------------------------------------------------ what recurs
    def _ok(
        self, office: str, states: set[str], offices: set[str], to: str | None = None, *, wants: set[str] = frozenset(),
        fresh: set[str] = frozenset(), may: set[str] = frozenset(), files: set[str] = frozenset(), fresh_files: set[str] = frozenset(),
        may_files: set[str] = frozenset(),
        objects: bool = False, forgets: set[str] = frozenset(), drops: set[str] = frozenset(), only: set[str] | None = None,
    ) -> tuple[str, set[str], set[str]] | None:  # fmt: skip
        """The common part: place, office, nothing strange given, all that is wanted there; fresh: what must come with this very step."""
        if self.state not in states or office not in offices or (only and self.instrument not in only):
            return None
        if (
            set(self.new) - (wants | fresh | may)
            or set(self.brought) - (files | fresh_files | may_files)
            or (self.new_objects is not None and not objects)
        ):
            return None
        if any(self.all.get(name) in (None, "", []) for name in wants) or any(self.new.get(name) in (None, "", []) for name in fresh):
            return None
        if files - self.have.keys() or fresh_files - self.brought.keys():
            return None
        if any(name.startswith("tanggal_") and date.fromisoformat(day) > self.on for name, day in self.new.items()):
            return None
        return (to or self.state, forgets, drops)

    def _signed_in_this_turn(self) -> bool:
        return "kb" in self.have or "nota_kesepakatan" in self.have

    def _leader(self) -> bool:
        offices = "wali kota|bupati|gubernur|kepala daerah|pimpinan|kepemimpinan|pejabat"
        return bool(re.search(rf"(ganti|pergantian|penggantian) ({offices})", str(self.all.get("alasan", "")), re.I))

    def _years(self, begin: str, end: str) -> bool:
        """Whether the term is one, and within policy or with a basis."""
        starts, ends = date.fromisoformat(self.all[begin]), date.fromisoformat(self.all[end])
        anniversary = starts.replace(year=starts.year + 5, day=28 if (starts.month, starts.day) == (2, 29) else starts.day)
        return starts < ends and (ends <= anniversary or bool(self.all.get("dasar_jangka_waktu")))

    def _two_sides(self, name: str) -> bool:
        return {one["pihak"] for one in self.all[name]} == {"kami", "mitra"}

    def _needs_council(self) -> bool | None:
        said = [self.all.get(name) for name in ("membebani_masyarakat", "membebani_daerah", "teranggarkan")]
        return None if None in said else (said[0] and said[1]) or not said[2]

    def _as_frozen(self, text: str) -> bool:
        """Pasal 6(3): what the frozen text says of its numbers, day, place and signers is what was signed; where it is silent, anything."""
        for place, signed in (
            ("nomor_kami", f"nomor_{text}_kami"), ("nomor_mitra", f"nomor_{text}_mitra"), ("tempat", f"tempat_{text}"),
            ("hari", f"tanggal_{text}"),
        ):  # fmt: skip
            if self.all.get(f"{text}_{place}", self.all[signed]) != self.all[signed]:
                return False
        named = self.all.get(f"{text}_penandatangan") or []

        def persons(all_of, side):
            parts = ("nama", "jabatan", "peran", "kuasa_nomor", "kuasa_tanggal")
            return sorted([one.get(part) or "" for part in parts] for one in all_of if one["pihak"] == side)

        signed_by = self.all[f"penandatangan_{text}"]
        return all(persons(named, side) in ([], persons(signed_by, side)) for side in ("kami", "mitra"))

    def _heads_in(self, name: str) -> bool:
        """Pasal 2(1): no other than a head of region, of a third party its leader."""
        other = "pimpinan_pihak_ketiga" if self.instrument == "ksdpk" else HEAD
        return all(one["peran"] == (HEAD if one["pihak"] == "kami" else other) for one in self.all.get(name) or [])

    def _authorised(self, name: str, *, written: bool = False) -> bool:
        """
        Pasal 2: the head, or an official with a power of attorney whose number, day and scope are known; a third party by its leader.

        written: of a text that is not signed yet, which may leave places open, and needs no letter of its own.
        """
        if not written and not self._two_sides(name):
            return False
        for one in self.all.get(name) or []:
            if self.instrument == "ksdpk" and one["pihak"] == "mitra":
                if one["peran"] != "pimpinan_pihak_ketiga":
                    return False
            elif one["peran"] == DELEGATE:
                if not all(one.get(part) for part in ("kuasa_nomor", "kuasa_tanggal", "kuasa_lingkup")):
                    return False
                if not written and one["pihak"] == "kami" and "surat_kuasa" not in self.have:
                    return False
            elif one["peran"] != HEAD:
                return False
        return True


def written_of(text: str) -> set[str]:
    """What a text says of its own signature."""
    return {f"{text}_{part}" for part in ("nomor_kami", "nomor_mitra", "tempat", "hari", "penandatangan")}


def later(day: date, days: int) -> str:
    return (day + timedelta(days)).isoformat()
