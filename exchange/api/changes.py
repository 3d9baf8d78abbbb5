"""
The change feed: all that the caller's tier reads, and then each change of it in commit order.

The pass over all records begins with the place of the newest change; each page shows records as they are when it is read, and what
changes meanwhile, in front of the reader's place or behind it, comes as a change afterwards. So nothing is missed, without one picture
that would have to be kept open for hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from flask import Response, request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.coverage import lifted, reads_more
from exchange.access.policy import Tier, bits
from exchange.access.scopes import CATALOGUE_READ, DEMAND_READ
from exchange.api import answers, caller, feed_cursors, filters
from exchange.api.disclosing import tell_demands, tell_records
from exchange.api.feed_cursors import Place
from exchange.api.feed_wait import watch
from exchange.api.smorest import Blueprint, Query
from exchange.store.feed import FeedRow, Told, changes_told, feed_and_last, floor_of, last_told, records_told
from exchange.wiring import settings, store
from schemas.wire import CHANGE_KINDS, ChangePage

bp = Blueprint("changes", "What changed, in commit order, with tombstones; for those who keep a copy.", "/api/v1/changes")

DEFAULT, MOST = 100, 1000
LONGEST_WAIT, RETRY = 30, 5
_FEED_WAIT = {
    "description": "`full` where `wait` was asked for and as many requests wait as may: answered at once.",
    "schema": {"type": "string", "enum": ["full"]},
}
_RETRY_AFTER = {"description": "Seconds after which to ask again, beside `Feed-Wait`.", "schema": {"type": "integer"}}


class ChangeQuery(Query):
    """Where to go on, and how much to read."""

    since = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.Length(1, feed_cursors.LONGEST),
        metadata={
            "description": "`next` of the answer before, with the same `kind`. Without it: all records, then the changes.",
            "wanted": "Bukan kursor umpan ini; pakai nilai `next`, atau mulai tanpa since.",
        },
    )
    kind = filters.one_of("One kind of record alone.", *CHANGE_KINDS)
    limit = fields.Integer(
        load_default=DEFAULT,
        validate=validate.Range(1, MOST),
        metadata={"description": f"Entries at most, 1 to {MOST}.", "wanted": f"Harus bilangan bulat 1 sampai {MOST}."},
    )
    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={
            "description": f"Seconds to wait for something new where there is nothing, 0 to {LONGEST_WAIT}.",
            "wanted": f"Harus bilangan bulat 0 sampai {LONGEST_WAIT}.",
        },
    )


class _Found(NamedTuple):
    """What a reader is told now, the same without a contract, the place behind it, whether there is more, and the newest change of all."""

    reader: Reader
    entries: list[Told]
    below: list[Told]
    onward: Place
    more: bool
    newest: int


@bp.reads("", ChangeQuery, ChangePage, marks={"x-problems": ("410",)}, headers={"Feed-Wait": _FEED_WAIT, "Retry-After": _RETRY_AFTER})
def listing(asked: dict[str, Any]) -> Response:
    """
    Follow what changes.

    Without `since` all records come first, then what changed meanwhile. While `more` is true go on at once with `next` as
    `since`; at the end keep `next` and ask again later, or at once with `wait`: the answer then comes when there is something,
    and at the latest after so many seconds. A cursor that cannot be gone on from is answered 410: begin anew.
    """
    found, headers = _found(asked), {}
    if asked["wait"] and request.method == "GET" and not _is_news(found):
        with watch().place() as has_place:
            if has_place:
                found = _waited(asked, found)
            else:
                headers = {"Feed-Wait": "full", "Retry-After": str(RETRY)}
    answer = _send(found, headers)
    if asked["wait"]:
        answer.headers["Cache-Control"] = "private, no-cache"  # one that waited is old when the next one asks
    return answer


def _found(asked: dict[str, Any]) -> _Found:
    reader, its = caller.reader(*_scopes(asked["kind"])), settings()
    with store().read() as session:
        row, newest = feed_and_last(session)
        place = _place(session, row, newest, asked, reader, its.secret_key)
        entries, onward, more = _part(session, place, reader.tier, asked["limit"])
        return _Found(reader, _lifted(session, reader, entries), entries, onward, more, newest)


def _scopes(kind: str | None) -> set[str]:
    """The scopes of what is asked for; who has not all of them reads all of it as anybody does."""
    return {DEMAND_READ if each == "demand" else CATALOGUE_READ for each in ([kind] if kind else CHANGE_KINDS)}


def _is_news(found: _Found) -> bool:
    return found.more or bool(found.entries)


def _waited(asked: dict[str, Any], found: _Found) -> _Found:
    """What there is when there is something, or when the time is over; changes of what this reader may not read end no wait."""
    until = monotonic() + asked["wait"]
    while not _is_news(found) and watch().newer(found.newest, until):
        caller.ask_again()
        found = _found(asked)
    return found


def _place(session: Session, row: FeedRow, newest: int, asked: Mapping[str, Any], reader: Reader, secret: str) -> Place:
    """Where the caller goes on; raises Gone where that is no longer possible."""
    bit = bits([reader.tier])
    if asked["since"] is None:
        begun = Place(row.epoch, asked["kind"], 0)
        position = max(last_told(session, bit, begun.kinds), floor_of(row, bit, begun.kinds))
        return replace(begun, position=position, listed=(begun.kinds[0], ""))
    place = feed_cursors.read(asked["since"], reader, secret, row.epoch, asked["kind"])
    if place.position < floor_of(row, bit, place.kinds):
        feed_cursors.gone("Perubahan sesudah kursor ini sudah melewati masa simpan.", place.kind)
    if place.position > max(newest, floor_of(row, bit, place.kinds)):
        feed_cursors.gone("Basis data simpul ini dikembalikan ke keadaan sebelum kursor ini dibuat.", place.kind)
    return place


def _part(session: Session, place: Place, tier: Tier, limit: int) -> tuple[list[Told], Place, bool]:
    """What comes next, the place behind it, and whether there is more now."""
    if place.listed is None:
        part = changes_told(session, tier, bits([tier]), place.kinds, after=place.position, limit=limit)
        return part.entries, place.behind(part.position), part.more
    entries = records_told(session, tier, place.kinds, after=place.listed, limit=limit)
    if len(entries) == limit:
        return entries, replace(place, listed=(entries[-1].kind, entries[-1].ident)), True
    return entries, place.behind(place.position), True


def _lifted(session: Session, reader: Reader, entries: list[Told]) -> list[Told]:
    """The entries with what a contract opens of its own objects; the feed names the same records with and without one."""
    if not reads_more(reader):
        return entries
    opened: dict[tuple[str, str], bytes] = {}
    for kind in CHANGE_KINDS:
        bodies = [(one.ident, one.body) for one in entries if one.kind == kind and one.body is not None]
        opened |= {(kind, ident): body for (ident, _), body in zip(bodies, lifted(session, kind, reader, bodies), strict=True)}
    return [one if one.body is None else one._replace(body=opened[one.kind, one.ident]) for one in entries]


def _tell(found: _Found) -> None:
    """Have noted what the entries tell beyond the public."""
    for lower, entry in zip(found.below, found.entries, strict=True):
        if entry.body is not None and entry.body is not lower.body:
            tell_records(entry.kind, [lower.body], [entry.body])
    demands = [(entry.ident, entry.body) for entry in found.entries if entry.kind == "demand" and entry.body is not None]
    if demands and found.reader.tier is not Tier.PUBLIC:
        with store().read() as session:
            tell_demands(session, found.reader, demands)


def _send(found: _Found, headers: dict[str, str]) -> Response:
    its = settings()
    _tell(found)
    cursor = feed_cursors.write(found.onward, found.reader, its.secret_key)
    items = [_item(entry) for entry in found.entries]
    tail = orjson.dumps({"more": found.more, "next": cursor, "region": its.home_region})
    if found.more:
        kept = {name: value for name, value in request.args.items() if name != "since"}
        headers["Link"] = f'<{request.path}?{urlencode(kept | {"since": cursor})}>; rel="next"'
    body = b'{"items":[' + b",".join(items) + b"]," + tail[1:]
    return answers.send(body, found.reader.tier, answers.etag(found.reader.tier, answers.JSON, [*items, tail]), headers=headers)


def _item(entry: Told) -> bytes:
    told: dict[str, Any] = {"kind": entry.kind, "ident": entry.ident, "version": entry.version, "op": "upsert"}
    if entry.body is None:
        return orjson.dumps(told | {"op": "delete"})
    return orjson.dumps(told | {"record": orjson.Fragment(entry.body)})
