"""The codes by which one need is known in several places: of the plan (RUP), of the tender, of a process in OCDS."""

from __future__ import annotations

from typing import NamedTuple

import orjson

SCHEMES = {"rup": "kode RUP", "tender": "kode tender", "nontender": "kode non-tender", "ocid": "proses OCDS"}
OCDS = "ocds-"
_LONGEST = 200
# a plan's code has seven or eight digits; what is shorter may be a row's number
_LEAST_DIGITS = 6


class Codes(NamedTuple):
    """own: those that the demand's own reference is; named: those of something else that it names. Each as `scheme:code`."""

    own: frozenset[str]
    named: frozenset[str]


_NONE: frozenset[str] = frozenset()


def is_plan(reference: str, related: str) -> bool:
    """Whether a plan's code, which is its own reference, is all that a demand has, as of nearly all plans."""
    if related == "{}":
        return len(reference) >= _LEAST_DIGITS and reference.isascii() and reference.isdigit()
    return related == f'{{"rup":["{reference}"]}}'


def codes_of(reference: str, related: str) -> Codes:
    """
    The codes of a demand by its reference and by `related`, as JSON text.

    A reference of digits is taken for a plan's code where the demand names no code at all; the number of a tender is known as one.
    """
    if is_plan(reference, related):
        return Codes(frozenset({f"rup:{reference}"}), _NONE)
    told = orjson.loads(related) if related != "{}" else {}
    known = {
        f"{scheme}:{code}"
        for scheme, codes in told.items()
        if scheme in SCHEMES
        for code in codes
        if isinstance(code, str) and 0 < len(code) <= _LONGEST
    }
    own = {code for code in known if code.partition(":")[2] == reference}
    if reference.startswith(OCDS):
        own.add(f"ocid:{reference}")
    return Codes(frozenset(own), frozenset(known - own))


def why(code: str) -> str:
    """Why two demands that share a code are proposed as one need."""
    scheme, _, value = code.partition(":")
    return f"Keduanya menyebut {SCHEMES[scheme]} {value}."
