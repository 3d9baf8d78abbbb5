"""Parts of a source, each of which can be missed without losing the others; a run that missed one is partial and names it."""

from __future__ import annotations

from connectors.kit.errors import Busy, SourceError, TooMuch, Unreachable

_SHOWN = 5
_IN_A_ROW = 3


class PartsMissing(SourceError):
    """Parts that could not be read; the others are kept, and the run is partial."""

    rule = "parts_missing"
    state = "partial"
    advice = "Minta penerbit memperbaiki bagian itu lalu ambil lagi; bagian lain sudah dibaca, dan tidak ada permintaan yang dicabut."


class Parts:
    """What was missed so far. A source that fails to answer three times in a row is not asked for the rest."""

    def __init__(self) -> None:
        self._missed: list[str] = []
        self._first: SourceError | None = None
        self._count = self._in_a_row = 0

    def came(self) -> None:
        """A part was read."""
        self._in_a_row = 0

    def missed(self, name: str, error: SourceError) -> None:
        """
        Note a part that could not be read; `name` may be shown.

        Raises:
            SourceError: the same error, where it says that the source or the run's own bound gives no more.
        """
        self._note(f"{name}: {error.message}", error)
        self._in_a_row = self._in_a_row + 1 if isinstance(error, Unreachable | Busy) else 0
        if self._in_a_row >= _IN_A_ROW or (isinstance(error, TooMuch) and error.rule == "too_many_requests"):
            raise error

    def fewer(self, said: int, came: int) -> None:
        """Note that a source names fewer parts than it says that it has."""
        if came < said:
            self._note(f"daftar menyebut {said} dokumen, yang ditunjuk {came}", None)

    def _note(self, what: str, error: SourceError | None) -> None:
        self._count += 1
        self._first = self._first or error
        if len(self._missed) < _SHOWN:
            self._missed.append(what.rstrip("."))

    def settle(self, *, anything_came: bool) -> None:
        """
        Raise what the missed parts make of the run; nothing where none was missed.

        Raises:
            SourceError: the first part's error, where no part at all could be read.
            PartsMissing: some could be read.
        """
        if self._first is not None and not anything_came:
            raise self._first
        if self._count:
            more = f"; dan {self._count - _SHOWN} lainnya" if self._count > _SHOWN else ""
            answer = self._first.answer if self._first else None
            raise PartsMissing(f"{self._count} bagian tidak terbaca: {'; '.join(self._missed)}{more}.", answer=answer)
