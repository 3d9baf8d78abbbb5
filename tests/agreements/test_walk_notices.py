"""The walks notice where what a text says of its signature is no longer held to it: a guard or a row less, and table and law part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from . import test_walk, walking


@pytest.mark.parametrize(
    ("step", "less"),
    [
        ("tandatangani_kb", "kb_signed_as_written"), ("tandatangani_pks", "pks_signed_as_written"), ("bekukan_kb", "kb_written_for_heads"),
        ("bekukan_pks", "pks_written_with_authority"), ("isi_pks", "days_past"), ("susun_ulang_kb", None), ("jawab_ulang_dprd", None),
    ],
)  # fmt: skip
def test_without_it_the_table_is_not_the_law(monkeypatch: pytest.MonkeyPatch, step: str, less: str | None):
    rule = walking.RULES.steps[step]
    change: dict[str, Any] = {"guards": tuple(guard for guard in rule.guards if guard != less)} if less else {"forgets": ()}
    changed = replace(rule, **change)
    assert changed != rule
    rules = replace(walking.RULES, steps={**walking.RULES.steps, step: changed})
    for module in (walking, test_walk):
        monkeypatch.setattr(module, "RULES", rules)
    with pytest.raises(AssertionError):
        test_walk.test_the_table_and_the_law_agree_on_every_step_of_a_walk(0)
