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
        endpoint = request.endpoint or ""
        if endpoint == "static" or endpoint.startswith("web_assets.") or endpoint.endswith(".static"):
            return _packed(response, kept)
        # what is sent piece by piece, as files of cases are, stays as it is: it would have to be read whole
        return _packed(response, None) if endpoint.startswith("web_") and not response.is_streamed else response


def _packed(response: Response, kept: _Kept | None) -> Response:
    """
    The answer as this reader takes it; what may come either way says so to every cache between.

    kept: packed files by path and validator, None for what is packed anew each time.
    """
    if response.status_code != 200 or not (response.mimetype or "").startswith(_PACKABLE) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or "Range" in request.headers:
        return response
    etag, _weak = response.get_etag()
    place = (request.path, etag or "")
    response.direct_passthrough = False
    body = kept.get(place) if kept else None
    if body is None:
        plain = response.get_data()
        if len(plain) < _LEAST:
            return response
        body = packed(plain)
        if kept is not None and len(kept) < _MOST_KEPT:
            kept[place] = body
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
