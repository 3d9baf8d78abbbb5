"""The titles and headings of files in English, by the Indonesian ones; of a heading that means two things, by its list too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ENGLISH: Final[Mapping[str, str]] = {
    "Permintaan": "Demand", "Kecocokan": "Matches", "Produk": "Product", "Perdagangan": "Trade",
    "Permintaan tidak terlayani": "Unmet demand",
    "Judul": "Title", "Pembeli": "Buyer", "Daerah": "Region", "Jenis": "Category", "Nilai": "Value", "Mata uang": "Currency",
    "Pemilihan mulai": "Selection starts", "Pemilihan selesai": "Selection ends", "Kontrak mulai": "Contract starts",
    "Kontrak selesai": "Contract ends", "Status": "Status", "Sumber": "Source", "Tautan": "Link",
    "Anggaran (Rp)": "Budget (Rp)", "SKU": "SKU", "IKM": "Firm", "Sektor": "Sector", "Putusan kriteria": "Verdict of the criteria",
    "Perjanjian": "Agreement", "Perkara": "Case", "Alasan": "Reason", "Penjelasan": "Explanation", "Catatan": "Note",
    "Ditangani": "Looked after by", "Ditunda sampai": "Snoozed until", "Diputuskan oleh": "Decided by", "Diputuskan pada": "Decided at",
    "KBLI": "KBLI", "HS": "HS", "Satuan": "Unit", "Harga terendah (Rp)": "Lowest price (Rp)", "Harga tertinggi (Rp)": "Highest price (Rp)",
    "Berlaku sampai": "Valid until", "Kapasitas terendah": "Lowest capacity", "Kapasitas tertinggi": "Highest capacity", "Per": "Per",
    "Lama pengerjaan (hari)": "Lead time (days)", "Pesanan minimum": "Minimum order", "TKDN (%)": "TKDN (%)",
    "Dagang": "Deal", "Keadaan": "State", "Ditawarkan (Rp)": "Offered (Rp)", "Dipesan (Rp)": "Ordered (Rp)",
    "Diterima (Rp)": "Received (Rp)", "Diterima menurut saringan (Rp)": "Received by the filter (Rp)",
    "Tanggal surat": "Date of the letter", "Nomor pesanan": "Order number",
    "Tanggal pesanan": "Date of the order",
    "Dibutuhkan": "Needed", "Nilai (Rp)": "Value (Rp)", "Sebab": "Cause", "Semua sebab": "All causes",
    "Perubahan yang membukanya": "Change that would open it", "SKU terdekat": "Nearest SKU", "Produk terdekat": "Nearest product",
}  # fmt: skip
_OF_LIST: Final[Mapping[tuple[str, str], str]] = {("Kecocokan", "Nilai"): "Score"}
_TITLES: Final[Mapping[str, str]] = {"Permintaan": "Demands", "Produk": "Products"}


def english_title(title: str) -> str:
    """The title of a list."""
    return _TITLES.get(title) or _ENGLISH[title]


def english(title: str, heading: str) -> str:
    """A heading of the list of that (Indonesian) title."""
    return _OF_LIST.get((title, heading)) or _ENGLISH[heading]
