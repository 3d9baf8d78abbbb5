"""
How well texts are classified: the sample catalogue, each firm's products without that firm.

    python bench/classes.py [--fit]

Prints JSON: how often the best code agrees to so many digits, how many are told (at least `LEAST` sure) and right, and how far
the confidence can be trusted (reliability by fifths, expected calibration error; calibrated on the other half of the firms).
`--fit` prints the calibration to be put into classify.py, from all firms.
"""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from exchange.matching import classify
from exchange.matching.classify import Classifier
from exchange.matching.index import Document
from exchange.matching.offers import Offer

PRODUCTS = Path(classify.__file__).parent.parent / "demo/data/products.csv"


def offers() -> list[tuple[str, Offer]]:
    found = []
    for row in csv.DictReader(PRODUCTS.open(encoding="utf-8")):
        codes = {"KBLI": (row["kbli"], "2020"), "KBKI": (row["kbki"], "2012")}
        document = Document(row["sku"], row["nama"], tuple(word.strip() for word in row["kata_kunci"].split(",")), row["deskripsi"])
        found.append((row["nib"], Offer(row["sku"], row["nama"], document, codes={s: c for s, c in codes.items() if c[0]})))
    return found


def scores(products: list[tuple[str, Offer]], examples: bool) -> list[tuple[Offer, dict[str, np.ndarray], dict[str, list[str]]]]:
    """Each product with its posteriors from everything but its own firm."""
    found, of, made = [], None, None
    for firm, offer in products:
        if made is None or (examples and firm != of):
            made, of = Classifier([other for owner, other in products if owner != firm] if examples else ()), firm
        codes = {scheme: made._models[scheme].codes for scheme in ("KBKI", "KBLI")}
        found.append((offer, made.posterior(offer.document.name, offer.document.keywords), codes))
    return found


def best(found, scheme: str, digits: int, calibrated: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Of each product with a code of `scheme`: how sure the best code of so many digits is, and whether it is right."""
    sure, right = [], []
    for offer, posterior, codes in found:
        if scheme in offer.codes:
            names, number = np.unique([code[:digits] for code in codes[scheme]], return_inverse=True)
            total = np.bincount(number, posterior[scheme])
            at = int(total.argmax())
            sure.append(classify.calibrated(scheme, digits, total[at]) if calibrated else total[at])
            right.append(names[at] == offer.codes[scheme][0][:digits])
    return np.array(sure), np.array(right)


def halves(found, scheme: str, digits: int) -> np.ndarray:
    """As `best`, the calibration of each half of the firms fitted on the other half."""
    owners = np.array([int(offer.key.split("-")[2]) % 2 for offer, _, _ in found if scheme in offer.codes])
    sure, right = best(found, scheme, digits, False)
    odds = np.log(np.clip(sure, 1e-6, 1 - 1e-6) / np.clip(1 - sure, 1e-6, 1))
    told = np.empty(len(sure))
    for half in (0, 1):
        offset, slope = platt(sure[owners != half], right[owners != half])
        told[owners == half] = 1 / (1 + np.exp(-offset - slope * odds[owners == half]))
    return told


def report(found, scheme: str) -> dict:
    out = {}
    for digits in sorted(classify.LEVELS[scheme]):
        _, right = best(found, scheme, digits)
        sure = halves(found, scheme, digits)
        part = np.minimum((sure * 5).astype(int), 4)
        table = [
            {
                "told": round(float(sure[part == p].mean()), 2),
                "right": round(float(right[part == p].mean()), 2),
                "n": int((part == p).sum()),
            }
            for p in np.unique(part)
        ]
        told = sure >= classify.LEAST
        out[digits] = {
            "n": len(right),
            "right": round(float(right.mean()), 3),
            "told": round(float(told.mean()), 3),
            "right_of_told": round(float(right[told].mean()), 3) if told.any() else None,
            "calibration_error": round(sum(row["n"] * abs(row["told"] - row["right"]) for row in table) / len(right), 3),
            "reliability": table,
        }
    return out


def platt(sure: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Offset and slope on the log odds, by penalised likelihood (slope towards 1)."""
    odds = np.log(np.clip(sure, 1e-6, 1 - 1e-6) / np.clip(1 - sure, 1e-6, 1))

    def loss(x: np.ndarray) -> float:
        told = 1 / (1 + np.exp(-x[0] - x[1] * odds))
        return float(-np.log(np.where(right, told, 1 - told) + 1e-9).mean() + 0.01 * (x[1] - 1) ** 2)

    return tuple(round(float(one), 3) for one in minimize(loss, (0.0, 1.0), method="Nelder-Mead").x)


def fit(products) -> dict[str, dict[int, tuple[float, float]]]:
    found = scores(products, True)
    return {scheme: {digits: platt(*best(found, scheme, digits, False)) for digits in levels} for scheme, levels in classify.LEVELS.items()}


def main(*given: str) -> None:
    products = offers()
    out = {}
    if "--fit" in given:
        out["calibration"] = fit(products)
    for name, examples in (("titles", False), ("titles and catalogue", True)):
        begun = time.perf_counter()
        found = scores(products, examples)
        out[name] = {scheme: report(found, scheme) for scheme in ("KBKI", "KBLI")} | {"seconds": round(time.perf_counter() - begun, 1)}
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
