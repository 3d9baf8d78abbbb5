"""Under which agreement a deal may trade: in force on the day, with the buyer's region, and with an object that covers the product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.matching.periods import day_said
from exchange.store.agreements import AgreementObjectRow, AgreementRow, cases_with_objects
from exchange.store.trade import DealLineRow, DealRow

IN_FORCE = "pelaksanaan"
# words that stand for no agreement's name
AUTOMATIC, NONE = "otomatis", "tanpa"


@dataclass(frozen=True, slots=True)
class Under:
    """An agreement that fits a deal, with the object that covers each of its lines, by position; a line that none covers is left out."""

    agreement: AgreementRow
    objects: dict[int, AgreementObjectRow]


def covering(objects: Iterable[AgreementObjectRow], sector: str | None, kbli: str | None) -> AgreementObjectRow | None:
    """
    The object that a product belongs to, by the rule of `exchange.access.coverage.covers`: of its sector, or below its class of KBLI.

    Of several the one of the longest class, then the first in the text; None where none covers it.
    """
    fitting = [
        one for one in objects if (one.kbli and kbli and kbli.startswith(one.kbli)) or (one.sector and sector and one.sector == sector)
    ]
    return min(fitting, key=lambda one: (-_closeness(one, kbli), one.position), default=None)


def _closeness(one: AgreementObjectRow, kbli: str | None) -> int:
    return len(one.kbli) if one.kbli and kbli and kbli.startswith(one.kbli) else 0


def fitting(session: Session, region: str | None, lines: Sequence[DealLineRow], day: date) -> list[Under]:
    """
    The agreements that a deal may trade under on a day, the best first: more lines covered, the region itself before its province.

    region: of the buyer; nothing fits where it is unknown.
    """
    if region is None:
        return []
    near = {region, region.split(".")[0]}
    found = []
    for row, objects in cases_with_objects(session, [IN_FORCE], near):
        covered = {line.position: one for line in lines if (one := covering(objects, line.sector, line.kbli))}
        if covered and _runs(row, day):
            found.append(Under(row, covered))
    return sorted(found, key=lambda one: (-len(one.objects), one.agreement.region != region, one.agreement.ident))


def _runs(row: AgreementRow, day: date) -> bool:
    return row.starts_on is not None and row.ends_on is not None and row.starts_on <= day <= row.ends_on


def put_under(session: Session, deal: DealRow, lines: Sequence[DealLineRow], day: date, wanted: str = AUTOMATIC) -> str | None:
    """
    Put a deal under an agreement that fits on that day, or under none.

    wanted: `otomatis`: the one that it has where that still fits, else the best one; `tanpa`: none; else an agreement's name.

    Returns:
        The name of the agreement; None where it trades without one.

    Raises:
        BadRequest: the agreement that is wanted does not fit; the message says why as far as known.
    """
    found = {one.agreement.ident: one for one in fitting(session, deal.region, lines, day)}
    had = next((name for name, one in found.items() if one.agreement.id == deal.agreement_id), None)
    chosen = None if wanted == NONE else found.get(had or next(iter(found), "")) if wanted == AUTOMATIC else found.get(wanted)
    if chosen is None and wanted not in {AUTOMATIC, NONE}:
        raise BadRequest(
            f"Perjanjian {wanted[:20]} tidak dapat menaungi dagang ini pada {day_said(day)}.",
            mend=f"Yang cocok: {', '.join(found) or 'tidak ada'}. Syaratnya: dalam pelaksanaan pada hari itu, dengan daerah pembeli atau "
            "provinsinya, dan objeknya mencakup produknya.",
        )
    deal.agreement_id = chosen.agreement.id if chosen else None
    for line in lines:
        one = chosen.objects.get(line.position) if chosen else None
        line.object_position, line.commodity = (one.position, one.commodity) if one else (None, None)
    return chosen.agreement.ident if chosen else None
