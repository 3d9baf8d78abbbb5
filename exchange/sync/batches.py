"""Listings in batches, and the words for a connector that fails while it makes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from connectors.kit import Connector, SourceError

T = TypeVar("T")


def broken(connector: Connector, error: Exception) -> SourceError:
    """The connector's own failure, without the words of the exception: they may repeat what the source sent."""
    return SourceError(
        f"Konektor {connector.name} gagal ({type(error).__name__} di {place(error)}).",
        mend="Laporkan kepada penulis konektor; jawaban asli tersimpan di arsip.",
    )


def place(error: Exception) -> str:
    """File and line where an exception rose."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"  # noqa: PTH119 - a name, no path


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` things; what came before an error is handed on before it is raised."""
    walk = iter(things)
    while True:
        batch: list[T] = []
        try:
            batch.extend(islice(walk, size))
        except Exception:
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch
