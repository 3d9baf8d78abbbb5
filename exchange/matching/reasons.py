"""Whether a rejection speaks of the thing offered, or of the deal: by its code, or by the free text that staff write as their reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# What a rejection may be for, and what it teaches: `thing`, that such a demand does not ask for such a product; `nothing`, since the
# product may well be the one that was asked; `words`, by the text that has to stand beside it.
REASONS: Final[Mapping[str, str]] = {
    "wrong_product": "thing",
    "wrong_specification": "thing",
    "wrong_sector": "thing",
    "too_far": "nothing",
    "too_many": "nothing",
    "price": "nothing",
    "certificate": "nothing",
    "buyer_gone": "nothing",
    "duplicate": "nothing",
    "other": "words",
}

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


def teaches(code: str | None, reason: str | None) -> bool:
    """Whether a rejection is learned from: by its code, and where that leaves it open, or is none as in older ones, by its words."""
    by_code = REASONS.get(code or "other", "words")
    return by_code == "thing" or (by_code == "words" and not about_the_deal(reason))
