"""Which sheet is what, where its header stands, and which column is which; a column that is not understood is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from exchange.catalogue.columns import HEADINGS, HINTS, NARROWING, OWN, UNREAD, WORDS
from exchange.catalogue.table import Cell, Sheet
from schemas.reading.heading import heading_key, meaning, said_by
from schemas.reading.plain_rows import are_column_numbers, is_column_number

NEAR = 0.75  # how alike, of 1, a heading is to one that it may have been meant for
DEEPEST_HEADER = 40
LEAST_KNOWN = 3
MOST_TABLES = 30  # of one sheet; what stands lower is read under the last


@dataclass(slots=True)
class Header:
    """
    A header. kind: `business` or `product`; row: the last row that belongs to it; last: the last row of its table.

    columns: column number → member; titles: column number → heading as written; unknown: headings not understood.
    """

    kind: str
    row: int
    columns: dict[int, str]
    titles: dict[int, str]
    last: int = 0
    unknown: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def find(self, member: str) -> int | None:
        """The column of a member; None where the sheet has none."""
        return next((column for column, name in self.columns.items() if name == member), None)


def _short(cell: Cell) -> bool:
    return isinstance(cell.value, str) and len(cell.value) <= 160 and len(cell.text) <= 80


def member_of(title: str, kind: str) -> str | None:
    """The member that a heading means; a remark in brackets, one slip of the pen and the edition of KBLI do not matter."""
    return meaning(title, WORDS[kind], _without_edition)


def _without_edition(key: str) -> str:
    return re.sub(r"(?<=kbli)(?:20\d\d|edisi20\d\d)$", "", key)


def hinted(title: str, kind: str) -> str | None:
    """The member that a word of a longer heading tells: `Lokasi GPS` is the position; None where it says something narrower."""
    words = set(re.findall(r"[^\W\d_]+", title.casefold()))
    if len(words) > 6 or words & NARROWING:
        return None
    return next((member for member, telling in HINTS[kind] if words & telling), None)


def _known(cells: dict[int, Cell], kind: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, cell in sorted(cells.items()):
        if _short(cell) and (member := member_of(cell.text, kind)) and member not in found.values():
            found[column] = member
    return found


def find_header(sheet: Sheet) -> Header | None:
    """The first header of a sheet of firms or products, under whatever titles; None where the sheet is neither."""
    return next(iter(find_headers(sheet)), None)


def find_headers(sheet: Sheet) -> list[Header]:
    """The headers of a sheet, one for each table that stands on it, from the top."""
    rated = {row: best for row in sorted(sheet.rows) if (best := _rated(sheet, row)) is not None}
    found: list[Header] = []
    for row, (_, kind) in rated.items():
        if not _leads(sheet, rated, row) or (found and row <= found[-1].row):
            continue
        if (not found and row > DEEPEST_HEADER) or len(found) == MOST_TABLES:
            break
        header = _header(sheet, row, kind)
        if found and header.columns == found[-1].columns:
            continue  # the same header again, as on every printed page
        if found:
            found[-1].last = row - 1
        header.last = sheet.last_row
        found.append(header)
    return found


def _leads(sheet: Sheet, rated: dict[int, tuple[int, str]], row: int) -> bool:
    """Whether no better header stands near with nothing but headings between: titles may use the words of headings too."""
    near = (other for other in range(row - 3, row + 4) if other != row and other in rated and not _data_between(sheet, other, row))
    return all((rated[other][0], -other) < (rated[row][0], -row) for other in near)


def _rated(sheet: Sheet, row: int) -> tuple[int, str] | None:
    """How much like a header of which kind a row is; None where it is none. Deep down only headings without a slip count."""
    best: tuple[int, str] | None = None
    cells = {column: cell for column, cell in sheet.row(row).items() if not cell.above}
    if row > DEEPEST_HEADER and not any(heading_key(cell.text) in WORDS[kind] for kind in WORDS for cell in cells.values() if _short(cell)):
        return None
    for kind in WORDS:
        known = _known(cells, kind)
        members = set(known.values())
        if len(known) < LEAST_KNOWN or "name" not in members or not members & (OWN[kind] | {"nib"}):
            continue
        score = len(members & OWN[kind]) * 2 + len(known)
        if best is None or score > best[0]:
            best = (score, kind)
    return best


def _data_between(sheet: Sheet, one: int, other: int) -> bool:
    """Whether a row with several cells of its own stands between two rows."""
    first, last = sorted((one, other))
    return any(sum(not c.is_blank and not c.above for c in sheet.row(row).values()) >= LEAST_KNOWN for row in range(first + 1, last))


def _header(sheet: Sheet, row: int, kind: str) -> Header:
    cells = {column: cell for column, cell in sheet.row(row).items() if not cell.is_blank}
    below = sheet.row(row + 1)
    header = Header(kind, row, {}, {column: cell.text for column, cell in cells.items()})
    lower = _second_line(cells, below, kind)
    if lower:
        # a heading over several columns (`Koordinat` over `Lintang`, `Bujur`): the lower line names the columns
        header.row = row + 1
        header.titles |= lower
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


def _second_line(cells: dict[int, Cell], below: dict[int, Cell], kind: str) -> dict[int, str]:
    """Titles of the columns that a second line of headings names, alone or with what stands over them; empty where there is none."""
    own = {c: cell for c, cell in below.items() if not cell.above and not cell.is_blank}
    if not own or any(not _short(cell) or is_column_number(cell.text) for cell in own.values()):
        return {}
    titles, known = {}, 0
    for column, cell in own.items():
        over = next((cells[c].text for c in range(column, 0, -1) if c in cells), "")
        together = f"{over} {cell.text}"
        alone = member_of(cell.text, kind)
        titles[column] = cell.text if alone or not member_of(together, kind) else together
        known += member_of(titles[column], kind) is not None
    return titles if known == len(own) or (known >= 2 and all(c not in cells or cells[c].spans > 1 for c in own)) else {}


def _remark(header: Header, sheet: str) -> None:
    """What is to be said of the columns as a whole."""
    for column, member in header.columns.items():
        title = header.titles[column]
        factor = said_by(title).factor
        if factor != 1 and member in {"price", "price_min", "price_max", "investment"}:
            header.warnings.append(f"Lembar “{sheet}”: jumlah di kolom “{title}” dikalikan {factor:f} sesuai judulnya.")
        if member == "person":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” memuat data orang, tidak diambil.")
        edition = re.search(r"20\d\d", title) if member == "kbli" else None
        if edition and edition[0] != "2020":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” menyebut edisi {edition[0]}; kode diperiksa terhadap KBLI 2020.")
    for title in header.unknown:
        said, near = f"Lembar “{sheet}”: kolom “{title}” tidak dikenal, isinya tidak diambil.", nearest(title, header)
        header.warnings.append(f"{said} Mungkin maksudnya “{near}”." if near else said)


def nearest(title: str, header: Header) -> str | None:
    """The heading that a column may have been meant to have, of those that the sheet has no column for; None where none is near."""
    here, words = set(header.columns.values()), WORDS[header.kind]
    there = [word for word, member in words.items() if member not in here | UNREAD and len(word) > 3]
    found = get_close_matches(heading_key(title), there, n=1, cutoff=NEAR)
    return HEADINGS.get(words[found[0]]) if found else None


def is_number_row(cells: dict[int, Cell]) -> bool:
    """The row of column numbers under a header: (1) (2) (3)."""
    return are_column_numbers([cell.text for _, cell in sorted(cells.items()) if not cell.is_blank and not cell.above], LEAST_KNOWN)


def repeats(cells: dict[int, Cell], header: Header) -> bool:
    """Whether a row is the header again, as on every printed page."""
    texts = {column: cell.text.casefold() for column, cell in cells.items() if not cell.is_blank}
    same = sum(1 for column, text in texts.items() if header.titles.get(column, "").casefold() == text)
    return same >= LEAST_KNOWN and same * 2 > len(texts)
