"""The demand's side of a mapping: its tables made into functions from a listing's body to the wire form."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from connectors.kit.mapping import readers
from connectors.kit.mapping.compiling import Compiler, among, fits, no_constant, whether
from connectors.kit.mapping.expressions import Getter
from connectors.kit.mapping.fields import Source
from connectors.kit.mapping.readers import amount, listed, moment, region, several, text, words, yes_no
from schemas.demand import CATEGORIES, STATUSES
from schemas.values import Precision

_CURRENCY = re.compile(r"[A-Z]{3}")
_Said = tuple[date, Precision]
_ORDER = (Precision.YEAR, Precision.MONTH, Precision.DAY)


def simple(compiler: Compiler, demand: dict[str, Any]) -> list[tuple[str, Getter]]:
    """The demand's single values, by member; those that the mapping does not name are left out."""
    made = {
        "region": (region, fits(region, "kode wilayah Kemendagri")),
        "place": (text(), None),
        "method": (text(), None),
        "quantity_said": (text(), None),
        "category": (_word(CATEGORIES, "category"), among(*CATEGORIES)),
        "status": (_word(STATUSES, "status"), among(*STATUSES)),
    }
    found = [
        (name, compiler.value(f"demand.{name}", demand[name], reader, allowed))
        for name, (reader, allowed) in made.items()
        if demand[name] is not None
    ]
    if (url := demand["url"]) is not None:
        found.append(("url", compiler.value("demand.url", url, _link(url), fits(readers.address, "alamat https://"))))
    if (said := demand["published_at"]) is not None:
        reader = moment(said.zone, written=said.read == "written")
        found.append(("published_at", compiler.value("demand.published_at", said, reader, fits(reader, "waktu"))))
    if demand["related"]:
        found.append(("related", _related(compiler, demand["related"])))
    return found


def _word(allowed: tuple[str, ...], what: str) -> readers.Reader:
    """A word of ours that the source itself uses; every other needs a table of codes."""
    return listed({each: each for each in allowed}, "nothing", what)


def _link(source: Source) -> readers.Reader:
    pattern = source.pattern
    if pattern is None:
        return readers.address

    def read(value: Any) -> str | None:
        said = readers.reference(value)
        return readers.address(pattern.replace("{}", quote(said, safe=""))) if said else None

    return read


def _related(compiler: Compiler, schemes: dict[str, Source]) -> Getter:
    found = [
        (scheme, compiler.value(f"demand.related.{scheme}", source, several(source.split), no_constant))
        for scheme, source in schemes.items()
    ]

    def related(body: Any) -> dict[str, list[str]]:
        return {scheme: ids for scheme, ids_of in found if (ids := ids_of(body))}

    return related


def described(compiler: Compiler, demand: dict[str, Any]) -> tuple[Getter, Getter]:
    """The title and the description."""
    said = demand["description"]
    longer = words() if said is None or said.read == "words" else text()
    return (
        compiler.value("demand.title", demand["title"], text(2000)),
        compiler.value("demand.description", said, longer),
    )


def buyer(compiler: Compiler, table: dict[str, Any]) -> Getter:
    """Who asks; None where nobody is named."""
    name, code, unit = (
        compiler.value(f"demand.buyer.{part}", table[part], text(longest))
        for part, longest in (("name", 400), ("code", 120), ("unit", None))
    )

    def read(body: Any) -> dict[str, Any] | None:
        said, known = name(body), code(body)
        return {"name": said or known, "code": known, "unit": unit(body)} if said or known else None

    return read


def budget(compiler: Compiler, table: dict[str, Any]) -> Getter:
    """The sum, its currency and what it is the sum of; None where one is not said."""
    said: Source = table["amount"]
    reader = amount(written=said.read == "rupiah", scale=said.scale, what="budget")
    sum_of = compiler.value("demand.budget.amount", said, reader, no_constant)
    currency = compiler.value("demand.budget.currency", table["currency"] or Source(constant="IDR"), text(), _is_currency)
    basis = table["basis"]

    def read(body: Any) -> dict[str, Any] | None:
        found = sum_of(body)
        if found is None:
            return None
        unit = (currency(body) or "").upper()
        return {"amount": found, "currency": unit, "basis": basis} if _CURRENCY.fullmatch(unit) else None

    return read


def _is_currency(value: Any) -> str | None:
    return None if isinstance(value, str) and _CURRENCY.fullmatch(value) else f"{value!r} bukan kode mata uang ISO 4217, misalnya IDR"


def periods(compiler: Compiler, table: dict[str, Any]) -> Getter:
    """When the buyer is chosen, the contract runs, the goods are used."""
    found = [(name, _period(compiler, f"demand.periods.{name}", each)) for name, each in table.items() if each is not None]
    return lambda body: {name: read(body) for name, read in found}


def _period(compiler: Compiler, place: str, table: dict[str, Any]) -> Getter:
    def end(name: str) -> Getter:
        source = table[name]
        reader = readers.written_day if source is not None and source.read == "written" else readers.iso_day
        return compiler.value(f"{place}.{name}", source, reader, no_constant)

    start_of, end_of, told = end("start"), end("end"), table["precision"]

    @lru_cache(maxsize=4096)  # a list speaks of few periods
    def both(*said: _Said | None) -> tuple[str | None, str | None, str]:
        days = [each[0] for each in said if each]
        first, last = (each[0] if each else None for each in said)
        if first and last and last < first:  # an end before its start says nothing that can be used
            last = None
        precision = min((each[1] for each in said if each), key=_ORDER.index)
        coarse = _coarser(days, told, precision) if told else precision.value
        return first.isoformat() if first else None, last.isoformat() if last else None, coarse

    def read(body: Any) -> dict[str, Any] | None:
        start, end = start_of(body), end_of(body)
        if start is None and end is None:
            return None
        first, last, precision = both(start, end)
        return {"start": first, "end": last, "precision": precision}

    return read


def _coarser(days: list[date], told: str, precision: Precision) -> str:
    """What the mapping says, as far as the days bear it out: a month is written as its first day, a year as its first."""
    if told == "year" and all((day.month, day.day) == (1, 1) for day in days):
        return told
    return Precision.MONTH.value if told != "day" and all(day.day == 1 for day in days) else precision.value


def eligibility(compiler: Compiler, table: dict[str, Any]) -> Getter:
    """Whether domestic products and small businesses are asked for."""
    found = [(name, compiler.value(f"demand.eligibility.{name}", source, yes_no, whether)) for name, source in table.items()]
    return lambda body: {name: read(body) for name, read in found}


def scaled(source: Source, what: str) -> readers.Reader:
    """The reader of an amount that is not money."""
    return amount(written=source.read == "rupiah", scale=Decimal(source.scale), what=what)
