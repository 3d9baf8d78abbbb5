"""One row of the sheet of firms: read, compared with what is kept, merged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from exchange.catalogue.firm_standing import merged_firm
from exchange.catalogue.outcome import SKIP, WARN
from exchange.catalogue.places import labelled, read_place
from exchange.catalogue.readers import read_email, read_scale, read_sector, read_short, read_telephone
from exchange.catalogue.training import training_needs
from exchange.catalogue.valid import SHORTEN, faults_of
from schemas.business import BusinessSchema
from schemas.reading.codes import read_kbli
from schemas.reading.coordinates import read_position, read_two
from schemas.reading.dates import read_past_date, read_year
from schemas.reading.heading import Heading, scaled
from schemas.reading.money import one_sum, read_price
from schemas.reading.names import firm_key, form_in, name_key, read_firm_name, read_legal_form
from schemas.reading.numbers import read_count
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line, read_words, read_yes_no

SCHEMA = BusinessSchema()
# the report's words for the members that a row is compared by
REPORTED = {
    "nib": "nib",
    "name": "nama",
    "legal_form": "bentuk_hukum",
    "sector": "sektor",
    "scale": "skala",
    "district": "kecamatan",
    "subdistrict": "kelurahan",
    "address": "alamat",
    "kbli": "kbli",
    "workers": "tenaga_kerja",
    "investment": "nilai_investasi",
    "founded_year": "tahun_berdiri",
    "cluster": "sentra",
    "visited_on": "tgl_monitoring",
    "visit_note": "catatan_monitoring",
    "training_needs": "kebutuhan_pelatihan",
    "latitude": "lat",
    "longitude": "lon",
    "telephone": "telepon",
    "email": "email",
}


def take_business(row: RowCells, desk: Desk, sector: str | None) -> None:
    """Read one row into the desk; the row's report says what became of it."""
    nib = row.take("nib", desk.nib_of)
    if nib is None:
        row.refuse("nib", _why_no_nib(row), "Isi NIB yang 13 digit, sebagai teks; bila baris ini bukan usaha, hapus barisnya.")
        return
    stored = desk.firms.get(nib)
    name = _name(row, desk, nib, stored)
    if name is None:
        return
    record = {"nib": nib, "name": name} | _read(row, desk, sector)
    row.report.value = {word: record.get(member) for member, word in REPORTED.items()}
    if _is_repeated(row, desk, nib):
        return
    merged = merged_firm(row, desk, record, stored)
    if faults := faults_of(SCHEMA, merged):
        row.refuse("name", faults, SHORTEN)
        return
    row.report.key = nib
    desk.keep_firm(merged, row.report)
    desk.seen_firms.setdefault(nib, row.report)
    if row.report.warnings:
        row.report.action = WARN


def _why_no_nib(row: RowCells) -> str:
    if row.report.warnings:
        return row.report.warnings[-1]
    if row.any_of("kbli", "address", "workers", "investment", "legal_form"):
        return "NIB kosong: usaha tidak dapat dikenali tanpa NIB"
    return "ada teks tetapi tidak ada NIB dan data usaha lain"


def _name(row: RowCells, desk: Desk, nib: str, stored: dict[str, Any] | None) -> str | None:
    """The firm's name in the spelling that is kept; None where the row is refused for it."""
    name = row.take("name", read_firm_name)
    if name is None:
        if stored is None:
            row.refuse("name", "nama usaha kosong", "Isi nama usahanya; usaha ini belum ada di katalog.")
            return None
        row.warn("name", f"nama usaha kosong, dipakai nama yang tersimpan: {stored['name']}")
        return str(stored["name"])
    if stored is None:
        return name
    if name_key(name) == name_key(stored["name"]):
        return str(stored["name"])
    if firm_key(name) == firm_key(stored["name"]) and form_in(name) in {None, form_in(stored["name"])}:
        row.note("name", f"dibaca sebagai {stored['name']}")
        return str(stored["name"])
    others = [other for other in desk.firms_named(name) if other != nib]
    if others and firm_key(name) != firm_key(stored["name"]):
        owner = f"NIB ini milik {stored['name']}, sedangkan nama itu milik usaha ber-NIB {others[0]}: tidak jelas usaha yang mana"
        row.refuse("nib", owner, "Samakan NIB dan nama dengan akta usahanya.")
        return None
    row.warn("name", f"berbeda dari nama yang tersimpan ({stored['name']})")
    return name


