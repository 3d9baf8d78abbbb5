"""Releases of one process as one, by the standard's rules; and what waits of them until all have come."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from connectors.kit import Answer, AnswerMeta, Limits, SourceError, processes
from connectors.kit.processes import Processes
from connectors.kit.releases import Release, merge, releases
from connectors.ocds import Ocds

EXAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "standards" / "ocds" / "fictional-example" / "1.1"
ANSWER = Answer(b"", AnswerMeta("https://sumber.example/…", 200, {}, 0, None, True), "d1")


def merged(*bodies: dict) -> dict:
    return merge([Release(body) for body in bodies]).body


def tender(day: str | None, **members: object) -> dict:
    return {"ocid": "x", "date": day, "tender": members}


def test_the_standard_s_own_example_is_merged_as_the_standard_merges_it():
    if not EXAMPLE.is_dir():
        pytest.skip("../shared is not beside this checkout")
    single = [one for path in sorted(EXAMPLE.glob("*-0?-*.json")) for one in releases(orjson.loads(path.read_bytes()))]
    (record,) = releases(orjson.loads((EXAMPLE / "record" / "ocds-213czf-000-00001.json").read_bytes()))
    ours = merge(single[::-1]).body
    assert len(single) == 6
    assert record.compiled
    own = {"id", "tag"}
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in record.body.items() if name not in own
    }


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-01-02T01:00:00+07:00", "2026-01-01T23:00:00Z"),
        ("2026-01-02T05:00:00+07:00", "2026-01-02"),
        (None, "kemarin"),
    ],
)
def test_releases_are_laid_in_the_order_of_their_moments_whatever_their_zones(earlier, later):
    both = tender(earlier, title="lama"), tender(later, title="baru")
    assert [merged(*both)["tender"]["title"], merged(*both[::-1])["tender"]["title"]] == ["baru", "baru"]


def test_null_withdraws_a_value_and_what_is_not_said_again_stays():
    told = merged(tender("2026-01-01", title="Meja", description="kayu", value={"amount": 1}), tender("2026-01-02", description=None))
    assert told["tender"] == {"title": "Meja", "value": {"amount": 1}}


def test_lists_are_merged_by_id_unless_the_standard_or_the_ids_forbid_it():
    first = tender("2026-01-01", items=[{"id": 1, "description": "Meja", "additionalClassifications": [{"id": "a"}]}, {"id": "2"}])
    second = tender("2026-01-02", items=[{"id": "1", "quantity": 3, "additionalClassifications": [{"id": "b"}]}])
    assert merged(first, second)["tender"]["items"] == [
        {"id": "1", "description": "Meja", "quantity": 3, "additionalClassifications": [{"id": "b"}]},
        {"id": "2"},
    ]
    same = [{"id": "1", "description": "Meja"}, {"id": "1", "description": "Kursi"}]
    for newer in (same, [{"description": "Kursi"}], ["kursi"]):
        assert merged(first, tender("2026-01-02", items=newer))["tender"]["items"] == newer
    assert merged(tender("2026-01-01", items=same), second)["tender"]["items"] == second["tender"]["items"]


def test_a_release_alone_stays_as_it_is_but_for_what_it_withdraws():
    body = tender("2026-01-01", items=[{"id": "1"}, {"id": "1"}], value=None) | {"buyer": None, "tag": "tender"}
    assert merged(body) == {name: value for name, value in body.items() if name != "buyer"} | {"tag": ["tender"]}


def test_a_plan_that_became_a_tender_is_open_and_one_that_was_called_off_is_not():
    plan = {"ocid": "x", "date": "2026-01-01", "tag": ["planning"], "buyer": {"name": "Dinas"}, "planning": {"rationale": "Meja"}}
    out = tender("2026-01-02", title="Meja") | {"tag": ["tender"]}
    off = tender("2026-01-03") | {"tag": ["tenderCancellation"]}
    source = Ocds({"url": "https://sumber.example/a"})
    told = [
        source.translate(source.listing("x", "u", merged(*several), 0, "d"))["status"]
        for several in ([plan], [plan, out], [out, off, plan])
    ]
    assert told == ["planned", "open", "cancelled"]


@pytest.fixture
def waiting():
    with Processes(Limits()) as gathered:
        yield gathered


def test_what_waits_is_kept_on_disk_beyond_its_bound_and_comes_back_whole(monkeypatch):
    monkeypatch.setattr(processes, "_IN_MEMORY", 2000)
    told = [tender(f"2026-01-{day:02d}", title=f"Meja {day} – “besar”", number=2**63, share=0.1) for day in range(1, 29)]
    with Processes(Limits()) as gathered:
        for number, body in enumerate(told):
            gathered.add(str(number % 14), Release(body), ANSWER, number)
        came = {each.reference: each for each in gathered.merged()}
    assert len(came) == 14
    assert all(each.release.body == told[int(reference) + 14] for reference, each in came.items())
    assert {each.position for each in came.values()} == set(range(14, 28))


def test_of_a_compiled_process_only_the_newest_is_kept_and_its_place_is_told(waiting):
    for position, (day, compiled) in enumerate([("01", False), ("05", True), ("09", False), ("03", True)]):
        waiting.add("x", Release(tender(f"2026-01-{day}", title=day), compiled), ANSWER, position)
    (only,) = waiting.merged()
    assert (only.release.body["tender"]["title"], only.position, waiting.releases) == ("05", 1, 4)


@pytest.mark.parametrize(("limits", "rule"), [({"listings": 2}, "too_many_listings"), ({"streamed": 150}, "too_large")])
def test_more_than_a_run_may_hold_is_said(limits, rule):
    with Processes(Limits(**limits)) as gathered, pytest.raises(SourceError) as caught:
        for number in range(5):
            gathered.add("x", Release(tender("2026-01-01", title="Meja")), ANSWER, number)
    assert caught.value.rule == rule


def test_a_full_disk_is_said_with_what_to_do(waiting, monkeypatch):
    def full(_bytes):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(waiting._file, "write", full)
    with pytest.raises(SourceError, match="Tidak ada ruang") as caught:
        waiting.add("x", Release(tender("2026-01-01")), ANSWER, 0)
    assert "Kosongkan ruang" in caught.value.mend
