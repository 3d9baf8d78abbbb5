"""Both sides' views side by side: where they differ, what each says, and what the other side's view suggests for our next step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from schemas.twin import STATES

LABELS: Final = {
    "state": "Keadaan", "instrument": "Instrumen", "documents": "Dokumen", "numbers": "Nomor", "days": "Tanggal", "objects": "Objek",
}  # fmt: skip
NAMES: Final = {
    "penawaran": "surat penawaran", "jawaban": "surat jawaban", "naskah_kb": "naskah Kesepakatan Bersama", "kb": "Kesepakatan Bersama",
    "kb_mulai": "Kesepakatan Bersama mulai", "kb_berakhir": "Kesepakatan Bersama berakhir", "naskah_pks": "naskah Perjanjian Kerja Sama",
    "pks": "Perjanjian Kerja Sama", "pks_mulai": "Perjanjian Kerja Sama mulai", "pks_berakhir": "Perjanjian Kerja Sama berakhir",
    "adendum": "adendum", "penangguhan": "penangguhan", "pengakhiran": "pengakhiran",
}  # fmt: skip
_MAPS = ("documents", "numbers", "days")
# on the way to a contract one side may simply be further; beyond it a difference is none of time
_WAY = STATES[: STATES.index("FINALIZED") + 1]


class Difference(NamedTuple):
    """
    One thing that both sides do not hold alike.

    part: a member of the view; name: within it. ours, theirs: what each holds, None for nothing. kind: `lag` where one side may simply
    not have come so far, `conflict` where both hold another thing.
    """

    part: str
    name: str
    ours: Any
    theirs: Any
    kind: str


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """
    Where two views differ; empty where they agree. With both exchanged the same things differ, each the other way round.

    Source: what both parties of an agreement must hold alike (anchors 4.4); hashes and numbers are compared letter by letter.
    """
    found = [Difference(name, "", ours[name], theirs[name], _kind(name, ours, theirs)) for name in ("state", "instrument")
             if ours[name] != theirs[name]]  # fmt: skip
    for part in _MAPS:
        here, there = ours[part], theirs[part]
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                kind = "lag" if here.get(name) is None or there.get(name) is None else "conflict"
                found.append(Difference(part, name, here.get(name), there.get(name), kind))
    return [*found, *_objects(ours["objects"], theirs["objects"])]


def _kind(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    return "lag" if name == "state" and ours[name] in _WAY and theirs[name] in _WAY else "conflict"


def _objects(ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[Difference]:
    """Objects that only one side has; their order is no difference. Where a side has none at all yet, it lags."""
    kind = "conflict" if ours and theirs else "lag"
    only_ours, only_theirs = _without(ours, theirs), _without(theirs, ours)
    for name in sorted(only_ours.keys() | only_theirs.keys()):
        here, there = only_ours.get(name), only_theirs.get(name)
        yield Difference("objects", name, here, there, kind)


def _without(these: Iterable[Any], those: Iterable[Any]) -> dict[str, Any]:
    """The objects of `these` that `those` lack, by commodity; as a list, in one order, since a commodity may stand there twice."""
    left = [orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in those]
    found: dict[str, list[bytes]] = {}
    for one in these:
        word = orjson.dumps(one, option=orjson.OPT_SORT_KEYS)
        if word in left:
            left.remove(word)
        else:
            found.setdefault(one["commodity"], []).append(word)
    return {name: [orjson.loads(word) for word in sorted(words)] for name, words in found.items()}


def digest_of(found: Iterable[Difference | Sequence[Any]]) -> str:
    """A word for what differs, by which a person's note of it is told from another difference."""
    return hashlib.sha256(orjson.dumps([list(one) for one in found], option=orjson.OPT_SORT_KEYS)).hexdigest()


def both_sides(ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """
    Everything that either side holds as rows of a table: `part`, `name` (both as labels), `ours`, `theirs`, `differs`.

    Either may be None where that side told nothing yet; nothing differs then.
    """
    empty: dict[str, Any] = {"state": None, "instrument": None, "documents": {}, "numbers": {}, "days": {}, "objects": []}
    here, there = ours or empty, theirs or empty
    rows = [_row("state", "", here["state"], there["state"])]
    for part in _MAPS:
        rows += [_row(part, name, here[part].get(name), there[part].get(name)) for name in sorted(here[part].keys() | there[part].keys())]
    names = dict.fromkeys(one["commodity"] for side in (here, there) for one in side["objects"])
    for name in names:
        told = [[one for one in side["objects"] if one["commodity"] == name] for side in (here, there)]
        rows.append(_row("objects", name, told[0] or None, told[1] or None))
    if ours is None or theirs is None:
        rows = [row | {"differs": False} for row in rows]
    return rows


def _row(part: str, name: str, ours: Any, theirs: Any) -> dict[str, Any]:
    return {"part": LABELS[part], "name": named(name), "ours": ours, "theirs": theirs, "differs": ours != theirs}


def named(name: str) -> str:
    """A member of a view in words; whose number it is, by region."""
    word, _, region = name.partition("/")
    return f"{NAMES.get(word, word)} {region}".strip()


def suggested(theirs: Mapping[str, Any] | None, other: str) -> dict[str, str]:
    """
    What the other side's view says that our next steps ask for, by field of the rule table; a suggestion to a person and never more.

    other: their region.
    """
    if theirs is None:
        return {}
    documents, numbers, days = theirs["documents"], theirs["numbers"], theirs["days"]
    found = {
        "hash_kb_mitra": documents.get("naskah_kb"), "nomor_kb_mitra": numbers.get(f"kb/{other}"),
        "hash_pks_mitra": documents.get("naskah_pks"), "nomor_pks_mitra": numbers.get(f"pks/{other}"),
        "nomor_penawaran": numbers.get("penawaran"), "tanggal_penawaran": days.get("penawaran"),
        "nomor_jawaban": numbers.get("jawaban"), "tanggal_jawaban": days.get("jawaban"),
        "tanggal_kb": days.get("kb"), "tanggal_pks": days.get("pks"), "tanggal_akhir": days.get("pengakhiran"),
        "tanggal_tangguh": days.get("penangguhan"),
    }  # fmt: skip
    return {name: said for name, said in found.items() if said}
