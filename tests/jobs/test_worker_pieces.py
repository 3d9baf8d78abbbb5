"""What the worker does with any kind of work: a piece that breaks, a database that is away, a parent that is gone."""

from __future__ import annotations

import logging

from exchange.jobs import worker as module
from exchange.jobs.worker import Worker


class Pieces:
    """A kind of work with pieces of our own, some of which break, and a database that is away now and then."""

    name = "pieces"

    def __init__(self, pieces, away=0):
        self.pieces, self.away, self.done = list(pieces), away, []

    def take(self, room):
        if self.away:
            self.away -= 1
            raise ConnectionError("away")
        taken, self.pieces = self.pieces[:room], self.pieces[room:]
        return [lambda piece=piece: self.do(piece) for piece in taken]

    def do(self, piece):
        if piece == "broken":
            raise RuntimeError(piece)
        self.done.append(piece)

    def tidy(self):
        """Nothing to drop."""


def test_a_piece_that_breaks_is_told_and_costs_the_others_nothing(store, settings, caplog):
    kind = Pieces([*range(20), "broken", *range(20, 30)])
    with caplog.at_level(logging.ERROR):
        assert Worker(store, settings, [kind]).run(once=True) == 31
    assert sorted(kind.done) == list(range(30))
    assert "a piece of work broke" in caplog.text


def test_a_database_that_is_away_for_a_while_ends_no_worker(store, settings, monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.001)
    kind = Pieces([1, 2], away=3)
    worker = Worker(store, settings, [kind], alive=lambda: len(kind.done) < 2)
    assert worker.run() == 2


def test_a_worker_whose_parent_is_gone_takes_nothing(store, settings):
    kind = Pieces([1])
    assert Worker(store, settings, [kind], alive=lambda: False).run() == 0
    assert kind.done == []
