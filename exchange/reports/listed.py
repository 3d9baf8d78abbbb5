"""What a list is written to a file for: whose view of it, and on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from exchange.agreements.node import Node

PART = 1000
Cells = Sequence[str | int | Decimal | date | None]


class Asked(NamedTuple):
    """home: the node's own region; node: what cases are decided by; day: on which it was asked for; reader: the number of the account."""

    home: str
    node: Node
    day: date
    reader: int
