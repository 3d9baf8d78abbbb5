"""
What holds for every play, whatever the server does; a scenario adds its own checks to these.

Each rule gives one Indonesian sentence for what is broken, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from connectors.kit.hostile.base import Outcome, Play
from connectors.kit.hostile.stage import DiskFull, OutOfTime
from connectors.kit.limits import MIB

if TYPE_CHECKING:
    from connectors.kit.hostile.ordinary import Ordinary

Rule = Callable[[Outcome, Play, "Ordinary"], str | None]


def broken(outcome: Outcome, play: Play, ordinary: Ordinary) -> Iterator[str]:
    """What is wrong with an outcome by the rules for all; the plainest first."""
    for rule in RULES:
        wrong = rule(outcome, play, ordinary)
        if wrong:
            yield wrong


def _ends(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    if outcome.late or isinstance(outcome.broke, OutOfTime):
        return f"Konektor tidak berakhir dalam {play.seconds:g} detik."
    return f"Konektor memberi lebih dari {play.limits.listings} data." if outcome.endless else None


def _raises_only_its_own(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    error = outcome.broke
    if error is None or (play.full and isinstance(error, DiskFull)):
        return None
    return f"Konektor melempar {type(error).__name__} di {place(error)}, bukan SourceError, Skip atau Refused."


def _asks_within_bounds(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    if outcome.facts.requests > play.limits.requests:
        return f"Konektor meminta {outcome.facts.requests} kali; batasnya {play.limits.requests}."
    beside = len(outcome.wire) - outcome.facts.requests
    return f"{beside} permintaan datang ke server tanpa lewat Fetch." if beside > 0 else None


def _stays_inside(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    return f"Konektor hendak keluar ke {outcome.outside[0]}." if outcome.outside else None


def _fits_in_memory(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    if play.memory is None or outcome.peak is None or outcome.peak <= play.memory * MIB:
        return None
    return f"Memori memuncak {outcome.peak / MIB:.0f} MiB; batasnya {play.memory} MiB."


def _keeps_its_promises(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    return f"Janji konektor dilanggar: {outcome.faults[0]}" if outcome.faults else None


def _is_kept_before_it_is_read(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    digests = {raw.answer for raw in outcome.listings}
    if outcome.error is not None and outcome.error.answer is not None:
        digests.add(outcome.error.answer)
    if play.resumed is None and digests - outcome.kept.keys():
        return "Data berasal dari jawaban yang tidak disimpan lebih dulu."
    return None


def _can_be_stored(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    """No store keeps a NUL or half a character."""
    for reference, (kind, told) in zip(outcome.references, outcome.told, strict=False):
        if kind != "demand":
            continue
        try:
            text = orjson.dumps(told)
        except TypeError:
            return f"Permintaan {reference[:40]!r} memuat sesuatu yang bukan JSON."
        if b"\\u0000" in text or "\0" in reference:
            return f"Permintaan {reference[:40]!r} memuat tanda NUL."
    return None


def _tells_no_secret(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    shown = [outcome.said, outcome.shown, *outcome.proof.reasons]
    if outcome.error is not None:
        shown += [outcome.error.message, outcome.error.mend]
    shown += [str(outcome.broke or ""), *(raw.url for raw in outcome.listings)]
    shown += [str(told) for kind, told in outcome.told if kind != "demand"]
    for secret in ordinary.secrets:
        if any(secret in text for text in shown):
            return "Pengaturan rahasia tampak dalam pesan, catatan atau alamat yang ditunjukkan."
    return None


def _never_complete_with_less(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    if outcome.state != "complete" or play.leave is not None:
        return None
    lost = ordinary.references - set(outcome.references) - play.gone
    if not lost:
        return None
    return f"Keadaan complete padahal {len(lost)} data tidak ada, misalnya {min(lost)[:40]!r}."


def _invents_nothing(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    if play.fresh is None:
        return None
    invented = set(outcome.references) - ordinary.references - play.fresh
    return f"Acuan yang tidak ada di sumber: {min(invented)[:60]!r}." if invented else None


def _says_why(outcome: Outcome, play: Play, ordinary: Ordinary) -> str | None:
    error = outcome.error
    if error is not None and not (error.rule and error.message and error.mend):
        return "Galat tanpa aturan, pesan atau saran."
    return None


RULES: tuple[Rule, ...] = (
    _ends, _raises_only_its_own, _stays_inside, _asks_within_bounds, _fits_in_memory, _tells_no_secret, _keeps_its_promises,
    _is_kept_before_it_is_read, _can_be_stored, _invents_nothing, _never_complete_with_less, _says_why,
)  # fmt: skip


def secrets_of(settings: dict[str, str], secret: set[str]) -> frozenset[str]:
    """
    The parts of secret settings that may be shown nowhere: of an address its path with query and each long word in it, of anything
    else the whole value.
    """
    found: set[str] = set()
    for name, value in settings.items():
        if name not in secret:
            continue
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"}:
            found.add(value)
            continue
        found.add(parts.path + (f"?{parts.query}" if parts.query else ""))
        found |= {word for word in parts.path.split("/") if len(word) >= 16}
        found |= {word for _, word in parse_qsl(parts.query) if len(word) >= 8}
    return frozenset(each for each in found if len(each) >= 6)


def place(error: BaseException) -> str:
    """File and line where an exception rose."""
    trace: Any = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
