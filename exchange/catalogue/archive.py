"""What a file is, by its bytes, and whether an archive is safe to unpack; decided before anything is opened whole."""

from __future__ import annotations

from exchange.errors import BadRequest
from schemas.reading.files import other_kind
from schemas.reading.workbooks import SAVE_AGAIN, Bounds, Unsafe, look_through

LARGEST_FILE = 30 * 1024 * 1024
LARGEST_EXPANDED = 200 * 1024 * 1024
MOST_MERGED = 200_000  # opening a workbook makes an object for each cell that a merge covers
MEND = SAVE_AGAIN


def refuse_others(data: bytes, filename: str) -> None:
    """
    Name a file that is neither workbook nor CSV.

    Raises:
        BadRequest: it begins as another kind of file does.
    """
    kind = other_kind(data)
    if kind is not None:
        raise BadRequest(f"{filename}: ini {kind}, bukan XLSX atau CSV.", mend=MEND)


def check_archive(data: bytes, filename: str) -> None:
    """Refuse a workbook whose parts, sizes or declarations are not safe, before anything is unpacked whole."""
    try:
        look_through(data, Bounds(expanded=LARGEST_EXPANDED, merged=MOST_MERGED))
    except Unsafe as error:
        raise BadRequest(f"{filename}: {error.message}", mend=error.mend) from error
