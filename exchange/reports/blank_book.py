"""An empty workbook of the catalogue to fill in: the headings that the import reads, and a sheet that says what goes under each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final, NamedTuple

from exchange.catalogue.columns import GUIDE, HEADINGS
from exchange.reports.book import Table, write_book

SHEETS: Final = {"business": "IKM", "product": "Produk"}
_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)  # it says nothing of a day, and the same file is the same bytes


class Column(NamedTuple):
    """member: as in `exchange.catalogue.columns`; says: what goes there; example: of one firm and its product; needed: never empty."""

    member: str
    says: str
    example: str
    needed: bool = False

    def heading(self, kind: str) -> str:
        """What stands above it."""
        return {("business", "name"): "Nama IKM", ("product", "name"): "Nama Produk"}.get((kind, self.member), HEADINGS[self.member])


COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "business": (
        Column("nib", "Nomor Induk Berusaha, 13 angka. Format selnya sebagai teks agar nol di depan tidak hilang.", "0000367200991", True),
        Column("name", "Nama usaha seperti di NIB.", "Bengkel Contoh Karya", True),
        Column("legal_form", "PT, CV, UD, Koperasi atau Perorangan.", "UD"),
        Column("sector", "Logam, kimia, pangan atau energi.", "Logam"),
        Column("kbli", "Lima angka; lebih dari satu dipisahkan titik koma.", "25111"),
        Column("scale", "Mikro, kecil atau menengah.", "Kecil"),
        Column("district", "Nama kecamatan.", "Citangkil"),
        Column("subdistrict", "Nama kelurahan.", "Warnasari"),
        Column("address", "Alamat usaha.", "Jl. Contoh No. 1"),
        Column("position", "Lintang, bujur dari peta.", "-6.00891, 106.01309"),
        Column("workers", "Banyaknya orang.", "14"),
        Column("investment", "Rupiah, tanpa tanah dan bangunan.", "250000000"),
        Column("founded_year", "Empat angka.", "2015"),
        Column("cluster", "Nama sentra, bila menjadi anggotanya.", "Sentra IKM Logam Contoh"),
        Column("visited_on", "Hari kunjungan terakhir, seperti 2026-09-07.", "2026-09-07"),
        Column("visit_note", "Apa yang ditemukan saat kunjungan.", "Produksi lancar"),
        Column("training_needs", "Dipisahkan titik koma.", "pengelasan SMAW 3G; pemasaran digital"),
        Column("telephone", "Telepon kantor; nomor seluler tidak diambil karena dapat milik orang.", "0254-000-0001"),
        Column("email", "Surel usaha.", "usaha@contoh.invalid"),
        Column("consented_on", "Hari pemilik setuju datanya diterbitkan; kosong berarti belum, dan tidak diterbitkan.", "2026-02-01"),
        Column("consent_basis", "Bukti persetujuannya, misalnya nomor surat.", "Surat 12/2026"),
    ),
    "product": (
        Column("sku", "Kode produk dari ekspor atau impor sebelumnya; kosong untuk produk baru.", ""),
        Column("nib", "NIB pembuatnya, yang ada di lembar IKM atau sudah di katalog.", "0000367200991", True),
        Column("name", "Nama produk, satu produk sebaris.", "Pagar besi hollow tinggi 150 cm", True),
        Column("description", "Bahan, ukuran, kegunaan; dengan kata-katanya permintaan dicocokkan.", "Pagar rangka hollow galvanis."),
        Column("kbli", "Lima angka.", "25111"),
        Column("kbki", "Sepuluh angka.", "4219001007"),
        Column("hs", "Pos tarif, enam sampai delapan angka.", "730890"),
        Column("unit", "Satuan jual: buah, kg, m2, liter.", "m2"),
        Column("price_min", "Rupiah satu satuan, terendah.", "550000"),
        Column("price_max", "Rupiah satu satuan, tertinggi.", "850000"),
        Column("capacity_month", "Banyaknya satuan yang sanggup dibuat sebulan.", "180"),
        Column("lead_time_days", "Hari dari pesanan sampai siap dikirim.", "14"),
        Column("minimum_order", "Pesanan terkecil dalam satuan jual.", "6"),
        Column("tkdn", "Persen tingkat komponen dalam negeri menurut sertifikatnya.", "47,2"),
        Column("sni", "Nomor SNI.", ""),
        Column("halal", "Nomor sertifikat halal.", ""),
        Column("permit", "Nomor izin edar (PIRT, BPOM, PKD).", ""),
        Column("keywords", "Sebutan lain yang dipakai pembeli, dipisahkan koma.", "pagar hollow, pagar minimalis"),
        Column("weight_kg", "Berat satu satuan.", "22"),
    ),
}


def write_blank(out: BinaryIO, office: str) -> None:
    """Write the workbook (XLSX): a sheet of firms and one of products with nothing under their headings, and the guide."""
    tables = [
        Table(SHEETS[kind], [(column.heading(kind), max(12, len(column.heading(kind)) + 3)) for column in columns], ())
        for kind, columns in COLUMNS.items()
    ]
    guide = Table(GUIDE, [("Lembar", 10), ("Isian", 24), ("Harus diisi", 12), ("Cara mengisi", 90), ("Misalnya", 40)], _guide())
    write_book(out, [*tables, guide], title="Katalog IKM untuk diisi", office=office, at=_AT)


def _guide() -> Iterator[tuple[str | None, ...]]:
    for kind, columns in COLUMNS.items():
        for column in columns:
            yield SHEETS[kind], column.heading(kind), "ya" if column.needed else "tidak", column.says, column.example or None
