"""Clocks that are wrong: the source's, and ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.kit.base import Window
from connectors.kit.errors import SettingsError
from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends_or_same, same
from connectors.kit.hostile.ordinary import Ordinary


@scenario("Jam sumber salah")
def source_clock_is_wrong(ordinary: Ordinary) -> Iterator[Play]:
    """Date, Last-Modified and Expires in 1970, in 2099 and unreadable: the same demands."""
    for when in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2099 23:59:59 GMT", "kemarin", ""):
        answer = ordinary.each(lambda page: page.reply.saying(Date=when, Last_Modified=when, Expires=when, Age="-5"))
        yield ordinary.play(answer, same, label=when or "kosong", twice=False)


@scenario("Jam simpul ini salah")
def our_clock_is_wrong(ordinary: Ordinary) -> Iterator[Play]:
    """The window of the run lies in 1970, in 2100, ends before it begins, or begins long ago: the same demands, or a run that says so."""
    long_ago, far = datetime(1970, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    now = datetime(2026, 2, 1, tzinfo=UTC)
    for label, window in (
        ("1970", Window(None, long_ago)),
        ("2100", Window(now, far)),
        ("terbalik", Window(far, now)),
        ("sejak lama", Window(long_ago, now)),
    ):
        yield ordinary.play(ordinary.answering({}), ends_or_same, window=window, label=label)


@scenario("Permintaan dari masa depan")
def demands_of_the_future(ordinary: Ordinary) -> Iterator[Play]:
    """Every day in the list moved a thousand years on, as a wrong clock at the source would write it: no listing is lost for it."""
    page = ordinary.pages[0]
    answer = ordinary.each(lambda page: page.holding(page.body.replace(b"2026-", b"3026-").replace(b"2027-", b"3027-")))
    if answer is None or b"2026-" not in page.body + ordinary.pages[-1].body:
        raise NotApplicable("Contohnya tidak memuat tanggal.")
    yield ordinary.play(answer)


@scenario("Jawaban yang sama seperti kemarin")
def known_answers(ordinary: Ordinary) -> Iterator[Play]:
    """Every answer came before byte for byte: rows that are not read again are still counted, and the run is worth the same."""
    yield ordinary.play(ordinary.answering({}), _counted, known=True, gone=ordinary.references)


@scenario("Pengaturan yang kurang atau tidak dikenal")
def settings_wrong(ordinary: Ordinary) -> Iterator[Play]:
    """A setting that is missing and one that nobody knows: refused with its name, and no value of a secret one is repeated."""
    yield replace(ordinary.play(ordinary.answering({}), _settings_are_named), twice=False)


def _counted(outcome: Outcome, ordinary: Ordinary) -> str | None:
    came = len(outcome.listings) + outcome.taken
    if outcome.state != ordinary.outcome.state:
        return f"Keadaannya {outcome.in_words()}; seharusnya {ordinary.outcome.state}."
    return None if came >= len(ordinary.references) else f"Terhitung {came} baris; seharusnya {len(ordinary.references)}."


def _settings_are_named(outcome: Outcome, ordinary: Ordinary) -> str | None:
    given: dict[str, Any] = ordinary.sample.settings_at(ordinary.stage.base)
    for name in [each.name for each in ordinary.kind.settings if each.required]:
        said = _refusal(ordinary, {key: value for key, value in given.items() if key != name})
        if said is None or name not in said:
            return f"Pengaturan {name} yang kurang tidak disebut."
        if any(secret in said for secret in ordinary.secrets):
            return "Pesan pengaturan mengulang nilai rahasia."
    said = _refusal(ordinary, given | {"tidak_ada_namanya": "x"})
    return None if said is not None and "tidak_ada_namanya" in said else "Pengaturan yang tidak dikenal diterima begitu saja."


def _refusal(ordinary: Ordinary, given: dict[str, str]) -> str | None:
    try:
        ordinary.kind(given)
    except SettingsError as error:
        return str(error)
    return None
