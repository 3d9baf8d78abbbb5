"""What a partner's token may be used for; a scope opens a door, its agreement's stage says what is read behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

CATALOGUE_READ: Final = "catalogue:read"
DEMAND_READ: Final = "demand:read"
DEMAND_WRITE: Final = "demand:write"
MATCHES_READ: Final = "matches:read"
AGREEMENTS_READ: Final = "agreements:read"

# scope: what it is for, as the contract and the page for partners say it
SCOPES: Final[dict[str, str]] = {
    CATALOGUE_READ: "Read products and firms as the partner's agreement opens them.",
    DEMAND_READ: "Read demand as the partner's agreement opens it, and the partner's own.",
    DEMAND_WRITE: "Bring, change and withdraw the partner's own demand.",
    MATCHES_READ: "Read the matches of the partner's own demand and answer them.",
    AGREEMENTS_READ: "Read the partner's agreements.",
}


def in_order(scopes: Iterable[str]) -> list[str]:
    """These scopes in the order of the table, each once; what is no scope is left out."""
    wanted = set(scopes)
    return [scope for scope in SCOPES if scope in wanted]
