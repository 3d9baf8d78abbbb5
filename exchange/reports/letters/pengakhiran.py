"""
Berita acara pengakhiran: both sides state that a cooperation ends, on which ground, and how what is open is settled.

Source
  PP 28/2018 Pasal 9(1) huruf a to e; Pasal 22(2) two more for third parties. Pasal 9(2): a change of leaders is no ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Column, Para, Table, plain
from exchange.reports.facts import NO_PARTY, Party
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters.clauses import Deed
from exchange.reports.parts import UNVERIFIED, deed_signatures, deed_title, sentence, sides

GROUNDS: Mapping[str, tuple[str, str]] = {
    "a": ("jangka waktu kerja sama berakhir", "Pasal 9 ayat (1) huruf a"),
    "b": ("tujuan kerja sama telah tercapai", "Pasal 9 ayat (1) huruf b"),
    "c": ("PARA PIHAK bersepakat mengakhiri kerja sama", "Pasal 9 ayat (1) huruf c"),
    "d": ("kebijakan berubah berdasarkan ketentuan peraturan perundang-undangan sehingga kerja sama tidak dapat dilaksanakan",
          "Pasal 9 ayat (1) huruf d"),
    "e": ("objek kerja sama hilang atau musnah", "Pasal 9 ayat (1) huruf e"),
    "putusan": ("terdapat putusan pengadilan yang telah memperoleh kekuatan hukum tetap", "Pasal 22 ayat (2)"),
    "pailit": ("PIHAK KEDUA dinyatakan pailit", "Pasal 22 ayat (2)"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Open:
    """Something that still runs, and what becomes of it."""

    what: str | None = None
    settled: str | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class PengakhiranFacts(Facts):
    """ground: a key of `GROUNDS`; the last two are for a third party. evidence: its proof. open: what is not settled yet."""

    first: Party = NO_PARTY
    second: Party = NO_PARTY
    day: date | None = None
    place: str | None = None
    subject: str | None = None
    agreement_number: str | None = None
    agreement_day: date | None = None
    third_party: bool = False
    ground: str | None = None
    ends: date | None = None
    evidence: str | None = None
    realised: str | None = None
    open: tuple[Open, ...] = ()

    @property
    def author(self) -> str:
        """The first side."""
        return self.first.name or ""


def _blocks(facts: PengakhiranFacts, fill: Filling) -> Iterator[Block]:
    parties, deed = (facts.first, facts.second), Deed(fill, "Berita Acara")
    yield deed_title("BERITA ACARA PENGAKHIRAN KERJA SAMA", parties, facts.subject, fill)
    yield from sides(parties, facts.day, facts.place, fill)
    yield Para(fill.text(
        "bahwa *PARA PIHAK* terikat dalam Perjanjian Kerja Sama nomor {} tanggal {} tentang {}, dan dengan ini menyatakan:",
        fill.value(facts.agreement_number, "nomor Perjanjian Kerja Sama"), fill.day(facts.agreement_day, "tanggal Perjanjian Kerja Sama"),
        sentence(fill.value(facts.subject, "judul kerja sama")),
    ), note=UNVERIFIED)  # fmt: skip
    text, basis = GROUNDS.get(facts.ground or "", (None, None))
    if facts.ground in ("putusan", "pailit"):
        fill.need(facts.third_party, "alasan pengakhiran yang berlaku bagi kerja sama antardaerah (Pasal 9 ayat (1))")
    yield from deed.article(
        "Pengakhiran",
        Para(fill.text(
            "Kerja sama berakhir terhitung sejak tanggal {} karena {}, sesuai dengan {} Peraturan Pemerintah Nomor 28 Tahun 2018 "
            "tentang Kerja Sama Daerah.", fill.day(facts.ends, "tanggal berakhir"), fill.value(text, "alasan pengakhiran"),
            fill.value(basis,
            "alasan pengakhiran"),
        )),
        Para(fill.text("Alasan itu dibuktikan dengan {}.", sentence(fill.value(facts.evidence, "bukti alasan pengakhiran")))),
        verified=True,
    )  # fmt: skip
    yield from deed.article(
        "Hasil Kerja Sama", Para((sentence(fill.value(facts.realised, "hasil kerja sama")), *plain("."))), verified=True
    )
    yield from deed.article("Penyelesaian Hak dan Kewajiban", *_settled(facts, fill), verified=True)
    yield from deed.article(
        "Data",
        Para(
            plain(
                "Akses data antarpihak ditutup sejak tanggal berakhir; catatan akses tetap disimpan, dan data yang tidak lagi "
                "diperlukan dihapus."
            )
        ),
        verified=True,
    )
    yield Para(fill.text("Demikian berita acara ini dibuat dalam rangkap {} untuk dipergunakan sebagaimana mestinya.",
                         fill.counted(2, "naskah", "jumlah rangkap")), stays=True)  # fmt: skip
    yield deed_signatures(parties, fill)


def _settled(facts: PengakhiranFacts, fill: Filling) -> Iterator[Block]:
    if not facts.open:
        yield Para(plain("Tidak ada hak dan kewajiban yang masih berjalan."))
        return
    yield Para(plain("Hak dan kewajiban yang masih berjalan diselesaikan sebagai berikut:"), stays=True)
    yield Table(
        (Column("No.", 0.9, "center"), Column("Hak atau kewajiban", 5), Column("Penyelesaian", 5), Column("Paling lambat", 2.8)),
        tuple(
            (plain(str(n)), (fill.value(part.what, f"hak atau kewajiban {n}"),), (fill.value(part.settled, f"penyelesaian {n}"),),
             (fill.day(part.until, f"batas penyelesaian {n}"),))
            for n, part in enumerate(facts.open, start=1)
        ),
    )  # fmt: skip


KIND = Kind("berita_acara_pengakhiran", "Berita Acara Pengakhiran Kerja Sama", PengakhiranFacts, _blocks)
