"""Servers that `serve` is compared with, each the text of a module for granian: constant bytes, the same by Flask, an ORM's view."""

CONSTANT = """
import json
from pathlib import Path
BODIES = {f"/{name}": Path(name).read_bytes() for name in ("page_of_100", "one_product", "ubl")}
SAME = {f"/same/{name}": (status, [tuple(pair) for pair in headers], Path(body).read_bytes() if body else b"")
        for name, (status, headers, body) in json.loads(Path("same.json").read_text()).items()}
def application(environ, start_response):
    same = SAME.get(environ["PATH_INFO"])
    if same is not None:
        status, headers, body = same
        start_response(status, headers)
        return [body]
    body = BODIES.get(environ["PATH_INFO"])
    if body is None:
        start_response("304 NOT MODIFIED", [("ETag", '"1"')])
        return [b""]
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
"""
FLASK = """
from pathlib import Path
from flask import Flask, Response
BODIES = {name: Path(name).read_bytes() for name in ("page_of_100", "one_product", "ubl")}
application = Flask("constant")
@application.get("/<name>")
def constant(name):
    return Response(BODIES[name], mimetype="application/json")
"""
# the way that most services of this kind are written
ORM = """
import os
from flask import Flask, jsonify
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from exchange.store.base import Store
from exchange.store.products import ProductRow
from schemas.wire import Product
store, schema = Store(os.environ["EXCHANGE_DATABASE_URL"]), Product(many=True)
application = Flask("orm")
@application.get("/")
def listing():
    with store.read() as session:
        rows = session.scalars(select(ProductRow).options(joinedload(ProductRow.business)).order_by(ProductRow.sku).limit(100)).all()
        return jsonify(items=schema.dump([vars(row) | {"producer": row.business} for row in rows]))
"""
