"""What is typed into the forms of a deal: numbers in either language's writing, days, positions; what cannot be read is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from exchange.errors import BadRequest
from exchange.trade.offering import Wording
from exchange.web import typed


def version(form: Mapping[str, str]) -> int:
    """The version that the reader saw; raises BadRequest where the form does not say it."""
    return position(form.get("versi"))


def position(said: str | None) -> int:
    """A small whole number of a form's own making; raises BadRequest."""
    word = said or ""
    if not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu isi lagi."))
    return int(word)


def number(form: Mapping[str, str], name: str, *, money: bool = False) -> Decimal | None:
    """
    A number as the page writes them, `1.250,5`; None where nothing was typed.

    Raises:
        BadRequest: it cannot be read, or could mean two things; the message says which.
    """
    return typed.number(form.get(name, ""), money=money)


def day(form: Mapping[str, str], name: str) -> date | None:
    """A day as the browser sends it; None where nothing was typed, BadRequest where it is none."""
    said = form.get(name, "").strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadRequest(
            _("Tanggal “%(said)s” tidak dapat dibaca.", said=said[:20]), mend=_("Tulis tahun-bulan-hari, misalnya 2026-12-31.")
        ) from None


def part(form: Mapping[str, str], name: str) -> Iterator[tuple[int, Decimal | None]]:
    """(position, number) of each field `name-1`, `name-2` …"""
    for field in form:
        head, _dash, tail = field.rpartition("-")
        if head == name:
            yield position(tail), number(form, field)


def wordings(form: Mapping[str, str]) -> list[Wording]:
    """What was typed of the lines of an offer."""
    return [
        Wording(
            position=place,
            quantity=amount,
            price=number(form, f"harga-{place}", money=True),
            price_reason=form.get(f"alasan-{place}"),
        )
        for place, amount in part(form, "jumlah")
    ]
