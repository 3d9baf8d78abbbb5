"""A reader that follows the change feed, and the changes that it may meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.store.businesses import BusinessRow
from exchange.store.demands import demand_by_ident
from exchange.store.products import products_by_sku, products_of_business

FEED = "/api/v1/changes"
LISTS = {"business": ("businesses", "ident"), "product": ("products", "sku"), "demand": ("demands", "ident")}


def read(client: FlaskClient, since: str | None = None, **more: Any) -> dict[str, Any]:
    answer = client.get(FEED, query_string=more | ({"since": since} if since else {}))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pages(client: FlaskClient, since: str | None = None, **more: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = read(client, since, **more)
        yield page
        since = page["next"]
        if not page["more"]:
            return


class Copy:
    """What a reader keeps that follows the feed."""

    def __init__(self, client: FlaskClient, **asked: Any) -> None:
        self.client, self.asked = client, asked
        self.records: dict[tuple[str, str], Any] = {}
        self.cursor: str | None = None
        self.told: list[tuple[str, str, str]] = []

    def step(self, **more: Any) -> bool:
        """Read one page; whether there is more."""
        page = read(self.client, self.cursor, **(self.asked | more))
        for entry in page["items"]:
            name = entry["kind"], entry["ident"]
            self.told.append((*name, entry["op"]))
            if entry["op"] == "delete":
                assert "record" not in entry
                self.records.pop(name, None)
            else:
                assert entry["record"]["version"] == entry["version"]
                self.records[name] = entry["record"]
        self.cursor = page["next"]
        return page["more"]

    def follow(self, **more: Any) -> list[tuple[str, str, str]]:
        """Read on to the end; what was told."""
        begun = len(self.told)
        while self.step(**more):
            pass
        return self.told[begun:]


def shown(client: FlaskClient) -> dict[tuple[str, str], Any]:
    """What the lists show."""
    found = {}
    for kind, (path, key) in LISTS.items():
        for each in client.get(f"/api/v1/{path}?limit=200").get_json()["items"]:
            found[kind, each[key]] = each
    return found


def change(store: Any, what: str, name: str) -> None:
    """One act on one record, as the service does it."""
    with store.work() as session:
        if what in {"rename", "offer", "withdraw"}:
            row = products_by_sku(session, [name])[name]
            row.version += 1
            if what == "rename":
                row.name = f"{row.name} {row.version}"
            else:
                row.state = "active" if what == "offer" else "withdrawn"
            refresh_products(session, [row])
        elif what in {"consent", "refuse"}:
            firm = session.scalars(select(BusinessRow).where(BusinessRow.ident == name)).one()
            firm.consented_on = firm.visited_on if what == "consent" else None
            firm.version += 1
            refresh_businesses(session, [firm])
            refresh_products(session, products_of_business(session, firm.id))
        else:
            demand = demand_by_ident(session, name)
            assert demand is not None
            demand.state = "withdrawn" if what == "take back" else "live"
            demand.version += 1
            session.flush()
            refresh_demands(session, [demand], "36.72")
