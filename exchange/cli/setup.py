"""`exchange init`."""

from __future__ import annotations

import click

from exchange.cli.context import Work, notes
from exchange.publish.keys import Ring
from exchange.store import migrate
from exchange.store.base import Store


@click.command("init")
@click.pass_obj
def init(work: Work) -> None:
    """Siapkan folder data, kunci rahasia, kunci penanda tangan dan basis data; aman dijalankan lagi."""
    settings = work.settings.with_secret()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    Ring(settings.data_dir).all_keys()
    store = Store(settings.url())
    migrate.upgrade(store)
    store.close()
    notes.print(f"Basis data siap. Folder data: {settings.data_dir}")
