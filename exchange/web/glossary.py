"""
The words that pages use and not everybody knows, as one table: what they are short for, and what is meant by them here.

`exchange.web.terms` finds them on pages; `/istilah` shows the whole table. docs/translating.md says how an entry is written.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _l


class Term(NamedTuple):
    """full: what it is short for, in `language`, empty for a word that is short for nothing; means: in the reader's language."""

    short: str
    full: str
    means: object
    language: str = "id"

    @property
    def anchor(self) -> str:
        """Its place on the page of terms."""
        return self.short.lower().replace(" ", "-")


class TermGroup(NamedTuple):
    """Terms of one subject, in the order of the alphabet."""

    label: object
    terms: tuple[Term, ...]


GROUPS: Final[tuple[TermGroup, ...]] = (
    TermGroup(
        _l("Kata yang dipakai layanan ini"),
        (
            Term("diambil", "", _l("dibaca dari sumbernya; satu pengambilan adalah sekali membaca seluruh daftar sebuah sumber")),
            Term("dicabut", "", _l("tidak berlaku lagi karena yang menerbitkannya menyatakan begitu, atau karena tidak disebutnya lagi")),
            Term("ditahan", "", _l("tidak disebut lagi oleh sumbernya, tetapi belum terbukti dicabut; tetap ditampilkan sampai jelas")),
            Term("kecocokan", "", _l("sebuah permintaan dengan produk IKM yang mungkin memenuhinya; orang yang memutuskannya")),
            Term("mitra", "", _l("kantor daerah lain, atau pihak yang bekerja sama dengan daerah ini")),
            Term("perkara", "", _l("satu kerja sama dari gagasan sampai berakhir, dengan langkah, naskah dan berkasnya")),
            Term("permintaan", "", _l("yang hendak dibeli daerah atau perusahaan lain")),
            Term("simpul", "", _l("pemasangan layanan ini pada satu daerah; simpul bertukar data satu dengan yang lain")),
            Term("sumber", "", _l("tempat permintaan daerah lain dibaca: layanan, laman atau berkas mereka")),
        ),
    ),
    TermGroup(
        _l("Kerja sama daerah"),
        (
            Term("APBD", "Anggaran Pendapatan dan Belanja Daerah", _l("anggaran tahunan pemerintah daerah")),
            Term("BUMD", "Badan Usaha Milik Daerah", _l("perusahaan milik pemerintah daerah")),
            Term("BUMN", "Badan Usaha Milik Negara", _l("perusahaan milik negara")),
            Term("DPR", "Dewan Perwakilan Rakyat", _l("dewan tingkat negara")),
            Term("DPRD", "Dewan Perwakilan Rakyat Daerah", _l("dewan daerah; sebagian kerja sama memerlukan persetujuannya")),
            Term("KAK", "Kerangka Acuan Kerja", _l("naskah awal: latar belakang, maksud, lingkup dan biaya kerja sama")),
            Term("KB", "Kesepakatan Bersama", _l("naskah payung antara dua pihak, sebelum PKS; di belakang angka KB berarti kilobita")),
            Term("KSDD", "Kerja Sama Daerah dengan Daerah Lain", _l("kerja sama dua pemerintah daerah, PP 28/2018 Pasal 2–12")),
            Term("KSDPK", "Kerja Sama Daerah dengan Pihak Ketiga", _l("kerja sama dengan perusahaan atau lembaga, PP 28/2018 Pasal 13–22")),
            Term("NIP", "Nomor Induk Pegawai", _l("nomor pegawai negeri")),
            Term("OPD", "Organisasi Perangkat Daerah", _l("dinas, badan atau bagian pemerintah daerah")),
            Term("PKS", "Perjanjian Kerja Sama", _l("naskah yang mengikat: barang, harga, hak dan kewajiban")),
            Term("PP", "Peraturan Pemerintah", _l("peraturan pelaksana undang-undang")),
            Term("SK", "Surat Keputusan", _l("surat pejabat yang menetapkan sesuatu")),
            Term("TKKSD", "Tim Koordinasi Kerja Sama Daerah", _l("tim pemerintah daerah yang menelaah rencana dan naskah kerja sama")),
            Term("UU", "Undang-Undang", _l("peraturan yang dibuat pemerintah pusat bersama DPR")),
        ),
    ),
    TermGroup(
        _l("Usaha dan produk"),
        (
            Term("BMP", "Bobot Manfaat Perusahaan", _l("tambahan nilai TKDN bagi perusahaan yang memberi manfaat di dalam negeri")),
            Term("BPOM", "Badan Pengawas Obat dan Makanan", _l("lembaga yang memberi izin edar makanan, obat dan kosmetik")),
            Term("BPS", "Badan Pusat Statistik", _l("lembaga statistik negara")),
            Term("CV", "Commanditaire Vennootschap", _l("persekutuan komanditer, bentuk usaha"), "nl"),
            Term("HACCP", "Hazard Analysis and Critical Control Points", _l("cara menjaga keamanan pangan saat membuatnya"), "en"),
            Term("HS", "Harmonized System", _l("kode barang yang dipakai bea cukai seluruh dunia"), "en"),
            Term("IKM", "Industri Kecil dan Menengah", _l("pembuat barang yang produknya ada dalam katalog ini")),
            Term("KBKI", "Klasifikasi Baku Komoditas Indonesia", _l("kode barang dan jasa menurut BPS")),
            Term("KBLI", "Klasifikasi Baku Lapangan Usaha Indonesia", _l("kode bidang usaha menurut BPS")),
            Term("KUB", "Kelompok Usaha Bersama", _l("beberapa usaha kecil yang bekerja sebagai satu")),
            Term("NIB", "Nomor Induk Berusaha", _l("nomor sebuah usaha, tiga belas angka, dari OSS")),
            Term("OSS", "Online Single Submission", _l("layanan perizinan usaha milik negara"), "en"),
            Term("P-IRT", "Pangan Industri Rumah Tangga", _l("izin edar makanan yang dibuat di rumah")),
            Term("PKRT", "Perbekalan Kesehatan Rumah Tangga", _l("sabun cuci, pembersih dan sejenisnya, yang memerlukan izin edar")),
            Term("SKU", "Stock Keeping Unit", _l("nomor produk dalam katalog"), "en"),
            Term("SNI", "Standar Nasional Indonesia", _l("standar mutu barang")),
            Term("TKDN", "Tingkat Komponen Dalam Negeri", _l("bagian sebuah barang yang dibuat di dalam negeri, dalam persen")),
            Term("UD", "Usaha Dagang", _l("bentuk usaha satu orang")),
        ),
    ),
    TermGroup(
        _l("Pengadaan dan perdagangan"),
        (
            Term("BAST", "Berita Acara Serah Terima", _l("surat bahwa barang diserahkan dan diterima")),
            Term("HPS", "Harga Perkiraan Sendiri", _l("harga tertinggi yang dihitung pembeli pemerintah")),
            Term("INAPROC", "Indonesia National Procurement", _l("layanan pengadaan nasional milik LKPP"), "en"),
            Term("ISB", "Integrated Service Bus", _l("umpan data resmi LKPP bagi program"), "en"),
            Term("KLPD", "Kementerian, Lembaga, Pemerintah Daerah", _l("pembeli pemerintah")),
            Term("LKPP", "Lembaga Kebijakan Pengadaan Barang/Jasa Pemerintah", _l("lembaga yang mengatur pengadaan pemerintah")),
            Term("LPSE", "Layanan Pengadaan Secara Elektronik", _l("kantor yang menjalankan SPSE sebuah daerah")),
            Term("RUP", "Rencana Umum Pengadaan", _l("daftar yang hendak dibeli sebuah kantor pemerintah dalam setahun")),
            Term("SPSE", "Sistem Pengadaan Secara Elektronik", _l("layanan tempat lelang pemerintah dijalankan")),
        ),
    ),
    TermGroup(
        _l("Data dan berkas"),
        (
            Term("API", "Application Programming Interface", _l("cara program lain membaca dan mengirim data"), "en"),
            Term("CKAN", "Comprehensive Knowledge Archive Network", _l("perangkat lunak laman data terbuka"), "en"),
            Term("CSV", "Comma-Separated Values", _l("berkas tabel sederhana, dibuka dengan lembar sebar"), "en"),
            Term("DOCX", "Office Open XML Document", _l("berkas naskah Word"), "en"),
            Term("JSON", "JavaScript Object Notation", _l("bentuk data untuk program"), "en"),
            Term("NDJSON", "Newline-Delimited JSON", _l("JSON, satu data tiap baris"), "en"),
            Term("OCDS", "Open Contracting Data Standard", _l("bentuk baku data pengadaan"), "en"),
            Term("PDF", "Portable Document Format", _l("berkas naskah yang tampak sama di mana pun"), "en"),
            Term("QR", "Quick Response", _l("gambar kotak-kotak yang dipindai dengan telepon"), "en"),
            Term("SHA", "Secure Hash Algorithm", _l("sidik berkas: berubah satu huruf saja, sidiknya lain"), "en"),
            Term("TOML", "Tom's Obvious Minimal Language", _l("bentuk teks untuk pemetaan dan setelan"), "en"),
            Term("UBL", "Universal Business Language", _l("bentuk baku katalog dan surat dagang antarprogram"), "en"),
            Term("URL", "Uniform Resource Locator", _l("alamat laman atau layanan"), "en"),
            Term("WIB", "Waktu Indonesia Barat", _l("waktu di Cilegon, tujuh jam di depan UTC")),
            Term("XLSX", "Office Open XML Workbook", _l("berkas lembar sebar Excel"), "en"),
            Term("XML", "Extensible Markup Language", _l("bentuk data untuk program"), "en"),
        ),
    ),
)
TERMS: Final[dict[str, Term]] = {term.short: term for group in GROUPS for term in group.terms}
SHORT: Final[dict[str, Term]] = {short: term for short, term in TERMS.items() if term.full}
