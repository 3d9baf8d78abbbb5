from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching.readings import Readings, root_hash

roots = st.frozensets(st.sampled_from(["beras", "rak", "genset", "tiang", "meja", "kopi"]), max_size=4)
runs = st.lists(st.lists(st.tuples(st.integers(1, 6), roots), max_size=4), max_size=25)


@settings(max_examples=40, deadline=None)
@given(runs, roots)
def test_every_demand_that_shares_a_root_is_found_and_its_last_version_known(made: list, asked: frozenset[str]) -> None:
    readings, last = Readings(), {}
    for version, part in enumerate(made):
        for demand, said in part:
            readings.add(demand, version, [root_hash(root) for root in said])
            last[demand] = (version, said)
        readings.save()
    assert readings.known() == {demand: version for demand, (version, _) in last.items()}
    assert {demand for demand, (_, said) in last.items() if said & asked} <= readings.sharing(asked)


def test_what_was_saved_is_read_again_and_many_segments_become_one(tmp_path: Path) -> None:
    for version in range(20):
        readings = Readings(tmp_path)
        readings.add(version % 3, version, [root_hash("rak"), root_hash(f"kata{version}")])
        readings.save()
    again = Readings(tmp_path)
    assert again.known() == {0: 18, 1: 19, 2: 17}
    assert again.sharing({"kata19"}) == {1}
    assert again.sharing({"rak"}) == {0, 1, 2}
    assert len(list(tmp_path.glob("*.npz"))) < 17


def test_a_broken_segment_is_taken_away_and_its_demands_count_as_unread(tmp_path: Path) -> None:
    readings = Readings(tmp_path)
    readings.add(1, 1, [root_hash("rak")])
    readings.save()
    (segment,) = tmp_path.glob("*.npz")
    segment.write_bytes(segment.read_bytes()[:40])
    assert Readings(tmp_path).known() == {}
    assert not list(tmp_path.glob("*.npz"))
