"""Whether a rejection speaks of the thing offered, or of the deal: of the free text that staff write as their reason."""

from __future__ import annotations

import re

# Each stands for itself with its endings: `harganya`, `pengiriman`.
_DEAL = (
    *("harga", "mahal", "kemahalan", "murah", "anggaran", "pagu", "biaya", "ongkos", "ongkir", "tarif", "pembayaran", "tempo", "pajak"),
    *("kapasitas", "jumlah", "terlalu banyak", "kuantitas", "stok", "persediaan", "sanggup", "mampu", "minim", "pesanan"),
    *("waktu", "jadwal", "tenggat", "terlambat", "lambat", "telat", "keburu", "sempat", "tutup", "libur", "batal", "sudah selesai"),
    *("jauh", "kejauhan", "jarak", "lokasi", "luar pulau", "kirim", "dikirim", "mengirim", "pengirim", r"antar\b", "diantar", "pengantar"),
    *("penyedia", "pemasok", "rekanan", "langganan", "kontrak", "sudah ada", "sudah dibeli", "sudah dipilih", "pilih"),
    *("sertifikat", r"halal\b", r"sni\b", r"tkdn\b", "izin", "legalitas", "berminat", "merespon", "respons", "menjawab", "dihubungi"),
)
_GOODS = "barang|produk|jenis|benda|ukuran|spek|bahan|merek|tipe|model"
_THING = (
    "bukan",
    "keliru",
    r"jasa\b",
    rf"(?:{_GOODS})\w* (?:yang )?(?:tidak|tak|berbeda|beda|lain|salah)\b",
    rf"(?:beda|berbeda|lain|salah|tidak sesuai) (?:{_GOODS})",
    "tidak (?:relevan|nyambung|berkaitan|berhubungan|ada hubungan|terkait)",
)
_deal, _thing = (re.compile(rf"\b(?:{'|'.join(words)})") for words in (_DEAL, _THING))


def about_the_deal(reason: str | None) -> bool:
    """
    Whether a rejection names price, amount, time, place, papers or a chosen seller, and nothing of the thing itself.

    Such a pair says little of the texts, since the thing may well have been the one that was asked; a reason that names both, one
    that names neither, and none at all count as said of the thing.
    """
    said = " ".join((reason or "").casefold().split())
    return bool(_deal.search(said)) and not _thing.search(said)
