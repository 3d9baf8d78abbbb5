"""
Random walks of deals against a small model that knows nothing of the service: what may be done, and what every sum comes to.

The model is written down by hand once more; a rule that is loosened there is not loosened here.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exchange.errors import ExchangeError
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.products import products_by_sku
from exchange.store.trade import deal_by_ident, deal_steps, deliveries_of, lines_of
from exchange.trade import checks, deliveries, offering
from exchange.trade.offering import Wording

from .conftest import TODAY, UNTIL, begun, fill  # isort: skip

LAST = TODAY + timedelta(days=1)
CAPACITY = Decimal(300)
PRODUCTS = {1: "LGM-1", 2: "LGM-2", 3: "LGM-3", 4: "LGM-1"}  # of each match
NAMES = ["draft", "offer", "order", "deliver", "correct", "answer", "decline", "revise", "close", "cancel"]
# only so that the walk gets on; what is right is said by the model below
LIKELY = {
    "disusun": ["draft", "offer"], "ditawarkan": ["order", "order", "order", "revise", "answer", "decline"], "ditolak": ["revise"],
    "dipesan": ["deliver"], "sebagian_diterima": ["deliver", "deliver", "correct", "close"], "selesai": ["correct"], "batal": NAMES,
}  # fmt: skip


@dataclass
class Model:
    """A deal as the walk knows it: amounts in thousandths of a unit, values in sen, both whole numbers."""

    state: str = "disusun"
    version: int = 1
    offer: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    came: list[tuple[int, int]] = field(default_factory=list)  # line, amount
    back: dict[int, int] = field(default_factory=dict)  # delivery → amount taken back

    def promised(self, line: int) -> int:
        """How much of a line's product this deal keeps for itself: all of an offer that stands, of an order what did not come."""
        if self.state == "ditawarkan":
            return self.offer[line][0] or 0
        return self.asked[line] - self.delivered(line) if self.state in {"dipesan", "sebagian_diterima"} else 0

    def left_of(self, number: int) -> int:
        """How much of a delivery was not taken back."""
        return self.came[number][1] - self.back.get(number, 0)

    def delivered(self, line: int) -> int:
        """How much of a line came."""
        return sum(self.left_of(n) for n, (of, _) in enumerate(self.came) if of == line)

    def settle(self) -> None:
        """The state that the sums come to."""
        whole = all(self.delivered(line) == amount for line, amount in self.asked.items())
        some = any(self.delivered(line) for line in self.asked)
        self.state = "selesai" if whole else "sebagian_diterima" if some else "dipesan"


def thousandths(amount: int) -> Decimal:
    return Decimal(amount) / 1000


