"""Words of rows that hold no record in the tables of offices: totals, signatures, remarks, the place and day under a letter."""

from __future__ import annotations

import re
from itertools import pairwise

from schemas.reading.dates import MONTHS

_TOTAL = re.compile(r"(?:(?:grand |sub ?)?total|jumlah|jml|rata-rata|rerata|rekapitulasi)\b", re.I)
_SIGNED = re.compile(
    r"(?:mengetahui|menyetujui|disetujui|disahkan|diketahui|dibuat oleh|disusun oleh|"
    r"diperiksa oleh|hormat kami|tertanda|ttd\b|a\.?n\.|plt\.?|kepala "
    r"(?:dinas|bidang|seksi|bagian|sub|uptd?)|sekretaris|petugas|penyusun|pembina|penata|nip\b|\(?[._…]{5,}\)?)",
    re.I,
)
_PLACE_DATE = re.compile(r"[A-Z][A-Za-z .]+,\s*(?:\d{1,2}|[.… ]+)\s*([A-Za-z]+)\s*(?:\d{4}|[.…]+)")
_REMARK = re.compile(r"(?:catatan|keterangan|ket|sumber|nb|n\.b|\*+|disclaimer|data diperbarui|diperbarui)\s*[:.*]", re.I)
_NUMBERED = re.compile(r"\(?\d{1,2}\)?\.?")


def is_total(text: str) -> bool:
    """Whether a text begins as that of a total does: `Jumlah`, `Grand Total`, `Sub total A`."""
    return _TOTAL.match(text) is not None


def is_signature(text: str) -> bool:
    """Whether a text begins a signature: `Mengetahui`, `Kepala Dinas …`, `NIP.`, a dotted line, or `Cilegon, 3 Maret 2026`."""
    place = _PLACE_DATE.fullmatch(text)
    return _SIGNED.match(text) is not None or (place is not None and (place[1].lower() in MONTHS or not place[1].isalpha()))


def is_remark(text: str) -> bool:
    """Whether a text is a remark under a table: `Catatan: …`, `Sumber: …`, `*) …`."""
    return _REMARK.match(text) is not None


def is_column_number(text: str) -> bool:
    """Whether a text is the number of a column: `3`, `(3)`, `3.`."""
    return _NUMBERED.fullmatch(text) is not None


def are_column_numbers(texts: list[str], least: int = 3) -> bool:
    """Whether texts from left to right count columns, as the row under a header does: (1) (2) (3)."""
    if len(texts) < least or not all(map(is_column_number, texts)):
        return False
    numbers = [int(re.sub(r"\D", "", text)) for text in texts]
    return numbers[0] <= 2 and all(later - sooner == 1 for sooner, later in pairwise(numbers))
