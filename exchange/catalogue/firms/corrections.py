"""
What a firm says is wrong about it or its products: kept in its own words, decided by staff, published in the transaction that decides.

Only fields that the office publishes can be put right here. The NIB, which names a firm in every workbook, is put right by an import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.access.policy import BUSINESS, PRODUCT, Tier
from exchange.access.segments import refresh_products
from exchange.catalogue.firms.telling import IN_PRODUCTS, check_version, form_key, locked_firm, tell
from exchange.catalogue.outcome import jsonable
from exchange.catalogue.product_rows import as_wire
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow, apply_fields, business_record
from exchange.store.consents import WAITING, CorrectionRow, sent_before
from exchange.store.products import ProductRow, product_record, products_by_sku, products_of_business
from schemas.business import BusinessSchema
from schemas.product import ProductSchema
from schemas.reading.names import name_key
from schemas.reading.text import read_list

LONGEST: Final = 2000
_SCHEMAS: Final[Mapping[str, Schema]] = {"business": BusinessSchema(), "product": ProductSchema()}
_FIXED: Final = frozenset({"ident", "sku", "nib", "is_sample", "photo", "kbli_edition", "kbki_edition", "hs_edition"})


def _correctable(kind: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    known = _SCHEMAS[kind].fields
    return tuple(name for name, tiers in table.items() if name in known and name not in _FIXED and Tier.CONTRACTED in tiers)


FIELDS: Final[Mapping[str, tuple[str, ...]]] = {"business": _correctable("business", BUSINESS), "product": _correctable("product", PRODUCT)}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a firm asks. kind, ident: the record; field: of `FIELDS`; said: what is wrong; wanted: what it should be; key: of the form."""

    kind: str
    ident: str
    field: str
    said: str
    wanted: str
    on: date | None
    key: str


def shape_of(kind: str, field: str) -> str:
    """How a field is typed: `choice`, `list`, `day`, `whole`, `number`, `degrees` or `text`."""
    its = _SCHEMAS[kind].fields[field]
    if isinstance(its, fields.List):
        return "list"
    if choices_of(kind, field):
        return "choice"
    if isinstance(its, fields.Date):
        return "day"
    if isinstance(its, fields.Integer):
        return "whole"
    if isinstance(its, fields.Float):
        return "degrees"
    return "number" if isinstance(its, fields.Decimal) else "text"


def choices_of(kind: str, field: str) -> tuple[str, ...]:
    """The words that a field takes; empty where it takes any."""
    for rule in _SCHEMAS[kind].fields[field].validators:
        if isinstance(rule, validate.OneOf):
            return tuple(each for each in rule.choices if each is not None)
    return ()


