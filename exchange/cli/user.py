"""`exchange user`: staff accounts."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from exchange.access.accounts import add_user, set_active, set_password
from exchange.access.roles import ROLES
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.store.users import UserRow

_secret = click.option("--password-stdin", is_flag=True, help="Baca kata sandi dari masukan standar, bukan dari pertanyaan di layar.")


def _ask(password_stdin: bool) -> str:
    if password_stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Ulangi kata sandi", err=True)
    return answer


@click.group("user")
def user() -> None:
    """Akun petugas."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="petugas", show_default=True, help="Peran.")
@_secret
@click.pass_obj
def add(work: Work, name: str, role: str, password_stdin: bool) -> None:
    """Buat akun NAME."""
    password = _ask(password_stdin)
    with work.store().work() as session:
        add_user(session, name, password, role, actor=actor())
    notes.print(f"Akun {name} dibuat dengan peran {role}.")


@user.command("password")
@click.argument("name")
@_secret
@click.pass_obj
def password(work: Work, name: str, password_stdin: bool) -> None:
    """Ganti kata sandi NAME; semua sesinya berakhir."""
    secret = _ask(password_stdin)
    with work.store().work() as session:
        set_password(session, name, secret, actor=actor())
    notes.print(f"Kata sandi {name} diganti.")


@user.command("disable")
@click.argument("name")
@click.pass_obj
def disable(work: Work, name: str) -> None:
    """Tutup akun NAME; semua sesinya berakhir, catatannya tetap ada."""
    with work.store().work() as session:
        set_active(session, name, False, actor=actor())
    notes.print(f"Akun {name} ditutup.")


@user.command("enable")
@click.argument("name")
@click.pass_obj
def enable(work: Work, name: str) -> None:
    """Buka lagi akun NAME yang ditutup."""
    with work.store().work() as session:
        set_active(session, name, True, actor=actor())
    notes.print(f"Akun {name} dibuka lagi.")


@user.command("list")
@json_option
@click.pass_obj
def list_users(work: Work, as_json: bool) -> None:
    """Daftar akun."""
    with work.store().read() as session:
        rows = [
            {
                "name": row.name,
                "role": row.role,
                "active": row.active,
                "made_at": row.made_at.isoformat(),
                "state": _state(row),
                "second_factor": row.totp_secret is not None,
                "last_login_at": row.last_login_at.isoformat() if row.last_login_at else None,
            }
            for row in session.scalars(select(UserRow).order_by(UserRow.name))
        ]
    if as_json:
        write_json(rows)
    else:
        titles = {"name": "Nama", "role": "Peran", "state": "Keadaan", "second_factor": "Kode kedua", "last_login_at": "Masuk terakhir"}
        write_table("Akun", rows, titles)


def _state(row: UserRow) -> str:
    if not row.active:
        return "ditutup"
    return "aktif" if row.password_hash or row.oidc_subject else "diundang"
