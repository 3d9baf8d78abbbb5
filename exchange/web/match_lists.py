"""The inbox of matches as its address asks for it: the filters, the rows, the counts, saved searches and what the last step did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES as COVERAGE
from exchange.agreements.coverage import Coverage, coverage_of, covers_of
from exchange.agreements.covered_counts import Counts, narrowed
from exchange.agreements.inbox import (
    ALL,
    FILTERS,
    MINE,
    inbox_counts,
    is_searched,
    new_wanted,
    searched_page,
    since_of,
    want_of,
    with_counts,
)
from exchange.agreements.node import node_of
from exchange.errors import BadRequest, ExchangeError
from exchange.matching.reasons import REASONS
from exchange.reports.classes import ALL_SECTORS
from exchange.store.care_counts import Cared
from exchange.store.figures import figure_count
from exchange.store.match_care import NOBODY
from exchange.store.match_tally import is_tallied
from exchange.store.matches import MatchFilter, MatchRow, list_matches, matches_by_ids
from exchange.store.reason_counts import MOST_REASONED, reason_parts
from exchange.store.saved_searches import Search, new_parts, searches_of
from exchange.web.asking import PAGE, after_score, allow, asked, here, one_of, whole, words_of
from exchange.web.figured import months_asked, sector_word
from exchange.web.pages import may_decide, page_or_part
from exchange.wiring import settings, store
from schemas.business import SECTORS

STATES = ("proposed", "accepted", "rejected")
SCORES = (30, 50, 70, 90)


def reader() -> int:
    """The number of the account that reads."""
    number: int = current_user.row.account_id
    return number


def coverage_now(session: Session) -> Coverage:
    """What agreements cover today."""
    return coverage_of(session, node_of(settings()), settings().day())


def filters_asked() -> dict[str, str]:
    """The filters of the address by name, those that are set; raises BadRequest for one that cannot be read."""
    words_of(asked("cari"))
    least, below = whole("nilai", 0, 100), whole("di_bawah", 1, 100)
    months_asked()
    said = asked("orang")
    if said not in (None, MINE, NOBODY):
        whole("orang", 1, 10**15)
    found = {
        "cari": asked("cari"), "status": one_of("status", (*STATES, ALL)), "sektor": one_of("sektor", ALL_SECTORS),
        "daerah": asked("daerah"),
        "nilai": str(least) if least else None, "di_bawah": str(below) if below else None, "dari": asked("dari"), "sampai": asked("sampai"),
        "sekali": one_of("sekali", ("ya",)), "cakupan": one_of("cakupan", COVERAGE), "orang": said, "tunda": one_of("tunda", ("ya",)),
        "alasan": one_of("alasan", tuple(REASONS)),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def answer_list(status: int = 200, **more: Any) -> Response:
    """The list that the address asks for, as page or part."""
    allow(*FILTERS, "setelah", "baru", "langkah")
    said, place = filters_asked(), after_score()
    fresh, step = whole("baru", 1, 10**15), whole("langkah", 1, 10**15)
    with store().read() as session:
        coverage = coverage_now(session)
        searches = searches_of(session, reader())
        since = since_asked(searches, fresh)
        want, cover = want_of(said, settings().day(), reader(), since), said.get("cakupan")
        worded = is_searched(said)
        news, least, wanted = new_wanted(searches, coverage, settings().day(), reader())
        beside = [*(new_parts(least, wanted) if wanted else ()), *_reasons(said, coverage, since)]
        counts, care = inbox_counts(session, coverage, want, cover, beside=beside, step=step, worded=worded)
        counts, rows = _rows(session, coverage, want, said, counts, place)
        context = _context(said, want, counts, care, rows, place is not None)
        context["figured"] = figure_count(session) if "sekali" in said else None
        context["covers"] = covers_of(coverage, context["rows"])
        context |= {"searches": searches, "news": with_counts(news, care.more.get("new", {})), "fresh": fresh, "step": care.step}
        context |= {"newest": searches[0].newest if searches else 0, "message": None, "typed": {}} | more
        return page_or_part("matches/page.html", "matches/_part.html", status, **context)


def since_asked(searches: list[Search], fresh: int | None) -> int | None:
    """After which match the list begins that shows what is new of a saved search; raises BadRequest where the reader has none such."""
    if fresh is None:
        return None
    found = next((one for one in searches if one.row.id == fresh), None)
    if found is None:
        raise BadRequest(_("Saringan %(name)s tidak mengenal “%(value)s”.", name="baru", value=fresh), mend=_("Buka daftar dari menu."))
    return since_of(found)


def _reasons(said: Mapping[str, str], coverage: Coverage, since: int | None) -> list[Any]:
    """The questions for how many have each reason, where the list shows rejected ones and asks for no words."""
    if not _counts_reasons(said):
        return []
    others = want_of({name: value for name, value in said.items() if name != "alasan"}, settings().day(), reader(), since)
    return reason_parts(replace(others, covered=coverage.where(said["cakupan"]) if "cakupan" in said else None), REASONS)


def _counts_reasons(said: Mapping[str, str]) -> bool:
    return not is_searched(said) and said.get("status") in ("rejected", ALL)


def _rows(
    session: Session, coverage: Coverage, want: MatchFilter, said: Mapping[str, str], counts: Counts, place: tuple[Decimal, int] | None
) -> tuple[Counts, list[MatchRow]]:
    """The page's rows; the counts anew where words or months are asked for."""
    cover = said.get("cakupan")
    if is_searched(said):
        found = searched_page(session, coverage, said, want, settings().home_region, limit=PAGE + 1, after=place)
        told = {cover or COVERAGE[0]: found.least} if found.counted is None else found.counted
        return counts._replace(by_state=told, is_whole=found.counted is not None), matches_by_ids(session, found.numbers)
    if not counts.of(cover):
        return counts, []
    return counts, list_matches(session, _led(want, coverage, cover, counts), limit=PAGE + 1, after=place)


