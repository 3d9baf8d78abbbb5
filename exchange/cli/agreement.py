"""`exchange agreement`: cases of cooperation between governments."""

from __future__ import annotations

import click

from exchange.cli.twin import twin


@click.group("agreement")
def agreement() -> None:
    """Perkara kerja sama antarpemerintah daerah."""


agreement.add_command(twin)
