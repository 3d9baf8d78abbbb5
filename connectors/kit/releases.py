"""
OCDS answers as releases: packages, record packages, bare releases and records, and arrays of any of these.

Source
  https://standard.open-contracting.org/1.1/en/schema/reference/ and /schema/merging/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.kit.errors import ShapeChanged

_RELEASE_SIGNS = ("ocid", "tag", "tender", "planning", "buyer", "initiationType")
_RECORD_SIGNS = ("compiledRelease", "releases")
_OVERWRITTEN = frozenset({"date", "id"})
_WHOLE = frozenset({"additionalClassifications", "additionalIdentifiers"})
"""Lists that the standard replaces whole (`wholeListMerge`): their members' ids are codes of other lists."""
_BEFORE_TENDER = frozenset({"planning", "planningUpdate"})
_TENDERED = frozenset({"tender", "tenderAmendment", "tenderUpdate", "tenderCancellation"})


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
    def moment(self) -> str:
        """When it was made, in a form that sorts: UTC, a day alone as its midnight; as written where that is no date, or empty."""
        value = self.body.get("date")
        if not isinstance(value, str):
            return ""
        try:
            when = datetime.fromisoformat(value.strip())
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            return value
        return when.isoformat(timespec="microseconds")


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
            _check_members(members, answer)
            for member in members:
                if not isinstance(member, dict):
                    raise ShapeChanged(f"Isi {name} bukan objek.", answer=answer)
                yield _of_record(member) if name == "records" else Release(member, _is_compiled(member))
    elif sum(sign in document for sign in _RELEASE_SIGNS) >= 2:
        yield Release(document, _is_compiled(document))
    else:
        raise ShapeChanged("Jawaban bukan dokumen OCDS: tidak ada releases, records maupun ocid dengan isinya.", answer=answer)


def _check_members(members: list[Any], answer: str | None) -> None:
    """Raise ShapeChanged where most members of a package have no sign of a release or a record; a few are theirs alone."""
    strange = sum(isinstance(each, dict) and not any(sign in each for sign in (*_RELEASE_SIGNS, *_RECORD_SIGNS)) for each in members)
    if strange * 2 > len(members):
        raise ShapeChanged("Isi paket bukan lagi rilis atau rekaman OCDS.", answer=answer)


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
    Releases of one process as one: those that the source compiled win, the newest of them alone. Others are laid over one
    another by date, after the standard's rules: objects member by member, lists of objects by their ids, other values
    replaced, null withdraws. A list in which an id stands twice or is missing cannot be told apart and is replaced whole.

    Tags are gathered, for they say what the source does not say elsewhere; a plan's tags end where a tender's begin.
    """
    compiled = [each for each in found if each.compiled]
    if compiled:
        return max(compiled, key=lambda each: each.moment)
    merged: dict[str, Any] = {}
    tags: list[str] = []
    for each in sorted(found, key=lambda each: each.moment):
        merged = _laid_over(merged, each.body)
        own = _tags(each.body)
        if _TENDERED.intersection(own):
            tags = [tag for tag in tags if tag not in _BEFORE_TENDER]
        tags += [tag for tag in own if tag not in tags]
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
        elif name not in _WHOLE and isinstance(value, list) and isinstance(before, list) and (ids := _ids(before, value)):
            result[name] = _by_id(before, value, *ids)
        else:
            result[name] = value
    return result


def _ids(older: list[Any], newer: list[Any]) -> tuple[list[str], list[str]] | None:
    """The ids of the members of two lists; None where a member has none or shares it with another of its list."""
    both = []
    for members in (older, newer):
        ids = [str(each["id"]) for each in members if isinstance(each, dict) and isinstance(each.get("id"), str | int | float)]
        if len(set(ids)) != len(members):
            return None
        both.append(ids)
    return both[0], both[1]


def _by_id(older: list[Any], newer: list[Any], older_ids: list[str], newer_ids: list[str]) -> list[dict[str, Any]]:
    merged = dict(zip(older_ids, older, strict=True))
    for name, each in zip(newer_ids, newer, strict=True):
        merged[name] = _laid_over(merged.get(name, {}), each)
    return list(merged.values())
