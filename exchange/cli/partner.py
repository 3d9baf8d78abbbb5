"""`exchange partner`: the offices of other regions that use the API, what each may, and its secrets."""

from __future__ import annotations

from datetime import date

import click

from exchange.access import partners
from exchange.access.partners import MOST_SECRETS, Secret, named
from exchange.access.standing import DAYS, standing, standings
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.store.base import utcnow
from exchange.store.partners import secrets_of

_scopes = click.option("--scope", "scopes", multiple=True, required=True, help="Lingkup yang boleh dipakainya; boleh berulang.")


@click.group("partner")
def partner() -> None:
    """Mitra: kantor daerah lain yang memakai API."""


@partner.command("add")
@click.argument("ident")
@click.option("--name", required=True, help="Nama kantornya.")
@click.option("--region", required=True, help="Kode wilayah Kemendagri, misalnya 33.74.")
@_scopes
@click.option("--contact", help="Kotak surat kantornya, bukan milik orang.")
@json_option
@click.pass_obj
def add(work: Work, ident: str, name: str, region: str, scopes: tuple[str, ...], contact: str | None, as_json: bool) -> None:
    """Daftarkan mitra IDENT; rahasianya ditampilkan sekali ini saja."""
    with work.store().work() as session:
        row = partners.add_partner(session, ident, name, region, scopes, contact=contact, actor=actor())
        made = partners.new_secret(session, row, actor=actor())
    _show_once(ident, made, as_json)


def _show_once(ident: str, made: Secret, as_json: bool) -> None:
    """The secret alone on standard output, so that it can be put into a file; all talk beside it."""
    if as_json:
        write_json({"client_id": ident, "client_secret": made.word, "secret": made.ident})
    else:
        click.echo(made.word)
    notes.print(f"Rahasia {made.ident} mitra {ident} dibuat. Simpan sekarang: ia tidak dapat ditampilkan lagi.")


@partner.command("secret")
@click.argument("ident")
@json_option
@click.pass_obj
def secret(work: Work, ident: str, as_json: bool) -> None:
    """Buat rahasia baru bagi mitra IDENT; yang lama tetap berlaku sampai diakhiri."""
    with work.store().work() as session:
        row = named(session, ident)
        made = partners.new_secret(session, row, actor=actor())
        old = [one.ident for one in secrets_of(session, row.id, utcnow()) if one.ident != made.ident]
    _show_once(ident, made, as_json)
    if old:
        notes.print(
            f"Paling banyak {MOST_SECRETS} berlaku. Sesudah dipasang, akhiri yang lama: exchange partner end-secret {ident} {old[0]}"
        )


@partner.command("end-secret")
@click.argument("ident")
@click.argument("secret_ident", metavar="SECRET")
@click.pass_obj
def end_secret(work: Work, ident: str, secret_ident: str) -> None:
    """Akhiri rahasia SECRET mitra IDENT seketika, beserta semua token darinya."""
    with work.store().work() as session:
        ended = partners.end_secret(session, named(session, ident), secret_ident, actor=actor())
    notes.print(f"Rahasia {secret_ident} diakhiri, {ended} token ikut berakhir.")


@partner.command("scopes")
@click.argument("ident")
@_scopes
@click.pass_obj
def scopes(work: Work, ident: str, scopes: tuple[str, ...]) -> None:
    """Ganti semua lingkup mitra IDENT; yang dicabut hilang seketika, yang baru perlu token baru."""
    with work.store().work() as session:
        row = named(session, ident)
        partners.set_scopes(session, row, scopes, actor=actor())
    notes.print(f"Lingkup mitra {ident}: {', '.join(row.scopes)}.")


