"""What lists may be narrowed by: only fields that the caller's tier may read, only values that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate
from webargs.fields import DelimitedList

from exchange.access.policy import Tier, fields_of
from exchange.api.smorest import fault, nearest, refuse
from schemas.codes import region, regions

# a parameter and the fields that it tells something about, each as (policy table, field)
Reads = Mapping[str, tuple[tuple[str, str], ...]]

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def allowed(reads: Reads, tier: Tier) -> list[str]:
    """The filters of a list that this tier may use: those whose every field it reads, of every record it is shown."""
    return sorted(name for name, seen in reads.items() if all(field in fields_of(table, tier) for table, field in seen))


def check(asked: Mapping[str, Any], reads: Reads, tier: Tier) -> None:
    """
    Refuse filters on what the caller may not read, in the same words as parameters that do not exist.

    Raises:
        BadRequest: naming each such parameter and the nearest one that may be used.
    """
    used = {name: reads[name] for name in reads if asked.get(name) is not None}
    stray = sorted(used.keys() - set(allowed(used, tier)))
    if stray:
        known = sorted([*allowed(reads, tier), *(name for name in asked if name not in reads)])
        refuse([fault(name, f"Parameter tidak dikenal. Yang dikenal: {', '.join(known)}.", nearest(name, known)) for name in stray])


def check_value(name: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse a value that no record has, with the nearest one that there is."""
    words = {word.lower(): word for word in known}
    if value is None or value.lower() in words:
        return
    near = nearest(value, words)
    refuse([fault(name, "Tidak ada data dengan nilai itu.", words[near] if near else None)])


def check_region(value: str | None) -> None:
    """Refuse a region code that stands on no list; a region's name gets its code as the nearest."""
    if value is None or region(value):
        return
    by_name = {place.name.lower(): place.code for place in regions()}
    near = nearest(value, by_name)
    code = by_name[near] if near else nearest(value, (place.code for place in regions()))
    refuse([fault("region", "Bukan kode wilayah Kemendagri, seperti 36 atau 36.72.", code)])


def check_code(name: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse a beginning that no code of the list has, with the nearest code that there is."""
    codes = sorted(known)
    # below the last level that a list has, anything may stand
    last = {code for code, following in zip(codes, [*codes[1:], ""], strict=True) if not following.startswith(code)}
    if value is None or any(code.startswith(value) for code in codes) or any(value[:length] in last for length in range(1, len(value))):
        return
    shared = next((length for length in range(len(value), 0, -1) if any(code.startswith(value[:length]) for code in codes)), 0)
    beside = [code for code in codes if shared and len(code) > shared and code.startswith(value[:shared])]
    refuse([fault(name, "Tidak ada kode yang berawalan itu.", nearest(value, beside))])


def text(description: str, *, longest: int = 80, **kwargs: Any) -> fields.String:
    """A filter that takes words."""
    wanted = f"Harus teks 1 sampai {longest} huruf."
    return fields.String(
        load_default=None, allow_none=False, validate=validate.Length(1, longest), metadata=_meta(description, wanted), **kwargs
    )


def region_code(description: str) -> fields.String:
    """A filter that takes the code of a province, a regency or a city; `check_region` refuses those that stand on no list."""
    meta = _meta(description, "Bukan kode wilayah Kemendagri, seperti 36 atau 36.72.") | {"pattern": r"^\d{2}(\.\d{2})?$"}
    return fields.String(load_default=None, allow_none=False, validate=validate.Length(1, 80), metadata=meta)


def one_of(description: str, *words: str) -> fields.String:
    """A filter that takes one of the words."""
    return fields.String(load_default=None, allow_none=False, validate=validate.OneOf(words), metadata={"description": description})


def digits(description: str, least: int, most: int) -> fields.String:
    """A filter that takes the beginning of a code of digits."""
    rule = validate.Regexp(rf"^[0-9]{{{least},{most}}}$")
    return fields.String(
        load_default=None, allow_none=False, validate=rule, metadata=_meta(description, f"Harus {least} sampai {most} angka.")
    )


def moment(description: str) -> fields.AwareDateTime:
    """A filter that takes a time with its zone."""
    wanted = "Harus waktu ISO 8601 dengan zona, seperti 2026-11-01T00:00:00Z (tanda + ditulis %2B)."
    # no example: the page to try it would narrow every list by it
    meta = _meta(f"{description} Such as 2026-11-01T00:00:00Z.", wanted)
    return fields.AwareDateTime(load_default=None, allow_none=False, format="iso", validate=validate.Range(_FIRST, _LAST), metadata=meta)


def day(description: str) -> fields.Date:
    """A filter that takes a day."""
    # no example: the page to try it would narrow every list by it
    meta = _meta(f"{description} Such as 2026-11-01.", "Harus tanggal seperti 2026-11-01, antara 1970 dan 2200.")
    bounds = validate.Range(_FIRST.date(), _LAST.date())
    return fields.Date(load_default=None, allow_none=False, format="iso", validate=bounds, metadata=meta)


class Words(DelimitedList):
    """A parameter that takes some of the words, with commas between them."""

    def __init__(self, description: str, choices: tuple[str, ...]) -> None:
        inner = fields.String(validate=validate.OneOf(choices))
        rule = validate.Length(1, len(choices))
        super().__init__(inner, load_default=None, allow_none=False, validate=rule, metadata={"description": description})

    def _serialize(self, value: Any, *given: Any, **kwargs: Any) -> Any:
        return None if value is None else super()._serialize(value, *given, **kwargs)  # type: ignore[no-untyped-call]  # the document asks


def whole(description: str, least: int, most: int) -> fields.Integer:
    """A filter that takes a whole number."""
    meta = _meta(description, f"Harus bilangan bulat {least} sampai {most}.")
    return fields.Integer(load_default=None, allow_none=False, strict=False, validate=validate.Range(least, most), metadata=meta)


class Amount(fields.String):
    """An amount of at most twelve digits before the point and four behind it, exact."""

    SHAPE = r"^[0-9]{1,12}(\.[0-9]{1,4})?$"

    def __init__(self, description: str) -> None:
        meta = _meta(description, "Harus angka biasa dengan titik desimal, seperti 1250000.50.")
        super().__init__(load_default=None, allow_none=False, metadata=meta | {"pattern": self.SHAPE})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(self.SHAPE[1:-1], said):
            raise ValidationError("not an amount")
        return Decimal(said)


class Score(fields.String):
    """A score in [0, 1] with at most six decimals, exact."""

    SHAPE = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"

    def __init__(self, description: str) -> None:
        meta = _meta(description, "Harus bilangan 0 sampai 1 dengan paling banyak enam desimal, seperti 0.75.")
        super().__init__(load_default=None, allow_none=False, metadata=meta | {"pattern": self.SHAPE, "example": "0.75"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        said = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(self.SHAPE[1:-1], said):
            raise ValidationError("not a score")
        return Decimal(said)


def _meta(description: str, wanted: str) -> dict[str, Any]:
    return {"description": description, "wanted": wanted}
