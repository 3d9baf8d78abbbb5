"""`exchange worker`, and the one that `exchange serve` and `exchange demo` start beside themselves."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import click

from exchange.cli.context import Work, notes
from exchange.jobs.worker import Worker

log = logging.getLogger("exchange.worker")
_LOOK = 1.0
_AGAIN = 2.0
_PATIENCE = 30.0


@contextlib.contextmanager
def _told_to_stop(worker: Worker) -> Iterator[None]:
    """SIGTERM and Ctrl-C let the worker end what is under way, for as long as the block lasts."""

    def stop(_number: int, _frame: Any) -> None:
        worker.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@click.command("worker")
@click.option("--once", is_flag=True, help="Kerjakan yang menunggu sekarang, lalu selesai.")
@click.option("--parent", type=int, hidden=True, help="Berhenti bila proses induk ini tidak ada lagi.")
@click.pass_obj
def worker_command(work: Work, once: bool, parent: int | None) -> None:
    """Kerjakan yang menunggu di basis data, misalnya kiriman webhook, sampai dihentikan."""
    work.settings.with_secret()
    worker = Worker(work.store(), work.settings, alive=lambda: parent is None or os.getppid() == parent)
    with _told_to_stop(worker):
        done = worker.run(once=once)
    notes.print(f"Pekerja selesai: {done} dikerjakan.")


@contextlib.contextmanager
def worker_beside() -> Iterator[None]:
    """
    A worker as a process of its own, of the same environment, for as long as the block lasts; one that breaks is started again.

    It ends with this process however that ends: a worker whose parent is another one than at its start leaves by itself.
    """
    child, stop = _started(), threading.Event()  # before the server divides itself into processes
    thread = threading.Thread(target=_keep_running, args=(child, stop), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "exchange.cli", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command


def _keep_running(child: subprocess.Popen[bytes], stop: threading.Event) -> None:
    """Start a worker again that ended by itself; at the end tell it to stop, and see that it did."""
    while not stop.wait(_LOOK):
        if child.poll() is not None:
            log.error("the worker ended with %s; it is started again", child.returncode)
            if stop.wait(_AGAIN):
                return
            child = _started()
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
