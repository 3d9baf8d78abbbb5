"""`exchange certify`: a connector before hostile and ordinary servers on loopback."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from connectors.kit import Connector
from connectors.kit.hostile import Certificate, Result, Scenario, Verdict, certify, every_scenario
from exchange.cli.context import json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.sync import registry
from schemas.plugins import Problem

WORDS = {Result.PASSED: "lulus", Result.FAILED: "GAGAL", Result.NOT_APPLICABLE: "tidak berlaku"}
COLUMNS = {"scenario": "Skenario", "title": "Perihal", "result": "Hasil", "says": "Keterangan"}
SUMMARY = {"connector": "Konektor", "passed": "Lulus", "failed": "Gagal", "not_applicable": "Tidak berlaku", "seconds": "Detik"}


@click.command("certify")
@click.argument("name", required=False)
@click.option("--only", multiple=True, metavar="SKENARIO", help="Hanya skenario ini; boleh beberapa kali.")
@click.option("--list", "listing", is_flag=True, help="Sebut semua skenario, tanpa memainkannya.")
@json_option
def certify_command(name: str | None, only: tuple[str, ...], listing: bool, as_json: bool) -> None:
    """
    Uji konektor NAME terhadap server jahat dan server biasa di loopback; keluar 1 bila ada skenario yang gagal.

    NAME: nama konektor, `all`, atau `paket.modul:Kelas` dari distribusi lain.
    """
    scenarios = _chosen(only)
    if listing:
        _show_scenarios(scenarios, as_json)
        return
    if name is None:
        raise BadRequest("Sebut konektor yang diuji.", mend=f"Yang ada: {', '.join(registry.found().usable)}, atau all.")
    kinds, problems = _kinds(name)
    certificates = [_certified(kind, scenarios) for kind in kinds]
    well = all(each.passed for each in certificates) and not problems
    if as_json:
        write_json(
            {
                "certified": well,
                "connectors": [each.as_json() for each in certificates],
                "problems": [{"home": each.home, "message": each.message} for each in problems],
            }
        )
    else:
        _show(certificates, problems)
    sys.exit(0 if well else 1)


def _chosen(only: tuple[str, ...]) -> tuple[Scenario, ...]:
    """The scenarios of these names, all where none is named."""
    known = {each.name: each for each in every_scenario()}
    if unknown := sorted(set(only) - set(known)):
        raise BadRequest(f"Skenario tidak ada: {', '.join(unknown)}.", mend="Lihat: exchange certify --list")
    return tuple(known[each] for each in dict.fromkeys(only)) if only else tuple(known.values())


def _kinds(name: str) -> tuple[list[type[Connector]], tuple[Problem, ...]]:
    """The connectors that are meant, and those that could not be loaded where all are."""
    found = registry.found()
    if name == "all":
        return list(found.usable.values()), found.problems
    if ":" in name:
        return [_stranger(name)], ()
    for problem in found.problems:
        if name in problem.home.replace(":", " ").replace(".", " ").split():
            raise BadRequest(f"Konektor {name!r} tidak dapat dipakai: {problem.message}.")
    return [registry.connector_class(name)], ()


def _stranger(place: str) -> type[Connector]:
    """A connector class by `package.module:Class`."""
    module, _, attribute = place.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # a stranger's module may raise anything
        raise BadRequest(f"{place!r} gagal dimuat ({type(error).__name__}).", mend="Bentuknya paket.modul:Kelas.") from error
    if not (isinstance(found, type) and issubclass(found, Connector)) or getattr(found, "__abstractmethods__", None):
        raise BadRequest(f"{place!r} bukan kelas konektor.", mend="Kelasnya harus turunan connectors.kit.Connector.")
    return found


def _certified(kind: type[Connector], scenarios: tuple[Scenario, ...]) -> Certificate:
    """The verdicts over one connector; a bar on a terminal's standard error meanwhile."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes, transient=True, auto_refresh=False, disable=not notes.is_terminal) as progress:
        task = progress.add_task(getattr(kind, "name", kind.__name__), total=len(scenarios))
        return certify(kind, scenarios, _advance(progress, task))


def _advance(progress: Progress, task: Any) -> Callable[[Verdict], None]:
    return lambda _verdict: progress.update(task, advance=1, refresh=True)


def _show(certificates: list[Certificate], problems: tuple[Problem, ...]) -> None:
    """One connector's whole table; of several what failed, and the counts."""
    for each in certificates:
        shown = [verdict for verdict in each.verdicts if len(certificates) == 1 or verdict.result is Result.FAILED]
        if shown:
            write_table(f"Sertifikasi {each.connector} (versi {each.version})", [_row(verdict) for verdict in shown], COLUMNS)
    rows: list[dict[str, Any]] = [each.as_json() for each in certificates]
    write_table("Sertifikasi", rows, SUMMARY)
    for problem in problems:
        notes.print(f"{problem.home}: {problem.message}")


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "scenario": verdict.scenario.name,
        "title": verdict.scenario.title,
        "result": WORDS[verdict.result],
        "says": verdict.says,
    }


def _show_scenarios(scenarios: tuple[Scenario, ...], as_json: bool) -> None:
    rows = [
        {"scenario": each.name, "subject": each.subject, "title": each.title, "documentation": each.documentation} for each in scenarios
    ]
    if as_json:
        write_json(rows)
    else:
        write_table(
            f"{len(rows)} skenario", rows, {"scenario": "Skenario", "subject": "Berkas", "title": "Perihal", "documentation": "Yang dijaga"}
        )
