"""The last look before a record is kept: does it fit the schema that everybody else relies on."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema

SHORTEN = "Betulkan isian yang disebut di dalam kurung; biasanya terlalu panjang atau di luar batas."


def faults_of(schema: Schema, record: dict[str, Any]) -> str | None:
    """What of a record breaks its schema, in one sentence; None where nothing does."""
    wire = {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}
    errors = schema.validate(wire)
    if not errors:
        return None
    return "tidak dapat disimpan: " + "; ".join(f"{name} ({shown(record.get(name))})" for name in sorted(errors))


def shown(value: Any) -> str:
    """A value for a sentence, cut."""
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
