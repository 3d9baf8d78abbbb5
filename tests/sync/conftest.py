"""A source that answers what the test says, over real HTTP on loopback, through the guarded way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.simulator import Asked, Canned, serve
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.sources import SourceRow
from exchange.sync.report import Report
from exchange.sync.run import sync_source

from .two_nodes import NodeA, NodeB, served  # isort: skip

PATH = "/isb-2/api/11111111-2222-4333-8444-555555555555/json/777/Rahasia"


def package(code: int, **more: Any) -> dict[str, Any]:
    """One package of the service bus, made up."""
    return {
        "tahun_anggaran": 2027, "kd_klpd": "D9374", "nama_klpd": "Kota Contoh", "jenis_klpd": "KABUPATEN/KOTA",
        "kd_satker": 1, "kd_satker_str": "1.01", "nama_satker": "Dinas Contoh", "kd_rup": code, "nama_paket": f"Pengadaan rak arsip {code}",
        "pagu": 1_000_000 + code, "kd_metode_pengadaan": 9, "metode_pengadaan": "E-Purchasing", "kd_jenis_pengadaan": "1",
        "jenis_pengadaan": "Barang", "status_pradipa": "Non-PraDIPA", "status_pdn": "PDN", "status_ukm": "UKM",
        "volume_pekerjaan": "1 Paket", "urarian_pekerjaan": "Rak arsip besi; ", "spesifikasi_pekerjaan": "5 susun; \r\n",
        "tgl_awal_pemilihan": "2027-01-01", "tgl_akhir_pemilihan": "2027-01-01", "tgl_awal_kontrak": "2027-02-01",
        "tgl_akhir_kontrak": "2027-03-01", "tgl_awal_pemanfaatan": "2027-03-01", "tgl_akhir_pemanfaatan": "2027-03-01",
        "tgl_pengumuman_paket": "2026-11-01 09:00:00", "nip_ppk": "199001012020121001", "nama_ppk": "Orang Contoh",
        "username_ppk": "ORANG-CONTOH", "status_aktif_rup": True, "status_delete_rup": False,
        "status_umumkan_rup": "Terumumkan", "_event_date": "2026-11-22",
    } | more  # fmt: skip


def packages(codes: Any, **more: Any) -> list[dict[str, Any]]:
    """Packages by their codes."""
    return [package(code, **more) for code in codes]


def counts(report: Report) -> dict[str, int]:
    """The counts that are not nought."""
    names = ("fetched", "new", "changed", "unchanged", "missing", "held", "withdrawn", "quarantined", "skipped")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


class Partner:
    """A source `mitra` whose next answer the test sets, and a way to pull it."""

    def __init__(self, store: Store, settings: Settings, url: str, script: dict[str, list[Canned]], asked: list[Asked]) -> None:
        self.store, self.settings, self.url, self.asked = store, settings, url, asked
        self._script = script
        with store.work() as session:
            session.add(SourceRow(name="mitra", connector="lkpp_isb", region="33.74", options={"url": url}, local=True, state="approved"))

    def answers(self, answer: Any) -> None:
        """What the source will say from now on: a Canned answer, or a value sent as JSON."""
        self._script[PATH] = [answer if isinstance(answer, Canned) else Canned.json(answer)]

    def pull(self, answer: Any = None, **more: Any) -> Report:
        """Pull once, after setting the answer where one is given."""
        if answer is not None:
            self.answers(answer)
        return sync_source(self.store, self.settings, "mitra", **more)


@pytest.fixture
def partner(store: Store, settings: Settings) -> Iterator[Partner]:
    """The source `mitra`, approved, answering on loopback."""
    with serve(feeds=(), script={PATH: [Canned.json([])]}) as served:
        yield Partner(store, settings, served.base + PATH, served.script, served.asked)


@pytest.fixture
def a(made_databases: dict[str, str], tmp_path: Path) -> Iterator[NodeA]:
    """Another node, with a data folder and a database of its own."""
    node = NodeA(tmp_path, made_databases["sqlite"])
    yield node
    node.store.close()


@pytest.fixture
def b(a: NodeA, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[NodeB]:
    """Our node, which pulls the other one over loopback in small pages and small batches."""
    monkeypatch.setattr("connectors.exchange_node._PAGE", 4)
    monkeypatch.setattr("exchange.sync.run.BATCH", 3)
    with served(a) as url:
        yield NodeB(store, settings, url)


@pytest.fixture
def at() -> Callable[..., Any]:
    """A clock that stands at a time: `at(when)`."""
    return lambda when: lambda: when
