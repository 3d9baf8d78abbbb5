"""One contract over every connector at hand, over recordings that go through real loopback HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

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


class Case(NamedTuple):
    """One recording: the connector's settings (`{base}` is the server), and the files that it answers, by path and query."""

    connector: str
    name: str
    settings: dict[str, str]
    answers: dict[str, list[str]]


def _cases(name: str) -> Iterator[Case]:
    """A folder with a `case.json` is one case; so is each JSON file beside, but for the second pages."""
    folder = RECORDINGS / name
    files = {f"/umpan/{path.name}": [path.name] for path in folder.glob("*.json")}
    for path in sorted(folder.glob("*.json")):
        if not path.stem.endswith("-2") and path.name != "fuzz.json":
            yield Case(name, path.stem, {"url": f"{{base}}/umpan/{path.name}"}, files)
    for path in sorted(folder.glob("*/case.json")):
        told = json.loads(path.read_text("utf-8"))
        answers = {target: [f"{path.parent.name}/{file}" for file in each] for target, each in told["answers"].items()}
        yield Case(name, path.parent.name, _settings(path, told), answers)


def _settings(path: Path, told: dict[str, Any]) -> dict[str, str]:
    """The settings in a `case.json` or `fuzz.json`; `{file:NAME}` is the text of a file beside it."""
    return {
        name: (path.parent / value[6:-1]).read_text("utf-8") if value.startswith("{file:") else value
        for name, value in told["settings"].items()
    }


CASES = [case for name in EVERY for case in _cases(name)]
NAMED = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.connector}-{case.name}")


def test_the_connectors_are_found_and_none_has_a_problem():
    found = discover()
    assert {"lkpp_isb", "ocds"} <= set(found.usable)
    assert found.problems == ()


def test_every_connector_has_a_recording():
    assert {case.connector for case in CASES} == set(EVERY)


def _recorded(case: Case, fetching, partner) -> tuple[Connector, list[RawListing]]:
    folder = RECORDINGS / case.connector
    served = partner({target: [Canned((folder / file).read_bytes()) for file in files] for target, files in case.answers.items()})
    connector = EVERY[case.connector]({name: value.replace("{base}", served.base) for name, value in case.settings.items()})
    fetch = fetching(*connector.approved(), headers=connector.headers)
    return connector, list(connector.listings(fetch, YEAR))


@NAMED
def test_recorded_listings_keep_every_promise(case, fetching, partner):
    connector, listings = _recorded(case, fetching, partner)
    assert list(faults(connector, listings)) == []


@NAMED
def test_no_person_of_a_recording_is_in_what_is_stored_or_shown(case, fetching, partner):
    connector, listings = _recorded(case, fetching, partner)
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


def _fuzz(name: str) -> tuple[dict[str, str], st.SearchStrategy[dict[str, Any]]]:
    """The settings of a connector, and listings of its shape with anything in them; told by `fuzz.json` beside its recordings."""
    path = RECORDINGS / name / "fuzz.json"
    if not path.exists():
        return {"url": "https://sumber.example/umpan"}, ROWS[name]
    told = json.loads(path.read_text("utf-8"))
    rows = st.dictionaries(st.sampled_from(told["names"]), JSON, max_size=10).map(lambda row: told["base"] | row)
    return _settings(path, told), rows


@pytest.mark.parametrize("name", sorted(EVERY))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_source_writes_gives_a_demand_or_a_stated_reason(name, data):
    options, rows = _fuzz(name)
    connector = EVERY[name](options)
    raw = connector.listing("acuan", "https://sumber.example/…", data.draw(rows), 0, "0" * 64)
    assert list(faults(connector, [raw])) == []
