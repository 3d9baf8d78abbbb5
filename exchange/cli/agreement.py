"""`exchange agreement`: cases of cooperation from the first idea to their end, by the same rules as every other door."""

from __future__ import annotations

import click

from exchange.cli.lazy import LazyGroup

# name → where it is written: papers and price lists bring libraries that the others do without
_WRITTEN = {
    "decide": "agreement_begin:decide_command",
    "begin": "agreement_begin:begin_command",
    "list": "agreement_reading:list_agreements",
    "show": "agreement_reading:show",
    "step": "agreement_step:step_command",
    "rules": "agreement_rules:rules_command",
    "verify": "agreement_verify:verify_agreements",
    "file": "agreement_verify:file_command",
    "paper": "agreement_paper:paper_command",
    "usual": "agreement_paper:usual_command",
    "prices": "agreement_prices:prices",
    "twin": "twin:twin",
}


@click.group("agreement", cls=LazyGroup, written=_WRITTEN)
def agreement() -> None:
    """Kerja sama daerah: perkara, tahap, langkah dan dokumennya."""
