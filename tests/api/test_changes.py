"""The change feed: a reader that follows it has what the lists show, and learns nothing of what others read."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.access.segments import refresh_products
from exchange.store.products import products_by_sku

from .following import FEED, Copy, change, pages, read, shown  # isort: skip


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_a_pass_from_the_beginning_gives_what_the_lists_show(visitor, staff, limit):
    for client in (visitor, staff):
        copy = Copy(client, limit=limit)
        copy.follow()
        assert copy.records == shown(client)
        assert len(copy.told) == len(set(copy.told)) == len(copy.records), "each comes once"


def test_the_end_is_told_and_its_cursor_goes_on_there(visitor, store):
    copy = Copy(visitor)
    copy.follow()
    assert [page["items"] for page in pages(visitor, copy.cursor)] == [[]]
    assert read(visitor, copy.cursor) == {"items": [], "more": False, "next": copy.cursor, "region": "36.72"}
    change(store, "rename", "LGM-2")
    assert copy.follow() == [("product", "LGM-2", "upsert")]
    assert copy.records == shown(visitor)


def test_what_is_no_longer_read_is_a_tombstone_for_those_who_read_it_and_a_change_for_staff(visitor, staff, store, world):
    public, own = Copy(visitor), Copy(staff)
    public.follow()
    own.follow()
    change(store, "withdraw", "LGM-1")
    change(store, "take back", world.own_demand)
    assert public.follow() == [("product", "LGM-1", "delete"), ("demand", world.own_demand, "delete")]
    assert own.follow() == [("product", "LGM-1", "upsert"), ("demand", world.own_demand, "delete")]
    change(store, "offer", "LGM-1")
    change(store, "give again", world.own_demand)
    assert {op for _, _, op in public.follow()} == {"upsert"}
    assert public.records == shown(visitor)


def test_a_firm_that_takes_its_consent_back_goes_with_its_products(visitor, store, world):
    copy = Copy(visitor)
    copy.follow()
    change(store, "refuse", world.firm)
    gone = {("business", world.firm, "delete"), ("product", "LGM-1", "delete"), ("product", "LGM-2", "delete")}
    assert set(copy.follow()) == gone, "OFF-1 was never read and is not told"
    change(store, "consent", world.firm)
    assert len(copy.follow()) == 3
    assert copy.records == shown(visitor)


def test_what_others_read_leaves_no_trace(visitor, staff, store, world):
    """Neither an entry nor a gap, nor another cursor, nor another tag."""
    first = visitor.get(FEED)
    cursor = [page["next"] for page in pages(visitor)][-1]
    tag = visitor.get(FEED, query_string={"since": cursor}).headers["ETag"]
    before = read(staff)
    for what, name in (
        ("rename", "SLT-1"), ("rename", "OFF-1"), ("withdraw", "SLT-1"), ("take back", world.pulled_demand),
        ("take back", world.private_demand), ("refuse", world.silent),
    ):  # fmt: skip
        change(store, what, name)
    assert read(visitor, cursor) == {"items": [], "more": False, "next": cursor, "region": "36.72"}
    assert visitor.get(FEED, query_string={"since": cursor}, headers={"If-None-Match": tag}).status_code == 304
    assert visitor.get(FEED).data == first.data
    assert read(staff)["next"] != before["next"]


def test_a_record_that_came_and_went_in_one_transaction_is_no_news_to_those_who_never_read_it(visitor, store):
    copy = Copy(visitor)
    copy.follow()
    with store.work() as session:
        row = products_by_sku(session, ["OFF-1"])["OFF-1"]
        row.state = "active"
        refresh_products(session, [row])
        row.state, row.version = "withdrawn", 2
        refresh_products(session, [row])
    assert copy.follow() == []


def test_a_record_that_changes_often_comes_once_as_it_is_now(visitor, store):
    copy = Copy(visitor)
    copy.follow()
    for _ in range(4):
        change(store, "rename", "LGM-1")
        change(store, "rename", "LGM-2")
    assert copy.follow(limit=1) == [("product", "LGM-1", "upsert"), ("product", "LGM-2", "upsert")]
    assert copy.records == shown(visitor)


def test_one_kind_alone_is_followed_alone(visitor, store, world):
    copy = Copy(visitor, kind="product")
    copy.follow()
    assert {kind for kind, _ in copy.records} == {"product"}
    change(store, "take back", world.own_demand)
    change(store, "rename", "PGN-1")
    assert copy.follow() == [("product", "PGN-1", "upsert")]
    other = visitor.get(FEED, query_string={"since": copy.cursor})
    assert other.status_code == 400
    assert other.get_json()["errors"][0]["parameter"] == "since"


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["rename", "offer", "withdraw", "consent", "refuse", "take back", "give again", "read", "read"]), st.integers(0, 4)
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, limit=st.integers(1, 4))
def test_whatever_happens_between_two_pages_a_reader_ends_with_what_is_shown(visitor, staff, store, world, acts, limit):
    names = {
        "rename": ["LGM-1", "LGM-2", "PGN-1", "SLT-1", "OFF-1"], "consent": [world.firm, world.sole, world.silent],
        "take back": [world.own_demand, world.private_demand, world.pulled_demand],
    }  # fmt: skip
    names |= {"offer": names["rename"], "withdraw": names["rename"], "refuse": names["consent"], "give again": names["take back"]}
    copies = [Copy(visitor, limit=limit), Copy(staff, limit=limit)]
    for what, number in acts:
        if what == "read":
            for copy in copies:
                copy.step()
        else:
            change(store, what, names[what][number % len(names[what])])
    for copy in copies:
        copy.follow()
        assert copy.records == shown(copy.client)
        assert copy.follow() == []


def test_a_reader_misses_nothing_while_four_write(visitor, app, store, world):
    names = ["LGM-1", "LGM-2", "PGN-1", "OFF-1"]
    wrong: list[BaseException] = []

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for _ in range(15):
                change(store, rng.choice(["rename", "withdraw", "offer"]), rng.choice(names))
        except BaseException as error:
            wrong.append(error)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    copy = Copy(visitor, limit=2)
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        copy.step()
    copy.follow()
    assert not wrong
    assert copy.records == shown(visitor)
