"""Records with some of their members: `fields=sku,name`. Only there is a finished record parsed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from exchange.access.policy import TABLES, Tier
from exchange.access.segments import fields_seen
from exchange.api.filters import Words
from exchange.api.smorest import fault
from exchange.errors import BadRequest

_READERS = {
    Tier.PUBLIC: "umum",
    Tier.AGREED: "mitra dengan Kesepakatan Bersama",
    Tier.CONTRACTED: "mitra dengan PKS yang berlaku",
    Tier.STAFF: "petugas",
}


def fields_param(*tables: str) -> Words:
    """The parameter of a list whose records fall under these policy tables."""
    names = sorted({name for table in tables for name in TABLES[table]})
    return Words("Only these members of each record; without it all that you may read.", tuple(names))


def check_fields(chosen: Sequence[str] | None, tables: Sequence[str], tier: Tier) -> None:
    """
    Refuse members that the tier reads of no record.

    Raises:
        BadRequest: names each of them and who reads it.
    """
    seen = {name for table in tables for name in fields_seen(table, tier)}
    hidden = [name for name in chosen or () if name not in seen]
    if not hidden:
        return
    faults = [fault("fields", f"{name} hanya dibaca oleh: {', '.join(_readers(name, tables))}.") for name in hidden]
    mend = "Hapus nama itu dari fields; tanpa perjanjian yang disebut, datanya tidak dapat dibaca lewat API."
    raise BadRequest(f"fields: {faults[0]['detail']}", mend=mend, errors=faults)


def _readers(name: str, tables: Sequence[str]) -> list[str]:
    return [_READERS[tier] for tier in Tier if any(tier in TABLES[table].get(name, {}) for table in tables)]


def picked(chosen: Sequence[str] | None) -> Callable[[Any], bytes]:
    """What makes the body of a row of a page: the whole segment, or the members that were chosen of it."""
    if not chosen:
        return _whole
    names = frozenset(chosen)

    def pick(row: Any) -> bytes:
        record = orjson.loads(row.body)
        return orjson.dumps({name: record[name] for name in record if name in names})

    return pick


def _whole(row: Any) -> bytes:
    body: bytes = row.body
    return body
