"""The contract that every connector keeps, for our tests, for `exchange doctor` and for other repositories."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from marshmallow import ValidationError

from connectors.kit.base import Connector, RawListing
from connectors.kit.errors import Refused, Skip
from connectors.kit.masking import mask
from schemas.demand import DemandSchema
from schemas.plugins import misnamed
from schemas.supply import SupplySchema

_WORDS = ("name", "title", "homepage", "licence", "version")
_NO_JSON = "body is not JSON-able"
_RULE = re.compile(r"[a-z][a-z0-9_]{2,59}")


def faults(connector: Connector, listings: Iterable[RawListing]) -> Iterator[str]:
    """
    The promises that a connector breaks over these listings; nothing where it keeps them all.

    Args:
        connector: an instance with its settings.
        listings: of one run, at least one; an empty recording proves nothing and is itself a fault.
    """
    kind = type(connector)
    yield from (f"{kind.__name__}.{word} is missing" for word in _WORDS if not getattr(kind, word, None))
    wrong = misnamed(kind, kind.__module__.rpartition(".")[2])
    if wrong:
        yield wrong
    schema = DemandSchema()
    seen: set[str] = set()
    given = (connector.option(each.name) for each in kind.settings if each.secret)
    secrets = [value for value in given if value and mask(value) != value]  # a host alone hides nothing
    for raw in listings:
        if not raw.reference or len(raw.reference) > 200:
            yield f"listing {raw.position}: reference is empty or longer than 200"
        if raw.reference in seen:
            yield f"listing {raw.position}: reference {raw.reference!r} twice"
        seen.add(raw.reference)
        wrongs = list(_raw_faults(connector, raw, secrets))
        if _NO_JSON not in wrongs:
            wrongs += _translation_faults(connector, raw, schema, secrets)
            wrongs += _supply_faults(connector, raw, secrets) if raw.supply and not raw.gone else ()
        yield from (f"{raw.reference}: {fault}" for fault in wrongs)
    if not seen:
        yield "no listing at all"


def _raw_faults(connector: Connector, raw: RawListing, secrets: list[str]) -> Iterator[str]:
    try:
        again = orjson.loads(orjson.dumps(raw.body))
    except (orjson.JSONEncodeError, orjson.JSONDecodeError):
        yield _NO_JSON
        return
    if again != raw.body:
        yield "body does not survive JSON"
    if not raw.answer:
        yield "no digest of the archived answer"
    yield from (f"personal field {name!r} in the body" for name in sorted(_names(raw.body)) if connector.is_personal(name))
    if any(secret in raw.url for secret in secrets):
        yield "the listing's url holds a secret setting"


def _translation_faults(connector: Connector, raw: RawListing, schema: DemandSchema, secrets: list[str]) -> Iterator[str]:
    before = orjson.dumps(raw.body)
    first, second = _outcome(connector.translate, raw), _outcome(connector.translate, raw)
    if orjson.dumps(raw.body) != before:
        yield "translate changed the body"
    if first != second:
        yield "translate answers differently the second time"
    if isinstance(first, str):
        yield first
    if not isinstance(first, dict):
        return
    try:
        demand = schema.load(first)
    except ValidationError as error:
        yield f"not a demand: {error.messages}"
        return
    if demand["reference"] != raw.reference:
        yield f"reference became {demand['reference']!r}"
    if any(secret in orjson.dumps(first).decode() for secret in secrets):
        yield "the demand holds a secret setting"


def _supply_faults(connector: Connector, raw: RawListing, secrets: list[str]) -> Iterator[str]:
    before = orjson.dumps(raw.body)
    first, second = _outcome(connector.supply, raw), _outcome(connector.supply, raw)
    if orjson.dumps(raw.body) != before:
        yield "supply changed the body"
    if first != second:
        yield "supply answers differently the second time"
    if isinstance(first, str):
        yield first
    if isinstance(first, dict):
        errors = SupplySchema().validate(first)
        yield from [f"not an offer: {errors}"] if errors else []
        if any(secret in str(first) for secret in secrets):
            yield "the offer holds a secret setting"


def _outcome(read: Callable[[RawListing], dict[str, Any]], raw: RawListing) -> dict[str, Any] | tuple[str, ...] | str:
    """The demand, or the offer; ("skip" or "refused", …); or, as a str, a fault."""
    try:
        return read(raw)
    except Skip as skip:
        return ("skip", skip.reason) if skip.reason else "skipped without a reason"
    except Refused as refused:
        if not _RULE.fullmatch(refused.rule) or not refused.message:
            return "refused without a rule or a message"
        return ("refused", refused.rule, refused.message)
    except Exception as error:
        return f"{read.__name__} raised {type(error).__name__}: {error}"


def _names(value: Any) -> set[str]:
    """All member names in a JSON value."""
    names: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            names |= each.keys()
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return names
