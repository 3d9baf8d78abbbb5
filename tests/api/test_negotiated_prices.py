"""Two partners with price lists of their own: each reads its own, in its scope and its days, from whatever is kept, and nobody else any."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from exchange.access.partners import named as partner_named
from exchange.agreements.node import node_of
from exchange.agreements.papers import bring
from exchange.agreements.prices.basis import Ground
from exchange.agreements.prices.lines import Line
from exchange.agreements.prices.record import record
from exchange.agreements.steps import begin, named, take
from exchange.api.logbook import logbook_of
from exchange.store.agreements import AgreementObjectRow, AgreementRow
from exchange.store.exchange_log import LogBatchRow, entries_of

from .conftest import Office

DAY = date(2026, 11, 27)
UNTIL = date(2028, 12, 31)
MINE, THEIRS = "412345.25", "498765.75"


@pytest.fixture
def settings(settings):
    return replace(settings, today=DAY)


def in_force(session: Any, node: Any, partner: str, region: str, *objects: dict[str, Any]) -> AgreementRow:
    """A case of that partner whose contract is carried out, for these objects."""
    row = begin(session, node, kind="daerah", region=region, counterpart="Pemerintah mitra", title="Pagar sekolah", actor="uji", on=DAY,
                partner=partner_named(session, partner))  # fmt: skip
    row.state, row.starts_on, row.ends_on = "pelaksanaan", date(2026, 1, 1), UNTIL
    row.facts, row.papers = {"pks_mulai": "2026-01-01", "pks_berakhir": UNTIL.isoformat()}, {"kb": "1" * 64, "pks": "0" * 64}
    for place, one in enumerate(objects, 1):
        session.add(AgreementObjectRow(agreement_id=row.id, position=place, commodity=f"Barang {place}", **one))
    session.flush()
    return row


def line(sku: str, price: str, **more: Any) -> Line:
    return Line(sku=sku, unit="MTK", unit_said="m2", price=Decimal(price), **more)


@pytest.fixture
def offices(app, store, world):
    """Two partners whose contracts cover the same class, each with a price of its own for LGM-1."""
    both = Office(app, store), Office(app, store, "kota-lain", "33.72")
    node = node_of(app.extensions["exchange"].settings)
    with store.work() as session:
        for office, region, price in zip(both, ("33.74", "33.72"), (MINE, THEIRS), strict=True):
            row = in_force(session, node, office.ident, region, {"kbli": "25111"})
            record(session, node, row.ident, [line("LGM-1", price)], Ground("lampiran"), seen=0, actor="uji", on=DAY)
    return both


def get(office: Office, path: str, more: dict[str, str] | None = None) -> TestResponse:
    """The answer, read to its end."""
    with office.client.get(path, headers=office.headers | (more or {})) as answer:
        answer.get_data()
        return answer


def again(app, store, ident: str, lines: list[Line], seen: int, **ground: Any) -> None:
    with store.work() as session:
        node = node_of(app.extensions["exchange"].settings)
        given = {"basis": "klausul", "since": DAY, "reference": "Pasal 7 ayat (2) PKS; BA 1/2026"} | ground
        record(session, node, ident, lines, Ground(**given), seen=seen, actor="uji", on=DAY)


def prices(office: Office, sku: str = "LGM-1") -> list[str] | None:
    told = get(office, f"/api/v1/products/{sku}").get_json()
    listed = get(office, "/api/v1/products").get_json()["items"]
    assert next(one for one in listed if one["sku"] == sku) == told
    return None if told.get("negotiated_prices") is None else [one["price"] for one in told["negotiated_prices"]]


def test_each_partner_reads_its_own_price_and_nobody_else_any(app, offices, visitor, staff):
    mine, theirs = offices
    for _again in range(3):  # made, kept, and ready whole
        assert (prices(mine), prices(theirs)) == ([MINE], [THEIRS])
        assert "negotiated_prices" not in visitor.get("/api/v1/products/LGM-1").get_json()
    assert prices(mine, "LGM-2") is None, "outside of the contract's scope"
    told = get(mine, "/api/v1/products/LGM-2").get_json()
    assert "negotiated_prices" not in told
    seen = staff.get("/api/v1/products/LGM-1").get_json()["negotiated_prices"]
    assert {(one["agreement"], one["price"]) for one in seen} == {("KS-2026-0001", MINE), ("KS-2026-0002", THEIRS)}


def test_no_answer_to_one_partner_is_given_to_another_whatever_it_asks_with(offices, visitor):
    mine, theirs = offices
    for path in ("/api/v1/products", "/api/v1/products/LGM-1", "/api/v1/changes?kind=product", "/api/v1/publications/json?tier=contracted"):
        answers = [get(office, path) for office in (mine, theirs, mine, theirs)]
        tags = [answer.headers["ETag"] for answer in answers]
        assert tags[0] == tags[2] != tags[1] == tags[3], path
        assert all("Authorization" in answer.headers["Vary"] for answer in answers), path
        assert [(MINE in answer.text, THEIRS in answer.text) for answer in answers] == [(True, False), (False, True)] * 2, path
        crossed = get(theirs, path, {"If-None-Match": tags[0]})
        assert crossed.status_code == 200, "another's copy is not the newest of mine"
        if "tier" not in path:
            assert MINE not in (public := visitor.get(path)).text and THEIRS not in public.text, path
            assert "negotiated" not in public.text


def test_two_partners_with_one_scope_and_no_list_still_share_what_is_kept(app, store, world):
    both = Office(app, store), Office(app, store, "kota-lain", "33.72")
    node = node_of(app.extensions["exchange"].settings)
    with store.work() as session:
        for office, region in zip(both, ("33.74", "33.72"), strict=True):
            row = in_force(session, node, office.ident, region, {"kbli": "25111"})
            take(session, node, row.ident, "catat_register", office="bagian_kerja_sama", actor="uji", on=DAY, version=row.version,
                 facts={"nomor_register": "1", "tempat_simpan": "Arsip"})  # fmt: skip
    answers = [get(office, "/api/v1/products/LGM-1") for office in both]
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert answers[0].get_json()["negotiated_prices"] is None


def test_who_has_no_contract_costs_not_one_statement_more(app, store, offices, statements):
    third = Office(app, store, "kota-ketiga", "31.71")
    third.stage("agreed")
    counted = []
    for path in ("/api/v1/products?limit=3", "/api/v1/products?limit=2"):
        with statements() as seen:
            assert get(third, path).status_code == 200
        counted.append(len([one for one in seen if "agreement_price" in one]))
    assert counted == [0, 0]


def test_a_version_takes_the_place_of_the_one_before_from_its_day_and_cursors_begin_anew(app, store, offices):
    mine, theirs = offices
    feed = get(mine, "/api/v1/changes?kind=product").get_json()
    cursor = get(mine, f"/api/v1/changes?kind=product&since={feed['next']}").get_json()["next"]
    again(app, store, "KS-2026-0001", [line("LGM-1", "400000")], 1, since=DAY + timedelta(days=10))
    told = get(mine, "/api/v1/products/LGM-1").get_json()["negotiated_prices"]
    assert [(one["price"], one["version"], one["valid_until"]) for one in told] == [(MINE, 1, "2026-12-06")], "it holds until the new one"
    again(app, store, "KS-2026-0001", [line("LGM-1", "390000")], 2)
    assert prices(mine) == ["390000"] and prices(theirs) == [THEIRS]
    late = get(mine, f"/api/v1/changes?kind=product&since={cursor}")
    assert late.status_code == 410 and late.get_json()["resync"]
    follows = get(theirs, "/api/v1/changes?kind=product")
    assert follows.status_code == 200


@pytest.mark.parametrize("step", ["tangguhkan", "akhiri"])
def test_suspending_or_ending_closes_the_prices_with_the_step(app, store, offices, step):
    mine, theirs = offices
    assert prices(mine) == [MINE]
    node = node_of(app.extensions["exchange"].settings)
    with store.work() as session:
        row = named(session, "KS-2026-0001")
        rule = node.rules.steps[step]
        papers = {
            kind: bring(session, node.rules, node.papers, row, kind, "a.pdf", b"%PDF-1.7\n%%EOF\n", actor="uji") for kind in rule.papers
        }
        facts = {"alasan": "Para pihak menghendakinya.", "tanggal_tangguh": DAY.isoformat(), "tanggal_akhir": DAY.isoformat(),
                 "dasar_akhir": "kesepakatan", "penyelesaian": "Selesai."}  # fmt: skip
        facts = {name: value for name, value in facts.items() if name in (*rule.fields, *rule.may)}
        take(session, node, row.ident, step, office=rule.offices[0], actor="uji", on=DAY, version=row.version, facts=facts, papers=papers)
    told = get(mine, "/api/v1/products/LGM-1")
    assert MINE not in told.text and "negotiated_prices" not in told.get_json()
    assert get(mine, "/api/v1/publications/json?tier=contracted").status_code == 403
    assert prices(theirs) == [THEIRS]


def test_the_exchange_log_names_the_class_of_prices(app, store, offices):
    mine, _theirs = offices
    get(mine, "/api/v1/products/LGM-1")
    get(mine, "/api/v1/publications/csv?tier=contracted")
    logbook_of(app).end()
    with store.read() as session:
        entries = [entry for row in session.scalars(select(LogBatchRow)) for entry in entries_of(row)]
        assert {entry["door"] for entry in entries} >= {"products.one", "publications.one"}
        for entry in entries:
            if entry["partner"] == mine.ident and entry["door"] in {"products.one", "publications.one"}:
                assert any("price" in classes for _kind, classes, _names in entry["told"]), entry


@pytest.mark.parametrize("name", ["csv", "xlsx", "ndjson", "json", "jsonld", "ubl"])
def test_every_format_of_the_contracted_publication_tells_the_partners_own_prices(offices, name):
    for office, own, other in zip(offices, (MINE, THEIRS), (THEIRS, MINE), strict=True):
        data = get(office, f"/api/v1/publications/{name}?tier=contracted").data
        if name == "xlsx":
            book = load_workbook(io.BytesIO(data))
            text = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        else:
            text = data.decode()
        assert own in text and other not in text
    for tier in ("public", "agreed"):
        data = get(offices[0], f"/api/v1/publications/{name}?tier={tier}").data
        assert own.encode() not in data and b"negotiated" not in data


def test_the_table_has_a_cell_with_case_version_order_and_days(app, store, offices):
    graded = [
        line("LGM-1", "410000", quantity_max=Decimal("99.5")),
        line("LGM-1", "390000", quantity_min=Decimal(100), note="franko gudang"),
    ]
    again(app, store, "KS-2026-0001", graded, 1)
    mine = offices[0]
    data = get(mine, "/api/v1/publications/csv?tier=contracted").data.decode("utf-8-sig")
    rows = {row["sku"]: row for row in csv.DictReader(io.StringIO(data))}
    assert rows["LGM-1"]["negotiated_prices"] == (
        "KS-2026-0001/2: 410000 IDR/MTK, ..99.5, 2026-11-27..2028-12-31; "
        "KS-2026-0001/2: 390000 IDR/MTK, 100.., 2026-11-27..2028-12-31 (franko gudang)"
    )  # fmt: skip
    assert rows["LGM-2"]["negotiated_prices"] == ""
    lines = get(mine, "/api/v1/publications/ndjson?tier=contracted").data.splitlines()
    assert [one["price"] for one in orjson.loads(lines[0])["negotiated_prices"]] == ["410000", "390000"]
