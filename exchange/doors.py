"""What comes through the service's doors: whose a path is, and what neither pages nor API can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, ValidationError

from exchange.errors import BadRequest

# the doors that machines use; every other path is a page's, so that a person reads its errors
_MACHINES = ("/api", "/oauth", "/openapi.json", "/docs", "/.well-known", "/healthz", "/readyz", "/metrics", "/problems")
_LARGEST_ID = 2**63 - 1


def is_machine(path: str) -> bool:
    """Whether a path is the API's, so that its errors are problem details and never a page."""
    return any(path == door or path.startswith(door + "/") for door in _MACHINES)


class RowNumber(IntegerConverter):
    """`<int:…>` in a path: ASCII digits, at most what a 64-bit column holds; any other number names nothing (404)."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> Any:
        """The number; one that no row can bear does not match the route."""
        number = super().to_python(value)
        if number > _LARGEST_ID:
            raise ValidationError
        return number


def register(app: Flask) -> None:
    """Refuse for all routes what none of them can read; to be called before any route is made."""
    app.url_map.converters["int"] = RowNumber
    app.url_map.merge_slashes = False  # its redirects would repeat the Host header that the caller made up
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """
    No text here holds NUL, and PostgreSQL refuses to be asked for one.

    Raises:
        BadRequest: path, query or form holds one; the message and `errors` name the field.
    """
    if request.routing_exception is not None:
        return  # nothing is at that address, which is said instead
    for name, text in _given():
        if "\0" in name or "\0" in text:
            field = name.replace("\0", "")[:80] or "alamat"
            raise BadRequest(
                f"{field}: berisi tanda yang tidak dapat dibaca (NUL).",
                mend="Ketik ulang isian atau alamatnya, jangan disalin dari tempat lain, lalu coba lagi.",
                errors=[{"parameter": field, "detail": "Tanda NUL tidak dapat dibaca."}],
            )


def _given() -> Iterator[tuple[str, str]]:
    """Name and text of all that the caller chose: parts of the path, filters, what was typed into a form."""
    yield from ((name, value) for name, value in (request.view_args or {}).items() if isinstance(value, str))
    yield from request.args.items(multi=True)
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        yield from request.form.items(multi=True)
