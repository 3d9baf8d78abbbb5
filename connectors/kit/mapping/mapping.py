"""A mapping read from its TOML document, checked against its shape, and compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import orjson
from marshmallow import ValidationError

from connectors.kit.errors import SettingsError
from connectors.kit.mapping import demand as of_demand
from connectors.kit.mapping.compiling import Compiler
from connectors.kit.mapping.expressions import Getter, JmesPath, Language, XPath
from connectors.kit.mapping.items import items
from connectors.kit.mapping.model import Mapping, Paging, Rule
from connectors.kit.mapping.readers import plain, reference, remembering
from connectors.kit.mapping.shape import MappingTable

LONGEST = 64 * 1024
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")
_SHOWN = 12
_XML_PATH = re.compile(r"/{0,2}[\w.:-]+(?:/[\w.:-]+)*")
_PREFIX = re.compile(r"([\w.-]+):")


class MappingError(SettingsError):
    """
    A mapping that cannot be used; the message names each place and what is allowed there.

    places: the same as pairs of place (`demand.title`) and what is wrong there; empty where it is no TOML at all.
    """

    def __init__(self, message: str, places: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.places = tuple(places)


def read_mapping(text: str) -> Mapping:
    """
    The mapping that a TOML document says.

    Raises:
        MappingError: it is no TOML, has a key that is not known, or an expression that cannot be compiled.
    """
    told = _load(text)
    try:
        tables = MappingTable().load(told)
    except ValidationError as error:
        raise _error(_flat(error.messages)) from None
    return _compiled(tables, blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS, default=str), digest_size=6).hexdigest())


def _load(text: str) -> dict[str, Any]:
    if len(text.encode("utf-8", "replace")) > LONGEST:
        raise MappingError(f"Pemetaan lebih besar dari {LONGEST // 1024} KiB.")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _WHERE.search(str(error))
        place = f" di baris {found[1]}, kolom {found[2]}" if found else ""
    raise MappingError(f"Pemetaan bukan TOML yang sah{place}.")


def _compiled(tables: dict[str, Any], digest: str) -> Mapping:
    kind, listing, demand = tables["format"], tables["listing"], tables["demand"]
    wrong = list(_unfit(tables))
    path = _path(tables["list"], tables["namespaces"]) if kind == "xml" else ()
    language: Language = XPath(tables["namespaces"] or None) if kind == "xml" else JmesPath()
    compiler = Compiler(language, tables["codes"])
    title, description = of_demand.described(compiler, demand)
    members = of_demand.simple(compiler, demand)
    for name in ("budget", "periods", "eligibility"):
        if demand[name] is not None:
            members.append((name, getattr(of_demand, name)(compiler, demand[name])))
    said, order = compiler.raw("listing.reference", listing["reference"]), listing["order"]
    made = Mapping(
        format=kind, digest=digest, language=language, path=path, title=title, description=description, members=tuple(members),
        request=tables["request"] or {}, paging=_paging(compiler, tables["paging"]),
        rows=_list(compiler, tables),
        delimiter=(tables["csv"] or {}).get("delimiter", ","),
        reference=lambda body: reference(said(body)),
        order=compiler.raw("listing.order", order) if order else None, prefer_kept=listing["prefer_kept"],
        volatile=frozenset(listing["volatile"]), personal=frozenset(listing["personal"]),
        rules=_rules(compiler, tables), buyer=of_demand.buyer(compiler, demand["buyer"]),
        items=items(compiler, demand["items"]) if demand["items"] else None, columns=compiler.columns,
    )  # fmt: skip
    wrong += compiler.wrong
    if wrong:
        raise _error(wrong)
    return made


def _unfit(tables: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Tables and keys that mean nothing in the mapping's format."""
    kind, paging = tables["format"], (tables["paging"] or {}).get("kind", "none")
    if kind == "xml":
        if not _XML_PATH.fullmatch(tables["list"]):
            yield "list", "harus jalur elemen dari akar sampai data, misalnya daftar/paket, atau //paket"
        for prefix in set(_PREFIX.findall(tables["list"])) - set(tables["namespaces"]):
            yield "list", f"awalan {prefix}: belum dinyatakan di [namespaces]"
    if kind in ("csv", "ndjson"):
        if tables["list"]:
            yield "list", f"tidak dipakai pada format = {kind}: tiap baris adalah satu data"
        if paging not in ("none", "page", "offset") or any((tables["paging"] or {}).get(name) for name in ("total", "more")):
            yield (
                "paging",
                f"format = {kind} tidak memuat keterangan halaman; yang ada: kind = none, page atau offset, tanpa total dan more",
            )
    if tables["csv"] and kind != "csv":
        yield "csv", "hanya dipakai pada format = csv"
    if tables["namespaces"] and kind != "xml":
        yield "namespaces", "hanya dipakai pada format = xml"


