"""Learning from what staff accept and reject: what moves, what may not, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sqlalchemy import select

from exchange.errors import BadRequest
from exchange.matching.decide import decide
from exchange.matching.decisions import Decisions, read_decisions, versions_in_store
from exchange.matching.learn_decisions import LEAST, learn_and_keep, learn_decisions, log_odds, measured
from exchange.matching.models import Models
from exchange.matching.probability import CURRENT, FEATURES, shipped
from exchange.matching.reasons import about_the_deal
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product
from exchange.store.sources import SourceRow

HOME = "36.72"
GOODS = ["Rak arsip besi", "Genset diesel 10 kVA", "Tiang PJU 7 meter", "Kompos padat", "Meja siswa", "Beras medium"]
ASKED = ["rak arsip besi", "genset diesel", "tiang PJU", "kompos padat", "meja siswa", "beras medium"]


@pytest.fixture
def node(store: Store) -> Store:
    """Six products, and demands for them: every other one lists the thing, the rest name it in their title alone."""
    with store.work() as session:
        firm = BusinessRow(nib="0000000000001", name="CV Contoh")
        source = SourceRow(name="contoh", connector="table", region="36.04", state="approved")
        session.add_all([firm, source])
        session.flush()
        for number, name in enumerate(GOODS):
            apply_product(session, {"sku": f"P{number}", "nib": firm.nib, "name": name, "keywords": []}, firm)
        for number in range(48):
            thing = ASKED[number % len(ASKED)]
            listed = number // len(ASKED) % 2 == 0
            session.add(demand(source.id, number, "Belanja modal kantor" if listed else f"Belanja {thing}", [thing] if listed else []))
    rematch(store, home_region=HOME)
    return store


def demand(source_id: int, number: int, title: str, items: list[str]) -> DemandRow:
    return DemandRow(
        ident=f"d-{number}",
        source_id=source_id,
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


@pytest.fixture
def models(settings: Settings) -> Models:
    return Models(settings.models())


def judge(store: Store, state_of: Callable[[MatchRow], str | None], reason: str = "bukan barang yang diminta") -> None:
    """Have staff decide by a rule; None leaves a match undecided."""
    with store.read() as session:
        rows = [(row.id, row.version, state_of(row)) for row in session.scalars(select(MatchRow).order_by(MatchRow.id))]
    with store.work() as session:
        for row_id, version, state in rows:
            if state:
                decide(session, row_id, version, state, reason, None, "petugas")


def by_title(row: MatchRow) -> str:
    return "rejected" if "pada judul permintaan" in row.marks[0]["says"] else "accepted"


def decided(store: Store) -> Decisions:
    with store.read() as session:
        return read_decisions(session, HOME, shipped())


def stored(store: Store) -> dict[tuple[str, str], tuple[Any, ...]]:
    query = select(DemandRow.reference, ProductRow.sku, MatchRow).join(MatchRow.demand).join(MatchRow.product)
    with store.read() as session:
        rows = session.execute(query.where(MatchRow.state != "retired")).all()
    return {(reference, sku): (row.score, row.marks, row.model, row.verdict, row.state) for reference, sku, row in rows}


def test_staff_that_reject_what_only_a_title_names_have_other_demands_of_that_sort_ranked_lower(node: Store, models: Models) -> None:
    judge(node, by_title)
    learned = learn_and_keep(models, decided(node))
    model, before = learned.kept.model, shipped()
    inputs = decided(node).inputs
    told = inputs[:, FEATURES.index("title")] == 1
    assert 10 < told.sum() < len(told) - 10
    new, old = (expit(one.logits(inputs)[1]) for one in (model, before))
    assert (old - new)[told].min() > 2 * (old - new)[~told].max()
    assert new[told].max() < 0.5 < 0.7 < new[~told].min()
    assert learned.advised
    assert learned.interval[0] > 0
    with node.work() as session:
        source = session.scalars(select(SourceRow.id)).one()
        session.add(demand(source, 100, "Pengadaan rak arsip besi", []))
        session.add(demand(source, 101, "Belanja modal gudang", ["Rak arsip besi"]))
    rematch(node, home_region=HOME)
    scores = stored(node)
    rematch(node, home_region=HOME, model=model)
    again = stored(node)
    assert ("100", "P0") not in again or float(again["100", "P0"][0]) < float(scores["100", "P0"][0]) - 0.1
    assert again["101", "P0"][0] > 0.6


def test_staff_that_agree_with_the_model_change_little(node: Store, models: Models) -> None:
    # of the thirty and more pairs some are taken and some not, by nothing that the model sees
    judge(node, lambda row: "accepted" if row.id % 5 else "rejected")
    decisions = decided(node)
    model = learn_decisions("x", shipped(), decisions)
    away = np.abs(expit(model.logits(decisions.inputs)[1]) - expit(shipped().logits(decisions.inputs)[1]))
    assert away.max() < 0.2


def test_without_decisions_a_model_is_the_one_beneath_it(node: Store) -> None:
    nothing = decided(node)
    assert nothing.counts == (0, 0, 0, 0, 0, 0)
    model = learn_decisions("x", shipped(), nothing)
    assert model.weights == pytest.approx(shipped().weights, abs=1e-4)
    assert (model.intercept, model.served) == (pytest.approx(shipped().intercept, abs=1e-4), shipped().served)


def test_what_is_learned_of_proposals_does_not_change_what_is_said_of_pairs_that_nobody_was_asked_about() -> None:
    random = np.random.default_rng(5)
    near = random.normal(size=(60, len(FEATURES))) * 0.1
    far = near - 4.0 * (np.arange(len(FEATURES)) == FEATURES.index("value"))
    demands = np.arange(60)
    counts = (0, 60, 60, 0, 0, 0)
    decisions = Decisions(near, np.zeros(60), demands, np.zeros(60), far, demands, counts)  # type: ignore[arg-type]
    alone = Decisions(near, np.zeros(60), demands, np.zeros(60), far[:0], demands[:0], counts)  # type: ignore[arg-type]
    old = shipped().logits(far)[1].mean()
    held, free = (abs(learn_decisions("x", shipped(), one).logits(far)[1].mean() - old) for one in (decisions, alone))
    assert held < free / 2


def test_too_few_decisions_are_refused_and_counted(node: Store, models: Models) -> None:
    taken: list[int] = []

    def few(row: MatchRow) -> str | None:
        taken.append(row.id)
        return by_title(row) if len(taken) < 12 else None

    judge(node, few)
    with pytest.raises(BadRequest) as refused:
        learn_and_keep(models, decided(node))
    for said in ("11 pasangan", "dari 11 permintaan", "diterima", "ditolak"):
        assert said in refused.value.message
    assert str(LEAST) in (refused.value.mend or "")
    judge(node, lambda row: "accepted")
    with pytest.raises(BadRequest, match="0 ditolak"):
        learn_and_keep(models, decided(node))
    assert models.versions() == [CURRENT]


def test_a_rejection_for_the_price_teaches_nothing_about_the_thing(node: Store) -> None:
    judge(node, by_title, reason="Harganya di atas pagu")
    counts = decided(node).counts
    assert (counts.rejected, counts.about_deal > 0, counts.accepted > 0) == (0, True, True)
    assert counts.unreadable == counts.undecided == 0


@pytest.mark.parametrize(
    "reason",
    ["Harganya terlalu mahal", "jumlahnya di atas kapasitas", "sudah ada penyedia tetap", "Pengiriman ke luar pulau", "belum punya SNI"],
)
def test_a_reason_about_the_deal_is_known(reason: str) -> None:
    assert about_the_deal(reason)


@pytest.mark.parametrize(
    "reason",
    [
        *("bukan barang yang diminta", "ukuran tidak sesuai", "yang diminta jasa", "", None, "keliru", "tidak cocok", "salah alamat"),
        *("bukan rak arsip, dan harganya mahal", "jenis barangnya lain, jumlahnya pun terlalu banyak", "spesifikasi berbeda"),
    ],
)
def test_a_reason_that_names_the_thing_or_nothing_counts(reason: str | None) -> None:
    assert not about_the_deal(reason)


def test_a_decided_product_that_went_and_a_demand_that_closed_are_still_learned_from(node: Store) -> None:
    judge(node, by_title)
    before = decided(node)
    with node.work() as session:
        for product in session.scalars(select(ProductRow)):
            product.state, product.version = "withdrawn", product.version + 1
        for row in session.scalars(select(DemandRow)):
            row.status, row.version = "closed", row.version + 1
    rematch(node, home_region=HOME)
    after = decided(node)
    assert (after.inputs == before.inputs).all()
    assert after.counts == before.counts


def test_a_decided_pair_that_no_word_joins_any_more_is_left_out_and_counted(node: Store) -> None:
    judge(node, by_title)
    before = decided(node).counts
    with node.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.reference == "0")).one()
        row.title, row.items, row.version = "Kapal", [], row.version + 1
    after = decided(node).counts
    assert after.unreadable == before.unreadable + 1
    assert after.accepted == before.accepted - 1


def test_a_model_that_learned_is_measured_without_the_fold_that_it_is_measured_on(node: Store, models: Models) -> None:
    judge(node, lambda row: "accepted" if row.id % 3 else "rejected")
    decisions = decided(node)
    learned = learn_and_keep(models, decisions)
    seen = learned.kept.model.logits(decisions.inputs)[1]
    assert not np.allclose(log_odds(models, learned.kept, decisions), seen)
    own = decisions.demand == decisions.demand[0]
    turned = replace(decisions, labels=np.where(own, 1 - decisions.labels, decisions.labels))
    assert (log_odds(models, learned.kept, decisions)[own] == log_odds(models, learned.kept, turned)[own]).all()
    rows = {row["version"]: row for row in measured(models, decisions)}
    assert [row["by_folds"] for row in rows.values()] == [False, True]
    assert set(rows[CURRENT]) == {"version", "n", "by_folds", "log_loss", "brier", "auc"}


def test_a_model_that_learned_noise_is_kept_and_not_advised(node: Store, models: Models) -> None:
    # as often taken as the model says, and by nothing that it sees
    judge(node, lambda row: "rejected" if row.id % 6 == 0 else "accepted")
    learned = learn_and_keep(models, decided(node))
    assert learned.interval[0] <= 0
    assert learned.enough
    assert not learned.advised
    assert models.read(learned.kept.model.version) == learned.kept
    assert models.current() == CURRENT


def test_decisions_on_a_small_part_of_what_was_proposed_advise_nothing(node: Store, models: Models) -> None:
    judge(node, by_title)
    whole = decided(node)
    picked = replace(whole, counts=whole.counts._replace(undecided=10 * len(whole.labels)))
    learned = learn_and_keep(models, picked)
    assert learned.interval[0] > 0
    assert not learned.enough
    assert not learned.advised


def test_what_is_undecided_of_a_closed_demand_counts_as_undecided(node: Store) -> None:
    with node.read() as session:
        last = session.scalars(select(MatchRow.id).order_by(MatchRow.id.desc())).first()
        shared = session.get_one(MatchRow, last).demand_id
    with node.work() as session:
        firm = session.scalars(select(BusinessRow)).one()
        for number, name in enumerate(GOODS):
            apply_product(session, {"sku": f"Q{number}", "nib": firm.nib, "name": name, "keywords": []}, firm)
    rematch(node, home_region=HOME)
    judge(node, lambda row: "accepted" if row.id == last else None)
    assert decided(node).counts.undecided == 1
    with node.work() as session:
        session.get_one(DemandRow, shared).status = "closed"
    rematch(node, home_region=HOME)
    assert decided(node).counts.undecided == 1


def test_no_decision_counts_twice_however_often_it_is_learned_from(node: Store, models: Models) -> None:
    judge(node, by_title)
    decisions = decided(node)
    first = learn_and_keep(models, decisions)
    models.use(first.kept.model.version)
    second = learn_and_keep(models, decisions)
    assert second.kept.model.weights == first.kept.model.weights
    assert second.kept.told["base"] == CURRENT
    assert (second.gain, second.advised) == (0.0, False)
    assert second.kept.model.version == f"{CURRENT}+staf-2"


def test_a_learned_model_is_measured_by_what_it_knew_then(node: Store, models: Models) -> None:
    judge(node, by_title)
    with node.work() as session:
        for row in session.scalars(select(MatchRow).where(MatchRow.id % 4 == 0)):
            row.decided_at = utcnow() + timedelta(days=1)
    decisions = decided(node)
    early = decisions.of(np.unique(decisions.demand), decisions.when.min() + 3600)
    assert 0 < len(early.labels) < len(decisions.labels)
    learned = learn_and_keep(models, early)
    late = decisions.when > early.when.max()
    turned = replace(decisions, labels=np.where(late, 1 - decisions.labels, decisions.labels))
    assert (log_odds(models, learned.kept, decisions) == log_odds(models, learned.kept, turned)).all()


def test_going_back_gives_the_very_same_matches_and_decided_ones_keep_their_explanation(node: Store, models: Models) -> None:
    judge(node, lambda row: by_title(row) if row.id % 5 else None)
    before = stored(node)
    learned = learn_and_keep(models, decided(node))
    models.use(learned.kept.model.version)
    assert rematch(node, home_region=HOME, model=models.in_use()).rematched == 48
    between = stored(node)
    frozen = {pair for pair, (*_, state) in before.items() if state != "proposed"}
    assert {pair: between[pair] for pair in frozen} == {pair: before[pair] for pair in frozen}
    open_ones = {pair: row for pair, row in between.items() if pair not in frozen}
    assert open_ones
    assert all(row[2] == learned.kept.model.name != before[pair][2] and row[0] != before[pair][0] for pair, row in open_ones.items())
    assert rematch(node, home_region=HOME, model=models.in_use()).rematched == 0
    models.use(CURRENT)
    rematch(node, home_region=HOME, model=models.in_use())
    assert stored(node) == before
    with node.read() as session:
        assert CURRENT in versions_in_store(session)


def test_what_a_model_was_learned_from_names_nobody(node: Store, models: Models) -> None:
    judge(node, by_title)
    learned = learn_and_keep(models, decided(node))
    text = (models.folder / f"{learned.kept.model.version}.json").read_text("utf-8")
    assert set(json.loads(text)) == {"learned_from", "base", "until", "tables", "counts", "version", "weights", "intercept", "served"}
    assert "petugas" not in text
    assert "Contoh" not in text


def test_a_model_whose_file_is_broken_costs_the_others_no_measure(node: Store, models: Models, tmp_path: Path) -> None:
    judge(node, by_title)
    learned = learn_and_keep(models, decided(node))
    (models.folder / "rusak.json").write_text("{")
    told = json.loads((models.folder / f"{learned.kept.model.version}.json").read_text())
    (models.folder / "waktu.json").write_text(json.dumps({**told, "version": "waktu", "until": "kemarin"}))
    (models.folder / "yatim.json").write_text(json.dumps({**told, "version": "yatim", "base": "kata-0"}))
    rows = {row["version"]: row for row in measured(models, decided(node))}
    for version in ("rusak", "waktu", "yatim"):
        assert set(rows[version]) == {"version", "broken"}
    assert rows[CURRENT]["n"] == rows[learned.kept.model.version]["n"] > 0


def test_nothing_decided_measures_nothing(node: Store, models: Models) -> None:
    with pytest.raises(BadRequest, match="Belum ada keputusan"):
        measured(models, decided(node))
