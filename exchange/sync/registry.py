"""The connectors at hand, and one made ready for a source."""

from __future__ import annotations

from functools import cache
from typing import Any

from connectors.kit import Connector, Fetch, Keep, Limits, SettingsError
from connectors.kit.discovery import discover
from connectors.kit.pace import Pace
from exchange.errors import BadRequest
from exchange.settings import Settings
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.uploaded import Uploaded
from schemas.plugins import Found


@cache
def found() -> Found[Connector]:
    """The usable connectors, and what is wrong with the others; looked for once a process."""
    return discover()


def connector_class(name: str) -> type[Connector]:
    """
    The connector of that name.

    Raises:
        BadRequest: there is none; the message names those there are.
    """
    known = found().usable
    if name not in known:
        raise BadRequest(f"Konektor {name!r} tidak ada.", mend=f"Yang ada: {', '.join(known)}.")
    return known[name]


def connector_for(source: SourceRow) -> Connector:
    """
    The source's connector with the source's settings.

    Raises:
        BadRequest: the connector is not there, or cannot work with the settings; the message names each.
    """
    return make(source.connector, source.options)


def make(name: str, options: dict[str, str]) -> Connector:
    """A connector with settings; raises BadRequest where it is not there or the settings are wrong."""
    try:
        return connector_class(name)(options)
    except SettingsError as error:
        raise BadRequest(str(error), mend="Beri pengaturan dengan --set NAMA=NILAI.") from error


@cache
def pace(at_once: int, pause: float) -> Pace:
    """The one pace of this process."""
    return Pace(at_once, pause)


def fetch_for(source: SourceRow, connector: Connector, keep: Keep, settings: Settings, **more: Any) -> Fetch:
    """
    The guarded way out for one run of one source, or, where it has no address, the file that was sent for it.

    more: what `Fetch` may be told besides, by name.
    """
    if source.upload_key is not None:
        return Uploaded(keep, Archive(settings.data_dir / "archive"), source.upload, limits=limits_of(settings), **more)
    return Fetch(
        keep,
        connector.approved(),
        local=source.local,
        limits=limits_of(settings),
        headers=connector.headers,
        pace=None if source.local else pace(settings.host_requests, settings.host_pause),
        contact=settings.contact,
        **more,
    )


def limits_of(settings: Settings) -> Limits:
    """The bounds of one answer, in seconds from the settings and in bytes as the kit has them."""
    return Limits(connect=settings.connect_timeout, read=settings.read_timeout, total=settings.total_timeout)
