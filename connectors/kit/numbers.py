"""Numbers as sources write them, exact and of a size that can be written out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.kit.errors import Refused

_HIGHEST, _LOWEST = 18, -30
"""Exponents of the first digit and of the last one: a few bytes such as `1e1000000000` must not become a gigabyte of noughts."""


def exact(value: Any) -> Decimal | None:
    """
    The finite number that a number or a string of digits says; None for anything else.

    Raises:
        Refused: `number_out_of_range`, for a number of 10^19 and above, or with more than 30 places behind the point.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if not is_writable(number):
        raise Refused("number_out_of_range", f"Bilangan terlalu besar atau terlalu rinci: {str(value)[:40]!r}.")
    return number


def is_writable(number: Decimal) -> bool:
    """Whether a number can be written out with at most 19 digits before the point and 30 behind it."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _LOWEST and number.adjusted() <= _HIGHEST


def digits(number: Decimal) -> str:
    """
    A number in digits, without an exponent or a trailing nought behind the point.

    Raises:
        ValueError: it cannot be written out within the bounds.
    """
    if not is_writable(number):
        raise ValueError("number out of range")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
