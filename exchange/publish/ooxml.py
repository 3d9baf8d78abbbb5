"""
A workbook (OOXML, `.xlsx`) written row by row: nothing of it is kept but the names of its sheets.

Every date in the file is given, so that the same rows give the same bytes. Texts are inline strings, which need no table
of all texts in memory.

Source
  ECMA-376 part 1 (SpreadsheetML) for the parts and the order of their elements.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, BinaryIO, cast

from exchange.publish.ooxml_cells import HEADING, STYLES, letters, markup, styled

LEVEL = 3  # zlib's, by bench/xlsx.py: 1 is hardly faster and 6 takes a quarter more time for a file 7 % smaller
MOST_ROWS = 1_048_576
MOST_BYTES = 1 << 30  # a part of 2 GiB would need ZIP64, which not every spreadsheet reads in a stream
_CHUNK = 1 << 17

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class _Forward:
    """Only writes: zipfile then never goes back to what it wrote, and a file and a pipe get the same bytes."""

    def __init__(self, out: BinaryIO) -> None:
        self.write, self.flush = out.write, out.flush


class Sheet:
    """One sheet while it is written; `rows` and `size` (bytes of XML, but for what waits) tell how much it holds."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part, self._length = part, 0
        self._waiting: list[str] = []
        self.rows = self.size = 0

    @property
    def full(self) -> bool:
        """Whether no more rows may follow."""
        return self.rows >= MOST_ROWS or self.size >= MOST_BYTES

    def row(self, cells: str, attributes: str = "") -> None:
        """Add the next row, its cells as `ooxml_cells` writes them."""
        self.rows += 1
        self.raw(f'<row r="{self.rows}"{attributes}>{cells}</row>')

    def raw(self, xml: str) -> None:
        """Add XML as it is."""
        self._waiting.append(xml)
        self._length += len(xml)
        if self._length >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Hand on what waits."""
        data = "".join(self._waiting).encode()
        self._part.write(data)
        self.size += len(data)
        self._waiting.clear()
        self._length = 0


class Workbook:
    """A workbook; its sheets one after the other, then `close`. title, creator, at: its properties."""

    def __init__(self, out: BinaryIO, *, title: str, creator: str, at: datetime) -> None:
        self._zip = zipfile.ZipFile(cast(IO[bytes], _Forward(out)), "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        self._sheets: list[str] = []
        self._filters: list[str] = []
        # the parts that say what kind of file it is stand first, where those who look at its beginning find them
        self._part("_rels/.rels", _relations((f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
                                             (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")))  # fmt: skip
        when = f'xsi:type="dcterms:W3CDTF">{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'
        self._part(
            "docProps/core.xml",
            f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{markup(title)}</dc:title><dc:creator>{markup(creator)}</dc:creator>"
            f"<dcterms:created {when}</dcterms:created><dcterms:modified {when}</dcterms:modified></cp:coreProperties>",
        )
        self._part("xl/styles.xml", f'{_XML}<styleSheet xmlns="{_MAIN}">{STYLES}</styleSheet>')

    @contextmanager
    def sheet(self, name: str, widths: Sequence[int], headings: Sequence[str] = ()) -> Iterator[Sheet]:
        """A sheet with columns of these widths; with headings they stand frozen in its first row, and a filter over all rows."""
        self._sheets.append(name)
        last = letters(len(widths) - 1)
        with self._zip.open(f"xl/worksheets/sheet{len(self._sheets)}.xml", "w") as part:
            sheet = Sheet(part)
            pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if headings else ""
            chosen = ' tabSelected="1"' if len(self._sheets) == 1 else ""
            columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1))
            sheet.raw(
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
                f'<sheetViews><sheetView workbookViewId="0"{chosen}>{pane}</sheetView></sheetViews>'
                f"<cols>{columns}</cols><sheetData>"
            )
            if headings:
                sheet.row(
                    "".join(f'<c r="{letters(n)}1{styled(text, HEADING)}' for n, text in enumerate(headings)), ' ht="32" customHeight="1"'
                )
            yield sheet
            sheet.raw("</sheetData>")
            if headings:
                sheet.raw(f'<autoFilter ref="A1:{last}{sheet.rows}"/>')
                self._filters.append(
                    f'<definedName name="_xlnm._FilterDatabase" localSheetId="{len(self._sheets) - 1}" hidden="1">'
                    f"'{markup(name)}'!$A$1:${last}${sheet.rows}</definedName>"
                )
            sheet.raw(
                '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
                # codes are texts on purpose
                f'<ignoredErrors><ignoredError sqref="A1:{last}{max(sheet.rows, 1)}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
            )
            sheet.flush()

    def close(self) -> None:
        """Write the parts that name the sheets, and the end."""
        numbered = list(enumerate(self._sheets, start=1))
        sheets = "".join(f'<sheet name="{markup(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
        names = f"<definedNames>{''.join(self._filters)}</definedNames>" if self._filters else ""
        self._part(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets>{names}</workbook>",
        )
        parts = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered]
        self._part("xl/_rels/workbook.xml.rels", _relations(*parts, (f"{_OFFICE}/styles", "styles.xml")))
        kinds = [(f"/xl/worksheets/sheet{n}.xml", f"{_TYPES}.worksheet+xml") for n, _ in numbered]
        kinds += [
            ("/xl/workbook.xml", f"{_TYPES}.sheet.main+xml"),
            ("/xl/styles.xml", f"{_TYPES}.styles+xml"),
            ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ]
        overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds)
        self._part(
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        )
        self._zip.close()

    def _part(self, name: str, xml: str) -> None:
        with self._zip.open(name, "w") as part:
            part.write(xml.encode())


def _relations(*targets: tuple[str, str]) -> str:
    told = "".join(f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, start=1))
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'
