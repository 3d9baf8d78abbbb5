"""What the answer of a request tells a partner beyond the public, gathered while it is made, and noted before it goes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from flask import Response, g, request
from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.disclosures import NOBODY, Collector, Noted, Told
from exchange.access.policy import Tier
from exchange.api import caller
from exchange.api.logbook import logbook, not_recorded
from exchange.store.segments import segments_of

_KEY = "exchange_told"
# of the WSGI environment: what was told (a Noted), and that whoever asked ahead of Flask notes it himself
TOLD, ELSEWHERE = "exchange.told", "exchange.told_elsewhere"
_SENT = frozenset({200, 201, 206})


def _collector() -> Collector | None:
    """Where this request's answer is gathered; None for who asks without a token, whose answers are not logged."""
    if _KEY not in g:
        setattr(g, _KEY, Collector() if caller.partner() is not None else None)
    found: Collector | None = getattr(g, _KEY)
    return found


def tell_records(kind: str, below: Iterable[bytes | None], shown: Iterable[bytes], only: Collection[str] | None = None) -> None:
    """
    Records that are sent, and the same ones in the same order as the lower reader has them (None: not at all).

    only: the members that are sent, None for all.
    """
    for lower, body in zip(below, shown, strict=True):
        if body is not lower:
            into = _collector()
            if into is None:
                return
            into.record(kind, lower, body, only)


def tell_demands(session: Session, reader: Reader, shown: Sequence[tuple[str, bytes]], only: Collection[str] | None = None) -> None:
    """Demands that are sent, of which the public may read some."""
    if shown and reader.tier is not Tier.PUBLIC and _collector() is not None:
        public = segments_of(session, "demand", Tier.PUBLIC, [ident for ident, _ in shown])
        tell_records("demand", [public.get(ident, (0, None))[1] for ident, _ in shown], [body for _, body in shown], only)


def tell(classes: Iterable[str], kind: str = NOBODY, names: Iterable[str] = ("",)) -> None:
    """Classes of fields that are sent of these subjects."""
    into = _collector()
    if into is not None:
        told = tuple(classes)
        for name in names:
            into.add(told, kind, name)


def tell_file(format_name: str, digest: str, told: Iterable[Told]) -> None:
    """A publication that is sent: its format, its SHA-256, and what it tells beyond the public."""
    for kind, classes, names in told:
        tell(classes, kind, names)
        into = _collector()
        if into is not None:
            into.file = (format_name, digest)


def settle(response: Response) -> Response:
    """
    Note what an answer tells, where it is one that is sent whole or in part: a 304 and a HEAD tell nothing.

    Raises:
        NotRecorded: no note can be taken; the answer must not go out.
    """
    into: Collector | None = g.get(_KEY)
    what = None if into is None or request.method == "HEAD" or response.status_code not in _SENT else into.made()
    asking = caller.partner() if what is not None else None
    if what is None or asking is None:
        return response
    noted = Noted(asking, request.endpoint or "none", what)
    request.environ[TOLD] = noted
    if ELSEWHERE not in request.environ and not logbook().note(noted):
        response.close()  # it may hold a file open
        raise not_recorded()
    return response


def need_room() -> None:
    """For what changes something before it answers: raises NotRecorded where the answer could not be noted."""
    if not logbook().has_room():
        raise not_recorded()
