"""Errands in a real browser: a source is pulled at the press of a button, with and without JavaScript, and the page says what came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.jobs.errands import Errands
from exchange.jobs.worker import Worker
from exchange.store.sources import source_by_name

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .sourcing import jati  # noqa: E402, F401  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def worker(world: Any, settings: Any, jati: Any) -> Iterator[None]:  # noqa: F811
    """A worker beside the service, as `exchange serve` starts one."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    its = Worker(world, settings, [Errands(world, settings)])
    thread = threading.Thread(target=its.run, daemon=True)
    thread.start()
    yield
    its.stop()
    thread.join()


@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, False)])
def test_a_source_is_pulled_and_the_log_checked_at_the_press_of_a_button(visit, worker, width, script):
    page, wrong = visit("admin", width=width, script=script)
    for path, name, said in (
        ("/sumber/jati", "Ambil sekarang", "6 data datang"),
        ("/malam", "Periksa seluruhnya sekarang", "Catatan pertukaran masih kosong."),
    ):
        page.goto(path)
        page.get_by_role("button", name=name).click()
        for _ in range(20):
            if page.get_by_text(said).count():
                break
            page.wait_for_timeout(500)
            if not script and page.get_by_role("link", name="Muat ulang").count():
                page.get_by_role("link", name="Muat ulang").first.click()
        sync_api.expect(page.get_by_text(said)).to_be_visible()
        assert fits(page), path
        assert not script or violations(page) == []  # axe itself is a script
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"tombol{path.replace('/', '-')}-{width}.png", full_page=True)
    page.goto("/")
    assert page.get_by_role("button", name="Ambil sekarang").count() >= 1
    assert fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"tombol-beranda-{width}.png", full_page=True)
    assert wrong == []
