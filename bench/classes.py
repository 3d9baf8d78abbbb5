"""
How well texts are classified: the sample catalogue, each firm's products without that firm.

    python bench/classes.py [--fit]

Prints JSON: how often the best code agrees to 2, 3 and 5 digits, and how far the confidence can be trusted (reliability in
tenths, expected calibration error); `--fit` finds the temperature and the score of "none" before, by likelihood.
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
DIGITS = (2, 3, 5)


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


def report(found, scheme: str) -> dict:
    told = [(offer, post[scheme], codes[scheme]) for offer, post, codes in found if scheme in offer.codes]
    out = {"n": len(told)}
    for digits in DIGITS:
        right, sure = [], []
        for offer, share, codes in told:
            names = np.array([code[:digits] for code in codes])
            unique, number = np.unique(names, return_inverse=True)
            total = np.bincount(number, share)
            best = int(total.argmax())
            right.append(unique[best] == offer.codes[scheme][0][:digits])
            sure.append(total[best])
        right, sure = np.array(right), np.array(sure)
        tenths = np.minimum((sure * 5).astype(int), 4)
        table = [
            {"told": round(float(sure[tenths == t].mean()), 2), "right": round(float(right[tenths == t].mean()), 2), "n": int((tenths == t).sum())}
            for t in range(5)
            if (tenths == t).any()
        ]
        wrong = sum(row["n"] * abs(row["told"] - row["right"]) for row in table) / len(right)
        least = sure >= classify.LEAST
        out[f"{digits} digits"] = {
            "right": round(float(right.mean()), 3),
            "told": round(float(least.mean()), 3),
            "right_of_told": round(float(right[least].mean()), 3) if least.any() else None,
            "calibration_error": round(wrong, 3),
            "reliability": table,
        }
    return out


def fit(products, scheme: str) -> tuple[float, float]:
    def loss(x):
        classify._TEMPERATURE[scheme], classify._UNKNOWN[scheme] = float(np.exp(x[0])), float(x[1])
        total = 0.0
        for raw, truth, mask3 in cached:
            share = made._softmax(scheme, raw)
            total -= np.log(share[truth].sum() + 1e-4) + np.log(share[mask3].sum() + 1e-4)
        return total / len(cached)

    cached, of, made = [], None, None
    keep = Classifier._softmax
    for firm, offer in products:
        if scheme not in offer.codes:
            continue
        if firm != of:
            made, of = Classifier([other for owner, other in products if owner != firm]), firm
        raws = {}
        Classifier._softmax = lambda self, name, score, raws=raws: raws.setdefault(name, score) if name == scheme else keep(self, name, score)
        made.posterior(offer.document.name, offer.document.keywords)
        Classifier._softmax = keep
        codes = np.array(made._models[scheme].codes)
        code = offer.codes[scheme][0]
        cached.append((raws[scheme], codes == code[:5], np.char.startswith(codes, code[:3])))
    best = minimize(loss, (0.7, 6.0), method="Nelder-Mead", options={"maxiter": 60})
    return float(np.exp(best.x[0])), float(best.x[1])


def main(*given: str) -> None:
    products = offers()
    out = {}
    if "--fit" in given:
        for scheme in ("KBKI", "KBLI"):
            classify._TEMPERATURE[scheme], classify._UNKNOWN[scheme] = fit(products, scheme)
        out["fitted"] = {"temperature": classify._TEMPERATURE, "unknown": classify._UNKNOWN}
    for name, examples in (("titles", False), ("titles and catalogue", True)):
        begun = time.perf_counter()
        found = scores(products, examples)
        out[name] = {scheme: report(found, scheme) for scheme in ("KBKI", "KBLI")} | {"seconds": round(time.perf_counter() - begun, 1)}
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
