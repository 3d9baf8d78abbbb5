"""A source enrolled, or asked in another way: checked before it is kept, pending until a person approves it, on record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import SourceError
from connectors.kit.origin import origin
from exchange.access.upload_links import first_key
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.looking import changed_settings, options_digest, setting_digests
from exchange.sync.registry import connector_class, make
from exchange.sync.uploaded import ADDRESS
from schemas.codes import region as region_of

UPLOADED = "table"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LINES = 400


@dataclass(frozen=True)
class Enrolment:
    """
    What somebody wants of a source.

    local: it may answer from this machine. public: its owner lets its demand be shown to all. upload: it has no address, its region sends
    files by a link. update: it is there already and is to be asked in another way.
    """

    name: str
    connector: str
    region: str
    options: Mapping[str, str] = field(default_factory=dict)
    local: bool = False
    public: bool = False
    upload: bool = False
    update: bool = False


def enrol(session: Session, want: Enrolment, actor: str) -> SourceRow:
    """
    Add a source, or change how one is asked; it waits for an approval.

    Raises:
        BadRequest: the name, the region or a setting cannot be used. Conflict, NotFound: there is such a source already, or none yet.
    """
    if not _NAME.fullmatch(want.name):
        raise BadRequest(
            f"Nama sumber {want.name[:80]!r} tidak dapat dipakai.", mend="Huruf kecil, angka, - dan _, paling banyak 40, diawali huruf."
        )
    given = upload_options(want.connector, want.options) if want.upload else dict(want.options)
    assure(want.connector, given)
    if region_of(want.region) is None:
        raise BadRequest(f"Kode wilayah {want.region[:20]!r} tidak dikenal.", mend="Pakai kode Kemendagri, misalnya 33 atau 33.74.")
    row = source_by_name(session, want.name)
    if row is not None and not want.update:
        raise Conflict(f"Sumber {want.name!r} sudah ada.", mend=f"Ganti dengan --update, atau lihat: exchange source show {want.name}")
    if row is None and want.update:
        raise NotFound(f"Sumber {want.name!r} tidak ada.", mend="Daftarkan tanpa --update.")
    if row is None:
        row = SourceRow(name=want.name)
        session.add(row)
    row.connector, row.region, row.options = want.connector, want.region, given
    row.local, row.public = want.local, want.public
    row.upload_key, row.upload = (row.upload_key or first_key(), row.upload) if want.upload else (None, None)
    row.state, row.next_try_at = "pending", None
    facts = {"connector": want.connector, "region": want.region, "local": want.local}
    audit(session, actor, "source.update" if want.update else "source.add", "source", want.name, **facts)
    return row


def upload_options(connector: str, given: Mapping[str, str]) -> dict[str, str]:
    """
    The settings of a source without an address.

    Raises:
        BadRequest: its connector reads no files, or an address was given all the same.
    """
    if connector != UPLOADED:
        raise BadRequest(f"Konektor {connector!r} tidak membaca berkas unggahan.", mend=f"Pakai --connector {UPLOADED}.")
    if "url" in given:
        raise BadRequest("Sumber dengan --upload tidak mempunyai alamat.", mend="Hapus --set url, atau hapus --upload.")
    return {**given, "url": ADDRESS}


def assure(connector: str, given: dict[str, str]) -> None:
    """Raise BadRequest where a connector cannot work with these settings, or an address among them leads nowhere."""
    try:
        for address in make(connector, given).approved():
            origin(address)
    except SourceError as error:
        raise BadRequest(error.message, mend="Contoh: --set url=https://contoh.go.id/api") from error


def alter(session: Session, name: str, given: dict[str, str], actor: str, *, seen: str, action: str = "source.update") -> SourceRow:
    """
    Give a source other settings; it waits for an approval again, where they are others indeed.

    seen: `options_digest` of the source as the person saw it. What was changed is on record with each setting's text before and after,
    but for secrets, which are only named. A source whose address changes may not answer from this machine any more.

    Raises:
        NotFound: there is no such source. BadRequest: it cannot be asked so. Changed: somebody changed it meanwhile.
    """
    row = source_by_name(session, name)
    if row is None:
        raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
    if options_digest(row) != seen:
        raise Conflict(f"Pengaturan {name} diganti orang lain sejak halaman ini dibuka; isian Anda belum disimpan.",
                       mend="Bandingkan dengan yang tersimpan sekarang, lalu simpan lagi.")  # fmt: skip
    assure(row.connector, given)
    if given == row.options:
        return row
    before, was = dict(row.options), setting_digests(row)
    if given.get("url") != before.get("url"):
        row.local = False
    row.options, row.state, row.next_try_at = given, "pending", None
    names = [each for each in changed_settings(was, setting_digests(row)) if each in {*before, *given}]
    audit(session, actor, action, "source", name, **changes(row.connector, before, given, names))
    return row


def changes(connector: str, before: Mapping[str, str], now: Mapping[str, str], names: list[str]) -> dict[str, Any]:
    """What an act on settings keeps: the names, and of each that is no secret the lines that went and came (a unified diff)."""
    secret = secrets_of(connector)
    lines = {
        name: "\n".join(islice(unified_diff(before.get(name, "").splitlines(), now.get(name, "").splitlines(), lineterm="", n=1), _LINES))
        for name in names
        if name not in secret
    }
    return {"settings": names, "lines": lines}


def secrets_of(connector: str) -> frozenset[str]:
    """The names of a connector's settings that are never shown."""
    return frozenset(setting.name for setting in connector_class(connector).settings if setting.secret)
