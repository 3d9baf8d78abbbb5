"""
Nota Kesepakatan with a ministry or agency: synergy of planning and carrying out, with a work plan and no PKS.

Source
  PP 28/2018 Pasal 46: the support is no aid in money (46(2)), each level pays its own part (46(3)), a binding document holds it (46(4)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, PageBreak, Para, plain
from exchange.reports.facts import NO_PARTY, NO_WORDING, Party, Wording, Work
from exchange.reports.filling import Filling, numbered
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import clauses
from exchange.reports.letters.kesepakatan import LAWS
from exchange.reports.parts import attachment, deed_signatures, deed_title, sides, work_table


@dataclass(frozen=True, kw_only=True)
class NotaFacts(Facts):
    """first: the region; second: the ministry or agency. The duties are what each level does with its own budget."""

    first: Party = NO_PARTY
    second: Party = NO_PARTY
    day: date | None = None
    place: str | None = None
    subject: str | None = None
    reasons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    first_duties: tuple[str, ...] = ()
    second_duties: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    works: tuple[Work, ...] = ()
    wording: Wording = NO_WORDING

    @property
    def author(self) -> str:
        """The region."""
        return self.first.name or ""


def _blocks(facts: NotaFacts, fill: Filling) -> Iterator[Block]:
    parties = (facts.first, facts.second)
    deed = clauses.Deed(fill, "Nota Kesepakatan")
    yield deed_title("NOTA KESEPAKATAN", parties, facts.subject, fill)
    yield from sides(parties, facts.day, facts.place, fill)
    yield Items(fill.letters(facts.reasons, "pertimbangan"))
    yield Para(plain("Berdasarkan hal tersebut, dan dengan memperhatikan:"), stays=True)
    laws = (LAWS[0].rstrip(";") + "; dan", LAWS[1].replace("; dan", ", khususnya Pasal 46,"))
    yield Items(tuple(Item(f"{n}.", plain(text)) for n, text in enumerate(laws, start=1)))
    yield Para(fill.text("*PARA PIHAK* sepakat membuat Nota Kesepakatan dengan ketentuan sebagai berikut:"), stays=True)
    yield from clauses.purpose(deed, facts.purposes, facts.goals)
    yield from deed.article(
        "Ruang Lingkup",
        Para(deed.say("Sinergi perencanaan dan pelaksanaan pembangunan menurut Nota Kesepakatan ini meliputi:"), stays=True),
        Items(fill.letters(facts.scope, "ruang lingkup")),
    )
    yield from deed.article(
        "Tugas Para Pihak",
        numbered(
            (deed.say("*PIHAK KESATU* bertugas:"), fill.letters(facts.first_duties, "tugas PIHAK KESATU")),
            (deed.say("*PIHAK KEDUA* bertugas:"), fill.letters(facts.second_duties, "tugas PIHAK KEDUA")),
            deed.say(
                "Pelaksanaannya mengikuti rencana kerja dalam Lampiran yang merupakan bagian tidak terpisahkan dari Nota Kesepakatan ini."
            ),
        ),
    )
    yield from deed.article(
        "Pendanaan",
        numbered(
            deed.say("Pendanaan dibebankan pada anggaran masing-masing pihak menurut tingkatan pemerintahannya."),
            deed.say("Dukungan menurut Nota Kesepakatan ini bukan pemberian bantuan dana atau bantuan keuangan."),
        ),
        verified=True,
    )
    yield from clauses.term(deed, facts.starts, facts.ends, verified=False)
    yield from clauses.changes(deed, facts.wording.changes)
    yield from clauses.correspondence(deed, parties, facts.wording.correspondence)
    yield from clauses.final(deed)
    yield deed_signatures(parties, fill)
    yield PageBreak()
    yield attachment("", "Rencana Kerja")
    yield work_table(facts.works, fill)


KIND = Kind("nota_kesepakatan", "Nota Kesepakatan", NotaFacts, _blocks)
