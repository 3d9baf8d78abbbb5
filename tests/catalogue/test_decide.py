"""What staff decide about a doubt: what it does to the product, to the public, to the next import, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from exchange.access.segments import differences
from exchange.catalogue.decide import _SKU, decide_proposal
from exchange.catalogue.doubts import _free_sku, look_at
from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.settings import Settings
from exchange.store.audit import AuditRow, history
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.changes import ChangeRow
from exchange.store.products import ProductRow, product_record, products_by_sku
from exchange.store.proposals import ProposalRow, propose, waiting_proposals
from exchange.store.segments import SegmentRow

TODAY = date(2026, 6, 30)
FIRM, OTHER = "9120000000101", "9120000000102"
FIRMS = [["NIB", "Nama IKM", "Badan Usaha", "Data Contoh"], [FIRM, "CV Satu", "CV", "ya"], [OTHER, "CV Dua", "CV", "ya"]]
HEAD = ["NIB", "SKU", "Nama Produk", "Satuan", "Harga", "Kapasitas", "Uraian", "Berat (kg)"]
KEPT = [
    [FIRM, "UJI-MBL-007-01", "Meja tulis jati", "unit", "1,2 jt", "10 unit/bulan", "dari jati", 30],
    [FIRM, "UJI-MBL-007-02", "Kursi tamu rotan", "unit", "900 rb", "25 unit/bulan", None, 8],
    [FIRM, "UJI-MBL-007-03", "Telur asin", "dus isi 12", "50 rb", "40 dus/bulan", None, 1],
    [OTHER, "UJI-MBL-008-01", "Lemari arsip", "unit", "3 jt", "4 unit/bulan", None, None],
    [OTHER, "UJI-MBL-007-04", "Rak buku", "unit", "1 jt", "4 unit/bulan", None, None],
]
LOOSE = [name for name in HEAD if name != "SKU"]
PRICE = [FIRM, "Meja tulis jati", "unit", "9 jt", None, None, None]
UNIT = [FIRM, "Telur asin", "kodi", "70 rb", None, None, None]
SIMILAR = [FIRM, "Meja tulis kayu jati", "unit", "1,5 jt", "12 unit/bulan", None, None]
TWO_UNITS = [FIRM, "Meja tulis kayu jati", "kg/unit", "1,5 jt", None, None, None]
NEW = "UJI-MBL-007-05"


@pytest.fixture
def put(store: Store, book: Callable[..., bytes]) -> Callable[..., dict[str, int]]:
    """Imports rows as one file; gives what was saved."""

    def act(*rows: list[Any]) -> dict[str, int]:
        with store.work() as session:
            return save(session, import_file(book(*rows), "usulan.xlsx", known_of(session), TODAY), "uji")

    return act


@pytest.fixture
def doubt(put: Callable[..., dict[str, int]], store: Store) -> Callable[..., int]:
    """A catalogue of five products, then the one doubt that this row raises; its id."""

    def make(row: list[Any]) -> int:
        put(*FIRMS)
        put(HEAD, *KEPT)
        assert put(LOOSE, row)["proposals"] == 1
        with store.read() as session:
            return waiting_proposals(session)[0].id

    return make


def act(store: Store, number: int, verdict: str, actor: str = "sari", **more: Any) -> ProposalRow:
    with store.work() as session:
        return decide_proposal(session, number, verdict, actor, **more)


def product(store: Store, sku: str) -> dict[str, Any]:
    with store.read() as session:
        row = products_by_sku(session, [sku])[sku]
        return product_record(row) | {"version": row.version}


def public(store: Store, sku: str) -> bytes:
    query = select(SegmentRow.body).where(SegmentRow.kind == "product", SegmentRow.ident == sku, SegmentRow.tier == "public")
    with store.read() as session:
        return bytes(session.scalars(query).first() or b"")


def counts(store: Store) -> list[int]:
    tables = (BusinessRow, ProductRow, ChangeRow, AuditRow, ProposalRow, SegmentRow)
    with store.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def refuses(store: Store, kind: type[ExchangeError], number: int, verdict: str, **more: Any) -> ExchangeError:
    """The refusal, once it is sure that nothing was kept of the decision."""
    before = counts(store)
    with pytest.raises(kind) as refusal:
        act(store, number, verdict, **more)
    assert counts(store) == before
    return refusal.value


def test_an_applied_price_is_kept_published_told_and_recorded(store: Store, doubt: Any, settings: Settings) -> None:
    number = doubt(PRICE)
    assert b'"9000000"' not in public(store, "UJI-MBL-007-01")
    row = act(store, number, "apply", version=1)
    assert (row.state, row.decided_by, row.decided_at is not None) == ("accepted", "sari", True)
    now = product(store, "UJI-MBL-007-01")
    assert (now["price_min"], now["price_max"], now["capacity_max"], now["version"]) == (9_000_000, 9_000_000, 10, 2)
    assert b'"price_min":"9000000"' in public(store, "UJI-MBL-007-01")
    with store.read() as session:
        assert differences(session, settings.home_region) == []
        last = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc())).first()
        assert last is not None and (last.kind, last.ident, last.version) == ("product", "UJI-MBL-007-01", 2)
        saved = history(session, "product", "UJI-MBL-007-01")[0]
        decided = history(session, "proposal", str(number))[0]
    assert (saved.actor, saved.action, saved.facts["proposal"]) == ("sari", "proposal.apply", number)
    assert (Decimal(saved.facts["before"]["price_min"]), saved.facts["after"]["price_min"]) == (1_200_000, "9000000")
    assert (decided.actor, decided.facts["after"]["sku"]) == ("sari", "UJI-MBL-007-01")


def test_with_another_unit_go_the_amounts_that_were_said_in_the_old_one(store: Store, doubt: Any) -> None:
    act(store, doubt(UNIT), "apply")
    now = product(store, "UJI-MBL-007-03")
    assert (now["unit_said"], now["unit_code"], now["price_min"]) == ("kodi", None, 70_000)
    assert (now["capacity_max"], now["capacity_period"], now["weight_kg"]) == (None, None, None)


def test_a_similar_product_goes_onto_the_one_that_staff_name(store: Store, doubt: Any) -> None:
    number = doubt(SIMILAR)
    act(store, number, "apply", sku=" UJI-MBL-007-01 ", version=1)
    now = product(store, "UJI-MBL-007-01")
    assert (now["name"], now["price_max"], now["capacity_max"], now["description"]) == (
        "Meja tulis kayu jati",
        1_500_000,
        12,
        "dari jati",
    )
    assert b"Meja tulis kayu jati" in public(store, "UJI-MBL-007-01")


def test_a_new_product_gets_the_next_number_that_nobody_has(store: Store, doubt: Any, settings: Settings) -> None:
    number = doubt(SIMILAR)
    with store.read() as session:
        (seen,) = look_at(session, waiting_proposals(session))
    assert seen.product is not None
    assert (seen.product.sku, seen.free_sku) == ("UJI-MBL-007-01", NEW)  # 04 is another firm's
    assert public(store, NEW) == b""
    act(store, number, "create", sku=NEW)
    now = product(store, NEW)
    assert (now["name"], now["nib"], now["price_min"], now["version"]) == ("Meja tulis kayu jati", FIRM, 1_500_000, 1)
    assert b"Meja tulis kayu jati" in public(store, NEW)
    with store.read() as session:
        assert differences(session, settings.home_region) == []
        assert history(session, "product", NEW)[0].facts["before"] is None


def test_a_rejected_doubt_changes_the_proposal_alone(store: Store, doubt: Any) -> None:
    number = doubt(PRICE)
    before = product(store, "UJI-MBL-007-01"), public(store, "UJI-MBL-007-01")
    row = act(store, number, "reject")
    assert (row.state, row.decided_by) == ("rejected", "sari")
    assert (product(store, "UJI-MBL-007-01"), public(store, "UJI-MBL-007-01")) == before


@pytest.mark.parametrize(
    ("row", "verdict", "sku"),
    [
        (PRICE, "apply", None),
        (PRICE, "reject", None),
        (UNIT, "apply", None),
        (SIMILAR, "apply", "UJI-MBL-007-01"),
        (SIMILAR, "create", NEW),
        (SIMILAR, "reject", None),
        (TWO_UNITS, "create", NEW),
        (TWO_UNITS, "apply", "UJI-MBL-007-01"),
    ],
)
def test_the_same_file_after_the_decision_neither_asks_again_nor_undoes_it(
    store: Store, doubt: Any, put: Any, row: list[Any], verdict: str, sku: str | None
) -> None:
    act(store, doubt(row), verdict, sku=sku)
    before = counts(store)
    assert set(put(LOOSE, row).values()) == {0}
    assert counts(store) == before
    with store.read() as session:
        assert waiting_proposals(session) == []


@pytest.mark.parametrize("first", ["apply", "reject"])
def test_who_decides_second_is_told_who_was_first(store: Store, doubt: Any, first: str) -> None:
    number = doubt(PRICE)
    act(store, number, first, "budi")
    for verdict in ("apply", "reject"):
        late = refuses(store, Conflict, number, verdict)
        assert "budi sudah memutuskan" in late.message
        assert (late.facts["decided_by"], late.facts["state"]) == ("budi", "accepted" if first == "apply" else "rejected")


def test_of_two_who_decide_at_the_same_moment_one_is_kept(store: Store, doubt: Any) -> None:
    number, start = doubt(SIMILAR), Barrier(2)

    def decide(sku: str) -> str:
        start.wait()
        try:
            act(store, number, "create", sku=sku)
        except Conflict:
            return "late"
        return sku

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(decide, ["UJI-A-1", "UJI-A-2"]))
    made = {"UJI-A-1", "UJI-A-2"} & set(said)
    assert len(made) == 1 and "late" in said
    with store.read() as session:
        assert set(products_by_sku(session, ["UJI-A-1", "UJI-A-2"])) == made


def test_a_product_that_changed_since_it_was_shown_is_not_overwritten(store: Store, doubt: Any, put: Any) -> None:
    number = doubt(PRICE)
    put(LOOSE, [FIRM, "Meja tulis jati", "unit", "1,25 jt", None, None, None])
    assert refuses(store, Conflict, number, "apply", version=1).facts["version"] == 2
    assert product(store, "UJI-MBL-007-01")["price_max"] == 1_250_000


@pytest.mark.parametrize("sku", [None, "", "   ", "UJI MBL 1", "-1", "a" * 61, "<b>", "kode\n", "ü1"])
def test_a_malformed_code_makes_no_product(store: Store, doubt: Any, sku: str | None) -> None:
    number = doubt(SIMILAR)
    if sku == "kode\n":  # the blanks around a code are nobody's intention
        assert act(store, number, "create", sku=sku).state == "accepted"
        assert product(store, "kode")["name"] == "Meja tulis kayu jati"
    else:
        refuses(store, BadRequest, number, "create", sku=sku)


def test_a_code_or_a_name_that_is_taken_makes_no_product(store: Store, doubt: Any, put: Any) -> None:
    number = doubt(SIMILAR)
    taken = refuses(store, Conflict, number, "create", sku="UJI-MBL-008-01")
    assert "Lemari arsip (CV Dua)" in taken.message and NEW in str(taken.mend)
    put(HEAD, [FIRM, "UJI-X-1", "MEJA tulis kayu JATI", "unit", "2 jt", None, None, None])
    assert "UJI-X-1" in refuses(store, Conflict, number, "create", sku=NEW).message
    assert "UJI-X-1" in refuses(store, Conflict, number, "apply", sku="UJI-MBL-007-01").message
    assert act(store, number, "apply", sku="UJI-X-1").state == "accepted"


def test_only_a_product_of_that_firm_can_be_meant(store: Store, doubt: Any) -> None:
    number = doubt(SIMILAR)
    for sku in (None, "", "UJI-MBL-008-01", "TIADA-1"):
        refuses(store, BadRequest, number, "apply", sku=sku)


def test_a_price_belongs_to_its_own_product(store: Store, doubt: Any) -> None:
    number = doubt(PRICE)
    refuses(store, BadRequest, number, "apply", sku="UJI-MBL-007-02")
    refuses(store, BadRequest, number, "create", sku=NEW)
    refuses(store, BadRequest, number, "hapus")
    refuses(store, NotFound, number + 1, "reject")


def test_values_that_the_product_cannot_keep_are_named_and_not_saved(store: Store, doubt: Any) -> None:
    doubt(PRICE)
    with store.work() as session:
        low = propose(session, "price", "UJI-MBL-007-02", "uji", "uji", {"price_min": "5500000", "tkdn_percent": "140"})
        gone = propose(session, "price", "TIADA-1", "uji", "uji", {"price_min": "1", "price_max": "2"})
        lost = propose(session, "product", "9120000000999 Meja", "uji", "uji", {"nib": "9120000000999", "name": "Meja"})
        assert low and gone and lost
        numbers = low.id, gone.id, lost.id
    refusal = refuses(store, BadRequest, numbers[0], "apply")
    assert "tkdn_percent (140)" in refusal.message and "tkdn_percent" in refusal.facts["members"]
    refuses(store, NotFound, numbers[1], "apply")
    refuses(store, NotFound, numbers[2], "create", sku=NEW)
    assert act(store, numbers[2], "reject").state == "rejected"


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=8, unique=True),
    st.sets(st.integers(1, 420), max_size=30),
    st.sampled_from([2, 3, 5]),
)
def test_the_suggested_code_is_new_and_follows_the_firms_own(numbers: list[int], others: set[int], width: int) -> None:
    own = [ProductRow(sku=f"AB-1-{number:0{width}}") for number in numbers]
    taken = {row.sku for row in own} | {f"AB-1-{number:0{width}}" for number in others}
    sku = _free_sku(BusinessRow(name="CV Satu"), "Meja", own, taken)
    assert sku not in taken and _SKU.fullmatch(sku)
    assert sku.startswith("AB-1-") and int(sku.removeprefix("AB-1-")) > max(numbers)


def test_a_firm_that_numbers_nothing_gets_a_code_made_from_names() -> None:
    own = [ProductRow(sku="PRD-0123456789AB"), ProductRow(sku="MEJA")]
    sku = _free_sku(BusinessRow(name="CV Satu"), "Meja", own, set())
    assert sku.startswith("PRD-") and sku not in {"PRD-0123456789AB"} and _SKU.fullmatch(sku)
