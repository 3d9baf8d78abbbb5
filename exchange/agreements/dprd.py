"""
Whether the DPRD must agree: computed from the answers to the questions of PP 28/2018 Pasal 6(2), and asked again in each budget year.

Needed where the plan burdens the people and the region, or its funding does not stand in the budget of the year that runs. No time limit
makes an approval: the law gives none for cooperation between regions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.agreements.asking import Asked, Lack

QUESTIONS = ("membebani_masyarakat", "membebani_daerah", "teranggarkan")
_BASIS = "PP 28/2018 Pasal 6 ayat (2)"


def needed(facts: Mapping[str, Any]) -> bool | None:
    """Whether approval is needed by these answers; None where a question is open."""
    said = [facts.get(name) for name in QUESTIONS]
    if any(not isinstance(answer, bool) for answer in said):
        return None
    people, region, budgeted = said
    return bool((people and region) or not budgeted)


def why(facts: Mapping[str, Any]) -> str:
    """The answer in one sentence, for the record of the decision (Indonesian)."""
    answer = needed(facts)
    if answer is None:
        return "Dua pertanyaan Pasal 6 ayat (2) belum dijawab semua."
    burdens = facts["membebani_masyarakat"] and facts["membebani_daerah"]
    reasons = [
        "membebani masyarakat dan daerah" if burdens else "tidak membebani masyarakat dan daerah sekaligus",
        f"{'sudah' if facts['teranggarkan'] else 'belum'} teranggarkan dalam APBD {facts.get('tahun_apbd', 'tahun berjalan')}",
    ]
    return f"Persetujuan DPRD {'diperlukan' if answer else 'tidak diperlukan'}: rencana {reasons[0]} dan {reasons[1]}."


def dprd_needed(asked: Asked) -> Iterator[Lack]:
    """Approval is asked for where it is needed."""
    yield from _answered(asked, True)


def dprd_not_needed(asked: Asked) -> Iterator[Lack]:
    """That none is needed is decided where it is not."""
    yield from _answered(asked, False)


def _answered(asked: Asked, wanted: bool) -> Iterator[Lack]:
    answer = needed(asked.case.facts)
    if answer is None:
        yield Lack("dprd", why(asked.case.facts), _BASIS, "Jawab kedua pertanyaan dengan buktinya lebih dulu.")
    elif answer is not wanted:
        mend = "Minta persetujuan DPRD." if answer else "Putuskan bahwa persetujuan DPRD tidak diperlukan."
        yield Lack("dprd", why(asked.case.facts), _BASIS, mend)
    else:
        yield from _current(asked)


def dprd_answer_current(asked: Asked) -> Iterator[Lack]:
    """What was answered for a budget year holds in that year alone; an approval of the DPRD holds on."""
    if "keputusan_dprd" not in asked.case.papers:
        yield from _current(asked)


def _current(asked: Asked) -> Iterator[Lack]:
    year = asked.fact("tahun_apbd")
    if year != asked.given.on.year:
        yield Lack(
            "tahun_apbd", f"Kebutuhan persetujuan DPRD dijawab untuk APBD {year}, sedangkan sekarang tahun {asked.given.on.year}.", _BASIS,
            "Jawab ulang kedua pertanyaan untuk tahun anggaran yang berjalan.",
        )  # fmt: skip


def budget_year_runs(asked: Asked) -> Iterator[Lack]:
    """The answer is for the budget of the year that runs."""
    yield from _current(asked)


def budget_year_turned(asked: Asked) -> Iterator[Lack]:
    """The question is asked again where the year of the last answer is over; `given` holds the new year, the case before held the old."""
    if asked.before is not None and asked.before.facts.get("tahun_apbd") == asked.given.on.year:
        yield Lack("tahun_apbd", "Tahun anggaran yang sudah dijawab masih berjalan.", _BASIS, "Tidak perlu dijawab ulang sekarang.")
