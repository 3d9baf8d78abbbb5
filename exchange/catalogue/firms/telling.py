"""A firm's row for a change, and how partners are told of it: segments and change feed of the firm and of its products."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.access.segments import PRODUCER, refresh_businesses, refresh_products
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.products import products_of_business

# members of a firm that its products' representations tell or depend on
IN_PRODUCTS = frozenset({*PRODUCER, "consented_on", "legal_form"})
LONGEST_KEY = 40


def locked_firm(session: Session, ident: str) -> BusinessRow:
    """
    The firm as it is now; two who change it follow each other.

    Raises:
        NotFound: there is none of that name.
    """
    query = select(BusinessRow).where(BusinessRow.ident == ident).execution_options(populate_existing=True)
    firm = session.scalars(query.with_for_update(of=BusinessRow)).first()
    if firm is None:
        raise NotFound(f"IKM {ident[:80]} tidak ada.", mend="Pilih dari daftar IKM.")
    return firm


def check_version(session: Session, row: Any, seen: int, kind: str, ident: str) -> None:
    """
    Refuse a change that was made before another one was seen.

    Raises:
        Conflict: the record has another version; facts: `changed`, member → value before and after, as far as it is on record.
    """
    if row.version == seen:
        return
    query = select(AuditRow).where(AuditRow.kind == kind, AuditRow.ident == ident).order_by(AuditRow.id.desc()).limit(20)
    changed: dict[str, Any] = {}
    for act in session.scalars(query):
        if act.facts.get("version", seen + 1) <= seen or _older(act.at, row.updated_at):
            break
        for member, values in (act.facts.get("changes") or {}).items():
            changed[member] = [values[0], changed[member][1] if member in changed else values[1]]
    raise Conflict(
        "Data ini sudah diubah petugas lain sejak halaman Anda dibuka; isian Anda belum disimpan.",
        mend="Baca yang berubah di bawah, lalu simpan lagi bila masih perlu.",
        changed=changed,
        version=row.version,
    )


def _older(at: datetime, since: datetime) -> bool:
    """Acts without a version (of an import) count where they are of the row's last change."""
    return (since - at).total_seconds() > 5


def form_key(said: str) -> str:
    """
    The key of a form that is to be taken once.

    Raises:
        BadRequest: it is none.
    """
    if not (8 <= len(said) <= LONGEST_KEY and said.isascii() and said.isalnum()):
        raise BadRequest("Formulir ini tidak lengkap.", mend="Muat ulang halaman, lalu isi lagi.")
    return said


def tell(session: Session, firm: BusinessRow, *, products: bool) -> int:
    """Make what others read of a firm anew and put it on the change feed; its products too where they carry news. How many products."""
    session.flush()
    refresh_businesses(session, [firm])
    if not products:
        return 0
    rows = products_of_business(session, firm.id)
    for row in rows:
        row.version += 1
        row.updated_at = utcnow()
    session.flush()
    refresh_products(session, rows)
    return len(rows)
