"""From the document that the routes give to the contract that is committed: complete, stable, sorted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from openapi.webhooks import each_operation, finish_webhooks

PROBLEM = "application/problem+json"
_REASONS = {
    "400": "The request cannot be understood; `errors` names each parameter and the nearest right word.",
    "401": "A login or a token is missing or does not hold; `mend` says which and how to get it.",
    "403": "The caller is known and may not do this; `missing` names what it lacks.",
    "404": "There is no such record, or the caller may not know of it.",
    "406": "The representation that Accept asks for does not exist.",
    "409": "The state of the record forbids it.",
    "410": "The cursor cannot be gone on from; `mend` says how to begin anew.",
    "412": "The record changed since the caller read it; nothing was done.",
    "413": "More is sent than is taken at once.",
    "415": "What is sent is of another media type.",
    "416": "The range that is asked for lies outside of the document.",
    "422": "The Idempotency-Key stands for another request.",
    "428": "The change must name the version that it is meant for, in If-Match.",
    "429": "Too many requests in this minute; Retry-After says when to ask again.",
    "500": "The service failed; nothing of its inside is told.",
    "503": "The service is not ready yet, or cannot record what it would tell a partner beyond the public.",
}
_HEADERS: dict[str, Any] = {
    "ETag": {"description": "Strong validator: version, tier, policy and representation.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "Public for half a minute, or private to the session.", "schema": {"type": "string"}},
    "Link": {"description": 'RFC 8288; `rel="next"` where the list goes on.', "schema": {"type": "string"}},
    "RateLimit": {"description": "What is left of this minute, and when it ends.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How many requests a minute has.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0, "maximum": 86400}},
    "API-Version": {"description": "Version of this contract.", "schema": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}},
    "X-Request-Id": {"description": "Names this request in the log.", "schema": {"type": "string", "maxLength": 64}},
    "Access-Control-Allow-Origin": {"description": "Any page of the web may read this, without cookies.", "schema": {"const": "*"}},
}
# what every answer bears; those under /api the rest too
_ALWAYS = ("API-Version", "X-Request-Id", "Access-Control-Allow-Origin")
_COUNTED = ("RateLimit", "RateLimit-Policy")
# bounds of what is answered where its own are not told: the largest that the service takes in or keeps
_LONGEST_TEXT = 4 << 20
_MOST_ITEMS = 100_000
_LARGEST = 2**53 - 1  # what every reader of JSON can hold exactly
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A word of chance for each new request, the same one where it is repeated: then the answer is repeated too.",
    "schema": {"type": "string", "pattern": r"^[\x21\x23-\x5b\x5d-\x7e]{1,100}$", "example": "6d3f0c2e-4f0b-4d55-9a0e-6a1f5c2f7b11"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the record as it was read.",
    "schema": {"type": "string", "maxLength": 200},
}


# how another node is known
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Exchange-Signature",
    "description": "Detached JWS (RFC 7515, appendix F; EdDSA) by the key of a node that the office of this one trusts.",
}
_CHAIN = {
    "name": "Exchange-Key-Chain",
    "in": "header",
    "description": "What the keys before vouch for, the oldest first, a blank between them; for a node that took another key.",
    "schema": {"type": "string", "maxLength": 8000},
}
_NONCE = {
    "name": "Exchange-Nonce",
    "in": "header",
    "required": True,
    "description": "A word of chance that is signed with the question; the answer repeats it.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{8,100}$", "example": "m3NwXb0cQk6mE2pX"},
}
_SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "session",
    "description": "Session of the staff pages; log in at /masuk. Where it is optional, staff read more with it.",
}


_CLIENT = {"type": "http", "scheme": "basic", "description": "Name and secret of a partner, to get a token."}


def finish(
    document: Mapping[str, Any], *, contact: Mapping[str, str], licence: Mapping[str, str], scopes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """
    The finished contract.

    scopes: what a partner's token may carry, each with what it is for.

    Adds to each operation an operationId, its problems as application/problem+json, 304 and its headers; to each webhook the headers
    that sign it (Standard Webhooks) and what its answers mean; to the document
    contact, licence and server. Takes out what speaks of requests only (defaults, strictness) from what is answered.
    The same document in gives the same document out, and finishing twice changes nothing.
    """
    done: dict[str, Any] = deepcopy(dict(document))
    done["info"] = {**done["info"], "contact": dict(contact), "license": dict(licence)}
    done["servers"] = [{"url": "/", "description": "This node, in production.", "x-internal": False}]
    parts = done.setdefault("components", {})
    parts["responses"] = {f"Problem{status}": _problem(says) for status, says in _REASONS.items()}
    parts["responses"]["NotModified"] = {"description": "The caller has it already.", "headers": {"ETag": _HEADERS["ETag"]}}
    parts["headers"] = deepcopy(_HEADERS)
    for status, answer in parts["responses"].items():
        counted = () if status == "Problem503" else _COUNTED
        _bear(answer, [*_ALWAYS, *counted, *(["Retry-After"] if status in {"Problem429", "Problem503"} else [])])
    for path, method, operation in operations(done):
        _finish_operation(path, method, operation)
    finish_webhooks(done)
    if any(operation.get("security") for _, _, operation in operations(done)):
        parts["securitySchemes"] = {"session": dict(_SESSION), "oauth2": _oauth2(scopes or {})}
        if any("signature" in each for _, _, operation in operations(done) for each in operation.get("security", ())):
            parts["securitySchemes"]["signature"] = dict(_SIGNATURE)
        if any("client" in each for _, _, operation in operations(done) for each in operation.get("security", ())):
            parts["securitySchemes"]["client"] = dict(_CLIENT)
    asked = _reachable(done, [op["requestBody"] for _, _, op in operations(done) if "requestBody" in op])
    for name, schema in parts.get("schemas", {}).items():
        if name not in asked:
            _as_answered(schema)
    used = _reachable(done, [done["paths"], done.get("webhooks", {}), parts["responses"]])
    parts["schemas"] = {name: schema for name, schema in parts.get("schemas", {}).items() if name in used}
    _bound([done["paths"], done.get("webhooks", {}), parts])
    done["tags"] = sorted(done.get("tags", []), key=lambda tag: str(tag["name"]))
    finished: dict[str, Any] = _sorted(done)
    return finished


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    return each_operation(document.get("paths", {}))


def operation_id(path: str, method: str) -> str:
    """A name for an operation: `GET /api/v1/products/{sku}` is `getProductsBySku`."""
    words = []
    for part in re.sub(r"^/api/v\d+", "", path).split("/"):
        bare = part.strip("{}")
        named = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", bare))
        words.append(f"By{named}" if part.startswith("{") else named)
    return method + "".join(words)


def _oauth2(scopes: Mapping[str, str]) -> dict[str, Any]:
    flow = {"tokenUrl": "/oauth/token", "scopes": dict(scopes)}
    says = "Token of a partner; the office that runs this node gives out the name and the secret."
    return {"type": "oauth2", "description": says, "flows": {"clientCredentials": flow}}


def _problem(says: str) -> dict[str, Any]:
    return {"description": says, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _finish_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    operation.setdefault("operationId", operation_id(path, method))
    for parameter in operation.get("parameters", ()):
        if parameter.get("schema", {}).get("default", ...) is None:
            del parameter["schema"]["default"]
    answers = operation["responses"] = {str(status): answer for status, answer in operation.get("responses", {}).items()}
    answers.pop("default", None)
    wanted = ["406", "500", *([] if operation.get("x-form") else ["400"])]
    if "{" in path:
        wanted.append("404")
    if operation.pop("x-staff-only", False):
        wanted.append("401")
        operation["security"] = [{"session": []}]
    wanted += _finish_partner(path, operation)
    operation.setdefault("security", [{}, {"oauth2": []}, {"session": []}] if path.startswith("/api/") else [])
    for status in (*wanted, *operation.pop("x-problems", ())):
        answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if operation.pop("x-any-media", False):
        answers["200"]["content"]["*/*"] = {"schema": {"description": "A publication, in its format."}}
    if operation.pop("x-ranges", False):
        answers["206"] = {"description": "The part that Range asks for.", "content": deepcopy(answers["200"]["content"])}
    if operation.pop("x-known", False):
        answers["200"] = {"description": "It stands so already; nothing was done.", "content": deepcopy(answers["201"]["content"])}
    if operation.pop("x-kept", False):
        answers["202"] = {"description": "Kept until what is missing comes.", "content": deepcopy(answers["200"]["content"])}
    if operation.pop("x-empty", False):
        answers["204"] = {"description": "There is nothing to send yet."}
    if method == "get" and operation.pop("x-conditional", True):
        answers["304"] = {"$ref": "#/components/responses/NotModified"}
        names = ["ETag", "Cache-Control", *(["Link"] if operation.pop("x-paged", False) else [])]
        _bear(answers["200"], names)
    for answer in answers.values():
        if "$ref" not in answer:
            _bear(answer, [*_ALWAYS, *(_COUNTED if path.startswith(("/api/", "/oauth/", "/problems/")) else ())])


def _finish_partner(path: str, operation: dict[str, Any]) -> list[str]:
    """What partners must send, and the problems that come of tokens, keys, versions and of asking too often."""
    wanted = ["401", "429"] if path.startswith("/api/") else []
    if operation.pop("x-form", False):
        operation["security"] = [{"client": []}]
        wanted += ["413", "415", "429"]
    scopes = operation.pop("x-scopes", None)
    if scopes is not None:
        operation["security"] = [{"oauth2": scopes}, *([{"session": []}] if operation.pop("x-session", False) else [])]
        wanted.append("403")
    elif operation.get("security") == [{"session": []}]:
        wanted.append("403")
    keyed, headers = operation.pop("x-keyed", None), []
    if keyed is not None:
        headers.append(_IDEMPOTENCY | {"required": keyed})
        wanted.append("422")
    if operation.pop("x-matched", False):
        headers.append(dict(_IF_MATCH))
        wanted += ["412", "428"]
    if "requestBody" in operation:
        wanted += ["413", "415"]
    nonce = operation.pop("x-nonce", False)
    if operation.pop("x-signed", False):
        operation["security"] = [{"signature": []}]
        headers += [dict(_CHAIN), *([dict(_NONCE)] if nonce else [])]
    if headers:
        operation["parameters"] = [*operation.get("parameters", ()), *headers]
    return wanted


def _bear(answer: dict[str, Any], names: Iterable[str]) -> None:
    """Document headers of an answer."""
    its = answer.setdefault("headers", {})
    its |= {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _bound(nodes: list[Any]) -> None:
    """Give every text, list and whole number in the document the bound that it has where no nearer one is told."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        if not isinstance(node, dict):
            continue
        waiting.extend(value for name, value in node.items() if name not in {"example", "examples", "default", "enum"})
        kinds = node.get("type", ())
        kinds = {kinds} if isinstance(kinds, str) else set(kinds) if isinstance(kinds, list) else set()
        if "string" in kinds and not {"enum", "const"} & node.keys():
            node.setdefault("maxLength", _LONGEST_TEXT)
        if "array" in kinds:
            node.setdefault("maxItems", _MOST_ITEMS)
        if "integer" in kinds:
            node.setdefault("format", "int64")
            node.setdefault("minimum", -_LARGEST)
            node.setdefault("maximum", _LARGEST)


def _reachable(document: Mapping[str, Any], nodes: list[Any]) -> set[str]:
    """Names of the component schemas that these nodes lead to."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in document["components"].get("schemas", {}) and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return found


def _as_answered(schema: dict[str, Any]) -> None:
    """An answer may gain members later, and it has no defaults."""
    schema.pop("additionalProperties", None)
    for member in schema.get("properties", {}).values():
        member.pop("default", None)


def _sorted(node: Any) -> Any:
    """Members by name, so that the text of the document is stable; lists keep their order."""
    if isinstance(node, Mapping):
        return {name: _sorted(node[name]) for name in sorted(node, key=str)}
    if isinstance(node, list):
        return [_sorted(part) for part in node]
    return node
