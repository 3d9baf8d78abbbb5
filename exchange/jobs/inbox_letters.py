"""Letters about what is new in saved searches: one a night at most to each person who wishes for it, and nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from exchange.agreements.coverage import Coverage, coverage_of
from exchange.agreements.inbox import is_searched, new_by_words, new_counts
from exchange.agreements.node import node_of
from exchange.jobs.account_letters import can_mail
from exchange.jobs.letters import letter_to, send
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.saved_searches import Search, look_of, mailed_looks, readers_of_searches, searches_of
from exchange.store.users import UserRow

ACTOR = "surel"
_FOOT = "Surat ini datang paling banyak sekali semalam, hanya bila ada yang baru. Matikan di halaman Kecocokan, di bawah Atur."


def count_news(store: Store, settings: Settings) -> None:
    """Count anew what is new of each saved search for each of its readers: Beranda shows it, the inbox those by words or months."""
    with store.read() as session:
        readers = readers_of_searches(session)
    for account_id in readers:
        counts: dict[int, tuple[int, int]] = {}
        with store.read() as session:  # counting takes long, and nobody waits for it
            coverage = coverage_of(session, node_of(settings), settings.day())
            searches = searches_of(session, account_id)
            news = new_counts(session, searches, coverage, settings.day(), account_id)
            for search in searches:
                count = news[search.row.id].number
                if is_searched(search.row.asked):
                    count = new_by_words(session, search, coverage, settings.day(), account_id, settings.home_region)
                counts[search.row.id] = count, search.newest
        with store.work() as session:
            for search in searches_of(session, account_id):
                if search.row.id in counts:
                    look = look_of(session, search, account_id)
                    look.counted, look.counted_to = counts[search.row.id]


def tell(store: Store, settings: Settings) -> dict[str, int]:
    """
    Send the letters that are due; how many went (`sent`) and did not (`failed`).

    What a letter reckons with is noted before it goes, and taken back where it does not: whatever breaks in between, nothing is told twice.
    """
    told = {"sent": 0, "failed": 0}
    if not can_mail(settings):
        return told
    with store.read() as session:
        wished = mailed_looks(session)
    for user, group in groupby(wished, key=lambda one: one[0]):
        due = _due(store, settings, user, [number for _user, number in group])
        if due:
            trouble = send(settings, letter_to(settings, user.email or "", _subject(due), _lines(settings, due)))["trouble"]
            with store.work() as session:
                if trouble:
                    _take_back(session, user, due)
                audit(
                    session, ACTOR, "mail.failed" if trouble else "mail.sent", "mail", "search", **({"trouble": trouble} if trouble else {})
                )
            told["failed" if trouble else "sent"] += 1
    return told


class _Due:
    """A search with what is new of it since the last letter, and up to which match that letter had reckoned."""

    def __init__(self, search: Search, number: int, is_whole: bool, before: int) -> None:
        self.search, self.number, self.is_whole, self.before = search, number, is_whole, before


def _due(store: Store, settings: Settings, user: UserRow, numbers: list[int]) -> list[_Due]:
    counted: dict[int, tuple[int, bool, int]] = {}
    with store.read() as session:  # counting takes long, and nobody waits for it
        coverage = coverage_of(session, node_of(settings), settings.day())
        for number in numbers:
            for search in searches_of(session, user.id, only=number):
                told = search.look.told_id if search.look else 0
                if search.newest > max(told, search.seen_id):
                    counted[number] = *_counted(session, settings, search, coverage, user.id, told), search.newest
    found: list[_Due] = []
    with store.work() as session:
        for number, (count, is_whole, newest) in counted.items():
            for search in searches_of(session, user.id, only=number):
                look = look_of(session, search, user.id)
                if count:
                    found.append(_Due(search, count, is_whole, look.told_id))
                look.told_id = newest
    return found


def _counted(session: Any, settings: Settings, search: Search, coverage: Coverage, reader: int, told: int) -> tuple[int, bool]:
    since = search._replace(least=told)
    if is_searched(search.row.asked):
        return new_by_words(session, since, coverage, settings.day(), reader, settings.home_region), True
    new = new_counts(session, [since], coverage, settings.day(), reader)[search.row.id]
    return new.number, new.is_whole


def _take_back(session: Any, user: UserRow, due: list[_Due]) -> None:
    for one in due:
        for search in searches_of(session, user.id, only=one.search.row.id):
            look_of(session, search, user.id).told_id = one.before


def _subject(due: list[_Due]) -> str:
    count = sum(one.number for one in due)
    return f"{count} kecocokan baru dalam pencarian Anda"


def _lines(settings: Settings, due: list[_Due]) -> list[str]:
    lines = [f"Yang baru dalam pencarian tersimpan Anda di {settings.office}:", ""]
    for one in due:
        asked: Mapping[str, Any] = one.search.row.asked
        least = "" if one.is_whole else "sedikitnya "
        path = f"/kecocokan?{urlencode({'baru': one.search.row.id, **asked})}"
        lines += [f"{one.search.row.name}: {least}{one.number} baru", f"   {settings.base_url}{path}", ""]
    return [*lines, _FOOT]
