"""Learning from decisions and switching models from the command line: both streams, the exit codes, and what goes on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.matching.decide import decide
from exchange.matching.probability import CURRENT
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product
from exchange.store.sources import SourceRow

GOODS = ["Rak arsip besi", "Genset diesel 10 kVA", "Tiang PJU 7 meter", "Kompos padat", "Meja siswa"]
NEW = f"{CURRENT}+staf-1"


@pytest.fixture
def node(store: Store, exchange) -> Store:
    with store.work() as session:
        firm = BusinessRow(nib="0000000000001", name="CV Contoh")
        source = SourceRow(name="contoh", connector="table", region="36.04", state="approved")
        session.add_all([firm, source])
        session.flush()
        for number, name in enumerate(GOODS):
            apply_product(session, {"sku": f"P{number}", "nib": firm.nib, "name": name, "keywords": []}, firm)
        for number in range(40):
            thing, listed = GOODS[number % len(GOODS)], number // len(GOODS) % 2 == 0
            session.add(
                DemandRow(
                    ident=f"d-{number}",
                    source_id=source.id,
                    reference=str(number),
                    title="Belanja modal kantor" if listed else f"Belanja {thing}",
                    items=[{"text": thing}] if listed else [],
                    buyer_name="Dinas Contoh",
                    category="goods",
                    status="open",
                    content_hash="0",
                    raw_answer="0",
                    raw_position=0,
                    connector_version="1",
                )
            )
    assert exchange("match").code == 0
    return store


def judge(store: Store, most: int = 1000) -> None:
    """Staff take what an item names, and reject what only a title names."""
    with store.work() as session:
        for row in session.scalars(select(MatchRow).order_by(MatchRow.id).limit(most)).all():
            titled = "pada judul permintaan" in row.marks[0]["says"]
            decide(session, row.id, row.version, "rejected" if titled else "accepted", "bukan yang diminta", None, "petugas")


def model_of(store: Store) -> set[str]:
    with store.read() as session:
        return {name.rpartition(".")[0] for name in session.scalars(select(DemandRow.matched_model)) if name}


def test_a_node_learns_is_told_how_it_compares_matches_by_it_and_goes_back(node: Store, exchange) -> None:
    judge(node)
    report = exchange("evaluate", "decisions", "--learn", "--json").json()
    assert (report["decisions"]["accepted"], report["decisions"]["rejected"]) == (20, 20)
    assert (report["learned"]["version"], report["learned"]["base"], report["learned"]["used"]) == (NEW, CURRENT, True)
    assert report["learned"]["gain"] > report["learned"]["gain_interval"][0] > 0
    assert report["in_use"] == NEW
    measured = {row["version"]: row for row in report["models"]}
    assert measured[NEW]["log_loss"] < measured[CURRENT]["log_loss"]
    assert measured[CURRENT]["log_loss"] - measured[NEW]["log_loss"] == pytest.approx(report["learned"]["gain"], abs=2e-4)
    assert exchange("match", "--json").json()["rematched"] == 40
    assert model_of(node) == {NEW}
    told = exchange("evaluate", "models", "--use", CURRENT, "--json")
    assert told.json()["in_use"] == CURRENT
    assert "exchange match" in told.err
    assert exchange("match", "--json").json()["rematched"] == 40
    assert model_of(node) == {CURRENT}
    with node.read() as session:
        acts = session.scalars(select(AuditRow).where(AuditRow.action == "model.use").order_by(AuditRow.id)).all()
    assert [(act.facts["before"], act.facts["after"]) for act in acts] == [(CURRENT, NEW), (NEW, CURRENT)]
    assert all(act.actor.startswith("cli") for act in acts)


def test_measuring_alone_writes_no_model(node: Store, exchange, tmp_path: Path) -> None:
    judge(node)
    told = exchange("evaluate", "decisions")
    assert told.code == 0
    assert CURRENT in told.out
    assert "20 diterima" in told.err
    assert not (tmp_path / "data" / "models").exists()


def test_too_few_decisions_are_refused_in_one_line_that_counts_them(node: Store, exchange, tmp_path: Path) -> None:
    told = exchange("evaluate", "decisions")
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    judge(node, 9)
    told = exchange("evaluate", "decisions", "--learn", "--json")
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert "9 pasangan" in told.err
    assert not (tmp_path / "data" / "models").exists()


def test_a_model_that_is_no_better_is_kept_and_used_only_when_asked(node: Store, exchange) -> None:
    judge(node)
    assert exchange("evaluate", "decisions", "--learn").code == 0
    told = exchange("evaluate", "decisions", "--learn")
    assert "belum dipakai" in told.err
    assert exchange("evaluate", "models", "--json").json()["in_use"] == NEW
    third = exchange("evaluate", "decisions", "--learn", "--use", "--json").json()
    assert (third["learned"]["version"], third["in_use"]) == (f"{CURRENT}+staf-3", f"{CURRENT}+staf-3")
    assert exchange("evaluate", "decisions", "--use").code == 2


def test_the_list_says_what_is_in_use_and_how_the_others_differ(node: Store, exchange) -> None:
    judge(node)
    exchange("evaluate", "decisions", "--learn")
    listed = exchange("evaluate", "models", "--json").json()
    rows = {row["version"]: row for row in listed["models"]}
    assert [row["in_use"] for row in rows.values()] == [False, True]
    assert rows[NEW]["difference"] == {}
    difference = rows[CURRENT]["difference"]["title"]
    assert difference == pytest.approx(rows[CURRENT]["weights"]["title"] - rows[NEW]["weights"]["title"], abs=1e-4)
    assert "40 keputusan" in rows[NEW]["learned_from"]
    table = exchange("evaluate", "models")
    assert NEW in table.out
    assert "title" in table.out


def test_a_broken_model_is_named_wherever_it_would_be_used_and_another_can_be_chosen(node: Store, exchange, tmp_path: Path) -> None:
    judge(node)
    exchange("evaluate", "decisions", "--learn")
    path = tmp_path / "data" / "models" / f"{NEW}.json"
    path.chmod(0o644)
    path.write_text("{")
    for words in (("match",), ("evaluate", "decisions"), ("evaluate", "models", "--use", NEW), ("evaluate", "models", "--json")):
        told = exchange(*words)
        assert told.code == 2, words
        assert str(path) in told.err
        assert "Traceback" not in told.err
    listed = {row["version"]: row for row in json.loads(told.out)["models"]}
    assert "broken" in listed[NEW]
    assert model_of(node) == {CURRENT}, "nothing was matched by another model in silence"
    assert exchange("evaluate", "models", "--use", CURRENT).code == 0
    assert exchange("match").code == 0


def test_a_model_that_there_is_not_is_refused_and_nothing_is_put_on_record(node: Store, exchange) -> None:
    told = exchange("evaluate", "models", "--use", "kata-0")
    assert told.code == 2
    assert CURRENT in told.err
    with node.read() as session:
        assert not session.scalars(select(AuditRow).where(AuditRow.action == "model.use")).all()


def test_judged_demands_can_be_measured_by_a_model_of_this_node(node: Store, exchange, tmp_path: Path) -> None:
    judge(node)
    exchange("evaluate", "decisions", "--learn")
    rows = [
        {"demand": {"id": "1", "title": "Pengadaan rak arsip", "kind": "Barang"}, "served": True, "grades": {"A-1": 3}},
        {"demand": {"id": "2", "title": "Jasa konsultansi"}, "served": False, "grades": {"A-1": 0}},
    ]
    (tmp_path / "judged.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "products.csv").write_text("sku,nama\nA-1,Rak arsip besi\n", "utf-8")
    words = ("evaluate", "judged", str(tmp_path / "judged.jsonl"), "--catalogue", str(tmp_path / "products.csv"), "--json")
    by_new, by_shipped = exchange(*words, "--model", NEW).json(), exchange(*words, "--model", CURRENT).json()
    assert by_new["all"]["brier"] != by_shipped["all"]["brier"]
    assert exchange(*words).json() == by_shipped
    told = exchange(*words, "--model", "kata-0")
    assert told.code == 2
    assert NEW in told.err
