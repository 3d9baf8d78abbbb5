"""
Perjanjian Kerja Sama: between two regions after a Kesepakatan Bersama (KSDD), and with a third party (KSDPK).

Source
  PP 28/2018 Pasal 2(2), 13(2): an official signs with a letter of authority; Pasal 6(2): approval of the council, where it is needed, comes
  before; Pasal 19(2): what a contract with a third party must hold; Pasal 9, 22: ending; Pasal 8, 21: disputes. For regions the list is
  for Permendagri 22/2020 to give, so these articles are a superset and marked as unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, PageBreak, Para, Runs, plain
from exchange.reports.facts import NO_ASSEMBLY, NO_PARTY, NO_WORDING, Assembly, Good, Party, Wording, Work
from exchange.reports.filling import Filling, numbered
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import clauses
from exchange.reports.letters.kesepakatan import LAWS
from exchange.reports.parts import ORDER, attachment, deed_signatures, deed_title, object_table, sides, work_table
from exchange.reports.price_annex import Annexed, price_annex


@dataclass(frozen=True, kw_only=True)
class PksFacts(Facts):
    """
    base_*: the Kesepakatan Bersama that it carries out (KSDD), both numbers in one text. assembly: the council's part.

    first_*, second_*: rights and duties of each side. goods: the object's list with the targets that were agreed; works: the work plan.
    data: the kinds of data that go over. correspondence stands in the parties. same_province decides who settles disputes. prices: the
    list that both sides agreed on, as an annex.
    """

    first: Party = NO_PARTY
    second: Party = NO_PARTY
    day: date | None = None
    place: str | None = None
    subject: str | None = None
    base_number: str | None = None
    base_day: date | None = None
    base_ends: date | None = None
    assembly: Assembly = NO_ASSEMBLY
    purposes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    object: str | None = None
    scope: tuple[str, ...] = ()
    goods: tuple[Good, ...] = ()
    works: tuple[Work, ...] = ()
    execution: tuple[str, ...] = ()
    first_rights: tuple[str, ...] = ()
    first_duties: tuple[str, ...] = ()
    second_rights: tuple[str, ...] = ()
    second_duties: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    funding: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    sanctions: tuple[str, ...] = ()
    same_province: bool | None = None
    wording: Wording = NO_WORDING
    prices: Annexed | None = None

    @property
    def author(self) -> str:
        """The first side."""
        return self.first.name or ""


@dataclass(frozen=True, kw_only=True)
class PksPihakKetigaFacts(PksFacts):
    """
    forum: who decides where talks fail, “Pengadilan Negeri Serang”. No Kesepakatan Bersama is asked for.

    study_*: the feasibility study (PP 28/2018 Pasal 17, 18; UU 23/2014 Pasal 366(3)).
    """

    study_number: str | None = None
    study_day: date | None = None
    forum: str | None = None


def _recitals(facts: PksFacts, fill: Filling) -> Iterator[Runs]:
    if isinstance(facts, PksPihakKetigaFacts):
        yield fill.text(
            "bahwa studi kelayakan kerja sama telah disusun dengan nomor {} tanggal {};",
            fill.value(facts.study_number, "nomor studi kelayakan"), fill.day(facts.study_day, "tanggal studi kelayakan"),
        )  # fmt: skip
        if facts.base_number:
            yield _base(facts, fill)
    else:
        yield _base(facts, fill)
    approval = facts.assembly
    number = fill.value(approval.number, "nomor persetujuan DPRD atau nota bahwa persetujuan tidak diperlukan")
    day = fill.day(approval.day, "tanggal persetujuan DPRD atau nota bahwa persetujuan tidak diperlukan")
    fill.need(approval.needed is not None, "jawaban apakah persetujuan DPRD diperlukan (PP 28/2018 Pasal 6 ayat (2))")
    if approval.needed is False:
        yield fill.text(
            "bahwa kerja sama ini tidak membebani masyarakat dan daerah dan pendanaannya telah teranggarkan dalam tahun anggaran "
            "berjalan, sehingga persetujuan Dewan Perwakilan Rakyat Daerah tidak diperlukan, sebagaimana dinyatakan dalam nota nomor {} "
            "tanggal {}; dan",
            number, day,
        )  # fmt: skip
    else:
        yield fill.text("bahwa Dewan Perwakilan Rakyat Daerah telah memberikan persetujuan dengan nomor {} tanggal {}; dan", number, day)
    yield fill.text("bahwa *PARA PIHAK* memiliki kewenangan dan kemampuan untuk melaksanakan kerja sama ini.")


def _base(facts: PksFacts, fill: Filling) -> Runs:
    return fill.text(
        "bahwa *PARA PIHAK* telah menandatangani Kesepakatan Bersama nomor {} tanggal {};",
        fill.value(facts.base_number, "nomor Kesepakatan Bersama"), fill.day(facts.base_day, "tanggal Kesepakatan Bersama"),
    )  # fmt: skip


def _blocks(facts: PksFacts, fill: Filling) -> Iterator[Block]:
    third = isinstance(facts, PksPihakKetigaFacts)
    parties, own = (facts.first, facts.second), facts.wording
    deed = clauses.Deed(fill, "Perjanjian Kerja Sama")
    yield deed_title("PERJANJIAN KERJA SAMA", parties, facts.subject, fill)
    yield from sides(parties, facts.day, facts.place, fill)
    yield Items(tuple(Item(f"{'abcd'[n]}.", runs) for n, runs in enumerate(_recitals(facts, fill))))
    yield Para(plain("Berdasarkan hal tersebut, dan dengan memperhatikan:"), stays=True)
    yield Items(tuple(Item(f"{n}.", plain(text)) for n, text in enumerate(LAWS, start=1)))
    yield Para(fill.text("*PARA PIHAK* sepakat membuat Perjanjian Kerja Sama dengan ketentuan sebagai berikut:"), stays=True)
    yield from clauses.purpose(deed, facts.purposes, facts.goals)
    yield from clauses.object_and_scope(deed, facts.object, facts.scope, verified=not third, attached="Lampiran I")
    yield from deed.article(
        "Pelaksanaan",
        numbered(
            (deed.say("*PARA PIHAK* melaksanakan kerja sama dengan ketentuan:"), fill.letters(facts.execution, "cara pelaksanaan")),
            deed.say(
                "Rencana kerja dengan target tercantum dalam Lampiran II yang merupakan bagian tidak terpisahkan dari perjanjian ini."
            ),
            *_priced(deed, facts.prices),
            deed.say("*PARA PIHAK* memantau dan mengevaluasi pelaksanaan paling sedikit satu kali dalam setahun, dan melaporkan "
                     "hasilnya kepada kepala daerah masing-masing."),
        ),
    )  # fmt: skip
    yield from _rights(deed, facts, verified=third)
    yield from clauses.term(deed, facts.starts, facts.ends, verified=third)
    if facts.ends and facts.base_ends:
        fill.need(facts.ends <= facts.base_ends, "jangka waktu yang tidak melampaui Kesepakatan Bersamanya")
    yield from deed.article("Pendanaan", Items(fill.letters(facts.funding, "pendanaan")))
    yield from clauses.data_exchange(deed, facts.data)
    yield from (
        clauses.disputes_with_third(deed, facts.forum, own.disputes)
        if isinstance(facts, PksPihakKetigaFacts)
        else clauses.disputes_of_regions(deed, facts.same_province, own.disputes)
    )
    yield from deed.article(
        "Sanksi",
        Para(deed.say("Pihak yang tidak memenuhi perjanjian ini dikenai sanksi berupa:"), stays=True),
        Items(fill.letters(facts.sanctions, "sanksi")),
        verified=third,
    )
    yield from clauses.force_majeure(deed, own.force_majeure)
    yield from clauses.changes(deed, own.changes)
    yield from clauses.ending(deed, third_party=third, own=own.ending)
    yield from clauses.correspondence(deed, parties, own.correspondence)
    yield from clauses.final(deed)
    yield deed_signatures(parties, fill)
    yield PageBreak()
    yield attachment("I", "Objek Perjanjian Kerja Sama")
    yield object_table(facts.goods, fill)
    yield attachment("II", "Rencana Kerja")
    yield work_table(facts.works, fill)
    if its := facts.prices:
        yield from price_annex("III", its.lines, its.names, version=its.version, digest=its.digest)


def _priced(deed: clauses.Deed, prices: Annexed | None) -> Iterator[Runs]:
    if prices is not None and prices.lines:
        yield deed.say("Harga yang disepakati tercantum dalam Lampiran III yang merupakan bagian tidak terpisahkan dari perjanjian ini.")


def _rights(deed: clauses.Deed, facts: PksFacts, *, verified: bool) -> Iterator[Block]:
    sides_: Sequence[tuple[str, Sequence[str], Sequence[str]]] = (
        (ORDER[0], facts.first_rights, facts.first_duties), (ORDER[1], facts.second_rights, facts.second_duties),
    )  # fmt: skip
    parts = []
    for side, rights, duties in sides_:
        parts.append((deed.say(f"*PIHAK {side}* berhak:"), deed.fill.letters(rights, f"hak PIHAK {side}")))
        parts.append((deed.say(f"*PIHAK {side}* berkewajiban:"), deed.fill.letters(duties, f"kewajiban PIHAK {side}")))
    yield from deed.article("Hak dan Kewajiban", numbered(*parts), verified=verified)


KIND = Kind("pks", "Perjanjian Kerja Sama", PksFacts, _blocks)
THIRD = Kind("pks_pihak_ketiga", "Perjanjian Kerja Sama dengan Pihak Ketiga", PksPihakKetigaFacts, _blocks)
