"""A deal begun: from accepted matches of one demand, from firms that can do it together, or from what a partner ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.amounts import asked_amount, in_units_of
from exchange.matching.combine.terms import Combination
from exchange.matching.combining import Together, offered_together, places_of
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.store.businesses import business_record
from exchange.store.demands import demand_by_ident, demand_record
from exchange.store.matches import MatchFilter, MatchRow, list_matches
from exchange.store.products import product_record
from exchange.store.trade import DealRow, add_deal
from exchange.trade import amounts
from exchange.trade.checks import CANDIDATES
from exchange.trade.lines import MOST_LINES, accept, answered, line_of, match_of, not_twice
from exchange.trade.negotiated import propose
from exchange.trade.rules import BEGIN, DRAFTED
from exchange.trade.taking import told, write
from exchange.trade.under import put_under


def begin(
    session: Session,
    match_ids: Sequence[int],
    *,
    actor: str,
    day: date,
    accepting: bool = False,
    quantities: Mapping[int, Decimal | None] | None = None,
) -> DealRow:
    """
    Begin a deal from matches of one demand.

    Args:
        accepting: matches that wait for a decision are accepted with it, by the same actor, on record; else they must be accepted before.
        quantities: how much of each match's product, None where that is to be said later; without it the amount that the demand states,
            where there is but one match and its unit can be compared.

    Returns:
        The deal, in state `disusun`; under an agreement where one fits. Each price begins as that agreement has it, else as the
        dearer end of the indicative range.

    Raises:
        NotFound: there is no such match. BadRequest: none or too many, not of one demand, or a product twice. Conflict: a match is not
        accepted, its demand was withdrawn, or it is in another deal already; the message names the match.
    """
    ids = list(dict.fromkeys(match_ids))
    if not 1 <= len(ids) <= MOST_LINES:
        raise BadRequest(f"Dagang dimulai dari 1 sampai {MOST_LINES} kecocokan.", mend="Pilih kecocokan satu permintaan yang diterima.")
    rows = [match_of(session, number) for number in ids]
    if len({row.demand_id for row in rows}) > 1:
        raise BadRequest("Kecocokan ini milik lebih dari satu permintaan.", mend="Mulai satu dagang untuk tiap permintaan.")
    if rows[0].demand.state == "withdrawn":
        raise Conflict(f"Permintaan {rows[0].demand.ident} sudah dicabut.", mend="Tanyakan kepada pembelinya dahulu.")
    not_twice(session, ids)
    for row in rows:
        accept(session, row, accepting, actor)
    demand = rows[0].demand
    deal = DealRow(
        demand=demand.ident, demand_id=demand.id, title=demand.title, buyer_name=demand.buyer_name,
        region=demand.region or demand.source.region, state=DRAFTED, version=1, made_by=actor,
    )  # fmt: skip
    add_deal(session, deal, day.year)
    wanted = _asked(rows) if quantities is None else quantities
    lines = [line_of(deal, place, row, wanted.get(row.id)) for place, row in enumerate(rows, 1)]
    session.add_all(lines)
    put_under(session, deal, lines, day)
    propose(session, deal, lines, day, replace=True)
    session.flush()
    after = {name: value for name, value in told(deal, lines).items() if value is not None} | {"matches": ids}
    if said := answered(session, ids):
        after["answers"] = said
    write(session, deal, BEGIN, {}, after, actor, None)
    return deal


def begin_together(session: Session, demand: str, number: int, seen: str, *, actor: str, day: date, holding: str | None = None) -> DealRow:
    """
    Begin a deal from what firms can do together for one item; matches that wait are accepted with it.

    Args:
        demand: its public name; number: the place of the combination in `combinations`, from 0; seen: its `mark` as the actor saw it.
        holding: the SKU of a product of which it was asked for, as `combinations` takes it.

    Raises:
        NotFound: no such demand or combination. Conflict: the combination is another one by now. Else as `begin`.
    """
    found = combinations(session, demand, holding)
    if not 0 <= number < len(found):
        raise NotFound(f"Permintaan {demand[:40]} tidak punya gabungan ke-{number + 1}.", mend="Muat ulang halaman permintaannya.")
    if mark(found[number][0]) != seen:
        raise Conflict("Gabungan ini sudah lain: katalog atau kecocokannya berubah.", mend="Periksa gabungan yang sekarang, lalu ulangi.")
    return begin(session, list(found[number][1]), actor=actor, day=day, accepting=True, quantities=found[number][1])


def combinations(session: Session, demand: str, holding: str | None = None) -> list[tuple[Together, dict[int, Decimal | None]]]:
    """
    What firms can do together for a demand, as its page shows it, each with how much of which match, in the product's own unit.

    holding: the SKU of a product that must have a share, as the page of its match shows it.

    None where an amount has no exact number of the product's units. Raises NotFound: there is no such demand.
    """
    row = demand_by_ident(session, demand)
    if row is None:
        raise NotFound(f"Permintaan {demand[:40]} tidak ada.", mend="Cari di daftar permintaan.")
    matches = list_matches(session, MatchFilter(demand_id=row.id), limit=CANDIDATES)
    by_sku = {match.product.sku: match for match in matches}
    told_ = []
    for one in offered_together(row, matches, holding=holding):
        if isinstance(one.result, Combination):
            asked = row.items[one.place].get("quantity") or {}
            told_.append((one, {by_sku[s.offer.key].id: _own(by_sku[s.offer.key], s.amount, asked) for s in one.result.shares}))
    return told_


def starts(found: Sequence[Together]) -> list[tuple[int, str] | None]:
    """Of each thing that `offered_together` told its place among the combinations and its mark, for `begin_together`; None: is none."""
    told_: list[tuple[int, str] | None] = []
    for one in found:
        number = sum(each is not None for each in told_)
        told_.append((number, mark(one)) if isinstance(one.result, Combination) else None)
    return told_


def mark(one: Together) -> str:
    """A word for a combination that is another one for other shares."""
    shares = one.result.shares if isinstance(one.result, Combination) else ()
    return ",".join(f"{share.offer.key}:{share.amount.normalize():f}" for share in shares)


def _own(match: MatchRow, amount: Decimal, asked: Mapping[str, Any]) -> Decimal | None:
    offer = read_offer(product_record(match.product), None, business_record(match.product.business))
    return _exact(in_units_of(offer, amount, asked.get("unit"), str(asked.get("said") or "")))


def _exact(amount: Decimal | None) -> Decimal | None:
    return None if amount is None or amount <= 0 or amount > amounts.MOST_QUANTITY or amount % amounts.FINEST else amount


def _asked(rows: Sequence[MatchRow]) -> dict[int, Decimal | None]:
    """The amount that the demand states of the item which its only match serves; nothing for several, of which nobody said the shares."""
    if len(rows) > 1:
        return {}
    (row,) = rows
    need = read_need(demand_record(row.demand), today=row.demand.matched_on)
    met = next((mark.get("need") for mark in row.marks if mark.get("criterion") == "text"), None)
    places = places_of(need, met) if met else []
    if len(places) != 1:
        return {}
    offer = read_offer(product_record(row.product), None, business_record(row.product.business))
    return {row.id: _exact(asked_amount(need, offer, places[0]).amount)}
