"""One seam for parallel work: `concurrent.futures.Executor`, in this process, in several, or on a Dask cluster."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, ParamSpec, TypeVar

from exchange.errors import SettingWrong

P = ParamSpec("P")
T = TypeVar("T")


class SerialExecutor(Executor):
    """Does each task at once in the caller's thread; for tests and for work too small to share."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The task's future, done already."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def executor(spec: str, workers: int | None = None) -> Iterator[Executor]:
    """
    The executor that a setting names: `serial`, `process` or `dask://host:port`.

    Tasks must be picklable functions of picklable values, and safe to run twice: a cluster repeats what it lost.

    Raises:
        SettingWrong: the name is none of these, or Dask is not installed.
    """
    if spec == "serial":
        yield SerialExecutor()
    elif spec == "process":
        # spawn, because a forked child would share database connections and locks with its parent
        with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
            yield pool
    elif spec.startswith("dask://"):
        with _cluster("tcp://" + spec.removeprefix("dask://")) as pool:
            yield pool
    else:
        raise SettingWrong(f"EXCHANGE_EXECUTOR={spec!r} tidak dikenal.", mend="Pilih serial, process atau dask://host:port.")


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise SettingWrong("EXCHANGE_EXECUTOR menunjuk klaster Dask, tetapi paket distributed tidak terpasang.") from error
    connect: Any = Client
    client = connect(address, set_as_default=False)
    try:
        yield client.get_executor(retries=3)
    finally:
        client.close()


_collecting = threading.Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """
    Millions of small objects live shortly and none in circles: looking for circles after every 700 costs a tenth of a run.

    May be entered again, from other threads too; the last one out restores what was usual.
    """
    with _collecting:
        _usual.append(gc.get_threshold())
        gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        with _collecting:
            if len(_usual) == 1:
                gc.set_threshold(*_usual[0])
            _usual.pop()
