"""
What may stand in a paper: values come from strangers and are cleaned before they reach a renderer.

A renderer gets plain texts and escapes them itself; nothing here is markup. Controls, marks that turn the direction of writing,
and code points that are no characters are dropped; line ends stay. What the fonts of the PDF have no letter for is told.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 20_000  # letters of one value; the rest is cut with a mark that says so
CUT = " … [dipotong]"
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
_BLANKS = re.compile("[^\\S\n]+")
# ranges that every weight of the PDF's font has a letter for; a test sets each of them as PDF/A
_LETTERS = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x24F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x400, 0x45F),
    (0x2010, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A),
    (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265),
)  # fmt: skip
PRINTABLE = frozenset(chr(code) for first, last in _LETTERS for code in range(first, last + 1))


def clean(text: str) -> str:
    """The text as it can be written: composed, without what is not seen, lines by `\\n`, blanks single, at most `LONGEST` letters."""
    text = text[: 4 * LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    text = "".join(char for char in text if ord(char) & 0xFFFE != 0xFFFE and not 0xE0000 <= ord(char) <= 0xE0FFF)
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()
    return text if len(text) <= LONGEST else text[:LONGEST] + CUT


def printable(text: str) -> str:
    """The text in letters that the PDF has; one without a letter as `[U+4E2D]`, compatible forms (ﬁ, ①, fullwidth) plain."""
    if all(char in PRINTABLE or char == "\n" for char in text):
        return text
    return "".join(_plain(char) for char in text)


def unprintable(text: str) -> list[str]:
    """The characters of a cleaned text that the PDF has no letter for, each once."""
    return [char for char in dict.fromkeys(text) if _plain(char).startswith("[U+")]


def _plain(char: str) -> str:
    if char in PRINTABLE or char == "\n":
        return char
    folded = unicodedata.normalize("NFKC", char)
    if folded and all(part in PRINTABLE for part in folded):
        return folded
    return f"[U+{ord(char):04X}]"
