"""What comes through the service's doors: whose a path is, and what neither pages nor API can read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict
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


class CheckedRequest(Request):
    """
    A request whose form is checked when it is first read.

    Not before: a form may come with tens of megabytes of files, which would be spooled for callers whom a page then sends away.
    """

    def _load_form_data(self) -> None:
        """Read the form, once; raises BadRequest where a field, or the name of a file, holds NUL: then nothing of it is left to read."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        try:
            _refuse_nul(self.form.items(multi=True))
            _refuse_nul((name, file.filename or "") for name, file in self.files.items(multi=True))
        except BadRequest:
            self.__dict__["form"], self.__dict__["files"] = ImmutableMultiDict(), ImmutableMultiDict()
            raise


def register(app: Flask) -> None:
    """Refuse for all routes what none of them can read; to be called before any route is made."""
    app.url_map.converters["int"] = RowNumber
    app.url_map.merge_slashes = False  # its redirects would repeat the Host header that the caller made up
    app.request_class = CheckedRequest
    app.before_request(_check_address)


def _check_address() -> None:
    """Refuse NUL in the parts of the path that a caller chose, and in its filters."""
    if request.routing_exception is not None:
        return  # nothing is at that address, which is said instead
    _refuse_nul((name, value) for name, value in (request.view_args or {}).items() if isinstance(value, str))
    _refuse_nul(request.args.items(multi=True))


def _refuse_nul(given: Iterable[tuple[str, str]]) -> None:
    """
    No text here holds NUL, and PostgreSQL refuses to be asked for one.

    given: name and text of what the caller chose.

    Raises:
        BadRequest: one of them holds it; the message and `errors` name the field.
    """
    for name, text in given:
        if "\0" in name or "\0" in text:
            field = name.replace("\0", "")[:80] or "alamat"
            raise BadRequest(
                f"{field}: berisi tanda yang tidak dapat dibaca (NUL).",
                mend="Ketik ulang isian atau alamatnya, jangan disalin dari tempat lain, lalu coba lagi.",
                errors=[{"parameter": field, "detail": "Tanda NUL tidak dapat dibaca."}],
            )
