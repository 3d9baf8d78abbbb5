"""
A source's members change before data is lost: what is new, gone or of another type is told once, with an example.

The profile is learned over complete runs; a change is held against it until a person says that it is known or three complete runs
have shown it, and then is part of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import Connector
from exchange.errors import NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.profiles import SourceProfileRow, profile_of
from exchange.store.sources import SourceRow
from exchange.sync.members import Member, Sample, example_of, members_of

USUAL, RARE = 0.95, 0.05
_ORDER = ("gone", "retyped", "new")
# of fewer listings nobody can tell that a member is gone
_ENOUGH = 20
_UNTIL_KNOWN = 3
_MEMORY = 10
_MOST_TOLD = 50
_LEAST_KEPT = 0.0005
TYPES = {"text": "teks", "number": "bilangan", "boolean": "ya/tidak", "object": "objek", "list": "daftar"}


def compare(before: Mapping[str, Member], now: Mapping[str, Member], sampled: int) -> dict[str, str]:
    """
    What differs between a profile and N sampled listings, by path: `new`, `gone` or `retyped`.

    What costs data comes first. Of a member that is new or gone as a whole its inner ones are not told.
    """
    found: dict[str, str] = {}
    for path, member in now.items():
        known = before.get(path)
        if known is None:
            if member.share >= RARE:
                found[path] = "new"
        elif known.share and sum(share for kind, share in member.types.items() if kind not in known.types) >= RARE:
            found[path] = "retyped"
    if sampled >= _ENOUGH:
        for path, known in before.items():
            if known.share >= USUAL and (path not in now or now[path].share < RARE):
                found[path] = "gone"
    told = [(path, what) for path, what in found.items() if found.get(_outer(path)) != what]
    return dict(sorted(told, key=lambda each: _ORDER.index(each[1])))


def _outer(path: str) -> str:
    """The member that an inner one stands in, empty where it stands in none; a dot can be part of a name, and then it names nothing."""
    return path.rpartition(".")[0].removesuffix("[]")


def note_drift(
    session: Session, source: SourceRow, connector: Connector, sample: Sample, *, fetched: int, complete: bool
) -> list[dict[str, Any]]:
    """
    Hold a run's sample against the source's profile, and learn from it where the run was complete.

    Where most of what was fetched had come before byte for byte, the sample is of the rest alone, which is of its own kind (the
    newest listings, say): then only what is new or of another type in it is told, and nothing is learned.

    Returns:
        The changes that were not told before: `member`, `what` (`new`, `gone`, `retyped`), `example` (None where none may be shown),
        and `was` and `now`: share and types, None where there is nothing.
    """
    row, whole = profile_of(session, source.id), complete and 0 < fetched <= 2 * sample.seen
    now = members_of([raw.body for raw in sample.listings])
    if row is None or row.connector != connector.name:
        if whole and now:
            _begin(session, row, source.id, connector.name, now)
        return []
    before = {path: Member.of(kept) for path, kept in row.members.items()}
    differs = compare(before, now, len(sample.listings) if 2 * sample.seen >= fetched else 0)
    changes = {path: dict(change) for path, change in row.changes.items() if not whole or differs.get(path) == change["what"]}
    fresh = [path for path in differs if path not in changes][: max(0, _MOST_TOLD - len(changes))]
    for path in fresh:
        shown = now.get(path)
        changes[path] = {
            "what": differs[path],
            "example": example_of(path, shown.example, connector.is_personal) if shown else None,
            "was": before[path].kept() if path in before else None,
            "runs": 0,
            "since": utcnow().isoformat(timespec="seconds"),
        }
    for path, change in changes.items():
        if whole or path in fresh:
            change["now"] = now[path].kept() if path in now else None
        change["runs"] += complete
    told = [{"member": path, **{name: changes[path][name] for name in ("what", "example", "was", "now")}} for path in fresh]
    if whole:
        row.members = _learned(before, now, row.runs, set(differs))
        row.runs += 1
    row.changes = changes
    _take_in(row, [path for path, change in changes.items() if change["runs"] >= _UNTIL_KNOWN])
    row.updated_at = utcnow()
    return told


def _begin(session: Session, row: SourceProfileRow | None, source_id: int, connector: str, now: Mapping[str, Member]) -> None:
    if row is None:
        row = SourceProfileRow(source_id=source_id)
        session.add(row)
    row.connector, row.runs, row.changes = connector, 1, {}
    row.members, row.updated_at = {path: member.kept() for path, member in now.items()}, utcnow()


def _learned(before: Mapping[str, Member], now: Mapping[str, Member], runs: int, differs: Collection[str]) -> dict[str, Any]:
    """The profile with one more run in it; what differs stays as it was. The last ten runs or so weigh."""
    runs = min(runs, _MEMORY - 1)
    old = runs / (runs + 1)
    members = {}
    for path in {**before, **now}:
        merged = before.get(path) if path in differs else _blended(before.get(path), now.get(path), old)
        if merged is not None and merged.share >= _LEAST_KEPT:
            members[path] = merged.kept()
    return members


def _blended(one: Member | None, other: Member | None, old: float) -> Member | None:
    """Two pictures of a member as one, the first of weight `old`."""
    if one is None or other is None:
        return Member(one.share * old, one.types) if one else Member(other.share * (1 - old), other.types) if other else None
    kinds = {**one.types, **other.types}
    types = {kind: one.types.get(kind, 0.0) * old + other.types.get(kind, 0.0) * (1 - old) for kind in kinds}
    return Member(one.share * old + other.share * (1 - old), types)


def _take_in(row: SourceProfileRow, paths: Collection[str]) -> None:
    """Make these changes part of the profile."""
    members, changes = dict(row.members), dict(row.changes)
    for path in paths:
        now = changes.pop(path)["now"]
        if now is None:
            members.pop(path, None)
        else:
            members[path] = now
    row.members, row.changes = members, changes


def acknowledge(session: Session, source: SourceRow, actor: str, member: str | None = None) -> int:
    """
    A person knows of a change, or of all of a source: from now on the profile is as it is now. Returns how many.

    Raises:
        NotFound: nothing of that name waits, or nothing at all.
    """
    row = profile_of(session, source.id)
    waiting = list(row.changes) if row else []
    paths = waiting if member is None else [path for path in waiting if path == member]
    if row is None or not paths:
        raise NotFound(f"Tidak ada perubahan bentuk data {source.name} yang menunggu.", mend=f"Lihat: exchange source show {source.name}")
    _take_in(row, paths)
    audit(session, actor, "source.drift", "source", source.name, members=paths[:_MOST_TOLD])
    return len(paths)


def drift_shown(row: SourceProfileRow | None) -> list[dict[str, Any]]:
    """What differs from a profile and waits: `member`, `what`, `example`, `was`, `now`, `since`, `runs`, and a sentence (`says`)."""
    changes = [{"member": path, **change} for path, change in (row.changes if row else {}).items()]
    return [change | {"since": datetime.fromisoformat(change["since"]), "says": in_words(change)} for change in changes]


def in_words(change: Mapping[str, Any]) -> str:
    """A change as a sentence for staff."""
    example = f", misalnya “{change['example']}”" if change["example"] else ""
    if change["what"] == "new":
        return f"Kolom baru dari sumber: {change['member']} ({_types(change['now'])}{example})."
    if change["what"] == "gone":
        was, now = (change[when][0] if change[when] else 0.0 for when in ("was", "now"))
        return f"Kolom {change['member']} tidak lagi datang: dulu di {was:.0%} data, sekarang di {now:.0%}."
    return f"Isi kolom {change['member']} berubah: dulu {_types(change['was'])}, sekarang {_types(change['now'])}{example}."


def _types(kept: Any) -> str:
    return " dan ".join(TYPES.get(kind, kind) for kind in sorted(kept[1], key=lambda kind: -kept[1][kind])) if kept else "kosong"
