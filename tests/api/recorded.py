"""What the exchange log holds, as tests look at it."""

from __future__ import annotations

from typing import Any

from exchange.api.logbook import logbook_of
from exchange.store.base import Store
from exchange.store.exchange_log import batches, entries_of


class Kept:
    """The entries that came since one looked last."""

    def __init__(self, app: Any, store: Store) -> None:
        self.book, self.store, self.last = logbook_of(app), store, 0
        self.new()

    def new(self) -> list[dict[str, Any]]:
        """Have written what waits, and read it."""
        assert self.book.write()
        with self.store.read() as session:
            rows = [row for row, _ in batches(session, self.last)]
            self.last = rows[-1].id if rows else self.last
            return [entry for row in rows for entry in entries_of(row)]
