"""Adendum: a change of a signed paper, with its own numbers and signatures. Nothing is edited in place; none changes the term."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, Para, Title, plain
from exchange.reports.facts import NO_PARTY, Party
from exchange.reports.filling import Filling, numbered
from exchange.reports.kinds import Facts, Kind
from exchange.reports.letters import clauses
from exchange.reports.parts import deed_signatures, deed_title, sentence, sides


@dataclass(frozen=True, kw_only=True)
class Change:
    """One article of the changed paper. place: “Pasal 4 ayat (2)”; before and after: its wording."""

    place: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class AdendumFacts(Facts):
    """ordinal: which addendum of that paper, from 1. paper: “Perjanjian Kerja Sama”; its number and day. reasons: why it is changed."""

    first: Party = NO_PARTY
    second: Party = NO_PARTY
    day: date | None = None
    place: str | None = None
    ordinal: int | None = None
    paper: str | None = "Perjanjian Kerja Sama"
    subject: str | None = None
    paper_number: str | None = None
    paper_day: date | None = None
    reasons: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def author(self) -> str:
        """The first side."""
        return self.first.name or ""


_ORDINALS = ("KESATU", "KEDUA", "KETIGA", "KEEMPAT", "KELIMA", "KEENAM", "KETUJUH", "KEDELAPAN", "KESEMBILAN", "KESEPULUH")


def _blocks(facts: AdendumFacts, fill: Filling) -> Iterator[Block]:
    parties, deed = (facts.first, facts.second), clauses.Deed(fill, "Adendum")
    n = facts.ordinal or 0
    fill.need(0 < n <= len(_ORDINALS), "urutan adendum (1 sampai 10)")
    which = _ORDINALS[n - 1] if 0 < n <= len(_ORDINALS) else "[urutan adendum]"
    paper = fill.value(facts.paper, "naskah yang diubah")
    titled = deed_title(f"ADENDUM {which}", parties, facts.subject, fill, between=f"ATAS {paper.text.upper()} ANTARA")
    yield Title(titled.lines, titled.extra)
    yield from sides(parties, facts.day, facts.place, fill)
    number, day = fill.value(facts.paper_number, "nomor naskah yang diubah"), fill.day(facts.paper_day, "tanggal naskah yang diubah")
    signed = fill.text("bahwa *PARA PIHAK* telah menandatangani {} nomor {} tanggal {};", paper, number, day)
    reasons = fill.letters(facts.reasons, "alasan perubahan")
    yield Items((Item("a.", signed), *(Item(f"{'bcdefghijklmnopqrstuvwxyz'[k % 25]}.", item.runs) for k, item in enumerate(reasons))))
    yield Para(fill.text("*PARA PIHAK* sepakat mengubah {} tersebut dengan ketentuan sebagai berikut:", paper), stays=True)
    yield from deed.article("Ketentuan yang Diubah", *_changed(facts, fill))
    yield from deed.article(
        "Ketentuan Lain",
        numbered(
            deed.say("Ketentuan yang tidak diubah dengan Adendum ini tetap berlaku."),
            deed.say("Adendum ini merupakan bagian tidak terpisahkan dari {} nomor {}.", paper, number),
            deed.say("Adendum ini berlaku sejak tanggal ditandatangani dan tidak mengubah jangka waktu {}.", paper),
        ),
    )
    yield from clauses.final(deed)
    yield deed_signatures(parties, fill)


def _changed(facts: AdendumFacts, fill: Filling) -> Iterator[Block]:
    if not facts.changes:
        yield Para((fill.value(None, "ketentuan yang diubah"),))
    for n, change in enumerate(facts.changes, start=1):
        place = fill.value(change.place, f"tempat perubahan {n}")
        yield Para(fill.text("{}. {} yang semula berbunyi:", *plain(str(n)), place), stays=True)
        yield Items((Item("", fill.text("“{}”", sentence(fill.value(change.before, f"bunyi semula {n}")))),))
        yield Para(plain("diubah sehingga berbunyi:"), stays=True)
        yield Items((Item("", fill.text("“{}”", sentence(fill.value(change.after, f"bunyi baru {n}")))),))


KIND = Kind("adendum", "Adendum", AdendumFacts, _blocks)
