"""`exchange serve`."""

from __future__ import annotations

import contextlib
import socket

import click

from exchange.cli.context import Work, notes
from exchange.cli.worker import worker_beside
from exchange.errors import Busy

no_worker_option = click.option("--no-worker", is_flag=True, help="Tanpa pekerja di sampingnya; jalankan `exchange worker` sendiri.")


def refuse_taken(host: str, port: int) -> None:
    """
    Leave with one sentence where somebody answers at the address already.

    Asked beforehand, because the server lets two processes share a port and the kernel would deal the requests out.

    Raises:
        Busy: the address is taken, or cannot be listened on.
    """
    mend = "Pilih porta lain dengan --port, atau hentikan proses yang memakainya."
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        raise Busy(f"Alamat {host}:{port} sudah dipakai proses lain.", mend=mend)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Busy(f"Alamat {host}:{port} tidak dapat dipakai ({error.strerror}).", mend=mend) from error


def run_server(work: Work, host: str, port: int, *, worker: bool) -> None:
    """
    Serve until Ctrl-C or SIGTERM, then end what is under way and leave; the server's processes read the same environment.

    worker: whether one does beside it, as a process of its own, what waits in the database.
    """
    with worker_beside() if worker else contextlib.nullcontext():
        _serve(work, host, port)


def _serve(work: Work, host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "exchange.app:served",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=work.settings.server_threads,
        websockets=False,
        log_enabled=True,
        log_access=False,
    ).serve()


@click.command("serve")
@click.option("--host", help="Alamat yang didengarkan; bawaannya EXCHANGE_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Porta; bawaannya EXCHANGE_PORT.")
@no_worker_option
@click.pass_obj
def serve(work: Work, host: str | None, port: int | None, no_worker: bool) -> None:
    """Layani halaman dan API, dengan satu pekerja di sampingnya."""
    work.settings.with_secret()
    work.store()
    host, port = host or work.settings.host, port if port is not None else work.settings.port
    refuse_taken(host, port)
    notes.print(f"Halaman dan API: http://{host}:{port}  (berhenti: Ctrl-C)")
    run_server(work, host, port, worker=not no_worker)
