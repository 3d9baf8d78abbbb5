"""
Monitoring visits: put on record once however often the form comes, changed with the version that was seen, followed up.

The newest visit of a firm gives the firm its day of visit, note, workers and training needs, as the workbook's columns do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from exchange.catalogue.firms.telling import form_key, locked_firm, tell
from exchange.catalogue.outcome import jsonable
from exchange.catalogue.training import COMMON
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow, apply_fields
from exchange.store.visits import FIELDS, VisitRow, visit_by_id, visit_by_key, visits_of

MACHINES: Final = ("good", "some_broken", "stopped", "none")
NEEDS: Final = tuple(sorted(COMMON))
LONGEST: Final = 2000
MOST_WORKERS: Final = 100_000
_TEXTS: Final = ("machines_note", "orders", "problems", "follow_up", "notes")


def add(session: Session, ident: str, key: str, said: Mapping[str, Any], *, actor: str, today: date) -> tuple[VisitRow, bool]:
    """
    Put a visit on record; with it whether it is new: the same form again is the same visit.

    said: members of `store.visits.FIELDS`, typed.

    Raises:
        NotFound: no such firm. BadRequest: it is not whole, or the form's key stands for a visit to another firm.
    """
    firm = locked_firm(session, ident)
    known = visit_by_key(session, form_key(key))
    if known is not None:
        if known.business_id != firm.id:
            raise BadRequest("Formulir ini tidak lengkap.", mend="Muat ulang halaman, lalu isi lagi.")
        return known, False
    values = checked(said, today)
    row = VisitRow(business_id=firm.id, form_key=key, officer=actor, made_by=actor, **values)
    session.add(row)
    session.flush()
    changes = {name: [None, jsonable(value)] for name, value in values.items() if value not in (None, [])}
    audit(session, actor, "visit.add", "visit", str(row.id), changes=changes, version=1)
    _carry(session, firm, row, actor, {})
    return row, True


def change(session: Session, ident: str, visit_id: int, seen: int, said: Mapping[str, Any], *, actor: str, today: date) -> VisitRow:
    """
    Change a visit, values before and after on record.

    Raises:
        NotFound: no such visit of the firm. BadRequest: it is not whole.
        Conflict: somebody changed it since; facts: `changed`, what of it is otherwise now than what was sent.
    """
    firm = locked_firm(session, ident)
    row = _visit(session, firm, visit_id)
    values = checked(said, today)
    if row.version != seen:
        now = {name: jsonable(getattr(row, name)) for name, value in values.items() if getattr(row, name) != value}
        raise Conflict(
            "Kunjungan ini sudah diubah petugas lain sejak halaman Anda dibuka; isian Anda belum disimpan.",
            mend="Bandingkan di bawah, lalu simpan lagi.",
            changed=now,
            version=row.version,
        )
    changes = {name: [jsonable(getattr(row, name)), jsonable(value)] for name, value in values.items() if getattr(row, name) != value}
    was = _told(row)
    if apply_fields(row, values) == "changed":
        audit(session, actor, "visit.change", "visit", str(row.id), changes=changes, version=row.version)
        _carry(session, firm, row, actor, was)
    return row


def follow(session: Session, ident: str, visit_id: int, *, actor: str, today: date) -> VisitRow:
    """
    Say that what was to follow a visit is done; a second time changes nothing.

    Raises:
        NotFound: no such visit of the firm. BadRequest: nothing was to follow.
    """
    firm = locked_firm(session, ident)
    row = _visit(session, firm, visit_id)
    if not row.follow_up:
        raise BadRequest("Kunjungan ini tidak meninggalkan tindak lanjut.", mend="Tulis dahulu tindak lanjutnya.")
    if row.followed_on is None:
        row.followed_on, row.followed_by = today, actor
        row.version += 1
        row.updated_at = utcnow()
        audit(session, actor, "visit.follow", "visit", str(row.id), changes={"followed_on": [None, today.isoformat()]}, version=row.version)
    return row


def checked(said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """
    What was said of a visit as it can be kept.

    Raises:
        BadRequest: the day is lacking or to come, a number or text is too large, a due day without what is due, or a value that is none.
    """
    values: dict[str, Any] = {name: said.get(name) for name in FIELDS} | {"training_needs": list(said.get("training_needs") or [])}
    for name in (*_TEXTS, "capacity_unit", "capacity_period", "machines"):
        values[name] = (values[name] or "").strip() or None
    if values["on"] is None or values["on"] > today:
        raise BadRequest("Hari kunjungan belum diisi atau belum tiba.", mend="Isi hari kunjungan, paling akhir hari ini.")
    if any(values[name] and len(values[name]) > LONGEST for name in _TEXTS):
        raise BadRequest("Isian terlalu panjang.", mend=f"Tulis paling banyak {LONGEST} huruf di tiap isian.")
    if values["capacity"] is not None and not (values["capacity_unit"] and values["capacity_period"]):
        raise BadRequest("Kapasitas belum bersatuan.", mend="Isi satuannya dan per apa, misalnya 40 kg per hari.")
    if values["capacity"] is not None and not 0 <= values["capacity"] < 10**9:
        raise BadRequest("Kapasitas itu di luar batas.", mend="Periksa angkanya.")
    if values["capacity"] is None:
        values["capacity_unit"] = values["capacity_period"] = None
    elif values["capacity"].as_tuple().exponent < -6 or len(values["capacity_unit"]) > 80:
        raise BadRequest("Kapasitas itu di luar batas.", mend="Periksa angkanya.")
    if values["workers"] is not None and not 0 <= values["workers"] <= MOST_WORKERS:
        raise BadRequest("Jumlah tenaga kerja itu di luar batas.", mend="Periksa angkanya.")
    if values["machines"] not in {None, *MACHINES} or values["capacity_period"] not in {None, "hari", "minggu", "bulan", "tahun"}:
        raise BadRequest("Formulir ini tidak lengkap.", mend="Muat ulang halaman, lalu isi lagi.")
    if any(len(need) > 80 for need in values["training_needs"]) or len(values["training_needs"]) > 40:
        raise BadRequest("Kebutuhan pelatihan terlalu banyak atau terlalu panjang.", mend="Pilih dari daftar.")
    if (values["follow_up"] is None) != (values["due_on"] is None):
        raise BadRequest("Tindak lanjut dan tenggatnya saling memerlukan.", mend="Isi kedua-duanya, atau kosongkan kedua-duanya.")
    return values


def _visit(session: Session, firm: BusinessRow, visit_id: int) -> VisitRow:
    row = visit_by_id(session, visit_id, lock=True)
    if row is None or row.business_id != firm.id:
        raise NotFound("Kunjungan itu tidak ada.", mend="Pilih dari halaman IKM-nya.")
    return row


def _told(row: VisitRow) -> dict[str, Any]:
    """What a visit tells of its firm, by the firm's members."""
    note = "\n".join(text for text in (row.problems, row.notes) if text) or None
    return {"visited_on": row.on, "visit_note": note, "workers": row.workers, "training_needs": row.training_needs}


def _carry(session: Session, firm: BusinessRow, row: VisitRow, actor: str, was: Mapping[str, Any]) -> None:
    """
    What the newest visit tells goes to the firm; a workbook's newer visit is kept.

    was: what the visit told before: where it is emptied now, so is the firm that still says it.
    """
    if visits_of(session, firm.id, 1)[0].id != row.id or (firm.visited_on is not None and firm.visited_on > row.on):
        return
    said = _told(row).items()
    fresh = {name: value for name, value in said if value not in (None, []) or (name in was and getattr(firm, name) == was[name])}
    changes = {name: [jsonable(getattr(firm, name)), jsonable(value)] for name, value in fresh.items() if getattr(firm, name) != value}
    if apply_fields(firm, fresh) == "changed":
        audit(session, actor, "visit.carry", "business", firm.ident, visit=row.id, changes=changes, version=firm.version)
        tell(session, firm, products=False)
