"""
A `rest` mapping as a form: what of its text the form shows, and the text with what was chosen there.

Only what was chosen otherwise is written anew. What the form cannot show - expressions, filters, pages, remarks - stays in the text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from exchange.sync.toml_text import CannotChange, changed, found
from exchange.web.mapping_columns import base_of, expression_of, offered, own
from exchange.web.mapping_fields import BESIDE, GROUPS, ITEMS, SPECS, Spec

KEEP, CONSTANT = ":tetap", ":isi"
_SHOWN_KEYS = frozenset({"from", "constant", "read"})
Wrong = list[tuple[str, str]]


@dataclass
class Entry:
    """
    One field of the form.

    chosen: a column, `KEEP`, `CONSTANT` or nothing; of no source its value. kept: the expression that stands in the text and is no column.
    constant, read, meanings: what is typed or chosen beside it. beside: what else the text says of it. wrong: what is wrong with it.
    """

    spec: Spec
    chosen: str = ""
    kept: str = ""
    lost: bool = False
    constant: str = ""
    read: str = ""
    meanings: str | None = None
    beside: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def read_text(text: str) -> dict[str, Any] | None:
    """What a mapping's text says; None where it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def entries(document: dict[str, Any], members: dict[str, list[Any]], typed: Mapping[str, str] | None, wrong: Wrong) -> list[Any]:
    """The form: groups with their fields, as the text says them or, where anything was `typed`, as that says them."""
    form = _format(document, typed)
    plain, listed = offered(members, in_lists=False), offered(members, in_lists=True)
    told = []
    for title, specs in GROUPS:
        shown = [_entry(spec, document, form, listed if spec.of_items else plain) for spec in specs if not _hidden(spec, document)]
        for entry in shown:
            if typed is not None:
                _as_typed(entry, typed)
        told.append((title, shown))
    _put(wrong, [entry for _title, shown in told for entry in shown])
    return told


def unshown(document: dict[str, Any]) -> list[str]:
    """What stands in the text and not in the form, by its place."""
    shown = [spec for spec in SPECS if not _hidden(spec, document)]
    known = {spec.path for spec in shown} | BESIDE
    for spec in shown:
        now = found(document, spec.path)
        if spec.choices is not None and isinstance(now, dict) and isinstance(now.get("codes"), str) and _codes(now, document) is not None:
            known.add(("codes", now["codes"]))
    return sorted({".".join(path) for path in _leaves(document, known)})


def applied(text: str, typed: Mapping[str, str]) -> tuple[str, Wrong]:
    """
    The text with what was chosen, and what is wrong with the choices, by field.

    Raises:
        CannotChange: the text is no TOML, or a place of it can only be changed by hand.
    """
    document = read_text(text)
    if document is None:
        raise CannotChange("TOML")
    form, wrong = _format(document, typed), Wrong()
    steps: dict[tuple[str, ...], Any] = {}
    for spec in SPECS:
        if _hidden(spec, document) or f"f_{spec.name}" not in typed:
            continue
        now = found(document, spec.path)
        try:
            value = _chosen(spec, now, form, typed, document, steps)
        except ValueError as error:
            wrong.append((spec.name, str(error)))
            continue
        if value != now:
            steps[spec.path] = value
    _settle(document, form, typed, steps, wrong)
    for path, value in sorted(steps.items(), key=lambda step: step[1] is None):
        text = changed(text, path, value)
    return text, wrong


