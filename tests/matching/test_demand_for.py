"""The open demands for one product: those too that keep no match with it, and none that a full look would not find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from exchange.matching.demand_for import Looked, demand_for
from exchange.matching.run import rematch
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product, products_by_sku
from exchange.store.sources import SourceRow

HOME = "36.72"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    with opened.work() as session:
        session.add(BusinessRow(nib="0000000000001", name="CV Contoh"))
        session.add(SourceRow(name="contoh", connector="table", region="36.04", state="approved"))
    yield opened
    opened.close()


def put_products(store: Store, *names: str) -> None:
    with store.work() as session:
        firm = session.scalars(select(BusinessRow)).one()
        for number, name in enumerate(names):
            apply_product(session, {"sku": f"P{number:02}", "nib": firm.nib, "name": name, "keywords": []}, firm)


def put_demands(store: Store, *titles: str, **more: Any) -> None:
    with store.work() as session:
        source = session.scalars(select(SourceRow)).one()
        first = len(session.scalars(select(DemandRow.id)).all())
        session.add_all(
            DemandRow(
                ident=f"d-{number}", source_id=source.id, reference=str(number), title=title, buyer_name="Dinas Contoh", raw_answer="0",
                raw_position=0, connector_version="1", **{"category": "goods", "status": "open", "content_hash": title} | more,
            )
            for number, title in enumerate(titles, first)
        )  # fmt: skip


def look(store: Store, folder: Path | None, sku: str = "P00", **more: Any) -> Looked:
    with store.read() as session:
        return demand_for(session, products_by_sku(session, [sku])[sku], HOME, folder, **more)


def told(looked: Looked) -> list[tuple[str, float]]:
    return [(one.demand.reference, one.match.score) for one in looked.found]


def test_a_product_that_is_eleventh_everywhere_is_told_what_it_is_asked_for(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi lipat", *["Rak arsip besi"] * 10)
    put_demands(store, "Pengadaan rak arsip besi", "Belanja beras")
    rematch(store, home_region=HOME, folder=tmp_path)
    with store.read() as session:
        assert "P00" not in set(session.scalars(select(MatchRow.product_id).where(MatchRow.product_id == 1)))
        assert len(session.scalars(select(MatchRow)).all()) == 10
    (found,) = look(store, tmp_path).found
    assert (found.demand.title, found.stored) == ("Pengadaan rak arsip besi", None)
    assert found.match.score > 0.4
    (kept,) = look(store, tmp_path, "P01").found
    assert kept.stored is not None
    assert kept.stored.demand_id == kept.demand.id
    assert float(kept.stored.score) == kept.match.score, "the same engine"


def test_what_was_read_by_the_last_run_is_not_read_again_unless_it_shares_a_word(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, "Rak arsip", *["Belanja beras medium"] * 30, "Rak piring")
    rematch(store, home_region=HOME, folder=tmp_path)
    looked = look(store, tmp_path)
    assert looked.weighed == 2
    assert not looked.cut
    assert told(looked)[0][0] == "0"


def test_the_readings_leave_out_nothing_that_a_look_at_all_finds(store: Store, tmp_path: Path) -> None:
    titles = ["Rak arsip", "Snack box", "Belanja makanan rapat", "Rak besi siku", "Meja rapat", "Belanja mebel kantor", "Arsip", "Sewa rak"]
    put_products(store, "Rak arsip besi", "Snack box", "Meja rapat kayu")
    put_demands(store, *titles)
    rematch(store, home_region=HOME, folder=tmp_path)
    for sku in ("P00", "P01", "P02"):
        assert told(look(store, tmp_path, sku)) == told(look(store, None, sku)) != []
    assert look(store, None).weighed == len(titles)


def test_a_demand_that_came_since_the_last_run_is_looked_at_too(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, "Rak arsip", "Belanja beras")
    rematch(store, home_region=HOME, folder=tmp_path)
    put_demands(store, "Pengadaan rak arsip besi")
    with store.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.title == "Belanja beras")).one()
        row.title, row.version = "Rak arsip untuk kelurahan", row.version + 1
    assert {reference for reference, _ in told(look(store, tmp_path))} == {"0", "1", "2"}


def test_where_too_many_share_its_words_the_newest_of_equals_are_read_and_that_is_said(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, *["Rak arsip besi"] * 7)
    rematch(store, home_region=HOME, folder=tmp_path)
    looked = look(store, tmp_path, most=5)
    assert (looked.weighed, looked.cut) == (5, True)
    assert [reference for reference, _ in told(looked)] == ["6", "5", "4", "3", "2"]
    assert look(store, tmp_path, most=7)[1:] == (7, False)
    assert len(look(store, tmp_path, top=2).found) == 2


def test_an_old_demand_that_names_it_is_read_before_new_ones_that_share_a_common_word(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, "Pengadaan rak arsip", *["Pintu besi"] * 9)
    rematch(store, home_region=HOME, folder=tmp_path)
    assert told(look(store, tmp_path, most=3))[0][0] == "0"


def test_what_is_closed_withdrawn_or_not_on_offer_is_left_out(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, "Rak arsip", status="closed")
    put_demands(store, "Rak arsip", state="withdrawn")
    put_demands(store, "Rak arsip", status="planned")
    assert [reference for reference, _ in told(look(store, tmp_path))] == ["2"]
    with store.work() as session:
        products_by_sku(session)["P00"].state = "withdrawn"
    assert look(store, tmp_path) == ([], 0, False)


def test_the_statements_do_not_grow_with_the_demands_that_are_not_read(store: Store, tmp_path: Path) -> None:
    put_products(store, "Rak arsip besi")
    put_demands(store, "Rak arsip")
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))

    def cost() -> int:
        rematch(store, home_region=HOME, folder=tmp_path)
        seen.clear()
        look(store, tmp_path)
        return len(seen)

    before = cost()
    put_demands(store, *["Belanja beras"] * 1200)
    assert cost() == before <= 7
