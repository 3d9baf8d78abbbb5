from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.engine import Change, Mark
from exchange.matching.part import kept_mark
from schemas.match import KEPT_CHANGE, KEPT_MARK, MarkSchema, whole_mark

words = st.text(min_size=1, max_size=12)
changes = st.none() | st.builds(Change, st.sampled_from(["offer", "demand"]), words, st.none() | words, words)
marks = st.builds(
    Mark,
    criterion=words,
    title=words,
    score=st.none() | st.floats(0, 1),
    weight=st.floats(0, 10),
    gate=st.booleans(),
    need=st.none() | words,
    offer=st.none() | words,
    says=words,
    blocks=st.booleans(),
    asks=st.booleans(),
    change=changes,
)


@given(marks)
def test_a_mark_is_read_as_it_was_made_and_has_the_written_shape(mark: Mark) -> None:
    kept = orjson.loads(orjson.dumps(kept_mark(mark)))
    assert whole_mark(kept) == mark.record()
    assert not MarkSchema().validate(whole_mark(kept))


@given(marks)
def test_a_mark_that_was_kept_by_names_is_read_as_it_is(mark: Mark) -> None:
    before: dict[str, Any] = mark.record()
    assert whole_mark(before) == before


def test_the_kept_order_is_that_of_the_marks_own_members() -> None:
    assert KEPT_MARK == Mark._fields == tuple(MarkSchema().fields)
    assert Change._fields == KEPT_CHANGE
