"""The change feed's cursors and pages: which of them hold, what they cost, and what they never tell."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from exchange.api import feed_cursors

from .following import FEED, Copy, change, pages, read, shown  # isort: skip


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
    change(store, "rename", "LGM-1")  # the newest one of a reader stays
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
