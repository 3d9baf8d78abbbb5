"""What the next list is measured by: all complete runs, or what was accepted and those since; each measure for itself."""

from __future__ import annotations

import pytest

from exchange.store.runs import RunRow
from exchange.sync.yardstick import Yardstick


def run(number, fetched=100, **facts):
    return RunRow(id=number, fetched=fetched, facts={"buyers": ["A"], "unnamed_share": 0.1, "last_row": 10 * number, "named": 90} | facts)


RUNS = [run(9, 120, buyers=["C"], unnamed_share=0.3, named=70), run(5, 110, buyers=["B"]), run(2)]
PLAIN = Yardstick((100, 110, 120), None, frozenset("ABC"), 0.3, 0, 90, None)


def test_without_an_acceptance_all_complete_runs_measure():
    assert Yardstick.of(None, RUNS) == Yardstick.of({}, RUNS) == PLAIN
    assert Yardstick.of(None, []) == Yardstick((), None, frozenset(), None, 0, 0, None)


@pytest.mark.parametrize(
    ("accepted", "change"),
    [
        ({"volume": {"run": 7, "value": 30}}, {"brought": (30, 120), "volume": 30}),
        ({"volume": {"run": 11, "value": 30}}, {"brought": (30,), "volume": 30}),
        ({"buyers": {"run": 7, "value": ["D", "E"]}}, {"buyers": frozenset("CDE")}),
        ({"buyers": {"run": 11, "value": ["D"]}}, {"buyers": frozenset("D")}),
        ({"buyers": {"run": 11, "value": []}}, {"buyers": frozenset()}),
        ({"unnamed": {"run": 7, "value": 0.9}}, {}),
        ({"unnamed": {"run": 11, "value": 0.9}}, {"unnamed": 0.9}),
        ({"continuity": {"run": 7, "after": 60, "value": 75, "named": 30}}, {"after": 60, "most": 70}),
        ({"continuity": {"run": 11, "after": 90, "value": 130, "named": 30}}, {"after": 90, "last_row": 130, "most": 30}),
    ],
)
def test_each_measure_that_was_accepted_counts_from_its_run_on_and_no_other_does(accepted, change):
    assert Yardstick.of(accepted, RUNS) == PLAIN._replace(**change)


def test_runs_of_changes_alone_say_nothing_about_how_many_a_list_names():
    changes = [run(12, 3, named=500, changes_only=True), run(11, 3)]
    assert Yardstick.of({"continuity": {"run": 10, "after": 0, "value": 5, "named": 30}}, changes).most == 90
