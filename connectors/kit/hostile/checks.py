"""What scenarios expect of an outcome, beyond the rules for all; each check gives what is wrong (Indonesian), or None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.kit.hostile.base import Check, Outcome

if TYPE_CHECKING:
    from connectors.kit.hostile.ordinary import Ordinary


def same(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """The state, the references and the demands of the ordinary exchange."""
    return same_as(ordinary.outcome)(outcome, ordinary)


def same_as(other: Outcome) -> Check:
    """The state, the references and the demands of another outcome."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        if outcome.state != other.state:
            return f"Keadaannya {outcome.in_words()}; seharusnya {other.in_words()}. {_why(outcome)}"
        if set(outcome.references) != set(other.references):
            return f"Datang {len(set(outcome.references))} acuan; seharusnya {len(set(other.references))} yang sama."
        before, now = other.demands(), outcome.demands()
        differs = [reference for reference in before if before[reference] != now[reference]]
        return f"{len(differs)} data menjadi lain, misalnya {differs[0][:40]!r}." if differs else None

    return check


def incomplete(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """Not complete, whatever else."""
    return f"Keadaannya complete ({len(outcome.listings)} data), padahal jawabannya rusak." if outcome.state == "complete" else None


def ends(*rules: str) -> Check:
    """Not complete, ended by one of these rules, and without a listing."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        if outcome.error is None:
            return f"Berakhir tanpa galat ({outcome.in_words()}); seharusnya {' atau '.join(rules)}."
        if rules and outcome.error.rule not in rules:
            return f"Berakhir dengan {outcome.error.rule}; seharusnya {' atau '.join(rules)}."
        return incomplete(outcome, ordinary)

    return check


def ends_or_same(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """Either nothing is noticed of it, or the run says that it is not complete."""
    return None if incomplete(outcome, ordinary) is None else same(outcome, ordinary)


def keeps(references: frozenset[str]) -> Check:
    """These references came."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        lost = references - set(outcome.references)
        return f"{len(lost)} data yang sudah datang hilang, misalnya {min(lost)[:40]!r}." if lost else None

    return check


def keeps_all(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """Every ordinary reference came, and the run says complete."""
    if outcome.state != ordinary.outcome.state:
        return f"Keadaannya {outcome.in_words()}; seharusnya {ordinary.outcome.state}. {_why(outcome)}"
    return keeps(ordinary.references)(outcome, ordinary)


def counts(wanted: int, word: str = "data") -> Check:
    """So many listings."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        return None if len(outcome.listings) == wanted else f"Datang {len(outcome.listings)} {word}; seharusnya {wanted}."

    return check


def complete(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """The run says complete."""
    return None if outcome.state == "complete" else f"Keadaannya {outcome.in_words()}; seharusnya complete. {_why(outcome)}"


def asked_at_most(times: int) -> Check:
    """So many requests at most."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        return (
            f"Sumber ditanya {outcome.facts.requests} kali; seharusnya paling banyak {times}." if outcome.facts.requests > times else None
        )

    return check


def reached_only(*allowed: str) -> Check:
    """No connection to any address but these."""

    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        other = [each for each in outcome.connected if each not in allowed]
        return f"Sambungan dibuka ke {other[0]}." if other else None

    return check


def unresolved(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """No name was looked up at all."""
    return f"Nama {outcome.resolved[0]} ditanyakan." if outcome.resolved else None


def _why(outcome: Outcome) -> str:
    return " ".join(outcome.proof.reasons)[:200]
