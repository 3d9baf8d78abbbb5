"""What every test may ask for: a fresh database of each kind, settings that touch nobody's data, the app over them."""

from __future__ import annotations

import io
import os
import re
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy.engine import make_url

from exchange.access import accounts
from exchange.api.limits import Limiter
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store

from . import quick  # isort: skip
from .emptying import Databases  # isort: skip
from .worlds import Worlds  # isort: skip
from .web.browsing import chromium  # noqa: F401  # isort: skip - one browser for all rooms: a second one in a process cannot be opened

# how long an example takes says something about the machine's other work, not about the code
hypothesis.settings.register_profile("exchange", deadline=None)
hypothesis.settings.load_profile("exchange")
quick.install()


ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PG = os.environ.get("EXCHANGE_TEST_PG", "")
WHOLE = bool(os.environ.get("EXCHANGE_TEST_WHOLE"))
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DATABASES = ["sqlite", "postgresql"] if PG else ["sqlite"]


def pytest_collection_finish() -> None:
    """All tests are known and stay."""
    quick.leave_alone()


@pytest.fixture(scope="session")
def absent() -> Callable[[str], None]:
    """`absent("Chromium")` skips with the reason; on the machine that must run everything it fails with it."""

    def say(what: str) -> None:
        if WHOLE:
            pytest.fail(f"{what} is needed where EXCHANGE_TEST_WHOLE is set")
        pytest.skip(f"{what} is not here")

    return say


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and standards beside the repository; skipped where it is not at hand."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def unpacked() -> Callable[[bytes], bytes]:
    """What a reader of a file sees: of a packed one its parts, but for the digits of times, which hit any number by chance."""

    def read(data: bytes) -> bytes:
        if not data.startswith(b"PK"):
            return data
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return b"\n".join(re.sub(rb"<v>\d{5}\.\d{9}</v>", b"", packed.read(name)) for name in packed.namelist())

    return read


@pytest.fixture(scope="session")
def made_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database of each kind, brought to the newest shape once; tests work on copies of it."""
    made = {}
    sqlite = tmp_path_factory.mktemp("db") / "template.sqlite3"
    store = Store(f"sqlite:///{sqlite}")
    migrate.upgrade(store)
    quick.STATEMENTS.learn(store.engine)
    store.close()
    made["sqlite"] = str(sqlite)
    if PG:
        name = f"exchange_template_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(PG, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        store = Store(_pg_url(name))
        migrate.upgrade(store)
        quick.STATEMENTS.learn(store.engine)
        store.close()
        made["postgresql"] = name
    yield made
    if PG:
        with psycopg.connect(PG, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{made["postgresql"]}" WITH (FORCE)')


def _pg_url(name: str) -> str:
    return make_url(PG).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def on_server(made_databases: dict[str, str]) -> Iterator[Databases]:
    """The databases on the PostgreSQL server."""
    databases = Databases(PG, made_databases["postgresql"])
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def worlds(made_databases: dict[str, str]) -> Iterator[Worlds]:
    """Keeps what fixtures fill databases with: `worlds.fill(store, make)`."""
    kept = Worlds()
    for url in (f"sqlite:///{made_databases['sqlite']}", *([_pg_url(made_databases["postgresql"])] if PG else [])):
        store = Store(url)
        with suppress(psycopg.OperationalError):  # a user who may not put rows past triggers: each world is made
            kept.learn(store)
        store.close()
    yield kept
    kept.close()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, made_databases: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of an empty database in the newest shape; once on SQLite and, where there is one, on PostgreSQL."""
    if request.param == "sqlite":
        copy = tmp_path / "exchange.sqlite3"
        shutil.copy(made_databases["sqlite"], copy)
        yield f"sqlite:///{copy}"
        return
    databases: Databases = request.getfixturevalue("on_server")
    name = databases.take()
    yield databases.url(name)
    databases.give_back(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings over a fresh database and an own data folder; work runs in this process."""
    return Settings(database_url=database_url, data_dir=tmp_path / "data", executor="serial", secret_key="0" * 64, rate_public=10**6)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The database of this test."""
    store = Store(settings.url())
    yield store
    store.close()


@pytest.fixture
def app(settings: Settings, store: Store):
    """The service over this test's database."""
    from exchange.api.logbook import logbook_of
    from exchange.app import create_app

    app = create_app(settings, store)
    app.testing = True
    yield app
    logbook_of(app).end()


@pytest.fixture(autouse=True)
def minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts requests by the minute has one minute for a whole test: one that turned within it would count anew."""
    now = time.time()
    monkeypatch.setattr(Limiter.__init__, "__defaults__", (lambda: now,))


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a guess costs on purpose is told in `tests/access`; elsewhere it would be paid some thousand times for nothing."""
    monkeypatch.setattr(accounts, "_hasher", lambda: _CHEAP)


@pytest.fixture
def client(app):
    """A visitor without a login."""
    return app.test_client()
