"""
Amounts inside running text: `Semen 10 sak @ 50 kg`, `5 kodi kain`, `dus isi 24 x 600 ml`, `100 m' pipa`.

A number with a unit in a description may be an amount or a size, and only the writer knows which. What is counted (buah, dus,
lembar) is an amount unless a word such as `isi`, `@` or `ukuran` makes it a size. What is measured (kg, liter, m) is one only
where the text says so: after `jumlah` and its like, in running metres, or where the text begins with it (`500 kg beras`).
`HVS 70 gr`, `beras 25 kg` and `truk 5 ton` say no amount; they are told as unclear, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from schemas.reading.numbers import NUMBER, digits
from schemas.reading.text import line
from schemas.units import Unit, doubtful, unit_of, units

MEASURED = frozenset({"mass", "length", "area", "volume", "energy"})
COUNTED = frozenset({"count", "package", "length_piece"})
# spellings on the unit list that name something else in a description: horsepower, kilowatt, persons, a block of houses
_ELSE = frozenset({"pk", "kw", "mt", "orang", "org", "blok", "block"})
_NUMERAL = r"(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|se\w*|\w*(?:puluh|belas|ratus|ribu|juta))"
_SPELT = re.compile(rf"(?<=\d)\s*\(\s*{_NUMERAL}(?:\s+{_NUMERAL})*\s*\)(?=\s*[a-z])")
_TOKEN = re.compile(
    rf"(?P<number>(?<![\w.,]){NUMBER}|(?<=[x×@/(-]){NUMBER})|(?P<times>[x×](?=\s*\d))|(?P<word>[^\W\d_]+\d*[²³¹']?)|(?P<sign>[^\s\w])"
)
_THOUSAND = {"ribu": 1000, "rb": 1000, "juta": 10**6, "jt": 10**6}
_AMOUNT_FOLLOWS = frozenset({"jumlah", "sebanyak", "sejumlah", "kebutuhan", "kuantitas", "qty", "volume", "vol", "total"})
_CONTENT_FOLLOWS = frozenset({"@", "isi", "berisi", "kemasan"})
_SIZE_FOLLOWS = frozenset({"ukuran", "uk", "ukr", "size"})
_PROPERTY_FOLLOWS = frozenset({
    "kapasitas", "kap", "tebal", "panjang", "lebar", "tinggi", "diameter", "dia", "daya", "netto", "neto", "berat", "bobot", "gramasi",
    "dimensi", "luas", "sni", "iso", "no", "nomor", "tipe", "type", "seri", "kode", "astm", "jis", "model", "tahun", "th", "thn", "ta",
    "pasal", "ayat", "rt", "rw", "km", "ke", "lantai", "lt", "gg", "jl",
})  # fmt: skip
_BOUND_FOLLOWS = frozenset({
    "minimal", "minimum", "min", "maks", "maksimal", "maksimum", "max", "hingga", "sampai", "kurang", "lebih", "sekitar",
    "±", "≥", "≤", "<", ">", "~",
})  # fmt: skip
_OPENS = frozenset({"pengadaan", "belanja", "pembelian", "penyediaan", "pesanan", "beli", "pemesanan", "penyaluran"})
# of these a number of sheets tells how thick a pack or a volume is
_LEAVED = frozenset({
    "buku", "nota", "kwitansi", "kuitansi", "notes", "album", "agenda", "kalender", "kertas", "form", "hvs", "ncr", "ply", "folio",
    "kuarto", "bc", "buffalo", "map", "stopmap", "cover", "jilid", "binder", "refill", "isi", "rangkap", "fotocopy", "copy",
})  # fmt: skip
# of these a measure alone tells the size of what is inside: `10 dus 600 ml` are boxes of bottles
_BUNDLES = frozenset({"dus", "karton", "pak", "bal", "pallet", "peti", "kontainer", "ikat"})
_NO_BULK = frozenset({"g", "mg", "ml", "mm", "cm", "inci", "cm2", "kaki"})
_LONGEST = 4000


class Measure(NamedTuple):
    """So much of a unit; the unit is None where things are counted without a name (`isi 24`)."""

    amount: Decimal
    unit: Unit | None


class Stated(NamedTuple):
    """An amount that a text asks for: `amount` of `unit`, what one is said to hold, and the writer's words."""

    amount: Decimal
    unit: Unit
    holds: tuple[Measure, ...]
    said: str


