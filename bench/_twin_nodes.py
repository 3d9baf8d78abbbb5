"""A node as processes that can be killed at any moment: its server, its worker, and whoever takes a step at its desk."""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "agreements"))

import cases
import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url
from werkzeug.serving import make_server

from exchange.access.partners import add_partner
from exchange.agreements.case import Object
from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.agreements.twins import peers
from exchange.app import create_app
from exchange.jobs import twin_check, twins, worker
from exchange.publish.base64url import encoded
from exchange.publish.keys import Ring
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.agreements import AgreementRow
from exchange.store.base import Store

TODAY = date(2026, 11, 27)
PAUSES = (0.02, 0.05, 0.1, 0.2)
LEASE = timedelta(seconds=4)
_PAPER = cases.paper

# the processes are quick so that a plan takes seconds; what they do is what a node does
worker.PAUSE = 0.05
logging.getLogger("werkzeug").setLevel(logging.ERROR)
logging.getLogger("exchange.twins").setLevel(logging.ERROR)
twins.TALK = twin_check.TALK = replace(twins.TALK, connect=1.0, read=1.5, total=2.0)


class Databases:
    """Databases in the newest shape, made anew for each plan at the same address: copies of a file, or of a database of the server."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server, self.mark = folder, server, uuid.uuid4().hex[:12]
        self._create("template", "template0")
        store = Store(self.url("template"))
        migrate.upgrade(store)
        store.close()

    def url(self, name: str) -> str:
        """The address of one of them."""
        if self.server:
            return make_url(self.server).set(database=f"twins_{self.mark}_{name}").render_as_string(hide_password=False)
        return f"sqlite:///{self.folder / name}.sqlite3"

    def fresh(self, name: str) -> None:
        """Put an empty one in its place."""
        self.drop(name)
        if self.server:
            self._create(name, f"twins_{self.mark}_template")
        else:
            shutil.copy(self.folder / "template.sqlite3", self.folder / f"{name}.sqlite3")

    def drop(self, name: str) -> None:
        """Take one away."""
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "twins_{self.mark}_{name}" WITH (FORCE)')
        else:
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()

    def _create(self, name: str, template: str) -> None:
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "twins_{self.mark}_{name}" TEMPLATE "{template}"')


class TwinNode:
    """
    One node, for all plans. port: of its server; differs: in what it holds another thing than the other one in this plan, if in anything.

    Its service is made once and asked in the forked processes alone. Every process is forked from this one, which must have no threads and
    no open connection then.
    """

    def __init__(self, region: str, other: str, folder: Path, url: str, port: int) -> None:
        self.region, self.other, self.port = region, other, port
        self.differs: str | None = None
        self.settings = Settings(
            database_url=url, data_dir=folder, home_region=region, executor="serial", secret_key="0" * 64, rate_public=0, today=TODAY,
            office=f"Kantor {region}",
        )  # fmt: skip
        self.case = ""
        self.processes: dict[str, int] = {}
        self.service = create_app(self.settings, Store(url))

    @contextmanager
    def opened(self) -> Any:
        """Its database, for a block in which nothing is forked."""
        store = Store(self.settings.url())
        try:
            yield store
        finally:
            store.close()

    def start(self, *kinds: str) -> None:
        """Start its server and its worker where they do not run."""
        for kind in kinds or ("server", "worker"):
            if kind not in self.processes:
                self.processes[kind] = _forked({"server": self._server, "worker": self._worker}[kind])

    def kill(self, kind: str) -> None:
        """SIGKILL."""
        process = self.processes.pop(kind, 0)
        if process:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)

    def _server(self) -> None:
        make_server("127.0.0.1", self.port, self.service, threaded=True).serve_forever()

    def _worker(self) -> None:
        store = Store(self.settings.url())
        kind = twins.Twins(store, self.settings, pauses=PAUSES, lease=LEASE)
        worker.Worker(store, self.settings, [kind], alive=lambda: True).run()

    def prepare(self) -> None:
        """A partner for the other region, and a key of its own; the database is a fresh one."""
        shutil.rmtree(self.settings.data_dir, ignore_errors=True)
        self.settings.data_dir.mkdir()
        self.case, self.processes = "", {}
        with self.opened() as store, store.work() as session:
            add_partner(session, "mitra", "Daerah mitra", self.other, ["catalogue:read"], actor="bench")
        Ring(self.settings.data_dir).all_keys()

    def trusts(self, other: TwinNode, url: str) -> None:
        """Pin the other node's key, as its office does after the telephone call."""
        key = Ring(other.settings.data_dir).signing()
        with self.opened() as store, store.work() as session:
            peers.trust(session, self.region, other.region, url, key.kid, encoded(key.public), local=True, actor="bench")

    def at_desk(self, work: Callable[[Any, Any], Any], *, killed_after: float | None = None) -> bool:
        """Do something in one transaction of a process of its own, killed after so many seconds; whether it ended by itself, and well."""

        def do() -> None:
            store = Store(self.settings.url())
            with store.work() as session:
                work(session, node_of(self.settings))
            store.close()

        process = _forked(do)
        if killed_after is not None:
            time.sleep(killed_after)
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            raise SystemExit(f"{self.region}: a step failed")
        return not os.WIFSIGNALED(status)

    def take(self, step: str, chance: random.Random, kills: bool) -> int:
        """Take a step of its case for certain, however often it is killed while it does; how often that was."""
        count = 0
        while kills and count < 3 and chance.random() < 0.15:
            before = self.version()
            self.at_desk(lambda session, node: self._step(session, node, step), killed_after=chance.uniform(0.0, 0.08))
            count += 1
            if self.version() > before:
                return count
        with self.opened() as store, store.work() as session:
            self._step(session, node_of(self.settings), step)
        return count

    def version(self) -> int:
        """Of its case."""
        with self.opened() as store, store.read() as session:
            return session.scalar(select(AgreementRow.version).where(AgreementRow.ident == self.case)) or 0

    def _step(self, session: Any, node: Any, step: str) -> None:
        cases.paper = self._paper
        cases.OBJECTS = [
            Object("Pagar besi hollow", sector="logam"),
            Object("Rangka baja" if self.differs == "object" else "Rangka", kbli="25111"),
        ]
        mine, theirs = self.region, self.other
        wrong = "X" if self.differs == "number" else ""
        more: dict[str, dict[str, Any]] = {
            "tandatangani_kb": {"nomor_kb_kami": f"KB/{mine}", "nomor_kb_mitra": f"KB/{theirs}"},
            "tandatangani_pks": {"nomor_pks_kami": f"PKS/{mine}", "nomor_pks_mitra": f"PKS/{theirs}{wrong}"},
            "isi_pks": {"pks_berakhir": "2028-11-20"} if self.differs == "day" else {},
        }
        cases.go(session, node, named(session, self.case), step, on=TODAY, **more.get(step, {}))

    def _paper(self, kind: str) -> bytes:
        """Both sides have the same letters and texts; the signed contract is another scan where the nodes differ in that."""
        word = {"surat_penawaran_mitra": "surat_penawaran"}.get(kind, kind)
        return _PAPER(word) + (b"scan" if self.differs == "scan" and kind == "pks" else b"")


def _forked(work: Callable[[], Any]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(2)
