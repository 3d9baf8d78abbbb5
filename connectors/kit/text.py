"""
Text as sources write it, made fit to keep: one kind of blank, no invisible characters, no markup, no person's number.
"""

from __future__ import annotations

import html
import re
from typing import Any

from schemas.reading.text import tidy as plain

_BREAK = re.compile(r"<(?:br|/p|/li|/tr|/div)\b[^>]*>", re.I)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});", re.I)

# a person's e-mail, mobile telephone, civil servant's number (18 digits, the first 8 a birth date) and national id (16)
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\d)(?:\+?62[ .-]?|0)8\d{1,2}[ .-]?\d{3,4}[ .-]?\d{3,5}(?!\d)"
    r"|(?<!\d)(?:19|20)\d{6} ?(?:19|20)\d{4} ?[12] ?\d{3}(?!\d)"
    r"|(?<!\d)\d{16}(?!\d)"
)
_HAS_PERSONAL = re.compile(r"@|\d{8}|\d[ .-]\d{3,4}[ .-]\d{3}")
WITHHELD = "[disamarkan]"


def tidy(value: Any) -> str:
    """
    A text with its lines kept: blanks of every kind become one space, invisible and control characters go, markup
    becomes plain text, e-mail addresses and personal numbers are withheld. Anything but text becomes an empty one.
    """
    if not isinstance(value, str) or not value:
        return ""
    text = value
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if "<" in text and _TAG.search(text):
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = plain(text)
    return _PERSONAL.sub(WITHHELD, text) if _HAS_PERSONAL.search(text) else text


def line(value: Any) -> str:
    """A text tidied into one line."""
    return tidy(value).replace("\n", " ")


def cut(text: str, longest: int) -> str:
    """At most `longest` characters; a mark at the end says that more was there."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
