"""Roots of Indonesian words: by the project's own table of exceptions, else by the Snowball stemmer; for matching and search alike."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import Stemmer

_SHORT = 4


@cache
def table() -> dict[str, str]:
    """The words whose root the stemmer does not find, with their root."""
    lines = files(__package__).joinpath("roots.csv").read_text("utf-8").splitlines()
    return {row["word"].strip(): row["root"].strip() for row in csv.DictReader(lines)}


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("indonesian", 0)


@cache
def root(word: str) -> str:
    """The root of one lower-case word: by the table of exceptions, else by the Snowball stemmer; sizes stay as they are."""
    if word[0].isdigit() or any(letter.isdigit() for letter in word):
        return word.replace(",", ".")
    known = table()
    if word in known:
        return known[word]
    bare = word.removesuffix("nya")
    if bare in known:
        return known[bare]
    if len(word) <= _SHORT:
        return word
    return str(_stemmer().stemWord(word)) or word
