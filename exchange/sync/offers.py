"""What a source offers, listing by listing: kept apart as its region's supply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.demand.intake import kept_reference, storable
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow, live_supply, set_supply, supply_by_reference
from exchange.sync.increments import take_back
from exchange.sync.known import Known
from exchange.sync.missing import Before, Kind, Missing, settle_kind
from exchange.sync.report import Report
from schemas.supply import SupplySchema

_SCHEMA = SupplySchema()
# what became of a listing, as the report tells it among those that are no demand
NEW, CHANGED, SAME, GONE = (
    f"Barang yang ditawarkan, dicatat sebagai pasokan ({what})." for what in ("baru", "berubah", "tetap", "dicabut")
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
        if raw.gone:
            return GONE  # `settle_supply` takes it back once the run is proved complete
        reference = kept_reference(raw.reference)
        row = self.rows.get(reference)
        if row is not None and row.missing_since is not None:
            row.missing_since, row.missing_runs, row.held_why = None, 0, None
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


def _mark(session: Session, row_ids: Sequence[int], since: datetime, why: str, _home_region: str) -> None:
    set_supply(session, row_ids, {"missing_since": since, "missing_runs": 1, "held_why": why}, SupplyRow.missing_since.is_(None))


def lose(session: Session, row_ids: Sequence[int], _home_region: str) -> int:
    """No longer show these as on offer, since their source names them no more; nothing is deleted. Returns how many."""
    set_supply(session, row_ids, {"state": "missing", "held_why": None})
    return len(row_ids)


def _take_back(session: Session, row_ids: Sequence[int], _home_region: str) -> int:
    changed = {"version": SupplyRow.version + 1, "updated_at": utcnow()}
    set_supply(session, row_ids, {"state": "withdrawn", "held_why": None} | changed)
    return len(row_ids)


OFFERS = Kind(SupplyRow, "barang yang ditawarkan", _mark, lose, _take_back)


def settle_supply(
    session: Session,
    source_id: int,
    known: Known,
    changes_only: bool,
    before: Before,
    now: datetime,
    settings: Settings,
    report: Report,
) -> None:
    """
    Decide about the offers that a run proved complete did not name, and about those that their source took back, as about demands; after
    `settle_gone`, whose counts it adds to.

    changes_only: the run named only what changed; then those are missing that were so before.
    """
    before = before._replace(shown=known.offers_before.shown)
    shown = live_supply(session, source_id)
    unnamed = [its for reference, its in shown.items() if reference not in known.offered]
    first = [] if changes_only else [row_id for row_id, is_missing in unnamed if not is_missing]
    missing = Missing(first, [row_id for row_id, is_missing in unnamed if is_missing])
    _lost, undecided = settle_kind(session, OFFERS, missing, before, now, settings, report)
    gone = [shown[reference][0] for reference in sorted(known.gone & shown.keys())]
    _taken, held = take_back(session, OFFERS, gone, before, now, settings, report)
    report.undecided_offers = undecided + held
    report.undecided += report.undecided_offers


def supply_in(skips: Counter[str]) -> int:
    """How many listings of a run were offers."""
    return sum(skips[told] for told in TOLD)


def _path(messages: Any) -> str:
    path: list[str] = []
    while isinstance(messages, dict) and messages:
        key, messages = next(iter(messages.items()))
        path.append("[]" if isinstance(key, int) else str(key))
    return ".".join(path)[:60]
