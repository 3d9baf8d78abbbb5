"""How well the products that offices really ordered are found from their plans' texts: the measure, and the files it reads."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from exchange.errors import BadRequest
from exchange.matching.learn_orders import choice, learn
from exchange.matching.orders import Catalogue, Listed, Plan, Scores, ranked, shipped_weights

_PAIRS = ("kd_rup", "kd_produk", "klpd", "namapaket", "spesifikasi", "keterangan", "volume", "jumlahpagu")
_PRODUCTS = ("kd_produk", "nama_klpd", "nama_produk", "nama_komoditas", "nama_penyedia", "harga", "setuju_tolak_tanggal")
_KEYS = frozenset({"kd_rup", "kd_produk", "klpd", "nama_klpd"})
_MOST_CELL = 1 << 24


@dataclass(frozen=True, slots=True)
class Folder:
    """Catalogues by region; plans with the region that made each and the keys of what was ordered for it, in the order of both."""

    catalogues: dict[str, Catalogue]
    plans: list[tuple[str, Plan, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Known:
    """A plan with orders in its own region's catalogue of P products: P x F features, the places of what was ordered."""

    region: str
    plan: Plan
    features: Scores
    ordered: NDArray[np.int64]


def purchases(path: Path, *, fit: bool = False) -> dict[str, Any]:
    """
    Rank each region's catalogue for its plans and see where the ordered products stand.

    Args:
        path: a folder with `pairs` and `products`, each `.csv` or `.csv.gz`.
        fit: train before, by folds: the weights for a region come from the orders of all others. Else the shipped ones.

    Returns:
        n (plans with an ordered product in their own region's catalogue), ndcg_at_10, recall_at_10, recall_at_50, mrr: means
        over the n plans, None where n is 0.

    Raises:
        BadRequest: a file or column is missing, a line is broken, or only one region is there to fit from.
    """
    known = usable(read_folder(path))
    return ranked_by_folds(known) if fit else _measures(known, [shipped_weights()] * len(known))


def ranked_by_folds(known: Sequence[Known]) -> dict[str, Any]:
    """
    As `purchases` with `fit`, of plans that were read.

    Raises:
        BadRequest: only one region is there to fit from.
    """
    return _measures(known, _weights(known))


def _measures(known: Sequence[Known], weights: Sequence[NDArray[np.float64]]) -> dict[str, Any]:
    return mean_measures([measured(one.ordered, ranked(one.features, own)) for one, own in zip(known, weights, strict=True)])


def _weights(known: Sequence[Known]) -> list[NDArray[np.float64]]:
    """The weights to rank each plan with, learned from the orders of all other regions."""
    regions = {one.region for one in known}
    if len(regions) == 1:
        raise BadRequest(f"Hanya satu daerah ({', '.join(regions)}): --fit belajar dari daerah lain.", mend="Jalankan tanpa --fit.")
    choices = [choice(one.features, one.ordered) for one in known]
    by_region = {
        region: learn([made for one, made in zip(known, choices, strict=True) if one.region != region]) for region in sorted(regions)
    }
    return [by_region[one.region] for one in known]


def usable(folder: Folder) -> list[Known]:
    """The plans that have an ordered product in their own region's catalogue, in the order of region and key."""
    found = []
    for region, plan, keys in folder.plans:
        catalogue = folder.catalogues.get(region)
        ordered = sorted(catalogue.place[key] for key in keys if key in catalogue.place) if catalogue else []
        if catalogue and ordered:
            found.append(Known(region, plan, catalogue.features(plan), np.array(ordered, dtype=np.int64)))
    return found


