"""The log: found by who, what, which and when, leafed through without a gap, taken along as a table, told in words."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import delete

from exchange.store.audit import Asked, AuditRow, acts
from exchange.store.base import Store
from exchange.web import acts as web_acts
from exchange.web.act_groups import GROUPS, all_codes, family, grouped_acts
from exchange.web.act_words import ACTS, FACTS, KINDS
from exchange.web.acts import told
from exchange.web.words import WORDS

START = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # midnight in Jakarta


@pytest.fixture
def logged(world: Store) -> Store:
    with world.work() as session:
        session.execute(delete(AuditRow))
        for number in range(90):
            session.add(
                AuditRow(
                    at=START + timedelta(hours=number // 3),
                    actor=("sari", "budi")[number % 2],
                    action=("login", "match.accept")[number % 2],
                    kind=("user", "match")[number % 2],
                    ident=f"satu-{number % 5}",
                    facts={"before": "a", "after": number},
                )
            )
    return world


def leafed(browser, path):
    rows = []
    while path:
        page = browser.get(path.replace("&amp;", "&"))
        assert page.status_code == 200, page.text
        rows += re.findall(r"a → (\d+)", page.text)
        found = re.search(r'rel="next" href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', page.text)
        path = found and (found[1] or found[2])
    return [int(row) for row in rows]


def test_leafing_shows_each_act_once_the_latest_first(staff, logged):
    auditor = staff("auditor")
    with logged.work() as session:
        session.execute(delete(AuditRow).where(AuditRow.action == "login", AuditRow.actor == "auditor"))
    assert leafed(auditor, "/catatan") == list(range(89, -1, -1))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("siapa=budi", lambda n: n % 2 == 1),
        ("perbuatan=login&siapa=sari", lambda n: n % 2 == 0),
        ("jenis=match&data=satu-1", lambda n: n % 2 == 1 and n % 5 == 1),
        ("data=satu-3", lambda n: n % 5 == 3),
        ("dari=2026-11-22&siapa=sari", lambda n: n // 3 >= 24 and n % 2 == 0),
        ("sampai=2026-11-21", lambda n: n // 3 < 24),
        ("siapa=sari&perbuatan=match.accept", lambda n: False),
    ],
)
def test_a_filter_leaves_what_fits_it(staff, logged, query, wanted):
    assert leafed(staff("auditor"), f"/catatan?{query}") == [n for n in range(89, -1, -1) if wanted(n)]


@pytest.mark.parametrize(
    "query", ["warna=biru", "dari=kemarin", "sampai=2026-13-01", "dari=9999-12-31", "setelah=x", "setelah=1_x", f"siapa={'x' * 300}"]
)
def test_what_cannot_be_read_is_named(staff, query):
    assert staff("auditor").get(f"/catatan?{query}").status_code == 400


def test_the_table_holds_the_same_and_no_text_in_it_runs(staff, logged):
    with logged.work() as session:
        session.add(
            AuditRow(at=START, actor="=SUM(1)", action="user.role", kind="user", ident="@x", facts={"before": "petugas", "after": "admin"})
        )
    auditor = staff("auditor")
    assert "/catatan/tabel.csv?siapa=budi" in auditor.get("/catatan?siapa=budi").text
    answer = auditor.get("/catatan/tabel.csv?siapa=%3DSUM(1)")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[1][1:] == ["'=SUM(1)", "mengganti peran", "user.role", "pengguna", "'@x", "petugas → admin"]
    assert rows[1][0] == "2026-11-21 00:00:00"
    assert len(list(csv.reader(io.StringIO(auditor.get("/catatan/tabel.csv?siapa=budi").text)))) == 46
    assert staff("petugas").get("/catatan/tabel.csv").status_code == 403


def test_paper_begins_with_the_acts_not_with_the_fields_of_a_search(staff):
    assert re.search(r'<form method="get" action="/catatan" class="[^"]*filters-card', staff("auditor").get("/catatan").text)


def test_hostile_names_are_shown_as_text(staff, world):
    with world.work() as session:
        session.add(
            AuditRow(actor="<script>alert(1)</script>", action="login.refused", kind="user", ident='"><img src=x>', facts={"x": "<b>"})
        )
    page = staff("auditor").get("/catatan").text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "<b>" not in page.replace("<b></b>", "")


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    facts=st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=5), deeper, max_size=3),
        ),
        max_size=4,
    )
)
def test_whatever_facts_an_act_has_they_are_told_in_a_line(app, facts):
    with app.test_request_context("/"):
        (line,) = told([AuditRow(at=START, actor="x", action="y", kind="z", ident="w", facts=facts | {"password": "rahasia-besar"})])
    assert len(line.more) <= 301
    assert "rahasia-besar" not in line.more


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(actor="sari"),
        Asked(action="login"),
        Asked(kind="user"),
        Asked(ident="satu-1"),
        Asked(since=START),
        Asked(actor="sari", since=START, until=START),
    ],
)
def test_a_page_is_read_from_an_index_in_its_order(store: Store, asked):
    """No search sorts the table or reads it whole: what a page costs does not grow with it."""
    seen = []
    if store.is_sqlite:
        from sqlalchemy import event

        event.listen(store.engine, "before_cursor_execute", lambda _c, _cur, statement, given, _x, _m: seen.append((statement, given)))
        with store.read() as session:
            acts(session, asked, 26, (START, 7))
            statement, given_ = seen[-1]
            plan = " ".join(str(row[-1]) for row in session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, given_))
        assert "USING INDEX ix_audit_" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def test_every_fact_that_is_put_on_record_has_a_word():
    named = {
        keyword.arg
        for path in (Path(__file__).resolve().parents[2] / "exchange").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "audit"
        for keyword in call.keywords
        if keyword.arg
    }
    assert len(named) > 40
    assert not {name for name in named - {"before", "after"} if web_acts._CLOSED.search(name) is None} - FACTS.keys()


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_act_and_kind_of_record_that_is_put_on_record_has_a_word():
    done, kinds = set(), set()
    for path in (Path(__file__).resolve().parents[2] / "exchange").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "audit" and len(call.args) > 3:
                done.update(_literals(call.args[2]))
                kinds.update(_literals(call.args[3]))
    assert len(done) > 60
    assert len(kinds) > 15
    assert not done - ACTS.keys() - WORDS["action"].keys()
    assert not kinds - KINDS.keys()


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            "business",
            {"state": "changed", "changes": {"workers": [12, 15]}, "origin": "a.xlsx, lembar Data baris 2", "cell": ["a34345", 0, 2]},
            "keadaan: berubah; tenaga kerja: 12 → 15; asal: a.xlsx, lembar Data baris 2",
        ),
        (
            "product",
            {"state": "new", "changes": {"keywords": [None, []], "price_min": [None, 12500], "price_valid_until": [None, "2026-12-31"]}},
            "keadaan: baru; harga terendah: – → Rp\u00a012.500; harga berlaku sampai: – → 31 Desember 2026",
        ),
        (
            "match",
            {"before": {"state": "proposed", "code": None, "note": None}, "after": {"state": "rejected", "code": "too_far", "note": None}},
            "keadaan: menunggu keputusan → ditolak; alasan: – → terlalu jauh, atau ongkos kirimnya",
        ),
        (
            "deal",
            {"before": {"state": "disusun", "1.price": "850000"}, "after": {"state": "ditawarkan", "1.price": "600000", "total": "9"}},
            "keadaan: disusun → ditawarkan; baris 1, harga: Rp\u00a0850.000 → Rp\u00a0600.000; seluruhnya: Rp\u00a09",
        ),
        ("deal", {"before": {"1.quantity": None}, "after": {"1.quantity": "1012.5"}}, "baris 1, jumlah: – → 1.012,5"),
        ("import", {"rows": 9, "businesses_new": 1, "left": 0}, "baris: 9; IKM baru: 1; tidak diambil: 0"),
        ("user", {"before": "petugas", "after": "admin"}, "petugas → admin"),
        ("source", {"before": "pending", "after": "approved"}, "menunggu persetujuan → disetujui"),
    ],
)
def test_facts_are_told_in_words_and_in_the_form_of_the_page(app, kind, facts, said):
    with app.test_request_context("/"):
        (line,) = told([AuditRow(at=START, actor="x", action="y", kind=kind, ident="w", facts=facts)])
    assert line.more == said


def test_every_act_stands_in_just_one_group_and_no_two_of_a_group_read_alike(app):
    with app.test_request_context("/"):
        groups, codes = grouped_acts(), all_codes()
    assert sorted(code for group in groups for code, _word in group.acts) == codes
    assert {"login.refused", "deal.offer", "agreement.catat_register", "match.accept"} <= set(codes)
    assert {each for _label, families in GROUPS for each in families} == {family(code) for code in codes}, "a group without an act"
    for group in groups:
        assert len({word for _code, word in group.acts}) == len(group.acts) > 0, group.label
        assert not [word for code, word in group.acts if word == code], "a code where a word should stand"


@pytest.mark.parametrize(
    ("code", "word"),
    [("login.refused", "ditolak masuk"), ("agreement.catat_register", "Catat dalam register"), ("dahulu.ada", "dahulu.ada")],
)
def test_acts_are_chosen_in_words_and_an_old_address_with_a_code_still_finds_them(staff, logged, code, word):
    with logged.work() as session:
        session.add(AuditRow(at=START, actor="tuti", action=code, kind="user", ident="w", facts={"before": "a", "after": 777}))
    auditor = staff("auditor")
    page = auditor.get(f"/catatan?perbuatan={code}&data=w").text
    assert leafed(auditor, f"/catatan?perbuatan={code}&data=w") == [777]
    assert re.findall(r'<option value="([^"]*)" selected>([^<]*)<', page) == [(code, word)]
    assert f"/catatan/tabel.csv?perbuatan={code}&amp;data=w" in page, "the table is of the same acts"
    assert "<select" in page and '<optgroup label="Masuk dan keluar">' in page


def test_a_step_of_a_case_is_told_by_the_name_that_its_page_gives_it(app):
    with app.test_request_context("/"):
        (line,) = told([AuditRow(at=START, actor="x", action="agreement.catat_register", kind="agreement", ident="w", facts={})])
    assert line.what == "Catat dalam register"
