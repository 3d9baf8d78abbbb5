"""
Learning from what staff decided, and measuring models on it; a decision note says why so (0013).

No model is measured on the decisions that it learned from. One that was learned here is measured by five folds of demands: each
fold by what it would have learned without that fold. And no decision counts twice: a new model starts from the one beneath the
model in use, which no decision has touched, and learns all of them anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from exchange.errors import BadRequest, ExchangeError, SettingWrong
from exchange.matching.decisions import Counts, Decisions
from exchange.matching.learning import adapt
from exchange.matching.measures import auc
from exchange.matching.models import Kept, Models
from exchange.matching.probability import Model, edition

LEAST, LEAST_OF_EACH, LEAST_DEMANDS = 30, 8, 10
# Staff who pass most proposals over choose what they decide; measured, that costs more than learning gains.
DECIDED_SHARE = 0.5
_FOLDS = 5
_RESAMPLES = 1000


class Learned(NamedTuple):
    """
    A new model and how it compares, by folds of demands.

    gain: by how much its log loss is lower than that of the model in use; interval: the gain's 2.5 and 97.5 percentiles over
    bootstrap resamples of demands; enough: whether staff decided on at least `DECIDED_SHARE` of what these demands were offered.
    """

    kept: Kept
    gain: float
    interval: list[float]
    enough: bool

    @property
    def advised(self) -> bool:
        """Whether it is put into use unasked: better by more than chance, on decisions that were not picked."""
        return self.interval[0] > 0 and self.enough


def learn_decisions(version: str, base: Model, decisions: Decisions) -> Model:
    """
    A model that draws on `base` and on decisions.

    A demand's decided pairs count together as the square root of their number. Its pairs that nobody was asked about count together
    as much again, with what `base` says of them, so that what is learned above the threshold holds there alone.
    """
    weight = _weights(decisions)
    names, at = np.unique(decisions.demand, return_inverse=True)
    told = dict(zip(names.tolist(), np.bincount(at, weights=weight, minlength=len(names)), strict=True))
    others, place, number = np.unique(decisions.unasked_demand, return_inverse=True, return_counts=True)
    share = np.array([told.get(demand, 0.0) for demand in others.tolist()]) / np.maximum(number, 1)
    return adapt(
        version,
        base,
        np.concatenate([decisions.inputs, decisions.unasked]),
        np.concatenate([decisions.labels, expit(base.logits(decisions.unasked)[1])]),
        np.concatenate([weight, share[place]]),
    )


def learn_and_keep(models: Models, decisions: Decisions, taken: Collection[str] = ()) -> Learned:
    """
    Learn from decisions, keep the new model, and compare it with the one in use; which one that is does not change.

    Args:
        taken: versions that stored matches name.

    Raises:
        BadRequest: there are too few decisions; the message counts them.
        SettingWrong: the model in use cannot be read.
    """
    _refuse_too_few(decisions.counts)
    before = models.read(models.current())
    base = _base(models, before) or before
    counts, until = decisions.counts, float(decisions.when.max())
    told = {
        "learned_from": f"{counts.accepted + counts.rejected} keputusan atas {counts.demands} permintaan",
        "base": base.model.version,
        "until": datetime.fromtimestamp(until, UTC).isoformat(),
        "tables": edition(),
        "counts": counts._asdict(),
    }
    kept = models.keep(lambda version: Kept(learn_decisions(version, base.model, decisions), told), base.model.version, taken)
    loss = _loss(log_odds(models, before, decisions), decisions) - _loss(log_odds(models, kept, decisions), decisions)
    decided = counts.accepted + counts.rejected + counts.about_deal
    return Learned(kept, *_gain(loss, decisions), decided >= DECIDED_SHARE * (decided + counts.undecided))


def measured(models: Models, decisions: Decisions) -> list[dict[str, Any]]:
    """
    Every model on the decisions.

    Returns:
        For each version `version`, `n`, `by_folds` (it was learned from decisions) and, each demand counting as the square root of
        its pairs, `log_loss` and `brier`; `auc` counts pairs, None where staff decided all alike. Where a model cannot be read,
        `version` and `broken`, which says why.

    Raises:
        BadRequest: nothing was decided yet.
    """
    if not len(decisions.labels):
        raise BadRequest("Belum ada keputusan yang dapat dipakai.", mend="Terima atau tolak kecocokan di halaman Kecocokan dahulu.")
    found: list[dict[str, Any]] = []
    for version in models.versions():
        try:
            kept = models.read(version)
            found.append({"version": version, **measure(models, kept, decisions)})
        except ExchangeError as error:
            found.append({"version": version, "broken": error.message})
    return found


def measure(models: Models, kept: Kept, decisions: Decisions) -> dict[str, Any]:
    """One model on the decisions, as `measured` tells it."""
    odds = log_odds(models, kept, decisions)
    weight = _weights(decisions)
    error = (expit(odds) - decisions.labels) ** 2
    return {
        "n": len(odds),
        "by_folds": "base" in kept.told,
        "log_loss": round(float(np.average(_loss(odds, decisions), weights=weight)), 4),
        "brier": round(float(np.average(error, weights=weight)), 4),
        "auc": auc(decisions.labels == 1, odds),
    }


def log_odds(models: Models, kept: Kept, decisions: Decisions) -> NDArray[np.float64]:
    """What a model says of the N decided pairs: where it learned from decisions, each fold without that fold's."""
    base = _base(models, kept)
    if base is None:
        return kept.model.logits(decisions.inputs)[1]
    found, until = np.zeros(len(decisions.labels)), _until(models, kept)
    for others, own in _folds(decisions):
        found[own] = learn_decisions("lipat", base.model, decisions.of(others, until)).logits(decisions.inputs[own])[1]
    return found


