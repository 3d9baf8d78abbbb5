"""
Surat penawaran kerja sama: a head of region offers another one a cooperation, the terms of reference attached.

Source
  PP 28/2018 Pasal 6(1) huruf b; that the head of region signs it follows from Pasal 2(1). What the letter must hold is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, PageBreak, Para, Run, plain
from exchange.reports.facts import HEAD, NO_LETTER, NO_OFFICE, Letter, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import kak
from exchange.reports.parts import UNVERIFIED, attachment, closing, letterhead, opening, sentence


@dataclass(frozen=True, kw_only=True)
class PenawaranFacts(Facts):
    """
    answer_by: until when an answer is asked for, a wish and no deadline of the law. terms: the KAK that is attached.

    partner: whom it is offered to where that is no region (KSDPK, PP 28/2018 Pasal 19(1)).
    """

    office: Office = NO_OFFICE
    letter: Letter = NO_LETTER
    signatory: Signatory = HEAD
    region: str | None = None
    partner_region: str | None = None
    partner: str | None = None
    subject: str | None = None
    reason: str | None = None
    contact: str | None = None
    answer_by: date | None = None
    terms: kak.KakFacts | None = None

    @property
    def author(self) -> str:
        """The offering government."""
        return self.office.government or ""


def _blocks(facts: PenawaranFacts, fill: Filling) -> Iterator[Block]:
    fill.need(facts.signatory.head, "tanda tangan kepala daerah sendiri (PP 28/2018 Pasal 2 ayat (1))")
    yield letterhead(facts.office, fill)
    yield from opening(
        facts.letter, fill.text("Penawaran Kerja Sama Daerah tentang {}", fill.value(facts.subject, "judul kerja sama")), fill
    )
    region, partner = fill.value(facts.region, "daerah"), fill.value(facts.partner or facts.partner_region, "daerah mitra")
    yield Para(plain("Dengan hormat,"), align="left")
    yield Para(fill.text(
        "Dalam rangka penyelenggaraan urusan pemerintahan yang menjadi kewenangan daerah serta untuk kesejahteraan masyarakat, "
        "Pemerintah {} bermaksud menawarkan kerja sama daerah kepada {}{} tentang {}, sesuai dengan Peraturan Pemerintah Nomor "
        "28 Tahun 2018 tentang Kerja Sama Daerah.", region,
        Run("" if facts.partner else "Pemerintah "), partner, sentence(fill.value(facts.subject, "judul kerja sama")),
    ), note=UNVERIFIED)  # fmt: skip
    yield Para(fill.text("Penawaran ini didasarkan pada pertimbangan berikut: {}.", sentence(fill.value(facts.reason, "alasan penawaran"))))
    yield Para(fill.text(
        "Sebagai bahan pertimbangan, bersama surat ini disampaikan kerangka acuan kerja yang memuat latar belakang, maksud dan tujuan, "
        "lokasi, ruang lingkup, jangka waktu, manfaat, analisis dampak, dan pembiayaan kerja sama.",
    ))  # fmt: skip
    yield Para(fill.text(
        "Apabila penawaran ini dapat diterima, kami mengharapkan jawaban tertulis paling lambat tanggal {}, agar penyusunan Kesepakatan "
        "Bersama dapat dimulai. Untuk koordinasi dapat menghubungi {}.",
        fill.day(facts.answer_by, "tanggal jawaban diharapkan"), sentence(fill.value(facts.contact, "kantor penghubung")),
    ))  # fmt: skip
    yield Para(plain("Demikian penawaran ini disampaikan. Atas perhatian dan kerja sama Saudara, kami ucapkan terima kasih."), stays=True)
    yield from closing(facts.signatory, facts.letter.copies, fill)
    yield PageBreak()
    yield attachment("", "Surat Penawaran Kerja Sama Daerah")
    if facts.terms is None:
        yield Para((fill.value(None, "kerangka acuan kerja"),), align="center")
        return
    yield kak.title(facts.terms, fill)
    yield from kak.body(facts.terms, fill)


KIND = Kind("surat_penawaran", "Surat Penawaran Kerja Sama Daerah", PenawaranFacts, _blocks)