class Statement(NamedTuple):
    """
    All that a text says of amounts.

    stated: the amounts; packs: what a package is said to hold, by its unit, None where the package is not named;
    unclear: numbers with a unit that may be a size, a rate or a bound, in the writer's words.
    """

    stated: tuple[Stated, ...] = ()
    packs: tuple[tuple[Unit | None, tuple[Measure, ...]], ...] = ()
    unclear: tuple[str, ...] = ()


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=50_000)
def read_stated(text: str, *, bulk: bool = False) -> Statement:
    """
    The amounts that a text states; pure.

    bulk: a measure that the text begins with is an amount (`500 kg beras`); so in titles and names, not in specifications,
    where `80 gr A4` is a size. Of more than 4,000 letters the rest is not read.
    """
    if not any(map(str.isdigit, text)):
        return Statement()
    return _Scan(_SPELT.sub("", line(text)[:_LONGEST].lower()), bulk).statement()


@lru_cache(maxsize=4096)
def read_pack(said: str) -> tuple[Unit | None, tuple[Measure, ...]]:
    """A unit with what one holds, as a catalogue writes it: `karung 25 kg`, `dus isi 24`, `lembar 120x240 cm`, `kg`."""
    scan = _Scan(line(said).lower(), bulk=False)
    unit, after = scan.unit(0)
    if unit is None or (after < len(scan.tokens) and scan.tokens[after].text == "/"):
        return None, ()
    return unit, scan.content(after, catalogued=True)[0]


@lru_cache(maxsize=50_000)
def _goods_unit(first: str, second: str) -> tuple[Unit | None, int]:
    """The unit of goods that one or two words mean, and how many of them; None and 0 where they mean none."""
    two = unit_of(f"{first} {second}") if second else None
    if two is not None:
        return (two, 2) if two.dimension in MEASURED else (None, 0)
    unit = None if first in _ELSE or first in doubtful() else unit_of(first)
    if unit is None or unit.dimension not in MEASURED | COUNTED or unit.id in _ELSE:
        return None, 0
    return unit, 1


@lru_cache(maxsize=10_000)
def _value(text: str) -> Decimal | None:
    return digits(text).value


