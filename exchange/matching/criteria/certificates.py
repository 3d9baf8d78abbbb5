from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.wishes import Wish, standards, wishes_of
from schemas.reading.codes import read_papers

_MISSING = 0.3
_HALAL = re.compile(r"ID\s?\d{17}")
_PIRT_YEAR = re.compile(r"P-IRT \d{13}-(\d{2})")
# how matches that were made before these names kept the same
_BEFORE = re.compile(r"(?:^|(?<=, ))(sni|halal|permit|tkdn): (.*?)(?=, (?:sni|halal|permit|tkdn): |$)", re.DOTALL)
_MEMBERS = {"sni": "sni", "halal": "halal", "permit": "distribution_permit", "tkdn": "tkdn_percent"}


class Certificates(Criterion):
    """
    Whether the certificates that the text asks for are there: SNI, halal, distribution permit, TKDN.

    A gate: a missing certificate is not made good by a low price. A number is taken as the firm states it; a statement
    without one ("ya", "proses") proves nothing and must be asked about. What the law demands of a product without the buyer
    asking is not judged here.
    """

    name = "certificates"
    title = "Sertifikat"
    weight = 3.0
    gate = True

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 where all that is asked was stated with its number, low where one is missing, None where none is asked or it is open."""
        wishes = wishes_of(need, met.place)
        if not wishes:
            return self._unasked(offer)
        papers = _papers(offer)
        asked = ", ".join(wish.said if wish.required else f"{wish.said} (diutamakan)" for wish in wishes)
        missing, doubts, rather = [], [], []
        for wish in wishes:
            held, doubt = _has(wish, papers, need.today)
            if not wish.required:
                rather.append((wish, held))
            elif held is None:
                doubts.append(doubt)
            elif not held:
                missing.append(wish)
        if missing:
            names = ", ".join(wish.said for wish in missing)
            change = _change(missing[0], papers) if len(missing) == 1 else None
            return self.block(_MISSING, f"Belum ada pada produk: {names}.", asked, papers.shown, change, asks=bool(doubts))
        if doubts:
            return self.say(None, f"Perlu ditanyakan: {'; '.join(doubts)}.", asked, papers.shown, asks=True)
        if len(rather) < len(wishes):
            says = "Yang diminta dinyatakan ada oleh perusahaan; keaslian dan masa berlakunya perlu diperiksa."
            return self.say(1.0, says, asked, papers.shown)
        if all(held for _, held in rather):
            return self.say(1.0, "Yang diutamakan dinyatakan ada oleh perusahaan.", asked, papers.shown)
        return self.say(None, "Sertifikat hanya diutamakan, tidak diwajibkan; belum ada pada produk.", asked, papers.shown)

    @lru_cache(maxsize=4096)  # noqa: B019 - one of each criterion lives as long as the process
    def _unasked(self, offer: Offer) -> Mark:
        return self.say(None, "Permintaan tidak meminta sertifikat tertentu.", None, _papers(offer).shown)


class _Papers(NamedTuple):
    """What a firm states, read: `said` by name as it stands, `permits` the kinds of whole permit numbers with their expiry year."""

    said: dict[str, str]
    permits: tuple[tuple[str, int | None], ...]
    shown: str | None


@lru_cache(maxsize=4096)
def _papers(offer: Offer) -> _Papers:
    said = dict(offer.certificates)
    read = read_papers(said.get("permit")).value
    permits: list[tuple[str, int | None]] = []
    for number in (read.permit if read and read.permit else "").split("; "):
        if number.startswith("P-IRT") and (year := _PIRT_YEAR.fullmatch(number)):
            permits.append(("P-IRT", 2000 + int(year[1])))
        elif number.startswith(("PKD", "PKL", "AKD")):
            permits.append(("Kemenkes", None))
        elif number:
            permits.append(("BPOM", None))
    return _Papers(said, tuple(permits), _shown(said))


def _shown(said: dict[str, str]) -> str | None:
    """The certificates in the words of a page: `TKDN 66,8%; halal: ID3611…`."""
    told = []
    for name, value in said.items():
        if name == "tkdn":
            told.append(f"TKDN {_percent(value)}%")
        elif name == "permit":
            told.append(f"izin edar: {value}")
        else:
            told.append(f"SNI: {value}" if name == "sni" else f"halal: {value}")
    return "; ".join(told) or None


def reworded(said: str) -> str:
    """Certificates as matches kept them before (`sni: SNI 7:2020, tkdn: 66.80`) in the words of today; those come back as they are."""
    if not _BEFORE.match(said):
        return said
    try:
        return _shown(dict(_BEFORE.findall(said))) or said
    except InvalidOperation:  # a percentage that is none
        return said


def _percent(value: str) -> str:
    """A stored percentage as Indonesians write it: no zeros behind, a comma."""
    return f"{Decimal(value).normalize():f}".replace(".", ",")


def _has(wish: Wish, papers: _Papers, today: date | None) -> tuple[bool | None, str]:
    """Whether a wish is met, None where it cannot be told, and then why (Indonesian)."""
    said = papers.said.get(wish.name)
    if wish.name == "other":
        return None, f"{wish.said} tidak dicatat dalam katalog"
    if said is None:
        return False, ""
    if wish.name == "sni":
        return _has_sni(wish, said)
    if wish.name == "halal":
        return (True, "") if _HALAL.fullmatch(said.strip()) else (None, f"“{said}” bukan nomor sertifikat halal")
    if wish.name == "tkdn":
        own, least = Decimal(said), wish.least or Decimal(0)
        if own >= least and own > 0:
            return True, ""
        return (None, f"TKDN {_percent(said)}% ditambah BMP yang tidak dicatat") if wish.with_bmp else (False, "")
    return _has_permit(wish, said, papers.permits, today)


def _has_sni(wish: Wish, said: str) -> tuple[bool | None, str]:
    held, asked = standards(said), wish.standard
    if not held:
        return None, f"“{said}” tidak menyebut nomor SNI"
    if asked is None:
        return True, ""
    same = [one for one in held if one[:2] == asked[:2] and asked.part in {None, one.part}]
    if not same:
        return False, ""
    if asked.year is None or any(one.year is not None and one.year >= asked.year for one in same):
        return True, ""
    return None, f"diminta {wish.said}, yang dinyatakan {said}"


def _has_permit(wish: Wish, said: str, permits: tuple[tuple[str, int | None], ...], today: date | None) -> tuple[bool | None, str]:
    if not permits:
        return None, f"“{said}” bukan nomor izin edar yang lengkap"
    valid = {kind for kind, until in permits if until is None or today is None or until >= today.year}
    if not valid:
        return False, ""
    if not wish.kinds or wish.kinds & valid:
        return True, ""
    if wish.kinds == {"P-IRT"} and "BPOM" in valid:
        return None, "diminta P-IRT, yang ada izin edar BPOM"
    return False, ""


def _change(wish: Wish, papers: _Papers) -> Change:
    """The certificate that must be had; its number is known to nobody yet, a percentage is."""
    said = papers.said.get(wish.name)
    shown = _percent(said) if said and wish.name == "tkdn" else said
    now = f" (yang dinyatakan: {shown}{'%' if wish.name == 'tkdn' else ''})" if said else ""
    to = f"{wish.least:f}" if wish.name == "tkdn" and wish.least else None
    name = f"{wish.said[0].upper()}{wish.said[1:]}"
    return Change("offer", _MEMBERS[wish.name], to, f"{name} belum ada{now}.")