def _path(said: str, namespaces: dict[str, str]) -> tuple[str, ...]:
    """Qualified names from the root to the record; where no namespace is declared, names of any (`{*}name`)."""
    names = []
    for name in said.strip("/").split("/"):
        prefix, sign, local = name.partition(":")
        names.append(f"{{{namespaces.get(prefix, '')}}}{local}" if sign else name if namespaces else f"{{*}}{name}")
    return ("*", *names) if said.startswith("//") else tuple(names)


def _list(compiler: Compiler, tables: dict[str, Any]) -> Getter:
    """The list of a JSON answer; the answer itself where no place is named."""
    if tables["format"] != "json" or not tables["list"]:
        return lambda document: document
    return compiler.apart("list", tables["list"])


def _paging(compiler: Compiler, table: dict[str, Any] | None) -> Paging:
    if table is None:
        return Paging()
    found = {name: compiler.apart(f"paging.{name}", table[name]) for name in ("total", "more", "cursor", "next") if table[name] is not None}
    first = table["first"]
    if first is None:
        first = 0 if table["kind"] == "offset" else 1
    return Paging(table["kind"], table["parameter"] or "", first, table["size"], table["size_parameter"], **found)


def _rules(compiler: Compiler, tables: dict[str, Any]) -> tuple[Rule, ...]:
    """What is skipped: first what `skip` says, in order, then what `keep` does not let pass."""
    skips = [
        Rule(table["reason"], tuple(_condition(compiler, f"skip.{n}.when.{m}", each) for m, each in enumerate(table["when"], 1)))
        for n, table in enumerate(tables["skip"], 1)
    ]
    keeps = [Rule(table["reason"], (_condition(compiler, f"keep.{n}", table, wanted=False),)) for n, table in enumerate(tables["keep"], 1)]
    return (*skips, *keeps)


def _condition(compiler: Compiler, place: str, table: dict[str, Any], *, wanted: bool = True) -> Getter:
    """Whether a value is among the words of a condition (or is not, as it says), or with `wanted` False the contrary."""
    words = frozenset(plain(word).casefold() for word in table["wanted"] or table["unwanted"])
    holds = bool(table["wanted"]) is wanted
    judge = remembering(lambda value: (plain(value).casefold() in words) is holds)
    value_of = compiler.raw(f"{place}.from", table["where"])
    return lambda body: judge(value_of(body))


def _flat(messages: Any, place: str = "") -> list[tuple[str, str]]:
    """Marshmallow's nested messages as (place, what); members of lists are counted from 1."""
    if not isinstance(messages, dict):
        return [(place, str(each)) for each in (messages if isinstance(messages, list) else [messages])]
    found = []
    for name, inner in messages.items():
        step = "" if name in ("_schema", "value", "key") else str(name + 1) if isinstance(name, int) else str(name)
        found += _flat(inner, ".".join(filter(None, (place, step))))
    return found


def _error(wrong: list[tuple[str, str]]) -> MappingError:
    shown = [f"{place or 'pemetaan'}: {what}" for place, what in wrong[:_SHOWN]]
    more = f" Dan {len(wrong) - _SHOWN} lagi." if len(wrong) > _SHOWN else ""
    return MappingError(f"Pemetaan belum dapat dipakai. {'; '.join(shown)}.{more}", wrong)
