"""Tables that change while they are read: what is proved of them is true, and what is not proved is not claimed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Answer, AnswerMeta, Limits, RunFacts, SourceError
from connectors.kit.completeness import Facts, ProofState, judge
from connectors.kit.counts import count_of
from connectors.kit.datatables import page_length, steadily, table_pages
from connectors.kit.rows import distinct, until_cut


class Table:
    """Plays the server and the way to it: a list of rows, cut by `start` and `length`, that may change after each page."""

    def __init__(
        self,
        rows: list[int],
        *,
        change: Callable[[list[int]], None] = lambda rows: None,
        most: int = 1000,
        counts: bool = True,
        whole_pages: bool = False,
        total: int | None = None,
    ) -> None:
        self.list, self.change, self.most, self.counts, self.whole_pages, self.total = rows, change, most, counts, whole_pages, total
        self.limits, self.facts, self.asked = Limits(pages=200), RunFacts(), []

    def get(self, url: str) -> Answer:
        said = {name: int(value[0]) for name, value in parse_qs(urlsplit(url).query).items()}
        start, length = said["start"], min(said["length"], self.most)
        if self.whole_pages:
            start = start // length * length
        self.asked.append((said["draw"], said["start"]))
        document = {"draw": said["draw"], "data": [{"id": each} for each in self.list[start : start + length]]}
        if self.counts:
            document["recordsFiltered"] = len(self.list) if self.total is None else self.total
        self.change(self.list)
        return Answer(orjson.dumps(document), AnswerMeta("https://x.example/…", 200, {}, 0, None, True), "0" * 64)


def _reference(row) -> str:
    return str(row["id"])


def read(table: Table, length: int = 3) -> tuple[list[int], ProofState, str | None]:
    """The ids that came, in order, what the run is worth, and the rule of the error that ended it."""
    came: list[int] = []
    error = None
    pages = table_pages(table, "https://x.example/search", _reference, length=length)
    try:
        for row in until_cut(distinct(table, pages, _reference)):
            came.append(int(row.reference))
    except SourceError as stopped:
        error = stopped
    facts = table.facts
    proof = judge(Facts(len(came), facts.lengths_agree, facts.last_page, facts.total, error=error))
    return came, proof.state, error.rule if error else None


IDS = st.lists(st.integers(0, 400), unique=True, min_size=1, max_size=25)
SHAPES = st.one_of(
    st.fixed_dictionaries({"most": st.integers(1, 9), "counts": st.booleans()}),
    st.just({"whole_pages": True}),
)


@given(IDS, st.integers(1, 8), SHAPES)
def test_a_table_that_stands_still_is_read_whole_and_each_row_once(ids, length, shape):
    came, state, _ = read(Table(ids, **shape), length)
    assert came == ids
    assert state is ProofState.COMPLETE


def test_without_a_count_a_server_of_whole_pages_cannot_show_its_end():
    came, state, _ = read(Table([1, 2, 3, 4], whole_pages=True, counts=False))
    assert (came, state) == ([1, 2, 3, 4], ProofState.PARTIAL)


@given(st.data(), IDS, st.integers(2, 8), st.booleans())
def test_a_run_that_is_complete_has_every_row_that_stood_in_the_table_all_the_time(data, ids, length, counts):
    standing = set(ids)

    def change(rows: list[int]) -> None:
        for _ in range(data.draw(st.integers(0, 3))):
            if rows and data.draw(st.booleans()):
                standing.discard(rows.pop(data.draw(st.integers(0, len(rows) - 1))))
            else:
                rows.append(data.draw(st.integers(401, 10_000).filter(lambda new: new not in rows)))
                rows.sort()

    came, state, _ = read(Table(sorted(ids), change=change, counts=counts), length)
    assert len(came) == len(set(came))
    if state is ProofState.COMPLETE:
        assert standing <= set(came)


def _once(step: Callable[[list[int]], None]) -> Callable[[list[int]], None]:
    waiting = [step]
    return lambda rows: waiting.pop()(rows) if waiting else None


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.insert(0, 99), lambda rows: rows.append(99), lambda rows: rows.pop(0), lambda rows: rows.pop()],
    ids=["one more at the head", "one more at the end", "one less at the head", "one less at the end"],
)
@pytest.mark.parametrize("counts", [True, False])
def test_a_table_that_grows_or_shrinks_between_two_pages_is_never_complete(change, counts):
    came, state, rule = read(Table([1, 2, 3, 4, 5, 6, 7], change=_once(change), counts=counts))
    assert {1, 2, 3} <= set(came)
    if counts or rule:
        assert (state, rule) == (ProofState.UNPROVEN, "counts_drifted")
    else:  # without a count a change behind what was read cannot be told from a longer or shorter table, and misses nothing
        assert {2, 3, 4, 5, 6} <= set(came)


def test_a_row_lost_and_one_won_before_our_place_leave_the_count_and_are_noticed_all_the_same():
    def swap(rows):
        rows.pop(0)
        rows.append(99)

    came, state, rule = read(Table([1, 2, 3, 4, 5, 6, 7], change=_once(swap)))
    assert (state, rule) == (ProofState.UNPROVEN, "counts_drifted")
    assert len(came) >= 7


def test_rows_that_overlap_are_one_listing_and_too_few_of_them_prove_nothing():
    class Unsteady(Table):
        def get(self, url):
            self.list.reverse()
            return super().get(url)

    table = Unsteady(list(range(9)))
    came, state, _ = read(table)
    assert len(came) == len(set(came))
    assert table.facts.superseded > 0
    assert state in (ProofState.UNPROVEN, ProofState.PARTIAL)


@pytest.mark.parametrize("total", [3, 6, 8, 500])
def test_a_count_that_lies_makes_no_run_complete_and_loses_no_row(total):
    came, state, _ = read(Table(list(range(20)), total=total))
    assert len(came) == 20
    assert state in (ProofState.UNPROVEN, ProofState.PARTIAL)


def test_a_server_that_knows_whole_pages_only_is_asked_for_these():
    table = Table(list(range(8)), whole_pages=True)
    came, state, _ = read(table)
    assert (len(came), state) == (8, ProofState.COMPLETE)
    assert table.asked == [(1, 0), (2, 2), (3, 3), (4, 6)]


def test_a_server_that_gives_the_first_page_for_every_place_is_noticed_and_what_came_is_kept():
    class Deaf(Table):
        def get(self, url):
            return super().get("https://x.example/search?draw=1&start=0&length=3")

    came, state, rule = read(Deaf(list(range(20))))
    assert (came, state, rule) == ([0, 1, 2], ProofState.PARTIAL, "cut_short")


def test_a_table_without_end_stops_at_the_bound():
    class Endless(Table):
        def get(self, url):
            self.list.extend(range(len(self.list), len(self.list) + 9))
            return super().get(url)

    table = Endless([0], counts=False)
    _, state, rule = read(table)
    assert (state, rule, len(table.asked)) == (ProofState.PARTIAL, "cut_short", 200)


@pytest.mark.parametrize("said", [2**31 - 1, "2147483647", None, -1, True, "banyak", 1.5, ""])
def test_what_is_no_count_is_not_taken_for_one(said):
    assert count_of(said) is None


@pytest.mark.parametrize(("said", "count"), [(0, 0), (39065, 39065), ("39065", 39065)])
def test_a_count_is_a_number_or_its_digits(said, count):
    assert count_of(said) == count


@pytest.mark.parametrize(
    ("query", "length"), [("", 100), ("?length=25", 25), ("?length=9999", 1000), ("?length=-1", 100), ("?length=0", 100)]
)
def test_the_length_of_a_page_is_the_address_s_own_within_bounds(query, length):
    assert page_length(f"https://x.example/search{query}") == length


def test_rows_are_asked_for_by_a_column_that_tells_them_apart_where_the_address_names_it():
    url = "https://x.example/s?columns%5B0%5D%5Bdata%5D=paket&columns%5B1%5D%5Bdata%5D=id&order%5B0%5D%5Bcolumn%5D=5&order%5B0%5D%5Bdir%5D=DESC"
    said = parse_qs(urlsplit(steadily(url, "id")).query)
    assert (said["order[0][column]"], said["order[0][dir]"]) == (["1"], ["asc"])
    assert steadily("https://x.example/s?tahun=2026", "id") == "https://x.example/s?tahun=2026"
