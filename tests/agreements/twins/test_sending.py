"""A message is sent until a signed receipt comes, in whatever way tries fail; a receiver on loopback that answers what it is told."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from connectors.kit.simulator import Canned, serve
from exchange.agreements.twins import handshake, peers
from exchange.agreements.twins.outbox import put
from exchange.agreements.twins.standing import SILENCE
from exchange.jobs.twin_needs import needs_of_twins
from exchange.jobs.twins import LEASE, PATH, PAUSES, Twins
from exchange.jobs.worker import KINDS, Worker
from exchange.publish.detached import HEADER
from exchange.store.base import utcnow
from exchange.store.twins import list_twins, message_of, messages_of

from ..cases import TODAY, go, new_case  # isort: skip
from .both import THERE, Side, mine  # isort: skip


@pytest.fixture
def offered(ours: Side, theirs: Side):
    """A case that was offered to a node whose server answers what the test says."""
    with serve(feeds=(), script={PATH: [Canned.json({}, status=503)]}) as served:
        ours.trusts(theirs, served.base)
        with ours.store.work() as session:
            ours.case = new_case(session, ours.node).ident
            handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
        yield served


def message(its: Side, number: int = 1):
    with its.store.read() as session:
        (twin,) = list_twins(session)
        return message_of(session, twin.id, "out", number)


def as_theirs(theirs: Side, body: bytes, signature: str) -> Canned:
    """What the other node really answers to it, ready to be played."""
    told = theirs.hand_in(body, signature)
    return Canned(told.get_data(), status=told.status_code, headers={"Content-Type": "application/json", HEADER: told.headers[HEADER]})


def test_the_worker_of_every_node_sends_them():
    assert Twins in KINDS


@pytest.mark.parametrize(
    "answer",
    [
        Canned.json({"result": "applied"}), Canned(b"<html>Masuk</html>", status=200), Canned(b"", status=204), Canned.json({}, status=202),
        Canned.json({}, status=500), Canned(b"", status=302, headers={"Location": "/lain"}), Canned(b"abc", length=100),
        Canned(b"x" * 2_000_000), Canned.json({}, status=401), Canned.json({"wanted": 99}, status=409), Canned.json([], status=409),
        Canned.json({"wanted": "satu"}, status=409), Canned.json({"wanted": -1}, status=409),
    ],
)  # fmt: skip
def test_nothing_but_a_signed_receipt_counts_as_arrived(ours, offered, answer):
    offered.script[PATH] = [answer]
    now = utcnow()
    assert ours.send(at=now) == 1
    row = message(ours)
    assert (row.state, row.tries, ours.twin().acked) == ("failed", 1, 0)
    assert row.trouble
    assert ours.send(at=now) == 0, "it rests first"


def test_a_receipt_of_another_message_or_changed_on_its_way_does_not_count(ours, theirs, offered):
    theirs.trusts(ours, "http://127.0.0.1:9")
    ours.send()
    good = as_theirs(theirs, message(ours).body, ours.sign(message(ours).body))
    changed = orjson.loads(good.body) | {"received": 7}
    offered.script[PATH] = [Canned(orjson.dumps(changed), headers=good.headers)]
    ours.send(later=60)
    assert ours.twin().acked == 0
    with ours.store.work() as session:
        go(session, ours.node, mine(session, ours), "siapkan")
        (twin,) = list_twins(session)
        put(session, ours.region, twin, "state")
    offered.script[PATH] = [good]  # the first one's, for every message
    while ours.send(later=3600):
        if message(ours, 2).tries > 1:
            break
    assert (message(ours).state, message(ours, 2).state) == ("acked", "failed")


def test_the_pauses_grow_and_nothing_is_ever_given_up(ours, offered):
    now, pauses = utcnow(), []
    for _ in range(len(PAUSES) + 3):
        kind = Twins(ours.store, ours.settings, lambda at=now: at)
        assert Worker(ours.store, ours.settings, [kind]).run(once=True) == 1
        row = message(ours)
        pauses.append((row.next_at - now).total_seconds())
        now = row.next_at
    for pause, wanted in zip(pauses, [*PAUSES, *(PAUSES[-1],) * 3], strict=True):
        assert 0.9 * wanted <= pause <= 1.1 * wanted
    with ours.store.read() as session:
        assert needs_of_twins(session) == []


def test_a_message_that_does_not_arrive_for_a_day_is_told_of(ours, offered):
    ours.send()
    with ours.store.work() as session:
        messages_of(session, list_twins(session)[0].id, "out")[0].made_at -= SILENCE + timedelta(hours=1)
    with ours.store.read() as session:
        (need,) = needs_of_twins(session)
    assert need.kind == "twin-silent"
    assert "503" in need.what


def test_a_worker_that_was_killed_while_it_sent_leaves_the_message_to_the_next_one(ours, theirs, offered):
    clock = utcnow()
    first = Twins(ours.store, ours.settings, lambda: clock)
    assert len(first.take(8)) == 1  # and is killed before it has an answer
    assert message(ours).state == "sending"
    with ours.store.work() as session:
        list_twins(session)[0].leased_by = "mesin-lain:1:x"
    second = Twins(ours.store, ours.settings, lambda: clock + timedelta(seconds=1))
    assert second.take(8) == [], "the other one may still be at it"
    third = Twins(ours.store, ours.settings, lambda: clock + LEASE + timedelta(seconds=1))
    assert len(third.take(8)) == 1


def test_what_came_back_too_late_for_its_lease_changes_nothing(ours, offered):
    clock = utcnow()
    (slow,) = Twins(ours.store, ours.settings, lambda: clock).take(8)
    (fast,) = Twins(ours.store, ours.settings, lambda: clock + LEASE * 2).take(8) or [None]
    if fast is None:  # the same process is alive: its lease holds until it lapses by the clock alone
        pytest.fail("a lapsed lease was not taken over")
    slow()
    assert message(ours).tries == 0
    fast()
    assert message(ours).tries == 1


def test_a_message_that_rests_does_not_hold_up_the_next_one_and_the_receiver_orders_them(ours, theirs, trusting_late):
    served, url = trusting_late
    ours.send()  # the first one fails, and rests
    with ours.store.work() as session:
        (twin,) = list_twins(session)
        put(session, ours.region, twin, "state")
    served.script[PATH] = [Canned.json({}, status=503)]
    assert [message(ours, number).state for number in (1, 2)] == ["failed", "waiting"]
    with ours.store.work() as session:
        peers.peer_named(session, THERE).url = url
    ours.send()
    assert message(ours, 2).status == 409, "of a twin that is not known there only the offer is taken"
    ours.send(later=60)
    ours.send(later=120)
    assert (ours.twin().acked, theirs.twin().received) == (2, 2)


@pytest.fixture
def trusting_late(ours, theirs, offered):
    """The simulator that fails first, and the address of the real node behind."""
    from .both import listening

    theirs.trusts(ours, "http://127.0.0.1:9")
    with listening(theirs.app) as url:
        yield offered, url


def test_a_receiver_whose_books_came_back_from_a_backup_gets_again_what_it_lacks(ours, theirs, trusting):
    with ours.store.work() as session:
        ours.case = new_case(session, ours.node).ident
        handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
    ours.send()
    for _ in range(3):
        with ours.store.work() as session:
            put(session, ours.region, list_twins(session)[0], "state")
        ours.send()
    assert (ours.twin().acked, theirs.twin().received) == (4, 4)
    with theirs.store.work() as session:  # as it was after the second message
        (twin,) = list_twins(session)
        for row in messages_of(session, twin.id, "in"):
            if row.number == 2:
                twin.received, twin.head_in = 2, row.digest
            if row.number > 2:
                session.delete(row)
    with ours.store.work() as session:
        put(session, ours.region, list_twins(session)[0], "state")
    for later in (0, 10, 60, 600):
        ours.send(later=later)
    assert (ours.twin().acked, theirs.twin().received, theirs.twin().fork) == (5, 5, None)


def test_the_message_is_written_in_the_transaction_of_the_step_or_not_at_all(ours, theirs, offered):
    with ours.store.work() as session:
        before = list_twins(session)[0].sent
        for step in ("siapkan", "ajukan_telaah", "telaah"):
            go(session, ours.node, mine(session, ours), step, on=TODAY)
        assert list_twins(session)[0].sent == before
    with pytest.raises(ZeroDivisionError), ours.store.work() as session:
        go(session, ours.node, mine(session, ours), "kirim_penawaran", on=TODAY)
        assert list_twins(session)[0].sent == before + 1
        raise ZeroDivisionError
    assert (ours.twin().sent, message(ours, before + 1)) == (before, None)
