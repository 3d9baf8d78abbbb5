"""Servers that `serve` is compared with, each the text of a module for granian: constant bytes, the same by Flask, an ORM's view."""

CONSTANT = """
import os
BODY = open(os.environ["BENCH_BODY"], "rb").read()
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
def unchanged(environ, start_response):
    start_response("304 NOT MODIFIED", [("ETag", '"1"')])
    return [b""]
"""
FLASK = """
import os
from flask import Flask, Response
BODY = open(os.environ["BENCH_BODY"], "rb").read()
application = Flask("constant")
@application.get("/")
def constant():
    return Response(BODY, mimetype="application/json")
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