def _settle(document: dict[str, Any], form: str, typed: Mapping[str, str], steps: dict[tuple[str, ...], Any], wrong: Wrong) -> None:
    """What goes together: a sum without its column is none, the things stand in one list, a delimiter is one of CSV."""
    if "f_demand.budget.amount" in typed and not typed["f_demand.budget.amount"]:
        for name in ("amount", "currency", "basis"):
            steps[("demand", "budget", name)] = None
    if form != "csv":
        steps[("csv", "delimiter")] = None
    its = [spec for spec in SPECS if spec.of_items and not _hidden(spec, document) and f"f_{spec.name}" in typed]
    chosen = {spec.name: typed[f"f_{spec.name}"] for spec in its}
    columns = [(name, base_of(said)[0]) for name, said in chosen.items() if said not in {"", KEEP}]
    bases, each = {base for _name, base in columns}, found(document, (*ITEMS, "each"))
    meant = {expression_of(base, form) if base else own(form) for base in bases}
    if len(bases) > 1 or (KEEP in chosen.values() and meant - {each}):
        wrong.append((columns[-1][0], _("Kolom barang harus dari daftar yang sama: semua di dalam satu daftar, atau semua di luarnya.")))
    elif meant:
        steps[(*ITEMS, "each")] = meant.pop()
    elif chosen and not any(chosen.values()):
        steps |= {(*ITEMS, "each"): None, (*ITEMS, "quantity", "unit_list"): None}


def _chosen(spec: Spec, now: Any, form: str, typed: Mapping[str, str], document: dict[str, Any], steps: dict[tuple[str, ...], Any]) -> Any:
    """The value that a field's choice makes of the present one; raises ValueError (in the reader's words) where it is none."""
    chosen = typed[f"f_{spec.name}"]
    if spec.kind != "source":
        if spec.kind == "choice" and chosen and chosen not in (spec.choices or {}):
            raise ValueError(_("Pilih salah satu dari daftarnya."))
        return (chosen.strip() if spec.kind == "text" else chosen) or None
    if not chosen:
        return None
    table = dict(now) if isinstance(now, dict) else {"from": now} if now is not None else {}
    if chosen == CONSTANT:
        said = typed.get(f"c_{spec.name}", "").strip()
        if not said:
            raise ValueError(_("Isi nilainya, atau pilih kolomnya."))
        return {"constant": said} if table.get("constant") != said else now
    if chosen == KEEP and (not table or "constant" in table):
        return now
    if chosen != KEEP:
        table.pop("constant", None)
        expression = expression_of(base_of(chosen)[1] if spec.of_items else chosen, form)
        if expression is None:
            raise ValueError(_("Kolom ini hanya dapat disebut dalam teks."))
        table["from"] = expression
    if spec.reads is not None and (read := typed.get(f"r_{spec.name}")) in spec.reads:
        usual = next(iter(spec.reads))
        if read != table.get("read", usual):
            table["read"] = read
        if table.get("read") == usual and not (isinstance(now, dict) and "read" in now):
            del table["read"]
    if spec.choices is not None and f"k_{spec.name}" in typed:
        _mean(spec, table, typed[f"k_{spec.name}"], document, steps)
    return table["from"] if table.keys() == {"from"} and not isinstance(now, dict) and isinstance(table["from"], str) else table


def _mean(spec: Spec, table: dict[str, Any], said: str, document: dict[str, Any], steps: dict[tuple[str, ...], Any]) -> None:
    """What the source's own words mean, into the field's table or the one that it names."""
    codes, now = table.get("codes"), _codes(table, document)
    told = dict(_meanings(spec, said))
    if now is None or told == now:
        return
    if isinstance(codes, str):
        for word in {*told, *now}:
            if told.get(word) != now.get(word):
                steps[("codes", codes, word)] = told.get(word)
    elif told:
        table["codes"] = told
    else:
        for name in ("codes", "otherwise"):
            table.pop(name, None)


def _meanings(spec: Spec, said: str) -> Iterator[tuple[str, str]]:
    by_word = {str(word).casefold(): code for code, word in (spec.choices or {}).items()} | {code: code for code in spec.choices or {}}
    for line in said.splitlines():
        word, sign, meaning = line.rpartition("=")
        if not line.strip():
            continue
        if not sign or meaning.strip().casefold() not in by_word:
            allowed = ", ".join(map(str, (spec.choices or {}).values()))
            raise ValueError(_("Baris “%(line)s” belum lengkap: tulis kata sumber = arti; artinya salah satu dari: %(allowed)s.",
                               line=line.strip()[:60], allowed=allowed))  # fmt: skip
        yield word.strip(), by_word[meaning.strip().casefold()]


