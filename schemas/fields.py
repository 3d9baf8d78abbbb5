"""Marshmallow fields of this field of work; each error says what was wanted, with an example."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

# of a sum that is kept exactly: below 9 * 10^14, at most four decimals
SUM = r"^(\d{1,14}|[1-8]\d{14})(\.\d{1,4})?$"
_REGION = re.compile(r"^\d{2}(\.\d{2})?$")


class Exact(fields.Decimal):
    """A decimal number that travels as a string, so that no reader rounds it."""

    default_error_messages = {"invalid": "Not a number: digits with a point, such as 1250000.50."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("as_string", True)
        super().__init__(allow_nan=False, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else plain(value)


def plain(value: Decimal) -> str:
    """A decimal in plain digits without a trailing zero or exponent: `1E+3` is `1000`, `2.50` is `2.5`."""
    text = format(value.normalize(), "f")
    return "0" if text in {"-0", ""} else text


class Region(fields.String):
    """Kemendagri region code: a province `36` or a regency or city `36.72`."""

    default_error_messages = {"shape": "Not a Kemendagri region code: 36 (province) or 36.72 (regency or city)."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if not _REGION.fullmatch(text):
            raise self.make_error("shape")
        return text


def code(pattern: str, wanted: str, **kwargs: Any) -> fields.String:
    """A code of a fixed shape; `wanted` is the sentence that a reader sees when it is another."""
    return fields.String(validate=validate.Regexp(pattern, error=wanted), **kwargs)


def kbli(**kwargs: Any) -> fields.String:
    """KBLI 2020, five digits."""
    return code(r"^\d{5}$", "Not a KBLI 2020 code: five digits, such as 25111.", **kwargs)


def nib(**kwargs: Any) -> fields.String:
    """Nomor Induk Berusaha, thirteen digits."""
    return code(r"^\d{13}$", "Not a NIB: thirteen digits, such as 1234567890123.", **kwargs)


def hs(**kwargs: Any) -> fields.String:
    """HS 2022, six digits."""
    return code(r"^\d{6}$", "Not an HS 2022 subheading: six digits, such as 730890.", **kwargs)


def kbki(**kwargs: Any) -> fields.String:
    """KBKI, seven or ten digits for goods, five for services."""
    return code(r"^\d{5}(\d{2}(\d{3})?)?$", "Not a KBKI code: 5, 7 or 10 digits, such as 4219001007.", **kwargs)


def choice(*allowed: str, **kwargs: Any) -> fields.String:
    """One of the listed words; the refusal names them all."""
    return fields.String(validate=validate.OneOf(allowed, error="Must be one of: {choices}."), **kwargs)
