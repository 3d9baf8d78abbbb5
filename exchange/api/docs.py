"""The contract as JSON, and as a page to read and try it: Swagger UI from its package, nothing from outside."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import orjson
from flask import Blueprint as PlainBlueprint
from flask import Flask, Response, current_app, send_from_directory

from exchange.access.policy import Tier
from exchange.api.answers import etag, send

bp = PlainBlueprint("docs", "exchange.api")

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_KEY = "exchange_openapi"

# the policy forbids inline script and style, so the page holds neither
_PAGE = """<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API pertukaran dagang</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png" type="image/png">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/init.js" defer></script>
</head>
<body>
<main id="api"><p>Kontrak API ini ada di <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
Halaman ini memerlukan JavaScript untuk menampilkannya.</p></main>
</body>
</html>
"""
_INIT = """window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
"""


class _Contract:
    """The document as it is sent: written when somebody first asks for it, which takes a tenth of a second, and kept."""

    def __init__(self, write: Callable[[], dict[str, Any]]) -> None:
        self._write, self._lock = write, threading.Lock()
        self._body = b""

    def body(self) -> bytes:
        with self._lock:
            self._body = self._body or orjson.dumps(self._write())
            return self._body


def register(app: Flask, write: Callable[[], dict[str, Any]]) -> None:
    """Serve the document that `write` gives, and the page over it."""
    app.extensions[_KEY] = _Contract(write)
    app.register_blueprint(bp)


@bp.get("/openapi.json")
def contract() -> Response:
    """The OpenAPI 3.1 document of this node."""
    body: bytes = current_app.extensions[_KEY].body()
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, "openapi", [body]))


@bp.get("/docs")
def page() -> Response:
    """The page; all that it needs lies under /docs."""
    return _fixed(_PAGE, "text/html")


@bp.get("/docs/init.js")
def init() -> Response:
    """What starts Swagger UI."""
    return _fixed(_INIT, "text/javascript")


@bp.get("/docs/<any(" + ",".join(f'"{name}"' for name in _ASSETS) + "):name>")
def asset(name: str) -> Response:
    """A file of Swagger UI as its package ships it."""
    return send_from_directory(str(files("flask_swagger_ui") / "dist"), name, mimetype=_ASSETS[name], max_age=3600)


def _fixed(text: str, media: str) -> Response:
    body = text.encode()
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, media, [body]), media=media)
