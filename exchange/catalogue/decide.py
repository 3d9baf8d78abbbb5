"""What staff decide about a doubt of an import: the one way in."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.access.segments import refresh_products
from exchange.catalogue.doubts import Doubt, checked, look_at, merged
from exchange.catalogue.product_rows import as_wire
from exchange.catalogue.valid import shown
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit, last_act
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow, apply_product, product_record, products_by_sku
from exchange.store.proposals import ASKED, ProposalRow
from schemas.reading.names import name_key

VERDICTS = ("apply", "create", "reject")
_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,59}")
_STATES = {"accepted": "diterima", "rejected": "ditolak"}


def decide_proposal(
    session: Session, proposal_id: int, verdict: str, actor: str, *, sku: str | None = None, version: int | None = None
) -> ProposalRow:
    """
    Decide about a proposal: `apply` its values to the product, `create` a product of them, or `reject` them.

    Whoever catches the error must let the session roll back; nothing of a refused decision may be kept.

    Args:
        sku: for a doubt about the product: the firm's product that `apply` means, or the code that `create` gives.
        version: the product's version that the decider saw; None where nothing was shown.

    Returns:
        The proposal, `accepted` or `rejected`, with who and when.

    Raises:
        NotFound: there is no such proposal, or its firm or product is gone.
        BadRequest: no such verdict for this kind, a SKU that is malformed or not the firm's, or values that the product
            cannot keep (facts: `members`).
        Conflict: decided already (facts: `state`, `decided_by`, `decided_at`), the product changed since `version`,
            the SKU is taken, or the firm has another product of that name.
    """
    if verdict not in VERDICTS:
        raise BadRequest(f"Keputusan {shown(verdict)} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(VERDICTS)}.")
    # locked: on PostgreSQL the second of two deciders waits here and then reads what the first decided
    row = session.get(ProposalRow, proposal_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"Usulan {proposal_id} tidak ada.", mend="Buka daftar usulan dan pilih dari sana.")
    if row.state != "waiting":
        raise _decided(row)
    if verdict == "reject":
        result: dict[str, Any] = {"state": "rejected"}
    else:
        product = _take(session, row, verdict, actor, sku.strip() if sku else None, version)
        result = {"state": "accepted", "sku": product.sku, "version": product.version}
    row.state, row.decided_by, row.decided_at = result["state"], actor, utcnow()
    audit(session, actor, f"proposal.{verdict}", "proposal", str(row.id), before={"state": "waiting"}, after=result)
    session.flush()
    return row


def _take(session: Session, row: ProposalRow, verdict: str, actor: str, sku: str | None, version: int | None) -> ProductRow:
    """Save the product that the verdict makes, with segments, feed and audit."""
    _lock_firm(session, row)
    if verdict == "create":
        doubt, sku = _new(session, row, sku)
        before: dict[str, Any] = {}
    else:
        doubt = _existing(session, row, sku, version)
        assert doubt.product is not None
        before, sku = product_record(doubt.product), doubt.product.sku
    assert doubt.firm is not None
    _only_one_of_that_name(doubt, row, sku)
    values = checked(merged(row.data, before, sku))
    product, state = apply_product(session, values, doubt.firm)
    if state == "unchanged":
        return product
    session.flush()
    refresh_products(session, [product])
    changed = {name: value for name, value in values.items() if before.get(name) != value}
    old = as_wire({name: before.get(name) for name in changed}) if before else None
    told = {"proposal": row.id, "origin": row.origin, **_found_in(session, row)}
    audit(session, actor, f"proposal.{verdict}", "product", sku, **told, before=old, after=as_wire(changed))
    return product


def _found_in(session: Session, row: ProposalRow) -> dict[str, Any]:
    """The row of the import that a doubt was found in, as acts of imports name it; nothing for doubts of before that was kept."""
    act = last_act(session, ASKED, "proposal", str(row.id), utcnow())
    return {} if act is None else {name: act.facts[name] for name in ("cell", "import") if name in act.facts}


def _lock_firm(session: Session, row: ProposalRow) -> None:
    """Two decisions about one firm follow each other, so that each reads the product and the SKUs that the other left."""
    query = select(BusinessRow.id).with_for_update(of=BusinessRow)
    if row.kind == "price":
        session.execute(query.join(ProductRow, ProductRow.business_id == BusinessRow.id).where(ProductRow.sku == row.key))
    else:
        session.execute(query.where(BusinessRow.nib == str(row.data.get("nib"))))


def _existing(session: Session, row: ProposalRow, sku: str | None, version: int | None) -> Doubt:
    if row.kind == "price":
        if sku not in {None, row.key}:
            raise BadRequest(f"Usulan ini tentang produk {row.key}, bukan {shown(sku)}.", mend="Terapkan pada produk itu, atau tolak.")
        (doubt,) = look_at(session, [row])
    elif sku is None:
        raise BadRequest("Produk yang dimaksud belum dipilih.", mend="Pilih salah satu produk usaha ini, atau jadikan produk baru.")
    else:
        (doubt,) = look_at(session, [row], {row.id: sku})
    if doubt.product is None:
        raise NotFound(f"Produk {row.key} tidak ada lagi di katalog.", mend="Tolak usulan ini.")
    if version is not None and doubt.product.version != version:
        raise Conflict(
            f"Produk {doubt.product.sku} berubah sejak halaman Anda dibuka; keputusan Anda belum disimpan.",
            mend="Baca keadaannya sekarang, lalu putuskan lagi.",
            version=doubt.product.version,
        )
    return doubt


def _new(session: Session, row: ProposalRow, sku: str | None) -> tuple[Doubt, str]:
    if row.kind != "product":
        raise BadRequest("Usulan harga tidak dapat menjadi produk baru.", mend="Terapkan, atau tolak.")
    if sku is None or not _SKU.fullmatch(sku):
        raise BadRequest(
            f"SKU “{shown(sku or '')}” tidak berbentuk kode.",
            mend="Pakai 1 sampai 60 huruf, angka, titik, garis atau garis miring tanpa spasi, misalnya CLG-LGM-004-05.",
        )
    (doubt,) = look_at(session, [row])
    if doubt.firm is None:
        raise NotFound("Usaha pemilik produk ini tidak ada di katalog.", mend="Impor usahanya dahulu, atau tolak usulan ini.")
    if taken := products_by_sku(session, [sku]).get(sku):
        raise Conflict(
            f"SKU {sku} sudah dipakai {taken.name} ({taken.business.name}).", mend=f"Pakai yang lain, misalnya {doubt.free_sku}."
        )
    return doubt, sku


def _only_one_of_that_name(doubt: Doubt, row: ProposalRow, sku: str) -> None:
    """An import finds products by name; two of one firm under one name would never be found again."""
    key = name_key(str(row.data.get("name", "")))
    same = next((each for each in doubt.own if each.sku != sku and name_key(each.name) == key), None)
    if row.kind == "product" and same is not None:
        raise Conflict(f"Usaha ini sudah punya produk bernama {same.name} ({same.sku}).", mend=f"Terapkan pada {same.sku}, atau tolak.")


def _decided(row: ProposalRow) -> Conflict:
    return Conflict(
        f"{row.decided_by} sudah memutuskan usulan ini: {_STATES.get(row.state, row.state)}. Keputusan Anda tidak disimpan.",
        mend="Tidak ada yang perlu diputuskan lagi.",
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
