"""The page over the contract in a real browser: it shows the operations, asks nobody else, breaks no policy."""

from __future__ import annotations

import threading

import pytest
from werkzeug.serving import make_server

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_the_docs_page_works_offline_under_the_policy(app, world, chromium):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}"
    asked: list[str] = []
    said: list[str] = []
    try:
        with chromium.new_context() as context:
            page = context.new_page()
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
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "LGM-1" in told
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
    assert said == []
