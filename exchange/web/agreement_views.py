"""A step of a case as its page shows it: the checklist, and the form with what is there, what was typed, and what is wrong beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from exchange.agreements import values
from exchange.agreements.asking import Lack
from exchange.agreements.case import Case
from exchange.agreements.onward import onward
from exchange.agreements.rules import Field, Rules, Step
from exchange.reports.case_defaults import Proposal
from exchange.store.agreements import AgreementFileRow
from exchange.web.agreement_forms import SIGNER_MEMBERS, SIGNERS_EACH, Sent, shown_rows
from exchange.web.agreement_words import ROLES, SIDES, choice

_THIRD = {"ksdpk": ("pimpinan_pihak_ketiga",), "sinergi": ("menteri", "pejabat_kementerian"), "ksdd": ("kepala_daerah", "pejabat_kuasa")}
_HEADS_ALONE = {"penandatangan_kb", "penandatangan_nk", "kb_penandatangan", "nk_penandatangan"}
_LINES = {"mail": "email", "phone": "tel", "postcode": "text"}
_SHORT_ENDS = ("_nomor_kami", "_nomor_mitra", "_tempat", "_nomor", "_nama", "_jabatan", "_tujuan")
_SHORT = ("jabatan_", "kantor_", "akta_", "nomor_", "tempat_", "pejabat_", "penjawab_", "periode_", "penelaah", "tujuan_penawaran")
_TWINS = {"hash_kb_mitra": "naskah_kb", "hash_pks_mitra": "naskah_pks"}


class Check(NamedTuple):
    """One line of a checklist. says, article, mend: of what is missing; empty where it is there."""

    label: str
    there: bool
    says: str = ""
    article: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Entry:
    """
    One field of a form. value: as its input holds it; for signers a list of sides with their rows.

    wanted: the step does not go without it; there: it is filled in already; proposed: where a proposal that nobody saved comes from, empty
    where what stands in it is none; group: the heading it stands under;
    ours: the SHA-256 of our own text, where the field asks for the partner's.
    """

    name: str
    label: str
    basis: str
    kind: str
    value: Any
    choices: Sequence[tuple[str, object]] = ()
    wanted: bool = False
    there: bool = False
    proposed: str = ""
    group: str = ""
    ours: str | None = None
    wrong: Sequence[str] = ()

    @property
    def short(self) -> bool:
        """Whether a line of text is enough for it."""
        return self.kind in _LINES or (self.kind == "text" and (self.name.startswith(_SHORT) or self.name.endswith(_SHORT_ENDS)))

    @property
    def type(self) -> str:
        """The type of its input: what a phone shows keys for."""
        return _LINES.get(self.kind, "text")


@dataclass(frozen=True)
class Paper:
    """One paper of a form. counts: the file that counts now; files: those that were brought for it, the newest first; picked: a choice."""

    kind: str
    label: str
    basis: str
    wanted: bool
    anew: bool
    counts: AgreementFileRow | None
    files: Sequence[AgreementFileRow]
    picked: str
    wrong: Sequence[str] = ()


@dataclass
class StepView:
    """A step with its checklist and its form. blocked: what must be done by another step first; at: the place of the sent form, or none."""

    step: Step
    checks: list[Check]
    blocked: bool
    entries: list[Entry]
    kept: list[Entry]
    papers: list[Paper]
    rows: list[dict[str, str]] | None
    offices: list[tuple[str, str]]
    sent: Sent | None = None
    open: bool = False
    beside: list[Lack] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How many things are still missing."""
        return sum(not check.there for check in self.checks)


class Shown(NamedTuple):
    """What the forms of a case are made from. proposals: what is offered for fields that nobody filled in yet."""

    rules: Rules
    case: Case
    files: Sequence[AgreementFileRow]
    today: date
    proposals: Mapping[str, Proposal]


def step_view(shown: Shown, step: Step, lacks: Sequence[Lack], sent: Sent | None) -> StepView:
    """One step; sent: what was sent for this very step, else None."""
    asked = (shown.rules.fields[name] for name in dict.fromkeys((*step.fields, *step.may)))
    fields = [_entry(shown, step, one, sent) for one in asked if not one.instruments or shown.case.instrument in one.instruments]
    papers = [_paper(shown, step, kind, sent) for kind in dict.fromkeys((*step.papers, *step.may_papers))]
    rows = shown_rows(sent, shown.case.objects) if step.objects else None
    offices = [(name, shown.rules.offices[name].label) for name in step.offices]
    fillable = step.takes() | step.brings() | ({"objek"} if step.objects else set())
    known = {entry.name for entry in fields} | {paper.kind for paper in papers}
    return StepView(
        step,
        [*_there(shown, step), *(Check(shown.rules.label(one.what), False, one.says, one.article, one.mend) for one in lacks)],
        any(one.what not in fillable for one in lacks),
        [entry for entry in fields if not entry.there or entry.wrong],
        [entry for entry in fields if entry.there and not entry.wrong],
        papers,
        rows,
        offices,
        sent,
        beside=[one for one in sent.lacks if one.what not in known] if sent else [],
    )