class _Scan:
    """One text, token by token. Positions are numbers of tokens."""

    def __init__(self, text: str, bulk: bool) -> None:
        self.text = text
        self.bulk = bulk
        self.tokens = [_Token(found.lastgroup or "", found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]
        self.stated: list[tuple[bool, Stated]] = []
        self.packs: list[tuple[Unit | None, tuple[Measure, ...]]] = []
        self.unclear: list[str] = []

    def statement(self) -> Statement:
        """Read to the end; where a text names its amount (`jumlah`), other numbers in it are none."""
        at = 0
        while at < len(self.tokens):
            at = self._number(at) if self.tokens[at].kind == "number" else self._outer(at)
        named = [stated for told, stated in self.stated if told]
        return Statement(tuple(named or (stated for _, stated in self.stated)), tuple(self.packs), tuple(self.unclear))

    def word(self, at: int) -> str:
        """The text of a token, empty beyond both ends."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def kind(self, at: int) -> str:
        """What a token is, empty beyond both ends."""
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""

    def unit(self, at: int) -> tuple[Unit | None, int]:
        """The unit of goods that begins at a token (`meter lari` has two), and the place after it."""
        if self.kind(at) != "word":
            return None, at
        unit, words = _goods_unit(self.tokens[at].text, self.word(at + 1) if self.kind(at + 1) == "word" else "")
        after = at + words
        return unit, after + 1 if words and self.word(after) == "." else after

    def amount(self, at: int) -> tuple[Decimal | None, int]:
        """The number at a token, thousands that follow it in a word counted in, and the place after it."""
        read = _value(self.word(at))
        times = _THOUSAND.get(self.word(at + 1))
        return (read if read is None or times is None else read * times), at + (2 if times else 1)

    def content(self, at: int, outer: Unit | None = None, *, catalogued: bool = False) -> tuple[tuple[Measure, ...], int]:
        """
        What stands behind the word of a package: `50 kg`, `@ 50 kg`, `isi 24 x 600 ml`, `120x240 cm`; and the place after it.

        catalogued: the words are a catalogue's unit, where a measure behind a bundle is what it holds (`dus 10 kg`).
        """
        word, start = self.word(at), at
        marked = word in _CONTENT_FOLLOWS or self.kind(at) == "times"
        if marked or word in _SIZE_FOLLOWS:
            start += 1
            start += self.word(start) in {":", "."}
        if self.kind(start) != "number":
            return (), at
        holds, after = self._measure(start, marked, counts=word in {"isi", "berisi"})
        bundle = outer is not None and outer.id in _BUNDLES and not catalogued and word not in {"isi", "berisi"}
        measure = bool(holds) and holds[0].unit is not None and holds[0].unit.dimension in MEASURED
        if not holds or (bundle and measure and after - start <= 3):  # one number and its unit, not `24 x 600 ml`
            return (), at
        return holds, after

    def _measure(self, at: int, marked: bool, counts: bool) -> tuple[tuple[Measure, ...], int]:
        amount, after = self.amount(at)
        if amount is None or amount == 0:
            return (), at
        unit, after = self.unit(after)
        joined = after + (self.kind(after) == "times" or (marked and self.word(after) == "@"))
        if self.kind(joined) == "number" and (joined > after or (marked and unit and unit.dimension in COUNTED)):
            each, behind = self.amount(joined)
            inner, behind = self.unit(behind)
            if joined > after and (inner is None or inner.dimension == "length") and (unit is None or unit.dimension == "length"):
                return self._sheet(amount, unit, each, inner, behind)
            if each and inner and inner.dimension in MEASURED and (unit is None or unit.dimension in COUNTED):
                return (Measure(amount * each, inner),), behind
            if joined > after:
                return (), at
        if unit is None:
            return ((Measure(amount, None),), after) if counts else ((), at)
        if unit.dimension in MEASURED or marked or unit.id == "lembar":
            return (Measure(amount, unit),), after
        return (), at

    def _sheet(
        self, one: Decimal, own: Unit | None, other: Decimal | None, unit: Unit | None, after: int
    ) -> tuple[tuple[Measure, ...], int]:
        """Length by width as an area; without a unit, or with a third side, nothing that can be counted with."""
        if other is None or unit is None or unit.factor is None or self.kind(after) == "times":
            return (), after
        first = own or unit
        area = one * (first.factor or 0) * other * unit.factor
        return ((Measure(area, units()["m2"]),), after) if area else ((), after)

    def _outer(self, at: int) -> int:
        """A package's word without a number before it may say what it holds; `@`, `isi` and `kemasan` say it of one not named."""
        if self.word(at) in _CONTENT_FOLLOWS:
            holds, after = self.content(at)
            if holds:
                self.packs.append((None, holds))
            return max(after, at + 1)
        unit, after = self.unit(at)
        if unit is None or unit.dimension not in COUNTED:
            return max(after, at + 1)
        holds, behind = self.content(after, unit)
        if holds and self.word(behind) not in {"/", "per"}:
            self.packs.append((unit, holds))
            return behind
        return after

    def _number(self, at: int) -> int:
        amount, after = self.amount(at)
        unit, after = self.unit(after)
        before = self.word(at - 2) if self.word(at - 1) in {":", "=", "."} else self.word(at - 1)
        if unit is None:
            return at + 1
        said = self.text[self.tokens[at].start : self.tokens[after - 1].end]
        if before in _PROPERTY_FOLLOWS or before in _SIZE_FOLLOWS:
            return at + 1
        rate = self.word(after) in {"/", "per", "tiap", "setiap"}
        if rate and (outer := self.unit(after + 1))[0] is not None and outer[0].dimension in COUNTED and amount:
            self.packs.append((outer[0], (Measure(amount, unit),)))
            return outer[1]
        holds, behind = self.content(after, unit)
        loose = self.kind(after) == "times" and not holds
        ranged = before in {"/", "-", "–"} and self.kind(at - 2) == "number"
        torn = ranged or before == "+" or self.word(behind) == "=" or before in _BOUND_FOLLOWS or self.kind(at - 1) == "times"
        if rate or loose or torn or not amount:
            self.unclear.append(said)
            return behind
        named = before in _AMOUNT_FOLLOWS
        counted = unit.dimension in COUNTED and not self._inside(at, after, unit)
        if counted or named or self._running(after - 1) or self._leads(at, after, unit):
            said = self.text[self.tokens[at].start : self.tokens[behind - 1].end]
            self.stated.append((named, Stated(amount, unit, holds, said)))
        else:
            self.unclear.append(said)
        return behind

    def _inside(self, at: int, after: int, unit: Unit) -> bool:
        """
        Whether a count may tell what is in one, not how many are bought.

        So in brackets (`snack box (3 buah kue)`), of sheets of paper, and where a specification says nothing else (`90 pcs`).
        """
        ahead = [token.text for token in self.tokens[:at]]
        leaved = unit.id in {"lembar", "set"} and not _LEAVED.isdisjoint(ahead)
        alone = not self.bulk and (unit.id == "lembar" or (at == 0 and after == len(self.tokens)))
        return leaved or alone or ahead.count("(") > ahead.count(")")

    def _running(self, at: int) -> bool:
        """`m'`, `m1` and `meter lari` measure what is bought, not how large one is."""
        return self.word(at) in {"m'", "meter'", "m1", "m¹", "lari"}

    def _leads(self, at: int, after: int, unit: Unit) -> bool:
        """Whether a measure begins the text, before the name of the thing."""
        ahead = all(token.text in _OPENS for token in self.tokens[:at])
        return self.bulk and ahead and unit.id not in _NO_BULK and self.kind(after) == "word" and len(self.word(after)) > 2
