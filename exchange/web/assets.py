"""htmx, served from the installed package; no page asks another host for anything."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, Response, send_from_directory

bp = Blueprint("web_assets", "exchange.web")


@bp.get("/static/htmx.min.js")
def htmx() -> Response:
    """The library as its package ships it."""
    return send_from_directory(str(files("js_lib_htmx") / "static" / "htmx"), "htmx.min.js", mimetype="text/javascript")
