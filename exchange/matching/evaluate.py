"""How good the matcher is on demand texts judged by hand against a catalogue."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from exchange.errors import BadRequest
from exchange.matching.learning import learn
from exchange.matching.matcher import Matcher
from exchange.matching.measures import measures
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer, read_offer
from exchange.matching.probability import Model

_INK = re.compile(r"\b(?:tinta|toner)\b", re.IGNORECASE)
_KINDS = (
    ("jasa konsultansi", "consulting"),
    ("jasa", "services"),
    ("pekerjaan", "works"),
    ("pengadaan barang", "goods"),
    ("barang", "goods"),
)
_FOLDS = 5
_UNGRADED = 0.3
_PLACEHOLDER = re.compile(r"^[\s\-.;:]*$")


def judged(path: Path, catalogue_path: Path, *, fit: bool = False, model: Model | None = None) -> dict[str, Any]:
    """
    Measure a model on judged demands.

    Args:
        path: one JSON object a line with `demand`, `served` and `grades` (SKU -> 0..3).
        catalogue_path: the products that the SKUs name, CSV with Indonesian column names.
        fit: learn before, by five folds, so that no demand is measured by a model that saw it.
        model: the one to measure; None for the shipped one.

    Returns:
        `{"all": M, "without_ink": M}`; M has n, served, ndcg_at_10, p_at_1, served_auc, served_ap,
        served_precision_at_90_recall, brier and its 95 % bootstrap interval. Rankings are condensed: products without a
        grade are taken out before counting.

    Raises:
        BadRequest: a file is missing, a line cannot be read, or a product has no column that is needed; the message names the place.
    """
    rows = read_judged(path)
    matcher = Matcher(catalogue(catalogue_path), model=model)
    needs = [judged_need(row["demand"]) for row in rows]
    ranked = _by_folds(matcher, rows, needs) if fit else rankings(matcher, needs)
    without_ink = [at for at, row in enumerate(rows) if not _INK.search(" ".join(str(row["demand"].get(k) or "") for k in _TEXTS))]
    return {
        "all": measures(rows, ranked),
        "without_ink": measures([rows[at] for at in without_ink], [ranked[at] for at in without_ink]),
    }


def read_judged(path: Path) -> list[dict[str, Any]]:
    """The judged demands of a file, blank lines left out."""
    rows = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            demand = row["demand"]
            good = isinstance(row["served"], bool) and isinstance(demand["title"], str) and "id" in demand
            good = good and all(isinstance(grade, int) and 0 <= grade <= 3 for grade in row["grades"].values())
            if not good or (row["served"] and not any(row["grades"].values())):
                raise ValueError("isi")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest(
                f"{path.name} baris {number}: bukan permintaan yang dinilai.",
                mend="Tiap baris satu objek JSON dengan demand (id, title), served, dan grades (SKU: 0 sampai 3).",
            ) from error
        rows.append(row)
    if not rows:
        raise BadRequest(f"{path.name}: tidak ada baris.", mend="Sebut berkas JSONL yang berisi permintaan yang dinilai.")
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "bukan teks UTF-8"
        raise BadRequest(f"{path}: {why}.", mend="Periksa nama dan isi berkasnya.") from error


def _by_folds(matcher: Matcher, rows: Sequence[Mapping[str, Any]], needs: Sequence[Need]) -> list[tuple[list[str], float]]:
    """Rankings, each by a model that learned from the other folds; a demand's fold is fixed by its id."""
    folds = np.array([crc32(str(row["demand"]["id"]).encode()) % _FOLDS for row in rows])
    found: list[tuple[list[str], float] | None] = [None] * len(rows)
    for fold in np.unique(folds):
        others, own = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        if not others:
            raise BadRequest("Terlalu sedikit permintaan untuk dibagi.", mend="Pakai tanpa --fit, atau tambah baris.")
        model = learn_judged(matcher, [rows[at] for at in others], [needs[at] for at in others], "lipat")
        fitted = matcher.with_model(model)
        for at, one in zip(own, rankings(fitted, [needs[at] for at in own]), strict=True):
            found[at] = one
    return [one for one in found if one is not None]


def learn_judged(matcher: Matcher, rows: Sequence[Mapping[str, Any]], needs: Sequence[Need], version: str) -> Model:
    """
    A model from judged demands: a pair counts as a fair offer from grade 2 on.

    Of a demand that nothing serves the pairs without a grade count a little too, as no fair offers; of a served one they are unknown.
    """
    pairs = matcher.pairs(needs)
    keys = [matcher.offers[product].key for product in pairs.evidence.product]
    grades = [rows[need]["grades"].get(key) for need, key in zip(pairs.evidence.need, keys, strict=True)]
    unserved = np.array([not row["served"] for row in rows], dtype=bool)[pairs.evidence.need]
    importance = np.where([grade is None for grade in grades], np.where(unserved, _UNGRADED, 0.0), 1.0)
    labels = np.array([(grade or 0) >= 2 for grade in grades], dtype=np.float64)
    served = {at: bool(row["served"]) for at, row in enumerate(rows)}
    return learn(version, pairs.inputs, labels, importance, pairs.evidence.need, served)


_TEXTS = ("title", "spec", "note")


def catalogue(path: Path) -> list[Offer]:
    """The products of a catalogue CSV with Indonesian column names (`sku`, `nama`, `kata_kunci` ...) as offers of no region."""
    reader = csv.DictReader(_text(path).splitlines())
    missing = [column for column in ("sku", "nama") if column not in (reader.fieldnames or ())]
    if missing:
        raise BadRequest(f"{path.name}: kolom {', '.join(missing)} tidak ada.", mend="Sebut katalog CSV dengan kolom sku dan nama.")
    found = []
    for number, row in enumerate(reader, 2):
        try:
            found.append(_offer(row))
        except (ValueError, InvalidOperation, AttributeError, TypeError) as error:
            raise BadRequest(f"{path.name} catatan {number}: tidak dapat dibaca.", mend="Perbaiki barisnya, lalu jalankan lagi.") from error
    return found


def _offer(row: Mapping[str, str]) -> Offer:
    return read_offer(
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
            "lead_time_days": int(row["lead_time_hari"]) if row.get("lead_time_hari") else None,
            "weight_kg": _decimal(row.get("berat_kg")),
        },
        None,
    )


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
