"""
Text as sources write it, made fit to keep: one kind of blank, no invisible characters, no markup, no person's number.

Every pattern here is linear in the text, whatever a source writes: none can begin again inside of what it just read.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Any

from schemas.reading.text import tidy as plain

_BREAK = re.compile(r"<(?:br|/p|/li|/tr|/div)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.I)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});", re.I)

# a person's e-mail, mobile telephone, civil servant's number (18 digits, the first 8 a birth date) and national id (16)
_PERSONAL = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\d)(?:\+?62[ .-]?|0)8\d{1,2}[ .-]?\d{3,4}[ .-]?\d{3,5}(?!\d)"
    r"|(?<!\d)(?:19|20)\d{6} ?(?:19|20)\d{4} ?[12] ?\d{3}(?!\d)"
    r"|(?<!\d)\d{16}(?!\d)"
)
_HAS_PERSONAL = re.compile(r"@|\d{8}|\d[ .-]\d{3,4}[ .-]\d{3}")
_HAS_NUMBER = re.compile(r"\d(?:\d{7}|[ .-]\d{3,4}[ .-]\d{3})")  # the same where there is no `@`
# Normalizing sorts the accents on one letter in quadratic time. Thirty are what Unicode's stream-safe format lets stand
# together (UAX 15, section 13); three Tibetan vowels count, since they fall apart into accents.
_ACCENTS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))) + "\u0f73\u0f75\u0f81"
_PILE = re.compile(f"([{_ACCENTS}]{{30}})[{_ACCENTS}]+")
_TIDY = re.compile(r"[!-%'-;=?A-~]+(?: [!-%'-;=?A-~]+)*")  # printable ASCII in single blanks, without `&`, `<` and `@`
_ID = re.compile(r"[A-Za-z0-9_/-]+")
_SHORT = 120
WITHHELD = "[disamarkan]"


def tidy(value: Any) -> str:
    """
    A text with its lines kept: blanks of every kind become one space, invisible and control characters go, markup
    becomes plain text, e-mail addresses and personal numbers are withheld. Anything but text becomes an empty one.
    """
    if not isinstance(value, str) or not value:
        return ""
    return _tidied_again(value) if len(value) <= _SHORT else _tidied(value)


def _tidied(value: str) -> str:
    value = value.strip(" ")
    if is_tidy(value):
        return value
    text = value
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "<" in text and _TAG.search(text):
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = plain(text if text.isascii() else _PILE.sub(r"\1", text))
    return _PERSONAL.sub(WITHHELD, text) if _HAS_PERSONAL.search(text) else text


def is_tidy(value: str) -> bool:
    """Whether a text is one of the usual ones in a single line that `tidy` gives back as they are; it may be one where this is False."""
    return _TIDY.fullmatch(value) is not None and _HAS_NUMBER.search(value) is None


# names of buyers, methods, states, units: most short texts of a list come again and again
_tidied_again = lru_cache(maxsize=32_768)(_tidied)


def is_plain_id(value: str) -> bool:
    """Whether a text is what most ids are, letters, digits, `-`, `_` and `/`, and holds nothing to withhold: `tidy` leaves it as it is."""
    return _ID.fullmatch(value) is not None and not (_HAS_NUMBER.search(value) and _PERSONAL.search(value))


def line(value: Any) -> str:
    """A text tidied into one line."""
    text = tidy(value)
    return text.replace("\n", " ") if "\n" in text else text


def cut(text: str, longest: int) -> str:
    """At most `longest` characters; a mark at the end says that more was there."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
