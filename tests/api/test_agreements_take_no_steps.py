"""The API takes no step of a case: every method on every address of cases, whoever asks, leaves it as it was to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from exchange.access.partners import named as partner_named
from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.settings import Settings

from ..agreements.cases import TODAY, WAY, go_until, new_case  # isort: skip
from ..agreements.doors import Place  # isort: skip

PATH = "/api/v1/agreements"
METHODS = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "MERGE", "LANGKAH")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, today=TODAY)


@pytest.fixture
def place(store, settings):
    return Place(store, node_of(settings))


@pytest.mark.parametrize("last", ["siapkan", "tandatangani_kb", "laksanakan"])
def test_no_method_on_any_address_of_cases_changes_one(app, office, staff, client, store, place, last):
    with store.work() as session:
        row = go_until(session, place.node, new_case(session, place.node, partner_named(session, office.ident)), last)
        ident, version = row.ident, row.version
    before = place.everything(ident)
    routes = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PATH)]
    assert {tuple(sorted(rule.methods)) for rule in routes} == {("GET", "HEAD", "OPTIONS")}, "only reading is routed"
    onward = WAY[WAY.index(last) + 1] if last != WAY[-1] else "akhiri"
    addresses = [rule.rule.replace("<ident>", ident) for rule in routes]
    addresses += [f"{PATH}/{ident}/{end}" for end in ("", "steps", f"steps/{onward}", f"langkah/{onward}", "berkas", "state", "objects")]
    body = {"step": onward, "state": "pelaksanaan", "office": "opd", "version": version, "facts": {"alasan": "x"}}
    for address in addresses:
        for name, ask in _asking(office, staff, client).items():
            for method in METHODS:
                for headers in ({}, {"X-HTTP-Method-Override": "PATCH"}):
                    answer = ask(method, address, body, headers)
                    assert answer.status_code in {401, 403, 404, 405}, (name, method, address, answer.status_code, answer.text)
            asked = ask("GET", f"{address}?step={onward}&_method=POST", None, {"X-HTTP-Method-Override": "POST"})
            assert asked.status_code in {200, 401, 403, 404, 422, 400}, (name, address, asked.status_code)
    assert _of_cases(place.everything(ident)) == _of_cases(before)
    with store.read() as session:
        assert named(session, ident).version == version


def _of_cases(told: dict[str, Any]) -> dict[str, Any]:
    """Without the partner's own row, which tells when it was last here."""
    return {name: rows for name, rows in told.items() if name != "partner"}


def _asking(office, staff, client) -> dict[str, Callable[..., Any]]:
    def partner(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        return office.open(method, path, body, **headers)

    def by(visitor: Any) -> Callable[..., Any]:
        def ask(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
            data = None if body is None else json.dumps(body)
            return visitor.open(path, method=method, data=data, content_type="application/json", headers=headers)

        return ask

    return {"partner": partner, "staff": by(staff), "nobody": by(client)}
