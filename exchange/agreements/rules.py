"""
The rule table of cooperation between governments, read and proved once: what a state opens, what a step wants, which article says so.

The table is data (`data/rules.toml`, `data/steps.toml`); a node may add to what steps want by a file of its own with `[[field]]`,
`[[paper]]` and `[[want]]` (step, fields, papers, article, verified), so that a regulation that is read later needs no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from exchange.errors import SettingWrong

UNREAD = "dasar belum diverifikasi"
KINDS = ("text", "date", "year", "flag", "choice", "hash", "signers", "mail", "phone", "postcode")
OPENS = ("public", "agreed", "contracted")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name with its label (Indonesian) and legal basis; verified: whether that was read in its official text."""

    name: str
    label: str
    article: str = ""
    verified: bool = True

    @property
    def basis(self) -> str:
        """The article as people are told of it."""
        return self.article if self.verified else f"{self.article} ({UNREAD})".strip()


@dataclass(frozen=True, kw_only=True)
class State(Named):
    """opens: the tier of the partner while the case is in it; instruments: which can be in it, all where empty; final: nothing follows."""

    opens: str = "public"
    instruments: tuple[str, ...] = ()
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class Field(Named):
    """
    kind: one of `KINDS`; choices: the words of a choice.

    group: the heading under which forms ask for it, none where empty; instruments: whose forms ask for it, all where empty.
    """

    kind: str = "text"
    choices: tuple[str, ...] = ()
    group: str = ""
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step(Named):
    """
    One way from a state to another, or within one (`to` None).

    fields, papers: what the case must have when it is taken; may, may_papers: what can be given with it beside those, which a guard may
    want; again: names among them that must come with this very step; drops, forgets: papers and fields that count no more after it;
    guards: names of `guards.GUARDS`; objects, matches: whether it may replace the objects, and the matches under the case; new_turn:
    whether a text that was signed is begun anew.
    """

    sources: tuple[str, ...]
    to: str | None = None
    offices: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    may_papers: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    forgets: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    objects: bool = False
    matches: bool = False
    new_turn: bool = False

    def takes(self) -> frozenset[str]:
        """The fields that may be given with it."""
        return frozenset((*self.fields, *self.may))

    def brings(self) -> frozenset[str]:
        """The papers that may be given with it."""
        return frozenset((*self.papers, *self.may_papers))


@dataclass(frozen=True)
class Rules:
    """The whole table by name; edition: of the table, with that of the node's own part behind it."""

    edition: str
    instruments: Mapping[str, Named]
    offices: Mapping[str, Named]
    states: Mapping[str, State]
    papers: Mapping[str, Named]
    fields: Mapping[str, Field]
    steps: Mapping[str, Step]
    wants: tuple[str, ...] = field(default=())

    def steps_from(self, state: str, instrument: str) -> list[Step]:
        """The steps that can follow in a state, in the order of the table."""
        return [step for step in self.steps.values() if state in step.sources and (not step.instruments or instrument in step.instruments)]

    def label(self, name: str) -> str:
        """What a field or a paper is called."""
        found = self.fields.get(name) or self.papers.get(name)
        return found.label if found else name


