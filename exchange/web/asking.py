"""What a list is asked for in its address: filters, and the place to go on from. What cannot be read is named."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import quote, urlencode

from flask import request
from flask_babel import gettext as _

from exchange.errors import BadRequest
from schemas.reading.searching import MOST_WORDS, Query, read_query

PAGE = 25
_LONGEST = 200


def allow(*names: str) -> None:
    """
    Take these filters and no others.

    Raises:
        BadRequest: the address has another one; the message names it, since ignoring it would show too much.
    """
    if stray := sorted(set(request.args) - set(names)):
        text = _("Daftar ini tidak mengenal saringan %(names)s.", names=", ".join(stray)[:_LONGEST])
        raise BadRequest(text, mend=_("Yang dikenal: %(names)s.", names=", ".join(names)))


def asked(name: str) -> str | None:
    """A filter's value; None where it is empty or absent."""
    value = request.args.get(name, "").strip()
    if len(value) > _LONGEST:
        raise BadRequest(_("Saringan %(name)s terlalu panjang.", name=name), mend=_start())
    return value or None


def one_of(name: str, known: tuple[str, ...]) -> str | None:
    """
    A filter that takes one of some words.

    Raises:
        BadRequest: another word; the message names those there are.
    """
    value = asked(name)
    if value and value not in known:
        raise BadRequest(_("Saringan %(name)s tidak mengenal “%(value)s”.", name=name, value=value), mend=_start())
    return value


def words_of(text: str | None) -> Query | None:
    """
    What the filter `cari` searches for; None where it is empty, or has no word that can be searched for.

    Raises:
        BadRequest: it has too many words, or a character that no text has.
    """
    if text and "\0" in text:
        raise BadRequest(_("Saringan %(name)s tidak dapat dibaca.", name="cari"), mend=_start())
    try:
        return read_query(text) if text else None
    except ValueError as error:
        said = _("Saringan cari punya terlalu banyak kata: paling banyak %(most)s yang berbeda.", most=MOST_WORDS)
        raise BadRequest(said, mend=_("Tulis kata yang terpenting saja.")) from error


def whole(name: str, least: int, most: int) -> int | None:
    """A filter that takes a whole number within bounds, both included; raises BadRequest for anything else."""
    value = asked(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 18 and least <= int(value) <= most):
        text = _("Saringan %(name)s harus bilangan %(least)s sampai %(most)s.", name=name, least=least, most=most)
        raise BadRequest(text, mend=_start())
    return int(value)


def after_score(name: str = "setelah") -> tuple[Decimal, int] | None:
    """The place in a list by score: `score_id`; raises BadRequest where it is none."""
    value = asked(name)
    if value is None:
        return None
    score, _line, row_id = value.partition("_")
    try:
        place = Decimal(score)
    except InvalidOperation:
        place = Decimal(-1)
    exact = place.is_finite() and 0 <= place <= 1 and place == round(place, 6)
    if not (exact and row_id.isascii() and row_id.isdigit() and len(row_id) <= 18):
        raise BadRequest(_("Alamat halaman daftar ini tidak dapat dibaca."), mend=_start())
    return place, int(row_id)


def onward(rows: Sequence[object], place: str | None) -> str | None:
    """The address of the next page, the filters kept; None on the last one. Rows are asked for one more than shown."""
    if len(rows) <= PAGE or place is None:
        return None
    return here(setelah=place)


def here(**changed: str | None) -> str:
    """This list's own address with its filters, some of them changed; None takes one away."""
    kept = {name: value for name, value in request.args.items() if value} | changed
    query = urlencode({name: value for name, value in kept.items() if value is not None})
    return f"{quote(request.path)}?{query}" if query else quote(request.path)


def narrowed(name: str, value: str | None) -> str:
    """This list's address from its beginning, with one more filter, or without it where `value` is None."""
    return here(**{name: value, "setelah": None})


def _start() -> str:
    return str(_("Buka daftar dari menu dan pilih saringannya di sana."))
