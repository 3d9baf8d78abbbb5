"""
The steps of a deal as one table: from which states each goes, where it leads, what must be filled in, and what it changes.

Whatever door a step comes through, it is taken by `step` of `exchange.trade.taking`, which reads this table; a new state or step is a
line here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from exchange.errors import BadRequest, Conflict

DRAFTED: Final = "disusun"
OFFERED: Final = "ditawarkan"
DECLINED: Final = "ditolak"
ORDERED: Final = "dipesan"
PARTLY: Final = "sebagian_diterima"
DONE: Final = "selesai"
CANCELLED: Final = "batal"
STATES: Final = (DRAFTED, OFFERED, DECLINED, ORDERED, PARTLY, DONE, CANCELLED)
# an order stands: what was ordered counts
WITH_ORDER: Final = (ORDERED, PARTLY, DONE)

BEGIN: Final = "begin"
DRAFT: Final = "draft"
ADD: Final = "add"
REMOVE: Final = "remove"
OFFER: Final = "offer"
REVISE: Final = "revise"
ANSWER: Final = "answer"
DECLINE: Final = "decline"
ORDER: Final = "order"
DELIVER: Final = "deliver"
CORRECT: Final = "correct"
CLOSE: Final = "close"
CANCEL: Final = "cancel"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step. sources: the states that it goes from; target: where it leads, None: where it was, or by what was delivered.

    wants: the fields without which it is refused, with the word for each (Indonesian). instead: what to do from another state.
    """

    name: str
    sources: tuple[str, ...]
    target: str | None
    wants: dict[str, str] = field(default_factory=dict)
    instead: str = ""


_WHY = {"reason": "alasan"}
_LETTER = {"letter_number": "nomor surat", "letter_date": "tanggal surat", "valid_until": "batas berlaku penawaran"}
_ORDER = {"order_number": "nomor pesanan", "order_date": "tanggal pesanan"}
_ARRIVAL = {"line": "barisnya", "day": "tanggal diterima", "quantity": "jumlah"}

STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (
        Step(DRAFT, (DRAFTED,), None, {}, "Yang sudah ditawarkan disusun ulang dahulu (revise)."),
        Step(ADD, (DRAFTED,), None, {}, "Baris ditambah selagi disusun; yang sudah ditawarkan disusun ulang dahulu (revise)."),
        Step(REMOVE, (DRAFTED,), None, {}, "Baris dikeluarkan selagi disusun; yang sudah ditawarkan disusun ulang dahulu (revise)."),
        Step(OFFER, (DRAFTED,), OFFERED, _LETTER, "Penawaran dikirim sekali untuk tiap susunan; susun ulang bila isinya berubah."),
        Step(REVISE, (OFFERED, DECLINED), DRAFTED, _WHY, "Yang sudah dipesan tidak disusun ulang; batalkan dan mulai dagang baru."),
        Step(ANSWER, (OFFERED,), None, {}, "Jawaban dicatat atas penawaran yang sedang berlaku."),
        Step(DECLINE, (OFFERED,), DECLINED, _WHY, "Penolakan dicatat atas penawaran yang sedang berlaku."),
        Step(ORDER, (OFFERED,), ORDERED, _ORDER, "Pesanan dicatat atas penawaran yang sedang berlaku; kirim penawarannya dahulu."),
        Step(DELIVER, (ORDERED, PARTLY), None, _ARRIVAL, "Penerimaan dicatat atas pesanan yang masih berjalan."),
        Step(CORRECT, (PARTLY, DONE), None, {"delivery": "penerimaan yang dibetulkan", **_WHY}, "Belum ada penerimaan yang dibetulkan."),
        Step(CLOSE, (PARTLY,), DONE, _WHY, "Ditutup kurang hanya yang sudah diterima sebagian; yang belum diterima dibatalkan."),
        Step(CANCEL, (DRAFTED, OFFERED, DECLINED, ORDERED), CANCELLED, _WHY, "Yang sudah diterima sebagian ditutup (close), bukan batal."),
    )
}


def possible(state: str) -> list[str]:
    """The steps that go from a state, in the order of the table."""
    return [name for name, step in STEPS.items() if state in step.sources]


def allowed(name: str, state: str) -> Step:
    """
    The step of that name, which may be taken from that state.

    Raises:
        BadRequest: there is no such step. Conflict: it does not go from there; `mend` says which do. Facts: state, possible.
    """
    step = STEPS.get(name)
    if step is None:
        raise BadRequest(f"Langkah {name[:20]!r} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(STEPS)}.")
    if state not in step.sources:
        others = possible(state)
        mend = f"{step.instead} Yang mungkin sekarang: {', '.join(others) or 'tidak ada'}."
        raise Conflict(f"Langkah {name} tidak mungkin dari keadaan {state}.", mend=mend, state=state, possible=others)
    return step


def filled(step: Step, given: dict[str, object]) -> None:
    """Refuse a step that lacks a field it wants; the message names all of them. Raises BadRequest, facts: lacking."""
    lacking = [name for name in step.wants if given.get(name) in {None, ""}]
    if lacking:
        words = ", ".join(step.wants[name] for name in lacking)
        raise BadRequest(f"Belum diisi: {words}.", mend="Isi semuanya, lalu kirim lagi.", lacking=lacking)
