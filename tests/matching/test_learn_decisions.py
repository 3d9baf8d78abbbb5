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
from scipy.optimize import brentq
from scipy.special import expit
from sqlalchemy import select

from exchange.errors import BadRequest
from exchange.matching.decisions import Decisions, versions_in_store
from exchange.matching.learn_decisions import LEAST, learn_and_keep, learn_decisions, log_odds, measured
from exchange.matching.models import Kept, Models
from exchange.matching.probability import CURRENT, FEATURES, shipped
from exchange.matching.run import rematch
from exchange.store.base import Store, utcnow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow

HOME = "36.72"

Judge = Callable[..., None]
Read = Callable[[], Decisions]


def by_title(row: MatchRow) -> str:
    return "rejected" if "pada judul permintaan" in row.marks[0]["says"] else "accepted"


def stored(store: Store) -> dict[tuple[str, str], tuple[Any, ...]]:
    query = select(DemandRow.reference, ProductRow.sku, MatchRow).join(MatchRow.demand).join(MatchRow.product)
    with store.read() as session:
        rows = session.execute(query.where(MatchRow.state != "retired")).all()
    return {(reference, sku): (row.score, row.marks, row.model, row.verdict, row.state) for reference, sku, row in rows}


def test_staff_that_reject_what_only_a_title_names_have_other_demands_of_that_sort_ranked_lower(
    node: Store, models: Models, ask: Callable[..., None], judge: Judge, decided: Read
) -> None:
    for number, thing in enumerate(8 * ["rak arsip besi", "genset diesel", "tiang PJU", "kompos padat", "meja siswa", "beras medium"], 200):
        ask(number, f"Belanja {thing}", []) if number % 2 else ask(number, "Belanja modal kantor", [thing])
    rematch(node, home_region=HOME)
    judge(by_title)
    learned = learn_and_keep(models, decided())
    model, before = learned.kept.model, shipped()
    inputs = decided().inputs
    told = inputs[:, FEATURES.index("title")] == 1
    assert 10 < told.sum() < len(told) - 10
    new, old = (expit(one.logits(inputs)[1]) for one in (model, before))
    lowered = old - new
    assert lowered[told].min() > lowered[~told].max()
    assert lowered[told].mean() > 2 * lowered[~told].mean()
    assert new[told].max() < 0.5 < 0.7 < new[~told].min()
    assert learned.advised
    assert learned.interval[0] > 0
    ask(100, "Pengadaan rak arsip besi", [])
    ask(101, "Belanja modal gudang", ["Rak arsip besi"])
    rematch(node, home_region=HOME)
    scores = stored(node)
    rematch(node, home_region=HOME, model=model)
    again = stored(node)
    assert ("100", "P0") not in again or float(again["100", "P0"][0]) < float(scores["100", "P0"][0]) - 0.1
    assert again["101", "P0"][0] > 0.6


