"""Versions of a case's price list: recorded when the law lets it, chained, never edited, opened with the contract and closed with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from exchange.access.callers import reader_of
from exchange.access.partners import named as partner_named
from exchange.agreements import verifying
from exchange.agreements.prices.basis import Ground
from exchange.agreements.prices.lines import Line
from exchange.agreements.prices.record import broken_version, lines_of, record
from exchange.agreements.steps import named
from exchange.cli.agreement_verify import broken_cases
from exchange.errors import BadRequest, Conflict, Mismatch
from exchange.jobs.cases import look_after_cases
from exchange.store.audit import AuditRow
from exchange.store.businesses import apply_business
from exchange.store.prices import PriceListRow, PriceRow, lists_of
from exchange.store.products import apply_product

from .cases import TODAY, go, go_until, new_case  # isort: skip

NAME = "KS-2026-0001"
DRAFT, ANNEX = Ground("naskah"), Ground("lampiran")
CLAUSE = Ground("klausul", TODAY + timedelta(days=30), "Pasal 7 ayat (2) PKS; BA 1/2026")


def line(price: str = "600000", sku: str = "LGM-1", **more: object) -> Line:
    return Line(sku=sku, unit="MTK", unit_said="m2", price=Decimal(price), **more)  # type: ignore[arg-type]


@pytest.fixture
def case(store, node, office):
    """A case whose contract is being drafted, and products within and beyond its objects."""
    with store.work() as session:
        firm, _ = apply_business(session, {"nib": "9120000000001", "name": "CV Karya", "legal_form": "CV", "sector": "logam"})
        for sku, sector, kbli in (("LGM-1", "logam", "25111"), ("PGN-1", "pangan", "10710")):
            apply_product(session, {"sku": sku, "nib": firm.nib, "name": sku, "sector": sector, "kbli": kbli, "unit_code": "MTK"}, firm)
        go_until(session, node, new_case(session, node, partner_named(session, office)), "susun_pks")
    return NAME


def put(store, node, ground: Ground, *lines: Line, seen: int = 0, on: date = TODAY) -> PriceListRow:
    with store.work() as session:
        return record(session, node, NAME, lines or [line()], ground, seen=seen, actor="petugas", on=on)


def step(store, node, *names: str, **more) -> None:
    with store.work() as session:
        for name in names:
            go(session, node, named(session, NAME), name, **more)


def told(store, office: str, day: date = TODAY) -> list[tuple[int, date | None, date | None]]:
    with store.read() as session:
        within = reader_of(partner_named(session, office), day).within
    return [] if within is None else [(one.number, one.since, one.until) for one in within.prices]


def test_a_list_is_drafted_with_the_contract_frozen_with_it_and_opens_with_it(store, node, office, case):
    put(store, node, DRAFT)
    put(store, node, DRAFT, line("610000"), seen=1)
    step(store, node, "isi_pks", "bekukan_pks")
    with pytest.raises(Conflict, match="dibekukan"):
        put(store, node, DRAFT, seen=2)
    step(store, node, "tandatangani_pks")
    assert told(store, office) == [], "signed is not carried out"
    step(store, node, "laksanakan")
    with store.read() as session:
        ends = named(session, NAME).ends_on
    assert told(store, office) == [(2, TODAY, ends)]
    assert told(store, office, ends) and not told(store, office, ends + timedelta(days=1)), "the term ends at midnight, without a job"


def test_before_the_contract_is_drafted_and_after_its_end_there_is_no_list(store, node, case):
    with store.work() as session:
        row = new_case(session, node)
        with pytest.raises(Conflict, match="disusun bersama"):
            record(session, node, row.ident, [line()], DRAFT, seen=0, actor="petugas", on=TODAY)
    step(store, node, "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan", "akhiri")
    with pytest.raises(Conflict, match="tidak dilaksanakan"):
        put(store, node, CLAUSE)


def test_what_is_signed_is_changed_by_an_addendum_on_record_or_by_what_the_contract_allows(store, node, office, case):
    put(store, node, DRAFT)
    step(store, node, "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan")
    signed, number = TODAY + timedelta(days=2), CLAUSE.reference
    for ground, why in (
        (DRAFT, "berdasar"), (ANNEX, "berdasar"), (Ground("adendum", signed, "1/2027"), "berdasar"),
        (Ground("klausul", signed), "pasal"), (Ground("klausul", None, number), "sejak kapan"),
        (Ground("klausul", TODAY, number), "surut"), (Ground("klausul", date(2040, 1, 1), number), "jangka waktu"),
    ):  # fmt: skip
        with pytest.raises(BadRequest, match=why):
            put(store, node, ground, line("1"), seen=1, on=TODAY + timedelta(days=1))
    put(store, node, CLAUSE, line("620000"), seen=1)
    step(store, node, "adendum", on=signed, nomor_adendum="1/2027")
    for ground, why in (
        (Ground("adendum", signed, "2/2027"), "tidak tercatat"), (Ground("adendum", signed - timedelta(days=1), "1/2027"), "surut"),
    ):  # fmt: skip
        with pytest.raises(BadRequest, match=why):
            put(store, node, ground, line("1"), seen=2, on=signed)
    assert told(store, office) == [(1, TODAY, CLAUSE.since - timedelta(days=1))]
    put(store, node, Ground("adendum", signed, "1/2027"), line("630000"), seen=2, on=signed)
    assert told(store, office) == [(1, TODAY, signed - timedelta(days=1))]
    assert [number for number, _, _ in told(store, office, signed)] == [3]
    assert [number for number, _, _ in told(store, office, CLAUSE.since)] == [3], "what was agreed last holds"


def test_a_contract_that_was_signed_before_takes_its_annex_once(store, node, case):
    step(store, node, "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan")
    put(store, node, ANNEX)
    with pytest.raises(BadRequest, match="berdasar"):
        put(store, node, ANNEX, seen=1)


def test_suspending_closes_and_carrying_on_opens_again_in_the_step(store, node, office, case):
    put(store, node, DRAFT)
    step(store, node, "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan")
    assert told(store, office)
    step(store, node, "tangguhkan")
    assert not told(store, office)
    step(store, node, "lanjutkan")
    assert told(store, office)


def test_a_product_beyond_the_objects_is_refused_and_nothing_of_the_list_is_kept(store, node, case):
    step(store, node, "isi_pks")
    with pytest.raises(BadRequest, match="bukan objek") as refused:
        put(store, node, DRAFT, line(), line("1000", "PGN-1"), line("1", "TIDAK-ADA"))
    assert [error["line"] for error in refused.value.facts["errors"]] == [2, 3]
    with store.read() as session:
        assert not session.scalars(select(PriceListRow)).all() and not session.scalars(select(PriceRow)).all()


def test_who_read_an_older_list_changes_nothing_and_of_two_at_once_one_is_first(store, node, case):
    def one(price: int) -> int:
        try:
            return put(store, node, DRAFT, line(str(price))).number
        except Mismatch:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(1, 5))) == [0, 0, 0, 1]
    with store.read() as session:
        assert [row.number for row in lists_of(session, named(session, NAME).id)] == [1]


def test_a_version_says_who_and_when_is_chained_and_a_change_in_the_database_is_seen(store, node, case, settings):
    first = put(store, node, DRAFT, line("600000", quantity_min=Decimal(100), note="franko"))
    put(store, node, DRAFT, line("610000.25"), seen=1)
    with store.read() as session:
        row = named(session, NAME)
        assert [(one.made_by, one.number) for one in lists_of(session, row.id)] == [("petugas", 1), ("petugas", 2)]
        assert lines_of(session, lists_of(session, row.id)[1]) == [line("610000.25")]
        assert broken_version(session, row) is None
        acts = session.scalars(select(AuditRow).where(AuditRow.action == "agreement.prices")).all()
        assert len(acts) == 2
    with store.work() as session:
        session.scalars(select(PriceRow).where(PriceRow.list_id == first.id)).one().price = Decimal(1)
    with store.read() as session:
        row = named(session, NAME)
        assert broken_version(session, row) == 1
        assert [one["what"] for one in verifying.faults(session, node.papers, row) if "versi ke-1" in one["says"]] == ["daftar harga"]
    assert [need.source for need in look_after_cases(store, settings) if need.kind == "harga"] == [NAME]
    assert broken_cases(store) == ([], [NAME])
