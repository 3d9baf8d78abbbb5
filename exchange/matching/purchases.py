"""How well the ordered product is found among all of a region's e-catalogue, on a folder of real orders."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from exchange.errors import BadRequest
from exchange.matching.order_learning import learn_orders
from exchange.matching.orders import Listed, OrderModel, Plan, Shop, day_of, shipped_orders, volume_of

_PAIRS = ("kd_rup", "kd_produk", "klpd", "namapaket", "spesifikasi", "keterangan", "volume", "jumlahpagu")
_PRODUCTS = ("kd_produk", "nama_klpd", "nama_produk", "nama_komoditas", "nama_penyedia", "harga", "setuju_tolak_tanggal")
_GOVERNMENT = "Pemerintah Daerah "


@dataclass(frozen=True, slots=True)
class Ordered:
    """A plan and the places in its region's shop of what was ordered for it."""

    plan: Plan
    places: tuple[int, ...]


def purchases(folder: Path, *, fit: bool = False) -> dict[str, Any]:
    """
    Measure on the plans that have an ordered product in their own region's catalogue, ranking that catalogue.

    Args:
        folder: holds `pairs.csv` and `products.csv`, plain or gzipped.
        fit: train before, by folds: each region is ranked by what the other regions' orders teach.

    Returns:
        n, ndcg_at_10 (binary gain), recall_at_10, recall_at_50, mrr (of the first ordered one), each a mean over the plans; `regions`
        with the same for each; `model`.

    Raises:
        BadRequest: a file or column is missing or a row cannot be read; the message names file and row.
    """
    shops, orders = read_orders(folder)
    regions = sorted({order.plan.region for order in orders})
    if fit and len(regions) < 2:
        raise BadRequest(f"{folder}: pesanan hanya dari {len(regions)} wilayah.", mend="--fit perlu pesanan dari dua wilayah atau lebih.")
    told: list[tuple[str, tuple[float, float, float, float]]] = []
    inputs = [shops[order.plan.region].inputs(order.plan) for order in orders] if fit else []
    for region in regions:
        model = shipped_orders()
        if fit:
            others = [at for at, order in enumerate(orders) if order.plan.region != region]
            model = learn_orders("lipat", [inputs[at] for at in others], [orders[at].places for at in others])
        told.extend((region, _measure(model, shops[region], order)) for order in orders if order.plan.region == region)
    every = _means([one for _, one in told])
    return every | {
        "model": "leave one region out" if fit else shipped_orders().version,
        "regions": {region: _means([one for where, one in told if where == region]) for region in regions},
    }


def read_orders(folder: Path) -> tuple[dict[str, Shop], list[Ordered]]:
    """The shops by region and the plans with something ordered from their own; the first row of a plan or product holds."""
    products: dict[str, dict[str, Listed]] = {}
    for place, row in _read(folder, "products", _PRODUCTS):
        products.setdefault(row["nama_klpd"], {}).setdefault(row["kd_produk"], _listed(row, place))
    places = {region: {key: at for at, key in enumerate(found)} for region, found in products.items()}
    ordered: dict[str, tuple[Plan, set[int]]] = {}
    for place, row in _read(folder, "pairs", _PAIRS):
        at = places.get(row["klpd"], {}).get(row["kd_produk"])
        if at is not None:
            plan = ordered.get(row["kd_rup"])
            if plan is None:
                plan = ordered[row["kd_rup"]] = (_plan(row, place), set())
            plan[1].add(at)
    shops = {region: Shop(list(products[region].values())) for region in {plan.region for plan, _ in ordered.values()}}
    return shops, [Ordered(plan, tuple(sorted(found))) for plan, found in ordered.values()]


def _read(folder: Path, name: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each row with the words for its place, such as `pairs.csv baris 3`."""
    path = next((path for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv") if path.is_file()), None)
    if path is None:
        raise BadRequest(f"{folder}: tidak ada {name}.csv atau {name}.csv.gz.", mend="Sebut folder yang memuat pairs.csv dan products.csv.")
    csv.field_size_limit(1 << 24)
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = [column for column in wanted if column not in (reader.fieldnames or ())]
        if missing:
            raise BadRequest(f"{path.name}: kolom {', '.join(missing)} tidak ada.", mend="Tambahkan kolomnya, lalu jalankan lagi.")
        for number, row in enumerate(reader, 2):
            if any(row[column] is None for column in wanted):
                raise BadRequest(f"{path.name} catatan {number}: kurang kolom.", mend="Perbaiki barisnya, lalu jalankan lagi.")
            yield f"{path.name} catatan {number}", row
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise BadRequest(f"{path.name} tidak dapat dibaca: {error}.", mend="Periksa berkasnya.") from error


def _listed(row: Mapping[str, str], place: str) -> Listed:
    region = row["nama_klpd"]
    category = row["nama_komoditas"]
    for name in (region, region.removeprefix(_GOVERNMENT)):
        category = re.sub(re.escape(name), " ", category, flags=re.IGNORECASE)
    try:
        told = json.loads(row["harga"]) if row["harga"] else []
        prices = tuple(float(one["harga"]) for one in told) if isinstance(told, list) else (float(told),)
        since = date.fromisoformat(row["setuju_tolak_tanggal"][:10]) if row["setuju_tolak_tanggal"] else None
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"{place}: harga atau tanggal tidak terbaca.", mend="Perbaiki barisnya, lalu jalankan lagi.") from error
    return Listed(row["kd_produk"], row["nama_produk"], category.strip(), row["nama_penyedia"], prices, since)


def _plan(row: Mapping[str, str], place: str) -> Plan:
    try:
        budget = float(row["jumlahpagu"] or 0)
    except ValueError as error:
        raise BadRequest(f"{place}: jumlahpagu “{row['jumlahpagu'][:40]}” bukan angka.", mend="Perbaiki barisnya.") from error
    texts = tuple(row[name] for name in ("namapaket", "spesifikasi", "keterangan"))
    return Plan(row["kd_rup"], row["klpd"], texts, volume_of(row["volume"]), budget, day_of(row["kd_rup"]))


def _measure(model: OrderModel, shop: Shop, order: Ordered) -> tuple[float, float, float, float]:
    """nDCG@10, recall@10, recall@50 and the reciprocal place of the first ordered product."""
    at = np.empty(len(shop.keys), dtype=np.int64)
    at[model.rank(shop, order.plan)] = np.arange(len(shop.keys))
    found = np.sort(at[list(order.places)])
    gain = float((1 / np.log2(found[found < 10] + 2)).sum())
    most = float((1 / np.log2(np.arange(min(10, len(found))) + 2)).sum())
    return gain / most, float((found < 10).mean()), float((found < 50).mean()), 1 / (int(found[0]) + 1)


def _means(told: list[tuple[float, float, float, float]]) -> dict[str, Any]:
    names = ("ndcg_at_10", "recall_at_10", "recall_at_50", "mrr")
    if not told:
        return {"n": 0, **dict.fromkeys(names)}
    return {"n": len(told)} | {name: round(float(value), 4) for name, value in zip(names, np.mean(told, axis=0), strict=True)}
