"""
In which characters a body is really written.

What the bytes are counts for more than what is said of them: bytes that are UTF-8 are read so, whatever is declared,
since text of another encoding with letters beyond ASCII hardly ever happens to be; so are bytes that are UTF-8 but for fewer stray
ones than letters, since one bad byte must not turn every other letter of a list into two. Others are read as declared where that is a
one-byte encoding of Western Europe or UTF-16, and else as Windows-1252, which office programs write unasked.
"""

from __future__ import annotations

import codecs
import re

UTF8 = "utf-8"
OFFICE = "cp1252"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ONE_BYTE = frozenset({"iso8859-1", "iso8859-15", "cp1252", "ascii"})
_UTF16 = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
_STEP = 1 << 20
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def known(name: str) -> str | None:
    """The usual name of an encoding that sources may use; None for every other (such as UTF-7, which hides its signs)."""
    try:
        usual = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    return usual if usual == UTF8 or usual in _ONE_BYTE or usual in _UTF16 else None


def encoding_of(body: bytes, declared: str | None = None) -> tuple[str, int]:
    """
    The encoding of a body, and how many bytes of it are a byte order mark.

    declared: what the document or its headers say; one that is not `known` counts as not said.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name, len(mark)
    usual = known(declared) if declared else None
    if usual in _UTF16 or (body[1:2] == b"\x00" and body[3:4] == b"\x00") or (body[:1] == b"\x00" and body[2:3] == b"\x00"):
        return "utf-16-be" if body[:1] == b"\x00" else "utf-16-le", 0
    if is_utf8(body) or _mostly_utf8(body):
        return UTF8, 0
    return (OFFICE if usual in {None, UTF8, "ascii", "iso8859-1"} else str(usual)), 0


def is_utf8(body: bytes) -> bool:
    """Whether all bytes are UTF-8; read in steps, so that no second copy of a large body stands beside it."""
    reader = codecs.getincrementaldecoder(UTF8)()
    try:
        for start in range(0, len(body), _STEP):
            reader.decode(body[start : start + _STEP], start + _STEP >= len(body))
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(body: bytes) -> bool:
    """Whether more letters are written in UTF-8 than bytes stand astray; counted without keeping them."""
    letters = taken = 0
    for found in _LETTER.finditer(body):
        letters += 1
        taken += found.end() - found.start()
    return letters > sum(1 for _ in _HIGH.finditer(body)) - taken


def as_utf8(body: bytes, declared: str | None = None) -> bytes:
    """
    A body in UTF-8 without a byte order mark; itself where it is that already.

    Bytes that mean nothing in the encoding become U+FFFD: one bad sign does not lose a document.
    """
    name, mark = encoding_of(body, declared)
    if name == UTF8 and is_utf8(body):
        return body[mark:] if mark else body
    return body[mark:].decode(name, "replace").encode(UTF8)
