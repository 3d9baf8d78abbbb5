"""What a new document takes away from those who use the old one; each breaking change is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DEEPEST = 32

Document = Mapping[str, Any]


def breaking(old: Document, new: Document) -> list[str]:
    """
    Every change from `old` to `new` (OpenAPI 3.1 documents) that can break a caller, sorted.

    Taken away: paths, operations, answers' members, media types, 2xx statuses, parameters, allowed values.
    Asked for anew: required parameters, required members of a request. Changed: types. What is only added is not named.
    A webhook's request is what its receiver reads, so it breaks as an answer does: events, members and headers taken away.
    """
    return sorted({*_paths(old, new), *_webhooks(old, new)})


def unannounced(released: Document, built: Document) -> list[str]:
    """What breaks callers of the released contract although the built one bears the same major version; under a new one nothing is."""
    if _major(built) > _major(released):
        return []
    return breaking(released, built)


def _major(document: Document) -> int:
    return int(str(document["info"]["version"]).partition(".")[0])


def _paths(old: Document, new: Document) -> Iterator[str]:
    for path, item in old.get("paths", {}).items():
        if path not in new.get("paths", {}):
            yield f"{path}: the path is gone"
            continue
        for method in METHODS:
            if method not in item:
                continue
            where = f"{method.upper()} {path}"
            if method not in new["paths"][path]:
                yield f"{where}: the operation is gone"
                continue
            yield from _operation(where, (old, item, item[method]), (new, new["paths"][path], new["paths"][path][method]))


def _webhooks(old: Document, new: Document) -> Iterator[str]:
    for name, item in old.get("webhooks", {}).items():
        where, now = f"webhook {name}", new.get("webhooks", {}).get(name, {})
        for method in METHODS:
            if method not in item:
                continue
            if method not in now:
                yield f"{where}: the event is gone"
                continue
            yield from _event(where, (old, item, item[method]), (new, now, now[method]))


def _event(where: str, old: Side, new: Side) -> Iterator[str]:
    before, after = _resolved(old[0], old[2].get("requestBody")), _resolved(new[0], new[2].get("requestBody"))
    for media, content in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"{where}: it no longer comes as {media}"
            continue
        pair = (old[0], content.get("schema")), (new[0], after["content"][media].get("schema"))
        yield from _schema(where, *pair, asked=False)
    yield from (f"{where}: the {place} {name} is gone" for place, name in sorted(_by_name(old).keys() - _by_name(new).keys()))


Side = tuple[Document, Mapping[str, Any], Mapping[str, Any]]


def _operation(where: str, old: Side, new: Side) -> Iterator[str]:
    yield from _parameters(where, old, new)
    before, after = _resolved(old[0], old[2].get("requestBody")), _resolved(new[0], new[2].get("requestBody"))
    if after.get("required") and not before.get("required"):
        yield f"{where}: a request body is now required"
    for media, content in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"{where}: requests of {media} are no longer taken"
            continue
        pair = (old[0], content.get("schema")), (new[0], after["content"][media].get("schema"))
        yield from _schema(f"{where}: request", *pair, asked=True)
    yield from _answers(where, old, new)


def _answers(where: str, old: Side, new: Side) -> Iterator[str]:
    for status, answer in old[2].get("responses", {}).items():
        if status not in new[2].get("responses", {}):
            if str(status).startswith("2"):
                yield f"{where}: the answer {status} is gone"
            continue
        before, after = _resolved(old[0], answer), _resolved(new[0], new[2]["responses"][status])
        for media, content in before.get("content", {}).items():
            if media not in after.get("content", {}):
                yield f"{where}: the answer {status} no longer comes as {media}"
                continue
            pair = (old[0], content.get("schema")), (new[0], after["content"][media].get("schema"))
            yield from _schema(f"{where}: answer {status}", *pair, asked=False)


def _parameters(where: str, old: Side, new: Side) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for key, parameter in before.items():
        if key not in after:
            yield f"{where}: the {key[0]} parameter {key[1]} is gone"
            continue
        if after[key].get("required") and not parameter.get("required"):
            yield f"{where}: the {key[0]} parameter {key[1]} is now required"
        pair = (old[0], parameter.get("schema")), (new[0], after[key].get("schema"))
        yield from _schema(f"{where}: {key[0]} parameter {key[1]}", *pair, asked=True)
    for key, parameter in after.items():
        if key not in before and parameter.get("required"):
            yield f"{where}: the {key[0]} parameter {key[1]} is new and required"


def _by_name(side: Side) -> dict[tuple[str, str], Mapping[str, Any]]:
    document, item, operation = side
    listed = [_resolved(document, p) for p in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    return {(str(p.get("in")), str(p.get("name"))): p for p in listed}


def _resolved(document: Document, node: Any) -> Mapping[str, Any]:
    """The node that a local `$ref` points to; an empty one where there is none."""
    for _ in range(_DEEPEST):
        if not isinstance(node, Mapping):
            return {}
        if "$ref" not in node:
            return node
        found: Any = document
        for step in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~"), {})
        node = found
    return {}


def _types(schema: Mapping[str, Any]) -> set[str]:
    said = schema.get("type", ())
    return {said} if isinstance(said, str) else set(said)


def _schema(
    where: str, old: tuple[Document, Any], new: tuple[Document, Any], *, asked: bool, depth: int = 0, wanted: frozenset[str] = frozenset()
) -> Iterator[str]:
    """
    Compare two schemas.

    wanted: members that the schema which this one is an alternative or a part of asks for already.

    asked: the caller sends this, so it breaks when less is taken; else the caller reads it, so it breaks when other or
    more kinds come. An enum that grows in an answer is left alone: readers are told to expect new words.
    """
    before, after = _resolved(*old), _resolved(*new)
    if not before or depth > _DEEPEST:
        return
    lost, gained = _types(before) - _types(after), _types(after) - _types(before)
    wider = gained <= {"null"} and not lost if asked else lost <= {"null"} and not gained
    if (lost or gained) and not wider and not (asked and not _types(after)):
        yield f"{where}: the type was {_said(before)} and is {_said(after)}"
        return
    if "enum" in after and (gone := set(map(str, before.get("enum", ()))) - set(map(str, after["enum"]))):
        yield f"{where}: no longer among the values: {', '.join(sorted(gone))}"
    elif asked and "enum" in after and "enum" not in before:
        yield f"{where}: only listed values are taken now"
    yield from _members(where, (old[0], before), (new[0], after), asked=asked, depth=depth, wanted=wanted)


def _said(schema: Mapping[str, Any]) -> str:
    return " or ".join(sorted(_types(schema))) or "anything"


def _members(
    where: str,
    old: tuple[Document, Mapping[str, Any]],
    new: tuple[Document, Mapping[str, Any]],
    *,
    asked: bool,
    depth: int,
    wanted: frozenset[str],
) -> Iterator[str]:
    (old_document, before), (new_document, after) = old, new
    now = after.get("properties", {})
    for name, member in before.get("properties", {}).items():
        if name not in now:
            yield f"{where}: the member {name} is gone"
            continue
        yield from _schema(f"{where}.{name}", (old_document, member), (new_document, now[name]), asked=asked, depth=depth + 1)
    was, required = set(before.get("required", ())), set(after.get("required", ()))
    if asked:
        yield from (f"{where}: the member {name} is now required" for name in sorted(required - was - wanted))
    else:
        yield from (f"{where}: the member {name} may now be absent" for name in sorted(was - required - wanted) if name in now)
    if "items" in before:
        yield from _schema(f"{where}[]", (old_document, before["items"]), (new_document, after.get("items")), asked=asked, depth=depth + 1)
    whole = wanted | (was if asked else required)
    for kind in ("anyOf", "oneOf", "allOf"):
        for one, other in zip(before.get(kind, ()), after.get(kind, ()), strict=False):
            yield from _schema(where, (old_document, one), (new_document, other), asked=asked, depth=depth + 1, wanted=whole)
