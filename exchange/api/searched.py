"""Lists that are searched: words, orders and counts as the caller's tier may ask for them, and the page that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from flask import Response
from marshmallow import fields
from sqlalchemy.orm import Session

from exchange.access.policy import Tier, bits, fields_of
from exchange.access.searching import AMOUNT, MONEY, PERCENT, certificate_bits, lowered, micros, scaled
from exchange.api import filters
from exchange.api.disclosing import tell_records
from exchange.api.paging import is_name, send_page
from exchange.api.smorest import fault, nearest, refuse
from exchange.api.sparse import check_fields, picked
from exchange.store.finding import NULLABLE, Hit, Order, Want, count_values, find
from exchange.store.reading import Segment, segment_page
from exchange.store.segments import segments_of
from schemas.reading.searching import MOST_WORDS, Query, read_query

_FURTHEST = 2**62
_NO_FILTERS = frozenset({"limit", "cursor", "fields", "facets"})
_TEXT_KEYS = frozenset({"ident", "name"})


@dataclass(frozen=True)
class Facet:
    """What is counted: a column of the entries, the filter that a count leaves out, and the fields that it tells of."""

    column: str
    leaving: str
    reads: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Searched:
    """
    One list that is searched.

    kind: of its records, as segments, entries and the field policy call it; name: the parameter value of its usual order.
    reads: what its filters tell of; sorts: each order's column and what it tells of; facets: what can be counted. tables: of the field
    policy, where they are not called like the kind; nullable: columns of orders that a record may have no value of.
    """

    kind: str
    name: str
    reads: filters.Reads
    sorts: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]
    facets: Mapping[str, Facet]
    tables: tuple[str, ...] = ()
    nullable: frozenset[str] = NULLABLE

    def sort_param(self) -> fields.String:
        """The parameter `sort`."""
        words = [word for name in self.sorts for word in ((name,) if name == "relevance" else (name, f"-{name}"))]
        says = "Order; `-` turns it round. What has no value comes last. `relevance` wants `q`."
        return filters.one_of(says, *words)

    def facets_param(self) -> filters.Words:
        """The parameter `facets`."""
        says = "Counts beside the page, of at most 50 values each; each count leaves its own filter out."
        return filters.Words(says, tuple(self.facets))


def check(asked: Mapping[str, Any], its: Searched, tier: Tier) -> None:
    """
    Refuse filters, orders, counts and members that the caller may not use.

    Raises:
        BadRequest: naming each, and the nearest that may be used.
    """
    filters.check(asked, its.reads, tier)
    check_fields(asked["fields"], its.tables or (its.kind,), tier)
    sorts = {name: reads for name, (_, reads) in its.sorts.items()}
    counts = {name: facet.reads for name, facet in its.facets.items()}
    for name, chosen, every in (("sort", [(asked["sort"] or its.name).lstrip("-")], sorts), ("facets", asked["facets"] or [], counts)):
        if chosen and (stray := [word for word in chosen if word not in filters.allowed({word: every[word]}, tier)]):
            known = filters.allowed(every, tier)
            says = f"Harus salah satu dari: {', '.join(known)}."
            refuse([fault(name, says, nearest(word, known)) for word in stray])
    if asked["sort"] == "relevance" and asked["q"] is None:
        refuse([fault("sort", "relevance memerlukan q; urutkan menurut yang lain, atau isi q.", its.name)])


def read_words(text: str | None) -> Query | None:
    """
    The parameter `q` as a query.

    Raises:
        BadRequest: there is no word in it that can be searched for, or too many.
    """
    if text is None:
        return None
    try:
        words = read_query(text)
    except ValueError:
        refuse([fault("q", f"Paling banyak {MOST_WORDS} kata yang berbeda.")])
    if words is None:
        refuse([fault("q", "Tidak ada kata yang dapat dicari: tulis kata dari dua huruf ke atas, bukan hanya kata sambung.")])
    return words


def order_of(asked: Mapping[str, Any], its: Searched) -> Order:
    """The order that is asked for."""
    said = asked["sort"] or its.name
    return Order(its.sorts[said.lstrip("-")][0], said.startswith("-"))


def is_key(order: Order, nullable: frozenset[str] = NULLABLE) -> Any:
    """What tells whether a cursor's key is of this order: a public name, or the value that the order goes by and the name."""
    if order.column == "ident":
        return is_name

    def told(key: Any) -> bool:
        if not isinstance(key, list) or len(key) != 2 or not is_name(key[1]):
            return False
        value = key[0]
        if value is None:
            return order.column in nullable
        if order.column in _TEXT_KEYS:
            return isinstance(value, str) and len(value) <= 120 and "\0" not in value
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _FURTHEST

    return told


