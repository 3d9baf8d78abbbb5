"""What a good contract has beyond being valid; each fault is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi.finish import PROBLEM, operations
from openapi.webhooks import webhooks


def lint(document: Mapping[str, Any]) -> list[str]:
    """
    Every fault of an OpenAPI 3.1 document, sorted: own checks, and validity where openapi-spec-validator is installed.
    """
    lost = set(_references(document))
    # the validator raises over a reference that leads nowhere
    return sorted({*_document(document), *_operations(document), *(lost or _validity(document))})


def _document(document: Mapping[str, Any]) -> Iterator[str]:
    info = document.get("info", {})
    for member in ("title", "version", "description", "contact", "license"):
        if not info.get(member):
            yield f"info: {member} is missing"
    if not str(document.get("openapi", "")).startswith("3.1."):
        yield "openapi: the version is not 3.1"
    if not document.get("servers"):
        yield "servers: none is named"


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, method, operation in operations(document):
        where = f"{method.upper()} {path}"
        yield from _named(where, operation, seen)
        if path != "/" and path.endswith("/"):
            yield f"{where}: the path ends in a slash"
        yield from _parameters(where, path, operation)
        if path.startswith("/api/") and not {"401", "429"} <= {str(status) for status in operation.get("responses", {})}:
            yield f"{where}: 401 and 429 are not documented"
        yield from _answers(where, document, operation, oauth=path.startswith("/oauth/"))

    for name, operation in webhooks(document):
        where = f"webhook {name}"
        yield from _named(where, operation, seen)
        if not {"webhook-id", "webhook-timestamp", "webhook-signature"} <= {each.get("name") for each in operation.get("parameters", ())}:
            yield f"{where}: the headers that sign it are not documented"


def _named(where: str, operation: Mapping[str, Any], seen: dict[str, str]) -> Iterator[str]:
    """What every operation is told by; seen: where each operationId stands, filled here."""
    name = operation.get("operationId")
    if not name:
        yield f"{where}: operationId is missing"
    elif name in seen:
        yield f"{where}: operationId {name} is also that of {seen[name]}"
    else:
        seen[name] = where
    if not operation.get("summary"):
        yield f"{where}: summary is missing"
    if not operation.get("tags"):
        yield f"{where}: tags are missing"


def _parameters(where: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        name = parameter.get("name")
        if parameter.get("in") == "query" and not parameter.get("description"):
            yield f"{where}: parameter {name} says nothing about itself"
        if parameter.get("in") == "path" and f"{{{name}}}" not in path:
            yield f"{where}: parameter {name} does not stand in the path"
        schema = parameter.get("schema", {})
        kinds = {schema.get("type")} if isinstance(schema.get("type"), str) else set(schema.get("type", ()))
        bounded = any(word in schema for word in ("maxLength", "enum", "pattern", "format"))
        if parameter.get("in") == "query" and "string" in kinds and not bounded:
            yield f"{where}: parameter {name} is text without a bound"
        if parameter.get("in") == "query" and "integer" in kinds and not ("minimum" in schema and "maximum" in schema):
            yield f"{where}: parameter {name} is a number without bounds"


def _answers(where: str, document: Mapping[str, Any], operation: Mapping[str, Any], *, oauth: bool) -> Iterator[str]:
    """Answers are documented; oauth: 400 and 401 speak as RFC 6749 wants them."""
    answers = operation.get("responses", {})
    if not any(str(status).startswith("2") for status in answers):
        yield f"{where}: no answer of success is documented"
    for status, answer in answers.items():
        if not str(status).startswith(("4", "5")):
            continue
        if "$ref" in answer:
            answer = document.get("components", {}).get("responses", {}).get(answer["$ref"].rpartition("/")[2], {})
        if oauth and status in {"400", "401"}:
            continue
        if set(answer.get("content", {})) != {PROBLEM}:
            yield f"{where}: the error {status} is not problem+json"


def _references(document: Mapping[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if isinstance(node.get("$ref"), str) and not _leads_somewhere(document, node["$ref"]):
                yield f"{node['$ref']}: leads nowhere"
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _leads_somewhere(document: Mapping[str, Any], reference: str) -> bool:
    if not reference.startswith("#/"):
        return False
    found: Any = document
    for step in reference[2:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or step not in found:
            return False
        found = found[step]
    return True


def _validity(document: Mapping[str, Any]) -> Iterator[str]:
    try:
        from openapi_spec_validator import OpenAPIV31SpecValidator
    except ImportError:
        return
    for error in OpenAPIV31SpecValidator(dict(document)).iter_errors():
        yield f"{'/'.join(map(str, error.path)) or 'document'}: {error.message[:300]}"
