"""`exchange serve`."""

from __future__ import annotations

import click

from exchange.cli.context import Work, notes


def run_server(work: Work, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM, then end what is under way and leave; workers read the same environment."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "exchange.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=work.settings.server_threads,
        websockets=False,
        log_enabled=True,
        log_access=False,
        process_name="exchange",
    ).serve()


@click.command("serve")
@click.option("--host", help="Alamat yang didengarkan; bawaannya EXCHANGE_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Porta; bawaannya EXCHANGE_PORT.")
@click.pass_obj
def serve(work: Work, host: str | None, port: int | None) -> None:
    """Layani halaman dan API."""
    work.settings.with_secret()
    work.store()
    host, port = host or work.settings.host, port if port is not None else work.settings.port
    notes.print(f"Halaman dan API: http://{host}:{port}  (berhenti: Ctrl-C)")
    run_server(work, host, port)