def test_staff_that_agree_with_the_model_change_little(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    # of the thirty and more pairs some are taken and some not, by nothing that the model sees
    judge(lambda row: "accepted" if row.id % 5 else "rejected")
    decisions = decided()
    model = learn_decisions("x", shipped(), decisions)
    away = np.abs(expit(model.logits(decisions.inputs)[1]) - expit(shipped().logits(decisions.inputs)[1]))
    assert away.max() < 0.2


def test_without_decisions_a_model_is_the_one_beneath_it(node: Store, decided: Read) -> None:
    nothing = decided()
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


def test_too_few_decisions_are_refused_and_counted(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    taken: list[int] = []

    def few(row: MatchRow) -> str | None:
        taken.append(row.id)
        return by_title(row) if len(taken) < 12 else None

    judge(few)
    with pytest.raises(BadRequest) as refused:
        learn_and_keep(models, decided())
    for said in ("11 pasangan", "dari 11 permintaan", "diterima", "ditolak"):
        assert said in refused.value.message
    assert str(LEAST) in (refused.value.mend or "")
    judge(lambda row: "accepted")
    with pytest.raises(BadRequest, match="0 ditolak"):
        learn_and_keep(models, decided())
    assert models.versions() == [CURRENT]


def test_a_model_that_learned_is_measured_without_the_fold_that_it_is_measured_on(
    node: Store, models: Models, judge: Judge, decided: Read
) -> None:
    judge(lambda row: "accepted" if row.id % 3 else "rejected")
    decisions = decided()
    learned = learn_and_keep(models, decisions)
    seen = learned.kept.model.logits(decisions.inputs)[1]
    assert not np.allclose(log_odds(models, learned.kept, decisions), seen)
    own = decisions.demand == decisions.demand[0]
    turned = replace(decisions, labels=np.where(own, 1 - decisions.labels, decisions.labels))
    assert (log_odds(models, learned.kept, decisions)[own] == log_odds(models, learned.kept, turned)[own]).all()
    rows = {row["version"]: row for row in measured(models, decisions)}
    assert [row["by_folds"] for row in rows.values()] == [False, True]
    assert set(rows[CURRENT]) == {"version", "n", "by_folds", "log_loss", "brier", "auc"}


def test_a_model_that_learned_noise_is_kept_and_not_advised(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    # as often taken as the model in use says, and by nothing that it sees
    judge(lambda row: "rejected" if row.id % 6 == 0 else "accepted")
    inputs = decided().inputs
    lower = brentq(lambda by: expit(shipped().logits(inputs)[1] - by).mean() - 5 / 6, -20, 20)
    calibrated = replace(shipped(), intercept=shipped().intercept - lower)
    models.use(models.keep(lambda version: Kept(replace(calibrated, version=version), {}), CURRENT).model.version)
    in_use = models.current()
    learned = learn_and_keep(models, decided())
    assert learned.interval[0] <= 0
    assert learned.enough
    assert not learned.advised
    assert models.read(learned.kept.model.version) == learned.kept
    assert models.current() == in_use


def test_decisions_on_a_small_part_of_what_was_proposed_advise_nothing(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    judge(by_title)
    whole = decided()
    picked = replace(whole, counts=whole.counts._replace(undecided=10 * len(whole.labels)))
    learned = learn_and_keep(models, picked)
    assert learned.interval[0] > 0
    assert not learned.enough
    assert not learned.advised


def test_no_decision_counts_twice_however_often_it_is_learned_from(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    judge(by_title)
    decisions = decided()
    first = learn_and_keep(models, decisions)
    models.use(first.kept.model.version)
    second = learn_and_keep(models, decisions)
    assert second.kept.model.weights == first.kept.model.weights
    assert second.kept.told["base"] == CURRENT
    assert (second.gain, second.advised) == (0.0, False)
    assert second.kept.model.version == f"{CURRENT}+staf-2"


def test_a_learned_model_is_measured_by_what_it_knew_then(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    judge(by_title)
    with node.work() as session:
        for row in session.scalars(select(MatchRow).where(MatchRow.id % 4 == 0)):
            row.decided_at = utcnow() + timedelta(days=1)
    decisions = decided()
    early = decisions.of(np.unique(decisions.demand), decisions.when.min() + 3600)
    assert 0 < len(early.labels) < len(decisions.labels)
    learned = learn_and_keep(models, early)
    late = decisions.when > early.when.max()
    turned = replace(decisions, labels=np.where(late, 1 - decisions.labels, decisions.labels))
    assert (log_odds(models, learned.kept, decisions) == log_odds(models, learned.kept, turned)).all()


def test_going_back_gives_the_very_same_matches_and_decided_ones_keep_their_explanation(
    node: Store, models: Models, judge: Judge, decided: Read
) -> None:
    judge(lambda row: by_title(row) if row.id % 5 else None)
    before = stored(node)
    learned = learn_and_keep(models, decided())
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


def test_what_a_model_was_learned_from_names_nobody(node: Store, models: Models, judge: Judge, decided: Read) -> None:
    judge(by_title)
    learned = learn_and_keep(models, decided())
    text = (models.folder / f"{learned.kept.model.version}.json").read_text("utf-8")
    assert set(json.loads(text)) == {"learned_from", "base", "until", "tables", "counts", "version", "weights", "intercept", "served"}
    assert "petugas" not in text
    assert "Contoh" not in text


def test_a_model_whose_file_is_broken_costs_the_others_no_measure(
    node: Store, models: Models, tmp_path: Path, judge: Judge, decided: Read
) -> None:
    judge(by_title)
    learned = learn_and_keep(models, decided())
    (models.folder / "rusak.json").write_text("{")
    told = json.loads((models.folder / f"{learned.kept.model.version}.json").read_text())
    (models.folder / "waktu.json").write_text(json.dumps({**told, "version": "waktu", "until": "kemarin"}))
    (models.folder / "yatim.json").write_text(json.dumps({**told, "version": "yatim", "base": "kata-0"}))
    rows = {row["version"]: row for row in measured(models, decided())}
    for version in ("rusak", "waktu", "yatim"):
        assert set(rows[version]) == {"version", "broken"}
    assert rows[CURRENT]["n"] == rows[learned.kept.model.version]["n"] > 0


def test_nothing_decided_measures_nothing(node: Store, models: Models, decided: Read) -> None:
    with pytest.raises(BadRequest, match="Belum ada keputusan"):
        measured(models, decided())