def ask(session: Session, ident: str, asking: Asking, *, actor: str, today: date) -> bool:
    """
    Keep what a firm asks until staff decide; False where this very form was taken before.

    Raises:
        NotFound: no such firm, or the product is none of its. BadRequest: it is not whole.
    """
    firm = locked_firm(session, ident)
    if sent_before(session, CorrectionRow, form_key(asking.key)):
        return False
    if asking.field not in FIELDS.get(asking.kind, ()):
        raise BadRequest("Bagian yang dikoreksi belum dipilih.", mend="Pilih bagian yang menurut usaha keliru.")
    record = _record(session, firm, asking.kind, asking.ident)[1]
    said, wanted = asking.said.strip(), asking.wanted.strip()
    if not said or not wanted:
        raise BadRequest("Tulis apa yang keliru dan bagaimana seharusnya.", mend="Isi kedua-duanya dengan kata usaha itu.")
    if max(len(said), len(wanted)) > LONGEST:
        raise BadRequest("Isian koreksi terlalu panjang.", mend=f"Tulis paling banyak {LONGEST} huruf.")
    if asking.on is None or asking.on > today:
        raise BadRequest("Tanggal koreksi diminta belum diisi atau belum tiba.", mend="Isi hari usaha memintanya, paling akhir hari ini.")
    row = CorrectionRow(
        business_id=firm.id, kind=asking.kind, ident=asking.ident, field=asking.field, said=said, wanted=wanted, asked_on=asking.on,
        stood={"value": as_wire(record)[asking.field]}, form_key=asking.key, made_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit(session, actor, "correction.ask", asking.kind, asking.ident, correction=row.id, field=asking.field)
    return True


def decide(
    session: Session, ident: str, correction_id: int, seen: int, *, apply: bool, value: Any, reason: str, actor: str
) -> CorrectionRow:
    """
    Apply a correction, with provenance and news to partners in the same transaction, or decline it with a reason.

    Args:
        seen: the version of the record that the decider saw. value: what the field is to be, typed as `shape_of` says.

    Raises:
        NotFound: no such firm, product or correction. Conflict: decided already, or the record changed since it was seen.
        BadRequest: the value does not fit the field, or a reason is lacking.
    """
    firm = locked_firm(session, ident)
    query = select(CorrectionRow).where(CorrectionRow.id == correction_id, CorrectionRow.business_id == firm.id)
    row = session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("Koreksi itu tidak ada.", mend="Pilih dari halaman IKM-nya.")
    if row.state != WAITING:
        raise Conflict("Koreksi ini sudah diputuskan; keputusan Anda tidak disimpan.", mend="Tidak ada yang perlu diputuskan lagi.")
    if apply:
        _apply(session, firm, row, seen, value, actor)
    elif not reason.strip():
        raise BadRequest("Alasan tidak menerapkannya belum diisi.", mend="Tulis alasannya; usaha berhak mengetahuinya.")
    else:
        audit(
            session, actor, "correction.decline", row.kind, row.ident, correction=row.id, field=row.field, reason=reason.strip()[:LONGEST]
        )
    row.state, row.reason = ("applied" if apply else "declined"), reason.strip()[:LONGEST] or None
    row.decided_by, row.decided_at = actor, utcnow()
    session.flush()
    return row


def _apply(session: Session, firm: BusinessRow, row: CorrectionRow, seen: int, value: Any, actor: str) -> None:
    target, record = _record(session, firm, row.kind, row.ident)
    check_version(session, target, seen, row.kind, row.ident)
    if value in (None, "", []):
        raise BadRequest("Isian yang benar masih kosong.", mend="Tulis isi yang benar, atau jangan terapkan.")
    wire = as_wire(record) | {row.field: _as_wire(value)}
    try:
        fresh = _SCHEMAS[row.kind].load(wire)[row.field]
    except ValidationError as error:
        names = ", ".join(sorted(error.messages_dict))
        raise BadRequest(f"Isian itu tidak dapat dipakai untuk bagian {names}.", mend="Betulkan isiannya, lalu terapkan lagi.") from error
    if (row.kind, row.field) == ("product", "name"):
        _only_one_of_that_name(session, firm, row.ident, fresh)
    before = record[row.field]
    state = apply_fields(target, {row.field: fresh})
    changes = {} if state == "unchanged" else {row.field: [jsonable(before), jsonable(fresh)]}
    audit(session, actor, "correction.apply", row.kind, row.ident, correction=row.id, changes=changes, version=target.version)
    if state == "unchanged":
        return  # it stands so already; that it was decided is on record all the same
    if row.kind == "business":
        tell(session, firm, products=row.field in IN_PRODUCTS)
    else:
        session.flush()
        refresh_products(session, [target])


def _only_one_of_that_name(session: Session, firm: BusinessRow, sku: str, name: str) -> None:
    """An import finds products by name; two of one firm under one name would never be found again."""
    same = next(
        (each for each in products_of_business(session, firm.id) if each.sku != sku and name_key(each.name) == name_key(name)), None
    )
    if same is not None:
        raise BadRequest(f"Usaha ini sudah punya produk bernama {same.name} ({same.sku}).", mend="Pakai nama lain, atau jangan terapkan.")


def _as_wire(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def listed(text: str) -> list[str]:
    """A list as it was typed, each once."""
    return list(dict.fromkeys(read_list(text)))


def _record(session: Session, firm: BusinessRow, kind: str, ident: str) -> tuple[Any, dict[str, Any]]:
    if kind == "business":
        return firm, business_record(firm)
    product: ProductRow | None = products_by_sku(session, [ident]).get(ident)
    if product is None or product.business_id != firm.id:
        raise NotFound(f"Produk {ident[:60]} bukan produk usaha ini.", mend="Pilih dari produk usaha ini.")
    return product, product_record(product)
