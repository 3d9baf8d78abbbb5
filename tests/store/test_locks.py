"""One holder at a time; a dead one's lock is taken over, a live one's is not."""

import threading

from exchange.store.base import Store, utcnow
from exchange.store.locks import LAPSE, LockRow, give_back, renew, take


def test_the_second_who_tries_learns_who_holds_it(store: Store):
    with store.work() as session:
        assert take(session, "n", "a") is None
    with store.work() as session:
        assert take(session, "n", "b").holder == "a"
        assert take(session, "other", "b") is None


def test_a_lock_that_was_given_back_is_free_and_only_its_holder_gives_it_back(store: Store):
    with store.work() as session:
        take(session, "n", "a")
        give_back(session, "n", "b")
        assert take(session, "n", "b") is not None
        give_back(session, "n", "a")
        assert take(session, "n", "b") is None


def test_a_lock_without_a_sign_of_life_is_taken_over_and_its_holder_notices(store: Store):
    with store.work() as session:
        session.add(LockRow(name="n", holder="dead", beat=utcnow() - LAPSE * 2))
    with store.work() as session:
        assert take(session, "n", "b") is None
        assert not renew(session, "n", "dead")
        assert renew(session, "n", "b")


def test_of_many_who_try_at_once_exactly_one_holds_it(store: Store):
    start, held, wrong = threading.Barrier(8), [], []

    def attempt(name: str) -> None:
        start.wait()
        try:
            with store.work() as session:
                if take(session, "n", name) is None:
                    held.append(name)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=attempt, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(held) == 1
