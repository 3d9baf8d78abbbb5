"""Cases of cooperation on their pages: the fixtures and ways of sending of all tests that work on them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from exchange.agreements.node import node_of
from exchange.agreements.steps import begin

PDF = b"%PDF-1.7\n% naskah uji\n%%EOF\n"


@pytest.fixture
def node(settings):
    return node_of(settings)


@pytest.fixture
def open_case(world, node, settings):
    """Opens a case with the region of the world's partner."""

    def made(title: str = "Pemenuhan pagar sekolah", **more: Any) -> str:
        said = {"kind": "daerah", "region": "33.74", "counterpart": "Pemerintah Kota Semarang"} | more
        with world.work() as session:
            return begin(session, node, title=title, actor="petugas", on=settings.day(), **said).ident

    return made


def post(client, csrf, path: str, **form: Any):
    page = "/kerja-sama/" + path.split("/")[2]
    return client.post(path, data={"csrf_token": csrf(client.get(page))} | form, content_type="multipart/form-data")


def step(client, csrf, ident: str, name: str, version: int = 1, **form: Any):
    return post(client, csrf, f"/kerja-sama/{ident}/langkah/{name}", versi=str(version), **form)


def file(body: bytes = PDF, name: str = "nota.pdf"):
    return (io.BytesIO(body), name)
