"""Whatever the network does to messages, the receiver comes to the same end as if each had come once and in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from exchange.agreements.twins.inbox import WINDOW, Arrived, Inbox, after, judge


def chain(count: int, salt: str = "") -> list[Arrived]:
    """Messages of one sender, each behind the one before."""
    made: list[Arrived] = []
    for number in range(1, count + 1):
        previous = made[-1].digest if made else ""
        made.append(Arrived(number, previous, hashlib.sha256(f"{salt}{number}{previous}".encode()).hexdigest()))
    return made


class Receiver:
    """The inbox with the log behind it, as the database keeps both. told: which messages were taken, in the order in which they were."""

    def __init__(self) -> None:
        self.inbox, self.log, self.told, self.results = Inbox(), {}, [], []

    def come(self, message: Arrived) -> str:
        known = self.log.get(message.number)
        verdict = judge(self.inbox, message, known)
        if verdict.result in {"applied", "kept"}:
            self.log[message.number] = message.digest
        before = self.inbox
        self.inbox = after(self.inbox, message, verdict)
        waiting = {**before.held, message.number: message}
        self.told += [waiting[number] for number in verdict.apply]
        self.results.append(verdict.result)
        return verdict.result

    def all(self, messages: Iterable[Arrived]) -> Receiver:
        for message in messages:
            self.come(message)
        return self


@given(st.data(), st.integers(1, 12))
def test_every_order_with_every_repetition_ends_where_the_right_order_does(data, count):
    sent = chain(count)
    came = data.draw(st.permutations(sent + data.draw(st.lists(st.sampled_from(sent), max_size=20))))
    wanted, got = Receiver().all(sent), Receiver().all(came)
    assert got.inbox == wanted.inbox == Inbox(count, sent[-1].digest, {})
    assert got.told == sent, "each was taken once, in the sender's order"
    assert set(got.results) <= {"applied", "kept", "repeated"}


@given(st.data(), st.integers(1, 12))
def test_what_was_lost_is_made_good_by_sending_all_again(data, count):
    sent = chain(count)
    got = Receiver().all(data.draw(st.lists(st.sampled_from(sent), max_size=20)))
    before = list(got.told)
    assert before == sent[: len(before)], "nothing is taken over a gap"
    got.all(sent)
    assert got.told == sent


@given(st.data(), st.integers(1, 10))
def test_another_message_under_a_known_number_is_a_fork_and_changes_nothing(data, count):
    sent, other = chain(count), chain(count, "lain")
    got = Receiver().all(data.draw(st.permutations(sent)))
    before, told = got.inbox, list(got.told)
    for message in data.draw(st.lists(st.sampled_from(other), min_size=1, max_size=10)):
        assert got.come(message) == "fork"
    assert (got.inbox, got.told) == (before, told)


@given(st.integers(1, 8), st.integers(0, 7))
def test_a_message_that_does_not_follow_is_not_taken_and_leaves_room_for_the_right_one(count, cut):
    sent = chain(count + 1)
    known = min(cut, count)
    got = Receiver().all(sent[:known])
    stray = sent[known]._replace(previous="f" * 64, digest="e" * 64)
    assert got.come(stray) == "fork"
    got.all(sent)
    assert got.told == sent


def test_far_ahead_nothing_is_kept():
    sent = chain(WINDOW + 2)
    got = Receiver()
    assert got.come(sent[WINDOW]) == "beyond"
    assert got.come(sent[WINDOW - 1]) == "kept"
    assert set(got.inbox.held) == {WINDOW}
