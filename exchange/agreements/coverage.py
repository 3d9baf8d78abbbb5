"""
Whether a case of cooperation covers the trade of a demand's region in a product: asked of one pair, and as a condition in SQL.

Both ask the same parts (`Reach`), so that a list that is narrowed in SQL shows what each of its rows says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from exchange.access.callers import reader_of
from exchange.access.policy import Tier
from exchange.agreements.node import Node
from exchange.agreements.opens import openings_of
from exchange.agreements.rules import Rules
from exchange.store.agreements import AgreementObjectRow, AgreementRow, cases_of_partner, cases_with_objects, objects_of
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.partners import PartnerRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow

STATES = ("covered", "needs", "none", "own")


class Cover(NamedTuple):
    """
    What is known of one pair. state: one of `STATES`.

    `covered`: a contract in force covers it, `case` (None where its stage was set by hand) until its last day (None: no end).
    `needs`: `case` would cover it and stands at `stage`, which is called `label`. `none`: no case. `own`: the region's own demand,
    for which none is needed.
    """

    state: str
    case: str | None = None
    until: date | None = None
    stage: str | None = None
    label: str | None = None

    @property
    def says(self) -> str:
        """In words (Indonesian)."""
        if self.state == "covered":
            what = self.case or "PKS yang dicatat kantor"
            return f"Tercakup {what} sampai {self.until.isoformat()}." if self.until else f"Tercakup {what}."
        if self.state == "needs":
            return f"Belum tercakup: {self.case} pada tahap {self.label}."
        return "Tidak perlu perjanjian: daerah sendiri." if self.state == "own" else "Belum ada perjanjian."

    def record(self) -> dict[str, Any]:
        """As `MatchCoverage` in schemas/agreement.py states it."""
        until = self.until and self.until.isoformat()
        return {
            "state": self.state, "agreement": self.case, "until": until, "stage": self.stage, "label": self.label, "says": self.says
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """
    What one case covers today, or would once it is carried out.

    region: with all that lies in it, None: whatever region; sectors, kbli: its objects, `kbli` with all classes below, both empty while
    nothing is classified, when it may come to anything. holds: whether it covers it today; rank: how near it is to that.
    """

    case: str | None
    region: str | None
    sectors: frozenset[str]
    kbli: frozenset[str]
    holds: bool
    until: date | None = None
    rank: int = 0
    stage: str | None = None
    label: str | None = None

    def takes(self, region: str | None, sector: str | None, kbli: str | None) -> bool:
        """Whether a demand of that region and a product of that sector and class fall under it."""
        if self.region is not None and not lies_in(region, self.region):
            return False
        if not self.sectors and not self.kbli:
            return True
        return sector in self.sectors or any((kbli or "").startswith(code) for code in self.kbli)


def lies_in(region: str | None, whole: str) -> bool:
    """Whether a region (Kemendagri code) is that one or lies in it."""
    return region is not None and (region == whole or region.startswith(f"{whole}."))


def reach_of(rules: Rules, row: AgreementRow, objects: Sequence[AgreementObjectRow], day: date, *, its_own: bool = False) -> Reach | None:
    """
    What a case covers or may come to cover on a day; None where it never will: it is final, its term is over, or it is of another kind.

    its_own: for the demand of its partner, whatever its region; else for the demand of a region, which cooperation between regions alone
    covers.
    """
    state = rules.states[row.state]
    if state.final or row.instrument == "sinergi" or (not its_own and (row.instrument != "ksdd" or row.region is None)):
        return None
    held = next((one for one in openings_of(rules, row, objects) if one.tier is Tier.CONTRACTED and one.holds(day)), None)
    # a draft has days too, which are not signed yet
    last = row.ends_on if "pks" in row.papers else row.kb_until if "kb" in row.papers else None
    if held is None and last is not None and last < day:
        return None
    return Reach(
        row.ident, None if its_own else row.region, frozenset(one.sector for one in objects if one.sector and not one.kbli),
        frozenset(one.kbli for one in objects if one.kbli), held is not None, held and held.until, list(rules.states).index(row.state),
        row.state, state.label,
    )  # fmt: skip


class Pair(NamedTuple):
    """The columns that a condition reads: the demand's region, the product's sector and class, each "" where nothing is known."""

    region: ColumnElement[str]
    sector: ColumnElement[str]
    kbli: ColumnElement[str]


class Coverage:
    """All that is needed to tell any number of pairs. home: whose own demand needs no agreement, None where that is not asked."""

    def __init__(self, reaches: Iterable[Reach], home: str | None = None) -> None:
        self.home = home
        reaches = list(reaches)
        self.holding = sorted((one for one in reaches if one.holds), key=_longest_first)
        self._waiting = sorted((one for one in reaches if not one.holds), key=lambda one: (-one.rank, one.case or ""))

    @property
    def regions(self) -> frozenset[str] | None:
        """The regions outside of which (and of what lies in them) every pair is `none`; None where cases reach everywhere."""
        reached = {one.region for one in (*self.holding, *self._waiting)} | ({self.home} if self.home else set())
        return None if None in reached else frozenset(code for code in reached if code is not None)

    def of(self, region: str | None, sector: str | None, kbli: str | None) -> Cover:
        """
        Of one pair: the demand's region, the product's sector and KBLI class.

        Of several contracts the one that holds longest, of several cases on their way the one nearest to being carried out.
        """
        if self.home is not None and lies_in(region, self.home):
            return Cover("own")
        for one in self.holding:
            if one.takes(region, sector, kbli):
                return Cover("covered", one.case, one.until)
        for one in self._waiting:
            if one.takes(region, sector, kbli):
                return Cover("needs", one.case, None, one.stage, one.label)
        return Cover("none")

    def of_pair(self, demand: DemandRow, product: ProductRow) -> Cover:
        """Of two rows; the source of the demand must be loaded where it says no region itself."""
        region = demand.region if demand.region is not None or self.home is None else demand.source.region
        return self.of(region, product.sector, product.kbli)

    def where(self, state: str, of: Pair | None = None) -> ColumnElement[bool]:
        """The condition under which `of_pair` says that state, on DemandRow and ProductRow where no columns are given; never NULL."""
        of = _of_rows() if of is None else of
        own = false() if self.home is None else _in_regions([self.home], of.region)
        covered, waiting = _condition(self.holding, of), _condition(self._waiting, of)
        return {
            "own": own,
            "covered": and_(not_(own), covered),
            "needs": and_(not_(own), not_(covered), waiting),
            "none": and_(not_(own), not_(covered), not_(waiting)),
        }[state]


def covers_of(coverage: Coverage, rows: Iterable[MatchRow]) -> dict[int, Cover]:
    """What each of these matches is covered by, by its number; demand (with its source) and product must be loaded."""
    return {row.id: coverage.of_pair(row.demand, row.product) for row in rows}


def _longest_first(one: Reach) -> tuple[bool, int, str]:
    return one.until is not None, -one.until.toordinal() if one.until else 0, one.case or ""


def coverage_of(session: Session, node: Node, day: date) -> Coverage:
    """Of all cases between regions on a day; one statement."""
    cases = cases_with_objects(session, [name for name, state in node.rules.states.items() if not state.final])
    return Coverage(_reaches(node.rules, cases, day), node.home)


def coverage_for(session: Session, rules: Rules, partner_id: int, day: date) -> Coverage:
    """
    Of a partner's own demand by its own cases, as that partner may know it; three statements.

    What the office set by hand, without a case, counts as a contract without a name.
    """
    partner = session.get_one(PartnerRow, partner_id)
    cases = cases_of_partner(session, partner_id)
    objects = objects_of(session, [row.id for row in cases])
    reaches = _reaches(rules, [(row, objects[row.id]) for row in cases], day, its_own=True)
    within = reader_of(partner, day).within
    if not partner.openings and within is not None and (within.sectors or within.kbli):
        reaches.append(Reach(None, None, within.sectors, frozenset(within.kbli), True, partner.stage_until))
    return Coverage(reaches)


def _reaches(
    rules: Rules, cases: Iterable[tuple[AgreementRow, Sequence[AgreementObjectRow]]], day: date, *, its_own: bool = False
) -> list[Reach]:
    found = (reach_of(rules, row, objects, day, its_own=its_own) for row, objects in cases)
    return [one for one in found if one is not None]


def _of_rows() -> Pair:
    its_source = select(SourceRow.region).where(SourceRow.id == DemandRow.source_id).correlate(DemandRow).scalar_subquery()
    region = func.coalesce(DemandRow.region, its_source, "")
    return Pair(region, func.coalesce(ProductRow.sector, ""), func.coalesce(ProductRow.kbli, ""))


def _condition(reaches: Iterable[Reach], of: Pair) -> ColumnElement[bool]:
    """Whether any of them takes a pair: one term for each set of regions that the same objects are agreed with."""
    regions: dict[tuple[str, str], set[str | None]] = {}
    for one in reaches:
        things = [*(("sector", name) for name in one.sectors), *(("kbli", code) for code in one.kbli)] or [("any", "")]
        for thing in things:
            regions.setdefault(thing, set()).add(one.region)
    things_of: dict[frozenset[str | None], list[tuple[str, str]]] = {}
    for thing, where in sorted(regions.items()):
        things_of.setdefault(frozenset(where), []).append(thing)
    return or_(false(), *(and_(_in_regions(where, of.region), _is_of(things, of)) for where, things in things_of.items()))


def _in_regions(codes: Iterable[str | None], region: ColumnElement[str]) -> ColumnElement[bool]:
    known = {code for code in codes if code is not None}
    if None in codes:
        return true()
    tests: list[ColumnElement[bool]] = [region.in_(sorted(known))]
    for length, some in _by_length(known).items():
        tests.append(func.substr(region, 1, length + 1).in_([f"{code}." for code in some]))
    return or_(false(), *tests)


def _is_of(things: Sequence[tuple[str, str]], of: Pair) -> ColumnElement[bool]:
    if ("any", "") in things:
        return true()
    tests: list[ColumnElement[bool]] = []
    if sectors := [name for kind, name in things if kind == "sector"]:
        tests.append(of.sector.in_(sectors))
    for length, some in _by_length(code for kind, code in things if kind == "kbli").items():
        tests.append(func.substr(of.kbli, 1, length).in_(some))
    return or_(false(), *tests)


def _by_length(codes: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in sorted(codes):
        found.setdefault(len(code), []).append(code)
    return found


def beside(marks: Iterable[Mapping[str, Any]], cover: Cover) -> list[Mapping[str, Any]]:
    """
    A match's marks with that of the criterion `coverage` saying what holds today.

    The engine leaves coverage out of the score: it changes by the day and with every step of a case, while a match is weighed by night.
    """
    told = {"need": None, "says": f"{cover.says} Tidak ikut dinilai."}
    return [{**mark, **told} if mark.get("criterion") == "coverage" and mark.get("score") is None else mark for mark in marks]
