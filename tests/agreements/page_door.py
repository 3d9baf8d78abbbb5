"""The door of the pages: the real forms, logged in, with their CSRF tokens and versions."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from exchange.agreements.objects import MEMBERS, objects_as_json
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.wiring import share

from .doors import BODIES, Answer
from .walking import Attempt

READERS = ("pimpinan", "auditor")


class Page:
    """Two who may take steps, taking turns, and two who may only look."""

    keeps_files = True
    actors = frozenset({"admin", "petugas"})

    def __init__(self, app: Flask, settings: Settings, store: Store, login: Callable[[str], FlaskClient]) -> None:
        self._app, self._settings, self._store = app, settings, store
        self._people = {role: login(role) for role in (*sorted(self.actors), *READERS)}
        self._tokens: dict[str, str] = {}
        self._turn = 0

    def attempt(self, ident: str, version: int, tried: Attempt) -> Answer:
        """Open the case, fill in the step's form where it has one, and send it."""
        self._turn += 1
        role = sorted(self.actors)[self._turn % 2]
        self._day(tried.on)
        page = self._people[role].get(f"/kerja-sama/{ident}").text
        action = f'action="/kerja-sama/{ident}/langkah/{tried.step.name}#'
        hidden = page.split(action, 1)[1] if action in page else page
        form = dict(re.findall(r'name="(csrf_token|versi|pelaku)" value="([^"]*)"', hidden.split("</form>")[0]))
        self._tokens[role] = form["csrf_token"]
        answer = self._send(role, ident, tried, {"versi": str(version)} | form)
        assert answer.status_code in {303, 422}, answer.text[:3000]
        if answer.status_code == 303:
            assert action in page, "a step that can be taken stands on the page"
        return Answer(answer.status_code == 303, re.sub(r"\s+", " ", unescape(answer.text)))

    def trespass(self, random: Random, ident: str, version: int, tried: Attempt) -> str:
        """By who may only look, without the token, with somebody else's, or with another version than the one that stands."""
        self._day(tried.on)
        way = random.choice(["reader", "without", "foreign", "late", "nobody", "get"])
        role = random.choice(READERS) if way == "reader" else random.choice(sorted(self.actors))
        client, form = self._people[role], {"csrf_token": self._token(role, ident), "versi": str(version)}
        wanted = {"reader": 403, "without": 400, "foreign": 400, "late": 409, "nobody": 303, "get": 405}[way]
        if way == "without":
            del form["csrf_token"]
        elif way == "foreign":
            form["csrf_token"] = self._token(next(one for one in sorted(self.actors) if one != role), ident)
        elif way == "late":
            form["versi"] = str(version + random.choice([-1, 1, 7]))
        elif way == "nobody":
            client = self._app.test_client()
        path = f"/kerja-sama/{ident}/langkah/{tried.step.name}"
        if way == "get":
            answer = client.get(path)
        else:
            without_files = replace(tried, papers={})  # a late form's files are kept for the next try, like a refused one's
            answer = client.post(path, data=filled(without_files if way == "late" else tried) | form, content_type="multipart/form-data")
        assert answer.status_code == wanted, (way, answer.status_code)
        if way == "nobody":
            assert answer.location.startswith("/masuk")
        return way

    def _send(self, role: str, ident: str, tried: Attempt, form: dict[str, str]) -> Any:
        data = filled(tried) | form | {"pelaku": tried.office}
        return self._people[role].post(
            f"/kerja-sama/{ident}/langkah/{tried.step.name}", data=data, content_type="multipart/form-data"
        )  # fmt: skip

    def _token(self, role: str, ident: str) -> str:
        if role not in self._tokens:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self._people[role].get(f"/kerja-sama/{ident}").text)
            assert found
            self._tokens[role] = found[1]
        return self._tokens[role]

    def _day(self, on: date) -> None:
        share(self._app.extensions, replace(self._settings, today=on), self._store)


def filled(tried: Attempt) -> dict[str, Any]:
    """The fields of a step's form with what is tried, as a browser sends them."""
    form: dict[str, Any] = {"pelaku": tried.office}
    for name, value in tried.facts.items():
        if isinstance(value, list):
            placed = {"kami": 0, "mitra": 0}
            for one in value:
                place = f"isi-{name}-{one['pihak']}-{placed[one['pihak']]}-"
                placed[one["pihak"]] += 1
                form |= {place + member: said for member, said in one.items() if member != "pihak"}
        else:
            form[f"isi-{name}"] = {True: "ya", False: "tidak"}[value] if isinstance(value, bool) else str(value)
    for kind, digest in tried.papers.items():
        form[f"berkas-{kind}"] = (io.BytesIO(BODIES[digest]), f"{kind}.pdf")
    if tried.objects is not None:
        rows = objects_as_json(tried.objects) or [{}]
        form |= {f"objek-{number}-{member}": row.get(member, "") for number, row in enumerate(rows) for member in MEMBERS}
    return form
