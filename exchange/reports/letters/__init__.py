"""
The papers of a cooperation by name, from its offer to its end and its report.

`KINDS[name].facts` is the dataclass that a kind wants; what is not known in it is a visible blank in a draft and refused in a final.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.errors import NotFound
from exchange.reports import report
from exchange.reports.kinds import AnyKind, Facts
from exchange.reports.letters import adendum, dprd, kak, kesepakatan, kuasa, nota, nota_dprd, penawaran, penawaran_produk, pengakhiran, pks

KINDS: Mapping[str, AnyKind] = {
    kind.name: kind
    for kind in (
        penawaran.KIND, kak.KIND, kesepakatan.KIND, dprd.KIND, nota_dprd.KIND, kuasa.KIND, pks.KIND, pks.THIRD, nota.KIND, adendum.KIND,
            penawaran_produk.KIND,
        report.KIND, pengakhiran.KIND,
    )
}  # fmt: skip


def _kind(name: str, facts: Any) -> AnyKind:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(f"Tidak ada jenis naskah “{name}”.", mend=f"Pilih salah satu: {', '.join(KINDS)}.")
    if not isinstance(facts, kind.facts):
        raise TypeError(f"{name} wants {kind.facts.__name__}, not {type(facts).__name__}")
    return kind


def missing(name: str, facts: Facts) -> list[str]:
    """What a paper lacks before it may be final, in Indonesian."""
    return _kind(name, facts).missing(facts)


def draft_docx(name: str, facts: Facts) -> bytes:
    """The draft for Word. Raises NotFound for a kind that there is not."""
    return _kind(name, facts).draft_docx(facts)


def draft_pdf(name: str, facts: Facts) -> bytes:
    """The draft as PDF, with the watermark RANCANGAN."""
    return _kind(name, facts).draft_pdf(facts)


def final_pdf(name: str, facts: Facts) -> bytes:
    """The final PDF/A. Raises Conflict with `missing` where something is missing."""
    return _kind(name, facts).final_pdf(facts)