@partner.command("stage")
@click.argument("ident")
@click.argument("stage", metavar="STAGE")
@click.option("--until", help="Hari terakhirnya, YYYY-MM-DD; tanpa ini tidak berakhir.")
@click.option("--sector", "sectors", multiple=True, help="Sektor yang dicakup PKS; boleh berulang.")
@click.option("--kbli", "kbli", multiple=True, help="KBLI yang dicakup PKS, 2 sampai 5 angka; boleh berulang.")
@click.pass_obj
def stage(work: Work, ident: str, stage: str, until: str | None, sectors: tuple[str, ...], kbli: tuple[str, ...]) -> None:
    """Catat tahap perjanjian mitra IDENT: public, agreed (Kesepakatan Bersama) atau contracted (PKS)."""
    day = _day(until)
    with work.store().work() as session:
        partners.set_stage(session, named(session, ident), stage, until=day, sectors=sectors, kbli=kbli, actor=actor())
    notes.print(f"Tahap mitra {ident}: {stage}{f' sampai {day}' if day else ''}. Berlaku untuk permintaan berikutnya.")
    if day is not None and day < work.settings.day():
        notes.print("Hari itu sudah lewat: sekarang mitra ini membaca seperti umum.")


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadRequest(f"Tanggal {str(said)[:20]!r} tidak dapat dibaca.", mend="Pakai YYYY-MM-DD, misalnya 2027-12-31.") from None


@partner.command("rate")
@click.argument("ident")
@click.argument("per_minute", type=int, required=False)
@click.pass_obj
def rate(work: Work, ident: str, per_minute: int | None) -> None:
    """Beri mitra IDENT jumlah permintaan semenitnya sendiri; tanpa PER_MINUTE kembali ke yang biasa."""
    with work.store().work() as session:
        partners.set_rate(session, named(session, ident), per_minute, actor=actor())
    notes.print(f"Mitra {ident}: {work.settings.rate_partner if per_minute is None else per_minute} permintaan semenit.")


@partner.command("disable")
@click.argument("ident")
@click.pass_obj
def disable(work: Work, ident: str) -> None:
    """Tutup akses mitra IDENT seketika; rahasianya disimpan untuk bila dibuka lagi."""
    with work.store().work() as session:
        partners.set_active(session, named(session, ident), False, actor=actor())
    notes.print(f"Akses mitra {ident} ditutup; semua tokennya berakhir.")


@partner.command("enable")
@click.argument("ident")
@click.pass_obj
def enable(work: Work, ident: str) -> None:
    """Buka lagi akses mitra IDENT."""
    with work.store().work() as session:
        partners.set_active(session, named(session, ident), True, actor=actor())
    notes.print(f"Akses mitra {ident} dibuka lagi.")


@partner.command("list")
@json_option
@click.pass_obj
def list_partners(work: Work, as_json: bool) -> None:
    """Daftar mitra, dengan yang dimintanya dalam 30 hari."""
    with work.store().read() as session:
        rows = standings(session, work.settings.day())
    if as_json:
        write_json(rows)
        return
    columns = {
        "ident": "Mitra", "name": "Nama", "region": "Daerah", "active": "Dibuka", "stage": "Tahap", "stage_until": "Sampai",
        "asked": f"Diminta {DAYS} hari", "refused": "Ditolak", "last_used": "Token terakhir",
    }  # fmt: skip
    write_table("Mitra", rows, columns)


@partner.command("show")
@click.argument("ident")
@json_option
@click.pass_obj
def show(work: Work, ident: str, as_json: bool) -> None:
    """Satu mitra: lingkup, tahap, rahasia tanpa katanya, dan yang dimintanya dalam 30 hari."""
    with work.store().read() as session:
        told = standing(session, named(session, ident), work.settings.day(), work.settings.rate_partner)
    if as_json:
        write_json(told)
        return
    facts = [{"what": name, "says": ", ".join(value) if isinstance(value, list) else value} for name, value in told.items()
             if name not in {"secrets", "use"}]  # fmt: skip
    write_table(told["name"], facts, {"what": "", "says": ""})
    secret_columns = {"ident": "Rahasia", "hint": "Diawali", "made_at": "Dibuat", "made_by": "Oleh", "used_at": "Terakhir dipakai"}
    write_table("Rahasia yang berlaku", told["secrets"], secret_columns)
    write_table(f"Pemakaian {DAYS} hari", told["use"], {"operation": "Permintaan", "asked": "Diminta", "refused": "Ditolak"})
