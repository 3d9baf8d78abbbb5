"""Whatever another node signs and sends, in whatever order: it takes no step here, and what it closes opens nothing until looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from exchange.agreements.twins import handshake
from exchange.agreements.twins.message import canonical, new_ident, written
from exchange.store.base import utcnow
from exchange.store.twins import TwinRow, twin_by_ident
from schemas.examples import EXAMPLES

from ..cases import TODAY, sha  # isort: skip
from ..doors import Desk, Place, walk  # isort: skip
from ..walking import Attempt  # isort: skip
from .both import HERE, THERE, Side  # isort: skip

STEPS = 60  # of each database
VIEW = EXAMPLES["TwinMessage"]["offer"]["value"]["view"]
# the words of the other side, said here by what they mean; the last three are those that close
OPEN = ("REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED")
SHUT = ("SUSPENDED", "ENDED", "TERMINATED")


@dataclass
class Other(Place):
    """A place whose cases another node holds too. sent: per case the twin with the messages that node has made, and how far it came."""

    ours: Side = field(kw_only=True)
    theirs: Side = field(kw_only=True)
    sent: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)

    def begin(self, instrument: str, on: date) -> str:
        ident = super().begin(instrument, on)
        if instrument == "ksdd":
            twin, made = new_ident(), []
            self.sent[ident] = (twin, made)
            assert self.hand_in(self.write(ident, "offer", title="Pagar sekolah")) == 200
            with self.store.work() as session:
                handshake.accept(session, self.node, twin, case_ident=ident, actor="meja", on=on)
        return ident

    def write(self, ident: str, kind: str = "state", title: str | None = None, **view: Any) -> bytes:
        twin, made = self.sent[ident]
        previous = made[-1].digest if made else ""
        made.append(written(twin=twin, kind=kind, number=len(made) + 1, previous=previous, sender=THERE, receiver=HERE, at=utcnow(),
                            view=VIEW | view, title=title))  # fmt: skip
        body: bytes = made[-1].body
        return body

    def hand_in(self, body: bytes, signature: str | None = None) -> int:
        return self.ours.hand_in(body, self.theirs.sign(body) if signature is None else signature).status_code

    def kept(self, told: dict[str, Any]) -> dict[str, Any]:
        left = {name: rows for name, rows in told.items() if name not in {"partner", "count"}}
        return left | {"audit": [row for row in told["audit"] if not any("twin." in word for word in row)]}

    def twin(self, ident: str) -> TwinRow:
        with self.store.read() as session:
            row = twin_by_ident(session, self.sent[ident][0])
            assert row is not None
            return row


class Messages(Desk):
    """Steps are taken at the desk; between them the other node says whatever it likes."""

    def __init__(self, place: Other) -> None:
        super().__init__(place.store, place.node)
        self.place, self.said = place, 0

    def trespass(self, random: Random, ident: str, version: int, tried: Attempt) -> str:
        place, before = self.place, self.place.ours.partner().openings
        if ident not in place.sent:
            return super().trespass(random, ident, version, tried)
        way = random.choice(["state", "state", "state", "again", "gap", "forged", "answer", "strange"])
        made = place.sent[ident][1]
        if way == "again":
            assert place.hand_in(random.choice(made).body) == 200
        elif way == "gap":
            first, second = place.write(ident, state=random.choice(OPEN)), place.write(ident, **self.view(random))
            assert (place.hand_in(second), place.hand_in(first)) == (202, 200)
        elif way == "forged":
            body = place.write(ident, state="FINALIZED")
            assert place.hand_in(body, place.ours.sign(body)) == 401
            made.pop()
        elif way == "answer":
            place.hand_in(place.write(ident, random.choice(["accept", "refuse"]), **self.view(random)))
        elif way == "strange":
            told = {"type": "take", "step": tried.step.name, "facts": tried.facts, "office": tried.office}
            assert place.hand_in(canonical(told)) in {400, 422}
        else:
            assert place.hand_in(place.write(ident, **self.view(random))) == 200
        self.said += 1
        twin, after = place.twin(ident), place.ours.partner().openings
        assert [one for one in after if one not in before] == [], "a message opens nothing"
        if twin.theirs["state"] in SHUT and twin.closed_since is not None:
            assert not [one for one in after if ident in str(one)], "what the other side closed opens nothing"
        return way

    def view(self, random: Random) -> dict[str, Any]:
        """Any view that can be said."""
        kinds = random.sample(["penawaran", "jawaban", "naskah_kb", "kb", "naskah_pks", "pks", "adendum", "pengakhiran"], 3)
        return {
            "state": random.choice([*OPEN, *SHUT]), "documents": {kind: sha(kind) for kind in kinds},
            "numbers": {"penawaran": str(random.randint(1, 9)), f"kb/{THERE}": "1"}, "days": {"kb": TODAY.isoformat()},
            "objects": random.choice([[], [{"commodity": "Pagar besi", "sector": "logam"}]]),
        }  # fmt: skip


def test_a_walk_with_messages_between_its_steps_is_the_walk_of_the_law(ours: Side, theirs: Side):
    ours.trusts(theirs, "http://127.0.0.1:9")
    place = Other(ours.store, ours.node, ours.partner(), ours=ours, theirs=theirs)
    door = Messages(place)
    tally = walk(place, door, STEPS, 40)
    assert tally["refused"] > STEPS / 5 and tally["tried"] - tally["refused"] > STEPS / 5, tally
    assert door.said > STEPS / 20
