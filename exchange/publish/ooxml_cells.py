"""
Cells of a worksheet as XML: each value in its own type, no text ever a formula.

A cell is written from its place's beginning, `<c r="A`, then the number of its row, then what the functions here give.

Caveats
  A spreadsheet counts in doubles: a decimal of more than 15 digits would be rounded and stays a text. Days before March
  1900, on which spreadsheets disagree, stay texts too.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_JAKARTA = ZoneInfo("Asia/Jakarta")
MOST_LETTERS = 32_767
CUT = " … [dipotong: satu sel memuat paling banyak 32.767 huruf]"

# the styles of `STYLES`, by their place
PLAIN, TEXT, QUOTED, WHOLE, EXACT, DAY, TIME, HEADING, PROSE, TITLE, LABEL, YES_NO = range(12)
_ALIGNED = '<alignment vertical="top" wrapText="1"/>'
_XF = '<xf numFmtId="{0}" fontId="{1}" fillId="{2}" borderId="0" xfId="0" applyNumberFormat="1"{3}>{4}</xf>'
# yes and no have a format of their own, which Excel, showing them in its own words, passes over; LibreOffice would show 1 and 0
STYLES = (
    '<numFmts count="4"><numFmt numFmtId="164" formatCode="#,##0.00####"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="167" formatCode="&quot;ya&quot;;&quot;ya&quot;;&quot;tidak&quot;"/></numFmts>'
    '<fonts count="4"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font>'
    '<font><b/><sz val="15"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FF1F4E79"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="12">'
    + "".join(
        _XF.format(*parts)
        for parts in (
            (0, 0, 0, "", ""),
            (49, 0, 0, "", ""),
            (49, 0, 0, ' quotePrefix="1"', ""),
            (3, 0, 0, "", ""),
            (164, 0, 0, "", ""),
            (165, 0, 0, "", ""),
            (166, 0, 0, "", ""),
            (49, 2, 2, "", _ALIGNED),
            (49, 0, 0, "", _ALIGNED),
            (49, 3, 0, "", ""),
            (49, 1, 0, "", _ALIGNED),
            (167, 0, 0, "", ""),
        )
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)

# what XML cannot hold or would change, and what would be read as standing for it, is written _xHHHH_ as spreadsheets do
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_EDGE = re.compile(r"\s")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_RUNS = frozenset("=+-@\t\r\n'")
_EPOCH = date(1899, 12, 30).toordinal()
_LEAP = 61  # 1 March 1900: from here on all spreadsheets count the same
_SHORT = 24


def letters(column: int) -> str:
    """The name of a column, from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def markup(text: str) -> str:
    """A text inside an element; what XML cannot hold as `_x0001_`."""
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda found: _MARKUP.get(found[0]) or f"_x{ord(found[0]):04X}_", text)
    return text


def styled(text: str, style: int) -> str:
    """A text cell of that style."""
    kept = ' xml:space="preserve"' if text and (_EDGE.match(text[0]) or _EDGE.match(text[-1])) else ""
    return f'" s="{style}" t="inlineStr"><is><t{kept}>{markup(text)}</t></is></c>'


def _text(text: str) -> str:
    return styled(text, QUOTED if text[:1] in _RUNS else TEXT)


_known = lru_cache(2048)(_text)


def _units(text: str) -> int:
    """Letters as a spreadsheet counts them: one outside of the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


class Cells:
    """The cells of one workbook; `cut` counts the texts that were longer than a cell holds."""

    def __init__(self) -> None:
        self.cut = 0

    def text(self, value: str) -> str:
        """A text, kept as text whatever it begins with; one that is too long ends with `CUT`."""
        if len(value) <= _SHORT:
            return _known(value)
        if len(value) > MOST_LETTERS // 2 and _units(value) > MOST_LETTERS:
            self.cut += 1
            room = (MOST_LETTERS - _units(CUT)) * 2
            value = value.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT
        return _text(value)


@lru_cache(2048)
def number(value: str) -> str:
    """An exact decimal: a number where a double keeps it, else a text."""
    if not _NUMBER.fullmatch(value) or len(value.replace("-", "").replace(".", "").strip("0")) > 15:
        return _text(value)
    return f'" s="{EXACT if "." in value else WHOLE}"><v>{value}</v></c>'


def whole(value: int) -> str:
    """A whole number."""
    return number(str(value))


@lru_cache(2048)
def day(value: str) -> str:
    """A day, given as ISO 8601."""
    serial = date.fromisoformat(value).toordinal() - _EPOCH
    return f'" s="{DAY}"><v>{serial}</v></c>' if serial >= _LEAP else _text(value)


@lru_cache(2048)
def time(value: str) -> str:
    """A time, given as ISO 8601, by the clock of Jakarta: a cell knows no zone."""
    local = datetime.fromisoformat(value).astimezone(_JAKARTA)
    serial = local.toordinal() - _EPOCH
    # rounded up: a reader that cuts off would show the second before
    part = -(-(local.hour * 3600 + local.minute * 60 + local.second) * 10**9 // 86400)
    return f'" s="{TIME}"><v>{serial}.{part:09}</v></c>' if serial >= _LEAP else _text(value)


def flag(value: Any) -> str:
    """Yes or no."""
    return f'" s="{YES_NO}" t="b"><v>{1 if value else 0}</v></c>'
