"""The index of demands is what a fresh make of it gives, however it came about, and what is wrong in it is found and made right."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from exchange.demand.indexing import advance, catch_up, differences, lag, make_anew
from exchange.store import migrate
from exchange.store.demand_index import PostingRow, standing
from exchange.store.feed import forget_changes
from exchange.store.postings import pack, unpack

from .plans import HOME, NOW, change, fill  # isort: skip


def test_the_index_is_what_a_fresh_make_gives_however_it_came_about(store):
    fill(store, 1, 80)
    for seed in range(4):
        advance(store, HOME, 30)
        change(store, seed + 10, 12)
    catch_up(store, HOME)
    with store.read() as session:
        assert differences(session, HOME) == []
        kept = session.execute(select(PostingRow.term, PostingRow.block, PostingRow.body).order_by(PostingRow.term)).all()
    assert kept
    make_anew(store, HOME)
    with store.read() as session:
        assert session.execute(select(PostingRow.term, PostingRow.block, PostingRow.body).order_by(PostingRow.term)).all() == kept


def test_what_is_wrong_is_found_and_made_right_while_changes_wait(store):
    fill(store, 1, 40)
    catch_up(store, HOME)
    change(store, 2, 5)
    with store.work() as session:
        assert differences(session, HOME) == [], "what waits is no fault"
        row = session.scalars(select(PostingRow).where(PostingRow.term == "besi")).one()
        row.body = pack([*unpack(row.body).tolist(), 9000])
        session.delete(session.scalars(select(PostingRow).where(PostingRow.term == "#status:open")).one())
    with store.read() as session:
        assert differences(session, HOME) == ["0:#status:open", "0:besi"]
    make_anew(store, HOME)
    with store.read() as session:
        assert differences(session, HOME) == []


def test_an_index_that_has_missed_forgotten_changes_is_made_anew(store):
    fill(store, 1, 30)
    catch_up(store, HOME)
    change(store, 2, 10)
    fill(store, 5, 5)
    with store.work() as session:
        while forget_changes(session, NOW + timedelta(days=4000)):
            pass
    with store.read() as session:
        before = standing(session)
    catch_up(store, HOME)
    with store.read() as session:
        assert standing(session).revision > before.revision + 1
        assert (differences(session, HOME), lag(session)) == ([], 0)


def test_a_step_that_another_worker_was_faster_with_writes_nothing(store, monkeypatch):
    from exchange.demand import indexing

    fill(store, 1, 20)
    reckoned, raced = indexing._reckoned, []

    def slow(session, home_region, most):
        step = reckoned(session, home_region, most)
        if not raced:
            raced.append(True)
            catch_up(store, HOME)
        return step

    monkeypatch.setattr(indexing, "_reckoned", slow)
    assert advance(store, HOME) == 0, "the other one took all of it"
    with store.read() as session:
        assert differences(session, HOME) == []


def test_after_an_upgrade_from_before_months_of_need_the_index_is_made_again_and_nothing_is_missed(store):
    fill(store, 1, 40)
    catch_up(store, HOME)
    migrate.downgrade(store, "0028")
    with store.work() as session:
        assert "=need" not in session.scalars(select(PostingRow.term)).all()
    change(store, 2, 5)
    migrate.upgrade(store)
    with store.read() as session:
        assert standing(session).filled == 0 and lag(session) > 0, "until it is made it says how far behind it is"
    catch_up(store, HOME)
    with store.read() as session:
        assert (differences(session, HOME), lag(session)) == ([], 0)
        assert "=need" in session.scalars(select(PostingRow.term)).all()
