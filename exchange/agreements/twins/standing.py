"""How a twin stands between its two sides: what differs, since when, and whether the other side has shut what is open here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from exchange.agreements.twins.view import CLOSING
from exchange.agreements.twins.views import differences, digest_of
from exchange.store.base import utcnow
from exchange.store.twins import TwinRow

# a side that has only not come so far is brought to mind after so long; policy, not law
LAG: Final = timedelta(days=7)
# a message that did not arrive for so long, likewise
SILENCE: Final = timedelta(hours=24)


def weigh(twin: TwinRow, *, stepped: bool = False) -> None:
    """
    Compare what both sides told last, and shut the case where the other side shut its own.

    stepped: a person of ours has just taken a step: where both sides say the same now, what the other side shut is looked at. Otherwise
    it stays shut until somebody says that he has looked (`handshake.resolve`), whatever the other side says meanwhile.
    """
    now = utcnow()
    if twin.agreement_id is None or twin.ours is None or twin.theirs is None:
        twin.differences, twin.differs_since, twin.noted = [], None, None
        return
    found = differences(twin.ours, twin.theirs)
    twin.differences = [list(one) for one in found]
    twin.differs_since = (twin.differs_since or now) if found else None
    if twin.noted and twin.noted != digest_of(found):
        twin.noted = None
    if shuts(twin):
        twin.closed_since = twin.closed_since or now
    elif stepped and twin.ours["state"] == twin.theirs["state"]:
        twin.closed_since = None


def shuts(twin: TwinRow) -> bool:
    """Whether the other side holds shut what stands open here."""
    ours, theirs = twin.ours or {}, twin.theirs or {}
    return theirs.get("state") in CLOSING and ours.get("state") not in CLOSING


def is_noted(twin: TwinRow) -> bool:
    """Whether a person has said of exactly these differences that they are known."""
    return bool(twin.differences) and twin.noted == digest_of(twin.differences)


def is_ripe(twin: TwinRow) -> bool:
    """Whether a person must look at the differences: both hold another thing, or one side lags for long; what is noted is known."""
    if not twin.differences or is_noted(twin):
        return False
    waits = twin.differs_since is not None and utcnow() - twin.differs_since > LAG
    return waits or any(one[4] == "conflict" for one in twin.differences)


def summary(twin: TwinRow) -> dict[str, Any]:
    """How it stands, in a few members, for lists."""
    return {
        "twin": twin.ident, "region": twin.peer.region, "case": twin.case and twin.case.ident, "title": twin.title, "state": twin.state,
        "ours": (twin.ours or {}).get("state"), "theirs": (twin.theirs or {}).get("state"), "differences": len(twin.differences),
        "noted": is_noted(twin), "closed_since": twin.closed_since, "fork": twin.fork, "sent": twin.sent, "acked": twin.acked,
        "received": twin.received, "checked_at": twin.checked_at,
    }  # fmt: skip
