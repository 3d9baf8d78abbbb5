"""The page over the contract in a real browser: it shows the operations, asks nobody else, breaks no policy."""

from __future__ import annotations

import shutil
import threading

import pytest
from werkzeug.serving import make_server

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


def test_the_docs_page_works_offline_under_the_policy(app, world):
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this machine")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}"
    asked: list[str] = []
    said: list[str] = []
    try:
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{here}/docs")
            page.wait_for_selector("#operations-products-getProducts", timeout=20_000)
            page.click("#operations-products-getProducts button.opblock-summary-control")
            page.click("#operations-products-getProducts button.execute")
            page.wait_for_selector("#operations-products-getProducts .live-responses-table .response-col_status", timeout=20_000)
            told = page.inner_text("#operations-products-getProducts .live-responses-table")
            page.wait_for_selector("#operations-webhooks-onMatchNew", timeout=20_000)
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "LGM-1" in told
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
    assert said == []
