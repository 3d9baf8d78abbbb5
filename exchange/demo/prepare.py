"""Everything that the first command shows, made from the sample catalogue and the simulated partners."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from connectors.kit.simulator import FEEDS
from exchange.access.accounts import add_user, set_password
from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.errors import Conflict
from exchange.jobs.figures import figures_ahead
from exchange.jobs.pulling import sync_all
from exchange.jobs.unmet import count_ahead
from exchange.matching.models import Models
from exchange.matching.run import rematch
from exchange.settings import Settings, kept_secret
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.store.users import user_by_name
from exchange.sync.report import Report

ACTOR = "demo"
USER = "demo"
SAMPLES = ("businesses.csv", "products.csv")


@dataclass
class Shown:
    """What the demo has made: a row a catalogue file, a report a source, the matching's counts."""

    catalogue: list[dict[str, Any]] = field(default_factory=list)
    sources: list[Report] = field(default_factory=list)
    matching: dict[str, Any] = field(default_factory=dict)


def load_catalogue(store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Import the sample catalogue; the second time nothing changes."""
    today = settings.day()
    loaded = []
    for name in SAMPLES:
        data = (files("exchange.demo") / "data" / name).read_bytes()
        with store.work() as session:
            report = import_file(data, name, known_of(session), today)
            counts = save(session, report, ACTOR)
        made = {state: counts[f"businesses_{state}"] + counts[f"products_{state}"] for state in ("new", "changed")}
        loaded.append({"file": name, "rows": report.counts()["rows"]} | made | {"proposals": counts["proposals"]})
    return loaded


def add_partners(store: Store, urls: dict[str, str]) -> list[str]:
    """Register the simulated partners, approved; a later start finds them at a new port and keeps the rest."""
    with store.work() as session:
        for feed in FEEDS:
            row = source_by_name(session, feed.name)
            if row is None:
                row = SourceRow(name=feed.name, connector=feed.connector, region=feed.region, local=True, public=True)
                row.state, row.decided_by, row.decided_at = "approved", ACTOR, utcnow()
                session.add(row)
            row.options = {"url": urls[feed.name]}
    return [feed.name for feed in FEEDS]


def demo_login(store: Store, settings: Settings) -> tuple[str, str]:
    """The demo's account with a password of this machine's own, kept for its owner in the data folder."""
    path: Path = settings.data_dir / "demo_login"
    made = not path.exists()
    password = kept_secret(path, lambda: secrets.token_urlsafe(9))
    with store.work() as session:
        if user_by_name(session, USER) is None:
            add_user(session, USER, password, "petugas", actor=ACTOR)
        elif made:
            set_password(session, USER, password, actor=ACTOR)
    return USER, password


def refuse_real_data(store: Store) -> None:
    """
    Keep the demo out of a region's own data: its made-up firms would be published, and its account could decide.

    Raises:
        Conflict: the database holds firms that are not samples, or sources of others.
    """
    with store.read() as session:
        firms = session.scalar(select(BusinessRow.id).where(BusinessRow.is_sample.is_(False)).limit(1))
        names = [feed.name for feed in FEEDS]
        source = session.scalar(select(SourceRow.id).where(SourceRow.name.not_in(names)).limit(1))
    if firms or source:
        raise Conflict(
            "Basis data ini berisi data sungguhan; contoh tidak dimuat di atasnya.",
            mend="Beri contoh foldernya sendiri, misalnya EXCHANGE_DATA_DIR=data/demo.",
        )


def prepare(store: Store, settings: Settings, urls: dict[str, str]) -> Shown:
    """Load the sample, pull the partners, match; each step does only what a former start has not done."""
    refuse_real_data(store)
    shown = Shown(catalogue=load_catalogue(store, settings))
    shown.sources = sync_all(store, settings, add_partners(store, urls))
    model = Models(settings.models()).in_use()
    shown.matching = rematch(store, home_region=settings.home_region, folder=settings.index(), model=model, today=settings.day()).record()
    count_ahead(store, settings)
    figures_ahead(store, settings)
    return shown
