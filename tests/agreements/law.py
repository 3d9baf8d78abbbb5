"""The law of cooperation step by step, in plain tests written from the articles, to hold the rule table and its guards to it."""

from __future__ import annotations

from datetime import date

from .articles import (
    ADDENDUM,
    ADDENDUM_TEXT,
    BEFORE,
    COUNCIL,
    COUNCIL_NOTE,
    DELEGATE,
    DPRD,
    ENDING,
    ENDING_TEXT,
    FIRST,
    GROUNDS,
    HEAD,
    KAK,
    KAK_SIGNED,
    KB_CLAUSES,
    KB_SIGNED,
    KB_TEXT,
    OFFER_TEXT,
    PARTIES,
    PKS_CLAUSES,
    PKS_SIGNED,
    PKS_TEXT,
    SIGNED_STATES,
    written_of,
)
from .ministries import Ministries


class Law(Ministries):
    """A case as the law sees it: one method a step, which answers with the state, and what is forgotten and dropped, or with None."""

    # ------------------------------------------------------------------------------------------------ before signing
    def _isi_identifikasi(self, office):
        return self._ok(office, {"identifikasi"}, {"opd"}, may=FIRST)

    def _ubah_kecocokan(self, office):
        drafted = {"penyusunan_kb": "naskah_kb", "penyusunan_pks": "naskah_pks"}
        states = {"identifikasi", "persiapan", "penyusunan_kb", "penyusunan_pks", "penyusunan_nk"}
        done = self._ok(office, states, {"opd", "tkksd"}, objects=True)
        return None if drafted.get(self.state) in self.papers else done

    def _siapkan(self, office):
        done = self._ok(
            office, {"identifikasi"}, {"opd"}, "persiapan", wants={"urusan", "tidak_bertentangan"}, may=FIRST, files={"nota_kebutuhan"}
        )
        planned = self.all.get("rujukan_rencana") or self.all.get("pengecualian")
        initiative = self.instrument != "ksdpk" or self.all.get("prakarsa")
        return done if done and planned and initiative and self.all["tidak_bertentangan"] is True else None

    def _isi_kak(self, office):
        return self._ok(office, {"persiapan"}, {"opd"}, may=KAK | KAK_SIGNED, objects=True)

    def _kembali_identifikasi(self, office):
        return self._ok(office, {"persiapan"}, {"opd"}, "identifikasi", fresh={"alasan"})

    def _ajukan_telaah(self, office):
        files = {"kak", "surat_inisiasi", "sk_penghubung"}
        done = self._ok(office, {"persiapan"}, {"opd"}, "telaah_tkksd", wants=KAK, files=files, may_files={"studi_kelayakan"})
        return done if self.instrument != "ksdpk" or "studi_kelayakan" in self.have else None

    def _telaah(self, office):
        return self._ok(office, {"telaah_tkksd"}, {"tkksd"}, fresh={"hasil_telaah", "penelaah"}, fresh_files={"berita_acara_telaah"})

    def _reviewed(self, verdict):
        return self.facts.get("hasil_telaah") == verdict and "berita_acara_telaah" in self.papers

    def _revisi(self, office):
        done = self._ok(
            office, {"telaah_tkksd"}, {"tkksd"}, "persiapan", fresh={"alasan"}, forgets={"hasil_telaah"}, drops={"berita_acara_telaah"}
        )
        return done if self._reviewed("revisi") else None

    def _isi_penawaran(self, office):
        return self._ok(office, {"telaah_tkksd"}, {"opd", "tkksd"}, may=OFFER_TEXT, only={"ksdd", "ksdpk"})

    def _kirim_penawaran(self, office):
        wants = {"nomor_penawaran", "tanggal_penawaran", "tujuan_penawaran"}
        done = self._ok(
            office,
            {"telaah_tkksd"},
            {HEAD},
            "penawaran",
            wants=wants,
            may={"batas_jawaban"},
            files={"surat_penawaran"},
            only={"ksdd", "ksdpk"},
        )
        return done if self._reviewed("layak") else None

    def _terima_penawaran(self, office):
        wants = {"nomor_penawaran", "tanggal_penawaran"}
        done = self._ok(
            office, {"telaah_tkksd"}, {HEAD}, "penawaran", wants=wants, may={"batas_jawaban"}, files={"surat_penawaran_mitra"},
            only={"ksdd", "ksdpk"},
        )  # fmt: skip
        return done if self._reviewed("layak") else None

    def _tawar_balik(self, office):
        return self._ok(office, {"penawaran"}, {HEAD}, fresh={"nomor_jawaban", "tanggal_jawaban"}, fresh_files={"surat_tawaran_balik"})

    def _terima(self, office):
        return self._ok(
            office, {"penawaran"}, {HEAD}, "penyusunan_kb", fresh={"nomor_jawaban", "tanggal_jawaban"}, fresh_files={"surat_jawaban"}
        )

    def _batalkan(self, office):
        done = self._ok(office, BEFORE, {"opd", "tkksd", HEAD}, "batal", fresh={"alasan"})
        return None if self.turn > 1 or self._signed_in_this_turn() else done

    # ------------------------------------------------------------------------------------------------ KB
    def _isi_kb(self, office):
        may = KB_TEXT | {"dasar_jangka_waktu"} | KB_CLAUSES | PARTIES | written_of("kb")
        return self._ok(office, {"penyusunan_kb"}, {"opd", "tkksd"}, may=may, objects=True, drops={"naskah_kb"})

    def _bekukan_kb(self, office):
        done = self._ok(office, {"penyusunan_kb"}, {"tkksd"}, wants=KB_TEXT, fresh_files={"naskah_kb"})
        return done if done and self._years("kb_mulai", "kb_berakhir") and self._heads_in("kb_penandatangan") else None

    def _tandatangani_kb(self, office):
        done = self._ok(
            office, {"penyusunan_kb"}, {HEAD}, "ttd_kb", wants={"kb_mulai", "kb_berakhir"}, fresh=KB_SIGNED, files={"naskah_kb"},
            fresh_files={"kb"},
        )  # fmt: skip
        if not done or not self._years("kb_mulai", "kb_berakhir") or self.have["naskah_kb"] != self.new["hash_kb_mitra"]:
            return None
        heads = self._heads_in("penandatangan_kb") and self._two_sides("penandatangan_kb")
        return done if heads and self._as_frozen("kb") else None

    # ------------------------------------------------------------------------------------------------ DPRD
    def _jawab_dprd(self, office):
        done = self._ok(office, {"ttd_kb"}, {"bagian_hukum"}, fresh=DPRD, fresh_files={"bukti_dprd"})
        return done if done and self.new["tahun_apbd"] == self.on.year else None

    def _jawab_ulang_dprd(self, office):
        drops = {"memo_dprd", "keputusan_dprd", "naskah_pks"}
        states = {"tidak_perlu_dprd", "penyusunan_pks"}
        forgets = {"nomor_memo_dprd", "tanggal_memo_dprd"}
        done = self._ok(office, states, {"bagian_hukum"}, "ttd_kb", fresh=DPRD, fresh_files={"bukti_dprd"}, drops=drops, forgets=forgets)
        turned = self.facts.get("tahun_apbd") != self.on.year
        return done if done and turned and self.new["tahun_apbd"] == self.on.year else None

    def _isi_dprd(self, office):
        return self._ok(office, {"ttd_kb"}, {"bagian_hukum"}, may=COUNCIL)

    def _putuskan_tidak_perlu(self, office):
        done = self._ok(
            office,
            {"ttd_kb"},
            {"bagian_hukum"},
            "tidak_perlu_dprd",
            fresh={"pejabat_memo_dprd"},
            may=COUNCIL_NOTE,
            files={"bukti_dprd"},
            fresh_files={"memo_dprd"},
        )
        return done if done and self._needs_council() is False and self.all["tahun_apbd"] == self.on.year else None

    def _minta_dprd(self, office):
        fresh = {"nomor_permohonan_dprd", "tanggal_permohonan_dprd"}
        done = self._ok(
            office, {"ttd_kb"}, {HEAD}, "persetujuan_dprd", fresh=fresh, files={"bukti_dprd"}, fresh_files={"surat_permohonan_dprd"}
        )
        return done if done and self._needs_council() is True and self.all["tahun_apbd"] == self.on.year else None

    def _setujui_dprd(self, office):
        fresh = {"nomor_keputusan_dprd", "tanggal_keputusan_dprd"}
        return self._ok(office, {"persetujuan_dprd"}, {"dprd"}, "penyusunan_pks", fresh=fresh, fresh_files={"keputusan_dprd"})

    def _tolak_dprd(self, office):
        fresh = {"nomor_keputusan_dprd", "tanggal_keputusan_dprd", "alasan"}
        return self._ok(office, {"persetujuan_dprd"}, {"dprd"}, "batal", fresh=fresh, fresh_files={"keputusan_dprd"})

    def _susun_ulang_kb(self, office):
        drops = {"naskah_kb", "kb", "bukti_dprd", "surat_permohonan_dprd", "keputusan_dprd"}
        done = self._ok(
            office, {"persetujuan_dprd"}, {HEAD}, "penyusunan_kb", fresh={"alasan"}, fresh_files={"keputusan_dprd"}, drops=drops,
            forgets=written_of("kb"),
        )  # fmt: skip
        if done:
            self.turn += 1
        return done

    # ------------------------------------------------------------------------------------------------ PKS
    def _answer_holds(self) -> bool:
        return "keputusan_dprd" in self.have or self.all.get("tahun_apbd") == self.on.year

    def _susun_pks(self, office):
        done = self._ok(office, {"tidak_perlu_dprd"}, {"opd"}, "penyusunan_pks", files={"memo_dprd"})
        return done if self._answer_holds() else None

    def _isi_pks(self, office):
        may = PKS_TEXT | {"dasar_jangka_waktu"} | PKS_CLAUSES | PARTIES | written_of("pks")
        return self._ok(office, {"penyusunan_pks"}, {"opd", "tkksd"}, may=may, objects=True, drops={"naskah_pks"})

    def _within(self) -> bool:
        return self._years("pks_mulai", "pks_berakhir") and self.all["pks_berakhir"] <= self.all.get("kb_berakhir", "9999")

    def _bekukan_pks(self, office):
        done = self._ok(office, {"penyusunan_pks"}, {"tkksd"}, wants=PKS_TEXT, fresh_files={"naskah_pks"})
        return done if done and self.objects and self._within() and self._authorised("pks_penandatangan", written=True) else None

    def _tandatangani_pks(self, office):
        wants = {"pks_mulai", "pks_berakhir", "hak_kewajiban", "perselisihan", "sanksi"}
        done = self._ok(
            office,
            {"penyusunan_pks"},
            {HEAD, DELEGATE},
            "ttd_pks",
            wants=wants,
            fresh=PKS_SIGNED,
            files={"naskah_pks"},
            fresh_files={"pks"},
            may_files={"surat_kuasa"},
        )
        if not done or not self.objects or not self._within() or not self._answer_holds() or not self._authorised("penandatangan_pks"):
            return None
        same = self.have["naskah_pks"] == self.new["hash_pks_mitra"]
        return done if same and self.new["tanggal_pks"] >= self.all["tanggal_kb"] and self._as_frozen("pks") else None

    def _in_term(self) -> bool:
        return date.fromisoformat(self.all["pks_mulai"]) <= self.on <= date.fromisoformat(self.all["pks_berakhir"])

    def _laksanakan(self, office):
        done = self._ok(office, {"ttd_pks"}, {"opd"}, "pelaksanaan", files={"rencana_kerja"})
        return done if done and self.objects and self._in_term() else None

    # ------------------------------------------------------------------------------------------------ while it lasts
    def _catat_register(self, office):
        states = SIGNED_STATES | {"pelaksanaan", "ttd_nk", "pelaksanaan_nk", "berakhir"}
        return self._ok(office, states, {"bagian_kerja_sama"}, fresh={"nomor_register", "tempat_simpan"})

    def _laporkan(self, office):
        fresh = {"periode_laporan", "hambatan", "tindak_lanjut_laporan"}
        return self._ok(
            office, {"pelaksanaan", "pelaksanaan_nk", "ditangguhkan", "berakhir"}, {"opd"}, fresh=fresh, fresh_files={"laporan"}
        )

    def _isi_adendum(self, office):
        return self._ok(office, {"pelaksanaan"}, {"opd", "tkksd"}, may=ADDENDUM_TEXT | written_of("adendum"))

    def _adendum(self, office):
        done = self._ok(
            office, {"pelaksanaan"}, {HEAD, DELEGATE}, fresh=ADDENDUM, fresh_files={"adendum"}, may_files={"surat_kuasa"}, objects=True
        )
        objects = self.objects if self.new_objects is None else self.new_objects
        return done if done and objects and self._authorised("penandatangan_adendum") else None

    def _tangguhkan(self, office):
        fresh = {"alasan", "tanggal_tangguh"}
        done = self._ok(office, {"pelaksanaan"}, {HEAD}, "ditangguhkan", fresh=fresh, fresh_files={"berita_acara_tangguh"})
        return None if self._leader() else done

    def _lanjutkan(self, office):
        done = self._ok(office, {"ditangguhkan"}, {HEAD}, "pelaksanaan", fresh={"alasan"})
        return done if done and self._in_term() else None

    def _isi_akhir(self, office):
        states = SIGNED_STATES | {"pelaksanaan", "ttd_nk", "pelaksanaan_nk", "ditangguhkan"}
        return self._ok(office, states, {"opd", "tkksd"}, may=ENDING_TEXT | written_of("akhir"))

    def _akhiri(self, office):
        states = SIGNED_STATES | {"penyusunan_kb", "pelaksanaan", "ttd_nk", "pelaksanaan_nk", "ditangguhkan"}
        done = self._ok(office, states, {HEAD}, "berakhir", fresh=ENDING, fresh_files={"berita_acara_akhir"})
        if not done or self._leader() or not (self.turn > 1 or self._signed_in_this_turn()):
            return None
        ground = self.new["dasar_akhir"]
        if ground in {"putusan_pengadilan", "pailit"}:
            return done if self.instrument == "ksdpk" else None
        last = self.all.get("pks_berakhir") or self.all.get("kb_berakhir") or self.all.get("nk_berakhir")
        if ground == "jangka_waktu":
            return done if last and self.on > date.fromisoformat(last) else None
        return done if ground in GROUNDS else None
