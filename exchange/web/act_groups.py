"""Acts on record by subject, for a search to choose from in words: every act that has a word stands in just one group."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from exchange.agreements.node import node_of
from exchange.web.act_words import ACTS
from exchange.web.acts import act_word
from exchange.web.words import WORDS
from exchange.wiring import settings

# the families of each group; the family of an act is the part of its code before the first dot
GROUPS: tuple[tuple[object, frozenset[str]], ...] = (
    (_l("Masuk dan keluar"), frozenset({"login", "logout"})),
    (_l("Pengguna"), frozenset({"user"})),
    (_l("Sumber"), frozenset({"source", "quarantine", "upload", "answer"})),
    (_l("Permintaan"), frozenset({"demand", "link"})),
    (_l("Kecocokan"), frozenset({"match", "match_step", "search"})),
    (_l("Impor dan usulan"), frozenset({"import", "proposal"})),
    (_l("IKM, kunjungan dan foto"), frozenset({"consent", "correction", "visit", "photo"})),
    (_l("Perkara kerja sama"), frozenset({"agreement"})),
    (_l("Perkara dua simpul"), frozenset({"twin"})),
    (_l("Mitra dan webhook"), frozenset({"partner", "token", "webhook"})),
    (_l("Perdagangan"), frozenset({"deal"})),
    (_l("Laporan dan unduhan"), frozenset({"period_closed", "period_corrected", "export_asked"})),
    (_l("Simpul ini"), frozenset({"key", "log", "model", "mail", "boundaries_imported", "boundaries_removed"})),
)
_LONGEST = 40  # letters that the record keeps of a code


class ActGroup(NamedTuple):
    """label: of the subject; acts: (code, word), by the words."""

    label: object
    acts: list[tuple[str, str]]


def family(code: str) -> str:
    """The part of an act's code that says which group it belongs to."""
    return code.partition(".")[0]


def all_codes() -> list[str]:
    """Codes of all acts that have a word: those of the software, steps of deals, and steps of cases by the node's table."""
    steps = [f"agreement.{name}"[:_LONGEST] for name in node_of(settings()).rules.steps]
    return sorted({*ACTS, *WORDS["action"], *(f"deal.{name}" for name in WORDS["deal_step"]), *steps})


def grouped_acts() -> list[ActGroup]:
    """All acts by group, in the reader's words. What two codes are called alike is told apart by its code."""
    words = {code: act_word(code) for code in all_codes()}
    found = []
    for label, families in GROUPS:
        held = sorted(((code, said) for code, said in words.items() if family(code) in families), key=lambda act: (act[1].lower(), act[0]))
        alike = {said for code, said in held if sum(other == said for _code, other in held) > 1}
        found.append(ActGroup(label, [(code, f"{said} ({code})" if said in alike else said) for code, said in held]))
    return found
