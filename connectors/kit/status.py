"""What the status and the head of an answer mean for the run."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors.kit.answer import Answer
from connectors.kit.errors import Busy, HttpStatus
from connectors.kit.sniff import Kind, sniff

_PART = 206  # nothing here asks for a part, and a part that is whole JSON looks like the list
AGAIN = frozenset({429, 500, 502, 503, 504})
_ADVICE = {
    _PART: "Sumber mengirim sebagian isi tanpa diminta; laporkan kepada pengelola sumber atau perantaranya (cache, proxy).",
    400: "Sumber menolak pertanyaannya; periksa tahun, kode KLPD dan parameter lain pada alamat sumber.",
    401: "Kunci atau token sumber ditolak; perbarui pada pengaturan sumber.",
    403: "Sumber menolak simpul ini; periksa izin token dan daftar alamat IP di pihak sumber.",
    404: "Alamat tidak ada lagi; minta alamat baru kepada pengelola sumber.",
    410: "Alamat ditutup untuk selamanya; minta alamat baru kepada pengelola sumber.",
}
_SHOWN_AS = {
    Kind.ROBOT: "halaman penguji robot",
    Kind.LOGIN: "halaman masuk",
    Kind.HTML: "halaman web",
    Kind.SAID_EMPTY: 'pesan "Data Kosong"',
    Kind.XML: "XML",
    Kind.JSON: "JSON",
    Kind.EMPTY: "tanpa isi",
}


def check_status(answer: Answer) -> None:
    """Raise what a status other than success means, and what came with it."""
    status = answer.meta.status
    if 200 <= status < 300 and status != _PART:
        return
    shown = _SHOWN_AS.get(sniff(answer.body), "isi lain")
    message = f"Sumber menjawab dengan status {status} ({shown}) di {answer.address}."
    if status in AGAIN:
        raise Busy(message, status=status, answer=answer.digest)
    raise HttpStatus(message, status=status, mend=_ADVICE.get(status), answer=answer.digest, body=answer.body)


def retry_after(text: str | None) -> float | None:
    """Retry-After as seconds from now: a number or an HTTP date; None where it is neither."""
    if text is None:
        return None
    if text.isascii() and text.strip().isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
