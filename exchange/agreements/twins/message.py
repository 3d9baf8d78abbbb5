"""A message between two nodes as bytes: one spelling for each message, so that its digest and its signature mean one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

import orjson
from marshmallow import ValidationError

from exchange.access.segments import canonical_time
from exchange.errors import BadRequest
from schemas.twin import MESSAGE, TwinMessage, TwinView

LARGEST: Final = 256 * 1024
_MEND = "Skema dan contohnya ada di /docs: JSON dengan anggota terurut, tanpa spasi, UTF-8."


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was read, every member proved; view: None where the sender holds no case."""

    ident: str
    twin: str
    kind: str
    number: int
    previous: str
    sender: str
    receiver: str
    title: str | None
    note: str | None
    view: Mapping[str, Any] | None
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the body, by which the next message names this one."""
        return hashlib.sha256(self.body).hexdigest()


def canonical(said: Mapping[str, Any]) -> bytes:
    """JSON in the one spelling that is signed."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def new_ident() -> str:
    """A name that nobody else gives."""
    return f"urn:uuid:{uuid4()}"


def written(
    *, twin: str, kind: str, number: int, previous: str, sender: str, receiver: str, at: datetime, view: Mapping[str, Any] | None,
    title: str | None = None, note: str | None = None,
) -> Message:  # fmt: skip
    """A message of ours."""
    body = canonical({
        "type": MESSAGE, "id": new_ident(), "twin": twin, "kind": kind, "number": number, "previous": previous, "sender": sender,
        "receiver": receiver, "at": canonical_time(at), "title": title, "note": note, "view": view,
    })  # fmt: skip
    return read(body)


def read(body: bytes) -> Message:
    """
    A message from its bytes.

    Raises:
        BadRequest: it is none, or not in the one spelling; `errors` names the members.
    """
    if len(body) > LARGEST:
        raise BadRequest("Pesan terlalu besar.", mend=f"Paling banyak {LARGEST >> 10} KiB.")
    said = read_json(body)
    if not isinstance(said, dict) or canonical(said) != body:
        raise BadRequest("Pesan tidak dalam bentuk baku.", mend=_MEND)
    faults: dict[str, Any] = dict(TwinMessage().validate(said))
    view = said.get("view")
    days = view.get("days", {}) if isinstance(view, dict) else {}
    if not faults and any(not _is_day(day) for day in days.values()):
        faults = {"view": {"days": ["bukan tanggal yang ada"]}}
    if faults:
        raise BadRequest(
            f"Pesan tidak dapat dibaca: {', '.join(sorted(map(str, faults)))}.", mend=_MEND, errors=[
                {"parameter": str(name)[:80], "detail": str(told)[:400]} for name, told in faults.items()
            ],
        )  # fmt: skip
    return Message(
        said["id"], said["twin"], said["kind"], said["number"], said["previous"], said["sender"], said["receiver"], said["title"],
        said["note"], view, body,
    )  # fmt: skip


def read_view(said: Any) -> Mapping[str, Any] | None:
    """
    A view out of an answer, every member proved.

    Raises:
        ValidationError: it is none.
    """
    if said is None:
        return None
    TwinView().load(said)
    if any(not _is_day(day) for day in said["days"].values()):
        raise ValidationError("not a day", "days")
    return dict(said)


def read_json(body: bytes) -> Any:
    """JSON as plain values; raises BadRequest where it is none, or holds NUL, which no text here does."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("Isi permintaan bukan JSON.", mend=_MEND) from None
    if b"\\u0000" in body:
        raise BadRequest("Pesan berisi tanda yang tidak dapat dibaca (NUL).", mend=_MEND)
    return said


def _is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True
