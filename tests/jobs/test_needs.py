"""What a night asks of a person, told without a word of what a source sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.jobs.needs import brief_of, needs_of
from exchange.jobs.nightly import Night
from exchange.sync.report import Report

SAID = "Pejabat Karangan, telepon 0812-000"
COUNTS = st.integers(0, 3)
DRIFT = st.lists(st.sampled_from([{"member": "ppk", "what": what, "example": SAID} for what in ("new", "gone", "retyped")]), max_size=2)
REPORTS = st.builds(
    Report, source=st.sampled_from(["semarang", "a/b?c#d"]), state=st.sampled_from(["complete", "partial", "unproven", "failed"]),
    undecided=COUNTS, quarantined=COUNTS, drift=DRIFT, notice=st.sampled_from([None, "Sumber mulai gagal."]),
    reasons=st.just([SAID]), notes=st.just([SAID]),
)  # fmt: skip


@given(report=REPORTS)
def test_something_is_asked_exactly_where_the_report_needs_a_person(report):
    assert bool(needs_of(report)) == report.needs_a_person


@given(reports=st.lists(REPORTS, max_size=4))
def test_nothing_that_a_source_sent_is_repeated_and_every_need_names_its_page(reports):
    night = Night(sources=reports)
    assert night.all_well == (not night.needs)
    for need in night.needs:
        assert SAID not in need.what + need.mend
        assert need.mend
        assert need.path.startswith(("/sumber/semarang", "/sumber/a%2Fb%3Fc%23d"))
    brief = brief_of(night.as_json())
    assert sum(brief["states"].values()) == brief["sources"] == len(reports)
    assert brief["needs"] == len(night.needs)


def test_an_address_in_a_notice_is_masked():
    (need,) = needs_of(Report("a", notice="Gagal di https://isb.example.id/rahasia-3f9c/json."))
    assert "rahasia" not in need.what
    assert "isb.example.id" in need.what


@pytest.mark.parametrize("state", ["partial", "unproven"])
def test_a_list_that_is_not_proved_whole_is_told_as_such(state):
    (need,) = needs_of(Report("a", state=state))
    assert need.kind == "list"
    assert "tidak ada yang dianggap hilang" in need.what
