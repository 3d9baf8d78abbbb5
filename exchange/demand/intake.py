"""A translated listing, checked against DemandSchema, as the columns of the demand table."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from schemas.demand import DemandSchema
from schemas.fields import plain

_SCHEMA = DemandSchema()
_LARGEST = Decimal(2**63) / 10**4


class Unfit(Exception):
    """A translated listing that breaks the shape; `rule` names the member, `message` says what was wanted."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule
        self.message = message


def ident_of(source: str, reference: str) -> str:
    """The public name of a demand: the same for the same source and reference, whenever and wherever it is read."""
    digest = hashlib.blake2b(f"{source}\0{reference}".encode(), digest_size=8).hexdigest()
    return f"d-{digest}"


LONGEST_REFERENCE = 200


def kept_reference(reference: str) -> str:
    """A source's reference as it is kept: what no database takes is taken out, and a very long one is shortened by a digest."""
    if reference.isprintable() and len(reference) <= LONGEST_REFERENCE:  # half characters are not printable
        return reference
    clean = str(storable(reference.replace("\0", "\ufffd")))  # marked, not dropped: two references must not become one
    if len(clean) <= LONGEST_REFERENCE:
        return clean
    return f"{clean[:160]}~{hashlib.blake2b(clean.encode(), digest_size=16).hexdigest()}"


def check(translated: dict[str, Any]) -> dict[str, Any]:
    """
    Hold a translated listing to DemandSchema and to what the store can keep exactly.

    Raises:
        Unfit: with the first member that breaks the shape, in stable words that quarantine can be grouped by.
    """
    try:
        loaded: dict[str, Any] = _SCHEMA.load(translated)
    except ValidationError as error:
        path, message = _first(error.messages)
        raise Unfit(f"schema:{path}", f"{path}: {message}") from error
    budget = loaded["budget"]
    if budget and not is_keepable(budget["amount"]):
        raise Unfit("schema:budget.amount", f"budget.amount: {budget['amount']} has more digits than can be kept exactly")
    published = loaded["published_at"]
    if published and not 1900 <= published.year <= 2200:
        raise Unfit("schema:published_at", f"published_at: the year {published.year} is outside of 1900 to 2200")
    return loaded


def is_keepable(amount: Decimal) -> bool:
    """Whether a sum (0 or more) can be kept exactly: at most four decimals, below 2^63 of them."""
    return amount < _LARGEST and -int(amount.as_tuple().exponent) <= 4


def _first(messages: Any) -> tuple[str, str]:
    """The path (list positions as `[]`) and the text of the first error in marshmallow's nested messages."""
    path: list[str] = []
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        path.append("[]" if isinstance(key, int) else str(key))
    return ".".join(path), str(messages[0] if isinstance(messages, list) else messages)


def columns(loaded: dict[str, Any], region: str) -> dict[str, Any]:
    """The demand table's columns for a checked listing; `region` is the source's, used where the listing names none."""
    buyer, budget, eligibility = loaded["buyer"], loaded["budget"] or {}, loaded["eligibility"]
    row = {
        name: loaded[name]
        for name in ("reference", "title", "description", "place", "category", "quantity_said", "method", "status", "published_at", "url")
    }
    row |= {
        "region": loaded["region"] or region,
        "buyer_name": buyer["name"],
        "buyer_code": buyer["code"],
        "buyer_unit": buyer["unit"],
        "items": [_item(item) for item in loaded["items"]],
        "budget_amount": budget.get("amount"),
        "budget_currency": budget.get("currency"),
        "budget_basis": budget.get("basis"),
        "domestic_product": eligibility["domestic_product"],
        "small_business": eligibility["small_business"],
        "related": loaded["related"],
    }
    for name, period in loaded["periods"].items():
        row |= {f"{name}_{part}": period[part] if period else None for part in ("start", "end", "precision")}
    return {name: storable(value) for name, value in row.items()}


def storable(value: Any) -> Any:
    """Texts, at any depth, as every database takes them: without NUL and without half surrogate pairs."""
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\0", "") if "\0" in value else value
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return value


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """An item as JSON: its exact amount as a string."""
    quantity = item["quantity"]
    if quantity and quantity["amount"] is not None:
        quantity = quantity | {"amount": plain(quantity["amount"])}
    return item | {"quantity": quantity}
