"""
Kesepakatan Bersama between two regions (KSDD).

Source
  PP 28/2018 Pasal 2(1): only heads of region sign it, their power of attorney (2(2)) reaches the PKS alone; Pasal 4, 8, 9. What else it
  must hold is for Permendagri 22/2020 to say and unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, Para, plain
from exchange.reports.facts import NO_PARTY, NO_WORDING, Party, Wording
from exchange.reports.filling import Filling, numbered
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import clauses
from exchange.reports.letters.own_text import parts_of
from exchange.reports.parts import deed_signatures, deed_title, sentence, sides


@dataclass(frozen=True, kw_only=True)
class KesepakatanFacts(Facts):
    """
    offices: who makes the PKS for each side. same_province: whether both sides lie in one; None while that is not known.

    third_party: the second side is no region (KSDPK, PP 28/2018 Pasal 19(1)); forum: who decides then where talks fail.
    """

    first: Party = NO_PARTY
    second: Party = NO_PARTY
    day: date | None = None
    place: str | None = None
    subject: str | None = None
    reasons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    object: str | None = None
    scope: tuple[str, ...] = ()
    first_office: str | None = None
    second_office: str | None = None
    starts: date | None = None
    ends: date | None = None
    funding: str | None = None
    same_province: bool | None = None
    third_party: bool = False
    forum: str | None = None
    wording: Wording = NO_WORDING

    @property
    def author(self) -> str:
        """The first side."""
        return self.first.name or ""


def _blocks(facts: KesepakatanFacts, fill: Filling) -> Iterator[Block]:
    parties = (facts.first, facts.second)
    for n, party in enumerate(parties):
        fill.need(party.signatory.head, f"tanda tangan kepala daerah PIHAK {('KESATU', 'KEDUA')[n]} sendiri (PP 28/2018 Pasal 2)")
    own = facts.wording
    deed = clauses.Deed(fill, "Kesepakatan Bersama")
    yield deed_title("KESEPAKATAN BERSAMA", parties, facts.subject, fill)
    yield from sides(parties, facts.day, facts.place, fill)
    yield Items(fill.letters(facts.reasons, "pertimbangan"))
    yield Para(plain("Berdasarkan hal tersebut, dan dengan memperhatikan:"), stays=True)
    yield Items(tuple(Item(f"{n}.", plain(text)) for n, text in enumerate(LAWS, start=1)))
    yield Para(fill.text("*PARA PIHAK* sepakat membuat Kesepakatan Bersama dengan ketentuan sebagai berikut:"), stays=True)
    yield from clauses.purpose(deed, facts.purposes, facts.goals)
    yield from clauses.object_and_scope(deed, facts.object, facts.scope, verified=True)
    yield from deed.article(
        "Tindak Lanjut",
        numbered(
            *(parts_of(fill, own.follow_up, "tindak lanjut") or clauses.followed_up(deed)),
            deed.say("Perjanjian Kerja Sama disusun oleh {} untuk *PIHAK KESATU* dan {} untuk *PIHAK KEDUA*.",
                     fill.value(facts.first_office, "perangkat daerah PIHAK KESATU"),
                     sentence(fill.value(facts.second_office, "perangkat daerah PIHAK KEDUA"))),
            deed.say("Perjanjian Kerja Sama ditandatangani oleh kepala daerah atau pejabat perangkat daerah yang diberi kuasa, setelah "
                     "persetujuan Dewan Perwakilan Rakyat Daerah diperoleh dalam hal persetujuan itu diperlukan."),
        ),
        verified=True,
    )  # fmt: skip
    yield from clauses.term(deed, facts.starts, facts.ends, verified=False)
    yield from deed.article("Pembiayaan", *clauses.funded(deed, facts.funding))
    if facts.third_party:
        yield from clauses.disputes_with_third(deed, facts.forum, own.disputes)
    else:
        yield from clauses.disputes_of_regions(deed, facts.same_province, own.disputes)
    if own.force_majeure:
        yield from clauses.force_majeure(deed, own.force_majeure)
    yield from clauses.changes(deed, own.changes)
    yield from clauses.ending(deed, third_party=facts.third_party, own=own.ending)
    yield from clauses.correspondence(deed, parties, own.correspondence)
    yield from clauses.final(deed)
    yield deed_signatures(parties, fill)


LAWS = (
    "Undang-Undang Nomor 23 Tahun 2014 tentang Pemerintahan Daerah sebagaimana telah beberapa kali diubah;",
    "Peraturan Pemerintah Nomor 28 Tahun 2018 tentang Kerja Sama Daerah; dan",
    "Peraturan Menteri Dalam Negeri Nomor 22 Tahun 2020 tentang Tata Cara Kerja Sama Daerah dengan Daerah Lain dan Kerja Sama Daerah "
    "dengan Pihak Ketiga,",
)  # fmt: skip
KIND = Kind("kesepakatan_bersama", "Kesepakatan Bersama", KesepakatanFacts, _blocks)
