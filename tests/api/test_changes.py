"""The change feed: a reader that follows it has what the lists show, and learns nothing of what others read."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.api import feed_cursors
from exchange.store.businesses import BusinessRow
from exchange.store.demands import demand_by_ident
from exchange.store.products import products_by_sku, products_of_business

FEED = "/api/v1/changes"
LISTS = {"business": ("businesses", "ident"), "product": ("products", "sku"), "demand": ("demands", "ident")}


def read(client: FlaskClient, since: str | None = None, **more: Any) -> dict[str, Any]:
    answer = client.get(FEED, query_string=more | ({"since": since} if since else {}))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pages(client: FlaskClient, since: str | None = None, **more: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = read(client, since, **more)
        yield page
        since = page["next"]
        if not page["more"]:
            return


class Copy:
    """What a reader keeps that follows the feed."""

    def __init__(self, client: FlaskClient, **asked: Any) -> None:
        self.client, self.asked = client, asked
        self.records: dict[tuple[str, str], Any] = {}
        self.cursor: str | None = None
        self.told: list[tuple[str, str, str]] = []

    def step(self, **more: Any) -> bool:
        """Read one page; whether there is more."""
        page = read(self.client, self.cursor, **(self.asked | more))
        for entry in page["items"]:
            name = entry["kind"], entry["ident"]
            self.told.append((*name, entry["op"]))
            if entry["op"] == "delete":
                assert "record" not in entry
                self.records.pop(name, None)
            else:
                assert entry["record"]["version"] == entry["version"]
                self.records[name] = entry["record"]
        self.cursor = page["next"]
        return page["more"]

    def follow(self, **more: Any) -> list[tuple[str, str, str]]:
        """Read on to the end; what was told."""
        begun = len(self.told)
        while self.step(**more):
            pass
        return self.told[begun:]


def shown(client: FlaskClient) -> dict[tuple[str, str], Any]:
    """What the lists show."""
    found = {}
    for kind, (path, key) in LISTS.items():
        for each in client.get(f"/api/v1/{path}?limit=200").get_json()["items"]:
            found[kind, each[key]] = each
    return found


def change(store: Any, what: str, name: str) -> None:
    """One act on one record, as the service does it."""
    with store.work() as session:
        if what in {"rename", "offer", "withdraw"}:
            row = products_by_sku(session, [name])[name]
            row.version += 1
            if what == "rename":
                row.name = f"{row.name} {row.version}"
            else:
                row.state = "active" if what == "offer" else "withdrawn"
            refresh_products(session, [row])
        elif what in {"consent", "refuse"}:
            firm = session.scalars(select(BusinessRow).where(BusinessRow.ident == name)).one()
            firm.consented_on = firm.visited_on if what == "consent" else None
            firm.version += 1
            refresh_businesses(session, [firm])
            refresh_products(session, products_of_business(session, firm.id))
        else:
            demand = demand_by_ident(session, name)
            assert demand is not None
            demand.state = "withdrawn" if what == "take back" else "live"
            demand.version += 1
            session.flush()
            refresh_demands(session, [demand], "36.72")


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


def assert_gone(client: FlaskClient, cursor: str, why: str) -> None:
    answer = client.get(FEED, query_string={"since": cursor})
    told = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert why in told["detail"]
    assert "tanpa since" in told["mend"]
    assert told["resync"] == FEED
    assert read(client)["items"], "the way that it tells is open"


def test_a_cursor_of_another_tier_policy_or_database_is_gone_with_the_way_to_begin_anew(visitor, staff, store, monkeypatch):
    from exchange.store.feed import renew_epoch

    cursor = [page["next"] for page in pages(visitor)][-1]
    for started in (cursor, read(visitor, limit=1)["next"]):
        assert_gone(staff, started, "Hak baca")
        with monkeypatch.context() as patch:
            patch.setattr(feed_cursors, "POLICY", "another")
            assert_gone(visitor, started, "Aturan")
    with store.work() as session:
        renew_epoch(session)
    assert_gone(visitor, cursor, "diganti")


def test_a_cursor_sealed_by_another_secret_is_gone_and_what_is_no_cursor_is_refused(visitor, settings):
    cursor = [page["next"] for page in pages(visitor)][-1]
    for place in range(0, len(cursor), 7):
        altered = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        assert_gone(visitor, altered, "bukan dari basis data ini")
    for junk in ("x", "!" * 60, cursor[:20], "%00", cursor + "!"):
        answer = visitor.get(FEED, query_string={"since": junk})
        assert answer.status_code == 400
        assert answer.get_json()["errors"][0]["parameter"] == "since"


def test_a_cursor_past_retention_is_gone_for_those_only_who_missed_something(visitor, staff, store, world):
    from exchange.store.base import utcnow
    from exchange.store.feed import forget_changes

    public, own = Copy(visitor), Copy(staff)
    public.follow()
    own.follow()
    for what in ("rename", "withdraw", "offer"):
        change(store, what, "SLT-1")
    with store.work() as session:
        while forget_changes(session, utcnow(), limit=2):
            pass
    assert public.follow() == []
    assert_gone(staff, own.cursor, "masa simpan")
    change(store, "rename", "LGM-1")
    assert public.follow() == [("product", "LGM-1", "upsert")]
    change(store, "rename", "LGM-1")
    change(store, "rename", "OFF-1")
    with store.work() as session:
        while forget_changes(session, utcnow()):
            pass
    assert_gone(visitor, public.cursor, "masa simpan")
    anew = Copy(visitor)
    anew.follow()
    assert anew.records == shown(visitor)
    assert anew.follow() == []


def test_a_place_behind_the_newest_change_is_of_a_database_that_was_turned_back(visitor, store):
    from exchange.store.changes import ChangeRow

    change(store, "rename", "LGM-1")
    cursor = [page["next"] for page in pages(visitor)][-1]
    with store.work() as session:
        last = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc())).first()
        session.delete(last)
    assert_gone(visitor, cursor, "dikembalikan")


def test_a_page_costs_five_statements_at_most(visitor, staff, store, world, statements):
    for client in (visitor, staff):
        cursor = None
        for limit in (1000, 1, 1000, 1000):
            with statements() as seen:
                cursor = read(client, cursor, limit=limit)["next"]
            assert len(seen) <= 5, seen


def test_unchanged_answers_are_a_304_and_a_next_page_is_linked(visitor):
    asked = {"limit": 2, "kind": "product"}
    first = visitor.get(FEED, query_string=asked)
    assert first.headers["Link"].startswith(f"<{FEED}?limit=2&kind=product&since=")
    assert visitor.get(FEED, query_string=asked, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    for wrong in ("0", "1001", "x"):
        assert visitor.get(FEED, query_string={"limit": wrong}).status_code == 400


def test_the_public_is_told_nothing_hidden(visitor, store, world, markers):
    for what, name in (("withdraw", "LGM-1"), ("refuse", world.sole), ("rename", "SLT-1")):
        change(store, what, name)
    told = "".join(str(page) for page in pages(visitor))
    assert not [name for name, marker in markers.items() if marker in told]
    assert not [ident for ident in (world.private_demand, world.pulled_demand, world.silent) if ident in told]
