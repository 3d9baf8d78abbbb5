"""Differences of two views: none where they agree, the same ones from either side, and each named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.agreements.twins.views import Difference, both_sides, differences, digest_of, suggested
from schemas.twin import DAYS, DOCUMENTS, STATES, TwinView

HASHES = st.sampled_from(["a" * 64, "b" * 64])
OBJECT = st.fixed_dictionaries({"commodity": st.sampled_from(["Pagar", "Kanopi"])}, optional={"kbli": st.sampled_from(["25", "25111"])})
VIEWS = st.fixed_dictionaries(
    {
        "instrument": st.just("ksdd"),
        "state": st.sampled_from(STATES),
        "documents": st.dictionaries(st.sampled_from(DOCUMENTS), HASHES, max_size=4),
        "numbers": st.dictionaries(st.sampled_from(["penawaran", "kb/36.72", "kb/33.74"]), st.sampled_from(["1", "2"]), max_size=3),
        "days": st.dictionaries(st.sampled_from(DAYS), st.sampled_from(["2026-11-27", "2028-01-01"]), max_size=4),
        "objects": st.lists(OBJECT, max_size=4),
    }
)
BASE = {"instrument": "ksdd", "state": "AGREED", "documents": {}, "numbers": {}, "days": {}, "objects": []}


@given(VIEWS)
def test_every_view_that_is_made_here_is_one_that_the_contract_takes(view):
    assert TwinView().validate(view) == {}


@given(VIEWS, st.randoms())
def test_a_view_does_not_differ_from_itself_in_whatever_order_its_objects_stand(view, chance):
    turned = view | {"objects": chance.sample(view["objects"], len(view["objects"]))}
    assert differences(view, turned) == []


@given(VIEWS, VIEWS)
def test_both_sides_find_the_same_differences_each_the_other_way_round(ours, theirs):
    turned = [Difference(part, name, b, a, kind) for part, name, a, b, kind in differences(theirs, ours)]
    assert differences(ours, theirs) == turned


@given(VIEWS, VIEWS)
def test_two_views_without_a_difference_are_the_same_but_for_the_order_of_objects(ours, theirs):
    def plain(view):
        return view | {"objects": sorted(map(repr, map(sorted, map(dict.items, view["objects"]))))}

    assert (differences(ours, theirs) == []) is (plain(ours) == plain(theirs))


def test_who_has_not_come_so_far_lags_and_who_holds_another_thing_conflicts():
    assert [one.kind for one in differences(BASE, BASE | {"state": "VERIFIED"})] == ["lag"]
    assert [one.kind for one in differences(BASE, BASE | {"state": "ENDED"})] == ["conflict"]
    assert [one.kind for one in differences(BASE, BASE | {"numbers": {"kb/36.72": "1"}})] == ["lag"]
    ours, theirs = BASE | {"documents": {"pks": "a" * 64}}, BASE | {"documents": {"pks": "b" * 64}}
    assert differences(ours, theirs) == [Difference("documents", "pks", "a" * 64, "b" * 64, "conflict")]


def test_the_table_names_both_sides_in_words_and_marks_what_differs():
    rows = both_sides(BASE | {"numbers": {"kb/36.72": "1"}}, BASE | {"numbers": {"kb/36.72": "2"}})
    assert {"part": "Nomor", "name": "Kesepakatan Bersama 36.72", "ours": "1", "theirs": "2", "differs": True} in rows
    assert not any(row["differs"] for row in both_sides(BASE, None)), "who told nothing yet holds nothing else"


def test_a_note_holds_for_these_differences_alone():
    one, other = differences(BASE, BASE | {"state": "ENDED"}), differences(BASE, BASE | {"state": "TERMINATED"})
    assert digest_of(one) == digest_of([list(each) for each in one]) != digest_of(other)


def test_what_the_other_side_holds_is_suggested_for_the_fields_that_ask_for_it():
    theirs = BASE | {"documents": {"naskah_kb": "a" * 64}, "numbers": {"kb/33.74": "KB/9"}, "days": {"kb": "2026-11-27"}}
    assert suggested(theirs, "33.74") == {"hash_kb_mitra": "a" * 64, "nomor_kb_mitra": "KB/9", "tanggal_kb": "2026-11-27"}
    assert suggested(None, "33.74") == {}
