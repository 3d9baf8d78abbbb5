"""
A region's table by a link: kept as it came, looked at, and read by the next run once it was sent for good.

It is read through the very same gates as what is fetched: completeness, guard, quarantine, ledger.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import SourceError, Window
from exchange.access.upload_links import UploadLink, ended
from exchange.errors import BadRequest, Conflict, NotFound, TooOften
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.sources import SourceRow, source_by_name
from exchange.store.uploads import UploadRow, nth_latest, upload_by_id
from exchange.sync.archive import Archive
from exchange.sync.outcomes import outcome
from exchange.sync.registry import connector_for, limits_of
from exchange.sync.uploaded import Uploaded
from schemas.reading.files import WORKBOOK

SHOWN = 20
LOOKED_AT = 5_000
# for each source: enough to try a table until it is right, and no way to fill a disk
AN_HOUR, A_DAY = 12, 36


def source_of(session: Session, link: UploadLink) -> SourceRow:
    """
    The source that a link is for.

    Raises:
        LinkEnded: the link was taken back, or the source takes no files (any more).
    """
    source = source_by_name(session, link.source)
    if source is None or source.upload_key != link.key:
        raise ended("Tautan unggah ini sudah dibatalkan.")
    if source.state == "disabled":
        raise ended("Kantor ini tidak lagi menerima berkas dari daerah Anda.")
    return source


def receive(store: Store, settings: Settings, link: UploadLink, body: bytes) -> int:
    """
    Keep a file as it came, and only then look into it; the file's number.

    Raises:
        LinkEnded: the link was taken back. TooOften: more files came than the source may send. BadRequest: the file is empty.
        StorageFull: there is no room for it; nothing was kept.
    """
    if not body:
        raise BadRequest("Berkasnya kosong.", mend="Pilih berkas CSV atau XLSX yang berisi tabel, lalu kirim lagi.")
    with store.read() as session:
        _refuse_too_often(session, source_of(session, link))
    digest = Archive(settings.data_dir / "archive").keep(body)
    kind = "xlsx" if body.startswith(WORKBOOK) else "csv"
    with store.work() as session:
        source = source_of(session, link)
        _refuse_too_often(session, source)
        row = UploadRow(source_id=source.id, digest=digest, size=len(body), kind=kind, label=link.label, at=utcnow())
        session.add(row)
        session.flush()
        number = row.id
    seen = look(settings, source, row)
    with store.work() as session:
        session.get_one(UploadRow, number).look = seen
    return number


def _refuse_too_often(session: Session, source: SourceRow) -> None:
    now = utcnow()
    bounds = (
        (AN_HOUR, timedelta(hours=1), "Sudah {most} berkas dalam sejam terakhir."),
        (A_DAY, timedelta(days=1), "Sudah {most} berkas dalam sehari terakhir."),
    )
    for most, span, says in bounds:
        before = nth_latest(session, source.id, most)
        if before is not None and before >= now - span:
            raise TooOften(
                says.format(most=most), mend="Coba lagi nanti; yang sudah dikirim tersimpan.",
                retry_after=max(1, int((before + span - now).total_seconds())),
            )  # fmt: skip


def look(settings: Settings, source: SourceRow, row: UploadRow) -> dict[str, Any]:
    """
    How a file would be understood.

    Returns:
        `listings`: at most 20 that would be saved, each with `reference`, `title`, `items`, `buyer`, `when`, `budget`; `refused`: at most
        20 that would not, each with `reference`, `reason` and `place` (its row in the file, from 1); the counts `saved`, `skipped` and
        `quarantined` of the first 5,000; `cut`: whether there are more; `reasons`: why the file is no table, or not proved whole;
        `notes`: how it was read. No names of persons: connectors drop such columns.
    """
    connector = connector_for(source)
    counts = dict.fromkeys(("saved", "offered", "skipped", "quarantined"), 0)
    told: dict[str, Any] = counts | {"listings": [], "refused": [], "cut": False, "reasons": []}
    file = {"digest": row.digest, "kind": row.kind, "at": row.at.isoformat(), "label": row.label}
    with Uploaded(lambda _body, _meta: row.digest, Archive(settings.data_dir / "archive"), file, limits=limits_of(settings)) as fetch:
        try:
            for count, raw in enumerate(connector.listings(fetch, Window(since=None, until=utcnow()))):
                if count == LOOKED_AT:
                    told["cut"] = True
                    break
                _add(told, {"reference": raw.reference[:200], "place": raw.position + 1} | outcome(connector, raw))
        except SourceError as error:
            told["reasons"] = [error.message, error.mend]
        except Exception as error:  # a connector's bug must not cost the region its file
            told["reasons"] = [
                f"Berkas ini tidak dapat dibaca ({type(error).__name__}).",
                "Simpan lagi sebagai CSV, lalu coba sekali lagi.",
            ]
    return told | {"notes": fetch.facts.notes[1:21]}


def _add(told: dict[str, Any], each: dict[str, Any]) -> None:
    told[each["outcome"]] += 1
    demand = each["demand"]
    if demand and len(told["listings"]) < SHOWN:
        its = {"reference": each["reference"], "title": demand["title"], "buyer": demand["buyer"]["name"]}
        items = [item["text"] for item in demand["items"][:3]]
        told["listings"].append(its | {"items": items, "when": demand["periods"]["selection"], "budget": demand["budget"]})
    elif not demand and len(told["refused"]) < SHOWN:
        told["refused"].append({name: each[name] for name in ("place", "reference", "reason")})


def send(store: Store, link: UploadLink, number: int) -> UploadRow:
    """
    Send a file for good: the source's next run reads it instead of the one before. Sending it again changes nothing.

    Raises:
        NotFound: the source has no such file. Conflict: nothing in it can be read. LinkEnded: the link was taken back.
    """
    with store.work() as session:
        source = source_of(session, link)
        row = upload_by_id(session, source.id, number)
        if row is None:
            raise NotFound(f"Berkas {number} tidak ada.", mend="Unggah berkasnya lagi.")
        if row.sent_at is not None:
            return row
        if not row.look.get("saved"):
            raise Conflict("Tidak ada satu pun baris yang dapat dibaca; berkas ini tidak dikirim.", mend="Perbaiki, lalu unggah lagi.")
        row.sent_at = utcnow()
        source.upload = {"digest": row.digest, "kind": row.kind, "at": row.sent_at.isoformat(timespec="seconds"), "label": row.label}
        source.next_try_at = None  # a source that rested for want of a file is asked tonight
        audit(session, f"tautan:{row.label}"[:80], "upload.send", "source", source.name, size=row.size, file=row.kind, upload=number)
        return row
