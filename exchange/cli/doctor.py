"""`exchange doctor`: is this node whole?"""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from typing import Any

import click

from exchange.access.log_check import check, marks_file, marks_in
from exchange.access.segments import differences, rebuild
from exchange.cli.agreement_verify import broken_cases
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.demand import indexing
from exchange.errors import ExchangeError
from exchange.matching import discovery as criteria
from exchange.publish import registry as formats
from exchange.publish.keys import Ring
from exchange.reports import emblem
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.demand_index import MOST_COUNTED
from exchange.store.match_tally import retally, tally_faults
from exchange.sync import registry
from schemas import plugins

OURS = ("exchange", "schemas", "connectors", "openapi")


@click.command("doctor")
@click.option("--rebuild", "again", is_flag=True, help="Buat ulang semua representasi dari kolom bertipe.")
@json_option
@click.pass_obj
def doctor(work: Work, again: bool, as_json: bool) -> None:
    """Periksa pemasangan, konektor, bentuk basis data dan representasi; keluar 1 bila ada yang salah."""
    store = work.store()
    checks: list[dict[str, Any]] = [
        _packages(),
        _plugins("konektor", registry.found()),
        _plugins("format terbitan", formats.installed()),
        _plugins("kriteria kecocokan", criteria.installed()),
        _keys(work),
        _emblem(work),
    ]
    found = migrate.differences(store)
    checks.append({"check": "basis data", "well": not found, "says": "; ".join(str(each) for each in found) or "sesuai model"})
    try:
        if again:
            with store.work() as session:
                counts = rebuild(session, work.settings.home_region)
                retally(session)
            counts["index"] = indexing.make_anew(store, work.settings.home_region)
            notes.print(f"Dibuat ulang: {counts}")
        with store.read() as session:
            wrong = differences(session, work.settings.home_region)
        says = (
            f"{len(wrong)} berbeda, misalnya {', '.join(wrong[:3])}; jalankan exchange doctor --rebuild"
            if wrong
            else "sama dengan kolomnya"
        )
        checks.append({"check": "representasi", "well": not wrong, "says": says})
        checks.append(_tally(store))
        checks.append(_index(store, work.settings.home_region))
        with store.read() as session:
            log = check(session, marks_in(marks_file(work.settings)))
        checks.append({"check": "catatan pertukaran", "well": log.well, "says": log.says()})
    except ExchangeError as error:
        checks.append({"check": "representasi", "well": False, "says": error.message})
    for what, broken in zip(("riwayat kerja sama", "daftar harga kerja sama"), broken_cases(store), strict=True):
        says = f"{len(broken)} tidak utuh, misalnya {', '.join(broken[:3])}; jalankan exchange agreement verify" if broken else "utuh"
        checks.append({"check": what, "well": not broken, "says": says})
    well = all(each["well"] for each in checks)
    if as_json:
        write_json({"well": well, "checks": checks})
    else:
        write_table("Pemeriksaan", checks, {"check": "Hal", "well": "Baik", "says": "Keterangan"})
    sys.exit(0 if well else 1)


def _index(store: Store, home_region: str) -> dict[str, Any]:
    """Whether demands are searched by what a fresh make of the index gives; what it has not taken in yet is told, and is no fault."""
    with store.read() as session:
        wrong, lag = indexing.differences(session, home_region), indexing.lag(session)
    says = f"{len(wrong)} berbeda, misalnya {', '.join(wrong[:3])}; jalankan exchange doctor --rebuild" if wrong else "sama dengan kolomnya"
    if lag:
        says += f"; tertinggal {lag}{' atau lebih' if lag >= MOST_COUNTED else ''} perubahan, dikerjakan exchange worker"
    return {"check": "indeks permintaan", "well": not wrong, "says": says}


def _packages() -> dict[str, Any]:
    """Whether each of our top-level names is ours alone: another distribution may ship a `schemas` over it in silence."""
    homes = packages_distributions()
    strange = [f"{name}: {', '.join(sorted(set(homes.get(name, []))))}" for name in OURS if set(homes.get(name, [])) != {"trade-exchange"}]
    return {"check": "nama paket", "well": not strange, "says": "; ".join(strange) or "semua milik trade-exchange"}


def _tally(store: Store) -> dict[str, Any]:
    """Whether the counts of matches that pages show are those of the matches themselves."""
    with store.read() as session:
        faults = tally_faults(session)
    says = f"{len(faults)} berbeda, misalnya {faults[0]}; jalankan exchange doctor --rebuild" if faults else "sama dengan kecocokannya"
    return {"check": "hitungan kecocokan", "well": not faults, "says": says}


def _keys(work: Work) -> dict[str, Any]:
    """Whether the keys that sign publications can be read, where there are any yet."""
    ring = Ring(work.settings.data_dir)
    try:
        known = ring.all_keys() if ring.exists() else []
    except ExchangeError as error:
        return {"check": "kunci penanda tangan", "well": False, "says": f"{error.message} {error.mend}"}
    return {"check": "kunci penanda tangan", "well": True, "says": f"{len(known)} kunci" if known else "belum ada; dibuat saat dipakai"}


def _emblem(work: Work) -> dict[str, Any]:
    """Whether the coat of arms of the office's papers can be used; papers go without it where it cannot."""
    try:
        found = emblem.checked(work.settings)
    except ExchangeError as error:
        return {"check": "lambang daerah", "well": False, "says": f"{error.message} {error.mend}"}
    return {"check": "lambang daerah", "well": True, "says": "terbaca" if found else "tidak disetel"}


def _plugins(kind: str, found: plugins.Found[Any]) -> dict[str, Any]:
    says = "; ".join(f"{each.home}: {each.message}" for each in found.problems) or ", ".join(found.usable)
    return {"check": kind, "well": not found.problems, "says": says}
