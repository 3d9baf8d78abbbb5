"""What a body really is, and its sheets: CSV or a workbook, by its bytes and not by what is said of it."""

from __future__ import annotations

from connectors.kit.errors import LoginPage, SourceError, WrongAnswer
from connectors.kit.limits import Limits
from connectors.kit.sheet.delimited import delimited
from connectors.kit.sheet.rows import Sheet
from connectors.kit.sheet.workbook import workbook
from connectors.kit.sniff import Kind, instead, sniff
from connectors.kit.steps import proved, unpacked
from schemas.reading.files import WORKBOOK, other_kind

_SAID_BY_SNIFF = frozenset({Kind.EMPTY, Kind.SAID_EMPTY, Kind.ROBOT, Kind.LOGIN, Kind.HTML})
_ADVICE = "Periksa alamat sumber: yang dibaca adalah tabel CSV atau XLSX."


def open_sheets(body: bytes, limits: Limits, answer: str | None = None) -> list[Sheet]:
    """
    The sheets of an answer, gzip or not; one of a CSV.

    Raises:
        SourceError: what came instead: `empty_body`, `html_page`, `login_page`, `wrong_answer` and others.
    """
    if body.startswith(WORKBOOK):
        return workbook(body, limits, answer)
    encoding, first, _ = proved(body, limits, answer)
    if first.startswith(WORKBOOK):
        return workbook(unpacked(body, limits, answer), limits, answer)
    kind = sniff(first)
    if kind in _SAID_BY_SNIFF:
        raise _as_table(instead(kind, answer))
    other = other_kind(first)
    if other is not None:
        raise WrongAnswer(f"Sumber mengirim {other}, bukan tabel CSV atau XLSX.", mend=_ADVICE, answer=answer)
    return [delimited(body, encoding, first, limits, answer)]


def _as_table(error: SourceError) -> SourceError:
    """The usual error, with advice for one who expected a table."""
    if error.rule == "html_page" and not isinstance(error, LoginPage):
        error.mend = _ADVICE + " Untuk Google Sheets, pakai File > Bagikan > Publikasikan ke web sebagai CSV."
    return error
