"""A listing keeps its name from run to run, whatever its source calls it, and no item goes without a word."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.kit.base import stable_reference
from connectors.kit.lists import MOST_ITEMS
from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from connectors.ocds import Ocds


def _row(code, title: str, **more):
    said = {"kd_rup": code, "nama_paket": title, "kd_klpd": "D1", "nama_klpd": "Kab. Contoh", "pagu": 1}
    return said | {"status_umumkan_rup": "Terumumkan", "status_aktif_rup": True, "status_delete_rup": False} | more


def _release(ocid, title: str, **more):
    said = {"id": "1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"], "tender": {"title": title}, "buyer": {"name": "Dinas"}}
    return said | ({"ocid": ocid} if ocid else {}) | more


MAKES = {
    "lkpp_isb": (LkppIsb, _row, lambda rows: rows, {"_event_date": "2026-02-02", "nama_ppk": "Orang Karangan"}),
    "ocds": (Ocds, _release, lambda rows: {"releases": rows}, {"id": "2", "date": "2026-02-02T00:00:00Z"}),
}


@pytest.fixture(params=MAKES)
def make(request, partner, fetching):
    """A way to make one row, the listings of several by reference, and fields that do not change a row."""
    connector, row, packed, volatile = MAKES[request.param]

    def pull(*rows):
        served = partner({"/a": [Canned.json(packed(list(rows)))]})
        source = connector({"url": f"{served.base}/a"})
        return source, {raw.reference: raw for raw in source.listings(fetching(served.base), None)}

    return row, pull, volatile


def test_a_listing_without_a_code_keeps_its_name_when_others_come_and_go_and_volatile_fields_change(make):
    row, pull, volatile = make
    before = set(pull(row("", "Meja"), row("", "Kursi"), row("7", "Lemari"))[1])
    after = set(pull(row("7", "Lemari"), row("", "Kursi", **volatile), row("", "Rak"))[1])
    assert len(before) == len(after) == 3
    assert len(before & after) == 2
    assert len(pull(row("", "Meja"), row("", "Meja"))[1]) == 1


@pytest.mark.parametrize("pair", [("a" * 400 + "b", "a" * 400 + "c"), ("x\0y", "x\1y"), ("a" * 201, "a" * 200)])
def test_references_that_no_store_keeps_stay_apart_and_the_same(pair, make):
    row, pull, _ = make
    source, listings = pull(row(pair[0], "Meja"), row(pair[1], "Kursi"))
    assert len(listings) == 2
    assert set(listings) == set(pull(row(pair[1], "Kursi"), row(pair[0], "Meja"))[1])
    assert all(source.translate(raw)["reference"] == reference for reference, raw in listings.items())


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
@example("\0", "\1")
@example("\ufffd", "\0")
def test_a_reference_is_short_clean_and_its_own(one, other):
    kept = stable_reference(one)
    assert len(kept) <= 200
    assert "\0" not in kept
    assert stable_reference(kept) == kept
    assert (kept == stable_reference(other)) == (one == other)


@pytest.mark.parametrize(("count", "told"), [(MOST_ITEMS, False), (MOST_ITEMS + 345, True)])
def test_of_more_items_than_a_demand_holds_the_description_says_so(count, told, partner, fetching):
    rows = {
        "lkpp_isb": _row("1", "Alat", urarian_pekerjaan="; ".join(f"Alat {n}" for n in range(count))),
        "ocds": _release("1", "Alat", tender={"title": "Alat", "items": [{"description": f"Alat {n}"} for n in range(count)]}),
    }
    for name, row in rows.items():
        connector, _, packed, _ = MAKES[name]
        served = partner({"/a": [Canned.json(packed([row]))]})
        source = connector({"url": f"{served.base}/a"})
        (raw,) = source.listings(fetching(served.base), None)
        demand = source.translate(raw)
        assert len(demand["items"]) == MOST_ITEMS
        assert (f"menyebut {count} barang" in (demand["description"] or "")) == told
