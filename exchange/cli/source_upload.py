"""`exchange source link`: a signed link by which a region without a system sends its table."""

from __future__ import annotations

from datetime import timedelta

import click

from exchange.access.upload_links import LONGEST_LABEL, UploadLink, write_link
from exchange.cli.context import Work, actor, json_option, notes, write_json
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.sources import source_by_name
from schemas.codes import region as region_of


@click.command("link")
@click.argument("name")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="Berapa hari tautannya berlaku.")
@click.option("--label", help="Untuk siapa, misalnya nama dinasnya; bukan nama orang. Bawaannya nama daerahnya.")
@click.option("--revoke", is_flag=True, help="Batalkan semua tautan sumber ini, tanpa membuat yang baru.")
@json_option
@click.pass_obj
def link(work: Work, name: str, days: int, label: str | None, revoke: bool, as_json: bool) -> None:
    """Buat tautan unggah untuk sumber NAME, yang didaftarkan dengan --upload; ditampilkan sekali, dan siapa memegangnya dapat mengirim."""
    until = utcnow().replace(microsecond=0) + timedelta(days=days)
    with work.store().work() as session:
        row = source_by_name(session, name)
        if row is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        if row.upload_key is None:
            raise Conflict(f"Sumber {name!r} mempunyai alamat dan tidak menerima berkas.", mend="Daftarkan sumber lain dengan --upload.")
        place = region_of(row.region)
        label = _checked(label or (place.name if place else row.region))
        if revoke:
            row.upload_key += 1
            audit(session, actor(), "upload.revoke", "source", name)
        else:
            audit(session, actor(), "upload.link", "source", name, label=label, until=until.isoformat())
        key = row.upload_key
    if revoke:
        notes.print(f"Semua tautan unggah {name} dibatalkan. Yang sudah dikirim tetap dibaca.")
        return
    secret = work.settings.with_secret().secret_key
    address = f"{work.settings.base_url}/unggah/{write_link(secret, UploadLink(name, key, label, until))}"
    if as_json:
        write_json({"source": name, "label": label, "until": until.isoformat(), "link": address})
        return
    click.echo(address)
    notes.print(f"Untuk {label}, berlaku sampai {until:%d-%m-%Y %H:%M} UTC. Batalkan semua: exchange source link {name} --revoke")
    if not work.settings.base_url:
        notes.print("Tambahkan alamat simpul ini di depannya, atau isi EXCHANGE_BASE_URL.")


def _checked(label: str) -> str:
    tidy = " ".join(label.split())
    if not tidy or len(tidy) > LONGEST_LABEL or not tidy.isprintable():
        raise BadRequest(f"Label {label[:80]!r} tidak dapat dipakai.", mend=f"1 sampai {LONGEST_LABEL} huruf, misalnya nama dinasnya.")
    return tidy
