"""
Monitoring visits: put on record once however often the form comes, changed with the version that was seen, followed up.

The newest visit of a firm gives the firm its day of visit and note, as the workbook's columns do; workers and training needs come of the
newest visit that says them.
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
from exchange.store.audit import audit, history
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow, apply_fields
from exchange.store.visits import FIELDS, VisitRow, visit_by_id, visit_by_key, visits_of

MACHINES: Final = ("good", "some_broken", "stopped", "none")
NEEDS: Final = tuple(sorted(COMMON))
LONGEST: Final = 2000
MOST_WORKERS: Final = 100_000
LOOKED_AT: Final = 200  # acts of one firm
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
    values, before = checked(said, today), _told(session, firm)
    row = VisitRow(business_id=firm.id, form_key=key, officer=actor, made_by=actor, **values)
    session.add(row)
    session.flush()
    changes = {name: [None, jsonable(value)] for name, value in values.items() if value not in (None, [])}
    audit(session, actor, "visit.add", "visit", str(row.id), changes=changes, version=1)
    _carry(session, firm, row, actor, before, anew=True)
    return row, True


def change(session: Session, ident: str, visit_id: int, seen: int, said: Mapping[str, Any], *, actor: str, today: date) -> VisitRow:
    """
    Change a visit, values before and after on record. Another due day is another follow-up: what was done of the old one is not done of it.

    Raises:
        NotFound: no such visit of the firm. BadRequest: it is not whole.
        Conflict: somebody changed it since; facts: `changed`, what of it is otherwise now than what was sent.
    """
    firm = locked_firm(session, ident)
    row = _visit(session, firm, visit_id)
    values: dict[str, Any] = checked(said, today)
    if row.version != seen:
        now = {name: jsonable(getattr(row, name)) for name, value in values.items() if getattr(row, name) != value}
        raise Conflict(
            "Kunjungan ini sudah diubah petugas lain sejak halaman Anda dibuka; isian Anda belum disimpan.",
            mend="Bandingkan di bawah, lalu simpan lagi.",
            changed=now,
            version=row.version,
        )
    if values["due_on"] != row.due_on:
        values |= {"followed_on": None, "followed_by": None}
    changes = {name: [jsonable(getattr(row, name)), jsonable(value)] for name, value in values.items() if getattr(row, name) != value}
    before = _told(session, firm)
    if apply_fields(row, values) == "changed":
        audit(session, actor, "visit.change", "visit", str(row.id), changes=changes, version=row.version)
        _carry(session, firm, row, actor, before)
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
    if values["due_on"] is not None and values["due_on"] < values["on"]:
        raise BadRequest("Tenggat tindak lanjut lebih awal daripada hari kunjungan.", mend="Periksa tahun dan bulan kedua tanggal itu.")
    return values


def _visit(session: Session, firm: BusinessRow, visit_id: int) -> VisitRow:
    row = visit_by_id(session, visit_id, lock=True)
    if row is None or row.business_id != firm.id:
        raise NotFound("Kunjungan itu tidak ada.", mend="Pilih dari halaman IKM-nya.")
    return row


def _told(session: Session, firm: BusinessRow) -> dict[str, Any]:
    """What a firm's visits tell of it, by its members; None or empty where they tell nothing."""
    session.flush()
    rows = visits_of(session, firm.id)
    if not rows:
        return dict.fromkeys(("visited_on", "visit_note", "workers", "training_needs"))
    return {
        "visited_on": rows[0].on,
        "visit_note": "\n".join(text for text in (rows[0].problems, rows[0].notes) if text) or None,
        "workers": next((row.workers for row in rows if row.workers is not None), None),
        "training_needs": next((row.training_needs for row in rows if row.training_needs), []),
    }


def _carry(session: Session, firm: BusinessRow, row: VisitRow, actor: str, before: Mapping[str, Any], *, anew: bool = False) -> None:
    """
    What the visits tell otherwise than before goes to the firm.

    A member whose value came of the visits follows them, also where it is emptied or an older visit is the newest again. One that somebody
    else said since is replaced only by what the newest visit, if no workbook told of a newer one, now says of it; anew: the visit is new,
    so that it says all that is in it.
    """
    after = _told(session, firm)
    newest = visits_of(session, firm.id, 1)[0].id == row.id and not (firm.visited_on and firm.visited_on > row.on)
    says = {"visited_on", "visit_note", "workers", "training_needs"} if anew and newest else set()
    fresh: dict[str, Any] = {}
    for name, value in after.items():
        empty, its = value in (None, []), getattr(firm, name)
        if value == before[name] and (name not in says or empty):
            continue
        if (its == before[name] and not (empty and before[name] in (None, []))) or (newest and not empty):
            fresh[name] = value
    if "visited_on" in fresh:
        fresh |= _newer_of_workbook(session, firm, after["visited_on"])
    changes = {name: [jsonable(getattr(firm, name)), jsonable(value)] for name, value in fresh.items() if getattr(firm, name) != value}
    if apply_fields(firm, fresh) == "changed":
        audit(session, actor, "visit.carry", "business", firm.ident, visit=row.id, changes=changes, version=firm.version)
        tell(session, firm, products=False)


def _newer_of_workbook(session: Session, firm: BusinessRow, on: date) -> dict[str, Any]:
    """Day and note of the last visit that a workbook told of, where it is newer than a day; else nothing."""
    for act in history(session, "business", firm.ident, LOOKED_AT):
        changes = act.facts.get("changes") or {}
        if act.action == "import" and (changes.get("visited_on") or [None, None])[1]:
            told = date.fromisoformat(changes["visited_on"][1])
            note = {"visit_note": changes["visit_note"][1]} if "visit_note" in changes else {}
            return {"visited_on": told} | note if told > on else {}
    return {}
