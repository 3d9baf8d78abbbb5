"""All that the author of a connector reads: settings, a window of time, a raw listing, and the connector itself."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple

import orjson

from connectors.kit.answer import Answer
from connectors.kit.errors import SettingsError, Skip
from connectors.kit.fetch import Fetch
from connectors.kit.sample import Sample, samples_beside


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a source. `secret` values are never shown; `says` is one sentence for staff."""

    name: str
    required: bool = True
    secret: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a run asks about, for sources that can be asked so; `since` None means from the beginning."""

    since: datetime | None
    until: datetime


class RawListing(NamedTuple):
    """
    One listing as it came, less the fields about persons.

    reference: its id at the source (see `stable_reference`). url: masked address of the answer it stood in. body: JSON-able.
    position: its place in the answer, from 0. answer: digest of the archived answer.
    volatile: fields that change without the listing changing. gone: the source says that it has the listing no more (see
    `Connector.tombstone`): a word and no silence. supply: it is offered there and not asked for; `Connector.supply` reads it.
    """

    reference: str
    url: str
    body: dict[str, Any]
    position: int
    answer: str
    volatile: frozenset[str] = frozenset()
    gone: bool = False
    supply: bool = False

    def comparable(self) -> dict[str, Any]:
        """The body less the volatile fields: what decides whether a listing changed."""
        if not self.volatile:
            return self.body
        kept = dict(self.body)
        for name in self.volatile:
            kept.pop(name, None)
        return kept

    def content_hash(self) -> str:
        """BLAKE2b-256 of the canonical JSON (sorted names, UTF-8, no blanks) of `comparable`, in hex."""
        return blake2b(orjson.dumps(self.comparable(), option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


LONGEST_REFERENCE = 200
NAMELESS = "tanpa-kode"
"""How references begin that `Connector.nameless` makes for listings without one."""
_UNKEPT = re.compile(r"[\x00-\x1f\x7f]")


def stable_reference(reference: str) -> str:
    """
    A source's own id in a form that every store keeps and that stays the same in each run.

    One of more than 200 characters or with control characters (NUL among them) becomes its first 160, those replaced by
    U+FFFD, with a digest of the whole: it is not refused, since the listing may be a demand, and two that differ stay two.
    """
    if len(reference) <= LONGEST_REFERENCE and (reference.isprintable() or not _UNKEPT.search(reference)):
        return reference
    digest = blake2b(reference.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{_UNKEPT.sub(chr(0xFFFD), reference[:160])}~{digest}"


class Connector(ABC):
    """
    One source of demand: where its listings come from, and what they mean.

    name: also the file's name and, in capitals, the class's. version: stored with every run; raise it whenever
    `translate` would answer differently. volatile: top-level fields left out when rows are compared.
    personal: names or patterns (`*ppk*`) of fields dropped at any depth before anything is stored.
    incremental: the source tells what changed since `fetch.cursor`, where there is one. Having read that to its end, `listings` sets
    `fetch.facts.cursor` to where the next run goes on, and `fetch.facts.changes_only` where it did not name everything; a listing may
    then come again, the later one holds.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    homepage: ClassVar[str]
    licence: ClassVar[str]
    version: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    volatile: ClassVar[frozenset[str]] = frozenset()
    personal: ClassVar[frozenset[str]] = frozenset()
    incremental: ClassVar[bool] = False

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        given = dict(given or {})
        known = {setting.name for setting in self.settings}
        wrong = [f"{name} tidak dikenal" for name in sorted(set(given) - known)]
        wrong += [f"{each.name} wajib diisi ({each.says})" for each in self.settings if each.required and not given.get(each.name)]
        if wrong:
            raise SettingsError(f"Pengaturan konektor {self.name}: {'; '.join(wrong)}.")
        self._given = given
        self._persons: dict[str, bool] = {}
        self._shapes: dict[tuple[str, ...], list[str]] = {}
        self.unnamed = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def option(self, name: str) -> str:
        """The value of a setting, empty where it was not given."""
        return self._given.get(name, "")

    def approved(self) -> tuple[str, ...]:
        """Addresses whose host the source may be asked at: by default those in its settings."""
        return tuple(value for value in self._given.values() if value.startswith(("https://", "http://")))

    def headers(self, url: str) -> Mapping[str, str]:
        """
        Headers that the source wants beside the usual ones, such as its bearer token; asked anew for every request.

        They go to the approved places alone. A connector with more than one place looks at `url` before it gives a secret away.
        """
        return {}

    @classmethod
    def samples(cls) -> Mapping[str, Sample]:
        """
        Ordinary exchanges, invented, by which anyone can certify the connector, by case; from `samples/<name>/` beside its module.

        Raises:
            NoSample: it brings none.
        """
        return samples_beside(cls.__module__, cls.name)

    @abstractmethod
    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """
        The source's listings, one at a time, each reference once.

        Raises:
            SourceError: what came is no list of demands; nothing more is to be had from this run.
        """

    @abstractmethod
    def translate(self, raw: RawListing) -> dict[str, Any]:
        """
        A listing in the wire form of `schemas.demand.DemandSchema`; pure: no clock, no network, no memory.

        Raises:
            Skip: the listing is no demand for us.
            Refused: it cannot be understood.
        """

    def supply(self, raw: RawListing) -> dict[str, Any]:
        """
        A listing that is offered (`raw.supply`) in the wire form of `schemas.supply.SupplySchema`; pure, as `translate` is.

        Raises:
            Skip: it is nothing to keep. Refused: it cannot be understood.
        """
        raise Skip("Konektor ini tidak membaca barang yang ditawarkan.")

    def listing(self, reference: str, url: str, body: dict[str, Any], position: int, answer: str, *, supply: bool = False) -> RawListing:
        """A raw listing from which the fields about persons are gone; its reference is one that can be kept."""
        return RawListing(stable_reference(reference), url, self.without_persons(body), position, answer, self.volatile, supply=supply)

    def tombstone(self, reference: str, url: str, position: int, answer: str, *, supply: bool = False) -> RawListing:
        """That the source has a listing no more, by its reference; for sources that say so."""
        return RawListing(stable_reference(reference), url, {}, position, answer, self.volatile, gone=True, supply=supply)

    def page(
        self, fetch: Fetch, answer: Answer, rows: Sequence[dict[str, Any]], reference: Callable[[dict[str, Any]], str]
    ) -> Iterator[RawListing]:
        """
        The listings of one answer, row by row; none where it came byte for byte before and all of them stand as it says.

        reference: of a row; one that has none gets `nameless`'s.
        """
        if fetch.take_known(answer.digest, len(rows)):
            return
        for position, row in enumerate(rows):
            yield self.listing(reference(row) or self.nameless(NAMELESS, row), answer.address, row, position, answer.digest)

    def nameless(self, word: str, body: dict[str, Any]) -> str:
        """
        A reference for a listing that has none: `word` and a digest of what it says, without volatile and personal fields.

        Its place would name another listing in the next run; equal ones are one. `unnamed` counts how often it was asked for.
        """
        self.unnamed += 1
        kept = self.without_persons({name: value for name, value in body.items() if name not in self.volatile})
        return f"{word}-{blake2b(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()}"

    def without_persons(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body without the personal fields, at any depth: itself where there are none, else a copy."""
        return body if self._is_impersonal(body) else self._impersonal(body)

    def _is_impersonal(self, body: dict[str, Any]) -> bool:
        """Whether no field at any depth is about a person."""
        shape = tuple(body)
        kept = self._shapes.get(shape)
        if len(self._kept(shape) if kept is None else kept) != len(shape):
            return False
        for value in body.values():
            kind = value.__class__
            if kind is str:
                continue
            if kind is dict:
                if not self._is_impersonal(value):
                    return False
            elif kind is list:
                for each in value:
                    if each.__class__ is dict:
                        if not self._is_impersonal(each):
                            return False
                    elif each.__class__ is list:
                        return False  # as far as anybody looks; `_impersonal` looks further
        return True

    def _kept(self, shape: tuple[str, ...]) -> list[str]:
        """Of a body's names those that stay."""
        kept = [name for name in shape if not self.is_personal(name)]
        if len(self._shapes) < 1_000:  # a hostile source must not fill the memory with shapes
            self._shapes[shape] = kept
        return kept

    def _impersonal(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._impersonal(value[name]) for name in self._kept(tuple(value))}
        return [self._impersonal(each) for each in value] if isinstance(value, list) else value

    def is_personal(self, name: str) -> bool:
        """Whether a field is about a person."""
        known = self._persons.get(name)
        if known is None:
            known = any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.personal)
            if len(self._persons) < 10_000:  # a hostile source must not fill the memory with names
                self._persons[name] = known
        return known