def grouped(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Fields by the heading that they stand under, those without one first, each in the order of the step."""
    found: dict[str, list[Entry]] = {"": []}
    for entry in entries:
        found.setdefault(entry.group, []).append(entry)
    return [(heading, held) for heading, held in found.items() if held]


def _there(shown: Shown, step: Step) -> list[Check]:
    facts, papers = shown.case.facts, shown.case.papers
    return [
        Check(shown.rules.label(name), True)
        for name in dict.fromkeys((*step.fields, *step.papers))
        if name not in step.again and (facts if name in shown.rules.fields else papers).get(name) not in (None, "", [])
    ]


def _wrong(sent: Sent | None, name: str) -> list[str]:
    if sent is None:
        return []
    return [*sent.errors.get(name, ()), *(f"{one.says} [{one.article}] {one.mend}" for one in sent.lacks if one.what == name)]


def _entry(shown: Shown, step: Step, one: Field, sent: Sent | None) -> Entry:
    kept = None if one.name in step.again else shown.case.facts.get(one.name)
    offered = shown.proposals.get(one.name) if kept in (None, "", []) and sent is None and one.kind != "hash" else None
    held = offered.value if offered else kept
    value: Any = _input(one, held)
    if one.kind == "signers":
        value = _sides(one.name, shown.case.instrument, sent, held)
    elif sent is not None:
        value = sent.form.get(f"isi-{one.name}", "")
    elif one.kind == "year" and not value:
        value = str(shown.today.year)
    return Entry(
        one.name, one.label, one.basis, one.kind, value, [(code, choice(code)) for code in one.choices], one.name in step.fields,
        kept not in (None, "", []), offered.source if offered else "", one.group, shown.case.papers.get(_TWINS.get(one.name, "")),
        _wrong(sent, one.name),
    )  # fmt: skip


def _input(one: Field, kept: Any) -> str:
    if kept is None or one.kind == "signers":
        return ""
    if one.kind == "flag":
        return "ya" if kept else "tidak"
    return str(kept)


def _sides(name: str, instrument: str, sent: Sent | None, kept: Any) -> list[dict[str, Any]]:
    """Both sides with their rows, the roles that may sign, and whether a letter of delegation may be named."""
    sides = []
    for side in values.SIDES:
        delegable = name not in _HEADS_ALONE and not (side == "mitra" and instrument == "ksdpk")
        alike = side == "kami" or name in {"penandatangan_kb", "kb_penandatangan"}
        roles = ("kepala_daerah", "pejabat_kuasa") if alike else _THIRD[instrument]
        if side == "mitra" and instrument == "ksdpk":
            roles = _THIRD["ksdpk"]
        if name in _HEADS_ALONE and roles[-1] == "pejabat_kuasa":
            roles = roles[:1]
        signed = [one for one in kept or () if one["pihak"] == side]
        rows = []
        for number in range(SIGNERS_EACH):
            place = f"isi-{name}-{side}-{number}-"
            old = signed[number] if number < len(signed) else {}
            rows.append({member: sent.form.get(place + member, "") if sent else old.get(member, "") for member in SIGNER_MEMBERS})
        sides.append({
            "side": side, "word": SIDES[side], "rows": rows, "roles": [(role, ROLES[role]) for role in roles], "delegable": delegable,
        })  # fmt: skip
    return sides


def _paper(shown: Shown, step: Step, kind: str, sent: Sent | None) -> Paper:
    known, counts = shown.rules.papers[kind], shown.case.papers.get(kind)
    files = [file for file in reversed(shown.files) if file.kind == kind]
    anew = kind in step.again
    picked = sent.form.get(f"pakai-{kind}", "") if sent else ""
    return Paper(
        kind, known.label, known.basis, kind in step.papers, anew, next((file for file in files if file.sha256 == counts), None), files,
        picked, _wrong(sent, kind),
    )  # fmt: skip


def in_order(views: list[StepView], rules: Rules, case: Case, asked: str | None = None) -> list[StepView]:
    """
    The steps as people look for them: those within the stage and onward first, those back and out of it last.

    The form that was sent is open, else the one that was asked for, else that of the step which most probably comes next; all others are
    closed.
    """

    def aside(view: StepView) -> int:
        if view.step.to is None or onward(rules, case.state, view.step):
            return 0
        return 2 if rules.states[view.step.to].final else 1

    def likely(view: StepView) -> bool:
        if view.blocked:
            return False
        if view.step.to is not None:
            return onward(rules, case.state, view.step)
        if not view.step.fields:  # a form to write a text in: until the better part of what others want of it is there
            wanted = {name for other in views for name in other.step.fields} & set(view.step.may)
            return 2 * sum(case.facts.get(name) not in (None, "", []) for name in wanted) < len(wanted)
        return not (
            all(case.facts.get(name) not in (None, "", []) for name in view.step.fields) and set(view.step.papers) <= case.papers.keys()
        )

    found = sorted(views, key=aside)
    chosen = next((view for view in found if view.sent is not None), None)
    chosen = chosen or next((view for view in found if view.step.name == asked), None)
    chosen = chosen or next((view for view in found if likely(view)), None)
    chosen = chosen or next(iter(found), None)
    if chosen is not None:
        chosen.open = True
    return found
