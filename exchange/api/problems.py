"""Every error of the API as RFC 9457 problem details, whose `mend` says in Indonesian what to do next."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from exchange.api.plumbing import request_id
from exchange.doors import is_machine
from exchange.errors import ExchangeError, NotRecorded, ScopeMissing, TokenRefused

MEDIA = "application/problem+json"
_BEARER = 'Bearer realm="mitra"'
_log = logging.getLogger(__name__)

# status: (slug, title, mend)
_KNOWN = {
    400: ("permintaan-keliru", "Permintaan tidak dapat dipahami.", "Periksa parameter dan isi permintaan; daftarnya ada di /docs."),
    401: ("perlu-masuk", "Perlu masuk.", "Masuk di /masuk dengan akun petugas, lalu ulangi dengan kuki sesi itu."),
    403: ("ditolak", "Tidak diizinkan.", "Minta izin kepada pengelola layanan ini."),
    404: ("tidak-ditemukan", "Data tidak ditemukan.", "Periksa alamatnya; semua jalur ada di /openapi.json."),
    405: ("cara-keliru", "Metode HTTP tidak berlaku di alamat ini.", "Pakai salah satu metode pada tajuk Allow."),
    406: ("bentuk-tidak-ada", "Bentuk yang diminta tidak tersedia.", "Kirim tajuk Accept: application/json, atau tanpa tajuk Accept."),
    408: ("terlalu-lama", "Permintaan terlalu lama datang.", "Kirim ulang."),
    409: ("bentrok", "Keadaan data tidak mengizinkannya.", "Baca ulang datanya, lalu coba lagi."),
    412: ("versi-lain", "Data sudah berubah.", "Baca ulang datanya dan pakai ETag yang baru."),
    413: ("terlalu-besar", "Kiriman terlalu besar.", "Pecah kiriman menjadi beberapa bagian."),
    414: ("alamat-terlalu-panjang", "Alamat terlalu panjang.", "Kurangi parameter."),
    415: ("jenis-isi-keliru", "Jenis isi tidak diterima.", "Kirim tajuk Content-Type: application/json."),
    416: ("rentang-keliru", "Rentang yang diminta di luar berkas.", "Minta ulang tanpa tajuk Range."),
    422: ("isi-keliru", "Isi permintaan tidak dapat diterima.", "Perbaiki isi permintaan; skemanya ada di /docs."),
    428: ("perlu-if-match", "Perlu menyebut versi yang diubah.", "Baca datanya, lalu kirim ETag-nya pada tajuk If-Match."),
    429: ("terlalu-sering", "Terlalu banyak permintaan.", "Tunggu selama detik pada tajuk Retry-After."),
    500: ("kesalahan", "Layanan tidak dapat melakukannya.", "Coba lagi sebentar. Bila berulang, beri tahu pengelola layanan."),
    503: ("belum-siap", "Layanan belum siap.", "Coba lagi beberapa saat lagi."),
}


def answer(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A problem as it is sent; `instance` is the path that was asked for, `request_id` what the log calls the request."""
    told = {"instance": request.path, "request_id": request_id()}
    response = Response(orjson.dumps(told | body), body["status"], mimetype=MEDIA)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def of_status(status: int, detail: str | None = None, **facts: Any) -> dict[str, Any]:
    """The members of a problem that HTTP itself names."""
    slug, title, mend = _KNOWN.get(status, _KNOWN[500 if status >= 500 else 400])
    body = {"type": f"/problems/{slug}", "title": title, "status": status, "mend": mend}
    return (body | {"detail": detail} if detail else body) | facts


def of_error(error: ExchangeError) -> Response:
    """One of the service's own errors. Whoever must log in first is told so by WWW-Authenticate too."""
    body = error.problem()
    known = _KNOWN.get(body["status"])
    if known:
        body.setdefault("mend", known[2])
    if body["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, NotRecorded):
        _log.error("%s %s: %s", request.method, request.path, type(error).__name__)
        body = of_status(body["status"])
    return answer(body, _challenge(error))


def _challenge(error: ExchangeError) -> dict[str, str]:
    """How the caller may become known, what its token lacks (RFC 6750, 3), or when to ask again."""
    if isinstance(error, TokenRefused):
        return {"WWW-Authenticate": f'{_BEARER}, error="invalid_token"'}
    if isinstance(error, ScopeMissing):
        return {"WWW-Authenticate": f'{_BEARER}, error="insufficient_scope", scope="{" ".join(error.facts["missing"])}"'}
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": _BEARER if error.facts.get("missing") == ["token"] else 'Session realm="petugas"'}
    if "retry_after" in error.facts:
        return {"Retry-After": str(error.facts["retry_after"])}
    return {}


def of_http(error: HTTPException) -> Any:
    """An error of HTTP or of a view that failed; its headers stay (405 keeps Allow), its inner cause is not told."""
    if not is_machine(request.path):
        return error
    if error.response is not None:
        return error.response
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    kept = {name: value for name, value in error.get_headers() if name.lower() not in {"content-type", "content-length"}}
    return answer(of_status(status, _detail(status)), kept)


def _detail(status: int) -> str | None:
    if status == HTTPStatus.NOT_FOUND:
        return "Tidak ada apa-apa di alamat ini."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"Metode {request.method} tidak berlaku di alamat ini."
    return None


def known_slugs() -> dict[str, dict[str, Any]]:
    """What each `type` means, by its last part: the service's own errors and those of HTTP."""
    found: dict[str, dict[str, Any]] = {slug: of_status(status) for status, (slug, _, _) in _KNOWN.items()}
    waiting = [ExchangeError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        own = {"type": f"/problems/{kind.slug}", "title": kind.title, "status": int(kind.status)}
        found.setdefault(kind.slug, own)
    return found


def register(app: Flask) -> None:
    """Answer every error of the API's paths; the pages' blueprints keep their own handlers."""
    app.register_error_handler(ExchangeError, of_error)
    app.register_error_handler(HTTPException, of_http)
