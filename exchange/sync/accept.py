"""
A person's way out of `unproven`: the last list becomes what the next ones are measured by.

Only what measures a list by earlier ones can be accepted, since it may change for good: how much there is, whose it is, under which
codes, how much comes without a code. What a list says against itself, an empty one, an unreadable one and whatever is no list at all
stays no proof, whoever accepts it. Nothing is withdrawn by it, and no run becomes complete afterwards: the next one is judged anew, and
the guard stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.kit.completeness import DoubtKind, ProofState
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.locks import hold
from exchange.store.runs import RunRow, complete_runs, runs_of_source
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.registry import connector_for
from exchange.sync.yardstick import Yardstick

ACCEPTABLE = frozenset({DoubtKind.VOLUME, DoubtKind.BUYERS, DoubtKind.CONTINUITY, DoubtKind.UNNAMED})
_WHAT = {
    DoubtKind.VOLUME: "banyaknya data",
    DoubtKind.BUYERS: "kode pembeli",
    DoubtKind.CONTINUITY: "yang dikenal dan disebut lagi",
    DoubtKind.UNNAMED: "bagian data tanpa kode",
}
_MEND = {
    DoubtKind.EMPTY: "Bila sumbernya memang tutup, hentikan: exchange source disable {}",
    DoubtKind.TOTAL: "Sumber membantah dirinya sendiri: tanyakan kepada pengelolanya.",
    DoubtKind.END: "Tanyakan kepada pengelola sumber mengapa umpannya tidak berakhir.",
    DoubtKind.UNREADABLE: "Sesuaikan pemetaan atau konektornya dahulu; datanya tersimpan dan dibaca ulang setelahnya.",
}
_NEVER = "Ini tidak dapat diterima sebagai patokan: {}"
_PULL = "Ambil lagi, lalu lihat hasilnya: exchange sync {}"
_CODES = 10


@dataclass(frozen=True)
class Acceptable:
    """
    What could be accepted of a source now.

    run, at, state: its last run, when that began and what it is worth, None where it was never read. runs: how many unproven ones there
    are in a row. doubts: what that run found strange (`kind`, `says`, `before`, `now`, as `Doubt` has them). why, mend: why nothing can
    be accepted and what to do instead, None where it can. done: it was accepted already.
    """

    source: str
    run: int | None = None
    at: datetime | None = None
    state: str | None = None
    runs: int = 0
    doubts: tuple[dict[str, Any], ...] = ()
    why: str | None = None
    mend: str | None = None
    done: bool = False

    @property
    def changes(self) -> list[dict[str, str]]:
        """What would become the new normal, in words: `what`, `before`, `now`, `says`."""
        return [in_words(doubt) for doubt in self.doubts if doubt["kind"] in ACCEPTABLE]


def acceptable(source: SourceRow, last: Sequence[RunRow]) -> Acceptable:
    """What the source's last run found strange, and whether that can become the new normal. last: its runs, the latest first."""
    if not last:
        return Acceptable(source.name, why="Sumber ini belum pernah diambil.", mend=_PULL.format(source.name))
    run = last[0]
    row = next((number for number, its in enumerate(last) if its.state != ProofState.UNPROVEN), len(last))
    done = any(measure["run"] == run.id for measure in (source.accepted or {}).values())
    why, mend = _refusal(source, run, done) or (None, None)
    return Acceptable(source.name, run.id, run.started_at, run.state, row, tuple(run.facts.get("doubts", ())), why, mend, done)


