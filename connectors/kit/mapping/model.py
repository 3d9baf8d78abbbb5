"""A compiled mapping: where listings stand, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.kit.errors import Refused, Skip
from connectors.kit.mapping.expressions import Getter, Language
from connectors.kit.mapping.items import Items


@dataclass(frozen=True, slots=True)
class Rule:
    """Listings for which all conditions hold are skipped with the reason."""

    reason: str
    conditions: tuple[Getter, ...]

    def holds(self, body: dict[str, Any]) -> bool:
        """Whether they do."""
        return all(condition(body) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Paging:
    """How a source pages; total, more, cursor, next are read out of each answer."""

    kind: str = "none"
    parameter: str = ""
    first: int = 1
    size: int | None = None
    size_parameter: str | None = None
    total: Getter | None = None
    more: Getter | None = None
    cursor: Getter | None = None
    next: Getter | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """
    A checked mapping.

    place: where the list stands: a JMESPath for JSON, qualified names for XML. columns: the columns that its plain paths
    name. digest: of all that it says, so that a changed mapping is another version.
    """

    format: str
    digest: str
    language: Language
    request: dict[str, Any]
    paging: Paging
    rows: Getter
    path: tuple[str, ...]
    delimiter: str
    reference: Getter
    order: Getter | None
    prefer_kept: bool
    volatile: frozenset[str]
    personal: frozenset[str]
    columns: dict[str, str]
    rules: tuple[Rule, ...]
    members: tuple[tuple[str, Getter], ...]
    title: Getter
    description: Getter
    buyer: Getter
    items: Items | None

    def skipped(self, body: dict[str, Any]) -> str | None:
        """Why a listing is no demand; None where it is one."""
        for rule in self.rules:
            if rule.holds(body):
                return rule.reason
        return None

    def each(self, body: dict[str, Any]) -> dict[str, Any]:
        """A listing part by part, for who writes the mapping: of each its value, or the `Refused` that says why it cannot be read."""
        parts: list[tuple[str, Getter]] = [("reference", self.reference), ("title", self.title), ("description", self.description)]
        parts += [("buyer", self.buyer), *self.members]
        if self.items is not None:
            items = self.items
            parts.append(("items", lambda body: items(body)[0]))
        found: dict[str, Any] = {}
        for name, read in parts:
            try:
                found[name] = read(body)
            except Refused as wrong:
                found[name] = wrong
        return found

    def translate(self, said: str, body: dict[str, Any]) -> dict[str, Any]:
        """
        One listing in the wire form; `said` is the reference under which it is known.

        Raises:
            Skip: a rule of the mapping holds. Refused: it has no reference, title or buyer, or a value cannot be read.
        """
        reason = self.skipped(body)
        if reason is not None:
            raise Skip(reason)
        if not self.reference(body):
            raise Refused("reference_missing", "Data tanpa kode (listing.reference) tidak dapat dikenali lagi.")
        title, buyer = self.title(body), self.buyer(body)
        if not title or buyer is None:
            raise Refused(
                "title_or_buyer_missing", f"Data tanpa {'judul' if not title else 'pembeli'} (demand.{'title' if not title else 'buyer'})."
            )
        made: dict[str, Any] = {"reference": said, "title": title, "description": self.description(body), "buyer": buyer}
        for name, read in self.members:
            made[name] = read(body)
        if made.get("status", "") is None:
            del made["status"]
        if self.items is not None:
            made["items"], rest = self.items(body)
            if rest:
                made["description"] = "\n".join(filter(None, (made["description"], rest)))
        return made
