"""
How partners write: known by their token, one transaction each, told apart by an Idempotency-Key, guarded by If-Match.

The answer is kept with what it did in the same transaction, and writers stand in one queue: whoever sends a request again, because its
answer was lost on the way, gets that answer and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from exchange.access.callers import Partner
from exchange.api import caller
from exchange.api.answers import JSON, dump
from exchange.api.disclosing import settle
from exchange.errors import BadRequest, KeyReused, Mismatch, Unconditional
from exchange.store.base import utcnow
from exchange.store.idempotency import IdempotencyRow, forget_answers, kept_answer
from exchange.wiring import store

KEPT = timedelta(hours=24)
LONGEST_KEY = 100
_KEY = re.compile(rf"[\x21\x23-\x5b\x5d-\x7e]{{1,{LONGEST_KEY}}}")


@dataclass(frozen=True, slots=True)
class Made:
    """What a writing request answers: a record (None: nothing, 204), its strong validator without quotes, and where it is."""

    record: Mapping[str, Any] | None
    status: int = 200
    tag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Work = Callable[[Session, Partner], Made]


def write(scope: str | None, what: str, work: Work, *, keyed: bool | None = True) -> Response:
    """
    Do a partner's work in one transaction and answer it.

    scope: that the token must have, None for any token. what: is asked for, as refusals name it (Indonesian). keyed: whether an
    Idempotency-Key must be sent (True) or may be (False); None where the answer may not be kept, and a key is not taken.

    Raises:
        Unauthenticated, TokenRefused, ScopeMissing: as `caller.partner_with`. BadRequest: the key is missing or cannot be read.
        KeyReused: the key stands for another request. What `work` raises: nothing is kept then, and the key is free for another try.
    """
    partner = caller.partner_with(scope, what)
    key = None if keyed is None else _key(wanted=keyed)
    mark = sha256(b"\0".join([request.method.encode(), request.full_path.encode(), request.get_data()])).hexdigest()
    with store().work() as session:
        if key and (kept := kept_answer(session, partner.number, key)):
            return _again(kept, mark)
        made = work(session, partner)
        body = b"" if made.record is None else dump(made.record)
        if key:
            forget_answers(session, utcnow() - KEPT)
            headers = dict(made.headers) | ({"ETag": f'"{made.tag}"'} if made.tag else {})
            session.add(
                IdempotencyRow(
                    partner_id=partner.number, key=key, request=mark, status=made.status, media=JSON, headers=headers, body=body
                )
            )  # fmt: skip
    return _answer(made.status, body, dict(made.headers) | ({"ETag": f'"{made.tag}"'} if made.tag else {}))


def must_match(tag: str) -> None:
    """
    Let only go on who read the record as it is now.

    tag: its strong validator, without quotes.

    Raises:
        Unconditional: there is no If-Match. Mismatch: it names another version.
    """
    if "If-Match" not in request.headers:
        raise Unconditional(
            "Perubahan ini harus menyebut versi yang Anda baca.", mend="Baca datanya, lalu kirim ETag-nya pada tajuk If-Match."
        )
    given = request.if_match
    if not (given.star_tag or given.contains(tag)):
        raise Mismatch("Data ini sudah berubah sejak Anda membacanya.", mend="Baca ulang datanya dan pakai ETag yang baru.")


def _key(*, wanted: bool) -> str | None:
    """The request's Idempotency-Key, with or without the quotes of a structured field."""
    said = request.headers.get("Idempotency-Key")
    if said is None:
        if wanted:
            raise BadRequest(
                "Tajuk Idempotency-Key tidak ada.",
                mend="Kirim satu kunci acak (misalnya UUID) untuk tiap permintaan baru, dan kunci yang sama bila mengulanginya.",
            )
        return None
    word = said.strip()
    if len(word) > 2 and word[0] == word[-1] == '"':
        word = word[1:-1]
    if not _KEY.fullmatch(word):
        raise BadRequest(
            "Tajuk Idempotency-Key tidak dapat dibaca.", mend=f"Pakai 1 sampai {LONGEST_KEY} tanda ASCII tanpa spasi, misalnya UUID."
        )
    return word


def _again(kept: IdempotencyRow, mark: str) -> Response:
    """The answer that the key got the first time."""
    if kept.request != mark:
        raise KeyReused(
            "Kunci ini sudah dipakai untuk permintaan dengan isi atau alamat lain.", mend="Pakai kunci baru untuk permintaan yang baru."
        )
    return _answer(kept.status, kept.body, {**kept.headers, "Idempotency-Replayed": "true"})


def _answer(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    response = Response(body or None, status, mimetype=JSON)
    if not body:
        del response.headers["Content-Type"]
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Authorization",))
    return settle(response)


def body_record(longest: int = 4 << 20) -> Any:
    """The request's JSON as plain values; raises BadRequest where it is none, 413 where it is longer."""
    data = request.get_data()
    if len(data) > longest:
        raise RequestEntityTooLarge
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BadRequest("Isi permintaan bukan JSON.", mend="Kirim JSON dalam UTF-8 dengan tajuk Content-Type: application/json.") from None
    if b"\\u0000" in data and _holds_nul(record):
        raise BadRequest("Isi permintaan berisi tanda yang tidak dapat dibaca (NUL).", mend="Hapus \\u0000 dari teksnya, lalu kirim lagi.")
    return record


def _holds_nul(value: Any) -> bool:
    """Whether a text in it holds NUL, which no text here does and PostgreSQL refuses; the doors look at paths and forms alone."""
    if isinstance(value, dict):
        return any("\0" in name or _holds_nul(each) for name, each in value.items())
    return any(map(_holds_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value