def _led(want: MatchFilter, coverage: Coverage, cover: str | None, counts: Counts) -> MatchFilter:
    if want.only is not None:
        return replace(want, led=want.only, covered=coverage.where(cover) if cover else None)
    return narrowed(want, coverage, cover, counts)


def _context(
    said: Mapping[str, str], want: MatchFilter, counts: Counts, care: Cared, rows: list[MatchRow], further: bool
) -> dict[str, Any]:
    shown, facets, cover = rows[:PAGE], counts.facets, said.get("cakupan")
    counted = not is_searched(said) and counts.is_whole and is_tallied(want)
    least = int(said.get("nilai", 0)) or None
    return {
        "rows": shown,
        "count": counts.of(cover),
        "is_whole": counts.is_whole,
        "text": said.get("cari"),
        "unheard": "cari" in said and want.words is None,
        "by_state": facets.get("state", {}) if counted else {},
        "by_sector": facets.get("sector", {}) if counted else {},
        "by_region": facets.get("region", {}) if counted else {},
        "by_score": _reaching(facets.get("band", {})) if counted else {},
        "regions": sorted({*facets.get("region", {}), *([want.region] if want.region else [])} - {""}),
        "cover": cover,
        "coverages": COVERAGE,
        "facets": [(code, counts.by_state.get(code), here(cakupan=code, setelah=None, langkah=None)) for code in COVERAGE],
        "all_covers": here(cakupan=None, setelah=None, langkah=None),
        "of_rejected": here(status="rejected", setelah=None, langkah=None),
        "want": want,
        "said": said,
        "state": said.get("status", "proposed"),
        "least": least,
        "states": STATES,
        "sectors": [*SECTORS, *({said["sektor"]} - {*SECTORS} if "sektor" in said else ())],
        "sector_word": sector_word,
        "below": int(said.get("di_bawah", 0)) or None,
        "untimed": here(dari=None, sampai=None, sekali=None, setelah=None, langkah=None),
        "scores": SCORES,
        "reasons": REASONS,
        "by_reason": care.more.get("reason", {}) if _counts_reasons(said) else None,
        "reasons_cut": {code for code, number in care.more.get("seen", {}).items() if number > MOST_REASONED},
        "people": care.people,
        "names": {one.number: one.name for one in care.people},
        "mine": next((one.waiting for one in care.people if one.number == reader()), None),
        "me": reader(),
        "today": settings().day(),
        "listed": urlencode(said),
        "list_address": here(langkah=None),
        "next_page": here(setelah=f"{shown[-1].score:f}_{shown[-1].id}", langkah=None) if len(rows) > PAGE else None,
        "first_page": here(setelah=None, langkah=None) if further else None,
        "may_decide": may_decide(),
        "can_mail": bool(settings().smtp_url and settings().base_url),
    }


def _reaching(bands: dict[str, int]) -> dict[int, int]:
    """How many matches reach each of `SCORES`, from how many there are in each band."""
    return {score: sum(count for band, count in bands.items() if int(band) > place) for place, score in enumerate(SCORES)}


def known_filters(listed: str) -> dict[str, str]:
    """The filters of a list from how a page keeps them; others are left out, and what no filter could be."""
    return {name: value for name, value in parse_qsl(listed[:2000]) if name in FILTERS and _may_be(name, value)}


def _may_be(name: str, value: str) -> bool:
    if name == "orang" and value not in (MINE, NOBODY):
        return value.isascii() and value.isdigit() and len(value) <= 15
    return "\0" not in value and len(value) <= 200


def next_undecided(session: Session, coverage: Coverage, row: MatchRow, listed: str) -> MatchRow | None:
    """The next undecided match of the list that the reader came from, by score; None at its end."""
    said = known_filters(listed) | {"status": "proposed"}
    try:
        want, cover = want_of(said, settings().day(), reader()), said.get("cakupan")
        want = replace(want, led=want.only, covered=coverage.where(cover) if cover else None)
    except (ValueError, ArithmeticError, KeyError, ExchangeError):
        return None
    place = row.score, row.id
    if not is_searched(said):
        return next(iter(list_matches(session, want, limit=1, after=place)), None)
    found = searched_page(session, coverage, said, want, settings().home_region, limit=1, after=place)
    return next(iter(matches_by_ids(session, found.numbers)), None)
