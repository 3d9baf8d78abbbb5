"""The same walks through a door: each try is judged by the law, and nothing of a refused one may be left behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, NamedTuple, Protocol

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exchange.agreements.case import Given
from exchange.agreements.check import StepRefused, lacks
from exchange.agreements.node import Node
from exchange.agreements.papers import bring
from exchange.agreements.steps import broken_at, case_of, named, take
from exchange.errors import Mismatch
from exchange.store.agreements import (
    AgreementFileRow,
    AgreementMatchRow,
    AgreementObjectRow,
    AgreementRow,
    AgreementStepRow,
    objects_of,
    steps_of,
)
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.partners import PartnerRow

from .cases import new_case, paper, sha
from .law import Law
from .walking import RULES, Attempt, attempt_at, judged, passing

BODIES = {sha(kind): paper(kind) for kind in (*RULES.papers, "lain")}
KINDS: dict[str, dict[str, Any]] = {
    "ksdd": {},
    "ksdpk": {"kind": "pihak_ketiga", "region": None, "counterpart": "PT Contoh Bersama"},
    "sinergi": {"kind": "kementerian", "region": None, "counterpart": "Kementerian Contoh"},
}
_OF_A_CASE: tuple[Any, ...] = (AgreementStepRow, AgreementObjectRow, AgreementMatchRow, AgreementFileRow)


class Answer(NamedTuple):
    """What a door answered to a try: whether the step was taken, and all that it said."""

    taken: bool
    said: str


class Door(Protocol):
    """
    A way to take steps.

    keeps_files: files of a refused step stay for the next try, counting for nothing; actors: under which names it takes steps.
    """

    keeps_files: bool
    actors: frozenset[str]

    def attempt(self, ident: str, version: int, tried: Attempt) -> Answer:
        """Try it as it must be tried, by somebody who may."""
        ...

    def trespass(self, random: Random, ident: str, version: int, tried: Attempt) -> str:
        """Try it as it must not be tried (by somebody who may not, without what proves the form, too late); in which way."""
        ...


class Desk:
    """The function itself that every other door ends at."""

    keeps_files = False
    actors = frozenset({"meja"})

    def __init__(self, store: Store, node: Node) -> None:
        self._store, self._node = store, node

    def attempt(self, ident: str, version: int, tried: Attempt) -> Answer:
        """Its files and the step in one transaction."""
        try:
            with self._store.work() as session:
                row = named(session, ident, lock=True)
                for kind, digest in tried.papers.items():
                    bring(session, self._node.rules, self._node.papers, row, kind, f"{kind}.pdf", BODIES[digest], actor="meja")
                take(
                    session, self._node, ident, tried.step.name, office=tried.office, actor="meja", on=tried.on, version=version,
                    facts=tried.facts, papers=tried.papers, objects=tried.objects,
                )  # fmt: skip
        except StepRefused as refusal:
            return Answer(False, " ".join(f"{lack.says} {lack.article}" for lack in refusal.lacks))
        return Answer(True, "")

    def trespass(self, _random: Random, ident: str, version: int, tried: Attempt) -> str:
        """Too late."""
        with pytest.raises(Mismatch), self._store.work() as session:
            take(session, self._node, ident, tried.step.name, office=tried.office, actor="meja", on=tried.on, version=version + 1)
        return "late"


@dataclass
class Place:
    """Where the walk goes: a database, the node over it, and the name of the partner whose access follows."""

    store: Store
    node: Node
    partner: PartnerRow | None = None

    def begin(self, instrument: str, on: date) -> str:
        """A new case; its name."""
        with self.store.work() as session:
            partner = self.partner if instrument == "ksdd" else None
            return new_case(session, self.node, partner, on=on, **KINDS[instrument]).ident

    def everything(self, ident: str) -> dict[str, Any]:
        """All that a step of a case may write: its rows, what its partner reads, how much there is of others, and the files."""
        with self.store.read() as session:
            number = named(session, ident).id
            told: dict[str, Any] = {"agreement": _rows(session, AgreementRow, AgreementRow.id == number)}
            told |= {kind.__tablename__: _rows(session, kind, kind.agreement_id == number) for kind in _OF_A_CASE}
            told["audit"] = _rows(session, AuditRow, AuditRow.kind == "agreement", AuditRow.ident == ident)
            told["partner"] = _rows(session, PartnerRow)
            told["count"] = [session.scalar(select(func.count()).select_from(kind)) for kind in (AgreementRow, AuditRow, *_OF_A_CASE)]
        told["folder"] = sorted(path.name for path in self.node.papers.folder.glob("*/*"))
        return told

    def kept(self, told: dict[str, Any]) -> dict[str, Any]:
        """Of everything, what nobody changes who takes no step."""
        return told

    def strewn(self) -> bool:
        """Whether the folder holds other files than those that cases have."""
        with self.store.read() as session:
            known = set(session.scalars(select(AgreementFileRow.sha256)))
        return known != {path.name for path in self.node.papers.folder.glob("*/*")}


def _rows(session: Session, kind: type[Any], *narrowed: ColumnElement[bool]) -> list[tuple[str, ...]]:
    columns = kind.__table__.columns
    return [tuple(str(value) for value in row) for row in session.execute(select(*columns).where(*narrowed).order_by(columns.id))]


def _without_files(told: dict[str, Any]) -> dict[str, Any]:
    """What a refused step must leave as it was where its files stay for the next try."""
    left = {name: rows for name, rows in told.items() if name not in {"agreement_file", "folder", "count"}}
    return left | {"audit": [row for row in told["audit"] if "agreement.file" not in row]}


def walk(place: Place, door: Door, steps: int, seed: int) -> Counter[str]:
    """
    Go so many tries through a door; how often each step was taken, with `tried`, `refused` and `trespassed`.

    Every try: the door's verdict is the law's. Taken: the case is the law's, its history is longer by this very step. Refused: nothing of
    it is there, and all that was missing was said with its article.
    """
    random, tally = Random(seed), Counter[str]()
    ident, law, on = _fresh(place, random)
    for _ in range(steps):
        with place.store.read() as session:
            row = named(session, ident)
            case = case_of(row, objects_of(session, [row.id])[row.id])
            version = row.version
        tried = attempt_at(case, on, random)
        given = Given(tried.office, on, tried.facts, tried.papers, tried.objects)
        missing = lacks(RULES, case, tried.step, given, place.node.policy)
        before = place.everything(ident)
        if random.random() < 0.15:
            way = door.trespass(random, ident, version, tried)
            assert place.kept(place.everything(ident)) == place.kept(before), (way, tried)
            before = place.everything(ident)
            tally["trespassed"] += 1
        allowed = judged(law, tried)
        answer = door.attempt(ident, version, tried)
        tally["tried"] += 1
        assert answer.taken == allowed, (ident, case.state, tried, missing, answer.said[:2000])
        if allowed:
            _stands(place, ident, law, version, tried, door)
            tally[tried.step.name] += 1
        else:
            after = place.everything(ident)
            assert (_without_files(after) == _without_files(before)) if door.keeps_files else after == before, tried
            for lack in missing:
                assert lack.says in answer.said and lack.article in answer.said, (lack, tried, answer.said[:3000])
            assert missing, "the law refuses what the table would take"
            tally["refused"] += 1
        assert not place.strewn()
        on = passing(on, random)
        if RULES.states[law.state].final and random.random() < 0.3:
            ident, law, on = _fresh(place, random)
    return tally


def _fresh(place: Place, random: Random) -> tuple[str, Law, date]:
    instrument = random.choice(["ksdd", "ksdd", "ksdd", "ksdpk", "sinergi"])
    on = date(2026, random.randint(1, 12), random.randint(1, 28))
    return place.begin(instrument, on), Law(instrument), on


def _stands(place: Place, ident: str, law: Law, version: int, tried: Attempt, door: Door) -> None:
    with place.store.read() as session:
        row = named(session, ident)
        objects = objects_of(session, [row.id])[row.id]
        assert (row.state, row.facts, row.papers, row.turn, bool(objects)) == (law.state, law.facts, law.papers, law.turn, law.objects)
        last = steps_of(session, row.id)[-1]
        assert (row.version, last.number, last.step, last.office) == (version + 1, version + 1, tried.step.name, tried.office)
        assert last.actor in door.actors
        assert broken_at(session, row) is None
