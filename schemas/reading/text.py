"""Text as it comes out of spreadsheets: one kind of blank, nothing invisible, plain quotes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from schemas.reading.result import Reading

_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# pictographs, their joiner and variation selectors, flags, keycaps; not signs of drawings such as ⌀, ², ±, ≤ or ™
_EMOJI = re.compile(
    r"[\U0001f000-\U0001faff\U000e0020-\U000e007f\u2600-\u27bf\u2b05-\u2bff"
    r"\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u20e3\u200d\ufe00-\ufe0f]+",
)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "″": '"'})
_NOTHING = re.compile(
    r"[\W_]*|(?:tidak|tdk|tak|blm|belum|gak|ga) ?(?:ada|tersedia|diketahui|tahu)?\W*|n\W?[/.]?\W?a\W*|nihil|null|none|nil|kosong|xx+"
    r"|#(?:ref|value|div/0|name|num|null)[!?]|#n/a",
    re.I,
)


def as_text(value: Any) -> str:
    """A cell's value as the text that a person sees; whole numbers without `.0`, dates as ISO, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, float | Decimal):
        return format(Decimal(str(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def tidy(value: Any) -> str:
    """Text with its lines kept: NBSP and its like become spaces, invisible and control characters go, ends are cut."""
    text = as_text(value)
    if not text.isascii():
        text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def line(value: Any) -> str:
    """Tidied text in one line with plain quotes."""
    return tidy(value).replace("\n", " ").translate(_QUOTES)


def is_nothing(value: Any) -> bool:
    """Whether a cell says that nothing is there: empty, `-`, `n/a`, `tidak ada`, `nihil`."""
    return _NOTHING.fullmatch(line(value)) is not None


def without_emoji(value: Any) -> Reading[str]:
    """One line without pictographs; a note tells of those that were dropped."""
    text = line(as_text(value).replace("\u200d", ""))
    plain = _BLANKS.sub(" ", _EMOJI.sub(" ", text)).strip() if not text.isascii() else text
    return Reading(plain or None, notes=("emoji dibuang",) if plain != text else ())


def read_words(value: Any) -> Reading[str]:
    """Free text with its lines; None where the cell says nothing."""
    text = tidy(value)
    return Reading() if is_nothing(text) else Reading(text)


_YES = frozenset({"ya", "y", "yes", "true", "benar", "1", "v", "√", "✓", "x", "setuju", "bersedia", "ada"})
_NO = frozenset({"tidak", "tdk", "no", "n", "t", "false", "salah", "0", "belum", "menolak", "tidak setuju", "belum setuju"})


def read_yes_no(value: Any) -> Reading[bool]:
    """`ya`, `tidak` and their like; a warning names any other word."""
    text = line(value).casefold().rstrip(".")
    if text in _YES:
        return Reading(True)
    if text in _NO:
        return Reading(False)
    if is_nothing(text):
        return Reading()
    return Reading(None, (f"“{text}” bukan ya atau tidak",))


_SPLIT = re.compile(r"\s*[;\n|•]\s*|\s*,\s+(?![^(]*\))|\s*,(?=\D)(?![^(]*\))")


def read_list(value: Any) -> tuple[str, ...]:
    """Members of a list at `;`, line breaks, bullets and commas (not those in brackets or numbers), each once, in order."""
    if is_nothing(value):
        return ()
    members = (re.sub(r"^(?:[-–*]|\d{1,2}[.)])\s+", "", each).strip(" .") for each in _SPLIT.split(tidy(value)))
    found: dict[str, str] = {}
    for each in members:
        if each and not is_nothing(each):
            found.setdefault(each.casefold(), each)
    return tuple(found.values())
