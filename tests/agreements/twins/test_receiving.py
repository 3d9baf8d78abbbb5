"""The door for other nodes: whose signature fits goes in, everybody else is told nothing, and nothing is taken twice or out of order."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.agreements.twins import handshake, peers
from exchange.agreements.twins.message import LARGEST, canonical, new_ident, written
from exchange.agreements.twins.receive import MOST_INCOMING
from exchange.jobs.twin_check import view_question
from exchange.publish.base64url import encoded
from exchange.publish.detached import HEADER, proves, read, sign
from exchange.publish.keys import Key, Ring, thumbprint
from exchange.store.base import utcnow
from exchange.store.twins import list_twins, messages_of
from schemas.examples import EXAMPLES

from ..cases import TODAY, new_case  # isort: skip
from .both import HERE, THERE, Side  # isort: skip

VIEW = EXAMPLES["TwinMessage"]["offer"]["value"]["view"]


@pytest.fixture
def known(ours: Side, theirs: Side) -> tuple[Side, Side]:
    """The other node is trusted here; its messages are handed in by the test."""
    ours.trusts(theirs, "http://127.0.0.1:9")
    return ours, theirs


class Sender:
    """What the other node would send, message by message."""

    def __init__(self, its: Side) -> None:
        self.its, self.twin, self.made = its, new_ident(), []

    def write(self, kind: str = "state", **view) -> bytes:
        previous = self.made[-1].digest if self.made else ""
        message = written(
            twin=self.twin, kind=kind, number=len(self.made) + 1, previous=previous, sender=THERE, receiver=HERE, at=utcnow(),
            view=VIEW | view, title="Pagar sekolah" if kind == "offer" else None,
        )  # fmt: skip
        self.made.append(message)
        return message.body

    def several(self, count: int) -> list[bytes]:
        return [self.write("offer"), *(self.write(numbers={"penawaran": str(number)}) for number in range(2, count + 1))]


def hand_in(known: tuple[Side, Side], body: bytes):
    ours, theirs = known
    return ours.hand_in(body, theirs.sign(body))


def test_the_example_of_the_contract_is_taken_as_an_offer(known):
    body = canonical(EXAMPLES["TwinMessage"]["offer"]["value"])
    answer = hand_in(known, body)
    assert (answer.status_code, answer.get_json()["result"]) == (200, "applied"), answer.text
    assert known[0].twin().title == "Pemenuhan pagar sekolah"


def test_the_receipt_is_signed_by_the_receivers_key_over_its_very_bytes(known):
    answer = hand_in(known, Sender(known[1]).write("offer"))
    signature, key = read(answer.headers[HEADER]), Ring(known[0].settings.data_dir).signing()
    assert signature.kid == key.kid
    assert proves(signature, answer.get_data(), key.public)
    assert not proves(signature, answer.get_data() + b" ", key.public)


def test_the_same_message_again_changes_nothing_and_gets_the_same_answer(known):
    body = Sender(known[1]).write("offer")
    first, again = hand_in(known, body).get_json(), hand_in(known, body).get_json()
    assert again | {"at": "", "result": ""} == first | {"at": "", "result": ""}
    assert (first["result"], again["result"], known[0].twin().received) == ("applied", "repeated", 1)


def test_a_message_that_came_too_early_is_kept_and_taken_once_the_missing_one_came(known):
    bodies = Sender(known[1]).several(4)
    hand_in(known, bodies[0])
    for early in (bodies[3], bodies[2], bodies[3]):
        answer = hand_in(known, early)
        assert (answer.status_code, answer.get_json()["waiting_for"], answer.get_json()["result"]) == (202, 2, "kept")
    assert known[0].twin().theirs["numbers"] == VIEW["numbers"]
    assert hand_in(known, bodies[1]).get_json()["received"] == 4
    assert known[0].twin().theirs["numbers"] == {"penawaran": "4"}
    with known[0].store.read() as session:
        assert [(one.number, one.state, one.body) for one in messages_of(session, known[0].twin().id, "in")] == [
            (number, "applied", body) for number, body in enumerate(bodies, 1)
        ]


def test_before_the_offer_nothing_is_kept_and_the_sender_is_told_where_to_begin(known):
    bodies = Sender(known[1]).several(2)
    answer = hand_in(known, bodies[1])
    assert (answer.status_code, answer.get_json()["wanted"]) == (409, 1)
    with known[0].store.read() as session:
        assert list_twins(session) == []


def test_another_message_under_a_known_number_is_shown_to_a_person_and_changes_nothing(known):
    sender = Sender(known[1])
    bodies = sender.several(2)
    for body in bodies:
        hand_in(known, body)
    before = known[0].twin()
    sender.made.pop()
    answer = hand_in(known, sender.write(numbers={"penawaran": "lain"}))
    twin = known[0].twin()
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/pesan-bercabang")
    assert "nomor 2" in twin.fork
    assert (twin.theirs, twin.received, twin.head_in) == (before.theirs, before.received, before.head_in)


def test_an_older_view_does_not_take_the_place_of_a_newer_one(known):
    bodies = Sender(known[1]).several(3)
    hand_in(known, bodies[0])
    with known[0].store.work() as session:  # the nightly comparison heard of message 3 before it came
        (twin,) = list_twins(session)
        twin.theirs, twin.theirs_number = VIEW | {"numbers": {"penawaran": "3"}}, 3
    hand_in(known, bodies[1])
    assert (known[0].twin().theirs["numbers"], known[0].twin().received) == ({"penawaran": "3"}, 2)


def stranger() -> Key:
    secret = Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes_raw()
    return Key(thumbprint(public), public, "active", utcnow(), secret=secret.private_bytes_raw())


def forged(kid: str) -> Key:
    """A stranger's key that bears a trusted one's name."""
    return replace(stranger(), kid=kid)


def test_who_is_not_trusted_is_told_one_thing_whatever_is_wrong_and_leaves_no_trace(known):
    ours, theirs = known
    body = Sender(theirs).write("offer")
    good = theirs.sign(body)
    kid = Ring(theirs.settings.data_dir).signing().kid
    head, mark = good.split("..")
    words = [
        "", "x", "...", good[:-2], f"{head}..", f"{head}..{encoded(os.urandom(64))}", sign(stranger(), body, utcnow()),
        sign(forged(kid), body, utcnow()), theirs.sign(body + b" "), ours.sign(body), "ÿ", f"{head}..{mark}..{mark}", "eyJ9..AA",
    ]  # fmt: skip
    told = set()
    for word in words:
        answer = ours.hand_in(body, word.encode("latin-1", "replace").decode("latin-1"))
        said = answer.get_json()
        assert (answer.status_code, said["missing"]) == (401, ["signature"]), word
        told.add(said["detail"])
    assert len(told) == 1
    for changed in (body.replace(b"Pagar", b"Pager"), body[:-1], body + b"\n", b"", b"{}"):
        assert ours.hand_in(changed, good).status_code == 401
    with ours.store.read() as session:
        assert list_twins(session) == []


def test_a_chain_that_a_stranger_made_leads_nowhere(known):
    ours, theirs = known
    body = Sender(theirs).write("offer")
    key = Ring(theirs.settings.data_dir).signing()
    new = stranger()
    claim = encoded(canonical({"at": "2026-11-27T00:00:00Z", "kid": new.kid, "x": encoded(new.public)}))
    head = encoded(canonical({"alg": "EdDSA", "kid": key.kid, "typ": "exchange-succession"}))
    mark = encoded(new.sign(f"{head}.{claim}".encode()))
    for chain in (f"{head}.{claim}.{mark}", f"{head}.{claim}.", "x.y.z", f"{head}.{claim}.{mark} " * 50):
        assert ours.hand_in(body, sign(new, body, utcnow()), chain).status_code == 401
    with ours.store.read() as session:
        assert peers.peer_named(session, THERE).kid == key.kid


def test_a_node_that_is_trusted_no_more_is_a_stranger(known):
    ours, theirs = known
    with ours.store.work() as session:
        peers.distrust(session, THERE, actor="uji")
    assert hand_in(known, Sender(theirs).write("offer")).status_code == 401


def test_a_signed_message_that_cannot_be_read_is_refused_with_the_members_named(known):
    good = orjson.loads(Sender(known[1]).write("offer"))
    wrong = {
        "kind": "perintah", "number": 0, "twin": "urn:uuid:x", "previous": "g" * 64, "view": VIEW | {"state": "SELESAI"},
        "title": "a\u202eb", "more": 1, "at": "kemarin",
    }  # fmt: skip
    for name, value in wrong.items():
        answer = hand_in(known, canonical(good | {name: value}))
        assert (answer.status_code, name in answer.text) == (400, True), name
    for days in ({"kb": "2026-02-30"}, {"hari": "2026-02-03"}):
        assert hand_in(known, canonical(good | {"view": VIEW | {"days": days}})).status_code == 400
    for body in (orjson.dumps(good, option=orjson.OPT_INDENT_2), b"[]", b"nicht", canonical(good | {"note": "a\0b"})):
        assert hand_in(known, body).status_code == 400
    assert hand_in(known, canonical(good | {"receiver": "36.04"})).status_code == 400
    assert hand_in(known, canonical(good | {"sender": "36.04"})).status_code == 400
    assert hand_in(known, b" " * (LARGEST + 1)).status_code == 413
    with known[0].store.read() as session:
        assert list_twins(session) == []


def test_a_node_cannot_fill_the_desk_with_offers(known):
    for _ in range(MOST_INCOMING):
        assert hand_in(known, Sender(known[1]).write("offer")).status_code == 200
    assert hand_in(known, Sender(known[1]).write("offer")).status_code == 409
    with known[0].store.read() as session:
        assert len(list_twins(session)) == MOST_INCOMING


def test_no_message_takes_a_step_or_opens_anything(known):
    ours, theirs = known
    sender = Sender(theirs)
    hand_in(known, sender.write("offer"))
    with ours.store.work() as session:
        twin = handshake.accept(session, ours.node, sender.twin, actor="uji", on=TODAY)
        ident, version = twin.case.ident, twin.case.version
    for state in ("ACCEPTED", "AGREED", "FINALIZED", "ENDED", "FINALIZED"):
        hand_in(known, sender.write(state=state))
    row = ours.twin().case
    assert (row.ident, row.version, row.state) == (ident, version, "identifikasi")
    assert (ours.partner().stage, ours.partner().openings) == ("public", [])
    assert ours.twin().closed_since is not None, "it ended there once: somebody must look"


def ask(ours: Side, theirs: Side, twin: str, *, ago: float = 0, nonce: str = "a" * 16, path: str = ""):
    place = f"/api/v1/twins/{twin}/view"
    key = Ring(theirs.settings.data_dir).signing()
    word = sign(key, view_question(path or place, nonce, HERE), utcnow() - timedelta(seconds=ago))
    return ours.app.test_client().get(place, headers={HEADER: word, "Exchange-Nonce": "a" * 16})


def test_a_view_is_told_to_the_node_that_holds_the_agreement_too_and_to_nobody_else(known):
    ours, theirs = known
    with ours.store.work() as session:
        ident = new_case(session, ours.node).ident
        twin = handshake.offer(session, ours.node, ident, peers.peer_named(session, THERE), actor="uji").ident
    told = ask(ours, theirs, twin)
    assert (told.status_code, told.get_json()["asked"], told.get_json()["view"]["state"]) == (200, "a" * 16, "REQUESTED")
    assert proves(read(told.headers[HEADER]), told.get_data(), Ring(ours.settings.data_dir).signing().public)
    assert told.headers["Cache-Control"] == "no-store"
    nobody = ours.app.test_client()
    for answer in (
        ask(ours, theirs, twin, ago=600), ask(ours, theirs, twin, ago=-600), ask(ours, theirs, twin, nonce="b" * 16),
        ask(ours, theirs, twin, path="/api/v1/twins/x/view"), ask(ours, ours, twin), nobody.get(f"/api/v1/twins/{twin}/view"),
    ):  # fmt: skip
        assert answer.status_code == 401
    assert ask(ours, theirs, new_ident()).status_code == 404
