"""A source that says that its answer is still the same need not send it again."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned
from exchange.store.demand_changes import DemandChangeRow
from exchange.store.demands import DemandRow
from exchange.store.runs import AnswerRow
from exchange.sync.archive import Archive

from .conftest import counts, packages  # isort: skip

ROWS = orjson.dumps(packages(range(40)))
UNCHANGED = Canned(b"", status=304, length=-1)


def tagged(body=ROWS, **headers):
    return Canned(body, headers={"Content-Type": "application/json", **headers})


@pytest.mark.parametrize(
    ("header", "value", "asked"),
    [("ETag", '"v1"', "If-None-Match"), ("Last-Modified", "Thu, 26 Nov 2026 08:00:00 GMT", "If-Modified-Since")],
)
def test_the_answer_of_the_last_complete_run_is_taken_when_the_source_says_that_it_holds(partner, header, value, asked):
    partner.pull(tagged(**{header: value}))
    again = partner.pull(UNCHANGED)
    assert (again.state, again.requests) == ("complete", 1)
    assert counts(again) == {"fetched": 40, "unchanged": 40}
    assert partner.asked[-1].headers[asked] == value
    third = partner.pull(UNCHANGED)
    assert third.state == "complete", "one 304 follows another"
    with partner.store.read() as session:
        assert session.scalars(select(AnswerRow.status).order_by(AnswerRow.id)).all() == [200, 304, 304]


def test_a_304_to_a_question_without_a_condition_is_no_list(partner):
    partner.pull(tagged())
    report = partner.pull(UNCHANGED)
    assert "If-None-Match" not in partner.asked[-1].headers
    assert report.state == "failed"
    assert "304" in report.reasons[0]


def test_a_changed_answer_comes_whole(partner):
    partner.pull(tagged(ETag='"v1"'))
    report = partner.pull(tagged(orjson.dumps(packages(range(40), pagu=5)), ETag='"v2"'))
    assert counts(report) == {"fetched": 40, "changed": 40}
    with partner.store.read() as session:
        kept = session.scalars(select(DemandChangeRow)).all()
        rows = {row.id: row for row in session.scalars(select(DemandRow))}
    assert len(kept) == 40, "a new demand writes no change, a changed one writes one"
    for one in kept:
        row = rows[one.demand_id]
        assert one.fields == ["budget_amount"]
        assert (one.version, one.raw_answer, one.raw_position) == (row.version, row.raw_answer, row.raw_position)


def test_no_condition_is_set_for_an_answer_that_is_not_at_hand_any_more(partner):
    partner.pull(tagged(ETag='"v1"'))
    archive = Archive(partner.settings.data_dir / "archive")
    with partner.store.read() as session:
        digest = session.scalars(select(AnswerRow.digest)).one()
    archive.path(digest).write_bytes(b"rusak")
    partner.pull(tagged(ETag='"v1"'))
    assert "If-None-Match" not in partner.asked[-1].headers


def test_a_run_that_was_not_complete_sets_no_condition_for_the_next(partner):
    partner.pull(tagged(ETag='"v1"'))
    partner.pull(Canned(ROWS[:4000], headers={"ETag": '"half"'}))
    partner.pull(UNCHANGED)
    assert partner.asked[-1].headers["If-None-Match"] == '"v1"'
