"""Which sheet is what, where its header stands, and which column is which; a column that is not understood is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import DamerauLevenshtein

from exchange.catalogue.columns import HINTS, NARROWING, OWN, UNREAD, WORDS
from exchange.catalogue.table import Cell, Sheet

DEEPEST_HEADER = 40
LEAST_KNOWN = 3

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(r"\(?\d{1,2}\)?\.?")


@dataclass(slots=True)
class Header:
    """
    A sheet's header. kind: `business` or `product`; row: the last row that belongs to it.

    columns: column number → member; titles: column number → heading as written; unknown: headings not understood.
    """

    kind: str
    row: int
    columns: dict[int, str]
    titles: dict[int, str]
    unknown: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def find(self, member: str) -> int | None:
        """The column of a member; None where the sheet has none."""
        return next((column for column, name in self.columns.items() if name == member), None)


def member_of(title: str, kind: str) -> str | None:
    """The member that a heading means: as it stands, without its remark in brackets, or with one slip of the pen."""
    words = WORDS[kind]
    for text in (title, _REMARK.sub(" ", title)):
        key = re.sub(r"[\W_]+", "", text.casefold())
        key = re.sub(r"(?<=kbli)(?:20\d\d|edisi20\d\d)$", "", key)
        if key in words:
            return words[key]
        if key.endswith("rp") and key[:-2] in words:
            return words[key[:-2]]
    if len(key) >= 6:
        near = {member for word, member in words.items() if len(word) >= 6 and DamerauLevenshtein.distance(key, word) == 1}
        if len(near) == 1:
            return near.pop()
    return None


def hinted(title: str, kind: str) -> str | None:
    """The member that a word of a longer heading tells: `Lokasi GPS` is the position; None where it says something narrower."""
    words = set(re.findall(r"[^\W\d_]+", title.casefold()))
    if len(words) > 6 or words & NARROWING:
        return None
    return next((member for member, telling in HINTS[kind] if words & telling), None)


def _known(cells: dict[int, Cell], kind: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, cell in sorted(cells.items()):
        if isinstance(cell.value, str) and len(cell.text) <= 80 and (member := member_of(cell.text, kind)) and member not in found.values():
            found[column] = member
    return found


def find_header(sheet: Sheet) -> Header | None:
    """The header of a sheet of firms or products, under whatever titles; None where the sheet is neither."""
    best: tuple[tuple[int, int], int, str] | None = None
    for row in sorted(number for number in sheet.rows if number <= DEEPEST_HEADER):
        for kind in WORDS:
            known = _known(sheet.row(row), kind)
            if len(known) < LEAST_KNOWN or "name" not in known.values():
                continue
            score = (len(set(known.values()) & OWN[kind]) * 2 + len(known), -row)
            if best is None or score > best[0]:
                best = (score, row, kind)
    if best is None or not set(_known(sheet.row(best[1]), best[2]).values()) & (OWN[best[2]] | {"nib"}):
        return None
    return _header(sheet, best[1], best[2])


def _header(sheet: Sheet, row: int, kind: str) -> Header:
    cells = {column: cell for column, cell in sheet.row(row).items() if not cell.is_blank}
    below = sheet.row(row + 1)
    header = Header(kind, row, {}, {column: cell.text for column, cell in cells.items()})
    if _is_second_line(cells, below, kind):
        # a heading over several columns (`Koordinat` over `Lintang`, `Bujur`): the lower line names the columns
        header.row = row + 1
        for column, cell in below.items():
            if not cell.above and not cell.is_blank:
                over = next((cells[c].text for c in range(column, 0, -1) if c in cells), "")
                together = f"{over} {cell.text}"
                header.titles[column] = cell.text if member_of(cell.text, kind) or not member_of(together, kind) else together
    exact = {column: member_of(title, kind) for column, title in header.titles.items()}
    for column, title in sorted(header.titles.items()):
        member = exact[column]
        if member is None and (told := hinted(title, kind)) not in exact.values():
            member = told
        if member is None or (member in header.columns.values() and member not in UNREAD):
            header.unknown.append(title if member is None else f"{title} (kolom kedua untuk hal yang sama)")
        else:
            header.columns[column] = member
    _remark(header, sheet.name)
    return header


def _is_second_line(cells: dict[int, Cell], below: dict[int, Cell], kind: str) -> bool:
    own = {c: cell for c, cell in below.items() if not cell.above and not cell.is_blank}
    if not own or any(not isinstance(cell.value, str) or _NUMBERED.fullmatch(cell.text) for cell in own.values()):
        return False
    return len(_known(own, kind)) == len(own) or (len(_known(own, kind)) >= 2 and all(c not in cells or cells[c].spans > 1 for c in own))


def _remark(header: Header, sheet: str) -> None:
    """What is to be said of the columns as a whole."""
    for column, member in header.columns.items():
        title = header.titles[column]
        if member == "person":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” memuat data orang, tidak diambil.")
        edition = re.search(r"20\d\d", title) if member == "kbli" else None
        if edition and edition[0] != "2020":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” menyebut edisi {edition[0]}; kode diperiksa terhadap KBLI 2020.")
    for title in header.unknown:
        header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” tidak dikenal, isinya tidak diambil.")


def is_number_row(cells: dict[int, Cell]) -> bool:
    """The row of column numbers under a header: (1) (2) (3)."""
    texts = [cell.text for _, cell in sorted(cells.items()) if not cell.is_blank and not cell.above]
    if len(texts) < LEAST_KNOWN or not all(_NUMBERED.fullmatch(text) for text in texts):
        return False
    numbers = [int(re.sub(r"\D", "", text)) for text in texts]
    return numbers[0] <= 2 and all(later - sooner == 1 for sooner, later in pairwise(numbers))


def repeats(cells: dict[int, Cell], header: Header) -> bool:
    """Whether a row is the header again, as on every printed page."""
    texts = {column: cell.text.casefold() for column, cell in cells.items() if not cell.is_blank}
    same = sum(1 for column, text in texts.items() if header.titles.get(column, "").casefold() == text)
    return same >= LEAST_KNOWN and same * 2 > len(texts)
