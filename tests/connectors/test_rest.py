"""Any list by a declared mapping: its pages, its doubled rows, its settings."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Limits, SettingsError, SourceError
from connectors.kit.mapping.once import _Ranks
from connectors.kit.simulator import Canned
from connectors.rest import Rest

DEMAND = """
[demand]
title = "nama"
[demand.buyer]
name = { constant = "Dinas Contoh" }
"""


def _mapping(kind: str, listing: str = "", top: str = "") -> str:
    return f'format = "{kind}"\n{top}\n[listing]\nreference = "id"\n{listing}\n{DEMAND}'


def _rows(*ids: object) -> list[dict]:
    return [{"id": each, "nama": f"Paket {each}"} for each in ids]


@pytest.fixture
def pull(partner, fetching):
    """The listings of a script of answers, what ended them, the run's facts, and what was asked."""

    def go(mapping: str, script: dict, path: str = "/a", limits: Limits | None = None, **settings: str):
        served = partner({target: each if isinstance(each, list) else [each] for target, each in script.items()})
        source = Rest({"url": served.base + path, "mapping": mapping, **settings})
        more = {"limits": limits} if limits else {}
        fetch = fetching(served.base, headers=source.headers, **more)
        found, ended = [], None
        try:
            for raw in source.listings(fetch, None):
                found.append(raw)
        except SourceError as error:
            ended = error
        return found, ended, fetch.facts, [each.target for each in served.asked]

    return go


def _names(found) -> list[str]:
    return [raw.reference for raw in found]


def test_pages_are_numbered_until_the_total_is_reached(pull):
    paging = "list = 'rows'\n[paging]\nkind = 'page'\nparameter = 'p'\nsize = 2\nsize_parameter = 'n'\ntotal = 'total'"
    script = {f"/a?t=1&n=2&p={n}": Canned.json({"rows": _rows(n, n + 10), "total": 4}) for n in (1, 2)}
    found, ended, facts, asked = pull(_mapping("json", top=paging), script, "/a?t=1")
    assert (_names(found), ended, facts.last_page, facts.total) == (["1", "11", "2", "12"], None, True, 4)
    assert asked == ["/a?t=1&n=2&p=1", "/a?t=1&n=2&p=2"]


def test_pages_without_a_size_end_with_one_that_is_empty(pull):
    paging = "[paging]\nkind = 'page'\nparameter = 'p'\nfirst = 0"
    script = {"/a?p=0": Canned.json(_rows(1, 2)), "/a?p=1": Canned.json(_rows(3)), "/a?p=2": Canned.json([])}
    found, _, facts, _ = pull(_mapping("json", top=paging), script)
    assert (_names(found), facts.last_page) == (["1", "2", "3"], True)


def test_offsets_count_the_rows_that_came(pull):
    paging = "[paging]\nkind = 'offset'\nparameter = 'mulai'\nsize = 2\nsize_parameter = 'banyak'"
    script = {"/a?banyak=2&mulai=0": Canned.json(_rows(1, 2)), "/a?banyak=2&mulai=2": Canned.json(_rows(3))}
    found, ended, facts, _ = pull(_mapping("json", top=paging), script)
    assert (_names(found), ended, facts.last_page) == (["1", "2", "3"], None, True)


def test_a_source_that_gives_fewer_rows_than_asked_for_is_read_to_its_total(pull):
    paging = "list = 'r'\n[paging]\nkind = 'offset'\nparameter = 'm'\nsize = 100\nsize_parameter = 'n'\ntotal = 't'"
    script = {f"/a?n=100&m={at}": Canned.json({"r": _rows(at, at + 1), "t": 4}) for at in (0, 2)}
    found, _, facts, _ = pull(_mapping("json", top=paging), script)
    assert (len(found), facts.last_page) == (4, True)


