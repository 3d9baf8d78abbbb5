"""
A product as one row of a table: the columns that every tabular format shares, each with what it means.

A column is shown to a tier only where the field policy opens its field to that tier in some form; a test holds the table
to the policy, so that a new field is decided about here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from exchange.access.policy import Tier
from exchange.access.segments import PRODUCER, fields_seen


class Kind(StrEnum):
    """
    What a column holds. NUMBER: an exact decimal, which travels as a string; LIST: texts, by `joined`; PRICES: by `prices_said`; PHOTOS:
    the address of the first one.
    """

    TEXT = "teks"
    NUMBER = "angka"
    WHOLE = "bilangan bulat"
    DATE = "tanggal"
    TIME = "waktu"
    FLAG = "ya/tidak"
    LIST = "daftar"
    PRICES = "harga bertingkat"
    PHOTOS = "alamat"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the member's name as in the API (of the firm `producer.name`), Indonesian heading and meaning, width in letters."""

    name: str
    title: str
    says: str
    kind: Kind = Kind.TEXT
    width: int = 14


COLUMNS = (
    Column("sku", "SKU", "Nama tetap produk; sama di semua format.", width=18),
    Column("name", "Nama produk", "Nama produk sebagaimana ditulis usahanya.", width=40),
    Column("description", "Keterangan produk", "Uraian bebas dari usaha.", width=60),
    Column("producer.name", "Produsen", "Nama usaha yang membuat produk.", width=30),
    Column("producer.legal_form", "Bentuk usaha", "PT, CV, UD, KUB, Koperasi, atau Perorangan.", width=13),
    Column("producer.nib", "NIB produsen", "Nomor Induk Berusaha; kosong bila tidak dibuka bagi pembaca.", width=16),
    Column("producer.district", "Kecamatan", "Kecamatan tempat usaha.", width=16),
    Column("producer.ident", "Kode produsen", "Nama tetap usaha dalam katalog ini; bukan NIB.", width=20),
    Column("sector", "Sektor", "logam, kimia, pangan, atau energi.", width=10),
    Column("price_min", "Harga terendah (Rp)", "Harga indikatif terendah, rupiah untuk satu satuan.", Kind.NUMBER, 18),
    Column("price_max", "Harga tertinggi (Rp)", "Harga indikatif tertinggi, rupiah untuk satu satuan.", Kind.NUMBER, 18),
    Column("price_valid_until", "Harga berlaku sampai", "Hari terakhir harga itu berlaku.", Kind.DATE, 13),
    Column(
        "negotiated_prices", "Harga PKS",
        "Harga menurut PKS pembaca: perkara/versi, rupiah per satuan, jumlah dari..sampai, hari dari..sampai.", Kind.PRICES, 44,
    ),
    Column("unit_said", "Satuan", "Satuan menurut usaha; harga, kapasitas dan pesanan minimum dalam satuan ini.", width=14),
    Column("unit_code", "Kode satuan", "Kode UN/ECE Rec 20; kemasan sebagai X + Rec 21.", width=9),
    Column("minimum_order", "Pesanan minimum", "Jumlah terkecil yang dilayani, dalam satuan produk.", Kind.NUMBER),
    Column("lead_time_days", "Waktu siap (hari)", "Hari dari pesanan sampai barang siap.", Kind.WHOLE, 10),
    Column("capacity_band", "Kapasitas (pita)", "Kapasitas berada di antara dua angka ini, dalam satuan produk tiap periode.", width=14),
    Column("capacity_min", "Kapasitas terkecil", "Kapasitas terkecil dalam satuan produk tiap periode.", Kind.NUMBER),
    Column("capacity_max", "Kapasitas terbesar", "Kapasitas terbesar dalam satuan produk tiap periode.", Kind.NUMBER),
    Column("capacity_period", "Periode kapasitas", "hari, minggu, bulan, atau tahun; kapasitas sehari bukan kapasitas sebulan.", width=10),
    Column("tkdn_percent", "TKDN (%)", "Tingkat Komponen Dalam Negeri, persen.", Kind.NUMBER, 9),
    Column("sni", "SNI", "Standar Nasional Indonesia yang diacu.", width=18),
    Column("halal", "Sertifikat halal", "Nomor sertifikat halal.", width=20),
    Column("distribution_permit", "Izin edar", "Nomor P-IRT, BPOM, atau PKD.", width=22),
    Column("kbli", "KBLI", "Kode lapangan usaha, lima angka; edisinya di kolom sebelah.", width=8),
    Column("kbli_edition", "Edisi KBLI", "Edisi daftar KBLI.", width=8),
    Column("kbki", "KBKI", "Kode komoditas Indonesia, 5, 7 atau 10 angka.", width=13),
    Column("kbki_edition", "Edisi KBKI", "Edisi daftar KBKI.", width=8),
    Column("hs", "HS", "Pos tarif, enam angka.", width=9),
    Column("hs_edition", "Edisi HS", "Edisi Harmonized System.", width=8),
    Column("keywords", "Kata kunci", "Dipisah titik koma; \\; adalah titik koma di dalam kata, \\\\ garis miring terbalik.", Kind.LIST, 30),
    Column("weight_kg", "Berat (kg)", "Berat satu satuan dalam kilogram.", Kind.NUMBER, 10),
    Column("photos", "Foto", "Alamat foto yang ditampilkan pertama, di simpul ini; formatnya JPEG.", Kind.PHOTOS, 30),
    Column("photo", "Foto di tempat lain", "Alamat foto menurut daftar usaha; tidak disimpan simpul ini.", width=30),
    Column("is_sample", "Data contoh", "Benar bila data dibuat untuk peragaan; bukan penawaran.", Kind.FLAG, 9),
    Column("state", "Status penawaran", "active atau withdrawn.", width=11),
    Column("version", "Versi", "Naik setiap kali produk berubah.", Kind.WHOLE, 7),
    Column("updated_at", "Terakhir diubah", "Waktu perubahan terakhir; UTC dalam csv, WIB dalam xlsx.", Kind.TIME, 17),
)  # fmt: skip


