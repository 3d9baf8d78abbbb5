"""A real browser over the service of a test: the fixtures of all tests that open one."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

CHROMIUM = next(
    (found for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = ("gpu", "quic", "background-networking", "component-update", "sync")
ARGS = ["--no-sandbox", "--no-first-run", *(f"--disable-{thing}" for thing in QUIET)]
SHOTS = os.environ.get("EXCHANGE_TEST_SHOTS")  # a folder for pictures of every page, to be looked at


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("EXCHANGE_TEST_WHOLE") else pytest.skip)("no Chromium is installed on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Any, world: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Any]:
    """Opens a window, logged in as one role; gives the page and what went wrong on it."""
    contexts = []

    def go(role: str | None = "petugas", *, width: int = 1280, script: bool = True) -> tuple[Any, list[str]]:
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, java_script_enabled=script)
        contexts.append(context)
        page, wrong = context.new_page(), []
        page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith((address, "data:")) else None)
        page.on("console", lambda said: wrong.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        if role:
            page.goto("/masuk")
            page.fill("#name", role)
            page.fill("#password", "kata-sandi-uji-coba")
            page.click("main button")
            page.wait_for_url(address + "/")
        return page, wrong

    yield go
    for context in contexts:
        context.close()


def _is_fault(said: Any) -> bool:
    # Chromium reports every 4xx of a page in the console; the tests that provoke one look at the page instead
    return said.type in {"error", "warning"} and "Failed to load resource" not in said.text


def fits(page: Any) -> bool:
    """Whether nothing on a page scrolls sideways. A page that is just coming may have no element yet, so it is waited for."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def violations(page: Any) -> list[str]:
    """What axe finds wrong on a page."""
    page.wait_for_load_state()
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    return [f"{v['id']}: {node['html'][:160]}" for v in axe.Axe().run(page).response["violations"] for node in v["nodes"]]