def test_a_page_that_repeats_ends_the_run_as_partial_and_keeps_what_came(pull):
    paging = "list = 'r'\n[paging]\nkind = 'cursor'\nparameter = 'c'\ncursor = 'next'"
    found, ended, facts, _ = pull(_mapping("json", top=paging), {"/a": Canned.json({"r": _rows(1, 2), "next": "x"})})
    assert (_names(found), ended.rule, ended.state, facts.last_page) == (["1", "2"], "cut_short", "partial", False)


def test_a_later_page_that_is_no_list_cuts_the_run_short(pull):
    paging = "list = 'r'\n[paging]\nkind = 'link'\nnext = 'next'"
    script = {"/a": Canned.json({"r": _rows(1), "next": "/b"}), "/b": Canned(b"<html><body>Masuk</body></html>")}
    found, ended, _, _ = pull(_mapping("json", top=paging), script)
    assert (_names(found), ended.rule) == (["1"], "cut_short")
    assert "halaman web" in ended.message


def test_a_link_to_another_host_takes_no_token_there(pull, partner):
    other = partner({"/b": [Canned.json({"r": _rows(2)})]})
    paging = "list = 'r'\n[request]\ntoken_header = 'X-Kunci'\ntoken_prefix = ''\n[paging]\nkind = 'link'\nnext = 'next'"
    script = {"/a": Canned.json({"r": _rows(1), "next": f"{other.base}/b"})}
    found, ended, _, _ = pull(_mapping("json", top=paging), script, token="rahasia-sekali")
    assert (_names(found), ended.rule, other.asked) == (["1"], "cut_short", [])
    assert "rahasia" not in repr(found) + str(ended)


def test_the_token_goes_in_the_header_that_the_mapping_names(partner, fetching):
    served = partner({"/a": [Canned.json(_rows(1))]})
    top = "[request]\ntoken_header = 'X-Kunci'\ntoken_prefix = 'Token '"
    source = Rest({"url": f"{served.base}/a", "mapping": _mapping("json", top=top), "token": "abc"})
    assert len(list(source.listings(fetching(served.base, headers=source.headers), None))) == 1
    assert served.asked[0].headers["X-Kunci"] == "Token abc"


def test_of_doubled_rows_the_first_holds_and_the_total_counts_both(pull):
    paging = "list = 'r'\n[paging]\nkind = 'link'\nnext = 'next'\ntotal = 'n'"
    script = {"/a": Canned.json({"r": _rows(1, 2, 1), "next": "/b", "n": 5}), "/b": Canned.json({"r": _rows(2, 3), "n": 5})}
    found, ended, facts, _ = pull(_mapping("json", top=paging), script)
    assert (_names(found), ended, facts.superseded, facts.total) == (["1", "2", "3"], None, 2, 3)


@pytest.mark.parametrize("paged", [False, True])
def test_with_an_order_the_greatest_row_holds_and_of_equal_ones_the_last(paged, pull):
    told = [(1, "lama", "2026-01-01"), (1, "baru", "2026-02-01"), (2, "a", None), (2, "b", None), (1, "lebih lama", "2025-12-31")]
    rows = [{"id": reference, "nama": name, "pada": at} for reference, name, at in told]
    if paged:
        top = "list = 'r'\n[paging]\nkind = 'link'\nnext = 'next'"
        script = {"/a": Canned.json({"r": rows[:2], "next": "/b"}), "/b": Canned.json({"r": rows[2:]})}
    else:
        top, script = "", {"/a": Canned.json(rows)}
    found, ended, facts, _ = pull(_mapping("json", listing="order = 'pada'", top=top), script)
    assert ({raw.reference: raw.body["nama"] for raw in found}, ended, facts.superseded) == ({"1": "baru", "2": "b"}, None, 3)


