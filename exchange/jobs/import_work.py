"""The worker's part in imports of the catalogue; what opens workbooks is loaded with the first of them, so that a worker starts at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from exchange.errors import Busy
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.imports import BROKEN, PREVIEW, READING, TAKING, ImportRow, drafts_before, first_import_wanted
from exchange.store.locks import hold, is_held

log = logging.getLogger("exchange.imports")
LOCK = "imports"
TRIES = 3


class Imports:
    """The worker's part: reads and takes what is too large for a page, one at a time."""

    name = "imports"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """One piece of work for all imports that wait."""
        with self._store.read() as session:
            waits = first_import_wanted(session, utcnow()) is not None and not is_held(session, LOCK)
        return [self._work] if waits else []

    def tidy(self) -> None:
        """Put aside what nobody decided about in the days that a draft is kept."""
        from exchange.jobs.import_taking import put_aside

        with self._store.work() as session:
            for row in drafts_before(session, utcnow() - timedelta(days=self._settings.import_days)):
                put_aside(session, row, "worker")

    def _work(self) -> None:
        from exchange.jobs.import_taking import take
        from exchange.jobs.imports import look

        try:
            with hold(self._store, LOCK, "Impor katalog") as lock:
                while (row := self._begin()) is not None:
                    (look if row.state == READING else take)(self._store, self._settings, row.id, lock.beat)
        except Busy:
            log.info("another process imports")

    def _begin(self) -> ImportRow | None:
        """The import that waits longest, noted as begun; what was begun too often is given up."""
        with self._store.work() as session:
            row = first_import_wanted(session, utcnow())
            while row is not None and row.tries >= TRIES:
                if row.state == TAKING:  # nobody has decided, for nothing was taken
                    row.decided_by, row.decided_at = None, None
                    row.version += 1
                row.state, row.wanted_at = BROKEN if row.state == READING else PREVIEW, None
                row.trouble = f"Berkas ini {TRIES} kali tidak sampai selesai dibaca; lihat log pekerja."
                session.flush()
                row = first_import_wanted(session, utcnow())
            if row is not None:
                row.tries += 1
            return row