def _read(row: RowCells, desk: Desk, sector: str | None) -> dict[str, Any]:
    """Every member but NIB and name; None where nothing was said or could be read."""
    kbli = row.take("kbli", read_kbli)
    record: dict[str, Any] = {
        "legal_form": row.take("legal_form", read_legal_form) or form_in(row.cell("name").text),
        "sector": row.take("sector", read_sector) or sector,
        "kbli": list(kbli or ()),
        "scale": row.take("scale", read_scale),
        "workers": _workers(row),
        "investment": row.take("investment", lambda value: _money(value, row.heading("investment"))),
        "founded_year": row.take("founded_year", lambda value: read_year(value, desk.today)),
        "cluster": row.take("cluster", read_short(120)),
        "visited_on": row.take("visited_on", lambda value: read_past_date(value, desk.today)),
        "visit_note": row.take("visit_note", read_words),
        "training_needs": row.take("training_needs", lambda value: Reading(training_needs(value, desk.needs))) or [],
        "telephone": row.take("telephone", read_telephone),
        "email": row.take("email", read_email),
    }
    return record | _place(row, desk) | _position(row) | _consent(row, desk)


def _workers(row: RowCells) -> int | None:
    """Of the column for all, else men and women together where both are said."""
    total = row.take("workers", read_count)
    men, women = row.take("workers_men", read_count), row.take("workers_women", read_count)
    if men is None or women is None:
        return total
    if total is not None and total != men + women:
        row.warn("workers", f"{total} bukan jumlah dari {men} laki-laki dan {women} perempuan")
    return men + women if total is None else total


def _money(value: Any, heading: Heading) -> Reading[Decimal]:
    """A sum as its heading means it."""
    read = scaled(read_price(value), line(value), heading)
    if read.value is None:
        return Reading(None, read.warnings)
    single = one_sum(read.value, line(value))
    return Reading(single.value, (*read.warnings, *single.warnings), read.notes)


def _place(row: RowCells, desk: Desk) -> dict[str, Any]:
    address = row.take("address", read_words)
    subdistrict, district = row.take("subdistrict", read_short(80)), row.take("district", read_short(80))
    place = read_place(line(address), desk.places) if address else None
    if place and place.moved:
        row.warn("address", f"alamat memuat keterangan pindah, kelurahan yang diambil {place.subdistrict or 'tidak ada'}")
    if place:
        subdistrict, district = subdistrict or place.subdistrict, district or place.district
    subdistrict, district = desk.places.spelled(subdistrict, district)
    return {"address": place.street if place else None, "subdistrict": subdistrict, "district": district}


def learn_places(row: RowCells, desk: Desk) -> None:
    """Keep what this row labels, before any row is read."""
    kel, kec = labelled(row.cell("address").text)
    desk.places.learn(row.cell("subdistrict").text or kel, row.cell("district").text or kec)


def _position(row: RowCells) -> dict[str, Any]:
    if row.has("position"):
        position = row.take("position", read_position)
    else:
        position = row.take("latitude", lambda value: read_two(value, row.cell("longitude").value))
    return {"latitude": position.latitude if position else None, "longitude": position.longitude if position else None}


def _consent(row: RowCells, desk: Desk) -> dict[str, Any]:
    """The day of consent as the row says it; `consent_refused` where it says no."""
    record: dict[str, Any] = {"is_sample": row.take("is_sample", read_yes_no) or None}
    said = row.cell("consented_on")
    answer = None if said.is_blank else read_yes_no(said.value).value
    if answer is None and is_nothing(said.value):
        return record
    if answer is False:
        row.warn("consented_on", "usaha tidak setuju diterbitkan: tidak diterbitkan, persetujuan lama dicabut")
        return record | {"consent_refused": True}
    if answer is True:
        row.warn("consented_on", "tanggal persetujuan tidak disebut, belum dapat diterbitkan")
        return record
    day = row.take("consented_on", lambda value: read_past_date(value, desk.today))
    basis = row.take("consent_basis", read_words) or f"kolom persetujuan, {desk.origin}"
    return record | ({"consented_on": day, "consent_basis": basis[:200]} if day else {})


def _is_repeated(row: RowCells, desk: Desk, nib: str) -> bool:
    """Whether the file has this firm already; the same again is skipped, another statement only fills what was empty."""
    first = desk.seen_firms.get(nib)
    if first is None or first.value is None or row.report.value is None:
        return False
    differing = [word for word, value in row.report.value.items() if value not in (None, []) and value != first.value.get(word)]
    if not [word for word in differing if first.value.get(word) not in (None, [])]:
        if not differing:
            row.report.action, row.report.reason = SKIP, f"baris ganda: NIB dan isi sama dengan baris {first.row}"
            return True
        return False
    row.warn("nib", f"NIB sama dengan baris {first.row} tetapi {', '.join(differing)} berbeda: isi baris pertama dipertahankan")
    return False
