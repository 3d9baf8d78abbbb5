"""
The certificates that a demand asks for, by its words: SNI, halal, distribution permit, TKDN, and those no catalogue keeps.

What is named is required, unless its own clause says otherwise: "diutamakan", "bila ada" only prefer it; "tanpa", "tidak wajib",
a training or a certification *about* it ("sosialisasi sertifikasi halal") and "halal bihalal" do not ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from exchange.matching.needs import TITLE, Need

_CLAUSES = re.compile(r"[;\n!?,]+(?!\d)|(?<!no)(?<!nomor)\.(?=\s|$)")
_PREFIX = r"(?:(?:ber|ter|ser)-?)?(?:(?:sertifikat|sertifikasi|label|logo|standar|standard)\s*)?"
_SNI = re.compile(
    r"\b(?:ber-?)?sni\b(?:[\s.:-]*(?:no(?:mor)?[\s.:]*)?((?:(?:iso|iec|astm|en)[\s/]*)*)(?:\d{2}-)?(\d{3,5})(?!\d)"
    r"(?:[-.](\d{1,3})(?!\d))?(?:\s?[-:]\s?(\d{4})(?!\d))?)?|standar nasional indonesia"
)
_HALAL = re.compile(rf"\b{_PREFIX}halal\b")
_KINDS = re.compile(r"\b(?:(s?p[\s.-]?irt)|(b\.?pom|\bmd\b(?=\s*\d))|(pkd|pkrt|alkes)|(i[zj]in\s+edar))\b")
_TKDN = re.compile(r"\btkdn\b|tingkat komponen dalam negeri")
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:%|persen)")
_OTHERS = re.compile(r"\b(haccp|svlk|cppob|cpotb|ekolabel|eco-?label|(?<!sni )iso\s?\d{4,5})\b")
_ANY = (
    "halal",
    "sni",
    "irt",
    "pom",
    "edar",
    "tkdn",
    "haccp",
    "iso",
    "svlk",
    "cpp",
    "cpo",
    "label",
    "nasional",
    "komponen",
    "pk",
    "alkes",
)

_MUST = re.compile(r"\b(?:wajib|harus|memiliki|mempunyai|dilengkapi|disertai|memenuhi|bersertifikat|bersertifikasi|syarat)\b")
_NOT = re.compile(
    r"\b(?:tanpa|non|bukan|tidak\s+(?:wajib|perlu|harus|memerlukan|membutuhkan|diwajibkan|dipersyaratkan|disyaratkan|ada|memiliki))\b"
    r"[\s-]*(?:(?:label|logo|sertifikat|sertifikasi|bersertifikat|standar|memiliki|ber)[\s-]*){0,2}$"
)
_NOT_AFTER = re.compile(r"^\W*(?:\w+\s+)?tidak\s+(?:wajib|perlu|harus|diwajibkan|dipersyaratkan|disyaratkan)\b")
_RATHER = re.compile(
    r"\b(?:diutamakan|utamakan|lebih\s+(?:disukai|baik)|sebaiknya|(?:bila|jika|kalau|apabila)\s+ada|opsional|diprioritaskan)\b"
)
_ABOUT = re.compile(
    r"\b(?:sosialisasi|pelatihan|bimtek|bimbingan(?:\s+teknis)?|pendampingan|fasilitasi|pengurusan|penerbitan|workshop|seminar|edukasi"
    r"|kampanye|verifikasi|audit|pemotongan|penyembelihan|sembelih|wisata|zona|kawasan|jaminan\s+produk)"
    r"(?:\s+(?:sertifikat|label|logo|nomor|tentang|hewan|untuk))?\W*$"
)
# "biaya sertifikasi halal" pays for the certificate itself
_SERVICE = re.compile(
    r"(?:^|\b(?:biaya|jasa|belanja|konsultan|pengurusan|fasilitasi|pendampingan|pelatihan|sosialisasi|bimtek|proses))\W*$"
)
_BIHALAL = re.compile(r"\bhalal\s*-?\s*b[i]?\s*-?\s*halal\b")
_FILLER = re.compile(
    r"\b(?:wajib|harus|ber|memiliki|dan|atau|dengan|minimal|min|produk|barang|sertifikat|nilai|standar|label|izin|edar)\b|[^a-z]"
)


class Standard(NamedTuple):
    """A standard's number as `SNI 4075-2:2017`: series (`iso`, empty for SNI's own), number, part and year where they are said."""

    series: str
    number: int
    part: str | None
    year: int | None


class Wish(NamedTuple):
    """
    One certificate that is asked for.

    name: `sni`, `halal`, `permit`, `tkdn` or `other`; said: as it is shown; required: else only preferred; standard: of an
    SNI, None for any; kinds: of a permit, any of them will do, all will where it is empty; least: of TKDN in percent;
    with_bmp: whether a firm's benefit weight (BMP) counts towards that.
    """

    name: str
    said: str
    required: bool = True
    standard: Standard | None = None
    kinds: frozenset[str] = frozenset()
    least: Decimal | None = None
    with_bmp: bool = False


@lru_cache(maxsize=4096)
def wishes_of(need: Need, place: int) -> tuple[Wish, ...]:
    """
    What is asked for the item at `place`: in the title, the description and its own words; for the title, anywhere.

    An item of wishes alone ("wajib SNI") is part of its neighbours' specification and counts for all.
    """
    if not _asks(need):
        return ()
    if place == TITLE or len(need.items) <= 1:
        return wished(need.text)
    own = [need.title, need.description]
    for at, item in enumerate(need.items):
        texts = f"{item['text']} {item.get('specification') or ''}"
        if at == place or _only_wishes(texts):
            own.append(texts)
    return wished("\n".join(own))


@lru_cache(maxsize=4096)
def _asks(need: Need) -> bool:
    return any(map(_mentions, _parts(need)))


def _parts(need: Need) -> Iterator[str]:
    """All that the demand says, in the pieces that repeat between demands."""
    yield need.title
    if need.description:
        yield need.description
    for item in need.items:
        yield item["text"]
        if specification := item.get("specification"):
            yield specification


@lru_cache(maxsize=50_000)
def _mentions(text: str) -> bool:
    """Whether any certificate may be spoken of."""
    said = text.casefold()
    return any(word in said for word in _ANY)


def _only_wishes(text: str) -> bool:
    said = text.casefold()
    if not any(word in said for word in _ANY):
        return False
    for pattern in (_SNI, _HALAL, _KINDS, _TKDN, _OTHERS):
        said = pattern.sub(" ", said)
    return len(_FILLER.sub("", said)) < 3


@lru_cache(maxsize=20_000)
def wished(text: str) -> tuple[Wish, ...]:
    """The certificates that a text asks for, each once, the required ones of a name before the preferred."""
    if not _mentions(text):
        return ()
    found: dict[tuple[object, ...], Wish] = {}
    for clause in _CLAUSES.split(_BIHALAL.sub(" ", text.casefold())):
        if any(word in clause for word in _ANY):
            for wish in _of_clause(clause):
                key = wish[:2] + wish[3:]
                if key not in found or wish.required:
                    found[key] = wish
    wishes = list(found.values())
    exact = [wish for wish in wishes if _is_exact(wish)]
    return tuple(
        wish for wish in wishes if _is_exact(wish) or not any(one.name == wish.name and one.required >= wish.required for one in exact)
    )


def _is_exact(wish: Wish) -> bool:
    """`SNI 2052` says all that `ber-SNI` beside it does."""
    return bool(wish.standard or wish.least or wish.kinds)


def _of_clause(clause: str) -> list[Wish]:
    found = []
    for match in _SNI.finditer(clause):
        if (required := _required(clause, match)) is not None:
            untold = match[2] is None and re.match(r"[\s.:-]*\d", clause[match.end() :])
            found.append(Wish("other", clause[match.start() :].strip().upper(), required) if untold else _sni(match, required))
    for match in _HALAL.finditer(clause):
        if (required := _required(clause, match)) is not None:
            found.append(Wish("halal", "sertifikat halal", required))
            break
    found.extend(_permits(clause))
    share = _TKDN.search(clause)
    if share and (required := _required(clause, share)) is not None:
        least = _nearest(clause, share)
        said = f"TKDN minimal {least.normalize():f}%".replace(".", ",") if least else "TKDN"
        found.append(Wish("tkdn", said, required, least=least or Decimal(0), with_bmp="bmp" in clause))
    for match in _OTHERS.finditer(clause):
        if (required := _required(clause, match)) is not None:
            found.append(Wish("other", match[1].upper(), required))
    return found


def _required(clause: str, match: re.Match[str]) -> bool | None:
    """True where it is asked, False where it is only preferred, None where it is merely named."""
    before, after = clause[: match.start()], clause[match.end() :]
    if _NOT.search(before) or _NOT_AFTER.search(after):
        return None
    if _MUST.search(before) or _MUST.search(match[0]) or re.match(r"\W*(?:\w+\s)?(?:wajib|harus)\b", after):
        return True
    if _ABOUT.search(before) or (match[0].startswith("sertifikasi") and _SERVICE.search(before)):
        return None
    return not _RATHER.search(clause)


def _sni(match: re.Match[str], required: bool) -> Wish:
    if match[2] is None:
        return Wish("sni", "SNI", required)
    standard = Standard((match[1] or "").strip(" /"), int(match[2]), match[3], int(match[4]) if match[4] else None)
    series = f"{standard.series.upper()} " if standard.series else ""
    said = f"SNI {series}{match[2]}{f'-{standard.part}' if standard.part else ''}{f':{standard.year}' if standard.year else ''}"
    return Wish("sni", said, required, standard=standard)


def standards(held: str) -> tuple[Standard, ...]:
    """The standards whose numbers a firm states."""
    found = (_sni(match, True).standard for match in _SNI.finditer(held.casefold()))
    return tuple(one for one in found if one is not None)


def _permits(clause: str) -> list[Wish]:
    """Permits of one clause; `P-IRT/BPOM` and `P-IRT atau BPOM` leave the choice, otherwise each is asked for."""
    matches = [(match, required) for match in _KINDS.finditer(clause) if (required := _required(clause, match)) is not None]
    named = [(_kind(match), required) for match, required in matches if not match[4]]
    if not matches:
        return []
    if not named:
        return [Wish("permit", "izin edar", matches[0][1])]
    kinds = list(dict.fromkeys(kind for kind, _ in named))
    if len(kinds) > 1 and re.search(r"/|\batau\b", clause):
        return [Wish("permit", f"izin edar ({' atau '.join(kinds)})", any(required for _, required in named), kinds=frozenset(kinds))]
    return [Wish("permit", f"izin edar {kind}", required, kinds=frozenset({kind})) for kind, required in dict(named).items()]


def _kind(match: re.Match[str]) -> str:
    return "P-IRT" if match[1] else "BPOM" if match[2] else "Kemenkes"


def _nearest(clause: str, match: re.Match[str]) -> Decimal | None:
    """The percentage behind the word, else the last before it."""
    behind = _PERCENT.search(clause, match.end())
    ahead = list(_PERCENT.finditer(clause, 0, match.start()))
    found = behind or (ahead[-1] if ahead else None)
    return None if found is None else Decimal(found[1].replace(",", "."))