def columns_of(tier: str) -> tuple[Column, ...]:
    """The columns whose field that tier may read in some form, in the order of the table."""
    product, firm = fields_seen("product", Tier(tier)), fields_seen("business", Tier(tier)) & set(PRODUCER)
    seen = product | {f"producer.{name}" for name in firm if "producer" in product}
    return tuple(column for column in COLUMNS if column.name in seen)


def flat(body: bytes) -> dict[str, Any]:
    """A product's members by the names of the columns, read from its canonical JSON; of no photos nothing is said."""
    product: dict[str, Any] = orjson.loads(body)
    if not product.get("photos", True):
        product["photos"] = None
    for name, value in (product.pop("producer", None) or {}).items():
        product[f"producer.{name}"] = value
    return product


_MARKED = re.compile(r"[\\;]")


def joined(items: Iterable[str]) -> str:
    r"""Texts in one cell: `; ` between them, `;` and `\` inside of one written `\;` and `\\`, so that they can be parted again."""
    return "; ".join(_MARKED.sub(r"\\\g<0>", item) for item in items)


def prices_said(prices: Iterable[dict[str, Any]]) -> str:
    """
    Negotiated prices in one cell, `joined`: `KS-2026-0001/2: 560000 IDR/MTK, 100..499, 2026-12-01..2028-11-30`, and ` (note)`.

    A bound that there is not is nothing beside the dots; a unit without a code stands in words.
    """
    return joined(
        f"{one['agreement']}/{one['version']}: {one['price']} {one['currency']}/{one['unit_code'] or one['unit_said'] or ''}, "
        f"{one['quantity_min'] or ''}..{one['quantity_max'] or ''}, {one['valid_from'] or ''}..{one['valid_until'] or ''}"
        + (f" ({one['note']})" if one["note"] else "")
        for one in prices
    )
