"""
Nota: the approval of the regional council is not needed, with the answers and evidence that say so.

Source
  PP 28/2018 Pasal 6(1) huruf e and 6(2): approval is needed where the plan burdens people and region, or its funding does not stand in the
  budget of the running year. The form of the note is the project's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, Pairs, Para, Run, Signatures, Title, plain
from exchange.reports.facts import NO_OFFICE, OFFICIAL, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.parts import letterhead, sentence, signed


@dataclass(frozen=True, kw_only=True)
class NotaDprdFacts(Facts):
    """
    agreement: number of the Kesepakatan Bersama, agreement_day: of its signature. people, region: whether the plan burdens them;
    budgeted: whether its money stands in the budget of budget_year; each with evidence.
    """

    office: Office = NO_OFFICE
    number: str | None = None
    subject: str | None = None
    partner: str | None = None
    agreement: str | None = None
    agreement_day: date | None = None
    people: bool | None = None
    region: bool | None = None
    burdens_evidence: str | None = None
    budgeted: bool | None = None
    budget_year: int | None = None
    budget_evidence: str | None = None
    answered_by: str | None = None
    place: str | None = None
    day: date | None = None
    signatory: Signatory = OFFICIAL

    @property
    def author(self) -> str:
        """The deciding government."""
        return self.office.government or ""


def _blocks(facts: NotaDprdFacts, fill: Filling) -> Iterator[Block]:
    if (facts.people and facts.region) or facts.budgeted is False:
        fill.lack("jawaban yang membebaskan: menurut jawabannya persetujuan DPRD diperlukan (PP 28/2018 Pasal 6 ayat (2))")
    yield letterhead(facts.office, fill)
    yield Title(
        (plain("NOTA"), plain("PERSETUJUAN DEWAN PERWAKILAN RAKYAT DAERAH"), plain("TIDAK DIPERLUKAN")),
        (fill.text("NOMOR: {}", fill.value(facts.number, "nomor nota DPRD")),),
    )
    yield Pairs((
        ("Rencana kerja sama", (fill.value(facts.subject, "judul kerja sama"),)),
        ("Mitra", (fill.value(facts.partner, "mitra"),)),
        ("Kesepakatan Bersama", fill.text("nomor {} tanggal {}", fill.value(facts.agreement, "nomor Kesepakatan Bersama"),
            fill.day(facts.agreement_day, "tanggal Kesepakatan Bersama"))),
    ), width=4.2)  # fmt: skip
    yield Para(fill.text(
        "Pasal 6 ayat (1) huruf e dan ayat (2) Peraturan Pemerintah Nomor 28 Tahun 2018 tentang Kerja Sama Daerah mensyaratkan persetujuan "
        "Dewan Perwakilan Rakyat Daerah dalam hal rencana kerja sama membebani masyarakat dan daerah dan/atau pendanaannya belum "
        "teranggarkan dalam anggaran pendapatan dan belanja daerah tahun anggaran berjalan. Atas rencana kerja sama tersebut {} menjawab:",
        fill.value(facts.answered_by, "pejabat yang menjawab"),
    ), stays=True)  # fmt: skip
    year = fill.value(str(facts.budget_year) if facts.budget_year else None, "tahun anggaran")
    answers = (
        _said(fill, "membebani masyarakat", facts.people), _said(fill, "membebani daerah", facts.region),
        fill.value(None if facts.budgeted is None else ("sudah" if facts.budgeted else "belum"), "jawaban: pendanaan teranggarkan"),
    )  # fmt: skip
    yield Items((
        Item("1.", fill.text("rencana kerja sama *{}* masyarakat dan *{}* daerah; bukti: {};", *answers[:2],
                             sentence(fill.value(facts.burdens_evidence, "bukti jawaban tentang beban")))),
        Item("2.", fill.text("pendanaannya *{}* teranggarkan dalam tahun anggaran {}; bukti: {}.", answers[2], year,
                             sentence(fill.value(facts.budget_evidence, "bukti jawaban tentang penganggaran")))),
    ))  # fmt: skip
    yield Para(fill.text(
        "Berdasarkan kedua jawaban itu, rencana kerja sama ini tidak memerlukan persetujuan Dewan Perwakilan Rakyat Daerah, dan penyusunan "
        "Perjanjian Kerja Sama dapat dilanjutkan.",
    ))  # fmt: skip
    yield Para(fill.text(
        "Nota ini berlaku untuk tahun anggaran {}; apabila Perjanjian Kerja Sama belum ditandatangani ketika tahun anggaran berganti, "
        "kedua hal di atas dijawab kembali.", year,
    ), stays=True)  # fmt: skip
    day = fill.text("{}, {}", fill.value(facts.place, "tempat"), fill.day(facts.day, "tanggal nota DPRD"))
    yield Signatures((signed(facts.signatory, fill, above=(day,), role="pejabat yang memutuskan"),))


def _said(fill: Filling, name: str, answer: bool | None) -> Run:
    return fill.value(None if answer is None else ("membebani" if answer else "tidak membebani"), f"jawaban: {name}")


KIND = Kind("nota_dprd", "Nota Tidak Memerlukan Persetujuan DPRD", NotaDprdFacts, _blocks)
