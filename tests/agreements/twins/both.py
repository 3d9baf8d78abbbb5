"""Two nodes in one test: two databases, real keys, messages carried by hand over the service's own doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from exchange.access.partners import add_partner
from exchange.agreements.node import Node, node_of
from exchange.agreements.twins import peers
from exchange.app import create_app
from exchange.jobs.twins import Twins
from exchange.jobs.worker import Worker
from exchange.publish.base64url import encoded
from exchange.publish.detached import CHAIN, HEADER, chain_of, sign
from exchange.publish.keys import Ring
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.partners import PartnerRow, partner_by_ident
from exchange.store.twins import TwinRow, list_twins

HERE, THERE = "36.72", "33.74"


@dataclass
class Side:
    """One node. case: its own name of the case that both hold."""

    settings: Settings
    store: Store
    app: Flask
    case: str = ""

    @property
    def node(self) -> Node:
        return node_of(self.settings)

    @property
    def region(self) -> str:
        return self.settings.home_region

    def twin(self) -> TwinRow:
        """Its only twin."""
        with self.store.read() as session:
            (row,) = list_twins(session)
            return row

    def partner(self) -> PartnerRow:
        with self.store.read() as session:
            row = partner_by_ident(session, "mitra")
            assert row is not None
            return row

    def send(self, later: float = 0, at: datetime | None = None) -> int:
        """Send what is due so many seconds from now, or at one moment; how many were tried. No time passes while it sends."""
        moment = at or utcnow() + timedelta(seconds=later)
        kind = Twins(self.store, self.settings, lambda: moment)
        return Worker(self.store, self.settings, [kind]).run(once=True)

    def hand_in(self, body: bytes, signature: str, chain: str = "", **more: str) -> TestResponse:
        """A message over the door."""
        headers = {HEADER: signature, **({CHAIN: chain} if chain else {}), **more}
        return self.app.test_client().post("/api/v1/twins/messages", data=body, headers=headers, content_type="application/json")

    def sign(self, body: bytes) -> str:
        return sign(Ring(self.settings.data_dir).signing(), body, utcnow())

    def chain(self) -> str:
        return " ".join(chain_of(Ring(self.settings.data_dir).all_keys()))

    def trusts(self, other: Side, url: str) -> None:
        key = Ring(other.settings.data_dir).signing()
        with self.store.work() as session:
            peers.trust(session, self.region, other.region, url, key.kid, encoded(key.public), local=True, actor="uji")


def side(settings: Settings, store: Store) -> Side:
    """A node over a database, with a partner for the other region."""
    other = THERE if settings.home_region == HERE else HERE
    with store.work() as session:
        add_partner(session, "mitra", "Daerah mitra", other, ["catalogue:read"], actor="uji")
    return Side(settings, store, create_app(settings, store))


@contextmanager
def listening(app: Flask, port: int = 0) -> Iterator[str]:
    """The service under a real server on loopback."""
    import threading

    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def mine(session: Session, its: Side) -> Any:
    """The row of a side's case."""
    from exchange.agreements.steps import named

    return named(session, its.case)