def _codes(table: Any, document: dict[str, Any]) -> dict[str, Any] | None:
    """The table of a field's words; None where a form cannot show it."""
    codes = table.get("codes", {}) if isinstance(table, dict) else {}
    if isinstance(codes, str):
        codes = found(document, ("codes", codes))
    return codes if isinstance(codes, dict) and all(isinstance(each, str) for each in codes.values()) else None


def _entry(spec: Spec, document: dict[str, Any], form: str, columns: dict[str, str]) -> Entry:
    now = found(document, spec.path)
    if spec.kind != "source":
        return Entry(spec, "" if now is None else str(now))
    entry = Entry(spec, columns={path: said for path, said in columns.items() if expression_of(base_of(path)[1], form)})
    table = now if isinstance(now, dict) else {"from": now} if now is not None else {}
    if spec.reads is not None:
        entry.read = str(table.get("read", next(iter(spec.reads))))
    if spec.choices is not None and (codes := _codes(table, document)) is not None:
        entry.meanings = "".join(f"{word} = {spec.choices.get(meaning, meaning)}\n" for word, meaning in codes.items())
    entry.beside = sorted(table.keys() - _SHOWN_KEYS - ({"codes"} if entry.meanings is not None else set()))
    if "constant" in table:
        shows = spec.constant and isinstance(table["constant"], str)
        entry.chosen, entry.constant, entry.kept = (
            CONSTANT if shows else KEEP,
            str(table["constant"]),
            "" if shows else str(table["constant"]),
        )
    elif table:
        entry.chosen = _column(spec, table.get("from"), document, form, entry.columns) or KEEP
        if entry.chosen == KEEP:
            said = table.get("from")
            entry.kept = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
            entry.lost = bool(columns) and isinstance(said, str) and expression_of(said.strip('"'), "csv") == said
    return entry


def _column(spec: Spec, said: Any, document: dict[str, Any], form: str, columns: dict[str, str]) -> str | None:
    """The column that an expression finds; None where it is more than that."""
    each = found(document, (*ITEMS, "each"))
    for path in columns:
        base, member = base_of(path)
        if spec.of_items:
            where = expression_of(base, form) if base else own(form)
            if where == each and expression_of(member, form) == said:
                return path
        elif expression_of(path, form) == said:
            return path
    return None


def _as_typed(entry: Entry, typed: Mapping[str, str]) -> None:
    name = entry.spec.name
    said = typed.get(f"f_{name}", entry.chosen)
    if said != KEEP or entry.kept:  # what was left to the text may be a column of what is read now, and is then chosen as one
        entry.chosen = said
    entry.constant = typed.get(f"c_{name}", entry.constant)
    entry.read = typed.get(f"r_{name}", entry.read)
    if entry.meanings is not None:
        entry.meanings = typed.get(f"k_{name}", entry.meanings)


def _put(wrong: Wrong, shown: Iterable[Entry]) -> None:
    """Each fault to the field that it is about: the same place, one inside of it, or the first inside of the place that is named."""
    them = list(shown)
    for place, says in wrong:
        its = next((each for each in them if place == each.spec.name or place.startswith(f"{each.spec.name}.")), None)
        its = its or next((each for each in them if place and each.spec.name.startswith(f"{place}.")), None)
        if its is not None:
            its.wrong.append(says)


def _hidden(spec: Spec, document: dict[str, Any]) -> bool:
    """Whether the text says the field in a way that the form leaves to it."""
    if spec.of_items and found(document, (*ITEMS, "list")) is not None:
        return True
    now = found(document, spec.path)
    if spec.kind != "source":
        return now is not None and (not isinstance(now, str) or (spec.kind == "choice" and now not in (spec.choices or {})))
    return now is not None and not isinstance(now, str | dict)


def _leaves(value: Any, known: set[tuple[str, ...]], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """What is none of the known paths and holds none of them."""
    if path in known:
        return
    if isinstance(value, dict) and any(each[: len(path)] == path for each in known):
        for name, inner in value.items():
            yield from _leaves(inner, known, (*path, name))
    elif path:
        yield path


def _format(document: dict[str, Any], typed: Mapping[str, str] | None) -> str:
    return str((typed or {}).get("f_format") or document.get("format") or "json")
