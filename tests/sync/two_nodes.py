"""Two nodes: another one under a real server on loopback, and ours that pulls it; and a pull that is broken off."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.engine import make_url
from werkzeug.serving import make_server

from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.app import create_app
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.feed import FeedRow
from exchange.store.products import apply_product, products_by_sku
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.store.supply import SupplyRow
from exchange.sync.report import Report
from exchange.sync.run import sync_source
from exchange.sync.take import Batch

THERE, HERE = "33.74", "36.72"


class NodeA:
    """The other node: its own data folder and database, its app under a real server on loopback."""

    def __init__(self, folder: Path, empty: str) -> None:
        """empty: an SQLite file in the newest shape, which is copied."""
        self.folder, self.empty, self.number = folder, empty, 0
        self.app: Flask | None = None
        self.replace()

    def replace(self, numbers: Any = ()) -> None:
        """Another database at the same address, with these demands; it knows nothing of the first one's."""
        self.number += 1
        self.settings = Settings(
            data_dir=self.folder / f"a{self.number}", home_region=THERE, executor="serial", contact="a@contoh.invalid", rate_public=10**6
        )
        self.settings.data_dir.mkdir()
        shutil.copy(self.empty, str(make_url(self.settings.url()).database))
        self.store = Store(self.settings.url())
        with self.store.work() as session:
            session.execute(update(FeedRow).values(epoch=secrets.token_hex(8)))  # as a database is given it where it is made
            session.add(SourceRow(name="opd", connector="rest", region=THERE, state="approved", public=True))
        for number in numbers:
            self.put(number)
        self.app = create_app(self.settings, self.store)

    def __call__(self, environ: Any, start: Any) -> Any:
        assert self.app is not None
        return self.app(environ, start)

    def put(self, number: int, **values: Any) -> None:
        """A demand as new, changed, or back again."""
        with self.store.work() as session:
            source = source_by_name(session, "opd")
            row = session.scalars(select(DemandRow).where(DemandRow.ident == f"d-{number:016x}")).first()
            if row is None:
                row = DemandRow(
                    ident=f"d-{number:016x}", source_id=source.id, reference=f"OPD-{number}", title=f"Rak arsip {number}",
                    buyer_name="Dinas Contoh", buyer_code="D9003", region=THERE, status="open", content_hash="0" * 64,
                    raw_answer="ab" * 32, raw_position=number, connector_version="1",
                )  # fmt: skip
                session.add(row)
            else:
                row.version += 1
                row.state = "live"
            row.source = source
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()
            refresh_demands(session, [row], THERE)

    def take_back(self, *numbers: int) -> None:
        """Withdraw demands, all in one transaction."""
        with self.store.work() as session:
            source = source_by_name(session, "opd")
            rows = session.scalars(select(DemandRow).where(DemandRow.ident.in_([f"d-{number:016x}" for number in numbers]))).all()
            for row in rows:
                row.source, row.state = source, "withdrawn"
                row.version += 1
            session.flush()
            refresh_demands(session, rows, THERE)

    def offer(self, *skus: str, **values: Any) -> None:
        """Products of one firm as new or changed."""
        with self.store.work() as session:
            firm = {"nib": "9120000000017", "name": "CV Karya Logam", "legal_form": "CV", "consented_on": date(2026, 1, 5)}
            business, _ = apply_business(session, firm)
            rows = [apply_product(session, {"sku": sku, "nib": business.nib, "name": f"Pagar {sku}"} | values, business)[0] for sku in skus]
            refresh_businesses(session, [business])
            for row in rows:
                row.business = business
            refresh_products(session, rows)

    def no_longer_offer(self, sku: str) -> None:
        """Take a product out of what is on offer."""
        with self.store.work() as session:
            row = products_by_sku(session, [sku])[sku]
            row.state, row.version = "withdrawn", row.version + 1
            refresh_products(session, [row])

    def shown(self) -> dict[str, str]:
        """The titles of what everybody may read there."""
        assert self.app is not None
        told = self.app.test_client().get("/api/v1/demands?limit=200").get_json()["items"]
        return {each["ident"]: each["title"] for each in told}


class NodeB:
    """Our node, which pulls the other one as a source `semarang`."""

    def __init__(self, store: Store, settings: Settings, url: str) -> None:
        self.store, self.settings = store, settings
        options = {"url": url, "region": THERE}
        with store.work() as session:
            session.add(SourceRow(name="semarang", connector="exchange_node", region=THERE, options=options, local=True, state="approved"))

    def pull(self, **more: Any) -> Report:
        return sync_source(self.store, self.settings, "semarang", **more)

    def shown(self) -> dict[str, str]:
        """The titles of what is shown here, by its name there."""
        with self.store.read() as session:
            return {row.reference: row.title for row in session.scalars(select(DemandRow).where(DemandRow.state == "live"))}

    def supply(self, state: str = "live") -> dict[str, str]:
        """The names of what the other region offers, by SKU."""
        with self.store.read() as session:
            return {row.sku: row.name for row in session.scalars(select(SupplyRow).where(SupplyRow.state == state))}

    def cursor(self) -> Any:
        with self.store.read() as session:
            return source_by_name(session, "semarang").cursor

    def runs(self) -> list[RunRow]:
        with self.store.read() as session:
            return list(session.scalars(select(RunRow).order_by(RunRow.id)))


@contextmanager
def served(node: NodeA) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, node, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Broken(KeyboardInterrupt):
    pass


def broken_pull(b: NodeB, monkeypatch: pytest.MonkeyPatch, after: int, *, hard: bool = False) -> bool:
    """A pull that is broken off after so many batches; whether it came so far. hard: nothing is written down any more, as by SIGKILL."""
    real, taken = Batch.take, []

    def take(self: Batch, listings: Any, *more: Any) -> Any:
        if len(taken) >= after:
            raise Broken
        taken.append(len(listings))
        return real(self, listings, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "take", take)
        if hard:
            patch.setattr("exchange.sync.run._Run._abandon", lambda self, cause: None)
        try:
            b.pull()
        except Broken:
            return True
    return False
