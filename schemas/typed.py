"""Whether a record from outside has the JSON types that its schema documents; marshmallow itself takes "5" for 5, "yes" for true too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Exact, Region

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")

# kind of field, what of JSON it takes, and how that is told (Indonesian); the first kind that fits holds
_TEXTS: tuple[tuple[type[fields.Field[Any]], re.Pattern[str], str], ...] = (
    (Exact, _NUMBER, 'Harus angka biasa sebagai teks, dengan titik desimal, seperti "1250000.50".'),
    (Region, re.compile(r"[0-9]{2}(\.[0-9]{2})?"), 'Harus kode wilayah Kemendagri sebagai teks, seperti "36.72".'),
    (fields.AwareDateTime, _MOMENT, 'Harus waktu RFC 3339 dengan zona, seperti "2026-11-01T00:00:00Z".'),
    (fields.Date, _DAY, 'Harus tanggal, seperti "2026-11-01".'),
)


def mistyped(schema: Schema, record: Any) -> tuple[str, str] | None:
    """
    The first member of another JSON type than documented: its path (list positions as `[]`) and what is wanted, Indonesian.

    None where there is none. Members that the schema does not know, nulls, and what is no object where one is wanted are left to the
    schema itself.
    """
    return next(_faults(schema, record, ""), None)


def _faults(schema: Schema, record: Any, above: str) -> Iterator[tuple[str, str]]:
    if isinstance(record, dict):
        for name, value in record.items():
            if (field := schema.fields.get(name)) is not None:
                yield from _of(field, value, f"{above}{name}")


def _of(field: fields.Field[Any], value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(field, fields.Nested):
        yield from _faults(field.schema, value, f"{path}.")
    elif isinstance(field, fields.List):
        for each in value if isinstance(value, list) else ():
            yield from _of(field.inner, each, f"{path}.[]")
    elif wanted := _wanted(field, value):
        yield path, wanted


def _wanted(field: fields.Field[Any], value: Any) -> str | None:
    """What the field wants, where the value is something else."""
    if isinstance(field, fields.Boolean):
        return None if isinstance(value, bool) else "Harus true atau false."
    if isinstance(field, fields.Integer):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return None if whole and not isinstance(value, bool) else "Harus bilangan bulat, tanpa tanda kutip."
    for kind, shape, says in _TEXTS:
        if isinstance(field, kind):
            return None if isinstance(value, str) and shape.fullmatch(value) else says
    return None
