"""
Demand that a partner brings itself: checked row by row, kept as any source's is, under a source of its own that nobody pulls.

The request lies in the archive as it came before anything of it is kept. What a row lacks is told to the partner at once, so that nothing
goes to quarantine. A partner asks for its own region alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm import Session

from exchange.access.partners import actor_of
from exchange.access.segments import refresh_demands
from exchange.demand.intake import Unfit, check, columns, ident_of
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow, demands_by_ids, rows_by_reference
from exchange.store.partners import PUSH, PartnerRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.archive import Archive
from exchange.sync.missing import withdraw
from schemas.demand import DemandSchema
from schemas.typed import mistyped

VERSION = "1"
_SHAPE = DemandSchema()
PUSHED = "pushed"  # the state of a source that nobody pulls
OUTCOMES = ("new", "changed", "unchanged", "refused")


class Outcome(NamedTuple):
    """
    What became of one row. position: from 0, in the request; reference: as far as it could be read; ident and version: of the demand;
    rule and detail: the first thing that is wrong with a refused row.
    """

    position: int
    outcome: str
    reference: str | None = None
    ident: str | None = None
    version: int | None = None
    rule: str | None = None
    detail: str | None = None

    def record(self) -> dict[str, Any]:
        """The outcome as it is answered; what does not apply is absent."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def source_of(session: Session, partner: PartnerRow) -> SourceRow:
    """The source under which a partner's demand is kept; made with its first one."""
    if partner.source_id is not None and (row := session.get(SourceRow, partner.source_id)):
        return row
    name = f"mitra-{partner.ident}"
    while source_by_name(session, name):  # an office may have called one of its sources so
        name += "-api"
    row = SourceRow(name=name, connector=PUSH, region=partner.region, state=PUSHED, decided_by=actor_of(partner.ident), decided_at=utcnow())
    session.add(row)
    session.flush()
    partner.source_id = row.id
    return row


def take(session: Session, partner: PartnerRow, records: Sequence[Any], answer: str, home_region: str) -> list[Outcome]:
    """
    Bring a partner's demand up to what N records say; one outcome for each, in their order.

    records: of the shape of DemandSchema, unchecked; the same reference twice: the later one holds. answer: digest of the request in the
    archive. A withdrawn demand whose reference is sent again is live again.
    """
    source = source_of(session, partner)
    checked = [_checked(position, record, source.region) for position, record in enumerate(records)]
    references = [values["reference"] for values in checked if isinstance(values, dict)]
    ids = rows_by_reference(session, source.id, list(dict.fromkeys(references)))
    known = {row.reference: row for row in demands_by_ids(session, list(ids.values()))}
    outcomes: list[Outcome] = []
    moved: dict[str, DemandRow] = {}
    for position, values in enumerate(checked):
        if isinstance(values, Outcome):
            outcomes.append(values)
            continue
        provenance = {"raw_answer": answer, "raw_position": position, "connector_version": VERSION}
        reference = values["reference"]
        row = known.get(reference)
        if row is None:
            its = {"ident": ident_of(source.name, reference), "source_id": source.id, "source": source, "state": "live", "version": 1}
            row = DemandRow(**its, **values, **provenance)
            session.add(row)
            known[reference], said = row, "new"
        else:
            said = _renew(row, values, provenance)
        if said != "unchanged":
            moved[row.ident] = row
        outcomes.append(Outcome(position, said, reference, row.ident, row.version))
    session.flush()
    refresh_demands(session, list(moved.values()), home_region)
    counts = {name: sum(one.outcome == name for one in outcomes) for name in OUTCOMES}
    audit(session, actor_of(partner.ident), "demand.push", "partner", partner.ident, **counts)
    return outcomes


def take_back(session: Session, partner: PartnerRow, row: DemandRow, home_region: str) -> None:
    """Withdraw one of a partner's own demands: a tombstone on the feed, its undecided matches retired."""
    withdraw(session, [row.id], home_region)
    audit(session, actor_of(partner.ident), "demand.withdraw", "demand", row.ident)


def keep_request(archive: Archive, body: bytes) -> str:
    """Keep the request as it came; its digest. Raises StorageFull where there is no room, before anything is saved."""
    return archive.keep(body)


def _checked(position: int, record: Any, region: str) -> dict[str, Any] | Outcome:
    """The row's columns, or why it is refused."""
    reference = record.get("reference") if isinstance(record, dict) else None
    said = reference if isinstance(reference, str) and reference.isprintable() and 0 < len(reference) <= 200 else None
    try:
        if not isinstance(record, dict):
            raise Unfit("schema:row", "Setiap baris harus berupa objek JSON.")
        if wrong := mistyped(_SHAPE, record):
            raise Unfit(f"schema:{wrong[0]}", f"{wrong[0]}: {wrong[1]}")
        loaded = check(record)
        if said is None:
            raise Unfit("schema:reference", "reference: 1 sampai 200 tanda yang dapat dicetak.")
        if loaded["region"] and loaded["region"] != region and not loaded["region"].startswith(f"{region}."):
            raise Unfit("region", f"region: mitra ini hanya untuk wilayah {region} dan yang di dalamnya.")
    except Unfit as unfit:
        return Outcome(position, "refused", said, rule=unfit.rule, detail=unfit.message)
    content = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return columns(loaded, region) | {"reference": said, "content_hash": Archive.digest(content)}


def _renew(row: DemandRow, values: dict[str, Any], provenance: dict[str, Any]) -> str:
    """Bring a known demand up to date; `changed` where anything that is shown of it did."""
    differs = any(getattr(row, name) != value for name, value in values.items() if name != "content_hash")
    if not differs and row.state == "live":
        return "unchanged"
    for name, value in {**values, **provenance}.items():
        setattr(row, name, value)
    row.state, row.missing_since, row.missing_runs, row.held_why = "live", None, 0, None
    row.version += 1
    row.updated_at = utcnow()
    return "changed"
