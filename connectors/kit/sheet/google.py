"""Addresses of Google Sheets: what people copy from the browser, turned into the address of the table, on the same host."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

HOST = "docs.google.com"
_SHEET = re.compile(r"(?P<head>(?:/a/[^/]+)?/spreadsheets(?:/u/\d+)?/d/[\w-]+)(?:/(?:edit|view|preview|htmlview|copy)?)?")
_PUBLISHED = re.compile(r"(?P<head>(?:/a/[^/]+)?/spreadsheets/d/e/[\w-]+)/(?:pubhtml|pub)")
_GID = re.compile(r"\bgid=(\d+)")


def table_address(url: str) -> str:
    """
    The address of the table that an address of a Google sheet shows; every other address as it is.

    `…/edit#gid=7` becomes the export of that sheet as CSV, `…/edit` that of the whole workbook (the sheet is then chosen by what it
    holds), `…/pubhtml` the published CSV.
    """
    parts = urlsplit(url)
    if (parts.hostname or "").lower() != HOST:
        return url
    gid = next((found[1] for text in (parts.fragment, parts.query) if (found := _GID.search(text))), None)
    asked = parse_qs(parts.query)
    if found := _PUBLISHED.fullmatch(parts.path):
        if "output" in asked:
            return url
        query = {"gid": gid, "single": "true", "output": "csv"} if gid else {"output": "csv"}
        return urlunsplit((parts.scheme, parts.netloc, f"{found['head']}/pub", urlencode(query), ""))
    if found := _SHEET.fullmatch(parts.path):
        query = {"format": "csv", "gid": gid} if gid else {"format": "xlsx"}
        return urlunsplit((parts.scheme, parts.netloc, f"{found['head']}/export", urlencode(query), ""))
    return url
