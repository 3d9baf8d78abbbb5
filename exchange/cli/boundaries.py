"""`exchange boundaries`: the boundaries that the map is drawn from."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json


@click.group("boundaries")
def boundaries() -> None:
    """Batas daerah untuk peta; tanpa berkas peta digambar sebagai petak."""


@boundaries.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def import_boundaries(work: Work, file: Path, as_json: bool) -> None:
    """Impor berkas GeoJSON batas provinsi atau kabupaten/kota; yang lama dari tingkat itu diganti."""
    from exchange.reports.boundaries import keep_boundaries
    from exchange.reports.charts.borders import MOST_BYTES, read_boundaries

    with file.open("rb") as source:
        found = read_boundaries(source.read(MOST_BYTES + 1))
    with work.store().work() as session:
        keep_boundaries(session, found, file.name, actor())
    read, kept = found.points
    if as_json:
        write_json({"level": found.level, "kept": len(found.outlines), "unmatched": found.unmatched, "missing": found.missing,
                    "points": {"read": read, "kept": kept}})  # fmt: skip
        return
    notes.print(f"{len(found.outlines)} batas disimpan, {kept} dari {read} titik.")
    for told, names in (("Tidak dikenali", found.unmatched), ("Tidak ada dalam berkas", found.missing)):
        if names:
            notes.print(f"{told}: {', '.join(names)}.")
