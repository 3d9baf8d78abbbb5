"""
Cases at random through the doors that take steps: does any of them let through what the law refuses, or keep anything of it?

  python3 run.py bench doors [--steps 1000] [--seed 1] [--door page|commands|processes] [--pg URL]

Each try goes through the pages' own forms, the commands in this process, or a process of its own, in a database of its own (a file, or one
made on the server of --pg), and is judged by the law as the tests say it a second time. JSON on standard output tells per door how many
tries there were, how many were refused, how many were made in a way in which none may be made (no role, no token, too late), which steps
were taken, and the time. The first difference ends it with what was tried (exit 1).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.agreements.node import node_of
from exchange.app import create_app
from exchange.cli import main as exchange
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.users import UserRow
from tests.agreements.command_door import Commands
from tests.agreements.doors import Door, Place, walk
from tests.agreements.page_door import READERS, Page

DOORS = ("page", "commands", "processes")
PASSWORD = "kata-sandi-uji-coba"


@contextmanager
def database(server: str, folder: Path) -> Iterator[str]:
    """The address of an empty database in the newest shape."""
    if not server:
        url = f"sqlite:///{folder / 'exchange.sqlite3'}"
        _made(url)
        yield url
        return
    name = f"exchange_doors_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        _made(url)
        yield url
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _made(url: str) -> None:
    store = Store(url)
    migrate.upgrade(store)
    store.close()


def door_of(name: str, settings: Settings, store: Store, folder: Path) -> Door:
    """One door over the database."""
    if name == "page":
        return _page(settings, store)
    words = {"EXCHANGE_DATABASE_URL": settings.database_url, "EXCHANGE_DATA_DIR": str(settings.data_dir)}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    return Commands(_in_process(words) if name == "commands" else _own_process(clean | words), folder)


def _page(settings: Settings, store: Store) -> Page:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with store.work() as session:
        for role in (*sorted(Page.actors), *READERS):
            session.add(UserRow(name=role, password_hash=cheap, role=role, session_key="f" * 32))
    app = create_app(settings, store)

    def login(role: str) -> FlaskClient:
        client = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/masuk").text)
        assert token
        client.post("/masuk", data={"csrf_token": token[1], "name": role, "password": PASSWORD})
        return client

    return Page(app, settings, store, login)


class _Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def _in_process(words: dict[str, str]) -> Callable[..., Any]:
    without = {key: None for key in os.environ if key.startswith("EXCHANGE_")}

    def run(*said: str, **more: str) -> _Told:
        done = CliRunner().invoke(exchange, said, env=without | words | more)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return _Told(done.exit_code, done.stdout, done.stderr)

    return run


def _own_process(words: dict[str, str]) -> Callable[..., Any]:
    def run(*said: str, **more: str) -> _Told:
        command = [sys.executable, "-m", "exchange.cli", *said]
        done = subprocess.run(command, env=words | more, capture_output=True, text=True, check=False)
        return _Told(done.returncode, done.stdout, done.stderr)

    return run


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--steps", type=int, default=1000)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--door", choices=DOORS, action="append")
    wanted.add_argument("--pg", default="")
    given = wanted.parse_args()
    told: dict[str, Any] = {"database": "postgresql" if given.pg else "sqlite"}
    for name in given.door or DOORS[:2]:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder, database(given.pg, Path(folder)) as url:
            settings = Settings(database_url=url, data_dir=Path(folder) / "data", executor="serial", secret_key="0" * 64)
            store = Store(url)
            with store.work() as session:
                partner = add_partner(session, "mitra", "Daerah mitra", "33.74", SCOPES, actor="bench")
            tally = walk(Place(store, node_of(settings), partner), door_of(name, settings, store, Path(folder)), given.steps, given.seed)
            store.close()
        told[name] = {kind: tally.pop(kind, 0) for kind in ("tried", "refused", "trespassed")} | {
            "steps": dict(sorted(tally.items())), "seconds": round(time.monotonic() - begun, 1),
        }  # fmt: skip
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
