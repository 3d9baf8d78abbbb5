"""
What the exchange log costs a reader: a page of 100 products of a contract, kept and by the long way, and one batch of the log.

    python3 run.py bench exchange_log [--seconds N] [--database URL]

Everything in one process without a server, so that the difference is not lost in the network's. JSON on standard output, microseconds:
`anonymous`, `token` (no agreement: nothing is noted), `contract` (noted) and `contract_unnoted` (the same with the note taken out) for an
answer that is kept; `long` for one that is made each time; `before` for a note that is written in a transaction of its own before the
answer goes out; and `batch_bytes`, what a batch of such a page takes in the database.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from serve import fill
from werkzeug.test import Client, EnvironBuilder

from exchange.access.partners import named, set_stage
from exchange.api.front import Front
from exchange.api.logbook import Logbook, logbook_of
from exchange.app import create_app
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.exchange_log import newest_batches

PAGE = "/api/v1/products?limit=100"
LONG = "/api/v1/products?limit=100&q=pagar"


def timed(ask: Callable[[], object], seconds: float) -> float:
    """Microseconds of one call, the median of stretches of fifty."""
    stretches, until = [], perf_counter() + seconds
    while perf_counter() < until or len(stretches) < 3:
        begun = perf_counter()
        for _ in range(50):
            ask()
        stretches.append((perf_counter() - begun) / 50 * 1e6)
    return round(statistics.median(stretches), 1)


def main() -> None:
    """Fill a database, ask, and tell."""
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=float, default=3)
    words.add_argument("--database", default="")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/exchange.sqlite3"
        secret = fill(url, 300)
        settings = Settings(database_url=url, data_dir=Path(folder) / "data", secret_key="0" * 64, rate_public=10**9, rate_partner=10**9)
        print(json.dumps(measure(settings, secret, asked.seconds)))


def measure(settings: Settings, secret: str, seconds: float) -> dict[str, float]:
    """The figures over one database."""
    store = Store(settings.url())
    app = create_app(replace(settings), store)
    front, book = app.wsgi_app, logbook_of(app)
    assert isinstance(front, Front)
    form = {"grant_type": "client_credentials", "client_id": "kota-uji", "client_secret": secret}
    token = app.test_client().post("/oauth/token", data=form).get_json()["access_token"]

    def asking(path: str, **headers: str) -> Callable[[], object]:
        environ = EnvironBuilder(path, headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).get_environ()
        environ["HTTP_ACCEPT"] = "*/*"

        def ask() -> object:
            statuses: list[str] = []
            body = b"".join(front(dict(environ), lambda status, *_: statuses.append(status)))  # type: ignore[arg-type, func-returns-value]
            assert statuses == ["200 OK"] and len(body) > 50_000
            return body

        return ask

    known = {"Authorization": f"Bearer {token}"}
    told = {"anonymous": timed(asking(PAGE), seconds), "token": timed(asking(PAGE, **known), seconds)}
    with store.work() as session:
        set_stage(session, named(session, "kota-uji"), "contracted", sectors=["logam"], actor="bench")
    book._every = 0
    told["contract"] = timed(asking(PAGE, **known), seconds)
    assert book.write()
    with store.read() as session:
        told["batch_bytes"] = len(newest_batches(session, 1)[0].content)
    real, Logbook.note = Logbook.note, lambda _self, _noted: True  # type: ignore[method-assign]
    told["contract_unnoted"] = timed(asking(PAGE, **known), seconds)
    Logbook.note = real  # type: ignore[method-assign]
    long_way = Client(front._inner)
    told["long"] = timed(lambda: long_way.get(LONG, headers=known), seconds)
    kept = asking(PAGE, **known)

    def before() -> None:
        kept()
        assert book.write()

    told["before"] = timed(before, seconds)
    book.end()
    store.close()
    return told


if __name__ == "__main__":
    main()
