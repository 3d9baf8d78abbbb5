"""One contract over every connector at hand, over recordings that go through real loopback HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import Connector, RawListing, Refused, Skip, Window
from connectors.kit.discovery import discover
from connectors.kit.faults import faults
from connectors.kit.simulator import FEEDS, Canned, serve
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings"
EVERY = discover().usable
YEAR = Window(None, datetime(2026, 1, 1, tzinfo=UTC))
CASES = sorted((name, path.name) for name in EVERY for path in (RECORDINGS / name).glob("*.json") if not path.stem.endswith("-2"))


def test_both_connectors_are_found_and_none_has_a_problem():
    found = discover()
    assert {"lkpp_isb", "ocds"} <= set(found.usable)
    assert found.problems == ()


def test_every_connector_has_a_recording():
    assert {name for name, _ in CASES} == set(EVERY)


def _recorded(name: str, file: str, fetching, partner) -> tuple[Connector, list[RawListing]]:
    served = partner({f"/umpan/{path.name}": [Canned(path.read_bytes())] for path in (RECORDINGS / name).glob("*.json")})
    connector = EVERY[name]({"url": f"{served.base}/umpan/{file}"})
    return connector, list(connector.listings(fetching(*connector.approved()), YEAR))


@pytest.mark.parametrize(("name", "file"), CASES)
def test_recorded_listings_keep_every_promise(name, file, fetching, partner):
    connector, listings = _recorded(name, file, fetching, partner)
    assert list(faults(connector, listings)) == []


@pytest.mark.parametrize(("name", "file"), CASES)
def test_no_person_of_a_recording_is_in_what_is_stored_or_shown(name, file, fetching, partner):
    connector, listings = _recorded(name, file, fetching, partner)
    for raw in listings:
        shown = str(raw.body)
        try:
            told = str(connector.translate(raw))
        except (Skip, Refused) as outcome:
            told = str(outcome)
        for person in ("Pejabat Karangan", "PPK-KARANGAN", "Orang Karangan", "Penawar Karangan", "Pemenang Karangan"):
            assert person not in shown
        assert "orang@contoh.invalid" not in shown + told
        assert "0812-0000-0000" not in told
        assert "panitia@contoh.invalid" not in told


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_the_simulated_partners_keep_every_promise(feed, fetching):
    with serve() as served:
        connector = EVERY[feed.connector]({"url": served.urls[feed.name]})
        listings = list(connector.listings(fetching(*connector.approved()), YEAR))
    assert list(faults(connector, listings)) == []
    demands = [DemandSchema().load(connector.translate(raw)) for raw in listings]
    assert len(demands) == {"semarang": 40, "tegal": 25, "cilegon": 15}[feed.name]
    assert all(demand["items"] for demand in demands)
    assert any(item["quantity"] for demand in demands for item in demand["items"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_ISB = ("kd_rup", "idrup", "nama_paket", "namapaket", "kd_klpd", "nama_klpd", "pagu", "volume_pekerjaan", "urarian_pekerjaan",
        "spesifikasi_pekerjaan", "tgl_awal_kontrak", "tgl_akhir_kontrak", "tgl_pengumuman_paket", "jenis_pengadaan")  # fmt: skip
_TENDER = ("title", "description", "items", "value", "status", "tenderPeriod", "contractPeriod", "procuringEntity", "deliveryAddresses")
ROWS = {
    "lkpp_isb": st.dictionaries(st.sampled_from(_ISB), JSON, max_size=10).map(
        lambda row: {"status_umumkan_rup": "Terumumkan", "status_aktif_rup": True, "status_delete_rup": False} | row
    ),
    "ocds": st.dictionaries(st.sampled_from(("buyer", "parties", "planning", "tag", "awards", "date", "tender")), JSON, max_size=6).flatmap(
        lambda release: st.dictionaries(st.sampled_from(_TENDER), JSON, max_size=6).map(
            lambda tender: {"tender": {"title": "Meja"} | tender, "buyer": {"name": "Dinas"}} | release | {"ocid": "ocds-x-1"}
        )
    ),
}


@pytest.mark.parametrize("name", sorted(EVERY))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_source_writes_gives_a_demand_or_a_stated_reason(name, data):
    connector = EVERY[name]({"url": "https://sumber.example/umpan"})
    body = data.draw(ROWS[name])
    raw = connector.listing("acuan", "https://sumber.example/…", body, 0, "0" * 64)
    assert list(faults(connector, [raw])) == []