def measured(ordered: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[float, float, float, float]:
    """
    nDCG@10 (an ordered product gains 1, all others 0), recall@10, recall@50 and reciprocal rank of one ranking.

    Args:
        ordered: R places, at least one.
        order: all P places, best first.
    """
    rank = np.sort(np.flatnonzero(np.isin(order, ordered)))
    gain = 1 / np.log2(np.arange(10) + 2)
    ideal = gain[: len(ordered)].sum()
    return (
        float(gain[rank[rank < 10]].sum() / ideal),
        float((rank < 10).sum() / len(ordered)),
        float((rank < 50).sum() / len(ordered)),
        float(1 / (rank[0] + 1)),
    )


def mean_measures(found: Sequence[tuple[float, float, float, float]]) -> dict[str, Any]:
    """The mean of each measure over n plans."""
    names = ("ndcg_at_10", "recall_at_10", "recall_at_50", "mrr")
    means = [round(float(value), 4) for value in np.mean(found, axis=0)] if found else [None] * len(names)
    return {"n": len(found), **dict(zip(names, means, strict=True))}


def read_folder(path: Path) -> Folder:
    """
    The pairs and products of a folder; rows in another order give the same.

    Raises:
        BadRequest: a file or column is missing or a line is broken; the message names file and line.
    """
    products: dict[str, dict[str, Listed]] = {}
    for row in _rows(path, "products", _PRODUCTS):
        product = _listed(row)
        other = products.setdefault(row["nama_klpd"], {}).setdefault(product.key, product)
        if repr(product) < repr(other):  # of two rows with one key, the same one in any order of the file
            products[row["nama_klpd"]][product.key] = product
    ordered: dict[tuple[str, str], tuple[Plan, set[str]]] = {}
    for row in _rows(path, "pairs", _PAIRS):
        plan = _plan(row)
        known, keys = ordered.setdefault((row["klpd"], plan.key), (plan, set()))
        keys.add(row["kd_produk"])
        if repr(plan) < repr(known):
            ordered[row["klpd"], plan.key] = (plan, keys)
    return Folder(
        {region: Catalogue(region, list(products[region].values())) for region in sorted(products)},
        [(region, plan, frozenset(keys)) for (region, _), (plan, keys) in sorted(ordered.items())],
    )


def _plan(row: dict[str, str]) -> Plan:
    return Plan(row["kd_rup"], row["namapaket"], row["spesifikasi"], row["keterangan"], row["volume"], _number(row["jumlahpagu"]))


def _listed(row: dict[str, str]) -> Listed:
    prices = _price_list(row["harga"])
    price = float(np.median(prices)) if prices else None
    day = _day(row["setuju_tolak_tanggal"])
    return Listed(row["kd_produk"], row["nama_produk"], row["nama_komoditas"], row["nama_penyedia"], price, len(prices) or 1, day)


def _price_list(said: str) -> list[float]:
    """The prices above 0 of a cell, one for each area or one for all; what cannot be read is no price."""
    try:
        found = orjson.loads(said)
    except orjson.JSONDecodeError:
        return []
    if not isinstance(found, list):
        found = [{"harga": found}]
    prices = [_number(str(one.get("harga"))) for one in found if isinstance(one, dict)]
    return [price for price in prices if price is not None and price > 0]


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _day(said: str) -> int | None:
    try:
        return date.fromisoformat(said[:10]).toordinal()
    except ValueError:
        return None


def _rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of `name`.csv or `name`.csv.gz, every cell a text, keys and region not empty."""
    path = next((one for one in (folder / f"{name}.csv", folder / f"{name}.csv.gz") if one.is_file()), None)
    if path is None:
        raise BadRequest(f"{folder}: {name}.csv atau {name}.csv.gz tidak ada.", mend="Sebut folder yang berisi pairs dan products.")
    csv.field_size_limit(_MOST_CELL)
    opened = gzip.open if path.suffix == ".gz" else open
    line = 1
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
                raise BadRequest(f"{path}: kolom tidak ada: {', '.join(missing)}.", mend="Lengkapi baris judulnya.")
            for row in reader:
                line = reader.line_num
                if None in row or None in row.values():
                    raise BadRequest(f"{path} baris {line}: jumlah sel tidak sama dengan judul.", mend="Perbaiki baris itu.")
                if empty := [column for column in columns if column in _KEYS and not row[column].strip()]:
                    raise BadRequest(f"{path} baris {line}: {', '.join(empty)} kosong.", mend="Isi sel itu.")
                yield row
                line += 1
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path} sesudah baris {line}: bukan UTF-8.", mend="Simpan ulang sebagai CSV UTF-8.") from error
    except csv.Error as error:
        raise BadRequest(f"{path} sesudah baris {line}: bukan CSV yang utuh.", mend="Perbaiki tanda kutip atau sel di situ.") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadRequest(f"{path} sesudah baris {line}: berkas gzip rusak atau terpotong.", mend="Unduh ulang berkas itu.") from error
