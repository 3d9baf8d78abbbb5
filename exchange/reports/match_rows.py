"""The rows of the list of matches as a file: exactly those that the list holds, whatever it is narrowed by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exchange.agreements.coverage import Coverage, coverage_of
from exchange.agreements.inbox import FILTERS, inbox_counts, is_searched, searched_page, want_of
from exchange.matching.places import place_name
from exchange.reports.listed import PART, Asked, Cells
from exchange.store.match_care import active_people
from exchange.store.matches import MatchFilter, MatchRow, list_matches, matches_by_ids

# `baru` names a saved search; SINCE is the match after which it was looked at when the file was asked for
SINCE = "baru_pada"
TAKEN = frozenset({*FILTERS, "baru"})
_WORDED = 500
HEADINGS = [
    ("Nilai", 10), ("Status", 12), ("Permintaan", 24), ("Judul", 60), ("Pembeli", 40), ("Daerah", 34), ("Anggaran (Rp)", 20),
    ("SKU", 20), ("Produk", 40), ("IKM", 34), ("Sektor", 12), ("Putusan kriteria", 14), ("Perjanjian", 12), ("Perkara", 16),
    ("Alasan", 18), ("Penjelasan", 40), ("Catatan", 40), ("Ditangani", 18), ("Ditunda sampai", 14), ("Diputuskan oleh", 18),
    ("Diputuskan pada", 26),
]  # fmt: skip


def match_rows(session: Session, given: Mapping[str, str], asked: Asked) -> Iterator[Cells]:
    """The matches that the list holds for these filters, in its order."""
    want, coverage = _want(given, asked), coverage_of(session, asked.node, asked.day)
    names = {person.id: person.name for person in active_people(session)}
    after: tuple[Decimal, int] | None = None
    while rows := _part(session, given, asked, want, coverage, after):
        for row in rows:
            yield _cells(row, coverage, names)
        after = rows[-1].score, rows[-1].id
        session.expunge_all()


def count_match_rows(session: Session, given: Mapping[str, str], asked: Asked) -> int | None:
    """How many there are; None where words or months are asked for, or more are than is counted."""
    if is_searched(given):
        return None
    shown = given.get("cakupan")
    counts, _care = inbox_counts(session, coverage_of(session, asked.node, asked.day), _want(given, asked), shown)
    return counts.of(shown) if counts.is_whole else None


def _want(given: Mapping[str, str], asked: Asked) -> MatchFilter:
    want = want_of(given, asked.day, asked.reader, int(given[SINCE]) if SINCE in given else None)
    return replace(want, led=want.only)


def _part(
    session: Session, given: Mapping[str, str], asked: Asked, want: MatchFilter, coverage: Coverage, after: tuple[Decimal, int] | None
) -> Sequence[MatchRow]:
    shown = given.get("cakupan")
    if not is_searched(given):
        return list_matches(session, replace(want, covered=coverage.where(shown) if shown else None), limit=PART, after=after)
    found = searched_page(session, coverage, given, want, asked.home, limit=_WORDED, after=after)
    return matches_by_ids(session, found.numbers)


def _cells(row: MatchRow, coverage: Coverage, names: Mapping[int, str]) -> Cells:
    demand, product, care = row.demand, row.product, row.care
    cover = coverage.of_pair(demand, product)
    return (
        row.score, row.state, demand.ident, demand.title, demand.buyer_name, place_name(demand.region or demand.source.region),
        demand.budget_amount, product.sku, product.name, product.business.name, product.sector, row.verdict, cover.state, cover.case,
        row.reason_code, row.reason, row.note, names.get(care.assignee_id or 0) if care else None, care.snoozed_until if care else None,
        row.decided_by, _moment(row.decided_at),
    )  # fmt: skip


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
