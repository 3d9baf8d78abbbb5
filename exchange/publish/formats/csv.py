"""
The catalogue as CSV after RFC 4180: a product a line, the columns of `exchange.publish.columns`, headed by their machine names.

Decisions
  A comma, as the RFC says, and `.` in decimals: the file is for programs. Who opens files by hand gets `xlsx`, since a
  spreadsheet in Indonesian would want `;` and a decimal comma, and every program would then have to be told.
  A byte order mark nevertheless: without it Excel, whose import meets this file too, takes UTF-8 for Windows-1252 and
  spoils `m²`; readers that are not told strip it (pandas, DuckDB, LibreOffice) or have a name for it (Python's `utf-8-sig`).
  What was not said is an empty field; an empty text is `""`. Lists are joined by `columns.joined`, negotiated prices by
  `prices_said`; of the photos the first one's address.
  A text that a spreadsheet would run begins with one `'` more, and so does a text that begins with `'`: to read the
  value, drop one leading `'`. A plain negative number does not run and stays as it is; columns of numbers are never touched.

Source
  RFC 4180; OWASP, "CSV Injection", for the beginnings that run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, BinaryIO

from exchange.publish import names
from exchange.publish.base import Format, Head
from exchange.publish.columns import Kind, columns_of, flat, joined, prices_said

_MARK = "\ufeff"
_RUNS = re.compile("['=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-\d+(\.\d+)?", re.ASCII)
_QUOTED = re.compile('[",\r\n]|^[ \t]|[ \t]\\Z')


class Csv(Format):
    """A line of names, then a line for each product."""

    name = "csv"
    title = "CSV"
    media_type = "text/csv"
    suffix = ".csv"
    version = "2"
    conforms_to = "https://www.rfc-editor.org/info/rfc4180"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Write the lines; an empty catalogue is the line of names alone."""
        columns = columns_of(head.tier)
        out.write((_MARK + ",".join(column.name for column in columns) + "\r\n").encode())
        plan = [(column.name, column.kind) for column in columns]
        count = 0
        for body in products:
            get = flat(body).get
            out.write((",".join([_field(get(name), kind, head) for name, kind in plan]) + "\r\n").encode())
            count += 1
        return count


def _field(value: Any, kind: Kind, head: Head) -> str:
    if value is None:
        return ""
    if kind is Kind.LIST:
        if not value:
            return ""
        value = joined(value)
    elif kind is Kind.PRICES:
        value = prices_said(value)
    elif kind is Kind.PHOTOS:
        value = names.photo(head, value[0])
    elif kind is Kind.FLAG:
        return "true" if value else "false"
    elif kind is not Kind.TEXT:
        return str(value)
    return _text(value)


def _text(value: str) -> str:
    if _RUNS.match(value) and not _NUMBER.fullmatch(value):
        value = "'" + value
    return f'"{value.replace(chr(34), chr(34) * 2)}"' if not value or _QUOTED.search(value) else value
