"""Pages of finished representations: the same rows on both databases, however many, whatever stands in them."""

from __future__ import annotations

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.store.base import Store
from exchange.store.reading import Segment, segment_page
from exchange.store.segments import put_segments

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.dictionaries(TEXT, TEXT, max_size=8), limit=st.integers(1, 9))
def test_the_pages_of_a_kind_are_its_segments_in_the_order_of_their_names(store: Store, records: dict[str, str], limit: int):
    made = {ident: (number, {"public": orjson.dumps({"says": says})}) for number, (ident, says) in enumerate(records.items())}
    found: list[Segment] = []
    with store.work() as session:
        put_segments(session, "coba", made)
        after = None
        while page := segment_page(session, "coba", "public", limit=limit, after=after):
            assert len(page) <= limit
            found, after = found + page, page[-1].ident
        session.rollback()
    # by their bytes, which UTF-8 keeps in the order of the characters
    assert found == [Segment(ident, made[ident][0], made[ident][1]["public"]) for ident in sorted(made)]
    assert all(type(row.body) is bytes for row in found)
