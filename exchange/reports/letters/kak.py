"""
Kerangka acuan kerja: the terms of reference of a planned cooperation.

Source
  Its eight headings are those of Permendagri 22/2020 Pasal 7, known at second hand; drafts say that it is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.reports import words
from exchange.reports.blocks import Block, Column, Heading, Item, Items, Para, Run, Runs, Signatures, Table, Title, plain
from exchange.reports.facts import NO_OFFICE, OFFICIAL, Good, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.parts import UNVERIFIED, goods_table, letterhead, sentence, signed


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A source of funds and what it pays."""

    source: str | None = None
    what: str | None = None


@dataclass(frozen=True, kw_only=True)
class KakFacts(Facts):
    """
    The eight parts. background: paragraphs; goods: needs and capacities behind it.

    starts, ends: the term that is planned; term: in words, where it has no days yet.
    """

    office: Office = NO_OFFICE
    subject: str | None = None
    partner: str | None = None
    background: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    location: str | None = None
    scope: tuple[str, ...] = ()
    goods: tuple[Good, ...] = ()
    starts: date | None = None
    ends: date | None = None
    term: str | None = None
    benefits: tuple[str, ...] = ()
    social_impact: str | None = None
    environmental_impact: str | None = None
    costs: tuple[Cost, ...] = ()
    place: str | None = None
    day: date | None = None
    signatory: Signatory = OFFICIAL

    @property
    def author(self) -> str:
        """The office's government."""
        return self.office.government or ""


def body(facts: KakFacts, fill: Filling) -> Iterator[Block]:
    """The eight headings with what they hold; also what an offer or a request has as its attachment."""
    yield _heading("A", "Latar Belakang")
    yield from _paragraphs(facts.background, "latar belakang", fill)
    if facts.goods:
        yield Para(plain("Kebutuhan dan kapasitas yang mendasari rencana kerja sama:"), stays=True)
        yield goods_table(facts.goods, fill, prices=False)
    yield _heading("B", "Maksud dan Tujuan")
    yield Para(plain("Kerja sama ini dimaksudkan untuk:"), stays=True)
    yield Items(fill.letters(facts.purposes, "maksud kerja sama"))
    yield Para(plain("Kerja sama ini bertujuan untuk:"), stays=True)
    yield Items(fill.letters(facts.goals, "tujuan kerja sama"))
    yield _heading("C", "Lokasi Kerja Sama")
    yield Para((sentence(fill.value(facts.location, "lokasi kerja sama")), Run(".")))
    yield _heading("D", "Ruang Lingkup")
    yield Items(fill.letters(facts.scope, "ruang lingkup"))
    yield _heading("E", "Jangka Waktu")
    if facts.term and not (facts.starts or facts.ends):
        yield Para((sentence(fill.value(facts.term, "jangka waktu")), Run(".")))
    else:
        yield Para(fill.text(
        "Kerja sama direncanakan berlaku sejak tanggal {} sampai dengan tanggal {}.",
        fill.day(facts.starts, "awal jangka waktu"), fill.day(facts.ends, "akhir jangka waktu"),
    ))  # fmt: skip
    fill.need(not (facts.starts and facts.ends) or facts.ends > facts.starts, "akhir jangka waktu sesudah awalnya")
    yield _heading("F", "Manfaat")
    yield Items(fill.letters(facts.benefits, "manfaat"))
    yield _heading("G", "Analisis Dampak Sosial dan Lingkungan")
    yield Items((
        Item("1.", fill.text("Dampak sosial: {}.", sentence(fill.value(facts.social_impact, "analisis dampak sosial")))),
        Item("2.", fill.text("Dampak lingkungan: {}.", sentence(fill.value(facts.environmental_impact, "analisis dampak lingkungan")))),
    ))  # fmt: skip
    yield _heading("H", "Pembiayaan")
    if not facts.costs:
        yield Para((fill.value(None, "sumber pembiayaan"),))
        return
    yield Table(
        (Column("No.", 0.9, "center"), Column("Sumber pembiayaan", 5), Column("Kegiatan yang dibiayai", 8)),
        tuple(
            (plain(str(n)), (fill.value(cost.source, f"sumber pembiayaan {n}"),), (fill.value(cost.what, f"kegiatan yang dibiayai {n}"),))
            for n, cost in enumerate(facts.costs, start=1)
        ),
    )


def title(facts: KakFacts, fill: Filling) -> Title:
    """The title, by subject and partner."""
    subject, partner = fill.value(facts.subject, "judul kerja sama"), fill.value(facts.partner, "daerah mitra")
    upper = [run if run.blank else Run(run.text.upper()) for run in (subject, partner)]
    return Title((plain("KERANGKA ACUAN KERJA"), (upper[0],), fill.text("DENGAN {}", upper[1])))


def _blocks(facts: KakFacts, fill: Filling) -> Iterator[Block]:
    yield letterhead(facts.office, fill)
    yield title(facts, fill)
    yield from body(facts, fill)
    yield Para(plain("Demikian kerangka acuan kerja ini disusun sebagai dasar penawaran dan pembahasan kerja sama."), stays=True)
    day = fill.text("{}, {}", fill.value(facts.place, "tempat"), fill.day(facts.day, "tanggal"))
    yield Signatures((signed(facts.signatory, fill, above=(day,)),))


def _heading(letter: str, name: str) -> Heading:
    return Heading((plain(f"{letter}. {name}"),), level=2, note=UNVERIFIED if letter == "A" else "")


def _paragraphs(texts: Sequence[str], name: str, fill: Filling) -> Iterator[Block]:
    for text in texts or ("",):
        yield Para((fill.value(text, name),))


def term(facts: KakFacts) -> Runs:
    """The planned term in one line, where it is known."""
    known = facts.starts and facts.ends
    return plain(f"{words.day(facts.starts)} sampai dengan {words.day(facts.ends)}" if known and facts.starts and facts.ends else "-")


KIND = Kind("kak", "Kerangka Acuan Kerja", KakFacts, _blocks)
