"""`exchange init`."""

from __future__ import annotations

import click

from exchange.cli.context import Work, notes
from exchange.store import migrate
from exchange.store.base import Store


@click.command("init")
@click.pass_obj
def init(work: Work) -> None:
    """Siapkan folder data, kunci rahasia dan basis data; aman dijalankan lagi."""
    settings = work.settings.with_secret()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.url())
    migrate.upgrade(store)
    store.close()
    notes.print(f"Basis data siap. Folder data: {settings.data_dir}")
