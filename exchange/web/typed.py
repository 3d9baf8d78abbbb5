"""
Numbers that people type into forms, in either language's writing: `1.250.000,50`, `1,250,000.50`, `1250000.50`, `12,5`, `12.5`.

Most writings mean one number whoever reads them. One mark before exactly three digits does not: `1.250` is 1250 as Indonesians write
and 1.25 as the English do. It is taken for whole thousands where the page itself parts thousands by that mark, and for sums of
money, which have no third decimal; else it is refused with both readings named.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from exchange.errors import BadRequest
from exchange.web.shown import number as shown_number
from exchange.web.wording import SOURCE

LONGEST = 40
WRITING = "tulisan"  # the hidden field that says in which language a form was shown


class Marks(NamedTuple):
    """What parts thousands, and what parts the fraction."""

    group: str
    decimal: str


WRITINGS = {"id": Marks(".", ","), "en": Marks(",", ".")}
_SHAPES = {
    marks: re.compile(rf"(?:[1-9][0-9]{{0,2}}(?:{re.escape(marks.group)}[0-9]{{3}})+|[0-9]+)(?:{re.escape(marks.decimal)}[0-9]+)?")
    for marks in WRITINGS.values()
}
_THREE = re.compile(r"([1-9][0-9]*)([.,])([0-9]{3})")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?:[ \u00a0\u202f'’][0-9]{3})+(?:[.,][0-9]+)?")


class Ambiguous(ValueError):
    """A text that means one of two numbers."""

    def __init__(self, grouped: Decimal, fraction: Decimal) -> None:
        super().__init__(f"{grouped} or {fraction}")
        self.readings = grouped, fraction


def read(text: str, language: str, *, money: bool = False) -> Decimal:
    """
    The number that a text means to a reader of that language; a leading minus is kept.

    money: a third decimal does not occur, so one mark before three digits parts thousands.

    Raises:
        Ambiguous: it could be one of two numbers.
        ValueError: it is no number, or longer than `LONGEST`.
    """
    said = text.strip()
    minus, said = said[:1] in {"-", "−"}, said.removeprefix("-").removeprefix("−")
    value = _value(said, language, money) if len(said) <= LONGEST else None
    if value is None:
        raise ValueError(text)
    return -value if minus else value


def _value(said: str, language: str, money: bool) -> Decimal | None:
    if _SPACED.fullmatch(said):  # its thousands are parted already, so a mark can only part a fraction
        return Decimal(re.sub(r"[^0-9.,]", "", said).replace(",", "."))
    if three := _THREE.fullmatch(said):
        head, mark, tail = three.groups()
        if len(head) <= 3 and (money or mark == WRITINGS[language].group):
            return Decimal(head + tail)
        raise Ambiguous(Decimal(head + tail), Decimal(f"{head}.{tail}"))
    for marks, shape in _SHAPES.items():
        if shape.fullmatch(said):
            return Decimal(said.replace(marks.group, "").replace(marks.decimal, "."))
    return None


def number(said: str, *, money: bool = False) -> Decimal | None:
    """
    What was typed into a field of the form that was sent; None where nothing was.

    Raises:
        BadRequest: it is no number, or could be one of two, which are named.
    """
    text = said.strip()
    if not text:
        return None
    try:
        return read(text.removeprefix("Rp").removeprefix(".") if money else text, language(), money=money)
    except Ambiguous as either:
        one, other = (shown_number(value) for value in either.readings)
        plain = [written(value) for value in either.readings]
        raise BadRequest(
            _("“%(said)s” dapat berarti %(one)s atau %(other)s.", said=text[:LONGEST], one=one, other=other),
            mend=_("Tulis %(one)s atau %(other)s.", one=plain[0], other=plain[1]),
        ) from either
    except ValueError as error:
        raise BadRequest(_("“%(said)s” bukan bilangan.", said=text[:LONGEST]), mend=_("Tulis seperti 1.250,5, tanpa satuan.")) from error


def whole(said: str, digits: int) -> int | None:
    """
    A whole number of at most so many digits; None where nothing was typed.

    Raises:
        BadRequest: it is none, or could be one of two.
    """
    value = number(said)
    if value is None:
        return None
    if value != value.to_integral_value() or value < 0 or len(str(int(value))) > digits:
        raise BadRequest(_("“%(said)s” harus bilangan bulat.", said=said.strip()[:LONGEST]), mend=_("Tulis angkanya saja, seperti 120."))
    return int(value)


def language() -> str:
    """The language in which the form that was sent was shown, which may have been switched meanwhile; else that of this page."""
    said = request.form.get(WRITING, "")
    current = str(get_locale() or SOURCE)
    return said if said in WRITINGS else current if current in WRITINGS else SOURCE


def written(value: Decimal | None, *, parted: bool = False) -> str:
    """
    A number for a field of this page, so that it is read back as it is; empty where there is none.

    parted: with marks between thousands. Of three decimals a nought more: 1,450 could be 1450.
    """
    if value is None:
        return ""
    marks = WRITINGS[str(get_locale() or SOURCE)]
    head, _point, rest = f"{value.normalize():f}".partition(".")
    if parted:
        head = f"{int(head):,}".replace(",", marks.group)
    if not rest:
        return head
    nought = "0" if len(rest) == 3 and marks.group not in head else ""
    return f"{head}{marks.decimal}{rest}{nought}"
