"""Objects of a case: what may stand in one, as rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from exchange.agreements.case import Object
from exchange.errors import BadRequest
from exchange.store.agreements import AgreementObjectRow
from schemas.business import SECTORS
from schemas.codes import kbli as kbli_named
from schemas.fields import plain
from schemas.units import unit_of_code

MOST = 200
_LARGEST = Decimal(10) ** 12
MEMBERS = ("commodity", "sector", "kbli", "quantity", "unit", "value", "district")


def read_objects(said: Any) -> list[Object]:
    """
    Objects from JSON: a list of mappings with the members of `MEMBERS`.

    Raises:
        BadRequest: naming the position and what would do.
    """
    if not isinstance(said, list) or len(said) > MOST:
        raise BadRequest(f"Objek harus berupa daftar, paling banyak {MOST}.")
    return [_read(one, number) for number, one in enumerate(said, 1)]


def _read(said: Any, number: int) -> Object:
    def refuse(says: str) -> BadRequest:
        return BadRequest(
            f"Objek ke-{number}: {says}.", mend="Perbaiki baris itu.", errors=[{"field": f"objects[{number - 1}]", "says": says}]
        )

    if not isinstance(said, dict) or set(said) - set(MEMBERS):
        raise refuse(f"hanya boleh berisi {', '.join(MEMBERS)}")
    words = {name: said.get(name) or None for name in ("commodity", "sector", "kbli", "unit", "district")}
    if any(value is not None and not isinstance(value, str) for value in words.values()):
        raise refuse("isinya harus teks")
    commodity = (words["commodity"] or "").strip()
    if not 2 <= len(commodity) <= 200:
        raise refuse("komoditas kosong atau terlalu panjang")
    if words["sector"] is not None and words["sector"] not in SECTORS:
        raise refuse(f"sektor harus salah satu dari {', '.join(SECTORS)}")
    if words["kbli"] is not None and (len(words["kbli"]) < 2 or kbli_named(words["kbli"]) is None):
        raise refuse("KBLI tidak ada dalam KBLI 2020")
    if words["unit"] is not None and unit_of_code(words["unit"]) is None:
        raise refuse("satuan bukan kode Rec 20 yang dikenal")
    try:
        quantity, value = _amount(said.get("quantity"), 6), _amount(said.get("value"), 2)
    except ValueError:
        raise refuse("jumlah dan nilai harus bilangan positif") from None
    if quantity is not None and words["unit"] is None:
        raise refuse("jumlah tanpa satuan")
    if words["district"] is not None and len(words["district"]) > 80:
        raise refuse("kecamatan terlalu panjang")
    return Object(commodity, words["sector"], words["kbli"], quantity, words["unit"], value, words["district"])


def _amount(said: Any, places: int) -> Decimal | None:
    """A positive number exact to so many places; None where none is said; raises ValueError where it is none."""
    if said is None or said == "":
        return None
    try:
        made = Decimal(said if isinstance(said, str) else str(said) if isinstance(said, int) and not isinstance(said, bool) else "x")
    except InvalidOperation:
        raise ValueError(said) from None
    if not made.is_finite() or not 0 < made < _LARGEST or made != round(made, places):
        raise ValueError(said)
    return made.normalize() + 0


def kept_objects(agreement_id: int, objects: Sequence[Object]) -> list[AgreementObjectRow]:
    """As rows, in their order."""
    return [
        AgreementObjectRow(
            agreement_id=agreement_id, position=position, commodity=one.commodity, sector=one.sector, kbli=one.kbli, quantity=one.quantity,
            unit=one.unit, value=one.value, district=one.district,
        )
        for position, one in enumerate(objects, 1)
    ]  # fmt: skip


def objects_as_json(objects: Iterable[Object | AgreementObjectRow]) -> list[dict[str, Any]]:
    """As JSON; numbers as plain decimals in strings, what is not set left out."""
    told = []
    for one in objects:
        members = {name: getattr(one, name) for name in MEMBERS}
        told.append({name: plain(value) if isinstance(value, Decimal) else value for name, value in members.items() if value is not None})
    return told
