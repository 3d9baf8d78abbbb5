"""`exchange demo` and `exchange simulate`."""

from __future__ import annotations

import sys

import click

from connectors.kit.simulator import FEEDS, serve, wait_forever
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.cli.serve import no_worker_option, refuse_taken, run_server
from exchange.cli.sync import show_reports
from exchange.store.matches import MatchFilter, count_matches, list_matches
from schemas.business import SECTORS


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Berhenti setelah ringkasan.")
@click.option("--host", help="Alamat yang didengarkan; bawaannya EXCHANGE_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Porta; bawaannya EXCHANGE_PORT.")
@no_worker_option
@json_option
@click.pass_obj
def demo(work: Work, no_serve: bool, host: str | None, port: int | None, no_worker: bool, as_json: bool) -> None:
    """Katalog contoh, mitra simulasi, pengambilan lewat HTTP, pencocokan, lalu halaman dan API, dengan satu pekerja di sampingnya."""
    from exchange.demo.prepare import demo_login, prepare

    settings = work.settings.with_secret()
    store = work.store()
    with serve() as partners:
        shown = prepare(store, settings, dict(partners.urls))
        user, password = demo_login(store, settings)
        if as_json:
            write_json({"catalogue": shown.catalogue, "sources": [each.as_json() for each in shown.sources], "matching": shown.matching})
        else:
            _summary(work, shown)
        failed = any(each.state == "failed" for each in shown.sources)
        if no_serve:
            sys.exit(1 if failed else 0)
        host, port = host or settings.host, port if port is not None else settings.port
        refuse_taken(host, port)
        notes.print(f"\nHalaman dan API: http://{host}:{port}\nMasuk sebagai: {user}   kata sandi: {password}   (berhenti: Ctrl-C)")
        run_server(work, host, port, worker=not no_worker)


def _summary(work: Work, shown: object) -> None:
    from exchange.demo.prepare import Shown

    assert isinstance(shown, Shown)
    columns = {"file": "Berkas", "rows": "Baris", "new": "Baru", "changed": "Berubah", "proposals": "Menunggu petugas"}
    write_table("Katalog contoh", shown.catalogue, columns)
    show_reports(shown.sources)
    notes.print("Pencocokan: {demands} permintaan, {products} produk, {matches} kecocokan.".format(**shown.matching))
    with work.store().read() as session:
        best = [row for feed in FEEDS for row in list_matches(session, MatchFilter(region=feed.region), limit=4)]
        rows = [
            {
                "score": f"{row.score:.2f}",
                "demand": row.demand.title,
                "buyer": row.demand.buyer_name,
                "product": row.product.name,
                "sector": row.product.sector,
            }
            for row in best
        ]
        sectors = {sector: count_matches(session, MatchFilter(sector=sector)) for sector in SECTORS}
    write_table(
        "Kecocokan teratas tiap mitra",
        rows,
        {"score": "Skor", "demand": "Permintaan", "buyer": "Pembeli", "product": "Produk", "sector": "Sektor"},
    )
    notes.print("Kecocokan per sektor: " + ", ".join(f"{sector} {count}" for sector, count in sectors.items()))


@click.command("simulate")
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat loopback yang didengarkan.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Porta.")
def simulate(host: str, port: int) -> None:
    """Mainkan titik akhir mitra di mesin ini, tanpa yang lain; untuk dicoba dengan `source add --local`."""
    with serve(host, port) as partners:
        rows = [{"name": each.name, "connector": each.connector, "region": each.region, "url": partners.urls[each.name]} for each in FEEDS]
        write_table("Mitra simulasi", rows, {"name": "Nama", "connector": "Konektor", "region": "Wilayah", "url": "Alamat"})
        notes.print("Berhenti: Ctrl-C")
        wait_forever()
