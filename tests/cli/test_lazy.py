from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from exchange.cli import COMMANDS, main
from exchange.cli.agreement import agreement
from exchange.cli.lazy import LazyGroup

_LISTED = """
import sys
from exchange.cli import main
main(["agreement", "list"], standalone_mode=False)
print([name for name in ("psycopg", "openpyxl", "numpy", "flask", "requests", "alembic") if name in sys.modules])
"""


def test_every_name_of_a_table_leads_to_a_command_of_that_name():
    for group in (main, agreement):
        assert isinstance(group, LazyGroup)
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None and command.name == name
            assert command.get_short_help_str(), name
    assert list(COMMANDS) == main.list_commands(click.Context(main))
    assert main.get_command(click.Context(main), "tidak-ada") is None


def test_a_list_on_the_embedded_database_waits_for_no_library_that_it_does_not_need(tmp_path: Path):
    environment = {"EXCHANGE_DATA_DIR": str(tmp_path / "data"), "PATH": ""}
    command = [sys.executable, "-W", "error", "-c", _LISTED]
    told = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout for _ in range(2)]
    assert told[1].splitlines()[-1] == "[]", "the first one made the database, which brings what makes it"
