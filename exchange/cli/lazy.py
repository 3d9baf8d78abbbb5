"""Groups whose commands are imported when they are called: what one command needs no other one waits for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """
    A group that knows by name where its commands are written.

    written: name → `module:attribute` within `exchange.cli`. Commands that are added beside them keep their place after them.
    """

    def __init__(self, *args: Any, written: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.written = written

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return [*self.written, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.written:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.written[cmd_name].split(":")
        found: click.Command = getattr(importlib.import_module(f"exchange.cli.{module}"), attribute)
        return found
