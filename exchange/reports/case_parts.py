"""Parts of papers that a case knows in other words: needs and capacities behind its objects, whose rights and duties its lines name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exchange.store.agreement_board import Under
from exchange.store.products import ProductRow
from schemas.fields import plain

_ENTITLED = re.compile(r"(hak|kewajiban)\s+pihak\s+(kesatu|pertama|kedua)\s*:?\s*(.*)", re.I)


def entitled(lines: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """
    Rights and duties by `first_rights`, `second_duties` and so on, from lines that begin with whose they are (`Hak Pihak Kesatu: …`).

    Lines behind such a one belong to it. The second part are the lines that name nobody: given to nobody, and not to be lost.
    """
    found: dict[str, list[str]] = {}
    nobody: list[str] = []
    place = nobody
    for line in lines:
        said = _ENTITLED.match(line)
        if said:
            side = "second" if said[2].lower() == "kedua" else "first"
            place = found.setdefault(f"{side}_{'rights' if said[1].lower() == 'hak' else 'duties'}", [])
        if rest := (said[3] if said else line).strip():
            place.append(rest)
    return {name: tuple(kept) for name, kept in found.items() if kept}, tuple(nobody)


def behind(commodity: str, under: Sequence[Under]) -> tuple[str | None, str | None, str | None]:
    """Need, capacity in a month and makers behind an object, from the matches of the products of that name; None where none is known."""
    matched = [one for one in under if one.offered is not None and one.offered.name[:200] == commodity]
    needs = dict.fromkeys(
        str(item["quantity"]["said"])
        for one in matched
        if one.wanted is not None and len(one.wanted.items) == 1
        for item in one.wanted.items
        if item.get("quantity")
    )
    products = list({one.offered.sku: one.offered for one in matched if one.offered is not None}.values())
    able = [told for product in products if (told := _capacity(product))]
    makers = dict.fromkeys(product.business.name for product in products)
    return "; ".join(needs) or None, "; ".join(able) or None, "; ".join(makers) or None


def _capacity(product: ProductRow) -> str | None:
    """What a firm can make in a month; None where it is not said for a month, since it is never reckoned over here."""
    if product.capacity_max is None or product.capacity_period != "bulan":
        return None
    return f"{plain(product.capacity_max).replace('.', ',')} {product.unit_said or ''}".strip()
