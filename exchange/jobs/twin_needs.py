"""What a night asks of a person about agreements that another node holds too."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from sqlalchemy.orm import Session

from exchange.agreements.twins.standing import SILENCE, is_ripe
from exchange.agreements.twins.view import CLOSING
from exchange.jobs.needs import Need
from exchange.store.base import utcnow
from exchange.store.twins import LIVE, TwinMessageRow, TwinRow, list_twins, oldest_unsent

_MEND = "Bandingkan kedua sisi: exchange agreement twin show {twin}; ambil langkahnya di sini, atau catat: … twin resolve."


def needs_of_twins(session: Session) -> list[Need]:
    """What a person must look at, by twin; a difference that was noted as known, and one of few days, is not among it."""
    twins = list_twins(session, states=(*LIVE, "left"))
    unsent = oldest_unsent(session, [twin.id for twin in twins])
    return [need for twin in twins for need in _needs(twin, unsent.get(twin.id))]


def _needs(twin: TwinRow, unsent: TwinMessageRow | None) -> Iterator[Need]:
    word = twin.ident.removeprefix("urn:uuid:")
    called = twin.case.ident if twin.case else f"tawaran {word[:8]}"
    path = f"/kerja-sama/{quote(twin.case.ident, safe='')}" if twin.case else "/kerja-sama"

    def need(kind: str, what: str, mend: str, concerns: int = 0) -> Need:
        return Need(f"simpul {twin.peer.region}", kind, f"{called}: {what}", mend, path, concerns)

    if twin.state == "incoming":
        mend = f"Buka perkaranya di sini, lalu jawab tawarannya di halaman itu. Dengan perintah: exchange agreement twin accept {word}."
        yield need("twin-offer", "simpul mitra menawarkan perkara bersama.", mend)
        return
    if twin.state == "left":
        yield need("twin-left", "simpul mitra meninggalkan perkara bersama.", f"Hubungi mitra, lalu: exchange agreement twin close {word}.")
    if twin.closed_since is not None:
        shut = (twin.theirs or {}).get("state") in CLOSING
        says = "mitra mencatatnya ditangguhkan, berakhir atau batal" if shut else "mitra pernah menutupnya dan membukanya lagi"
        yield need("twin-shut", f"{says}; di sini tidak membuka apa pun sampai ada yang memeriksa.", _MEND.format(twin=word))
    elif is_ripe(twin):
        yield need("twin", f"{len(twin.differences)} hal berbeda antara kami dan mitra.", _MEND.format(twin=word), len(twin.differences))
    if twin.fork is not None:
        yield need("twin-fork", twin.fork, f"Tutup (exchange agreement twin close {word}), lalu tawarkan lagi perkaranya.")
    if unsent is not None and utcnow() - unsent.made_at > SILENCE:
        why = unsent.trouble or "belum dicoba"
        yield need(
            "twin-silent", f"pesan nomor {unsent.number} belum sampai: {why}", "Hubungi pengelola simpul mitra; pesannya dikirim terus."
        )
    if twin.check_trouble is not None:
        yield need("twin-check", f"tidak dapat dibandingkan: {twin.check_trouble}", "Hubungi pengelola simpul mitra bila berulang.")
