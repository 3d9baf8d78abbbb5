"""
A look at a source as it is kept: what came first, how it would be understood, and what later looks are held against.

A person approves what was seen. So a second look is compared with the first, and where the source sends another thing by then, or is asked
in another way, that is named.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from itertools import islice
from typing import Any

import orjson

from connectors.kit import AnswerMeta, Connector, RawListing, SourceError, Window
from connectors.kit.masking import mask
from exchange.errors import BadRequest
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.drift import RARE, TYPES, USUAL
from exchange.sync.members import Member, example_of, members_of
from exchange.sync.outcomes import outcome
from exchange.sync.registry import connector_for, fetch_for

LISTINGS = 20
SECONDS = 60.0
RAW_LETTERS = 4000
_WORSE = 0.25  # so much more of what came that cannot be read is another list


class LookTooLong(SourceError):
    """The time for a look is used up."""

    rule = "look_too_long"
    advice = "Coba lagi nanti; bila sumbernya memang lambat, ambil ia lewat perintah exchange source check pada malam hari."


def setting_digests(source: SourceRow) -> dict[str, str]:
    """What a source is asked by: of each setting, and of its connector and region, a digest that tells no secret."""
    version = ""
    with suppress(BadRequest):
        version = connector_for(source).version
    sent = str((source.upload or {}).get("digest", ""))
    facts = {"konektor": f"{source.connector} {version}", "wilayah": source.region, "berkas": sent, "lokal": str(source.local)}
    return {name: blake2b(str(value).encode(), digest_size=12).hexdigest() for name, value in (facts | dict(source.options)).items()}


def options_digest(source: SourceRow) -> str:
    """All of that in one."""
    return blake2b(orjson.dumps(setting_digests(source), option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def look(settings: Settings, source: SourceRow, limit: int = LISTINGS, seconds: float = SECONDS) -> dict[str, Any]:
    """
    Ask a source once and translate its first listings; nothing is saved but the answers, in the archive.

    seconds: all that it may take, and one answer more.

    Returns: JSON with
        `reachable`, `reasons` (what came instead, and what to do), `requests`, `bytes`; `settings` as `setting_digests` has them;
        `connector` (`title`, `homepage`, `licence`, `version`), `address` (masked); `total`, `last_page`, `lengths_agree`, `whole`
        (whether the list ended within what was looked at), `notes`; `counts` by outcome; `buyers`; `members` by path: share, types,
        example;
        `answers` (digest, request, url, size, headers) and `listings`: `reference`, what `outcomes.outcome` tells, and `raw`, the listing
        as text without what is about persons.
    """
    connector = connector_for(source)
    archive, answers, end = Archive(settings.data_dir / "archive"), list[dict[str, Any]](), time.monotonic() + seconds

    def keep(body: bytes, meta: AnswerMeta) -> str:
        digest = archive.keep(body)
        answers.append({"digest": digest, "request": meta.request, "url": meta.address, "size": len(body), "headers": dict(meta.headers)})
        if time.monotonic() > end:
            raise LookTooLong(f"Sumber belum mengirim {limit} data dalam {seconds:.0f} detik.", answer=digest)
        return digest

    raws, reasons, whole = list[RawListing](), list[str](), False
    bounded = replace(settings, total_timeout=min(settings.total_timeout, seconds))
    with fetch_for(source, connector, keep, bounded) as fetch:
        try:
            for raw in islice(connector.listings(fetch, Window(since=None, until=utcnow())), limit):
                raws.append(raw)
            whole = len(raws) < limit
        except SourceError as error:
            reasons = [error.message, error.mend]
    facts, listings = fetch.facts, [told_of(connector, raw) for raw in raws]
    kind = type(connector)
    return {
        "reachable": not reasons, "reasons": reasons, "requests": facts.requests, "bytes": facts.bytes_sent,
        "settings": setting_digests(source), "address": mask(str(source.options.get("url", ""))),
        "connector": {"title": kind.title, "homepage": kind.homepage, "licence": kind.licence, "version": connector.version},
        "total": facts.total, "last_page": facts.last_page, "lengths_agree": facts.lengths_agree, "whole": whole,
        "notes": facts.notes[:20], "counts": Counter(each["outcome"] for each in listings), "buyers": _buyers(listings),
        "members": member_rows(connector, raws), "answers": answers[:50], "listings": listings,
    }  # fmt: skip


def told_of(connector: Connector, raw: RawListing) -> dict[str, Any]:
    """A listing with what would come of it, and as text without what is about persons."""
    return {"reference": raw.reference, "position": raw.position} | outcome(connector, raw) | {"raw": as_text(connector, raw.body)}


def as_text(connector: Connector, body: dict[str, Any]) -> str:
    """A listing as indented JSON of at most 4,000 letters; fields about persons are left out."""
    text = orjson.dumps(connector.without_persons(body), option=orjson.OPT_INDENT_2, default=str).decode()
    return text if len(text) <= RAW_LETTERS else text[:RAW_LETTERS] + "\n…"


def member_rows(connector: Connector, raws: list[RawListing]) -> dict[str, list[Any]]:
    """The members of listings by path: share, types, and an example where one may be shown."""
    found = members_of([raw.body for raw in raws if not raw.gone])
    return {path: [*its.kept(), example_of(path, its.example, connector.is_personal)] for path, its in found.items()}


def _buyers(listings: list[dict[str, Any]]) -> list[str]:
    named = (each["demand"]["buyer"] for each in listings if each["demand"])
    return sorted({buyer["code"] or buyer["name"] for buyer in named})[:50]


def changed_settings(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of what a source is asked by that is another now."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Why what a source sends now is not what a person saw, in sentences (Indonesian); empty where it fits."""
    if not now["reachable"]:
        return [f"Sumber sekarang tidak mengirim daftarnya: {' '.join(now['reasons'])}"]
    names = changed_settings(before["settings"], now["settings"])
    found = [f"Pengaturan berubah sejak pratinjau itu: {', '.join(names)}."] if names else []
    was, its = _members(before), _members(now)
    for path, known in was.items():
        if known.share >= USUAL and (path not in its or its[path].share < RARE):
            found.append(f"Kolom {path} tidak lagi datang.")
        elif known.share >= USUAL and known.types and not known.types.keys() & its[path].types.keys():
            found.append(f"Isi kolom {path} berubah: dulu {_types(known)}, sekarang {_types(its[path])}.")
    found += [f"Kolom baru dari sumber: {path}." for path, member in its.items() if member.share >= USUAL and path not in was]
    if before["buyers"] and now["buyers"] and not set(before["buyers"]) & set(now["buyers"]):
        found.append(f"Pembelinya lain: dulu {', '.join(before['buyers'][:3])}, sekarang {', '.join(now['buyers'][:3])}.")
    if _unread(now) > _unread(before) + _WORSE:
        found.append(f"Yang tidak terbaca sekarang {now['counts'].get('quarantined', 0)} dari {len(now['listings'])} data.")
    if _read(before) and not _read(now):
        found.append("Tidak satu pun data yang datang sekarang dipahami.")
    return found


def _members(seen: Mapping[str, Any]) -> dict[str, Member]:
    return {path: Member.of(kept) for path, kept in seen["members"].items()}


def _types(member: Member) -> str:
    return " dan ".join(TYPES.get(kind, kind) for kind in sorted(member.types))


def _unread(seen: Mapping[str, Any]) -> float:
    return seen["counts"].get("quarantined", 0) / len(seen["listings"]) if seen["listings"] else 0.0


def _read(seen: Mapping[str, Any]) -> int:
    return sum(seen["counts"].get(name, 0) for name in ("saved", "offered"))
