"""
Another region's exchange node: its demand, and what its industries offer, by its change feed.

Source
  <url>/api/v1/changes (docs/partners.md): without `since` everything once and then what changed meanwhile, with `since` what changed.
  Entries carry the record as the reader may read it, or are tombstones; `more` false is the end, `next` the cursor for the next time.
Caveats
  A demand is known by its public name at that node (`d-…`); the reference that its own source gave it stands in `related`.
  A product is no demand: it is kept apart as that region's supply, under its SKU there. Its photos are links to that node; none is fetched.
  410 (or 400) to the first request: the node does not go on from our cursor (forgotten changes, another database, another tier). The run
  then reads everything, and what it does not name is missing. 410 to a later one ends the run, which is partial; the next begins anew.
  A record may come more than once in a run; what says the same as before is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote, urlsplit

from connectors.kit import Answer, Connector, Fetch, RawListing, Refused, Setting, SettingsError, ShapeChanged, Skip, SourceError, Window
from connectors.kit.errors import HttpStatus, TooMuch
from connectors.kit.origin import origin
from connectors.kit.pages import CutShort, Trail, with_parameters
from connectors.kit.wire import demand_members, demand_of, offer_of, product_members

_PAGE = 500
# what a node says to a cursor that it does not take: it forgot what is behind it, or it is another node by now
_BEGIN_ANEW = (400, 410)
_TOKEN = re.compile(r"[\x21-\x7e]{8,4096}")
_REGION = re.compile(r"\d{2}(\.\d{2})?")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CHANGES = "/api/v1/changes"
_FAULT = "fault"
_OFFERED = "barang:"
_READ: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"demand": demand_members, "product": product_members}


class WrongRegion(SourceError):
    """A node that is another region's than the one that was approved."""

    rule = "another_region"
    advice = "Periksa alamat simpul; bila wilayahnya memang lain, daftarkan sebagai sumber baru dengan wilayah itu."


class _Part(NamedTuple):
    """One answer of the feed."""

    answer: Answer
    entries: list[dict[str, Any]]
    onward: str
    more: bool


