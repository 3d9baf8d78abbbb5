"""Events that the node sends: what is the same in all of them, and the operations that their receivers are asked to have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi.diff import METHODS

# what a webhook's request bears; https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
_SIGNED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "webhook-id",
        "Names the event: the same on every try, so that one that comes twice can be known.",
        {"type": "string", "pattern": "^msg_[0-9a-f]{24}$", "maxLength": 40},
    ),
    (
        "webhook-timestamp",
        "When this try was made, in seconds since 1970; what is older than a few minutes should be refused.",
        {"type": "string", "pattern": r"^\d{10,12}$", "maxLength": 12},
    ),
    (
        "webhook-signature",
        "One or more signatures with a space between them, each by one of the address's secrets: `v1,` and the HMAC-SHA256, in base64, of "
        "`{webhook-id}.{webhook-timestamp}.{body}`. One that holds is enough.",
        {"type": "string", "pattern": r"^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$", "maxLength": 200},
    ),
)
# what the answers of whoever is told mean to this node
_TAKEN = {
    "2XX": "Taken. Whatever the body says is not read.",
    "410": "The address is closed: it is suspended, and nothing is sent to it any more.",
    "4XX": "Not taken: tried again, eight times within 24 hours; Retry-After is honoured.",
    "5XX": "Not taken: tried again, eight times within 24 hours; Retry-After is honoured.",
}


def each_operation(items: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of these path items, with the item's name and its method."""
    for name, item in items.items():
        for method in METHODS:
            if method in item:
                yield name, method, item[method]


def webhooks(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event with the operation that takes it."""
    return ((name, operation) for name, _, operation in each_operation(document.get("webhooks", {})))


def finish_webhooks(document: dict[str, Any]) -> None:
    """Tell of each event what all of them bear, and what is made of the answers; that it is the node's is known by its signature alone."""
    for name, operation in webhooks(document):
        operation.setdefault("operationId", "on" + "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", name)))
        operation["security"] = []
        operation["parameters"] = [
            {"name": header, "in": "header", "required": True, "description": says, "schema": dict(schema)}
            for header, says, schema in _SIGNED
        ]
        operation["responses"] = {status: {"description": says} for status, says in _TAKEN.items()}