def test_a_kept_row_holds_before_a_later_one_that_is_skipped_where_the_mapping_says_so(pull):
    rule = "[[keep]]\nfrom = 'hidup'\nis = ['ya']\nreason = 'tidak hidup'\n"
    rows = [{"id": 1, "nama": "a", "pada": "2026-01-01", "hidup": "ya"}, {"id": 1, "nama": "b", "pada": "2026-02-01", "hidup": "tidak"}]
    for prefer, wanted in (("true", "a"), ("false", "b")):
        mapping = _mapping("json", listing=f"order = 'pada'\nprefer_kept = {prefer}", top=rule)
        assert [raw.body["nama"] for raw in pull(mapping, {"/a": Canned.json(rows)})[0]] == [wanted]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "1", "2"])), max_size=12))
def test_exactly_one_row_of_each_reference_holds_and_none_is_greater(rows):
    ranks = _Ranks()
    for reference, order in rows:
        ranks.add(reference.encode() * 16, order.encode())
    holds = [row for row, each in enumerate(ranks.holding()) if each]
    assert Counter(rows[row][0] for row in holds) == Counter({reference for reference, _ in rows})
    for row in holds:
        others = [(order, at) for at, (reference, order) in enumerate(rows) if reference == rows[row][0]]
        assert (rows[row][1], row) == max(others)


def test_a_list_of_another_shape_is_noticed_before_its_rows_are_taken_for_new(pull):
    _, ended, _, _ = pull(_mapping("json"), {"/a": Canned.json([{"kode": n, "nama": "x"} for n in range(5)])})
    assert ended.rule == "shape_changed"
    _, ended, _, _ = pull(_mapping("json", top="list = 'data'"), {"/a": Canned.json({"rows": []})})
    assert ended.rule == "shape_changed"


def test_an_error_under_a_status_of_success_is_no_empty_page(pull):
    paging = "list = 'data'\n[paging]\nkind = 'page'\nparameter = 'p'"
    script = {"/a?p=1": Canned.json({"data": _rows(1)}), "/a?p=2": Canned.json({"success": False, "data": []})}
    found, ended, _, _ = pull(_mapping("json", top=paging), script)
    assert (_names(found), ended.rule) == (["1"], "cut_short")


def test_a_page_that_is_known_is_taken_whole_and_its_references_stay_taken(pull, partner, fetching):
    paging = "list = 'r'\n[paging]\nkind = 'link'\nnext = 'next'"
    served = partner({"/a": [Canned.json({"r": _rows(1, 2), "next": "/b"})], "/b": [Canned.json({"r": _rows(2, 3)})]})
    source = Rest({"url": f"{served.base}/a", "mapping": _mapping("json", top=paging)})
    asked = []
    fetch = fetching(served.base, take_known=lambda digest, rows: asked.append(rows) or len(asked) == 1)
    assert _names(source.listings(fetch, None)) == ["3"]
    assert asked == [2, 2]


def test_a_changed_mapping_is_another_version_and_fields_are_dropped_as_it_says():
    one, other = (
        Rest({"url": "https://sumber.example/a", "mapping": _mapping("json", listing=more)})
        for more in ("", "personal = ['wali*']\nvolatile = ['v']")
    )
    assert one.version != other.version
    assert len(other.version) <= 40
    raw = other.listing(
        "1",
        "https://sumber.example/…",
        {"id": 1, "walikota": "x", "Email_PPK": "y", "v": 1, "a": {"@NIP": 1, "x:nip": 2, "{u}nip": 3}},
        0,
        "0" * 64,
    )
    assert (raw.body, raw.comparable()) == ({"id": 1, "v": 1, "a": {}}, {"id": 1, "a": {}})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mapping": "format = 'json'"}, "listing: wajib ada"),
        ({}, "mapping wajib diisi"),
        (
            {"mapping": _mapping("json").replace("'nama'", "'x'").replace('"nama"', '"nama_ppk"')},
            "dibuang karena tentang orang: nama_ppk (demand.title)",
        ),
        ({"mapping": _mapping("json"), "token": "a\nb"}, "Token berisi tanda"),
    ],
)
def test_settings_that_cannot_be_used_are_told_before_anything_is_asked(settings, said):
    with pytest.raises(SettingsError) as caught:
        Rest({"url": "https://sumber.example/a", **settings})
    assert said in str(caught.value)
