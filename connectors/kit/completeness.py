"""
Is this run the whole of what the source has?

Only a run that is proved complete may withdraw demands: a source's silence is not a withdrawal. The judgement is a
pure function of facts, so that it can be repeated and shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from connectors.kit.errors import SourceError


class ProofState(StrEnum):
    """From the strongest to the weakest."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    UNPROVEN = "unproven"
    FAILED = "failed"


class DoubtKind(StrEnum):
    """
    Why a list that came to its end is no proof. The first four measure it by what the source has shown before; the others say that it
    contradicts itself or shows nothing.
    """

    VOLUME = "volume"
    BUYERS = "buyers"
    CONTINUITY = "continuity"
    UNNAMED = "unnamed"
    EMPTY = "empty"
    TOTAL = "total"
    END = "end"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Doubt:
    """
    One reason for which a list is no proof.

    says: Indonesian, one short sentence. before, now: what was usual and what came: listings (`volume`), sorted codes (`buyers`),
    demands known and named again (`continuity`), a share in [0, 1] (`unnamed`); None for the other kinds.
    """

    kind: DoubtKind
    says: str
    before: Any = None
    now: Any = None


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What a run is worth, and why (Indonesian, one short sentence each; empty only where complete).

    doubts: the same reasons with what they compare, of a list that came to its end and is `unproven`.
    """

    state: ProofState
    reasons: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def doubtful(cls, *doubts: Doubt) -> Self:
        """Unproven for these doubts."""
        return cls(ProofState.UNPROVEN, tuple(doubt.says for doubt in doubts), doubts)


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known about a run when it ended.

    listed: listings read, those skipped and quarantined included. lengths_agree, last_page, total: None where the
    source gives no such sign. changes_only: these are what changed, of which few or none prove as much as many. buyers, known_buyers:
    buyer codes of this run and of the source's demands before it.
    volumes: `listed` of the source's earlier complete runs, newest last. shown: demands of the source shown before the run;
    again: how many of them it named again. unnamed: listings without an id of their own; unnamed_before: their share in the last complete
    run, None where there was none. error: what ended the run, if anything did.
    """

    listed: int
    lengths_agree: bool | None = None
    last_page: bool | None = None
    total: int | None = None
    changes_only: bool = False
    buyers: frozenset[str] = frozenset()
    known_buyers: frozenset[str] = frozenset()
    volumes: tuple[int, ...] = ()
    shown: int = 0
    again: int = 0
    unnamed: int = 0
    unnamed_before: float | None = None
    error: SourceError | None = None


_NO_END = Doubt(DoubtKind.END, "Sumber tidak mengatakan bahwa perubahannya sudah habis.")
_EMPTY = Doubt(DoubtKind.EMPTY, "Daftar dari sumber kosong; itu tidak membuktikan bahwa semua permintaan dicabut.")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """
    How far a volume may lie outside of what the last `runs` complete runs have shown.

    A plan's feed grows through the year, so growth is let pass up to ten times; below six tenths of the smallest an answer that was
    cut in half would look like a list. Of a source with at least `known` demands a share of `continuity` must be named again: one that
    gave all its listings new ids, or sends another list, would otherwise make everything twice and let the first half go.
    """

    least: float = 0.6
    most: float = 10.0
    runs: int = 10
    known: int = 20
    continuity: float = 0.05


def judge(facts: Facts, tolerance: Tolerance | None = None) -> Proof:
    """
    The proof of one run.

    A bare array without total or paging is complete when it was whole JSON (else `error`), its length agrees with the
    headers, it is not empty, it speaks of the same buyer as before and its volume is within what the source has shown.
    """
    if facts.error is not None:
        return Proof(ProofState(facts.error.state), (facts.error.message,))
    if facts.lengths_agree is False:
        return Proof(ProofState.FAILED, ("Panjang jawaban tidak sama dengan yang disebut di kepalanya.",))
    partial = _partial(facts)
    if partial:
        return Proof(ProofState.PARTIAL, partial)
    if facts.changes_only:
        return Proof(ProofState.COMPLETE) if facts.last_page else Proof.doubtful(_NO_END)
    doubts = _doubts(facts, tolerance or Tolerance())
    return Proof.doubtful(*doubts) if doubts else Proof(ProofState.COMPLETE)


def _partial(facts: Facts) -> tuple[str, ...]:
    reasons = []
    if facts.last_page is False:
        reasons.append("Halaman terakhir belum tercapai.")
    if facts.total is not None and facts.listed < facts.total:
        reasons.append(f"Sumber menyebut {facts.total} data, yang datang {facts.listed}.")
    return tuple(reasons)


def _doubts(facts: Facts, tolerance: Tolerance) -> list[Doubt]:
    if facts.listed == 0:
        return [_EMPTY]
    doubts = []
    if facts.total is not None and facts.listed > facts.total:
        doubts.append(Doubt(DoubtKind.TOTAL, f"Sumber menyebut {facts.total} data, tetapi yang datang {facts.listed}."))
    found = (_of_buyers(facts), _of_volume(facts, tolerance), _of_continuity(facts, tolerance), _of_unnamed(facts))
    return doubts + [doubt for doubt in found if doubt is not None]


def _of_buyers(facts: Facts) -> Doubt | None:
    known = facts.known_buyers
    if known and not (facts.buyers & known):
        says = "Pembeli dalam daftar ini bukan pembeli yang dikenal dari sumber ini."
    elif len(known) == 1 and facts.buyers - known:
        says = "Daftar ini memuat pembeli lain, padahal sumber ini sampai sekarang hanya memuat satu pembeli."
    else:
        return None
    return Doubt(DoubtKind.BUYERS, says, sorted(known), sorted(facts.buyers))


def _of_volume(facts: Facts, tolerance: Tolerance) -> Doubt | None:
    shown = facts.volumes[-tolerance.runs :]
    if shown and facts.listed < tolerance.least * min(shown):
        least = min(shown)
        return Doubt(DoubtKind.VOLUME, f"Hanya {facts.listed} data datang; yang paling sedikit sebelumnya {least}.", least, facts.listed)
    if shown and facts.listed > tolerance.most * max(shown):
        most = max(shown)
        return Doubt(DoubtKind.VOLUME, f"{facts.listed} data datang; yang paling banyak sebelumnya {most}.", most, facts.listed)
    return None


def _of_continuity(facts: Facts, tolerance: Tolerance) -> Doubt | None:
    if facts.shown < tolerance.known or facts.again >= tolerance.continuity * facts.shown:
        return None
    says = f"Dari {facts.shown} permintaan yang dikenal hanya {facts.again} disebut lagi; sumber mengganti kodenya atau daftarnya."
    return Doubt(DoubtKind.CONTINUITY, says, facts.shown, facts.again)


def _of_unnamed(facts: Facts) -> Doubt | None:
    before = facts.unnamed_before
    if before is None or facts.unnamed <= before * facts.listed + 1e-9:
        return None
    says = f"{facts.unnamed} data datang tanpa kode, lebih banyak dari biasanya; yang dikenal dapat hilang di antaranya."
    return Doubt(DoubtKind.UNNAMED, says, before, facts.unnamed / facts.listed)
