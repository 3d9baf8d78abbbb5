"""Column types that keep exactness and time zones on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; it could be any zone's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """
    An exact decimal as a whole number of 10^-digits.

    SQLite has no decimal type and would keep a float; a scaled integer is exact, sorts and sums on both databases.
    Bounds: ±9.2 × 10^(18 - digits). More decimals than `digits` are refused, never rounded in silence.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """The whole number to store."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.digits)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more than {self.digits} decimals")
        if abs(whole) >= 2**63:
            raise ValueError(f"{value} is too large to keep exactly")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The number as it was."""
        return None if value is None else Decimal(value).scaleb(-self.digits)


MONEY = Scaled(4)
AMOUNT = Scaled(6)


def ordered(length: int) -> TypeEngine[str]:
    """Text that both databases order by its bytes in UTF-8, whatever PostgreSQL was set up with."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")
