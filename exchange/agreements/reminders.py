"""
What about cases a person should be reminded of: ends that come near, stages that stand still, answers that were for another year.

Reckoned anew each time from the days themselves; nothing is decided, approved or ended by time passing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from exchange.agreements.node import Node
from exchange.agreements.rules import Rules, State
from exchange.store.agreements import AgreementRow

BEFORE: Final = (90, 60, 30, 7, 0)  # days before an end
DRAFTING: Final = frozenset({"tidak_perlu_dprd", "penyusunan_pks"})
_JAKARTA = ZoneInfo("Asia/Jakarta")


class Reminder(NamedTuple):
    """
    One thing to remind of. kind: `akhir`, `lewat`, `diam`, `dprd` or `jawaban`; days: until the end, or since when it stands.

    step: how far it has come (for an end the number of marks of `BEFORE` passed), so that each mark reminds once. says, mend: Indonesian.
    """

    case: str
    kind: str
    days: int
    step: int
    says: str
    mend: str


def runs(state: State) -> bool:
    """Whether a case lasts in that state without a step: what is carried out does not stand still."""
    return state.opens == "contracted" or state.name == "pelaksanaan_nk"


class Bounds(NamedTuple):
    """
    What a list of cases to look at asks by. final, moving: states in which a case rests for good, and those in which it must go on; since:
    one that has stood in such a state from before then stands still; until: an end by that day is near.
    """

    final: list[str]
    moving: list[str]
    since: datetime
    until: date


def bounds(node: Node, today: date, stand_still_days: int) -> Bounds:
    """By the calendar here, as a night reminds of it."""
    states = node.rules.states.values()
    since = datetime.combine(today - timedelta(days=stand_still_days - 1), time(), _JAKARTA)
    final = [state.name for state in states if state.final]
    return Bounds(final, [state.name for state in states if not state.final and not runs(state)], since, today + timedelta(days=BEFORE[0]))


def reminders(rules: Rules, row: AgreementRow, today: date, stand_still_days: int) -> Iterator[Reminder]:
    """What one case should be reminded of on that day."""
    state = rules.states[row.state]
    if state.final:
        return
    for end, called in ((row.kb_until, "Kesepakatan"), (row.ends_on, "Perjanjian Kerja Sama")):
        # a text that is being drafted has days too, but they are not signed yet
        signed = {"kb", "nota_kesepakatan"} if called == "Kesepakatan" else {"pks"}
        if end is not None and signed & row.papers.keys():
            yield from _end(row, end, called, today)
    stands = (today - row.state_since.astimezone(_JAKARTA).date()).days
    if not runs(state) and stands >= stand_still_days > 0:
        yield Reminder(
            row.ident, "diam", stands, stands // stand_still_days, f"Sudah {stands} hari pada tahap {state.label}.",
            "Teruskan, atau batalkan dengan alasan.",
        )  # fmt: skip
    year = row.facts.get("tahun_apbd")
    if row.state in DRAFTING and isinstance(year, int) and year != today.year and "keputusan_dprd" not in row.papers:
        yield Reminder(
            row.ident, "dprd", 0, today.year, f"Kebutuhan persetujuan DPRD dijawab untuk APBD {year}, bukan {today.year}.",
            "Jawab ulang dua pertanyaan PP 28/2018 Pasal 6 ayat (2).",
        )  # fmt: skip
    answer = row.facts.get("batas_jawaban")
    if row.state == "penawaran" and isinstance(answer, str) and date.fromisoformat(answer) < today:
        late = (today - date.fromisoformat(answer)).days
        yield Reminder(
            row.ident, "jawaban", late, 1, f"Batas jawaban penawaran lewat {late} hari; diam bukan persetujuan.", "Tanyakan kepada mitra."
        )


def _end(row: AgreementRow, end: date, called: str, today: date) -> Iterator[Reminder]:
    left = (end - today).days
    if left < 0:
        yield Reminder(
            row.ident, "lewat", -left, 1, f"{called} habis masanya {-left} hari lalu; aksesnya sudah tertutup.",
            "Catat pengakhirannya (PP 28/2018 Pasal 9 ayat (1) huruf a); perpanjangan adalah perkara baru.",
        )  # fmt: skip
        return
    passed = sum(1 for mark in BEFORE if left <= mark)
    if passed:
        when = "hari ini" if left == 0 else f"{left} hari lagi"
        yield Reminder(
            row.ident, "akhir", left, passed, f"{called} berakhir {when} ({end.isoformat()}).",
            "Siapkan pengakhiran, atau perkara baru bila hendak diperpanjang.",
        )  # fmt: skip
