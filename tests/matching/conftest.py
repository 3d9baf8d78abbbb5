"""A node whose staff decide: products, demands that name them in an item or in the title alone, and what is read of the decisions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from exchange.matching.decide import decide
from exchange.matching.decisions import Decisions, read_decisions
from exchange.matching.models import Models
from exchange.matching.probability import shipped
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product
from exchange.store.sources import SourceRow

HOME = "36.72"
GOODS = ["Rak arsip besi", "Genset diesel 10 kVA", "Tiang PJU 7 meter", "Kompos padat", "Meja siswa", "Beras medium"]
ASKED = ["rak arsip besi", "genset diesel", "tiang PJU", "kompos padat", "meja siswa", "beras medium"]


@pytest.fixture
def node(store: Store) -> Store:
    """Six products, and 48 demands for them: by turns six list the thing, and six name it in their title alone."""
    with store.work() as session:
        firm = BusinessRow(nib="0000000000001", name="CV Contoh")
        session.add_all([firm, SourceRow(name="contoh", connector="table", region="36.04", state="approved")])
        session.flush()
        for number, name in enumerate(GOODS):
            apply_product(session, {"sku": f"P{number}", "nib": firm.nib, "name": name, "keywords": []}, firm)
    for number in range(48):
        thing = ASKED[number % len(ASKED)]
        listed = number // len(ASKED) % 2 == 0
        _ask(store, number, "Belanja modal kantor" if listed else f"Belanja {thing}", [thing] if listed else [])
    rematch(store, home_region=HOME)
    return store


@pytest.fixture
def ask(node: Store) -> Callable[[int, str, list[str]], None]:
    """`ask(100, "Pengadaan rak", ["rak arsip"])`: one more demand with its title and items."""
    return lambda number, title, items: _ask(node, number, title, items)


def _ask(store: Store, number: int, title: str, items: list[str]) -> None:
    with store.work() as session:
        session.add(
            DemandRow(
                ident=f"d-{number}",
                source_id=session.scalars(select(SourceRow.id)).one(),
                reference=str(number),
                title=title,
                items=[{"text": text} for text in items],
                buyer_name="Dinas Contoh",
                category="goods",
                status="open",
                content_hash=title,
                raw_answer="0",
                raw_position=0,
                connector_version="1",
            )
        )


@pytest.fixture
def models(settings: Settings) -> Models:
    return Models(settings.models())


@pytest.fixture
def judge(node: Store) -> Callable[..., None]:
    """`judge(rule, reason)`: staff decide all matches by a rule (row -> state); None leaves one undecided."""

    def run(state_of: Callable[[MatchRow], str | None], reason: str = "bukan barang yang diminta") -> None:
        with node.read() as session:
            rows = [(row.id, row.version, state_of(row)) for row in session.scalars(select(MatchRow).order_by(MatchRow.id))]
        with node.work() as session:
            for row_id, version, state in rows:
                if state:
                    decide(session, row_id, version, state, reason, None, "petugas")

    return run


@pytest.fixture
def decided(node: Store) -> Callable[[], Decisions]:
    """`decided()`: what can be learned from as it is now."""

    def run() -> Decisions:
        with node.read() as session:
            return read_decisions(session, HOME, shipped())

    return run
