"""Members of listings that are new, gone or of another type: told once, with an example that shows nobody."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import RawListing
from connectors.kit.simulator import Canned, serve
from exchange.errors import NotFound
from exchange.store.audit import history
from exchange.store.profiles import profile_of
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.drift import acknowledge, compare
from exchange.sync.members import MOST_SAMPLED, Member, Sample, example_of, members_of
from exchange.sync.run import sync_source

from .conftest import package, packages  # isort: skip


def drift(report):
    return {(change["member"], change["what"]): change["example"] for change in report.drift}


def kept(partner):
    with partner.store.read() as session:
        row = profile_of(session, source_by_name(session, "mitra").id)
        return row.members, row.changes


def test_a_new_member_is_told_once_with_its_type_and_an_example(partner):
    assert partner.pull(packages(range(40))).drift == []
    report = partner.pull(packages(range(40), kode_lokasi="3374"))
    assert drift(report) == {("kode_lokasi", "new"): "3374"}
    assert report.notes == ["Kolom baru dari sumber: kode_lokasi (teks, misalnya “3374”)."]
    assert not report.needs_a_person, "a new member costs no data"
    assert partner.pull(packages(range(40), kode_lokasi="3374")).drift == [], "told once"
    assert report.as_json()["drift"][0]["now"] == [1.0, {"text": 1.0}]


def test_a_member_that_is_gone_is_told_and_wants_a_person(partner):
    partner.pull(packages(range(40)))
    rows = packages(range(40))
    for row in rows:
        del row["metode_pengadaan"]
    report = partner.pull(rows)
    assert drift(report) == {("metode_pengadaan", "gone"): None}
    assert report.needs_a_person
    assert "tidak lagi datang: dulu di 100% data, sekarang di 0%" in report.notes[0]
    assert not partner.pull().needs_a_person, "somebody was told already"


def test_a_member_of_which_nothing_is_left_but_null_is_gone_too(partner):
    partner.pull(packages(range(40)))
    assert drift(partner.pull(packages(range(40), volume_pekerjaan=None))) == {("volume_pekerjaan", "gone"): None}
    assert drift(partner.pull(packages(range(40), volume_pekerjaan=None, metode_pengadaan=""))) == {("metode_pengadaan", "gone"): None}


def test_another_type_is_told_with_both(partner):
    partner.pull(packages(range(40)))
    report = partner.pull(packages(range(40), pagu="1.250.000"))
    assert drift(report) == {("pagu", "retyped"): "1.250.000"}
    assert report.notes[-1] == "Isi kolom pagu berubah: dulu bilangan, sekarang teks, misalnya “1.250.000”."


def test_it_is_told_also_where_the_run_proved_nothing_and_is_learned_from_none_of_that(partner):
    partner.pull(packages(range(40)))
    before = kept(partner)[0]
    rows = [row | {"pagu": {"nilai": 5}} for row in packages(range(40))]
    report = partner.pull(rows)
    assert report.state == "unproven"
    assert set(drift(report)) == {("pagu", "retyped"), ("pagu.nilai", "new")}
    assert kept(partner)[0] == before


@pytest.mark.parametrize("days", [(1, 2, 3), (1, 1, 1)], ids=["changing", "the same byte for byte"])
def test_after_three_complete_runs_it_is_as_it_always_was(partner, days):
    partner.pull(packages(range(40)))
    wider = [packages(range(40), kode_lokasi="3374", _event_date=f"2026-11-2{day}") for day in days]
    assert [bool(partner.pull(rows).drift) for rows in wider] == [True, False, False]
    members, changes = kept(partner)
    assert (members["kode_lokasi"], changes) == ([1.0, {"text": 1.0}], {})
    assert drift(partner.pull(packages(range(40)))) == {("kode_lokasi", "gone"): None}


def test_what_goes_back_to_what_it_was_is_no_change_any_more_and_told_when_it_comes_again(partner):
    partner.pull(packages(range(40)))
    partner.pull(packages(range(40), kode_lokasi="3374"))
    partner.pull(packages(range(40)))
    assert kept(partner)[1] == {}
    assert drift(partner.pull(packages(range(40), kode_lokasi="3374")))


def test_what_a_person_knows_of_is_part_of_the_profile(partner):
    partner.pull(packages(range(40)))
    partner.pull(packages(range(40), kode_lokasi="3374", pagu="5"))
    with partner.store.work() as session:
        source = source_by_name(session, "mitra")
        assert acknowledge(session, source, "sari", "pagu") == 1
        with pytest.raises(NotFound):
            acknowledge(session, source, "sari", "pagu")
        assert history(session, "source", "mitra")[0].facts == {"members": ["pagu"]}
    assert list(kept(partner)[1]) == ["kode_lokasi"]
    assert partner.pull(packages(range(40), kode_lokasi="3374", pagu="6")).drift == []
    assert drift(partner.pull(packages(range(40), kode_lokasi="3374"))) == {("pagu", "retyped"): "1000000"}


def test_a_person_never_shows_in_an_example_nor_in_a_name(partner):
    partner.pull(packages(range(40)))
    more = {
        "nama": "Orang Contoh", "catatan": "hubungi orang@contoh.invalid", "nik": "3374010101900001", "kontak_baru": "Orang Contoh",
        "nomor": 199001012020121001, "penjelasan": "x" * 300, "nama_barang": "Rak", "nama_ppk_baru": "Orang Contoh",
        "199001012020121001": "Orang Contoh", "lampiran": [{"judul": "a"}],
    }  # fmt: skip
    report = partner.pull(packages(range(40), **more))
    told = drift(report)
    assert told[("nama_barang", "new")] == "Rak"
    assert told[("penjelasan", "new")] == "x" * 39 + "…"
    for name in ("nama", "catatan", "nik", "kontak_baru", "nomor", "lampiran"):
        assert told[(name, "new")] is None, name
    assert ("nama_ppk_baru", "new") not in told, "the connector drops it before anything is looked at"
    said = repr(report.as_json()) + repr(kept(partner))
    assert "Orang" not in said
    assert "199001012020121001" not in said


def test_another_buyer_s_list_teaches_nothing(partner):
    partner.pull(packages(range(40)))
    before = kept(partner)
    partner.pull([row | {"lain": 1} for row in packages(range(100, 140), kd_klpd="D1111", nama_klpd="Kota Lain")])
    assert kept(partner) == before


def test_a_web_page_instead_of_a_list_is_no_drift(partner):
    partner.pull(packages(range(40)))
    assert partner.pull(Canned(b"<html>Maaf</html>")).drift == []


def test_where_most_came_before_byte_for_byte_the_rest_proves_no_member_gone(store, settings):
    """The newest listings of a long list are of their own kind: what they lack is not gone."""
    mapping = """
        format = "json"
        list = "data"
        [paging]
        kind = "link"
        next = "next"
        [listing]
        reference = "id"
        [demand]
        title = "judul"
        [demand.buyer]
        name = "pembeli"
        """
    rows = [{"id": n, "judul": f"Rak {n}", "pembeli": "Kota Contoh", "kontrak": "A"} for n in range(90)]
    late = [{"id": n, "judul": f"Rak {n}", "pembeli": "Kota Contoh", "pagu": n} for n in range(100, 130)]
    first, second = Canned.json({"data": rows, "next": "/api?hal=2"}), Canned.json({"data": [{**rows[0], "id": 99}]})
    with serve(feeds=(), script={"/api": [first], "/api?hal=2": [second]}) as served:
        with store.work() as session:
            options = {"url": f"{served.base}/api", "mapping": mapping}
            session.add(SourceRow(name="api", connector="rest", region="33.74", options=options, local=True, state="approved"))
        sync_source(store, settings, "api")
        served.script["/api?hal=2"] = [Canned.json({"data": [{**rows[0], "id": 99}, *late]})]
        report = sync_source(store, settings, "api")
    assert (report.state, report.new) == ("complete", 30)
    assert {member for member, what in drift(report)} == {"pagu"}


def test_one_odd_row_is_no_drift(partner):
    partner.pull(packages(range(40)))
    assert partner.pull([package(0, pagu="lima", aneh=1), *packages(range(1, 40))]).drift == []


def test_of_a_few_listings_nobody_can_tell_that_a_member_is_gone():
    usual = {"a": Member(1.0, {"text": 1.0})}
    assert compare(usual, {}, 19) == {}
    assert compare(usual, {}, 20) == {"a": "gone"}


def test_of_a_member_that_is_new_as_a_whole_its_inner_ones_are_not_told():
    now = members_of([{"a": {"b": 1}, "c": [{"d": 1}]}])
    assert set(now) == {"a", "a.b", "c", "c[].d"}
    assert compare({"c": Member(1.0, {"list": 1.0})}, now, 50) == {"a": "new", "c[].d": "new"}


def raw(number):
    return RawListing(str(number), "", {"n": number}, number, "")


@given(st.lists(st.integers(0, 1500), max_size=8))
def test_a_sample_is_spread_evenly_over_all_that_came_and_never_large(sizes):
    sample, count = Sample(), 0
    for size in sizes:
        sample.add([raw(number) for number in range(count, count + size)])
        count += size
    taken = [each.body["n"] for each in sample.listings]
    assert len(taken) <= MOST_SAMPLED
    steps = {after - before for before, after in pairwise(taken)}
    assert len(steps) <= 1
    if count:
        assert taken[0] == 0
        assert len(taken) >= min(count, MOST_SAMPLED // 2)
        assert taken[-1] + (steps.pop() if steps else count) >= count


WORDS = st.text(max_size=80)
SAID = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda t: st.lists(t) | st.dictionaries(WORDS, t), max_leaves=8)


@given(st.dictionaries(WORDS, SAID))
def test_whatever_a_source_sends_its_members_can_be_told(body):
    for path, member in members_of([body]).items():
        assert member.share == 1
        assert abs(sum(member.types.values()) - 1) < 1e-9
        example = example_of(path, member.example, lambda _name: False)
        assert example is None or 0 < len(example) <= 40
