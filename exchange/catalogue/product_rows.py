"""One row of the sheet of products: read, put to its firm and to the product that is kept, merged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exchange.catalogue.amounts import take_amounts, take_price, take_unit
from exchange.catalogue.cells import RowCells
from exchange.catalogue.desk import Desk
from exchange.catalogue.outcome import REJECT, SKIP, WARN, Pending, jsonable
from exchange.catalogue.owners import owner_of
from exchange.catalogue.papers import take_papers
from exchange.catalogue.readers import read_sector
from exchange.catalogue.same_product import Match, match_product
from exchange.catalogue.standing import settle
from exchange.catalogue.valid import SHORTEN, faults_of
from schemas.product import ProductSchema
from schemas.reading.codes import read_hs, read_kbki, read_kbli, read_tkdn
from schemas.reading.dates import read_date
from schemas.reading.money import Price
from schemas.reading.names import name_key
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, read_list, read_words, read_yes_no, without_emoji
from schemas.reading.units import UnitSaid
from schemas.ubl import web_address

SCHEMA = ProductSchema()
LONGEST_DESCRIPTION = 2000
LONGEST_LINK = 500
_DETAILS = ("kbli", "hs", "harga_min", "harga_max", "kapasitas", "minimum_order", "tkdn_persen", "halal", "izin_edar", "sni")


def take_product(row: RowCells, desk: Desk, sector: str | None) -> None:
    """Read one row into the desk; the row's report says what became of it."""
    name = row.take("name", without_emoji)
    if not name or is_nothing(name):
        row.refuse("name", "nama produk kosong", "Isi nama produknya, atau hapus baris ini.")
        return
    if not any(sign.isalpha() for sign in name) or isinstance(row.cell("name").value, bool):
        row.warn("name", f"“{name}” tidak seperti nama produk")
    nib = owner_of(row, desk)
    if nib is None:
        return
    price = take_price(row)
    if price and price.low <= 0:
        below = "harga negatif" if price.low < 0 else "harga 0 tidak sah"
        row.refuse("price" if row.has("price") else "price_min", below, "Isi harga yang benar, atau kosongkan selnya.")
        return
    match = match_product(row, desk, nib, name)
    if match is None:
        return
    stored = desk.products.get(match.sku) if match.sku and not match.is_new else None
    if stored and name_key(stored["name"]) == name_key(name):
        name = stored["name"]
    unit = take_unit(row, stored)
    record = {"nib": nib, "name": name} | _read(row, desk, sector) | take_amounts(row, desk, unit, price)
    row.report.value = value_of(record, match)
    if _is_repeated(row, desk, nib, name):
        return
    desk.seen_products.setdefault((nib, name_key(name)), row.report)
    _keep(row, desk, record, match, stored, unit, price)
    if row.report.warnings and row.report.action != REJECT:
        row.report.action = WARN


def value_of(record: dict[str, Any], match: Match) -> dict[str, Any]:
    """The row in the report's words; `sku_cocok` is None where staff must decide or the product is new."""
    capacity = None
    if record.get("capacity_max") is not None:
        capacity = {"min": record["capacity_min"], "max": record["capacity_max"], "periode": record["capacity_period"]}
    return {
        "sku_cocok": None if match.is_new and not match.is_given else match.sku,
        "nib": record["nib"],
        "nama": record["name"],
        "uraian": record.get("description"),
        "kbli": record.get("kbli"),
        "kbki": record.get("kbki"),
        "satuan": record.get("unit_said"),
        "satuan_unece": record.get("unit_code"),
        "harga_min": record.get("price_min"),
        "harga_max": record.get("price_max"),
        "kapasitas": capacity,
        "minimum_order": record.get("minimum_order"),
        "lead_time_hari": record.get("lead_time_days"),
        "tkdn_persen": record.get("tkdn_percent"),
        "hs": record.get("hs"),
        "sni": record.get("sni"),
        "halal": record.get("halal"),
        "izin_edar": record.get("distribution_permit"),
    }


