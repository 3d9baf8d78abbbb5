from __future__ import annotations

import threading
import time

from exchange.matching.kept import Kept


def test_a_thing_is_made_once_and_again_where_its_stamp_changed() -> None:
    kept: Kept[int] = Kept(most=2)
    made = iter(range(9))
    assert [kept.get("a", stamp, lambda: next(made)) for stamp in (1, 1, 2, 2, 1)] == [0, 0, 1, 1, 2]


def test_the_one_not_asked_for_the_longest_goes_first() -> None:
    kept: Kept[str] = Kept(most=2)
    for name in ("a", "b", "a", "c"):
        kept.get(name, 1, lambda: "first")
    assert [kept.get(name, 1, lambda: "again") for name in ("a", "c", "b")] == ["first", "first", "again"]


def test_of_many_who_ask_at_once_one_makes_and_the_others_wait() -> None:
    kept: Kept[object] = Kept(most=1)
    made: list[object] = []

    def make() -> object:
        time.sleep(0.02)
        made.append(object())
        return made[-1]

    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(kept.get("a", 1, make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == made * 8


def test_what_could_not_be_made_is_tried_again() -> None:
    kept: Kept[int] = Kept(most=1)
    for _ in range(2):
        try:
            kept.get("a", 1, lambda: 1 // 0)
        except ZeroDivisionError:
            continue
        raise AssertionError
    assert kept.get("a", 1, lambda: 5) == 5
