"""
Products and demands in number, made up in the shape of the real texts: 291 sorts of goods with synonyms, sizes, slips, rare words.

The words are roots of the learned table of rarity, so that common and rare ones are as common and rare as in real plans; the
tail of names and codes is made of syllables. The same seed gives the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from exchange.matching.tables import rows

TYPES = 291
TAIL = 18_000
REPEATED = 0.51
_BUDGET = ("Belanja Modal", "Pengadaan", "Belanja Barang", "Penyediaan", "Belanja Alat/Bahan untuk Kegiatan Kantor-")
_PURPOSE = ("untuk Dinas", "untuk Kantor Kecamatan", "pada Sekolah", "untuk Kegiatan", "Kelurahan", "")
_SAID = ("bahan", "warna", "ukuran", "tebal", "kapasitas", "tipe", "isi", "rangka")
_UNITS = ("kg", "gram", "liter", "cm", "mm", "m", "watt", "inci", "ml")
_SYLLABLES = [first + vowel for first in "bcdghjklmnprstw" for vowel in "aiueo"]
_LETTERS = "aiueonrtksmlpgbdhy"

Text = tuple[str, str]


class Market:
    """What is bought and sold; `products` and `demands` give title and specification, or name and description."""

    def __init__(self, seed: int = 7) -> None:
        self._made = made = random.Random(seed)
        known = [(row["root"], int(row["texts"])) for row in rows("word_counts") if row["root"].isalpha() and len(row["root"]) > 3]
        names = [word for word, texts in known if 60 <= texts <= 3_000]
        made.shuffle(names)
        take = iter(names * 4)
        self._types = [[[next(take) for _ in range(made.choice((1, 2, 2, 3)))] for _ in range(made.randint(2, 4))] for _ in range(TYPES)]
        self._common = [word for word, _ in known]
        self._often = list(accumulate(min(texts, 8_000) ** 0.8 for _, texts in known))
        self._tail = ["".join(made.choices(_SYLLABLES, k=made.randint(2, 4))) for _ in range(TAIL)]
        self._asked = list(accumulate(1 / (1 + rank) ** 0.5 for rank in range(TYPES)))

    def products(self, count: int) -> Iterator[Text]:
        """Name and description of `count` products."""
        for _ in range(count):
            synonyms = self._made.choice(self._types)
            name = [*self._said(synonyms), *self._rare(1), *self._size(0.5)]
            told = [*self._said(synonyms), *self._words(13), *self._rare(2)]
            for _ in range(2):
                told += [self._made.choice(_SAID), *self._words(1), *self._size(0.7)]
            yield " ".join(name), f"{' '.join(told[:9])}, {' '.join(told[9:])}"

    def demands(self, count: int) -> Iterator[Text]:
        """Title and specification of `count` demands; about half repeat an earlier one word by word."""
        earlier: list[Text] = []
        for _ in range(count):
            if earlier and self._made.random() < REPEATED:
                yield self._made.choice(earlier)
                continue
            earlier.append(self._demand())
            yield earlier[-1]

    def _demand(self) -> Text:
        made = self._made
        synonyms = made.choices(self._types, cum_weights=self._asked)[0]
        title = [made.choice(_BUDGET), *self._said(synonyms), made.choice(_PURPOSE), *self._rare(1 if made.random() < 0.4 else 0)]
        items = []
        for _ in range(made.choice((1, 1, 1, 2))):
            items.append(" ".join([*self._said(synonyms), *self._words(3), *self._rare(0.8), *self._size(0.6)]))
            synonyms = made.choices(self._types, cum_weights=self._asked)[0] if made.random() < 0.3 else synonyms
        return " ".join(word for word in title if word), "; ".join(items)

    def _said(self, synonyms: list[list[str]]) -> list[str]:
        return [self._spelt(word) for word in self._made.choice(synonyms)]

    def _words(self, count: int) -> list[str]:
        return [self._cased(word) for word in self._made.choices(self._common, cum_weights=self._often, k=count)]

    def _rare(self, count: float) -> list[str]:
        whole = int(count) + (self._made.random() < count % 1)
        return [self._tail[int(TAIL * self._made.random() ** 3)] for _ in range(whole)]

    def _size(self, chance: float) -> list[str]:
        made = self._made
        if made.random() >= chance:
            return []
        if made.random() < 0.3:
            return [f"{made.choice((20, 30, 40, 60, 80))} x {made.choice((20, 40, 60, 120))} cm"]
        return [f"{made.choice((1, 2, 5, 10, 20, 25, 50, 100))}{made.choice(('', ' '))}{made.choice(_UNITS)}"]

    def _cased(self, word: str) -> str:
        return word.title() if self._made.random() < 0.5 else word

    def _spelt(self, word: str) -> str:
        """The word as someone writes it: an affix, twice, now and then with a slip."""
        made = self._made
        luck = made.random()
        if luck < 0.02:
            at = made.randrange(1, len(word))
            return word[:at] + made.choice(_LETTERS) + word[at + 1 :]
        if luck < 0.07:
            return f"{made.choice(('ke', 'pe', 'di', 'ber'))}{word}{made.choice(('an', 'kan', ''))}"
        return f"{word}-{word}" if luck < 0.09 else self._cased(word)
