"""The feed is in commit order: who reads after N misses nothing, whoever writes meanwhile."""

from __future__ import annotations

import random
import threading
import time

from exchange.store.base import Store
from exchange.store.changes import changes_after, note_change

WRITERS, ROUNDS = 6, 25


def test_a_reader_that_follows_the_feed_sees_every_change_once_while_six_write(store: Store):
    done = threading.Event()
    wrong: list[BaseException] = []

    def write(name: int) -> None:
        try:
            rng = random.Random(name)
            for number in range(ROUNDS):
                with store.work() as session:
                    for part in range(rng.randint(1, 4)):
                        note_change(session, "test", f"{name}-{number}-{part}", 1)
                    time.sleep(rng.random() / 500)
        except BaseException as error:
            wrong.append(error)

    seen: list[tuple[int, str]] = []

    def read() -> None:
        cursor = 0
        while True:
            last = done.is_set()
            with store.read() as session:
                new = changes_after(session, cursor, 50)
            seen.extend((row.id, row.ident) for row in new)
            cursor = seen[-1][0] if seen else 0
            if last and not new:
                return

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert not wrong
    with store.read() as session:
        kept = [(row.id, row.ident) for row in changes_after(session, 0, 10**6)]
    assert seen == kept
    assert len({ident for _, ident in kept}) == len(kept)


def test_a_transaction_that_fails_leaves_nothing_on_the_feed(store: Store):
    class Stop(Exception):
        pass

    try:
        with store.work() as session:
            note_change(session, "test", "lost", 1)
            raise Stop
    except Stop:
        pass
    with store.work() as session:
        note_change(session, "test", "kept", 1)
    with store.read() as session:
        assert [row.ident for row in changes_after(session, 0, 10)] == ["kept"]


def test_of_two_versions_in_one_transaction_the_later_one_is_told(store: Store):
    with store.work() as session:
        note_change(session, "test", "a", 1)
        note_change(session, "test", "a", 2)
    with store.read() as session:
        assert [(row.ident, row.version) for row in changes_after(session, 0, 10)] == [("a", 2)]
