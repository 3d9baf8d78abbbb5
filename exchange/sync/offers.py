"""What a source offers, listing by listing: kept apart as its region's supply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.demand.intake import kept_reference, storable
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow, live_supply, set_supply_state, supply_by_reference
from schemas.supply import SupplySchema

_SCHEMA = SupplySchema()
# what became of a listing, as the report tells it among those that are no demand
NEW, CHANGED, SAME, GONE = (
    f"Barang yang ditawarkan, dicatat sebagai pasokan ({what})." for what in ("baru", "berubah", "tetap", "ditarik")
)
TOLD = frozenset({NEW, CHANGED, SAME, GONE})


class Unreadable(Exception):
    """An offer that cannot be kept; rule and message as quarantine has them."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule, self.message = rule, message


def supply_ident(source: str, reference: str) -> str:
    """The public name of an offer: the same for the same source and reference."""
    digest = blake2b(f"{source}\0{reference}".encode(), digest_size=8).hexdigest()
    return f"s-{digest}"


@dataclass
class Offers:
    """The offers of one batch, in its transaction."""

    session: Session
    source: SourceRow
    connector: Connector
    rows: dict[str, SupplyRow]
    now: datetime

    @classmethod
    def of(cls, session: Session, source: SourceRow, connector: Connector, listings: Collection[RawListing]) -> Offers:
        """With what is known of these listings."""
        references = sorted({kept_reference(raw.reference) for raw in listings})
        return cls(session, source, connector, supply_by_reference(session, source.id, references), utcnow())

    def take(self, raw: RawListing) -> str:
        """
        Keep one; what became of it, one of `TOLD`.

        Raises:
            Skip: it is nothing that is kept. Unreadable: it cannot be read, or breaks the shape.
        """
        reference = kept_reference(raw.reference)
        row = self.rows.get(reference)
        if raw.gone:
            return self._take_back(row)
        digest = raw.content_hash()
        if row is not None and (row.content_hash, row.connector_version, row.state) == (digest, self.connector.version, "live"):
            row.last_seen_at = self.now
            return SAME
        record = offer_of(self.connector, raw)
        values = {
            "sku": record["sku"], "name": record["name"], "producer": (record["producer"] or {}).get("name"), "record": record,
            "region": record["region"] or self.source.region, "content_hash": digest, "connector_version": self.connector.version,
            "raw_answer": raw.answer, "raw_position": raw.position, "last_seen_at": self.now,
        }  # fmt: skip
        if row is None:
            values |= {"ident": supply_ident(self.source.name, reference), "source_id": self.source.id, "reference": reference}
            row = SupplyRow(first_seen_at=self.now, updated_at=self.now, **values)
            self.session.add(row)
            self.rows[reference] = row
            return NEW
        return self._renew(row, values)

    def _take_back(self, row: SupplyRow | None) -> str:
        if row is not None and row.state != "withdrawn":
            row.state, row.version, row.updated_at = "withdrawn", row.version + 1, self.now
        return GONE

    def _renew(self, row: SupplyRow, values: dict[str, Any]) -> str:
        changed = row.state != "live" or (row.record, row.region) != (values["record"], values["region"])
        for name, value in values.items():
            setattr(row, name, value)
        row.state = "live"
        if changed:
            row.version, row.updated_at = row.version + 1, self.now
        return CHANGED if changed else SAME


def offer_of(connector: Connector, raw: RawListing) -> dict[str, Any]:
    """
    What a listing offers, as it is kept: the wire form of `schemas.supply`.

    Raises:
        Skip: it is nothing that is kept. Unreadable: it cannot be read, or breaks the shape.
    """
    try:
        told = connector.supply(raw)
        record: dict[str, Any] = storable(_SCHEMA.dump(_SCHEMA.load(told)))
    except Skip:
        raise
    except Refused as wrong:
        raise Unreadable(wrong.rule, wrong.message) from wrong
    except ValidationError as error:
        path = _path(error.messages)
        raise Unreadable(f"supply:{path}", f"Barang yang ditawarkan tidak berbentuk seperti seharusnya: {path}.") from error
    except Exception as error:  # a connector's bug costs one listing, not the run
        raise Unreadable("connector_raised", f"Konektor gagal membaca data ini ({type(error).__name__}).") from error
    return record


def settle_supply(session: Session, source_id: int, named: Collection[str], *, changes_only: bool) -> None:
    """What a whole list that is proved complete did not name is no longer shown as on offer; nothing is deleted."""
    if changes_only:
        return
    unnamed = [row_id for reference, row_id in live_supply(session, source_id).items() if reference not in named]
    set_supply_state(session, unnamed, "missing")


def supply_in(skips: Counter[str]) -> int:
    """How many listings of a run were offers."""
    return sum(skips[told] for told in TOLD)


def _path(messages: Any) -> str:
    path: list[str] = []
    while isinstance(messages, dict) and messages:
        key, messages = next(iter(messages.items()))
        path.append("[]" if isinstance(key, int) else str(key))
    return ".".join(path)[:60]
