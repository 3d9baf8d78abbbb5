"""NDJSON: the stored records, a line each, and nothing where there is nothing."""

from __future__ import annotations

import pytest

from exchange.access.policy import Tier
from exchange.publish.base import NothingToPublish
from exchange.publish.write import build
from exchange.store.segments import all_segments


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.STAFF])
def test_each_line_is_a_stored_record_byte_for_byte(tier, store, firm, offer, settings):
    maker = firm(store, "9120000000017", "CV")
    for number in range(3):
        offer(f"A-{number}", maker, name="baris\nbaru \u2028 \u0085 \r\n", description='"\\n"')
    data = build(store, settings, "ndjson", tier).path.read_bytes()
    with store.read() as session:
        assert data.split(b"\n") == [body for _, _, body in all_segments(session, "product", tier)] + [b""]
    assert data.count(b"\n") == 3
    assert b"\r" not in data


def test_an_empty_catalogue_is_no_file_of_nothing(store, settings):
    with pytest.raises(NothingToPublish) as nothing:
        build(store, settings, "ndjson")
    assert int(nothing.value.status) == 204
