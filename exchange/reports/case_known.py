"""A case with all that its papers are made from, and the pieces that several of them share: parties, goods, numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exchange.agreements.oversight import province
from exchange.reports.facts import Good, Office, Party, Signatory
from exchange.reports.kinds import Origin
from exchange.store.agreement_board import Under
from exchange.store.agreements import AgreementObjectRow, AgreementRow
from schemas.codes import region as region_named
from schemas.fields import plain
from schemas.units import unit_of_code

HEADS = frozenset({"kepala_daerah", "pimpinan_pihak_ketiga", "menteri"})


@dataclass(frozen=True, kw_only=True)
class CaseKnown:
    """A case with what its papers are made from. home: Kemendagri code; office: the name of the office here, contact: its mailbox."""

    row: AgreementRow
    objects: Sequence[AgreementObjectRow] = ()
    under: Sequence[Under] = ()
    home: str
    office: str | None = None
    contact: str | None = None
    addenda: int = 0

    def text(self, *names: str) -> str | None:
        """The first of these fields that is filled in."""
        return next((str(self.row.facts[name]) for name in names if self.row.facts.get(name)), None)

    def lines(self, name: str) -> tuple[str, ...]:
        """A text as its lines, without the marks of a list."""
        said = str(self.row.facts.get(name) or "")
        return tuple(clean for line in said.splitlines() if (clean := re.sub(r"^\s*(?:[-•*]|\d+[.)])\s+", "", line).strip()))

    def day(self, name: str) -> date | None:
        """A field that is a day."""
        said = self.row.facts.get(name)
        return date.fromisoformat(said) if isinstance(said, str) and said else None

    @property
    def third(self) -> bool:
        """Whether the other side is a third party."""
        return self.row.instrument == "ksdpk"


def origin(known: CaseKnown) -> Origin:
    """What a paper of the case is made from: its version, and when that came to be."""
    return Origin(case=known.row.ident, version=str(known.row.version), made_at=known.row.updated_at)


def government(code: str | None) -> str | None:
    """The government of a region, “Pemerintah Kota Cilegon”; None where no list names it."""
    named = region_named(code) if code else None
    if named is None:
        return None
    bare = named.name if named.parent or named.name.startswith("Provinsi") else f"Provinsi {named.name}"
    return f"Pemerintah {bare}"


def head(known: CaseKnown) -> str | None:
    """The head of region here by his position."""
    named = region_named(known.home)
    if named is None:
        return None
    title, _kind, bare = ("Gubernur", "", named.name) if named.parent is None else named.name.partition(" ")
    called = {"Kota": "Wali Kota", "Kabupaten": "Bupati"}.get(title, title)
    return f"{called} {bare}"


def office(known: CaseKnown, *, own: bool = True) -> Office:
    """The head of a paper; own: the office's, else the head of region's."""
    return Office(government=government(known.home), name=known.office if own else None, contact=known.contact)


def signs(known: CaseKnown, field: str, side: str) -> Signatory | None:
    """The first of a side who signs by that field; None where nobody is known yet."""
    signers = known.row.facts.get(field)
    one = next((one for one in signers if one.get("pihak") == side), None) if isinstance(signers, list) else None
    if one is None:
        return None
    mandated = date.fromisoformat(one["kuasa_tanggal"]) if one.get("kuasa_tanggal") else None
    return Signatory(
        name=one["nama"], title=one["jabatan"], head=one["peran"] in HEADS, mandate_number=one.get("kuasa_nomor"), mandate_day=mandated
    )


def parties(known: CaseKnown, field: str, ours: str | None = None, theirs: str | None = None) -> tuple[Party, Party]:
    """Both sides of a paper; field: who signs it; ours, theirs: the fields of its numbers."""
    first = Party(
        name=government(known.home), paper_number=known.text(ours) if ours else None,
        signatory=signs(known, field, "kami") or Signatory(title=head(known)), contact_office=known.office, contact_mail=known.contact,
    )  # fmt: skip
    second = Party(
        name=known.row.counterpart, paper_number=known.text(theirs) if theirs else None,
        signatory=signs(known, field, "mitra") or Signatory(),
    )  # fmt: skip
    return first, second


def goods(known: CaseKnown) -> tuple[Good, ...]:
    """The objects with their targets; needs and capacities from the matches of the product of that name."""
    return tuple(_good(known, one) for one in known.objects)


def _good(known: CaseKnown, one: AgreementObjectRow) -> Good:
    unit = unit_of_code(one.unit) if one.unit else None
    matched = [match for match in known.under if match.offered is not None and match.offered.name[:200] == one.commodity]
    needs = dict.fromkeys(
        item["quantity"]["said"]
        for match in matched
        if match.wanted is not None
        for item in match.wanted.items
        if item.get("quantity") and len(match.wanted.items) == 1
    )
    products = {match.offered.sku: match.offered for match in matched if match.offered is not None}.values()
    able = [
        f"{plain(product.capacity_max).replace('.', ',')} {product.unit_said or ''} per {product.capacity_period}"
        for product in products
        if product.capacity_max is not None and product.capacity_period
    ]
    makers = dict.fromkeys(product.business.name for product in products)
    return Good(
        commodity=one.commodity, quantity=one.quantity, unit=unit.name if unit else one.unit, maker="; ".join(makers) or None,
        need="; ".join(needs) or None, capacity="; ".join(able) or None,
    )  # fmt: skip


def same_province(known: CaseKnown) -> bool | None:
    """Whether both sides lie in one province; None where the other is no region."""
    return province(known.home) == province(known.row.region) if known.row.region else None


def numbers(known: CaseKnown, paper: str) -> str | None:
    """The numbers of both sides of a paper in one text."""
    return " dan ".join(filter(None, (known.text(f"nomor_{paper}_kami"), known.text(f"nomor_{paper}_mitra")))) or None
