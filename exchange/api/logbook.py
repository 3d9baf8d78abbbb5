"""
What this process told partners beyond the public and has not written to the exchange log yet.

Method: an answer leaves a note in memory before it goes out, and a thread writes the notes as one batch half a second later, so that
reading costs no transaction and a commit does not make every kept answer be looked at anew. The same answer to the same partner within a
batch is one entry that says how often. Where notes cannot be written they wait, bounded in number and in time; beyond that nothing
more is told than the public reads, so that nothing is ever told unrecorded. A process that is killed loses its last half second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, cast

import orjson
from flask import Flask, current_app

from exchange.access.disclosures import Noted
from exchange.errors import NotRecorded
from exchange.store.base import Store
from exchange.store.exchange_log import append

EVERY = 0.5  # seconds from the first note to its batch
MOST = 200_000  # names and answers that wait at most: some 20 MB
LONGEST = 20.0  # seconds that a note may wait before no further ones are taken
_PATIENCE = 5.0  # seconds that a batch waits for its turn among those that write
_KEY = "exchange.logbook"
_log = logging.getLogger(__name__)

_Held = dict[Noted, list[Any]]


class Logbook:
    """
    The notes of one process; see the module.

    clock: seconds since 1970. every: seconds until notes are written; 0: only when `write` is called.
    """

    def __init__(self, database: Store, clock: Callable[[], float] = time.time, every: float = EVERY) -> None:
        self._store, self._clock, self._every = database, clock, every
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._held: _Held = {}
        self._size = 0
        self._since: float | None = None  # when the oldest note that is not written was taken
        self._failed = False
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def note(self, noted: Noted) -> bool:
        """Take a note of an answer that goes out now; False where none can be taken, and the answer must not go out."""
        now = self._clock()
        with self._lock:
            if self._since is None:
                self._since = now
            elif now - self._since > LONGEST:
                return False
            held = self._held.get(noted)
            if held is not None:
                held[0] += 1
                held[2] = now
                return True
            if self._size + noted.what.size > MOST and self._size:
                return False
            self._held[noted] = [1, now, now]
            self._size += noted.what.size
            if self._thread is None and self._every:
                self._thread = threading.Thread(target=self._run, name="exchange-log", daemon=True)
                self._thread.start()
        return True

    def has_room(self) -> bool:
        """Whether a note would be taken, for what changes something before it answers."""
        with self._lock:
            late = self._since is not None and self._clock() - self._since > LONGEST
            return not late and self._size < MOST

    def write(self) -> bool:
        """Write what waits as one batch; False where the database does not take it, and it waits on."""
        with self._writing:
            with self._lock:
                taken, self._held = self._held, {}
            if not taken:
                return True
            try:
                with self._store.work(patience=_PATIENCE) as session:
                    append(session, merged(noted.entry(*counts) for noted, counts in taken.items()))
            except Exception as error:  # whatever it is: what was told waits until it is written
                self._back(taken, type(error).__name__)
                return False
            with self._lock:
                self._size -= sum(noted.what.size for noted in taken)
                self._since = min((first for _, first, _ in self._held.values()), default=None)
            if self._failed:
                _log.warning("the exchange log is written again")
                self._failed = False
            return True

    def end(self) -> None:
        """Write what waits and take the thread away; for a process that ends."""
        self._ended.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=2 * _PATIENCE)
        self.write()

    def _back(self, taken: _Held, trouble: str) -> None:
        if not self._failed:
            _log.error("the exchange log cannot be written (%s); what is told beyond the public waits, and ends soon", trouble)
        with self._lock:
            self._failed = True
            for noted, (times, first, last) in taken.items():
                held = self._held.setdefault(noted, [0, first, last])
                if held[0]:
                    self._size -= noted.what.size
                held[0] += times
                held[1], held[2] = min(first, held[1]), max(last, held[2])

    def _run(self) -> None:
        """Write every half second as long as anything comes."""
        while True:
            self._ended.wait(self._every)
            self.write()
            with self._lock:
                if not self._held or self._ended.is_set():
                    self._thread = None
                    return


def merged(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of which those that say the same of other moments are one, in the order of their beginnings."""
    found: dict[bytes, dict[str, Any]] = {}
    for entry in entries:
        same = orjson.dumps({name: value for name, value in entry.items() if name not in {"at", "until", "times"}})
        known = found.get(same)
        if known is None:
            found[same] = entry
        else:
            known["times"] += entry["times"]
            known["at"], known["until"] = min(known["at"], entry["at"]), max(known["until"], entry["until"])
    return sorted(found.values(), key=lambda entry: str(entry["at"]))


def register(app: Flask, database: Store) -> None:
    """Give an app its logbook."""
    app.extensions[_KEY] = Logbook(database)


def logbook_of(app: Flask) -> Logbook:
    """The logbook of an app."""
    return cast(Logbook, app.extensions[_KEY])


def logbook() -> Logbook:
    """The logbook of the app that answers."""
    return logbook_of(current_app)


def not_recorded() -> NotRecorded:
    """The refusal where no note can be taken."""
    return NotRecorded(
        "Pembacaan data di luar yang terbuka untuk umum harus dicatat, dan catatannya sekarang tidak dapat ditulis.",
        mend="Coba lagi beberapa saat lagi; data untuk umum tetap terbaca tanpa token.",
        retry_after=10,
    )