def _base(models: Models, kept: Kept) -> Kept | None:
    """The model beneath one that was learned from decisions; None for one that was not."""
    return models.read(str(kept.told["base"])) if "base" in kept.told else None


def _until(models: Models, kept: Kept) -> float:
    try:
        return datetime.fromisoformat(kept.told["until"]).timestamp()
    except (KeyError, TypeError, ValueError) as error:
        path = models.folder / f"{kept.model.version}.json"
        raise SettingWrong(f"{path}: until bukan waktu.", mend="Kembalikan berkas itu dari cadangan.") from error


def _folds(decisions: Decisions) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """For each fold the demands of all others, and which pairs are the fold's own; a demand is in one fold as a whole."""
    demands = sorted(set(decisions.demand.tolist()), key=lambda demand: (crc32(str(demand).encode()), demand))
    for fold in range(min(_FOLDS, len(demands))):
        own = demands[fold::_FOLDS]
        yield np.array(sorted(set(demands) - set(own)), dtype=np.int64), np.isin(decisions.demand, own)


def _weights(decisions: Decisions) -> NDArray[np.float64]:
    _, at, number = np.unique(decisions.demand, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / np.sqrt(number[at]), dtype=np.float64)


def _loss(odds: NDArray[np.float64], decisions: Decisions) -> NDArray[np.float64]:
    return np.asarray(np.logaddexp(0.0, odds) - decisions.labels * odds)


def _gain(loss: NDArray[np.float64], decisions: Decisions) -> tuple[float, list[float]]:
    """The weighted mean of N differences, and its interval over resamples of demands, seed fixed."""
    names, at = np.unique(decisions.demand, return_inverse=True)
    weight = _weights(decisions)
    total, counted = np.bincount(at, weights=weight * loss), np.bincount(at, weights=weight)
    chosen = np.random.default_rng(20).integers(0, len(names), (_RESAMPLES, len(names)))
    edges = np.percentile(total[chosen].sum(axis=1) / counted[chosen].sum(axis=1), [2.5, 97.5])
    return round(float(total.sum() / counted.sum()), 4), [round(float(edge), 4) for edge in edges]


def _refuse_too_few(counts: Counts) -> None:
    pairs = counts.accepted + counts.rejected
    if pairs >= LEAST and min(counts.accepted, counts.rejected) >= LEAST_OF_EACH and counts.demands >= LEAST_DEMANDS:
        return
    raise BadRequest(
        f"Terlalu sedikit keputusan untuk belajar: {pairs} pasangan dari {counts.demands} permintaan, {counts.accepted} diterima dan "
        f"{counts.rejected} ditolak; {counts.about_deal} penolakan lain hanya soal harga, jumlah, waktu dan sejenisnya, "
        f"{counts.unreadable} tidak terbaca lagi.",
        mend=f"Perlu {LEAST} pasangan dari {LEAST_DEMANDS} permintaan, masing-masing jenis paling sedikit {LEAST_OF_EACH}: "
        "putuskan lebih banyak kecocokan, lalu ulangi.",
    )
