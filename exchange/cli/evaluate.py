"""`exchange evaluate`: how good the matching is on judged demands, on real orders, and on what staff decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exchange.cli.context import Work, json_option, notes, write_json
from exchange.cli.models import decisions_command, models_command

_FILE = click.Path(path_type=Path)


@click.group()
def evaluate() -> None:
    """Ukur mutu pencocokan pada permintaan yang dinilai, pesanan nyata dan keputusan petugas."""


@evaluate.command("judged")
@click.argument("path", metavar="FILE.jsonl", type=_FILE)
@click.option("--catalogue", "catalogue_path", type=_FILE, required=True, help="Katalog CSV yang SKU-nya dinilai.")
@click.option("--fit", is_flag=True, help="Belajar dahulu, dalam lima lipatan; tanpa ini model yang terpasang diukur apa adanya.")
@click.option("--model", "version", help="Versi model yang diukur, terpasang atau hasil belajar di simpul ini.")
@json_option
@click.pass_obj
def judged_command(work: Work, path: Path, catalogue_path: Path, fit: bool, version: str | None, as_json: bool) -> None:
    """Ukur pada permintaan yang dinilai dengan tangan terhadap satu katalog."""
    from exchange.matching.evaluate import judged
    from exchange.matching.models import Models

    model = Models(work.settings.models()).read(version).model if version else None
    _tell(judged(path, catalogue_path, fit=fit, model=model), as_json)


@evaluate.command("purchases")
@click.argument("folder", metavar="FOLDER", type=_FILE)
@click.option("--fit", is_flag=True, help="Belajar dahulu dari wilayah lain; tiap wilayah diurutkan oleh yang tidak memuatnya.")
@json_option
def purchases_command(folder: Path, fit: bool, as_json: bool) -> None:
    """Ukur pada pesanan nyata: FOLDER memuat pairs.csv dan products.csv (boleh .gz)."""
    from exchange.matching.purchases import purchases

    _tell(purchases(folder, fit=fit), as_json)


evaluate.add_command(decisions_command)
evaluate.add_command(models_command)


def _tell(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        write_json(report)
        return
    parts = {name: part for name, part in report.items() if isinstance(part, dict) and "n" in part} or {"": report}
    for name, part in parts.items():
        notes.print(" ".join(filter(None, (name, *(f"{key}={value}" for key, value in part.items() if not isinstance(value, dict))))))
