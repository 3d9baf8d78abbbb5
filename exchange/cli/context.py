"""What every command shares: the settings, the database, and the two ways out."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console
from rich.table import Table

from exchange.errors import Conflict
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store

F = TypeVar("F", bound=Callable[..., Any])

# columns of a table that goes to a file or a pipe
WIDTH = 160

# no line is broken here: a path in two halves can be copied by nobody
notes = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


class Work:
    """The settings and, once asked for, the database of one command."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store | None = None

    def store(self) -> Store:
        """
        The database, in the newest shape.

        An embedded one that does not exist yet is made; one that is behind is refused with the command that mends it.
        """
        if self._store is None:
            store = Store(self.settings.url())
            if not migrate.is_current(store):
                if not migrate.is_empty(store):
                    raise Conflict("Basis data belum sesuai dengan versi ini.", mend="Jalankan: exchange init")
                migrate.upgrade(store)
            self._store = store
        return self._store

    def close(self) -> None:
        """Give the connections back."""
        if self._store is not None:
            self._store.close()


def actor() -> str:
    """Who gives the command, for the audit."""
    try:
        return f"cli:{getpass.getuser()}"[:80]
    except (KeyError, OSError):
        return "cli"


def json_option(command: F) -> F:
    """`--json`: the report as JSON, alone on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Laporan sebagai JSON di keluaran standar.")(command)


def write_json(report: Any) -> None:
    """The report as JSON on standard output."""
    click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str))


def write_table(title: str, rows: list[dict[str, Any]], columns: dict[str, str]) -> None:
    """Rows as a table on standard output; `columns` maps a member to its heading."""
    table = Table(title=title, title_justify="left")
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*["" if row.get(name) is None else str(row.get(name)) for name in columns])
    width = None if sys.stdout.isatty() else WIDTH
    Console(highlight=False, markup=False, emoji=False, width=width).print(table)  # a source's words are no markup
