"""The one way in which a version of a price list is recorded, and how versions are read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy.orm import Session

from exchange.access.segments import canonical_time
from exchange.agreements.case import Case
from exchange.agreements.node import Node
from exchange.agreements.opens import follow
from exchange.agreements.prices import basis
from exchange.agreements.prices.basis import Ground
from exchange.agreements.prices.lines import Fault, Line, Term, faults, refuse
from exchange.agreements.steps import case_of, named
from exchange.errors import BadRequest, Mismatch
from exchange.store.agreements import AgreementObjectRow, AgreementRow, AgreementStepRow, objects_of, steps_of
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.prices import PriceListRow, PriceRow, lines_of_list, lists_of
from exchange.store.products import ProductRow, products_by_sku


def term_of(case: Case) -> Term:
    """The days of the contract, as its text or its signature says."""
    return Term(case.day("pks_mulai"), case.day("pks_berakhir"))


def addenda_of(steps: Sequence[AgreementStepRow]) -> list[tuple[str, date]]:
    """Number and day of each addendum on record, in their order."""
    found = []
    for step in steps:
        facts = step.after.get("facts") or {}
        if step.step == "adendum" and facts.get("nomor_adendum") and facts.get("tanggal_adendum"):
            found.append((str(facts["nomor_adendum"]).strip(), date.fromisoformat(str(facts["tanggal_adendum"]))))
    return found


def covered_by(objects: Sequence[AgreementObjectRow], products: Iterable[ProductRow]) -> frozenset[str] | None:
    """The SKUs of products that are objects of the case, by the rule of `access.coverage.covers`; None where it has no objects yet."""
    if not objects:
        return None
    codes = tuple(one.kbli for one in objects if one.kbli)
    sectors = {one.sector for one in objects if one.sector and not one.kbli}
    return frozenset(row.sku for row in products if (row.kbli or "").startswith(codes) or row.sector in sectors)


def wrong_with(session: Session, row: AgreementRow, lines: Sequence[Line]) -> list[Fault]:
    """What keeps these lines from being the case's next version."""
    products = products_by_sku(session, {line.sku for line in lines})
    objects = objects_of(session, [row.id])[row.id]
    return faults(lines, products, covered_by(objects, products.values()), term_of(case_of(row, objects)))


def record(
    session: Session, node: Node, ident: str, lines: Sequence[Line], ground: Ground, *, seen: int, actor: str, on: date
) -> PriceListRow:
    """
    Record the next version of a case's list; what it opens follows in the same transaction.

    seen: number of the newest version as the caller saw it, 0 for none.

    Raises:
        NotFound: no such case. Mismatch: somebody was faster. Conflict: the case takes none now. BadRequest: the ground or a line; facts
        then: errors.
    """
    row = named(session, ident, lock=True)
    before = lists_of(session, row.id)
    newest = before[-1] if before else None
    if seen != (newest.number if newest else 0):
        raise Mismatch(
            f"Daftar harga {ident} sudah berubah: yang dibaca versi {seen}, sekarang versi {newest.number if newest else 0}.",
            mend="Muat ulang daftarnya, lalu ulangi perubahan Anda.",
        )
    kept = basis.check(case_of(row, objects_of(session, [row.id])[row.id]), ground, len(before), addenda_of(steps_of(session, row.id)), on)
    if not lines:
        raise BadRequest("Daftar harga tanpa baris tidak dapat dicatat.", mend="Isi sedikitnya satu produk dan harganya.")
    refuse(wrong_with(session, row, lines))
    made = PriceListRow(
        agreement_id=row.id, number=len(before) + 1, since=kept.since, basis=kept.basis, reference=kept.reference, note=kept.note,
        made_by=actor[:80], made_at=utcnow().replace(microsecond=0), digest="",
    )  # fmt: skip
    made.digest = digest_of(newest.digest if newest else "", made, lines)
    session.add(made)
    session.flush()
    session.add_all(
        PriceRow(
            list_id=made.id, position=place, sku=line.sku, unit=line.unit, unit_said=line.unit_said, price=line.price,
            quantity_min=line.quantity_min, quantity_max=line.quantity_max, valid_from=line.valid_from, valid_until=line.valid_until,
            note=line.note,
        )
        for place, line in enumerate(lines, 1)
    )  # fmt: skip
    session.flush()
    told = {"version": made.number, "basis": kept.basis, "since": kept.since and kept.since.isoformat(), "lines": len(lines)}
    audit(session, actor, "agreement.prices", "agreement", row.ident, **told, digest=made.digest)
    follow(session, node.rules, row, on, actor=actor)
    return made


def digest_of(before: str, row: PriceListRow, lines: Sequence[Line]) -> str:
    """The digest of a version behind another one: SHA-256 over that one's digest and this one's canonical JSON."""
    said: dict[str, Any] = {
        "number": row.number, "since": row.since and row.since.isoformat(), "basis": row.basis, "reference": row.reference,
        "note": row.note, "made_by": row.made_by, "made_at": canonical_time(row.made_at), "lines": [line.as_json() for line in lines],
    }  # fmt: skip
    return hashlib.sha256(before.encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def lines_of(session: Session, row: PriceListRow | None) -> list[Line]:
    """The lines of a version; none of no version."""
    return [] if row is None else [line_of(one) for one in lines_of_list(session, row.id)]


def line_of(row: PriceRow) -> Line:
    """A line as a value."""
    return Line(
        sku=row.sku, unit=row.unit, unit_said=row.unit_said, price=row.price, quantity_min=row.quantity_min, quantity_max=row.quantity_max,
        valid_from=row.valid_from, valid_until=row.valid_until, note=row.note,
    )  # fmt: skip


def is_whole(versions: Sequence[PriceListRow], row: PriceListRow, lines: Sequence[Line]) -> bool:
    """Whether a version with these lines is what was recorded behind the one before it; versions: of its case."""
    before = next((one.digest for one in versions if one.number == row.number - 1), "" if row.number == 1 else None)
    return before is not None and digest_of(before, row, lines) == row.digest


def broken_version(session: Session, row: AgreementRow) -> int | None:
    """The number of the first version that is not what was recorded, or where one is missing; None where all are whole."""
    before = ""
    for place, version in enumerate(lists_of(session, row.id), 1):
        if version.number != place or digest_of(before, version, lines_of(session, version)) != version.digest:
            return place
        before = version.digest
    return None
