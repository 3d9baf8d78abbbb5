"""Whether a step may be taken: everything that it lacks, all at once, each with its article."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.agreements.asking import Asked, Lack
from exchange.agreements.case import Case, Given, Policy, with_given
from exchange.agreements.guards import GUARDS
from exchange.agreements.rules import Rules, Step
from exchange.errors import Conflict


class StepRefused(Conflict):
    """A step that the case does not allow; `missing` holds each thing that it lacks with its article and what to do."""

    slug = "langkah-ditolak"
    title = "Langkah ini belum dapat diambil."

    def __init__(self, step: Step, state: str, lacks: Iterable[Lack]) -> None:
        self.lacks = list(lacks)
        said = " ".join(f"{lack.says} [{lack.article}]" for lack in self.lacks)
        super().__init__(
            f"{step.label}: {said}",
            mend=" ".join(dict.fromkeys(lack.mend for lack in self.lacks)),
            step=step.name,
            state=state,
            missing=[lack._asdict() for lack in self.lacks],
        )


def lacks(rules: Rules, case: Case, step: Step, given: Given, policy: Policy) -> list[Lack]:
    """What the step lacks, by the table and its guards; empty where it may be taken."""
    found = _place(rules, case, step, given)
    if found:
        return found  # in the wrong place the rest would only confuse
    brought = with_given(case, step, given)
    for name in dict.fromkeys((*step.fields, *step.papers)):
        have = brought.facts if name in rules.fields else brought.papers
        if have.get(name) in (None, "", []):
            known = rules.fields.get(name) or rules.papers[name]
            what = _amid(known.label)
            mend = f"Isi {what}." if name in rules.fields else f"Unggah {what}."
            found.append(Lack(name, f"{known.label} belum ada.", known.basis or step.basis, mend))
    asked = Asked(brought, given, policy, case)
    for name in step.guards:
        found += [lack for lack in GUARDS[name](asked) if lack.what not in {one.what for one in found}]
    return found


def _amid(label: str) -> str:
    """A label in the middle of a sentence: its first letter small, but for an abbreviation (SK) or a number."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


def _place(rules: Rules, case: Case, step: Step, given: Given) -> list[Lack]:
    """Whether the step exists here at all: state, instrument, office, and nothing given with it that it does not take."""
    found = []
    state = rules.states[case.state]
    if case.state not in step.sources or (step.instruments and case.instrument not in step.instruments):
        there = [one.label for one in rules.steps_from(case.state, case.instrument)]
        says = f"Perkara ada pada tahap {state.label}, dari sana langkah ini tidak ada."
        mend = f"Langkah yang ada: {', '.join(there)}." if there else "Perkara ini sudah selesai; buka perkara baru bila perlu."
        return [Lack("tahap", says, state.basis or step.basis, mend)]
    if given.office not in step.offices:
        who = " atau ".join(rules.offices[name].label for name in step.offices)
        found.append(Lack("pelaku", f"Langkah ini diambil oleh {who}.", step.basis, f"Catat atas nama {who}."))
    stray = sorted((given.facts.keys() - step.takes()) | (given.papers.keys() - step.brings()))
    found += [
        Lack(name, f"{rules.label(name)} tidak dapat diubah dengan langkah ini.", step.basis, "Hilangkan isian itu.") for name in stray
    ]
    if given.objects is not None and not step.objects:
        found.append(Lack("objek", "Objek tidak dapat diubah dengan langkah ini.", step.basis, "Objek diubah dengan naskah atau adendum."))
    if given.matches is not None and not step.matches:
        mend = "Kecocokan diubah dengan langkahnya sendiri, sebelum naskahnya dibekukan."
        found.append(Lack("kecocokan", "Kecocokan tidak dapat diubah dengan langkah ini.", step.basis, mend))
    return found
