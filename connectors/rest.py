"""
Any API of listings, by a mapping in TOML and without code: JSON, NDJSON, CSV or XML.

Source
  Whatever answers a GET with a list. docs/mappings/README.md explains the mapping; beside it stand complete examples.
Caveats
  A changed mapping is another version of the connector, so that known listings are read again by it. Fields about
  persons go before anything is stored: those that the mapping names, and those whose names say it (nip, email, telepon).
  Of rows with one reference the first holds, or the greatest by `listing.order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, SettingsError, ShapeChanged, Window
from connectors.kit.base import NAMELESS
from connectors.kit.mapping import read_mapping
from connectors.kit.mapping.documents import BROKEN
from connectors.kit.mapping.once import once
from connectors.kit.mapping.paging import Page, Pages

_LOOKED_AT = 100


class Rest(Connector):
    """A source whose listings a mapping explains."""

    name = "rest"
    title = "API apa pun dengan pemetaan (JSON, NDJSON, CSV, XML)"
    homepage = "https://jmespath.org"
    licence = "Menurut pengelola sumber masing-masing"
    version = "1"
    settings = (
        Setting("url", secret=True, says="alamat daftar pertama; alamat dapat memuat kunci"),
        Setting("mapping", says="isi dokumen pemetaan (TOML)"),
        Setting("token", required=False, secret=True, says="token, dikirim di kepala yang disebut pemetaan"),
    )
    personal = frozenset({"nip", "nip_*", "*_nip", "*email*", "*telepon*", "no_hp", "nohp", "*_no_hp", "*ppk", "*ppk_*"})

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        self._mapping = mapping = read_mapping(self.option("mapping"))
        # what a source of this connector reads is decided by its mapping, so an instance has these three of its own
        self.version = f"{type(self).version}-{mapping.digest}"  # type: ignore[misc]
        self.volatile = mapping.volatile  # type: ignore[misc]
        self.personal = type(self).personal | mapping.personal  # type: ignore[misc]
        dropped = [f"{name} ({place})" for name, place in mapping.columns.items() if self.is_personal(name)]
        if dropped:
            raise SettingsError(f"Pemetaan memakai kolom yang dibuang karena tentang orang: {', '.join(dropped)}.")
        token = self.option("token")
        if token and not (token.isascii() and token.isprintable()):
            raise SettingsError("Token berisi tanda yang tidak dapat dikirim di kepala HTTP.")

    def approved(self) -> tuple[str, ...]:
        """The host of the first list; a link to another is refused."""
        return (self.option("url"),)

    def headers(self, url: str) -> Mapping[str, str]:
        """The token, in the header that the mapping names."""
        token, request = self.option("token"), self._mapping.request
        return {request.get("token_header", "Authorization"): request.get("token_prefix", "Bearer ") + token} if token else {}

    def is_personal(self, name: str) -> bool:
        """Whether a field is about a person; an XML name is judged by its local name."""
        return super().is_personal(name.rpartition("}")[2].rpartition(":")[2].lstrip("@"))

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All rows of all pages, each reference once."""
        pages = Pages(self._mapping, fetch, self.option("url"), look=self._check_shape)
        answer, address, digest = None, "", ""
        without_persons, volatile = self.without_persons, self.volatile
        for reference, body, its, position in once(self._mapping, fetch, pages, self._named):
            if its is not answer:
                answer, address, digest = its, its.address, its.digest
            yield RawListing(reference, address, without_persons(body), position, digest, volatile)

    def _named(self, body: dict[str, Any]) -> str:
        """The row's own reference, or one made of what it says."""
        try:
            said = "" if BROKEN in body else self._mapping.reference(body)
        except Refused:
            said = ""
        return said or self.nameless(NAMELESS, body)

    def _check_shape(self, page: Page, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows; a page of whose first ones most have no reference is a list of another shape."""
        first = list(islice(rows, _LOOKED_AT))
        lacking = sum(self._named(body).startswith(NAMELESS) for body in first)
        if first and (lacking == len(first) or (len(first) >= 3 and lacking * 2 > len(first))):
            raise ShapeChanged("Kode (listing.reference) tidak ada di sebagian besar data; bentuknya berubah.", answer=page.answer.digest)
        return chain(first, rows)

    def each_part(self, raw: RawListing) -> dict[str, Any]:
        """What the mapping reads in each part of a listing, or the `Refused` that says why it reads nothing."""
        return self._mapping.each(raw.body)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One listing as the mapping says."""
        if BROKEN in raw.body:
            raise Refused("row_unreadable", f"Data ke-{raw.position + 1} dalam jawaban tidak terbaca: {str(raw.body[BROKEN])[:80]}.")
        return self._mapping.translate(raw.reference, raw.body)
