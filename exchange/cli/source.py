"""`exchange source`: the endpoints of other regions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from connectors.kit.masking import mask
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.cli.source_accept import accept
from exchange.cli.source_drift import drift
from exchange.cli.source_preview import preview_row
from exchange.cli.source_upload import link
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.jobs.looks import approve_now, keep_look
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.demands import held_demands
from exchange.store.profiles import profile_of
from exchange.store.runs import last_run_of_each
from exchange.store.sources import SourceRow, all_sources, source_by_name
from exchange.store.supply import held_supply
from exchange.sync.drift import drift_shown
from exchange.sync.enrol import Enrolment, enrol
from exchange.sync.looking import LISTINGS, look
from exchange.sync.preview import brief
from exchange.sync.preview import preview as preview_source
from exchange.sync.registry import connector_class
from exchange.sync.release import release as release_held
from exchange.sync.replay import replay_changed


@click.group("source")
def source() -> None:
    """Sumber permintaan: titik akhir daerah lain."""


source.add_command(accept)
source.add_command(drift)
source.add_command(link)


@source.command("add")
@click.argument("name")
@click.option("--connector", required=True, help="Nama konektor, misalnya lkpp_isb atau ocds.")
@click.option("--region", required=True, help="Kode wilayah Kemendagri pemilik sumber, misalnya 33.74.")
@click.option("--set", "options", multiple=True, metavar="KEY=VALUE", help="Pengaturan konektor; boleh berulang.")
@click.option("--local", is_flag=True, help="Izinkan alamat loopback pada mesin ini, untuk simulator dan uji coba.")
@click.option("--public", is_flag=True, help="Pemiliknya mengizinkan permintaannya dilihat umum (hanya untuk daerah sendiri).")
@click.option("--upload", is_flag=True, help="Tanpa alamat: daerahnya mengirim berkas lewat tautan (source link).")
@click.option("--update", is_flag=True, help="Ganti pengaturan sumber yang sudah ada; ia menunggu persetujuan lagi, datanya tetap.")
@click.pass_obj
def add(
    work: Work, name: str, connector: str, region: str, options: tuple[str, ...], local: bool, public: bool, upload: bool, update: bool
) -> None:
    """Daftarkan sumber NAME; ia baru diambil setelah disetujui dengan `source approve`. Nilai @BERKAS dibaca dari berkas."""
    given: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise BadRequest(f"--set {option!r} bukan KEY=VALUE.", mend="Contoh: --set url=https://contoh.go.id/api")
        given[key] = _from_file(value) if value.startswith("@") else value
    want = Enrolment(name, connector, region, given, local=local, public=public, upload=upload, update=update)
    with work.store().work() as session:
        enrol(session, want, actor())
    said = "diganti" if update else "didaftarkan"
    notes.print(f"Sumber {name} {said}. Lihat dengan: exchange source preview {name}; lalu setujui: exchange source approve {name}")


def _from_file(value: str) -> str:
    """The text of the file that `@FILE` names."""
    path = Path(value[1:])
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadRequest(f"Berkas {path} tidak dapat dibaca ({error.strerror}).", mend="Periksa nama berkas di belakang @.") from error
    except UnicodeDecodeError:
        raise BadRequest(f"Berkas {path} bukan teks UTF-8.", mend="Simpan lagi sebagai UTF-8.") from None


def _decide(work: Work, name: str, state: str, wanted: tuple[str, ...], **facts: str) -> None:
    with work.store().work() as session:
        row = source_by_name(session, name)
        if row is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        if row.state not in wanted:
            raise Conflict(f"Sumber {name!r} sekarang {row.state}.", mend="Tidak ada yang diubah.")
        before, row.state, row.decided_by, row.decided_at = row.state, state, actor(), utcnow()
        audit(session, actor(), f"source.{state}", "source", name, before=before, **facts)
    notes.print(f"Sumber {name}: {state}.")


_unseen = click.option(
    "--without-look", "unseen", metavar="ALASAN", help="Tanpa pratinjau yang masih berlaku, karena alasan ini; dicatat di catatan audit."
)


def _approve(work: Work, name: str, wanted: tuple[str, ...], unseen: str | None) -> None:
    """By the last look that still holds, or without one for a reason that goes on record."""
    if unseen is not None:
        if not 3 <= len(unseen.strip()) <= 300:
            raise BadRequest("Alasan --without-look harus 3 sampai 300 huruf.", mend='Contoh: --without-look "menunggu berkas pertama"')
        _decide(work, name, "approved", wanted, without_look=unseen.strip())
        return
    with work.store().read() as session:
        row = source_by_name(session, name)
        if row is not None and row.state not in wanted:
            raise Conflict(f"Sumber {name!r} sekarang {row.state}.", mend="Tidak ada yang diubah.")
    approve_now(work.store(), work.settings, name, actor())
    notes.print(f"Sumber {name}: approved.")


@source.command("approve")
@click.argument("name")
@_unseen
@click.pass_obj
def approve(work: Work, name: str, unseen: str | None) -> None:
    """
    Setujui sumber NAME agar boleh diambil, bila yang dikirimnya masih seperti pratinjau terakhir (source preview, atau di halamannya).

    Bila pengaturannya baru, yang belum terbaca darinya dibaca ulang dari arsip.
    """
    _approve(work, name, ("pending", "disabled", "approved"), unseen)
    for again in replay_changed(work.store(), work.settings, actor(), name=name):
        notes.print(again.trouble or f"Dibaca ulang: {again.returned} dari {again.waiting} kini terbaca, {again.left} tetap menunggu.")


@source.command("disable")
@click.argument("name")
@click.pass_obj
def disable(work: Work, name: str) -> None:
    """Hentikan pengambilan sumber NAME; datanya tetap ada."""
    _decide(work, name, "disabled", ("pending", "approved", "disabled"))


@source.command("enable")
@click.argument("name")
@_unseen
@click.pass_obj
def enable(work: Work, name: str, unseen: str | None) -> None:
    """Ambil lagi sumber NAME yang pernah dihentikan, bila yang dikirimnya masih seperti pratinjau terakhir."""
    _approve(work, name, ("disabled", "approved"), unseen)


def _shown(row: SourceRow) -> dict[str, object]:
    """A source without its secrets; whatever looks like an address is masked."""
    secret = {setting.name for setting in connector_class(row.connector).settings if setting.secret}
    options = {
        key: "***" if key in secret and "://" not in value else mask(value) if "://" in value else value
        for key, value in row.options.items()
    }
    return {
        "name": row.name,
        "connector": row.connector,
        "region": row.region,
        "state": row.state,
        "local": row.local,
        "public": row.public,
        "upload": row.upload_key is not None,
        "options": options,
    }


@source.command("list")
@json_option
@click.pass_obj
def list_sources(work: Work, as_json: bool) -> None:
    """Daftar sumber dengan pengambilan terakhirnya."""
    with work.store().read() as session:
        last = last_run_of_each(session)
        rows = []
        for row in all_sources(session):
            run = last.get(row.id)
            rows.append(
                _shown(row)
                | {
                    "last_run": run.started_at.isoformat() if run else None,
                    "last_state": run.state if run else None,
                    "fetched": run.fetched if run else None,
                }
            )
    if as_json:
        write_json(rows)
        return
    columns = {
        "name": "Nama",
        "connector": "Konektor",
        "region": "Wilayah",
        "state": "Keadaan",
        "last_state": "Terakhir",
        "fetched": "Data",
    }
    write_table("Sumber", rows, columns)


@source.command("show")
@click.argument("name")
@json_option
@click.pass_obj
def show(work: Work, name: str, as_json: bool) -> None:
    """Satu sumber, dengan yang ditahan."""
    with work.store().read() as session:
        row = source_by_name(session, name)
        if row is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        held = [{"reference": d.reference, "title": d.title} for d in held_demands(session, row.id)]
        offers = [{"reference": s.reference, "title": s.name} for s in held_supply(session, row.id)]
        changes = drift_shown(profile_of(session, row.id))
        facts = _shown(row) | {"held": held, "held_offers": offers, "drift": changes}
    if as_json:
        write_json(facts)
        return
    lists = {"held", "held_offers", "drift"}
    write_table("Sumber", [{"k": k, "v": v} for k, v in facts.items() if k not in lists], {"k": "Hal", "v": "Isi"})
    for title, rows in (("Ditahan", held), ("Barang yang ditawarkan, ditahan", offers)):
        if rows:
            write_table(f"{title}: {len(rows)}", rows, {"reference": "Rujukan", "title": "Judul"})
    for change in changes:
        notes.print(change["says"])


def _looked_at(work: Work, name: str, limit: int) -> dict[str, Any]:
    with work.store().read() as session:
        row = _named(session, name)
    return preview_source(work.settings, row, limit)


def _named(session: Session, name: str) -> SourceRow:
    row = source_by_name(session, name)
    if row is None:
        raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
    return row


@source.command("check")
@click.argument("name")
@json_option
@click.pass_obj
def check(work: Work, name: str, as_json: bool) -> None:
    """Tanyai sumber NAME sekali tanpa menyimpan permintaannya: terjangkau atau tidak, dan apa yang datang."""
    report = _looked_at(work, name, 5)
    listings = report.pop("listings")
    report["understood"] = sum(each["outcome"] in {"saved", "offered"} for each in listings)
    report["looked_at"] = len(listings)
    if as_json:
        write_json(report)
    else:
        write_table("Pemeriksaan", [{"k": k, "v": v} for k, v in report.items()], {"k": "Hal", "v": "Isi"})
    sys.exit(0 if report["reachable"] else 1)


@source.command("preview")
@click.argument("name")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="Paling banyak data.")
@json_option
@click.pass_obj
def preview(work: Work, name: str, limit: int, as_json: bool) -> None:
    """Tampilkan data pertama sumber NAME seperti yang akan dipahami; yang terlihat dicatat, permintaannya belum disimpan."""
    with work.store().read() as session:
        row = _named(session, name)
    seen = look(work.settings, row, max(limit, LISTINGS), work.settings.total_timeout)
    with work.store().work() as session:
        keep_look(session, row, actor(), seen)
    report = brief(row, seen, limit)
    if as_json:
        write_json(report)
    else:
        columns = {"reference": "Rujukan", "outcome": "Hasil", "title": "Judul", "items": "Barang"}
        write_table("Pratinjau", [preview_row(each) for each in report["listings"]], columns)
        for reason in report["reasons"]:
            notes.print(reason)
    sys.exit(0 if report["reachable"] else 1)


@source.command("release")
@click.argument("name")
@click.option("--refuse", is_flag=True, help="Pertahankan: tetap ditampilkan sampai sumbernya menyebutnya lagi.")
@json_option
@click.pass_obj
def release(work: Work, name: str, refuse: bool, as_json: bool) -> None:
    """Lepaskan semua dari NAME yang ditahan: permintaan dicabut, dengan batu nisan di umpan perubahan; atau pertahankan semuanya."""
    report = release_held(work.store(), name, actor(), work.settings.home_region, refuse=refuse)
    if as_json:
        write_json(report)
        return
    offers = f" dan {report['offers']} barang yang ditawarkan" if report["offers"] else ""
    if refuse:
        notes.print(f"{report['kept']} permintaan{offers} dari {name} dipertahankan.")
    else:
        notes.print(f"{report['withdrawn']} permintaan{offers} dari {name} dilepaskan.")
