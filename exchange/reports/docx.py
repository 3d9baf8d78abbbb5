"""
A paper for Word: WordprocessingML written from the same blocks as the PDF, in styles that an office can change.

Every text goes through `_run`, which escapes it; nothing is a template, so `{{ }}` in a value is a value. Remarks of drafts are comments.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, cast
from xml.sax.saxutils import escape

from exchange.reports import blocks, docx_parts
from exchange.reports.blocks import Item, Paper, Run, Runs

_CM = 567  # twips
_EPOCH = (1980, 1, 1, 0, 0, 0)
_INK = "9A3412"
_EMBLEM_WIDE, _EMBLEM_HIGH = 720_000, 792_000  # EMU: 2 by 2.2 cm
_SIDE = 1247  # twips: 2.2 cm
_RULED = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="555555"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)

# a table is followed by a paragraph, which Word wants; this one takes no more room than a gap
_SPACER = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'


def docx(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes."""
    writer = _Writer(paper.draft)
    body = "".join(writer.block(block) for block in paper.blocks)
    if paper.draft and paper.made_from:
        line = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="888888"/></w:pBdr><w:spacing w:before="360"/>'
        body += _paragraph((Run(paper.made_from),), style="Small", inside=line)
    parts = {
        "[Content_Types].xml": docx_parts.TYPES,
        "_rels/.rels": docx_parts.ROOT_RELATIONS,
        "word/document.xml": f"{docx_parts.XML}<w:document {docx_parts.NAMES}><w:body>{body}{docx_parts.SECTION}</w:body></w:document>",
        "word/_rels/document.xml.rels": docx_parts.relations(emblem=writer.emblem is not None),
        "word/styles.xml": docx_parts.STYLES,
        "word/settings.xml": docx_parts.SETTINGS,
        "word/header1.xml": docx_parts.header(paper.draft),
        "word/footer1.xml": docx_parts.FOOTER,
        "word/comments.xml": docx_parts.comments(writer.notes, paper.made_at),
        "docProps/core.xml": docx_parts.core(paper.title, paper.author, paper.made_at),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), xml.encode(), zipfile.ZIP_DEFLATED)
        if writer.emblem is not None:
            package.writestr(zipfile.ZipInfo(docx_parts.EMBLEM, _EPOCH), writer.emblem, zipfile.ZIP_STORED)
    return out.getvalue()


class _Writer:
    def __init__(self, draft: bool) -> None:
        self._draft = draft
        self.notes: list[str] = []
        self.emblem: bytes | None = None
        self._new_page = False

    def block(self, block: blocks.Block) -> str:
        """One block as the elements of a body."""
        return cast(Callable[[Any], str], getattr(self, type(block).__name__.lower()))(block)

    def letterhead(self, block: blocks.Letterhead) -> str:
        lines = [*block.large, *block.small]
        ruled = '<w:pBdr><w:bottom w:val="thinThickSmallGap" w:sz="18" w:space="4" w:color="000000"/></w:pBdr>'
        rule = f'{ruled}<w:spacing w:after="200"/>'
        made = []
        for n, runs in enumerate(lines):
            size = 19 if n >= len(block.large) else 30 if n == len(block.large) - 1 else 26
            caps = "<w:caps/>" if n < len(block.large) else ""
            inside = rule if n == len(lines) - 1 and block.emblem is None else '<w:spacing w:after="0"/>'
            made.append(_paragraph(runs, align="center", inside=inside, caps=caps, size=size, bold=size == 30))
        if block.emblem is None:
            return "".join(made)
        self.emblem = block.emblem
        wide, high = struct.unpack(">II", block.emblem[16:24])  # the sizes of a PNG's first chunk
        scale = min(_EMBLEM_WIDE / wide, _EMBLEM_HIGH / high)
        picture = f"<w:p>{docx_parts.picture(round(wide * scale), round(high * scale))}</w:p>"
        # as wide at the right as at the left, so that the lines stand in the middle of the page
        widths = [_SIDE, docx_parts.LINE - 2 * _SIDE, _SIDE]
        cells = [_cell(width, inside, middle=True) for width, inside in zip(widths, (picture, "".join(made), "<w:p/>"), strict=True)]
        return _table(widths, [_row(cells)]) + _paragraph((), inside=rule, size=4)

    def title(self, block: blocks.Title) -> str:
        first = "<w:pageBreakBefore/>" if self._new_page else ""
        self._new_page = False
        lines = [_paragraph(runs, style="Title", inside="" if n else first) for n, runs in enumerate(block.lines)]
        extra = [_paragraph(runs, align="center", inside='<w:spacing w:after="0"/>') for runs in block.extra]
        return "".join(lines + extra) + _SPACER

    def heading(self, block: blocks.Heading) -> str:
        runs: list[Run] = []
        for n, line in enumerate(block.lines):
            runs += [*([Run("\n")] if n else []), *line]
        return _paragraph(
            tuple(runs), style=f"Heading{block.level}", align="center" if block.centred else "left", note=self._note(block.note)
        )

    def para(self, block: blocks.Para) -> str:
        inside = '<w:spacing w:before="200" w:after="200"/>' if block.apart else ""
        return _paragraph(block.runs, align=block.align, stays=block.stays, inside=inside, note=self._note(block.note))

    def items(self, block: blocks.Items) -> str:
        return "".join(self._item(item, 0) for item in block.items)

    def _item(self, item: Item, depth: int) -> str:
        left = (depth + 1) * 482
        inside = f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs><w:spacing w:after="80"/><w:ind w:left="{left}" w:hanging="482"/>'
        own = _paragraph((Run(item.label + "\t"), *item.runs), align="justify", stays=bool(item.under), inside=inside)
        return own + "".join(self._item(part, depth + 1) for part in item.under)

    def pairs(self, block: blocks.Pairs) -> str:
        names, colon = round(block.width * _CM), 250
        right = round(6.0 * _CM) if block.right else 0
        widths = [names, colon, docx_parts.LINE - names - colon - right, *([right] if right else [])]
        rows = []
        for n, (name, runs) in enumerate(block.rows):
            cells = [_cell(widths[0], _close((Run(name),))), _cell(widths[1], _close((Run(":"),))), _cell(widths[2], _close(runs))]
            if right:
                beside = "".join(_close(line, align="right") for line in block.right) if n == 0 else _close(())
                cells.append(_cell(right, beside, merged="restart" if n == 0 else "continue"))
            rows.append(_row(cells))
        return _table(widths, rows) + _SPACER

    def table(self, block: blocks.Table) -> str:
        share = docx_parts.LINE / sum(column.width for column in block.columns)
        widths = [round(column.width * share) for column in block.columns]
        head = [
            _cell(width, _paragraph((Run(column.title, bold=True),), style="Cell", align="center"), shade="E8EDF2")
            for width, column in zip(widths, block.columns, strict=True)
        ]
        rows = [_row(head, head=True)]
        rows += [self._cells(row, widths, block.columns) for row in block.rows]
        rows += [self._cells(row, widths, block.columns, bold=True) for row in block.totals]
        return _table(widths, rows, ruled=True) + _SPACER

    def _cells(self, row: Sequence[Runs], widths: list[int], columns: Sequence[blocks.Column], *, bold: bool = False) -> str:
        return _row([
            _cell(width, _paragraph(runs, style="Cell", align=column.align, bold=bold))
            for width, runs, column in zip(widths, row, columns, strict=True)
        ])  # fmt: skip

    def signatures(self, block: blocks.Signatures) -> str:
        """Positions begin on one line and names stand on one line, however long the positions are."""
        half = docx_parts.LINE // 2
        pair = [None] * (2 - len(block.signatures)) + list(block.signatures)
        above, name, below = ([_cell(half, say(signature) if signature else _close((), stays=True)) for signature in pair]
                              for say in (_above, _name, _below))  # fmt: skip
        return _table([half, half], [_row(above), _row(name), _row(below)]) + _SPACER

    def pagebreak(self, _: blocks.PageBreak) -> str:
        """A title follows and begins the page: a break of its own would leave an empty page where the one before it is full."""
        self._new_page = True
        return ""

    def _note(self, note: str) -> int | None:
        if not (note and self._draft):
            return None
        self.notes.append(note)
        return len(self.notes) - 1


