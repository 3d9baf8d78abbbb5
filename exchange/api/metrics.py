"""Figures for a watcher, in Prometheus' text format: names of sources and counts, no address and nothing about persons."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from exchange.api import caller, problems
from exchange.api.smorest import Blueprint, Query
from exchange.errors import Unauthenticated
from exchange.store.gauges import Gauges, gauges
from exchange.store.sources import HEALTH
from exchange.wiring import settings, store
from schemas.webhook import REASONS
from schemas.wire import RUN_STATES

TEXT = "text/plain"
_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
# a request that bears one of these came through a proxy, so that its sender is somebody else
_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
Labels = dict[str, str]
Sample = tuple[Labels, float]

bp = Blueprint("metrics", "Figures for whoever watches the service.", answers=(TEXT,))


@bp.reads("/metrics", Query, {"type": "string"}, content_type=TEXT, marks={"x-conditional": False, "x-problems": [401, 503]})
def metrics(_asked: dict[str, Any]) -> Response:
    """
    Read figures about nights, sources, demand and webhooks.

    For staff, for what runs on this machine, and for whoever bears the token that the operator set, if one is set.
    """
    if not _may_read():
        raise Unauthenticated(
            "Angka layanan hanya untuk petugas, mesin ini sendiri, dan pemegang token.",
            mend="Kirim tajuk Authorization: Bearer dengan isi EXCHANGE_METRICS_TOKEN, atau masuk sebagai petugas.",
            missing=["token"],
        )
    try:
        with store().read() as session:
            told = gauges(session)
    except SQLAlchemyError:
        return problems.answer(problems.of_status(503, "Basis data tidak menjawab."), {"Retry-After": "5"})
    return Response(_text(told), content_type=_FORMAT, headers={"Cache-Control": "no-store"})


def _may_read() -> bool:
    """Staff; else who bears the token where one is set; else, where none is set, whoever asks from this machine itself."""
    if caller.is_staff():
        return True
    token = settings().metrics_token
    if token:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    return _from_this_machine()


def _from_this_machine() -> bool:
    """Straight from loopback, asking for this machine by its own name: not through a proxy, nor through a name that leads here."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    try:
        return host in _THIS_MACHINE and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _text(told: Gauges) -> str:
    return "".join(line + "\n" for line in _lines(told))


def _lines(told: Gauges) -> Iterator[str]:
    night = told.night
    yield from _metric("last_night_timestamp_seconds", "When the last night that came to its end did so.", _at(told.night_ended))
    yield from _metric("last_night_duration_seconds", "How long that night took.", _figure(night.get("seconds")))
    yield from _metric("last_night_needs", "Things that a person must look at after it.", _figure(night.get("needs")))
    states = night.get("states", {})
    runs = [({"state": state}, states.get(state, 0)) for state in RUN_STATES[1:]] if night else []
    yield from _metric("last_night_runs", "Runs of sources in it, by state.", runs)
    approved = [each for each in told.sources if each.state == "approved"]
    by_health = [({"health": health}, sum(each.health == health for each in approved)) for health in HEALTH]
    yield from _metric("sources", "Approved sources, by how they fare.", by_health)
    good = [({"source": each.name}, each.last_good_at.timestamp()) for each in approved if each.last_good_at]
    yield from _metric("source_last_good_timestamp_seconds", "When an approved source last brought a list.", good)
    demands = {"live": told.live - told.held, "held": told.held, "withdrawn": told.withdrawn}
    yield from _metric("demands", "Demands: live, held (missing and still shown), withdrawn.", _by("state", demands))
    yield from _metric("quarantine_waiting", "Listings that could not be read.", [({}, told.waiting)])
    suspended = [({"reason": reason}, told.webhooks.get(reason, 0)) for reason in REASONS]
    yield from _metric("webhooks_active", "Addresses of partners that events are sent to.", [({}, told.webhooks.get(None, 0))])
    yield from _metric("webhooks_suspended", "Addresses of partners that nothing is sent to, by why.", suspended)
    yield from _metric("webhook_events_waiting", "Events that an address has not taken yet.", [({}, told.undelivered)])
    yield from _metric("demand_index_behind", "Changes that searches of demand lack, up to 10,000.", [({}, told.index_behind)])
    yield from _metric("feed_position", "Number of the last change on the feed.", [({}, told.feed)])


def _metric(name: str, says: str, samples: Iterable[Sample]) -> Iterator[str]:
    """One gauge; one that nothing is known of has no sample, rather than 0."""
    yield f"# HELP exchange_{name} {says}"
    yield f"# TYPE exchange_{name} gauge"
    for labels, value in samples:
        told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"exchange_{name}{{{told}}} {value!r}" if told else f"exchange_{name} {value!r}"


def _at(when: datetime | None) -> list[Sample]:
    return [({}, when.timestamp())] if when else []


def _figure(value: float | None) -> list[Sample]:
    return [] if value is None else [({}, value)]


def _by(label: str, counts: dict[str, int]) -> list[Sample]:
    return [({label: name}, count) for name, count in counts.items()]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
