"""`exchange user invite`, `recover`, `role`, `second-factor`, `end-sessions`: what the page Pengguna does, without it."""

from __future__ import annotations

import click

from exchange.access import account_links, accounts, second_factor
from exchange.access.account_links import Made
from exchange.access.roles import ROLES
from exchange.cli.context import Work, actor, json_option, notes, write_json
from exchange.cli.user import user


def _tell(work: Work, made: Made, as_json: bool) -> None:
    its = work.settings
    address = f"{its.base_url or f'http://{its.host}:{its.port}'}/akun/{made.word}"
    if as_json:
        write_json({"name": made.row.name, "kind": made.kind, "link": address, "until": made.until.isoformat()})
    else:
        click.echo(address)
    notes.print(f"Tautan untuk {made.row.name} berlaku sekali, sampai {made.until:%d-%m-%Y %H:%M} UTC; serahkan langsung kepada orangnya.")


@user.command("invite")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="petugas", show_default=True, help="Peran.")
@click.option("--email", help="Kotak surat untuk tautan pemulihan.")
@json_option
@click.pass_obj
def invite(work: Work, name: str, role: str, email: str | None, as_json: bool) -> None:
    """Undang NAME: tautan sekali pakai, tujuh hari, untuk menetapkan kata sandi."""
    with work.store().work() as session:
        made = account_links.invite(session, name, role, email, actor=actor())
    _tell(work, made, as_json)


@user.command("recover")
@click.argument("name")
@json_option
@click.pass_obj
def recover(work: Work, name: str, as_json: bool) -> None:
    """Tautan sekali pakai, satu jam, untuk mengganti kata sandi NAME."""
    with work.store().work() as session:
        made = account_links.new_link(session, accounts.account(session, name), actor=actor())
    _tell(work, made, as_json)


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.pass_obj
def role(work: Work, name: str, role: str) -> None:
    """Ganti peran NAME."""
    with work.store().work() as session:
        accounts.set_role(session, name, role, actor=actor())
    notes.print(f"{name} kini {role}.")


@user.command("second-factor")
@click.argument("name")
@click.option("--remove", is_flag=True, required=True, help="Hapus kode kedua; semua sesinya berakhir.")
@click.pass_obj
def remove_factor(work: Work, name: str, remove: bool) -> None:  # noqa: ARG001 - asked for, so that nobody removes it by mistake
    """Hapus kode kedua NAME yang telepon dan kode cadangannya hilang."""
    with work.store().work() as session:
        row = accounts.account(session, name)
        second_factor.switch_off(session, row, actor=actor())
        row.session_key = accounts.new_key()
    notes.print(f"Kode kedua {name} dihapus; semua sesinya berakhir.")


@user.command("end-sessions")
@click.argument("name")
@click.pass_obj
def end_sessions(work: Work, name: str) -> None:
    """Akhiri semua sesi NAME."""
    store = work.store()
    with store.read() as session:
        accounts.account(session, name)
    accounts.log_out(store, name, actor=actor())
    notes.print(f"Semua sesi {name} berakhir.")
