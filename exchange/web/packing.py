"""
Pages and their files packed with gzip, for lines that are slow.

A packed page's length tells something of what it says, and so of a token beside what an attacker had reflected in it (BREACH). Each answer
therefore carries a name of random length in the head of the gzip stream, which no reader looks at: "Heal the Breach" (Palacios, Fariña and
others, 2022), as Django does it.
"""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

# below it the head of the stream eats what packing saves
_LEAST = 600
_LEVEL = 6
_LONGEST_NAME = 100
_PACKABLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
_MOST_KEPT = 32

_Kept = dict[tuple[str, str], bytes]


def register(app: Flask) -> None:
    """Pack the answers of pages and of static files; the API packs what it sends by rules of its own."""
    kept: _Kept = {}

    @app.after_request
    def pack(response: Response) -> Response:
        return _packed(response, kept) if _is_ours() else response


def _is_ours() -> bool:
    endpoint = request.endpoint or ""
    return endpoint.startswith("web_") or endpoint == "static" or endpoint.endswith(".static")


def _packed(response: Response, kept: _Kept) -> Response:
    """The answer as this reader takes it; what may come either way says so to every cache between."""
    if response.status_code != 200 or not (response.mimetype or "").startswith(_PACKABLE) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or "Range" in request.headers:
        return response
    etag, _weak = response.get_etag()
    of_file, response.direct_passthrough = response.direct_passthrough, False
    body = kept.get((request.path, etag)) if etag and of_file else None
    if body is None:
        plain = response.get_data()
        if len(plain) < _LEAST:
            return response
        body = packed(plain)
        if etag and of_file and len(kept) < _MOST_KEPT:
            kept[request.path, etag] = body
    if hasattr(response.response, "close"):  # a file that was not read
        response.response.close()
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    if etag:
        response.set_etag(etag, weak=True)  # the same content in another coding: strong no more
    return response


def packed(plain: bytes) -> bytes:
    """`plain` as a gzip stream whose length varies by up to a hundred bytes from call to call."""
    out = io.BytesIO()
    with gzip.GzipFile("x" * secrets.randbelow(_LONGEST_NAME + 1), "wb", _LEVEL, out, mtime=0) as stream:
        stream.write(plain)
    return out.getvalue()