def _read(row: RowCells, desk: Desk, sector: str | None) -> dict[str, Any]:
    description = row.take("description", read_words)
    if description and len(description) > LONGEST_DESCRIPTION:
        row.warn("description", f"uraian {len(description)} karakter: disimpan utuh, terlalu panjang untuk dibaca orang")
    kbli = row.take("kbli", read_kbli) or ()
    if len(kbli) > 1:
        row.warn("kbli", f"lebih dari satu KBLI ({', '.join(kbli)}), dipakai yang pertama")
    photo = row.take("photo", read_words)
    link = row.cell("photo").link
    record: dict[str, Any] = {
        "description": description,
        "sector": row.take("sector", read_sector) or sector,
        "kbli": kbli[0] if kbli else None,
        "kbki": row.take("kbki", read_kbki),
        "hs": row.take("hs", read_hs),
        "price_valid_until": row.take("price_valid_until", lambda value: read_date(value, desk.today)),
        "tkdn_percent": row.take("tkdn", read_tkdn),
        "keywords": list(row.take("keywords", lambda value: Reading(read_list(value))) or ()),
        "photo": _photo(row, link or photo),
        "is_sample": row.take("is_sample", read_yes_no) or None,
    }
    return record | take_papers(row)


def _photo(row: RowCells, link: str | None) -> str | None:
    if link and len(link) > LONGEST_LINK:
        row.warn("photo", f"tautan sepanjang {len(link)} karakter, paling banyak {LONGEST_LINK}: tidak diambil")
        return None
    if link and web_address(link) is None:
        row.warn("photo", "foto harus alamat http:// atau https://: tidak diambil")
        return None
    return link


def _is_repeated(row: RowCells, desk: Desk, nib: str, name: str) -> bool:
    """Whether the file has this product already; only what staff should compare is kept as a second statement."""
    first = desk.seen_products.get((nib, name_key(name)))
    if first is None or first.value is None or row.report.value is None:
        return False
    value = row.report.value
    differing = [word for word in _DETAILS if value[word] is not None and jsonable(value[word]) != jsonable(first.value[word])]
    if differing:
        row.warn("name", f"produk sama dengan baris {first.row} tetapi {', '.join(differing)} berbeda: isi baris pertama dipertahankan")
        row.report.action = WARN
        return True
    other = [word for word in ("satuan", "uraian") if value[word] is not None and value[word] != first.value[word]]
    remark = f"; {' dan '.join(other)} berbeda" if other else ""
    row.report.action, row.report.reason = SKIP, f"baris ganda: NIB dan nama produk sama dengan baris {first.row}{remark}"
    return True


def _keep(
    row: RowCells,
    desk: Desk,
    record: dict[str, Any],
    match: Match,
    stored: dict[str, Any] | None,
    unit: UnitSaid | None,
    price: Price | None,
) -> None:
    """Save what is beyond doubt; what is not waits for staff."""
    origin = desk.report.place_of(row.report)
    said = {member: value for member, value in record.items() if value not in (None, [])}
    if match.similar is not None:
        reason = f"mungkin produk yang sama dengan {match.similar['name']} ({match.similar['sku']})"
        key, similar = f"{record['nib']} {record['name']}", match.similar["sku"]
        desk.report.pending.append(Pending("product", key, reason, origin, as_wire(said), row.report, similar))
        return
    taken, waiting, reason = settle(row, said, stored, unit, price)
    merged = (
        {"keywords": [], "is_sample": False, "kbli_edition": "2020", "kbki_edition": "2012", "hs_edition": "2022"} | (stored or {}) | taken
    )
    merged["sku"] = match.sku
    if faults := faults_of(SCHEMA, merged):
        row.refuse("name", faults, SHORTEN)
        return
    row.report.key = match.sku
    desk.keep_product(merged, row.report)
    if waiting:
        desk.report.pending.append(Pending("price", str(match.sku), reason, origin, as_wire(waiting), row.report))


def as_wire(record: dict[str, Any]) -> dict[str, Any]:
    """A record as JSON keeps it: decimals as strings, days as ISO."""
    return {name: str(value) if isinstance(value, Decimal) else jsonable(value) for name, value in record.items()}
