"""
Surat permohonan persetujuan DPRD: the head of region asks the council to approve a planned cooperation.

Source
  PP 28/2018 Pasal 6(1) huruf e and 6(2): when it is needed. What the plan holds follows Pasal 30(3), which is for cooperation abroad, by
  analogy only; the paper says so in a draft. No time limit is named, since the PP gives none for cooperation between regions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange.reports.blocks import Block, Heading, Item, Items, PageBreak, Para, Run, Runs, plain
from exchange.reports.facts import HEAD, NO_LETTER, NO_OFFICE, Letter, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import kak
from exchange.reports.parts import ANALOGY, attachment, closing, letterhead, opening, sentence


@dataclass(frozen=True, kw_only=True)
class PermohonanDprdFacts(Facts):
    """
    government: “Pemerintah Kota Cilegon”. burdens: whether the plan burdens people and region; unfunded: whether its money is not yet in
    this year's budget; each with evidence.

    terms: the KAK that the plan is drawn from; targets: what is to be reached.
    """

    office: Office = NO_OFFICE
    letter: Letter = NO_LETTER
    signatory: Signatory = HEAD
    government: str | None = None
    subject: str | None = None
    partner: str | None = None
    agreement: str | None = None
    budget_year: int | None = None
    burdens: bool | None = None
    burdens_evidence: str | None = None
    unfunded: bool | None = None
    unfunded_evidence: str | None = None
    object: str | None = None
    targets: tuple[str, ...] = ()
    terms: kak.KakFacts | None = None

    @property
    def author(self) -> str:
        """The asking government."""
        return self.office.government or ""


def _answer(answer: bool | None, name: str, evidence: str | None, fill: Filling, year: Run | None = None) -> Runs:
    said = fill.value(None if answer is None else ("ya" if answer else "tidak"), f"jawaban: {name}")
    asked = fill.text(f"{name[0].upper()}{name[1:]}{' {}' if year else ''}: *{{}}*", *((year, said) if year else (said,)))
    return (*asked, *fill.text("; bukti: {}.", sentence(fill.value(evidence, f"bukti: {name}"))))


def _blocks(facts: PermohonanDprdFacts, fill: Filling) -> Iterator[Block]:
    fill.need(facts.signatory.head, "tanda tangan kepala daerah sendiri")
    if facts.burdens is False and facts.unfunded is False:
        fill.lack("alasan permohonan: menurut kedua jawaban persetujuan tidak diperlukan (PP 28/2018 Pasal 6 ayat (2))")
    subject = sentence(fill.value(facts.subject, "judul kerja sama"))
    partner = fill.value(facts.partner, "daerah mitra")
    yield letterhead(facts.office, fill)
    yield from opening(facts.letter, fill.text("Permohonan Persetujuan Rencana Kerja Sama Daerah tentang {}", subject), fill)
    yield Para(plain("Dengan hormat,"), align="left")
    yield Para(fill.text(
        "Berdasarkan Pasal 6 ayat (1) huruf e dan ayat (2) Peraturan Pemerintah Nomor 28 Tahun 2018 tentang Kerja Sama Daerah, dengan "
        "ini kami memohon persetujuan Dewan Perwakilan Rakyat Daerah atas rencana kerja sama dengan {} tentang {}, yang menindaklanjuti "
        "{}.",
        partner, subject, sentence(fill.value(facts.agreement, "Kesepakatan Bersama yang ditindaklanjuti")),
    ))  # fmt: skip
    yield Para(plain("Persetujuan dimohonkan berdasarkan jawaban atas dua hal berikut:"), stays=True)
    year = fill.value(str(facts.budget_year) if facts.budget_year else None, "tahun anggaran")
    yield Items(tuple(
        item for item in (
            Item("1.", _answer(facts.burdens, "rencana kerja sama membebani masyarakat dan daerah", facts.burdens_evidence, fill)),
            Item("2.", _answer(facts.unfunded, "pendanaan belum teranggarkan dalam APBD tahun anggaran", facts.unfunded_evidence, fill,
                year)),
        )
    ))  # fmt: skip
    yield Para(plain("Rencana kerja sama terlampir. Demikian permohonan ini disampaikan. Atas perhatian dan persetujuan Saudara, kami "
                     "ucapkan terima kasih."), stays=True)  # fmt: skip
    yield from closing(facts.signatory, facts.letter.copies, fill)
    yield PageBreak()
    yield attachment("", "Rencana Kerja Sama Daerah")
    yield from _plan(facts, fill)


def _plan(facts: PermohonanDprdFacts, fill: Filling) -> Iterator[Block]:
    terms = facts.terms
    if terms is None:
        yield Para((fill.value(None, "rencana kerja sama (kerangka acuan kerja)"),), align="center")
        return
    yield _part("A. Subjek Kerja Sama", note=ANALOGY)
    yield Para(fill.text("{} dan {}.", fill.value(facts.government, "nama pemerintah daerah"), fill.value(facts.partner, "daerah mitra")))
    yield _part("B. Latar Belakang")
    for text in terms.background or ("",):
        yield Para((fill.value(text, "latar belakang"),))
    yield _part("C. Maksud, Tujuan, dan Sasaran")
    for name, values in (("Maksud", terms.purposes), ("Tujuan", terms.goals), ("Sasaran", facts.targets)):
        yield Para(plain(f"{name}:"), stays=True)
        yield Items(fill.letters(values, f"{name.lower()} kerja sama"))
    yield _part("D. Objek Kerja Sama")
    yield Para((sentence(fill.value(facts.object, "objek kerja sama")), Run(".")))
    yield _part("E. Ruang Lingkup Kerja Sama")
    yield Items(fill.letters(terms.scope, "ruang lingkup"))
    yield _part("F. Sumber Pembiayaan")
    yield Items(fill.letters([f"{cost.source or ''}: {cost.what or ''}".strip(": ") for cost in terms.costs], "sumber pembiayaan"))
    yield _part("G. Jangka Waktu Pelaksanaan")
    yield Para(fill.text("{} sampai dengan {}.", fill.day(terms.starts, "awal jangka waktu"), fill.day(terms.ends, "akhir jangka waktu")))


def _part(name: str, note: str = "") -> Heading:
    return Heading((plain(name),), level=2, note=note)


KIND = Kind("permohonan_dprd", "Surat Permohonan Persetujuan DPRD", PermohonanDprdFacts, _blocks)
