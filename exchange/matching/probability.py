"""
From evidence to a probability: how likely a product is a fair offer to a demand.

A logistic model over a few features of the pair, each with a meaning; its weights are learned from judged pairs (`learn/`) and kept
with their version in `data/models/`. Every feature depends on the pair alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from exchange.matching.needs import TITLE, Need
from exchange.matching.offers import Offer
from exchange.matching.relevance import HEAD_ELSEWHERE, HEAD_MISSING, HEAD_SAME, HEAD_UNKNOWN, Evidence

CURRENT = "kata-2"
_FLOOR = 0.02
_ABSURD = 1e6
_FOOD_SERVICE = "56"
FEATURES = (
    "value",  # log of the evidence of the best phrase
    "forward",  # log of the share of the phrase that the product covers
    "backward",  # log of the share of the name that the phrase covers
    "head_same",
    "head_elsewhere",
    "head_missing",
    "widened",  # asked for by the name of its class
    "strength",  # log of how sure it is that the phrase is asked
    "title",  # met in the title, not in an item
    "heading",  # asked for by the class in the title, while the items name other goods
    "whole",  # share of the product's own text that the whole demand covers
    "items",  # log of the number of items
    "kind",  # the text says that it is no purchase of goods
    "services",
    "works",
    "consulting",
    "category_unknown",
    "catering",  # meals bought as a service, which they are
)
# What of the probability is owed to what sort of listing it is, and is shown as the criterion of that name.
SORT = frozenset({"kind", "services", "works", "consulting", "category_unknown", "catering"})


@dataclass(frozen=True, slots=True)
class Model:
    """A version of the weights: `weights` by feature, `intercept`; `served` are slope and intercept for the demand's best pair."""

    version: str
    weights: Mapping[str, float]
    intercept: float
    served: tuple[float, float] = (1.0, 0.0)

    @property
    def name(self) -> str:
        """Version and edition of the word tables, as every stored match names it."""
        return f"{self.version}.{edition()}"

    def record(self) -> dict[str, Any]:
        """As `read_model` takes it."""
        return {"version": self.version, "weights": dict(self.weights), "intercept": self.intercept, "served": list(self.served)}

    def logits(self, features: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For N x F features the log-odds of the text alone and of text and sort of listing, N each."""
        weights = np.array([self.weights[name] for name in FEATURES])
        sort = np.array([name in SORT for name in FEATURES])
        # summed row by row and rounded: a matrix product may round a pair otherwise in another batch
        parts = features * weights
        text = np.round(parts[:, ~sort].sum(axis=1) + self.intercept, 6)
        return text, np.round(text + parts[:, sort].sum(axis=1), 6)

    def served_probability(self, best: float) -> float:
        """The probability that anything serves a demand whose likeliest product has probability `best` in [0, 1)."""
        if best <= 0:
            return 0.0
        slope, intercept = self.served
        return float(expit(intercept + slope * np.log(best / max(1.0 - best, 1e-9))))


@cache
def shipped(version: str = CURRENT) -> Model:
    """
    A model that the exchange ships: the current one, or an older one to compare with.

    Raises:
        KeyError: no such version is shipped.
    """
    path = files("exchange.matching").joinpath("data", "models", f"{version}.json")
    if not path.is_file():
        raise KeyError(version)
    return read_model(path.read_text("utf-8"))


@cache
def shipped_versions() -> tuple[str, ...]:
    """The versions that the exchange ships, by name."""
    folder = files("exchange.matching").joinpath("data", "models")
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


@cache
def edition() -> str:
    """Six letters that change with the word tables: what they say is part of the model."""
    folder = files("exchange.matching").joinpath("data")
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".csv")), key=lambda entry: entry.name)
    return hashlib.sha256(b"\0".join(entry.read_bytes() for entry in tables)).hexdigest()[:6]


def read_model(text: str) -> Model:
    """
    A model from its JSON.

    Raises:
        ValueError: it is no JSON, a weight is missing or unknown, or something is no number; the message names it.
        KeyError, TypeError, AttributeError: it is JSON of another shape.
    """
    told = json.loads(text)
    odd = set(told["weights"]) ^ set(FEATURES)
    if odd:
        raise ValueError(f"model {told.get('version')}: weights missing or unknown: {', '.join(sorted(odd))}")
    slope, base = told["served"]
    numbers = {**told["weights"], "intercept": told["intercept"], "served": slope, "served of no evidence": base}
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < _ABSURD:
            raise ValueError(f"model {told.get('version')}: {name} is no number")
    return Model(told["version"], told["weights"], told["intercept"], (slope, base))


def features(evidence: Evidence, needs: Sequence[Need], offers: Sequence[Offer], whole: NDArray[np.float32]) -> NDArray[np.float64]:
    """
    The N x F features of N pairs.

    Args:
        whole: N shares in [0, 1], see `FEATURES`.
    """
    flat = [phrase for need in needs for phrase in need.phrases]
    places = np.array([place == TITLE for need in needs for place in need.places], dtype=bool)
    strength = np.array([phrase.strength for phrase in flat])
    itemised = np.repeat([need.itemised for need in needs], [len(need.phrases) for need in needs]).astype(bool)
    widened = np.array([phrase.widened for phrase in flat], dtype=bool)
    food = np.array([offer.codes.get("KBLI", ("",))[0].startswith(_FOOD_SERVICE) for offer in offers], dtype=bool)
    category = np.array([need.category or "" for need in needs])
    services = np.isin(category, ("services", "mixed"))[evidence.need]
    catering = services & food[evidence.product]
    columns = {
        "value": np.log(np.maximum(evidence.value, _FLOOR)),
        "forward": np.log(np.maximum(evidence.forward, _FLOOR)),
        "backward": np.log(np.maximum(evidence.backward, _FLOOR)),
        "head_same": evidence.head == HEAD_SAME,
        "head_elsewhere": evidence.head == HEAD_ELSEWHERE,
        "head_missing": (evidence.head == HEAD_MISSING) | (evidence.head == HEAD_UNKNOWN),
        "widened": widened[evidence.phrase],
        "strength": np.log(np.maximum(strength[evidence.phrase], _FLOOR)),
        "title": places[evidence.phrase],
        "heading": (widened & places & itemised)[evidence.phrase],
        "whole": whole,
        "items": np.log1p([len(need.items) for need in needs])[evidence.need],
        "kind": np.array([need.kind is not None for need in needs], dtype=bool)[evidence.need],
        "services": services & ~catering,
        "works": (category == "works")[evidence.need],
        "consulting": (category == "consulting")[evidence.need],
        "category_unknown": (category == "")[evidence.need],
        "catering": catering,
    }
    # rounded, because the last bit of a logarithm depends on where in an array it stands
    table: NDArray[np.float64] = np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES])
    return np.round(table, 6)