def _run(run: Run, *, caps: str = "", size: int = 0, bold: bool = False, underline: bool = False) -> str:
    look = "<w:b/><w:bCs/>" if run.bold or bold else ""
    look += "<w:i/><w:iCs/>" if run.italic else ""
    look += caps
    look += f'<w:color w:val="{_INK}"/>' if run.blank else ""
    look += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    look += '<w:highlight w:val="yellow"/>' if run.blank else ""
    look += '<w:u w:val="single"/>' if underline else ""
    lines = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in line.split("\t"))
        for line in run.text.split("\n")
    )
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{lines}</w:r>"


def _paragraph(
    runs: Runs, *, style: str = "", align: str = "", stays: bool = False, inside: str = "", note: int | None = None, **look: Any
) -> str:
    """A paragraph. inside: pBdr, tabs, spacing and ind, in this order, as the schema has them between keepNext and jc."""
    about = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:keepNext/><w:keepLines/>" if stays else "") + inside
    about += f'<w:jc w:val="{"both" if align == "justify" else align}"/>' if align else ""
    text = "".join(_run(run, **look) for run in runs)
    if note is not None:
        text = f'<w:commentRangeStart w:id="{note}"/>{text}<w:commentRangeEnd w:id="{note}"/><w:r><w:commentReference w:id="{note}"/></w:r>'
    return f"<w:p>{f'<w:pPr>{about}</w:pPr>' if about else ''}{text}</w:p>"


def _close(runs: Runs, *, align: str = "", stays: bool = False) -> str:
    return _paragraph(runs, style="Close", align=align, stays=stays)


def _above(signature: blocks.Signature) -> str:
    return "".join(_close(line, align="center", stays=True) for line in signature.above)


def _name(signature: blocks.Signature) -> str:
    room = '<w:spacing w:before="1200" w:after="40"/>'
    return _paragraph(signature.name, align="center", stays=True, inside=room, bold=True, underline=True)


def _below(signature: blocks.Signature) -> str:
    return "".join(_close(line, align="center", stays=True) for line in signature.below) or _close((), stays=True)


def _cell(width: int, content: str, *, shade: str = "", merged: str = "", middle: bool = False) -> str:
    about = f'<w:tcW w:w="{width}" w:type="dxa"/>' + (f'<w:vMerge w:val="{merged}"/>' if merged else "")
    about += f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    about += '<w:vAlign w:val="center"/>' if middle else ""
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{content}</w:tc>"


def _row(cells: Sequence[str], *, head: bool = False) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _table(widths: Sequence[int], rows: Sequence[str], *, ruled: bool = False) -> str:
    look = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>' + (f"<w:tblBorders>{_RULED}</w:tblBorders>" if ruled else "")
    room = (("top", 45), ("left", 70), ("bottom", 45), ("right", 70)) if ruled else (("left", 0), ("right", 70))
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in room)
    look += f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
