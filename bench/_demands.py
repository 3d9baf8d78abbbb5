"""Demands in the shape of Indonesian procurement plans, made up: lists aligned at `;`, boilerplate titles, repeats, placeholders."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

# item, its specifications, a unit or None
ITEMS: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("Tinta Printer", ("botol hitam", "botol warna cyan", "---"), None),
    ("Kertas HVS", ("70 gr A4", "80 gr F4"), "RM"),
    ("Snack", ("Rapat Biasa", "Rapat Koordinasi"), None),
    ("Makan Minum", ("Rapat Biasa",), None),
    ("Air Mineral", ("Kemasan 600 ml", "gelas 220 ml", "galon"), None),
    ("Nasi Kotak", ("menu ayam", "menu ikan"), None),
    ("Lemari Besi/Metal", ("Filling Cabinet", "2 pintu kaca"), "C62"),
    ("Rak Arsip", ("besi siku 5 susun",), "C62"),
    ("Kursi Kerja", ("sandaran tinggi", "---"), "C62"),
    ("Meja/Kursi Siswa", ("rangka besi, 60 x 40 cm",), "SET"),
    ("Tempat Sampah", ("3 pilah 50 liter", "roda 120 liter"), "SET"),
    ("Gerobak Sampah", ("bak besi 1 m3",), "C62"),
    ("Pupuk Organik", ("karung 25 kg", "cair 1 liter"), "KGM"),
    ("Benih Jagung", ("hibrida, label biru",), "KGM"),
    ("Beras", ("medium 10 kg", "premium"), "KGM"),
    ("Paket Sembako", ("beras, minyak goreng, gula",), None),
    ("Hand Sanitizer", ("500 ml", "5 liter"), "H87"),
    ("Disinfektan", ("5 liter",), None),
    ("Pembersih Lantai", ("karbol 1 liter",), None),
    ("Cat Tembok", ("interior 25 kg", "20 kg putih"), None),
    ("Paku", ("5-10 cm",), "KGM"),
    ("Besi Beton", ("D13 SNI 2052", "polos 8 mm"), None),
    ("Tiang PJU", ("oktagonal 7 m galvanis",), "C62"),
    ("Lampu Penerangan Jalan", ("LED 60 W", "tenaga surya"), "C62"),
    ("Genset", ("10 kVA silent", "5 kVA"), "C62"),
    ("Panel Listrik", ("3 phase 32 A",), "C62"),
    ("Laptop", ("layar 14 inci",), "C62"),
    ("Bahan Bakar Minyak", ("solar", "bensin"), "LTR"),
    ("Toner", ("hitam",), None),
    ("Map", ("kertas", "plastik"), None),
    ("Ballpoint", ("hitam", "0,5 mm"), None),
    ("Materai", ("tempel",), None),
    ("Tenda Lipat", ("3 x 3 m",), "C62"),
    ("Rambu Lalu Lintas", ("daun 60 cm",), "C62"),
    ("Papan Nama", ("stainless huruf timbul",), None),
    ("Mesin Pencacah", ("plastik 150 kg/jam", "rumput"), "C62"),
    ("Pompa Air", ("2 inci", "tenaga surya"), "C62"),
    ("Seragam Dinas", ("lengan panjang",), None),
    ("Obat-obatan", ("---",), None),
    ("Suku Cadang Kendaraan", ("roda 4", "---"), None),
)
SERVICES = (
    "Belanja Sewa Kendaraan Bermotor Penumpang",
    "Belanja Perjalanan Dinas Paket Meeting Dalam Kota",
    "Honorarium Narasumber Kegiatan",
    "Belanja Jasa Tenaga Kebersihan",
    "Belanja Pemeliharaan Alat Kantor dan Rumah Tangga",
)
WORKS = ("Rehabilitasi Gedung Kantor", "Peningkatan Jalan Lingkungan", "Pembangunan Drainase", "Normalisasi Saluran")
ACCOUNTS = (
    "Belanja Alat/Bahan untuk Kegiatan Kantor-Bahan Lainnya",
    "Belanja Modal Alat Kantor Lainnya",
    "Belanja Makanan dan Minuman Rapat",
    "Belanja Persediaan untuk Dijual/Diserahkan kepada Masyarakat",
    "Penyediaan Peralatan Rumah Tangga",
)
PLACES = ("Kecamatan Mekar Jaya", "Dinas Contoh", "Desa Sumber Contoh", "Kelurahan Bunga Rampai", "UPT Pasar Baru")
REGIONS = ("33.74", "33.28", "61.71", "36.04", "32.04", "31.71", None)


def demands(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` demands in the members of DemandSchema; half of the texts repeat, as in real plans."""
    made = random.Random(seed)
    for number in range(count):
        yield _demand(made, number)


def _demand(made: random.Random, number: int) -> dict[str, Any]:
    sort = made.random()
    if sort < 0.22:
        category, title, items = "works", f"{made.choice(WORKS)} {made.choice(PLACES)}", []
    elif sort < 0.35:
        category, title, items = "services", f"{made.choice(SERVICES)} {made.choice(PLACES)}", []
    else:
        category = "goods"
        items = [_item(made, place) for place in range(1, made.choice((1, 1, 2, 3, 5, 8)) + 1)]
        first = items[0]["text"]
        title = made.choice((made.choice(ACCOUNTS), f"Pengadaan {first}", f"Belanja Modal {first} untuk {made.choice(PLACES)}"))
    return {
        "reference": str(number),
        "title": title,
        "items": items,
        "category": category,
        "region": made.choice(REGIONS),
        "budget": {"amount": Decimal(made.randrange(1, 400) * 500_000), "currency": "IDR", "basis": "package_ceiling"},
        "quantity_said": "1 Paket",
        "eligibility": {"domestic_product": True, "small_business": made.random() < 0.8},
    }


def _item(made: random.Random, place: int) -> dict[str, Any]:
    text, specifications, unit = made.choice(ITEMS)
    specification = made.choice(specifications)
    amount = Decimal(made.randrange(1, 200))
    quantity = {"amount": amount, "unit": unit, "said": f"{amount} {unit}"} if unit and made.random() < 0.3 else None
    return {
        "position": place,
        "text": text,
        "specification": None if specification == "---" else specification,
        "quantity": quantity,
        "classifications": [],
    }