def _made(kind: type[T], rows: Iterable[Mapping[str, Any]], where: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rows:
        said = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        try:
            made = kind(**said)
        except TypeError as error:
            raise SettingWrong(f"{where}: {error}.", mend="Periksa nama-nama anggota baris itu.") from error
        name = said.get("name")
        if not isinstance(name, str) or name in found:
            raise SettingWrong(f"{where}: nama {name!r} dipakai dua kali atau bukan kata.", mend="Beri tiap baris namanya sendiri.")
        found[name] = made
    return found


def _steps(rows: Iterable[Mapping[str, Any]], where: str) -> dict[str, Step]:
    other = {"from": "sources", "of": "instruments"}
    return _made(Step, ({other.get(name, name): value for name, value in row.items()} for row in rows), where)


@cache
def shipped() -> Rules:
    """The table that comes with the software."""
    folder = files(__package__) / "data"
    said = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
    steps = tomllib.loads((folder / "steps.toml").read_text(encoding="utf-8"))
    rules = Rules(
        said["edition"],
        _made(Named, said["instrument"], "instrument"),
        _made(Named, said["office"], "office"),
        _made(State, said["state"], "state"),
        _made(Named, said["paper"], "paper"),
        _made(Field, said["field"], "field"),
        _steps(steps["step"], "step"),
    )
    prove(rules)
    return rules


def prove(rules: Rules) -> None:
    """Raise SettingWrong where the table names what it does not have, or says what cannot be."""
    from exchange.agreements.guards import GUARDS

    for one in rules.fields.values():
        if one.kind not in KINDS or (one.kind == "choice") != bool(one.choices):
            raise SettingWrong(f"Isian {one.name}: jenis {one.kind!r} tidak dikenal atau pilihannya tidak cocok.")
        if set(one.instruments) - rules.instruments.keys():
            raise SettingWrong(f"Isian {one.name}: instrumennya tidak ada.")
    for state in rules.states.values():
        if state.opens not in OPENS or set(state.instruments) - rules.instruments.keys():
            raise SettingWrong(f"Tahap {state.name}: {state.opens!r} bukan tingkat, atau instrumennya tidak ada.")
    for step in rules.steps.values():
        unknown = (
            ({*step.sources, *([step.to] if step.to else [])} - rules.states.keys())
            | (set(step.offices) - rules.offices.keys())
            | ((step.takes() | set(step.forgets)) - rules.fields.keys())
            | ((step.brings() | set(step.drops)) - rules.papers.keys())
            | (set(step.again) - step.takes() - step.brings())
            | (set(step.guards) - GUARDS.keys())
            | (set(step.instruments) - rules.instruments.keys())
        )
        if unknown or not step.sources or not step.offices:
            raise SettingWrong(f"Langkah {step.name} menyebut yang tidak ada: {', '.join(sorted(unknown)) or 'tanpa asal atau pelaku'}.")


def with_own(rules: Rules, path: Path) -> Rules:
    """
    The table with a node's own file added: further fields and papers, and what steps want of them.

    Raises:
        SettingWrong: the file cannot be read, or names a step, a field or a paper that does not exist.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingWrong(
            f"Aturan kerja sama tidak dapat dibaca ({type(error).__name__}).", mend="Periksa EXCHANGE_AGREEMENT_RULES."
        ) from None
    if stray := said.keys() - {"edition", "field", "paper", "want"}:
        raise SettingWrong(f"Aturan kerja sama: bagian {', '.join(sorted(stray))} tidak dikenal.", mend="Yang ada: field, paper, want.")
    own_fields, own_papers = _made(Field, said.get("field", ()), "field"), _made(Named, said.get("paper", ()), "paper")
    if taken := (own_fields.keys() & rules.fields.keys()) | (own_papers.keys() & rules.papers.keys()):
        raise SettingWrong(f"Aturan kerja sama: {', '.join(sorted(taken))} sudah ada.", mend="Pakai nama lain.")
    steps, said_wants = dict(rules.steps), []
    for want in said.get("want", ()):
        step = steps.get(want.get("step", ""))
        if step is None:
            raise SettingWrong(f"Aturan kerja sama: langkah {want.get('step')!r} tidak ada.", mend=f"Yang ada: {', '.join(steps)}.")
        more = replace(step, fields=_more(step.fields, want.get("fields")), papers=_more(step.papers, want.get("papers")))
        steps[step.name] = more
        read = want.get("verified", False) is True
        said_wants.append(f"{step.label}: {want.get('article', 'tanpa dasar')}{'' if read else f' ({UNREAD})'}")
    made = replace(
        rules,
        edition=f"{rules.edition}+{said.get('edition', 'sendiri')}",
        fields={**rules.fields, **own_fields},
        papers={**rules.papers, **own_papers},
        steps=steps,
        wants=tuple(said_wants),
    )
    prove(made)
    return made


def _more(there: tuple[str, ...], said: Any) -> tuple[str, ...]:
    return (*there, *(name for name in said or () if name not in there))


@cache
def rules_of(path: Path | None) -> Rules:
    """The table of a node, with its own file where it has one; read once a process."""
    return shipped() if path is None else with_own(shipped(), path)
