"""
OCDS answers as releases: packages, record packages, bare releases and records, and arrays of any of these.

Source
  https://standard.open-contracting.org/1.1/en/schema/reference/ and /schema/merging/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.kit.errors import ShapeChanged

_RELEASE_SIGNS = ("ocid", "tag", "tender", "planning", "buyer", "initiationType")
_OVERWRITTEN = frozenset({"date", "id"})


@dataclass(frozen=True, slots=True)
class Release:
    """
    One release; `compiled` where the source merged it itself. A record that holds only links to its releases comes as
    an empty one with its ocid, so that it is not lost without a word.
    """

    body: dict[str, Any]
    compiled: bool = False

    @property
    def ocid(self) -> str:
        """The id of the contracting process, without blanks; empty where the release has none."""
        value = self.body.get("ocid")
        return value.strip() if isinstance(value, str) else ""

    @property
    def date(self) -> str:
        """The release's date as written; ISO 8601 sorts by itself as long as a publisher keeps to one form."""
        value = self.body.get("date")
        return value if isinstance(value, str) else ""


def releases(document: Any, answer: str | None = None) -> Iterator[Release]:
    """
    All releases in an answer, in order.

    Raises:
        ShapeChanged: something in it is no OCDS; the message names what was found.
    """
    if isinstance(document, list):
        for member in document:
            yield from releases(member, answer)
        return
    if not isinstance(document, dict):
        raise ShapeChanged("Jawaban bukan dokumen OCDS: berisi nilai lepas, bukan objek.", answer=answer)
    packed = {name: document[name] for name in ("releases", "records") if isinstance(document.get(name), list)}
    if "compiledRelease" in document or ("releases" in packed and "ocid" in document):
        yield _of_record(document)
    elif packed:
        for name, members in packed.items():
            for member in members:
                if not isinstance(member, dict):
                    raise ShapeChanged(f"Isi {name} bukan objek.", answer=answer)
                yield _of_record(member) if name == "records" else Release(member, _is_compiled(member))
    elif sum(sign in document for sign in _RELEASE_SIGNS) >= 2:
        yield Release(document, _is_compiled(document))
    else:
        raise ShapeChanged("Jawaban bukan dokumen OCDS: tidak ada releases, records maupun ocid dengan isinya.", answer=answer)


def _is_compiled(release: dict[str, Any]) -> bool:
    tag = release.get("tag")
    return isinstance(tag, list) and "compiled" in tag


def _of_record(record: dict[str, Any]) -> Release:
    """A record as one release: the compiled one, else its embedded releases merged, else nothing but its ocid."""
    ocid = {"ocid": record["ocid"]} if isinstance(record.get("ocid"), str) else {}
    compiled = record.get("compiledRelease")
    if isinstance(compiled, dict) and len(compiled) > 1:
        return Release(ocid | compiled, compiled=True)
    linked = record.get("releases")
    embedded = [Release(each) for each in linked if isinstance(each, dict) and "ocid" in each] if isinstance(linked, list) else []
    return Release(ocid | merge(embedded).body, compiled=True) if embedded else Release(ocid)


def merge(found: list[Release]) -> Release:
    """
    Releases of one process as one: those that the source compiled win, the newest of them alone; others are laid over
    one another by date, objects member by member, arrays of objects with ids by id, other values replaced.
    """
    compiled = [each for each in found if each.compiled]
    if compiled:
        return max(compiled, key=lambda each: each.date)
    merged: dict[str, Any] = {}
    tags: list[str] = []
    for each in sorted(found, key=lambda each: each.date):
        merged = _laid_over(merged, each.body)
        tags += [tag for tag in _tags(each.body) if tag not in tags]
    return Release(merged | ({"tag": tags} if tags else {}))


def _tags(release: dict[str, Any]) -> list[str]:
    tag = release.get("tag")
    return [each for each in tag if isinstance(each, str)] if isinstance(tag, list) else [tag] if isinstance(tag, str) else []


def _laid_over(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    result = dict(older)
    for name, value in newer.items():
        before = result.get(name)
        if value is None and name not in _OVERWRITTEN:
            result.pop(name, None)  # the standard's way to withdraw a value
        elif isinstance(value, dict) and isinstance(before, dict):
            result[name] = _laid_over(before, value)
        elif isinstance(value, list) and isinstance(before, list) and _have_ids(value) and _have_ids(before):
            result[name] = _by_id(before, value)
        else:
            result[name] = value
    return result


def _have_ids(members: list[Any]) -> bool:
    return all(isinstance(each, dict) and isinstance(each.get("id"), str | int | float) for each in members)


def _by_id(older: list[dict[str, Any]], newer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    merged = {str(each["id"]): each for each in older}
    for each in newer:
        merged[str(each["id"])] = _laid_over(merged.get(str(each["id"]), {}), each)
    return list(merged.values())
