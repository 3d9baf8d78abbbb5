"""The criteria of a product; their weights are reasoned in docs/decisions/0032."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from exchange.catalogue.quality.criteria import ALL, ANSWER, TASK, WEEKS, Criterion, Lack, Look, Record, nothing, steps, there
from schemas.codes import kbli
from schemas.codes.classes import hs, kbki_over
from schemas.reading.codes import read_papers
from schemas.units import unit_of_code

# a wider price says nothing about what will be paid
WIDEST = 3
WORDS_SOME, WORDS_ENOUGH = 3, 12
KEYWORDS_ENOUGH = 3
# what the firms of a sector have as a rule: of the sample catalogue's food 94 % name a halal certificate and 66 % a permit, of the other
# sectors 3 % a permit. No statement of what the law asks for.
PAPERS = {"logam": (), "kimia": (), "pangan": ("halal", "distribution_permit"), "energi": ()}
_TITLES = {"halal": "sertifikat halal", "distribution_permit": "izin edar (P-IRT atau BPOM)"}
_WORD = re.compile(r"\w+")


def _described(record: Record, _day: date) -> Look:
    said = record["description"]
    if not said:
        return _NO_WORDS
    own = len(set(_WORD.findall(said.casefold())) - set(_WORD.findall(record["name"].casefold())))
    return ALL if own >= WORDS_ENOUGH else _FEW_WORDS if own >= WORDS_SOME else _NO_WORDS


_DESCRIBE = f"Tulis uraian: bahan, ukuran, kegunaan; paling sedikit {WORDS_ENOUGH} kata selain namanya."
_NO_WORDS, _FEW_WORDS = nothing(_DESCRIBE, TASK), Look(0.5, Lack(_DESCRIBE, TASK))


def _price(record: Record, day: date) -> Look:
    low, high, until = record["price_min"], record["price_max"], record["price_valid_until"]
    if low is None and high is None:
        return _NO_PRICE
    narrow = low is not None and high is not None and high <= low * WIDEST
    return _PRICED[narrow, until is not None and until >= day]


_NARROW, _UNTIL = "harga terendah dan tertinggi (paling jauh tiga kali lipat)", "sampai kapan harganya berlaku"
_NO_PRICE = nothing(f"Tulis {_NARROW}, dan {_UNTIL}.", TASK)
_PRICED = {
    (False, False): Look(0.5, Lack(f"Tulis {_NARROW}, dan {_UNTIL}, mulai hari ini.", TASK)),
    (True, False): Look(0.75, Lack(f"Tulis {_UNTIL}, mulai hari ini.", ANSWER)),
    (False, True): Look(0.75, Lack(f"Tulis {_NARROW}.", TASK)),
    (True, True): ALL,
}


def _unit(record: Record, _day: date) -> Look:
    code = record["unit_code"]
    return _UNITS[bool(record["unit_said"]) + (code is not None and unit_of_code(code) is not None)]


_UNITS = steps(dict.fromkeys((0, 1), Lack("Tulis satuan jualnya, yang ada dalam daftar satuan (buah, kg, m2, dus isi 24).", ANSWER)), 2)


def _kbli(record: Record, _day: date) -> Look:
    code = record["kbli"]
    return ALL if code and len(code) == 5 and kbli(code) else _NO_KBLI


def _kbki(record: Record, _day: date) -> Look:
    return ALL if record["kbki"] and kbki_over(record["kbki"]) else _NO_KBKI


def _hs(record: Record, _day: date) -> Look:
    return ALL if record["hs"] and len(record["hs"]) == 6 and hs(record["hs"]) else _NO_HS


_NO_KBLI = nothing("Pilih KBLI lima angka dari NIB usahanya.", TASK)
_NO_KBKI = nothing("Pilih kode KBKI barangnya.", TASK)
_NO_HS = nothing("Pilih kode HS enam angka.", TASK)


def _capacity(record: Record, _day: date) -> Look:
    if not (record["capacity_min"] or record["capacity_max"]):
        return _NO_CAPACITY
    return ALL if record["capacity_period"] else _NO_PERIOD


_NO_CAPACITY = nothing("Tanyakan berapa yang sanggup dibuat sehari, seminggu atau sebulan.", TASK)
_NO_PERIOD = Look(0.5, Lack("Tanyakan kapasitas itu per hari, minggu, bulan atau tahun.", ANSWER))


@lru_cache(maxsize=4096)
def _is_paper(member: str, said: str) -> bool:
    """Whether it is a whole number of a certificate, as the import reads them: "proses" is none."""
    papers = read_papers(said).value
    return papers is not None and bool(papers.halal if member == "halal" else papers.permit)


def _papers(record: Record, _day: date) -> Look:
    needed = PAPERS.get(record["sector"] or "")
    if needed is None:
        return _NO_SECTOR
    missing = tuple(member for member in needed if not _is_paper(member, record[member] or ""))
    return _of_papers(len(needed), missing)


@lru_cache(maxsize=64)
def _of_papers(needed: int, missing: tuple[str, ...]) -> Look:
    if not missing:
        return ALL
    asks = f"Urus {' dan '.join(_TITLES[member] for member in missing)}; bila sudah ada, catat nomornya yang lengkap."
    return Look(0.25 + 0.75 * (needed - len(missing)) / needed, Lack(asks, WEEKS))


# the least that is there once a sector is known; nothing is known of its certificates before
_NO_SECTOR = Look(0.0, Lack("Pilih sektornya.", ANSWER, to=0.25))


def _keywords(record: Record, _day: date) -> Look:
    name = record["name"].strip().casefold()
    words = {word.strip().casefold() for word in record["keywords"] or ()} - {"", name}
    return ALL if len(words) >= KEYWORDS_ENOUGH else _FEW_KEYWORDS if words else _NO_KEYWORDS


def _photo(record: Record, _day: date) -> Look:
    """A photo that the node shows, or one that lies elsewhere; photos: how many, absent of a record that was not kept yet."""
    return ALL if record["photo"] or record.get("photos") else _NO_PHOTO


_NO_PHOTO = nothing("Ambil foto barangnya.", TASK)

_ADD = f"Tulis {KEYWORDS_ENOUGH} kata kunci: sebutan lain yang dipakai pembeli."
_NO_KEYWORDS, _FEW_KEYWORDS = nothing(_ADD, ANSWER), Look(0.5, Lack(_ADD, ANSWER))

PRODUCT: tuple[Criterion, ...] = (
    Criterion(
        "price", "Harga", ("price_min", "price_max", "price_valid_until"), 16,
        "Pembeli membandingkannya dengan pagu; harga tanpa masa berlaku atau terlalu lebar harus ditanyakan dahulu.", _price,
    ),
    Criterion(
        "description", "Uraian", ("description",), 10,
        "Pencocokan dan pencarian membaca kata-katanya; dari nama saja pembeli tidak tahu bahan dan ukurannya.", _described,
    ),
    Criterion(
        "capacity", "Kapasitas", ("capacity_min", "capacity_max", "capacity_period"), 10,
        "Tanpa kapasitas dan masanya tidak diketahui apakah jumlah yang diminta sanggup dibuat.", _capacity,
    ),
    Criterion(
        "photo", "Foto", ("photo", "photos"), 8, "Portal menampilkan barang dengan fotonya; barang tanpa foto dilewati.", _photo,
    ),
    Criterion(
        "unit", "Satuan", ("unit_said", "unit_code"), 8,
        "Harga dan kapasitas tanpa satuan baku (UN/ECE Rec 20) tidak dapat dibandingkan dengan permintaan.", _unit,
    ),
    Criterion(
        "papers", "Sektor dan sertifikatnya", ("sector", "halal", "distribution_permit"), 8,
        "Pembeli menyaring menurut sektor; pembeli pangan menanyakan sertifikat halal dan izin edar.", _papers,
    ),
    Criterion(
        "keywords", "Kata kunci", ("keywords",), 6,
        "Pembeli menyebut barang yang sama dengan kata lain; kata kunci mempertemukannya.", _keywords,
    ),
    Criterion(
        "kbli", "KBLI", ("kbli",), 6, "Perjanjian dan penyaringan memakai KBLI 2020 lima angka.", _kbli,
    ),
    Criterion(
        "lead_time", "Lama pengerjaan", ("lead_time_days",), 6, "Menentukan apakah barang siap sebelum batas waktu pembeli.",
        there("lead_time_days", "Tanyakan berapa hari pengerjaannya.", ANSWER),
    ),
    Criterion(
        "minimum_order", "Pesanan paling sedikit", ("minimum_order",), 6, "Permintaan yang lebih kecil daripadanya tidak dapat dilayani.",
        there("minimum_order", "Tanyakan pesanan paling sedikit; 1 bila boleh satu.", ANSWER),
    ),
    Criterion(
        "tkdn", "TKDN", ("tkdn_percent",), 6, "Pengadaan pemerintah mengutamakan barang yang TKDN-nya diketahui.",
        there("tkdn_percent", "Urus penghitungan TKDN; bila sudah ada, catat persennya.", WEEKS),
    ),
    Criterion(
        "kbki", "KBKI", ("kbki",), 4, "Pembeli yang menggolongkan barang menurut KBKI menemukannya juga tanpa kata yang sama.", _kbki,
    ),
    Criterion("hs", "Kode HS", ("hs",), 4, "Portal dan katalog baku menggolongkan barang menurut HS 2022.", _hs),
    Criterion(
        "weight", "Berat", ("weight_kg",), 2, "Untuk menghitung ongkos kirim antardaerah.",
        there("weight_kg", "Timbang satu satuannya, catat dalam kg.", TASK),
    ),
)  # fmt: skip
