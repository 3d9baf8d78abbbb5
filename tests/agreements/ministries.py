"""The law of synergy with a ministry (Nota Kesepakatan): the steps that no other cooperation knows."""

from __future__ import annotations

from datetime import date

from .articles import HEAD, NK, NK_TEXT, PARTIES, Common, written_of


class Ministries(Common):
    """One method a step, as in `law.Law`, which says what a review came to."""

    def _susun_nk(self, office):
        done = self._ok(office, {"telaah_tkksd"}, {"tkksd"}, "penyusunan_nk", only={"sinergi"})
        return done if self._reviewed("layak") else None

    def _isi_nk(self, office):
        may = NK_TEXT | PARTIES | written_of("nk")
        return self._ok(office, {"penyusunan_nk"}, {"opd", "tkksd"}, may=may, only={"sinergi"})

    def _tandatangani_nk(self, office):
        done = self._ok(office, {"penyusunan_nk"}, {HEAD}, "ttd_nk", fresh=NK, fresh_files={"nota_kesepakatan"}, only={"sinergi"})
        roles = {(one["pihak"], one["peran"]) for one in self.new.get("penandatangan_nk") or []}
        ours = ("kami", HEAD) in roles and not any(side == "kami" and role != HEAD for side, role in roles)
        theirs = [role for side, role in roles if side == "mitra"]
        return done if ours and theirs and set(theirs) <= {"menteri", "pejabat_kementerian"} else None

    def _laksanakan_nk(self, office):
        done = self._ok(office, {"ttd_nk"}, {"opd"}, "pelaksanaan_nk", files={"rencana_kerja"}, only={"sinergi"})
        if not done:
            return None
        return done if date.fromisoformat(self.all["tanggal_nk"]) <= self.on <= date.fromisoformat(self.all["nk_berakhir"]) else None
