"""
Text for search: what is kept of a record's words, and what a search asks for.

A word is kept by its root, so that `pengelasan` finds `las`; and beside it as it was written, behind a `~`, where that differs, so that
a word that is still being typed is found by its beginning. Words that say nothing (`dan`, `untuk`) and single letters are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from schemas.reading.roots import root

LONGEST_WORD = 40
MOST_WORDS = 12
SAID = "~"
_BEGINS = 3
_WORD = re.compile(r"[^\W_]+")
_SILENT_WORDS = (
    "ada adalah agar akan antara atas atau bagi bahwa beserta dalam dan dari dengan di guna hingga ini itu jika juga karena ke lain "
    "maupun mulai namun nya oleh pada para per pun saat sampai satu sebagai secara serta setiap sudah tanpa telah tentang terhadap "
    "tersebut tiap untuk yaitu yang"
)
_SILENT = frozenset(_SILENT_WORDS.split())


class Query(NamedTuple):
    """
    What a search asks for: every one of `roots`, at most `MOST_WORDS`, in any order.

    beginning: the last word as it was typed so far, by which it is found too; None where it is finished.
    """

    roots: tuple[str, ...]
    beginning: str | None


@lru_cache(1 << 16)
def _terms(said: str) -> tuple[str, ...]:
    """The terms of one word as it is written in lower case."""
    word = said[:LONGEST_WORD]
    if len(word) < 2 or word in _SILENT:
        return ()
    bare = root(word)[:LONGEST_WORD]
    return (bare,) if bare == word else (bare, f"{SAID}{word}")


def terms_of(text: str) -> set[str]:
    """The terms that a text is found by, as `search_terms` has them; for many texts of the same words."""
    found: set[str] = set()
    for said in set(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())):
        found.update(_terms(said))
    return found


def search_words(text: str) -> list[tuple[str, str]]:
    """The words of a text that can be searched for, as (root, as it is written in lower case), in reading order."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    said = (word[:LONGEST_WORD] for word in _WORD.findall(plain))
    return [(root(word)[:LONGEST_WORD], word) for word in said if len(word) > 1 and word not in _SILENT]


def search_terms(fields: Iterable[tuple[str, int]]) -> dict[str, int]:
    """
    The terms that a record is found by.

    Args:
        fields: its texts, each with what a word of it counts for, above 0.

    Returns:
        Each term with the sum of what it counts for, once a field.
    """
    terms: dict[str, int] = {}
    for text, weight in fields:
        its = search_words(text)
        for term in {bare for bare, _ in its} | {f"{SAID}{said}" for bare, said in its if said != bare}:
            terms[term] = terms.get(term, 0) + weight
    return terms


def read_query(text: str) -> Query | None:
    """
    A search as it was typed; None where it holds no word that can be searched for.

    The last word may still be unfinished: it is found by its beginning too, from three letters on, unless a blank stands behind it.

    Raises:
        ValueError: it has more than `MOST_WORDS` different words.
    """
    its = search_words(text)
    roots = tuple(dict.fromkeys(bare for bare, _ in its))
    if not roots:
        return None
    if len(roots) > MOST_WORDS:
        raise ValueError(f"more than {MOST_WORDS} words")
    last, said = its[-1]
    unfinished = len(said) >= _BEGINS and unicodedata.normalize("NFKC", text).casefold().endswith(said)
    # the unfinished word stands last
    return Query((*(one for one in roots if one != last), last), said if unfinished else None)
