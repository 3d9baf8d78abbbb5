"""What the steps of a case come to, read again from the first one, so that a row that was changed beside them is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.agreements.objects import objects_as_json
from exchange.store.agreements import AgreementObjectRow, AgreementRow, AgreementStepRow

# what only the first step says
_BEGUN = ("instrument", "category", "title", "region", "counterpart")
# a column: the facts that it follows, the first of them that is there
_DAYS = {"kb_until": ("kb_berakhir", "nk_berakhir"), "starts_on": ("pks_mulai",), "ends_on": ("pks_berakhir",)}


def differing(
    row: AgreementRow, objects: Sequence[AgreementObjectRow], matches: Sequence[tuple[str, str]], steps: Sequence[AgreementStepRow]
) -> list[str]:
    """
    The names of what stands in a case (columns, `facts`, `papers`, `objects`, `matches`) otherwise than its steps left it.

    matches: by public names, in their order. All where there are no steps.
    """
    if not steps:
        return [*_BEGUN, "state"]
    begun = steps[0].after
    state, listed, paired = begun.get("state"), begun.get("objects") or [], begun.get("matches") or []
    kept: dict[str, dict[str, Any]] = {"facts": {}, "papers": {}}
    for step in steps[1:]:
        state, listed = step.after.get("state"), step.after.get("objects", listed)
        paired = step.after.get("matches", paired)
        for kind, values in kept.items():
            values |= step.after.get(kind) or {}
    stands = {kind: {name: value for name, value in values.items() if value is not None} for kind, values in kept.items()}
    found = [name for name in _BEGUN if getattr(row, name) != begun.get(name)]
    found += ["state"] if row.state != state else []
    found += [kind for kind, values in stands.items() if getattr(row, kind) != values]
    found += ["objects"] if objects_as_json(objects) != listed else []
    found += ["matches"] if [list(pair) for pair in matches] != paired else []
    for column, names in _DAYS.items():
        said = next((stands["facts"][name] for name in names if stands["facts"].get(name)), None)
        day = getattr(row, column)
        found += [column] if (day and day.isoformat()) != said else []
    return found