def want_of(asked: Mapping[str, Any], its: Searched, tier: Tier) -> Want:
    """What is searched for; amounts as the entries keep them, a capacity as exactly as the tier reads it."""
    told = {name: asked.get(name) for name in ("sector", "scale", "state", "producer", "kbli", "kbki", "hs")}
    since, chosen = asked.get("changed_since"), asked.get("certificate")
    return Want(
        kind=its.kind,
        reader=bits([tier]),
        words=read_words(asked["q"]),
        place=lowered(asked.get("district")),
        cluster=lowered(asked.get("cluster")),
        price_from=scaled(asked.get("price_min"), MONEY),
        price_to=scaled(asked.get("price_max"), MONEY),
        capacity=_least_capacity(asked.get("capacity"), tier),
        tkdn=scaled(None if asked.get("tkdn_min") is None else Decimal(asked["tkdn_min"]), PERCENT),
        lead_time=asked.get("lead_time_max"),
        certificates=certificate_bits(chosen) if chosen else None,
        since=None if since is None else micros(since),
        **told,
    )


def _least_capacity(asked: Decimal | None, tier: Tier) -> int | None:
    """For a tier that reads the band alone, the lowest capacity of the first band that reaches what is asked for."""
    if asked is None or "capacity_max" in fields_of("product", tier):
        return scaled(asked, AMOUNT)
    return scaled(Decimal(10) ** asked.adjusted() if asked else None, AMOUNT) or 1


def page(session: Session, asked: Mapping[str, Any], its: Searched, tier: Tier, want: Want, after: Any) -> tuple[list[Segment], list[Any]]:
    """
    One record more than the page holds, as the tier reads them, and the cursor's key of each.

    Without filters the segments themselves are the list.
    """
    order, most = order_of(asked, its), asked["limit"] + 1
    if order == Order("ident") and not any(value is not None for name, value in asked.items() if name not in _NO_FILTERS | {"sort"}):
        rows = segment_page(session, its.kind, tier, limit=most, after=after)
        return rows, [row.ident for row in rows]
    behind = after if after is None else Hit(after, after) if isinstance(after, str) else Hit(after[1], after[0])
    found = find(session, want, order, limit=most, after=behind)
    bodies = segments_of(session, its.kind, tier, [hit.ident for hit in found])
    hits = [hit for hit in found if hit.ident in bodies]
    keys = [hit.ident if order.column == "ident" else [hit.value, hit.ident] for hit in hits]
    return [Segment(hit.ident, *bodies[hit.ident]) for hit in hits], keys


def counted(session: Session, asked: Mapping[str, Any], its: Searched, want: Want) -> bytes | None:
    """The facets that are asked for, as JSON; None where none are."""
    if not asked["facets"]:
        return None
    told = {}
    for name in dict.fromkeys(asked["facets"]):
        facet = its.facets[name]
        values = count_values(session, want, facet.column, leaving=(facet.leaving,))
        told[name] = [{"value": value, "count": count} for value, count in values]
    return orjson.dumps(told)


def send(
    rows: list[Segment], keys: list[Any], asked: Mapping[str, Any], its: Searched, tier: Tier, facets: bytes | None, below: list[Segment]
) -> Response:
    """The page of what was found; below: the same rows as they are read without a contract."""
    limit = asked["limit"]
    if below is not rows:
        tell_records(its.kind, (row.body for row in below[:limit]), (row.body for row in rows[:limit]), asked["fields"])
    key = dict(zip((row.ident for row in rows), keys, strict=True))
    return send_page(rows, asked, tier, key=lambda row: key[row.ident], body=picked(asked["fields"]), facets=facets)
