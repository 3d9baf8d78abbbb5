"""The report of one agreement in one period: targets against what was traded, obstacles with what follows, and to whom it goes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exchange.agreements.oversight import route
from exchange.errors import BadRequest
from exchange.reports import letters, words
from exchange.reports.case_view import CaseView
from exchange.reports.facts import Signatory
from exchange.reports.report import Addressee, CommodityLine, FirmLine, LaporanFacts, Obstacle
from exchange.reports.report_sheet import workbook
from exchange.settings import Settings
from exchange.store.agreements import AgreementRow, objects_of, steps_of
from exchange.trade.realised import Line, Scope, realised
from schemas.units import convert, unit_of_code

KIND = "laporan_kerja_sama"


@dataclass(frozen=True, slots=True)
class Pack:
    """One report: for Word, as a PDF (final where nothing is missing, else a draft that shows its blanks) and as a workbook."""

    facts: LaporanFacts
    missing: tuple[str, ...]

    def docx(self) -> bytes:
        """For Word."""
        return letters.draft_docx(KIND, self.facts)

    def pdf(self) -> bytes:
        """To read and to send."""
        return letters.draft_pdf(KIND, self.facts) if self.missing else letters.final_pdf(KIND, self.facts)

    def xlsx(self) -> bytes:
        """To reckon with."""
        return workbook(self.facts)

    def zipped(self, name: str) -> bytes:
        """All three in one file, each under that name."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
            for ending, body in (("docx", self.docx()), ("pdf", self.pdf()), ("xlsx", self.xlsx())):
                at = self.facts.origin.made_at
                box.writestr(zipfile.ZipInfo(f"{name}.{ending}", (at.year, at.month, at.day, at.hour, at.minute, at.second)), body)
        return out.getvalue()


def pack_of(
    session: Session,
    row: AgreementRow,
    settings: Settings,
    since: date,
    until: date,
    at: datetime,
    *,
    number: str | None = None,
    signer: str | None = None,
    title: str | None = None,
) -> Pack:
    """
    The report of a case, both days included. at: when it is made, with a zone; number: of the report; signer,
    title: who signs; None: not known.

    Raises:
        BadRequest: the period ends before it begins.
    """
    if until < since:
        raise BadRequest("Masa laporan berakhir sebelum mulai.", mend="Tukar kedua tanggalnya.")
    case = CaseView(row, objects_of(session, [row.id])[row.id], settings, at)
    traded = realised(session, ("commodity", "firm"), Scope(agreement=row.ident, since=since, until=until))
    commodities = _commodities(case, traded)
    way = route(row.instrument, settings.home_region, row.region)
    numbers = [case.text(name) for name in ("nomor_pks_kami", "nomor_pks_mitra", "nomor_kb_kami", "nomor_nk")]
    facts = LaporanFacts(
        origin=case.origin, office=case.office, number=number, agreement=row.title,
        agreement_number=next((one for one in numbers if one), None),
        partner=row.counterpart, starts=since, ends=until, summary=_summary(commodities, traded, since, until), commodities=commodities,
        firms=tuple(_firm(line) for line in traded), obstacles=_obstacles(session, row, since, until),
        addressees=(
            *(Addressee(who=who, basis=way.article, verified=way.verified) for who in way.reports),
            *(Addressee(who=f"{who} (tembusan)", basis=way.article, verified=way.verified) for who in way.copies),
        ),
        place=case.place, day=at.date(), signatory=Signatory(name=signer, title=title),
    )  # fmt: skip
    return Pack(facts, tuple(letters.missing(KIND, facts)))


def _word(code: str | None) -> str | None:
    unit = unit_of_code(code or "")
    return unit.name if unit else code


def _commodities(case: CaseView, traded: Iterable[Line]) -> tuple[CommodityLine, ...]:
    """Each object with its target; what was traded in a unit that cannot be counted in the target's stands on a line of its own."""
    lines = []
    traded = list(traded)
    for one in case.objects:
        mine = [line for line in traded if line.position == one.position]
        # without a target that has a unit, what was traded tells the unit
        unit = one.unit or next((line.unit for line in mine if line.unit), None)
        want = unit_of_code(unit or "")
        counted, value, apart = Decimal(0), Decimal(0), dict[str | None, Decimal]()
        for line in mine:
            have = unit_of_code(line.unit or "")
            amount = line.sums.realised if line.unit == unit else convert(line.sums.realised, have, want) if have and want else None
            value += line.sums.realised_value
            if amount is None:
                apart[line.unit] = apart.get(line.unit, Decimal(0)) + line.sums.realised
            else:
                counted += amount
        lines.append(CommodityLine(
            commodity=one.commodity, unit=_word(unit) or "–", target=one.quantity, realised=counted, target_value=one.value,
            realised_value=value,
        ))  # fmt: skip
        lines += [
            CommodityLine(commodity=f"{one.commodity} (satuan lain)", unit=_word(other) or "–", realised=amount)
            for other, amount in apart.items()
            if amount
        ]
    return tuple(lines)


def _firm(line: Line) -> FirmLine:
    return FirmLine(
        firm=line.firm_name,
        commodity=line.commodity,
        unit=_word(line.unit),
        realised=line.sums.realised,
        realised_value=line.sums.realised_value,
    )


def _obstacles(session: Session, row: AgreementRow, since: date, until: date) -> tuple[Obstacle, ...]:
    """What was reported as obstacles in the period, with what follows."""
    found = []
    for step in steps_of(session, row.id):
        told = step.after.get("facts", {})
        if step.step == "laporkan" and since <= step.at.date() <= until:
            facts = {name: told.get(name) or row.facts.get(name) for name in ("hambatan", "tindak_lanjut_laporan")}
            found.append(Obstacle(what=facts["hambatan"], follow_up=facts["tindak_lanjut_laporan"]))
    return tuple(found)


def _summary(commodities: Iterable[CommodityLine], traded: Iterable[Line], since: date, until: date) -> str:
    lines = list(traded)
    value = sum((line.sums.realised_value for line in lines), Decimal(0))
    firms = len({line.firm for line in lines if line.sums.realised})
    targets = sum(1 for line in commodities if line.target is not None or line.target_value is not None)
    return (
        f"Dari {words.day(since)} sampai dengan {words.day(until)} terealisasi {words.money(value)} dari {firms} industri kecil dan "
        f"menengah; {targets} komoditas bertarget."
    )
