"""How good the matcher is on demand texts judged by hand against a catalogue."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from exchange.matching.matcher import Matcher
from exchange.matching.measures import measures
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer, read_offer

_INK = re.compile(r"\b(?:tinta|toner)\b", re.IGNORECASE)
_KINDS = (
    ("jasa konsultansi", "consulting"),
    ("jasa", "services"),
    ("pekerjaan", "works"),
    ("pengadaan barang", "goods"),
    ("barang", "goods"),
)
_PLACEHOLDER = re.compile(r"^[\s\-.;:]*$")


def judged(path: Path, catalogue_path: Path) -> dict[str, Any]:
    """
    Measure the shipped model on judged demands.

    Args:
        path: one JSON object a line with `demand`, `served` and `grades` (SKU -> 0..3).
        catalogue_path: the products that the SKUs name, CSV with Indonesian column names.

    Returns:
        `{"all": M, "without_ink": M}`; M has n, served, ndcg_at_10, p_at_1, served_auc, served_ap,
        served_precision_at_90_recall, brier and its 95 % bootstrap interval. Rankings are condensed: products without a
        grade are taken out before counting.
    """
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    matcher = Matcher(catalogue(catalogue_path))
    needs = [judged_need(row["demand"]) for row in rows]
    ranked = rankings(matcher, needs)
    without_ink = [at for at, row in enumerate(rows) if not _INK.search(" ".join(str(row["demand"].get(k) or "") for k in _TEXTS))]
    return {
        "all": measures(rows, ranked),
        "without_ink": measures([rows[at] for at in without_ink], [ranked[at] for at in without_ink]),
    }


_TEXTS = ("title", "spec", "note")


def catalogue(path: Path) -> list[Offer]:
    """The products of a catalogue CSV with Indonesian column names (`sku`, `nama`, `kata_kunci` ...) as offers of no region."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            read_offer(
                {
                    "sku": row["sku"],
                    "name": row["nama"],
                    "description": row.get("deskripsi"),
                    "keywords": [word.strip() for word in (row.get("kata_kunci") or "").split(",") if word.strip()],
                    **{name: row.get(name) or None for name in ("kbli", "kbki", "hs", "sni", "halal")},
                    "distribution_permit": row.get("izin_edar") or None,
                    "tkdn_percent": _decimal(row.get("tkdn_persen")),
                    "unit_said": row.get("satuan") or None,
                    "unit_code": row.get("satuan_unece") or None,
                    "price_min": _decimal(row.get("harga_min")),
                    "price_max": _decimal(row.get("harga_max")),
                    "capacity_min": _decimal(row.get("kapasitas_bulan")),
                    "capacity_period": "bulan",
                    "minimum_order": _decimal(row.get("minimum_order")),
                },
                None,
            )
            for row in csv.DictReader(file)
        ]


def _decimal(said: str | None) -> Decimal | None:
    return Decimal(said) if said else None


def judged_need(demand: Mapping[str, Any]) -> Need:
    """A judged demand's texts as a need: its note lists the items, its spec their specifications, aligned at `;`."""
    notes, specs = (_listed(demand.get(name) or "") for name in ("note", "spec"))
    if len(notes) != len(specs):
        notes, specs = [demand.get("note") or ""], [demand.get("spec") or ""]
    items = []
    for note, spec in zip(notes, specs, strict=True):
        said = [text for text in (note, spec) if not _PLACEHOLDER.match(text)]
        if said:
            items.append({"text": said[0], "specification": said[1] if len(said) > 1 else None})
    kind = str(demand.get("kind") or "").casefold()
    return read_need(
        {
            "reference": demand["id"],
            "title": demand["title"],
            "items": items,
            "category": next((category for start, category in _KINDS if kind.startswith(start)), None),
            "budget": _budget(demand.get("budget")),
        }
    )


def _listed(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(";")]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _budget(said: object) -> dict[str, Any] | None:
    """Whole rupiah; an abbreviated sum is left out, since text is what is judged here."""
    try:
        return {"amount": Decimal(str(said)), "currency": "IDR", "basis": "package_ceiling"}
    except InvalidOperation:
        return None


def rankings(matcher: Matcher, needs: Sequence[Need]) -> list[tuple[list[str], float]]:
    """For each need all products, best first (those without evidence by BM25, then key), and the probability that it is served."""
    everything = len(matcher.offers)
    hits = matcher.index.search([need.query for need in needs], everything)
    pairs = matcher.pairs(needs)
    found = []
    for at in range(len(needs)):
        rows = np.arange(pairs.bounds[at], pairs.bounds[at + 1])
        rows = rows[np.lexsort((rows, -pairs.bm25[rows], -pairs.probability[rows]))]
        keys = [matcher.index.keys[product] for product in pairs.evidence.product[rows]]
        rest = [matcher.index.keys[product] for product in hits.products[hits.starts[at] : hits.starts[at + 1]]]
        keys = list(dict.fromkeys([*keys, *rest, *matcher.index.keys]))
        best = float(pairs.probability[rows[0]]) if len(rows) else 0.0
        found.append((keys, matcher.model.served_probability(best)))
    return found