class ExchangeNode(Connector):
    """Another node of the exchange."""

    name = "exchange_node"
    title = "Simpul pertukaran daerah lain: permintaan dan katalognya"
    homepage = "https://cilegon.go.id"
    licence = "Menurut simpul masing-masing (info.license di /openapi.json simpul itu)"
    version = "1"
    incremental = True
    settings = (
        Setting("url", says="alamat dasar simpul itu, misalnya https://simpul.contoh.go.id"),
        Setting("region", says="kode wilayah Kemendagri simpul itu, misalnya 33.74; jawaban dari wilayah lain ditolak"),
        Setting("token", required=False, secret=True, says="token dari simpul itu bila ada; hanya dikirim ke host pada url, lewat https"),
    )
    personal: ClassVar[frozenset[str]] = frozenset({"telephone", "email", "nib"})

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        self._base = self.option("url").strip().rstrip("/")
        self._token = self.option("token").strip().removeprefix("Bearer ").strip()
        parts = urlsplit(self._base)
        wrong = [
            *(["url harus alamat dasar http atau https, tanpa ? dan #"] if not _is_base(self._base) else []),
            *(["region harus kode wilayah, misalnya 33.74"] if not _REGION.fullmatch(self.option("region").strip()) else []),
        ]
        if self._token:
            wrong += ["token memuat spasi atau tanda lain, atau terlalu pendek"] if not _TOKEN.fullmatch(self._token) else []
            wrong += ["url harus https, karena token ikut dikirim"] if parts.scheme != "https" and parts.hostname not in _LOOPBACK else []
        if wrong:
            raise SettingsError(f"Pengaturan konektor {self.name}: {'; '.join(wrong)}.")

    def approved(self) -> tuple[str, ...]:
        """The node's own address alone."""
        return (self._base,)

    def headers(self, url: str) -> Mapping[str, str]:
        """The token, where there is one, for the node's own origin and for no other."""
        return {"Authorization": f"Bearer {self._token}"} if self._token and origin(url) == origin(self._base) else {}

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """What changed since the cursor, or everything where there is none or the node does not know it any more."""
        told: dict[str, str] = {}
        for part in self._parts(fetch):
            for position, entry in _last_of_each(part.entries):
                raw = self._listing(part.answer, position, entry)
                if raw is None:
                    continue
                says = "" if raw.gone else raw.content_hash()
                if told.get(raw.reference) == says:
                    fetch.facts.superseded += 1
                    continue
                if len(told) >= fetch.limits.listings and raw.reference not in told:
                    raise TooMuch("too_many_listings", f"Simpul memuat lebih dari {fetch.limits.listings} data.", answer=part.answer.digest)
                told[raw.reference] = says
                yield raw
            if not part.more:
                fetch.facts.cursor = part.onward

    def _parts(self, fetch: Fetch) -> Iterator[_Part]:
        """The answers of the feed up to its end; one that cannot be had after the first makes the run partial."""
        trail, since, begun = Trail(fetch), fetch.cursor, False
        fetch.facts.changes_only = since is not None
        while True:
            try:
                page = trail.step(self._address(since))
                part = self._part(page.answer, page.document)
            except SourceError as error:
                if not begun and since is not None and isinstance(error, HttpStatus) and error.status in _BEGIN_ANEW:
                    fetch.facts.changes_only, since = False, None
                    fetch.facts.notes.append(
                        f"Simpul tidak dapat melanjutkan dari kursor yang lalu ({error.status}); seluruh datanya dibaca ulang."
                    )
                    continue
                if not begun or error.state != "failed":
                    raise
                raise CutShort.by(error) from error
            begun = True
            yield part
            if not part.more:
                trail.end()
                return
            since = part.onward

    def _address(self, since: str | None) -> str:
        asked: dict[str, object] = {"limit": _PAGE} | ({} if since is None else {"since": since})
        return with_parameters(self._base + _CHANGES, **asked)

    def _part(self, answer: Answer, document: Any) -> _Part:
        """An answer of the feed; raises ShapeChanged where it is none, WrongRegion where another region's node sends it."""
        if not isinstance(document, dict):
            raise ShapeChanged("Umpan perubahan simpul bukan objek JSON.", answer=answer.digest)
        entries, onward, more, region = (document.get(name) for name in ("items", "next", "more", "region"))
        if not isinstance(entries, list) or not isinstance(onward, str) or not onward or not isinstance(more, bool):
            raise ShapeChanged("Umpan perubahan simpul berubah bentuk: items, next atau more tidak ada.", answer=answer.digest)
        if not all(isinstance(entry, dict) for entry in entries) or (entries and not any(map(_is_entry, entries))):
            raise ShapeChanged("Umpan perubahan simpul tidak lagi memuat entri dengan kind, ident dan op.", answer=answer.digest)
        wanted = self.option("region").strip()
        if region != wanted:
            said = region if isinstance(region, str) and _REGION.fullmatch(region) else "yang tidak disebut"
            raise WrongRegion(f"Simpul ini milik wilayah {said}, bukan {wanted}; tidak ada yang disimpan.", answer=answer.digest)
        return _Part(answer, entries, onward, more)

    def _listing(self, answer: Answer, position: int, entry: dict[str, Any]) -> RawListing | None:
        """An entry as a listing; None for what is neither asked for nor offered. One that cannot be read is a listing, too."""
        if not _is_entry(entry):
            reference = _name(entry) or self.nameless("entri", {"entry": entry})
            return self.listing(reference, answer.address, {_FAULT: "kind, ident atau op"}, position, answer.digest)
        if entry["kind"] not in _READ:
            return None
        offered = entry["kind"] == "product"
        reference = f"{_OFFERED}{_name(entry)}" if offered else _name(entry)
        if entry["op"] == "delete":
            return self.tombstone(reference, answer.address, position, answer.digest, supply=offered)
        record = entry.get("record")
        body = _READ[entry["kind"]](record) if isinstance(record, dict) else {_FAULT: "record"}
        return self.listing(reference, answer.address, body, position, answer.digest, supply=offered)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """A demand of that node as ours, under its public name there."""
        if raw.supply:
            raise Skip("Simpul menawarkan ini, tidak memintanya.")
        if raw.gone:
            raise Skip("Simpul mengatakan bahwa permintaan ini sudah dicabut.")
        if _FAULT in raw.body:
            raise Refused("entry_malformed", f"Entri umpan simpul itu tidak memuat {raw.body[_FAULT]} yang dikenal.")
        demand, fault = demand_of(raw.body | {"reference": raw.reference, "related": _related(raw)})
        if fault is not None:
            raise Refused("not_a_demand", f"Data simpul itu tidak berbentuk permintaan: {fault}.")
        address = f"{self._base}/api/v1/demands/{raw.reference}"
        return demand | {"url": demand.get("url") or (address if len(address) <= 2000 else None)}

    def supply(self, raw: RawListing) -> dict[str, Any]:
        """A product of that node as what its region offers."""
        if _FAULT in raw.body:
            raise Refused("entry_malformed", f"Entri umpan simpul itu tidak memuat {raw.body[_FAULT]} yang dikenal.")
        sku = raw.reference.removeprefix(_OFFERED)
        offer, fault = offer_of(raw.body, sku, f"{self._base}/api/v1/products/{quote(sku, safe='')}", self._base)
        if fault is not None:
            raise Refused("not_an_offer", f"Data simpul itu tidak berbentuk barang yang ditawarkan: {fault}.")
        return offer


def _related(raw: RawListing) -> Any:
    """Its ids elsewhere, and the one at the source that the node has it from."""
    related, reference = raw.body.get("related", {}), raw.body.get("reference")
    if not isinstance(related, dict) or not isinstance(reference, str) or not reference or reference == raw.reference:
        return related
    return related | {"reference": [reference]}


def _last_of_each(entries: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """The entries of one answer with their places, of several about one record the last."""
    named = [(place, entry, (entry.get("kind"), _name(entry)) if _is_entry(entry) else place) for place, entry in enumerate(entries)]
    last = {name: place for place, _, name in named}
    return [(place, entry) for place, entry, name in named if last[name] == place]


def _name(entry: dict[str, Any]) -> str:
    """What an entry's record is called; empty where it does not say."""
    ident = entry.get("ident")
    return ident.strip() if isinstance(ident, str) else ""


def _is_entry(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("kind"), str) and entry.get("op") in ("upsert", "delete") and bool(_name(entry))


def _is_base(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
