"""`exchange webhook`: where partners are told of events, what became of each, and sending again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from exchange.access import webhooks
from exchange.access.partners import named
from exchange.access.telling import EVENTS
from exchange.access.webhook_records import delivery_records, for_staff
from exchange.access.webhooks import REASONS, sealer, webhook_named
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.store.webhooks import WebhookRow, webhooks_of


@click.group("webhook")
def webhook() -> None:
    """Webhook mitra: alamat yang diberi tahu tentang peristiwa."""


@webhook.command("list")
@click.option("--partner", help="Hanya milik mitra ini.")
@json_option
@click.pass_obj
def list_webhooks(work: Work, partner: str | None, as_json: bool) -> None:
    """Daftar alamat, dengan keadaannya dan kirimannya."""
    with work.store().read() as session:
        rows = for_staff(session, webhooks_of(session, None if partner is None else named(session, partner).id))
    if as_json:
        write_json(rows)
        return
    shown = [row | row["counts"] | {"events": ", ".join(row["events"]), "reason": REASONS.get(row["reason"] or "")} for row in rows]
    columns = {
        "ident": "Webhook", "partner": "Mitra", "url": "Alamat", "events": "Peristiwa", "state": "Keadaan", "reason": "Sebab",
        "waiting": "Menunggu", "failed": "Gagal", "sent": "Terkirim", "given_up": "Dilepas",
    }  # fmt: skip
    write_table("Webhook", shown, columns)


@webhook.command("add")
@click.argument("partner")
@click.argument("url")
@click.option("--event", "events", multiple=True, default=tuple(EVENTS), help="Jenis peristiwa; boleh berulang. Tanpa ini semuanya.")
@click.option("--local", is_flag=True, help="Alamatnya di mesin ini (loopback), boleh tanpa TLS.")
@json_option
@click.pass_obj
def add(work: Work, partner: str, url: str, events: tuple[str, ...], local: bool, as_json: bool) -> None:
    """Daftarkan alamat URL bagi mitra PARTNER; rahasianya ditampilkan sekali ini saja."""
    its = work.settings.with_secret()
    with work.store().work() as session:
        row, secret = webhooks.add_webhook(
            session, named(session, partner), url, events, sealer(its.secret_key), today=its.day(), local=local, actor=actor()
        )  # fmt: skip
        ident = row.ident
    _show_once(ident, secret, as_json)


def _show_once(ident: str, secret: str, as_json: bool) -> None:
    """The secret alone on standard output, so that it can be put into a file; all talk beside it."""
    if as_json:
        write_json({"ident": ident, "secret": secret})
    else:
        click.echo(secret)
    notes.print(f"Rahasia webhook {ident}. Simpan sekarang: ia tidak dapat ditampilkan lagi.")


@webhook.command("show")
@click.argument("ident")
@json_option
@click.pass_obj
def show(work: Work, ident: str, as_json: bool) -> None:
    """Satu alamat dengan 50 kiriman terakhirnya."""
    with work.store().read() as session:
        row = webhook_named(session, ident)
        told: dict[str, Any] = for_staff(session, [row])[0] | {"deliveries": delivery_records(session, row)}
    if as_json:
        write_json(told)
        return
    why = f": {REASONS[told['reason']]}" if told["reason"] else ""
    notes.print(f"{ident} milik {told['partner']}, {told['url']}, {told['state']}{why}")
    columns = {
        "message": "Kiriman", "type": "Peristiwa", "made_at": "Terjadi", "state": "Keadaan", "tries": "Kali", "last_at": "Terakhir",
        "next_at": "Berikutnya", "status": "Status", "trouble": "Sebab",
    }  # fmt: skip
    write_table("Kiriman", told["deliveries"], columns)


def _do(work: Work, ident: str, act: Callable[[Session, WebhookRow], Any]) -> Any:
    with work.store().work() as session:
        return act(session, webhook_named(session, ident))


@webhook.command("secret")
@click.argument("ident")
@json_option
@click.pass_obj
def secret(work: Work, ident: str, as_json: bool) -> None:
    """Buat rahasia baru bagi alamat IDENT; yang lama ikut menandatangani selama 24 jam."""
    by = sealer(work.settings.with_secret().secret_key)
    _show_once(ident, _do(work, ident, lambda session, row: webhooks.rotate(session, row, by, actor=actor())), as_json)


@webhook.command("test")
@click.argument("ident")
@click.pass_obj
def test(work: Work, ident: str) -> None:
    """Kirim peristiwa percobaan ke alamat IDENT."""
    message = _do(work, ident, lambda session, row: webhooks.ping(session, row, actor=actor()).event.ident)
    notes.print(f"{message} menunggu pekerja; hasilnya: exchange webhook show {ident}")


@webhook.command("redeliver")
@click.argument("ident")
@click.argument("message")
@click.pass_obj
def redeliver(work: Work, ident: str, message: str) -> None:
    """Kirim lagi peristiwa MESSAGE ke alamat IDENT, dengan pengenal yang sama."""
    _do(work, ident, lambda session, row: webhooks.redeliver(session, row, message, actor=actor()))
    notes.print(f"{message} menunggu pekerja; hasilnya: exchange webhook show {ident}")


@webhook.command("suspend")
@click.argument("ident")
@click.pass_obj
def suspend(work: Work, ident: str) -> None:
    """Hentikan kiriman ke alamat IDENT; peristiwa tetap menunggu, dan mitra tidak dapat mengaktifkannya sendiri."""
    _do(work, ident, lambda session, row: webhooks.suspend(session, row, "office", actor=actor()))
    notes.print(f"Webhook {ident} dihentikan.")


@webhook.command("resume")
@click.argument("ident")
@click.pass_obj
def resume(work: Work, ident: str) -> None:
    """Aktifkan lagi alamat IDENT; yang menunggu dikirim."""
    _do(work, ident, lambda session, row: webhooks.resume(session, row, actor=actor()))
    notes.print(f"Webhook {ident} aktif lagi.")


@webhook.command("remove")
@click.argument("ident")
@click.pass_obj
def remove(work: Work, ident: str) -> None:
    """Hapus alamat IDENT beserta semua yang menunggu untuknya."""
    _do(work, ident, lambda session, row: webhooks.remove(session, row, actor=actor()))
    notes.print(f"Webhook {ident} dihapus.")