class Walk:
    """One deal of up to three lines; each turn is one step with luck or without, in a transaction of its own."""

    def __init__(self, store: Store, chance: random.Random, ids: tuple[int, ...]) -> None:
        self.store, self.chance, self.model = store, chance, Model()
        self.products = [PRODUCTS[number] for number in ids]
        self.beside: list[Walk] = []  # other deals at the same time
        with store.work() as session:
            deal = begun(session, ids)
            self.ident = deal.ident
            lines = lines_of(session, [deal.id])[deal.id]
        for line in lines:
            quantity = None if line.quantity is None else int(line.quantity * 1000)
            self.model.offer[line.position] = (quantity, 85_000_000)

    def left(self, line: int) -> int:
        """What other deals leave of the capacity for a line's product."""
        product = self.products[line - 1]
        others = [(one.model, place) for one in self.beside for place in one.model.offer if one.products[place - 1] == product]
        return max(0, int(CAPACITY) * 1000 - sum(model.promised(place) for model, place in others))

    def turn(self) -> tuple[str, bool]:
        """Take one step; gives its name and whether it was taken. Asserts that the model agrees."""
        name = self.chance.choice(LIKELY[self.model.state] if self.chance.random() < 0.5 else NAMES)
        if name == "cancel" and self.chance.random() < 0.6:
            name = "deliver"
        seen = self.chance.choice([0, -1, 1]) if self.chance.random() < 0.08 else 0
        version = self.model.version + seen
        act, expected, then = getattr(self, f"_{name}")()
        expected = expected and version == self.model.version
        try:
            with self.store.work() as session:
                act(session, self.ident, version)
            taken = True
        except ExchangeError as refusal:
            assert refusal.mend, name
            taken = False
        assert taken == expected, (name, self.model, version)
        if taken:
            then()
            self.model.version += 1
        return name, taken

    def agrees(self) -> None:
        """Whether every sum of the database is the model's."""
        model = self.model
        with self.store.read() as session:
            deal = deal_by_ident(session, self.ident)
            lines, rows = lines_of(session, [deal.id])[deal.id], deliveries_of(session, [deal.id])[deal.id]
            steps = deal_steps(session, deal.id)
        assert (deal.state, deal.version) == (model.state, model.version)
        assert [step.number for step in steps] == list(range(1, model.version + 1))
        for line in lines:
            quantity, price = model.offer[line.position]
            assert line.quantity == (None if quantity is None else thousandths(quantity))
            assert line.value == (None if quantity is None or price is None else Decimal(quantity * price) / 100_000)
            came, value = deliveries.of_line(rows, line.id)
            assert came == thousandths(model.delivered(line.position)) >= 0
            if model.asked:
                asked = model.asked[line.position]
                assert line.ordered_quantity == thousandths(asked)
                assert came <= line.ordered_quantity and 0 <= value <= line.ordered_value
                assert (came == line.ordered_quantity) <= (value == line.ordered_value), "the last of it brings all of the value"
                assert came or not value

    def _draft(self) -> Any:
        wanted = {}
        for line in self.model.offer:
            quantity = self.chance.choice([None, 1, 500, 99_999, 300_000, 300_001]) if self.chance.random() < 0.4 else 100_000
            price = self.chance.choice([None, 55_000_000, 85_000_000, 85_000_100]) if self.chance.random() < 0.3 else 60_000_000
            wanted[line] = (quantity, price)
        lines = [
            Wording(position=line, quantity=None if q is None else thousandths(q), price=None if p is None else Decimal(p) / 100)
            for line, (q, p) in wanted.items()
        ]  # fmt: skip
        exact = all(q is None or p is None or q * p % 1000 == 0 for q, p in wanted.values())

        def act(session: Any, ident: str, version: int) -> None:
            offering.draft(session, ident, version, lines, terms=None, actor="uji", day=TODAY)

        return act, self.model.state == "disusun" and exact, lambda: self.model.offer.update(wanted)

    def _offer(self) -> Any:
        until = self.chance.choice([UNTIL, UNTIL, TODAY, TODAY - timedelta(days=1)])
        fit = all(
            q is not None and p is not None and q <= self.left(line) and 55_000_000 <= p <= 85_000_000
            for line, (q, p) in self.model.offer.items()
        )

        def act(session: Any, ident: str, version: int) -> None:
            offering.offer(session, ident, version, letter_number="1", letter_date=TODAY, valid_until=until, actor="uji", day=TODAY)

        return act, self.model.state == "disusun" and fit and until >= TODAY, lambda: setattr(self.model, "state", "ditawarkan")

    def _order(self) -> Any:
        asked = {}
        for line, (quantity, _) in self.model.offer.items():
            most = quantity or 1000
            asked[line] = self.chance.choice([0, most, most, most // 2, most + 1])
        more = any(amount > (self.model.offer[line][0] or 0) for line, amount in asked.items())
        exact = all(amount * (self.model.offer[line][1] or 0) % 1000 == 0 for line, amount in asked.items())
        beyond = self.chance.choice([None, "Disepakati."])

        def act(session: Any, ident: str, version: int) -> None:
            lines = {line: (thousandths(amount), None) for line, amount in asked.items()}
            said = {"order_number": "PO", "order_date": TODAY, "lines": lines, "beyond": beyond, "actor": "uji", "day": TODAY}
            offering.order(session, ident, version, **said)

        def then() -> None:
            self.model.state, self.model.asked = "dipesan", asked

        return act, self.model.state == "ditawarkan" and any(asked.values()) and exact and (not more or beyond is not None), then

    def _deliver(self) -> Any:
        line = self.chance.choice([*self.model.offer, 9])
        left = self.model.asked.get(line, 0) - self.model.delivered(line)
        amount = self.chance.choice([left, left, max(1, left // 2), 1, left + 1, 0, -5])

        def act(session: Any, ident: str, version: int) -> None:
            said = {"line": line, "on": TODAY, "quantity": thousandths(amount), "actor": "uji", "day": LAST}
            deliveries.deliver(session, ident, version, **said)

        def then() -> None:
            self.model.came.append((line, amount))
            self.rows = [*getattr(self, "rows", []), ("came", len(self.model.came) - 1)]
            self.model.settle()

        return act, self.model.state in {"dipesan", "sebagian_diterima"} and 0 < amount <= left and line in self.model.offer, then

    def _correct(self) -> Any:
        rows = getattr(self, "rows", [])
        number = self.chance.randint(1, len(rows) + 1)
        kind, which = rows[number - 1] if number <= len(rows) else ("none", -1)
        left = self.model.left_of(which) if kind == "came" else 0
        less = self.chance.choice([None, left, max(1, left // 3), left + 1])

        def act(session: Any, ident: str, version: int) -> None:
            said = {"delivery": number, "less": None if less is None else thousandths(less), "reason": "Salah hitung."}
            deliveries.correct(session, ident, version, **said, actor="uji")

        def then() -> None:
            self.model.back[which] = self.model.back.get(which, 0) + (left if less is None else less)
            self.rows = [*rows, ("back", which)]
            self.model.settle()

        amount = left if less is None else less
        return act, self.model.state in {"sebagian_diterima", "selesai"} and kind == "came" and 0 < amount <= left, then

    def _to(self, call: Any, sources: set[str], target: str | None, **said: Any) -> Any:
        reason = self.chance.choice(["Alasan.", "Alasan.", " "])

        def act(session: Any, ident: str, version: int) -> None:
            call(session, ident, version, reason=reason, actor="uji", **said)

        expected = self.model.state in sources and (reason != " " or said == {"said": "interested"})
        return act, expected, lambda: target and setattr(self.model, "state", target)

    def _answer(self) -> Any:
        return self._to(offering.answer, {"ditawarkan"}, None, said="interested")

    def _decline(self) -> Any:
        return self._to(offering.answer, {"ditawarkan"}, "ditolak", said="declined")

    def _revise(self) -> Any:
        return self._to(offering.revise, {"ditawarkan", "ditolak"}, "disusun")

    def _close(self) -> Any:
        return self._to(offering.close, {"sebagian_diterima"}, "selesai")

    def _cancel(self) -> Any:
        return self._to(offering.cancel, {"disusun", "ditawarkan", "ditolak", "dipesan"}, "batal")


def walked(store: Store, turns: int) -> Counter[tuple[str, bool]]:
    """So many steps of deals, one after the other; how often each was taken (True) and refused."""
    chance, told = random.Random(36_72), Counter()
    with store.work() as session:
        for row in products_by_sku(session).values():
            row.capacity_min = row.capacity_max = CAPACITY
    while told.total() < turns:
        ids = tuple(sorted(chance.sample([1, 2, 3], chance.randint(1, 3))))
        first, second = Walk(store, chance, ids), Walk(store, chance, (4,))
        first.beside, second.beside = [second], [first]
        for _ in range(chance.randint(20, 60)):
            walk = first if chance.random() < 0.7 else second
            told[walk.turn()] += 1
            if first.model.state == "batal" and chance.random() < 0.5:
                break
        for walk in (first, second):
            walk.agrees()
            with store.work() as session:
                deal_by_ident(session, walk.ident).state = "batal"  # so that the next deal may begin of the same matches
    return told


def proved(told: Counter[tuple[str, bool]], turns: int) -> None:
    """Each step was taken and refused, and not only here and there."""
    assert set(told) == {(name, taken) for name in NAMES for taken in (True, False)}
    assert sum(count for (_, taken), count in told.items() if taken) >= turns / 4, told
    assert min(told.values()) >= turns / 200, told


def test_twenty_thousand_steps_at_random_do_what_a_model_of_deals_does():
    store = Store("sqlite://")
    migrate.upgrade(store)
    proved(walked(fill(store), 20_000), 20_000)
    store.close()


def test_steps_at_random_do_the_same_on_both_databases(market):
    proved(walked(market, 1_000), 1_000)


def test_the_walk_would_notice_a_delivery_beyond_the_order(market, monkeypatch):
    monkeypatch.setattr(deliveries.amounts, "quantity", lambda given, what="": given.quantize(Decimal("0.000001")) / 2)
    walk = Walk(market, random.Random(1), (1,))
    with pytest.raises(AssertionError):
        for _ in range(400):
            walk.turn()
            walk.agrees()


def test_the_walk_would_notice_a_promise_that_is_not_counted(market, monkeypatch):
    monkeypatch.setattr(checks, "promised", lambda *_given, **_more: [])
    with pytest.raises(AssertionError):
        walked(market, 4_000)
