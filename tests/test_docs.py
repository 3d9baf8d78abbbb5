"""The documents name everything that there is."""

from dataclasses import fields
from pathlib import Path

import pytest

from connectors.kit.discovery import discover
from exchange.cli import COMMANDS
from exchange.publish.registry import discover as discover_formats
from exchange.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda f: f.name)
def test_every_setting_stands_in_the_table_with_its_sentence(field):
    table = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert f"`EXCHANGE_{field.name.upper()}`" in table
    assert field.metadata["says"] in table


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_explained_to_operators(command):
    assert f"exchange {command}" in (DOCS / "operators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(discover().usable))
def test_every_connector_is_explained(name):
    assert f"`{name}`" in (DOCS / "connectors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(discover_formats().usable))
def test_every_format_is_explained_to_those_who_fetch_it_and_to_those_who_run_the_node(name):
    assert f"\n| `{name}` | " in (DOCS / "partners.md").read_text(encoding="utf-8")
    assert f"`{name}`" in (DOCS / "operators.md").read_text(encoding="utf-8")
