"""
What a night asks of a person: what it is, where to look, and what to do next.

The sentences count and name sources; what a source sent is never repeated in them, so that they may leave the house in a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from connectors.kit.masking import mask_text
from exchange.access.webhooks import REASONS
from exchange.store.webhooks import WebhookRow
from exchange.sync.report import Report

_UNPROVED = {
    "partial": "Daftarnya datang sebagian; yang datang disimpan, dan tidak ada yang dianggap hilang.",
    "unproven": "Daftarnya belum terbukti lengkap; tidak ada yang dianggap hilang.",
}
# what is to be done about an address that is suspended for one of these reasons
_SILENT: Final = {
    "failing": "Beri tahu mitranya; sesudah diperbaiki, aktifkan lagi di halaman ini, atau biarkan mitra mengaktifkannya sendiri.",
    "gone": "Tanyakan kepada mitranya apakah alamatnya memang ditutup; bila ya, hapus: exchange webhook remove.",
    "key": "Minta mitranya membuat rahasia baru, atau buatkan: exchange webhook secret.",
}
_SUMMED = ("fetched", "new", "changed", "withdrawn", "quarantined", "requests", "bytes")


class Need(NamedTuple):
    """
    One thing to look at.

    source: its name, that of a case of cooperation, or `webhook` and a partner's. kind: `notice`, `list`, `held`, `quarantine`, `drift`,
    `webhook`, `log` (the exchange log's), `twin…` (`twin_needs`), or one of a case. what, mend: Indonesian sentences. path: the page to
    look at, within the service. concerns: listings, members or addresses concerned, of a case how far it has come; 0 where it is about
    the source as a whole.
    """

    source: str
    kind: str
    what: str
    mend: str
    path: str
    concerns: int = 0


def needs_of(report: Report) -> list[Need]:
    """What a person must look at after a run; empty exactly where `report.needs_a_person` is false."""
    found = (ask(report) for ask in (_notice, _list, _held, _quarantine, _drift))
    return [need for need in found if need is not None]


def needs_of_webhooks(rows: Sequence[WebhookRow]) -> list[Need]:
    """
    What a person must look at about addresses of partners that are suspended (each with its partner, sorted by it).

    Returns: one for each partner; what is to be done is said for the first of its addresses.
    """
    found = []
    for ident, each in groupby(rows, key=lambda row: row.partner.ident):
        theirs = list(each)
        whys = "; ".join(dict.fromkeys(REASONS.get(row.reason or "", "sebabnya tidak diketahui") for row in theirs))
        what = f"{len(theirs)} alamat webhook mitra ini dihentikan ({whys}); peristiwanya menunggu paling lama 30 hari."
        path = f"/webhook/{theirs[0].ident}" if len(theirs) == 1 else "/webhook"
        mend = _SILENT.get(theirs[0].reason or "", _SILENT["failing"])
        found.append(Need(f"webhook {ident}", "webhook", what, mend, path, len(theirs)))
    return found


def _need(report: Report, kind: str, what: str, mend: str, place: str = "", concerns: int = 0) -> Need:
    return Need(report.source, kind, what, mend, f"/sumber/{quote(report.source, safe='')}{place}", concerns)


def _notice(report: Report) -> Need | None:
    if report.notice is None:
        return None
    mend = "Periksa di halaman sumbernya apakah datanya wajar."
    if report.state == "failed":
        mend = "Baca di halaman sumbernya apa yang datang. Bila alamatnya pindah, ganti; bila tutup, hentikan pengambilannya di sana."
    return _need(report, "notice", mask_text(report.notice), mend)


def _list(report: Report) -> Need | None:
    says = _UNPROVED.get(report.state)
    mend = "Baca alasannya di halaman sumbernya; bila berulang, tanyakan kepada pengelola sumber."
    if report.state == "unproven":
        mend = "Baca alasannya di halaman sumbernya; bila sumbernya memang berubah seterusnya, terima daftarnya sebagai patokan baru."
    return _need(report, "list", says, mend, "#patokan" if report.state == "unproven" else "") if says else None


def _held(report: Report) -> Need | None:
    if not report.undecided:
        return None
    counts = {"permintaan": report.undecided - report.undecided_offers, "barang yang ditawarkan": report.undecided_offers}
    named = " dan ".join(f"{count} {kind}" for kind, count in counts.items() if count > 0)
    says = f"{named} tidak disebut lagi, lebih banyak dari batas yang wajar, dan menunggu keputusan."
    mend = "Periksa di situs sumbernya, lalu lepaskan atau pertahankan."
    return _need(report, "held", says, mend, "#ditahan", report.undecided)


def _quarantine(report: Report) -> Need | None:
    if not report.quarantined:
        return None
    says = f"{report.quarantined} data tidak terbaca; semuanya disimpan utuh."
    mend = "Lihat sebabnya; yang menunggu dibaca ulang sendiri setelah aturan, pemetaan atau tabelnya diperbaiki."
    return _need(report, "quarantine", says, mend, "#belum-terbaca", report.quarantined)


def _drift(report: Report) -> Need | None:
    changed = [each for each in report.drift if each["what"] != "new"]
    if not changed:
        return None
    says = f"Bentuk datanya berubah: {len(changed)} isian hilang atau berganti jenis."
    return _need(report, "drift", says, "Bandingkan di halaman sumbernya, dan sesuaikan pemetaannya bila perlu.", "#bentuk", len(changed))


def brief_of(summary: dict[str, Any]) -> dict[str, Any]:
    """
    A night's summary in a few figures, for lists of nights and for `/metrics`.

    Returns: `sources` and `resting` as counts, `states` (runs by state), `needs` as a count, and the sums of what all runs brought.
    """
    rows: list[dict[str, Any]] = summary["sources"]
    states: dict[str, int] = {}
    for row in rows:
        states[row["state"]] = states.get(row["state"], 0) + 1
    sums = {name: sum(row[name] for row in rows) for name in _SUMMED}
    its = {"sources": len(rows), "resting": len(summary["resting"]), "states": states, "needs": len(summary["needs"])}
    return its | sums | {"seconds": summary["seconds"]}