def accept(store: Store, name: str, actor: str, expected: int | None = None) -> dict[str, Any]:
    """
    Take the last list of a source for the new normal, in what it was unproven for.

    expected: the run whose list the person saw; where another is the last one by now, nothing is done.

    Returns:
        `source`, `run` and `changes` (`kind`, `says`, `before`, `now` each).

    Raises:
        NotFound: there is no such source.
        Conflict: nothing can be accepted, and why; or another run came meanwhile.
        Busy: the source is being read right now.
    """
    with hold(store, f"source:{name}", f"Pengambilan sumber {name!r}"), store.work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        its = acceptable(source, runs_of_source(session, source.id))
        if expected is not None and its.run != expected:
            raise Conflict(
                f"{name} sudah diambil lagi sejak itu; tidak ada yang diterima.", mend="Lihat hasilnya yang baru, lalu putuskan."
            )
        if its.why is not None or its.run is None:
            raise Conflict(its.why or "", mend=its.mend)
        run = session.get_one(RunRow, its.run)
        measured = Yardstick.of(source.accepted, complete_runs(session, source.id))
        source.accepted = (source.accepted or {}) | {doubt["kind"]: _measure(run, doubt, measured) for doubt in its.doubts}
        told = [{key: _short(doubt[key]) for key in ("kind", "before", "now")} for doubt in its.doubts]
        audit(session, actor, "source.accept", "source", name, run=run.id, changes=told)
    return {"source": name, "run": its.run, "changes": list(its.doubts)}


def in_words(doubt: Mapping[str, Any]) -> dict[str, str]:
    """One acceptable doubt for a person: `what` is measured, `before` and `now` as text, `says`."""
    kind, before, now = DoubtKind(doubt["kind"]), doubt["before"], doubt["now"]
    if kind is DoubtKind.CONTINUITY:
        shown = f"{_number(before)} dikenal", f"{_number(now)} di antaranya disebut lagi"
    elif kind is DoubtKind.BUYERS:
        shown = _codes(before), _codes(now)
    elif kind is DoubtKind.UNNAMED:
        shown = _percent(before), _percent(now)
    else:
        shown = _number(before), _number(now)
    return {"what": _WHAT[kind], "before": shown[0], "now": shown[1], "says": doubt["says"]}


def _refusal(source: SourceRow, run: RunRow, done: bool) -> tuple[str, str] | None:
    """Why the run's list cannot be accepted, and what to do instead; None where it can."""
    pull = _PULL.format(source.name)
    if run.state == ProofState.COMPLETE:
        return "Pengambilan terakhir lengkap; tidak ada yang perlu diterima.", "Tidak ada yang diubah."
    if run.state != ProofState.UNPROVEN:
        says = f" {run.reasons[0]}" if run.reasons else ""
        return f"Yang dapat diterima hanya daftar yang datang sampai habis; yang terakhir tidak.{says}", pull
    refused = [doubt for doubt in run.facts.get("doubts", ()) if doubt["kind"] not in ACCEPTABLE]
    if refused:
        return _NEVER.format(refused[0]["says"]), _MEND[DoubtKind(refused[0]["kind"])].format(source.name)
    if run.facts.get("doubts") == []:  # no list came to its end; the source's error says what it was, and what to do
        return _NEVER.format(run.reasons[0]), run.reasons[-1] if len(run.reasons) > 1 else pull
    if done:
        return "Daftar itu sudah diterima sebagai patokan.", pull
    if source.state != "approved":
        return f"Sumber ini tidak diambil (keadaannya {source.state}).", f"Setujui dahulu: exchange source approve {source.name}"
    if not _still_read_so(source, run):
        return "Sejak pengambilan itu pengaturan sumber atau cara membacanya diganti.", pull
    return None


def _still_read_so(source: SourceRow, run: RunRow) -> bool:
    """Whether the next run asks and reads as this one did, and this one told its doubts."""
    try:
        version = connector_for(source).version
    except BadRequest:
        return False
    decided = source.decided_at is not None and run.started_at < source.decided_at
    return "doubts" in run.facts and not decided and run.connector_version == version


def _measure(run: RunRow, doubt: Mapping[str, Any], measured: Yardstick) -> dict[str, Any]:
    """What is kept of an accepted doubt: the run that it is of, and what comes from now on is measured by."""
    if doubt["kind"] == DoubtKind.CONTINUITY:
        return {"run": run.id, "after": measured.last_row, "value": run.facts["last_row"], "named": run.facts["named"]}
    return {"run": run.id, "value": doubt["now"]}


def _short(value: Any) -> Any:
    return value[:_CODES] if isinstance(value, list) else value


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",") + " %"


def _codes(codes: list[str]) -> str:
    more = f" dan {len(codes) - _CODES} lain" if len(codes) > _CODES else ""
    return ", ".join(codes[:_CODES]) + more or "tanpa kode"
