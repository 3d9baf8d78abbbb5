"""Names of firms: the legal form before the name, and keys by which two spellings of a name are found to be one."""

from __future__ import annotations

import re
from typing import Any

from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line, without_emoji

# the form as schemas.business names it → ways it is written, dots and blanks taken out
_FORMS = {
    "PT": ("pt", "perseroanterbatas", "ptperorangan", "perseroan"),
    "CV": ("cv", "commanditairevennootschap", "persekutuankomanditer"),
    "UD": ("ud", "usahadagang", "pd", "perusahaandagang"),
    "KUB": ("kub", "kelompokusahabersama", "kube", "kelompok"),
    "Koperasi": ("koperasi", "kop", "kopontren", "ksu"),
    "Perorangan": ("perorangan", "perseorangan", "op", "orangperseorangan", "usahaperorangan", "usahaperseorangan", "pribadi"),
}
_BY_WORD = {word: form for form, words in _FORMS.items() for word in words}
_AHEAD = re.compile(r"^(p\.?\s?t|c\.?\s?v|u\.?\s?d|k\.?\s?u\.?\s?b|koperasi|kop)\b[.,]?\s*", re.I)
_BEHIND = re.compile(r"[,\s(]+(p\.?\s?t|c\.?\s?v|u\.?\s?d|k\.?u\.?b)\b\.?\)?$", re.I)
_JOIN = re.compile(r"[\W_]+")


def read_legal_form(value: Any) -> Reading[str]:
    """`C.V.`, `UD.`, `Perseroan Terbatas` as one of schemas.business.LEGAL_FORMS; another word is named."""
    text = line(value)
    if is_nothing(text):
        return Reading()
    form = _BY_WORD.get(_JOIN.sub("", text.casefold()))
    return Reading(form) if form else Reading(None, (f"bentuk usaha “{text}” tidak dikenal",))


def form_in(name: str) -> str | None:
    """The legal form that a firm's name begins or ends with."""
    found = _AHEAD.match(name) or _BEHIND.search(name)
    return _BY_WORD.get(_JOIN.sub("", found[1].casefold())) if found else None


def read_firm_name(value: Any) -> Reading[str]:
    """The name with its legal form ahead in the usual way: `ud. sinar jaya` is `UD sinar jaya`."""
    read = without_emoji(value)
    if read.value is None or is_nothing(read.value):
        return Reading(None, read.warnings, read.notes)
    found = _AHEAD.match(read.value)
    if not found or found.end() == len(read.value):
        return read
    form = _BY_WORD[_JOIN.sub("", found[1].casefold())]
    return Reading(f"{form} {read.value[found.end() :]}", read.warnings, read.notes)


def name_key(text: str) -> str:
    """Letters and digits only, in small letters: two spellings of one name have one key."""
    return _JOIN.sub(" ", without_emoji(text).value or "").casefold().strip()


def firm_key(text: str) -> str:
    """The name's key without the legal form and without remarks in brackets: `CV. Baja (Contoh)` is `baja`."""
    bare = re.sub(r"\([^()]*\)", " ", without_emoji(text).value or "").strip()
    bare = _BEHIND.sub("", _AHEAD.sub("", bare))
    return name_key(bare) or name_key(text)
