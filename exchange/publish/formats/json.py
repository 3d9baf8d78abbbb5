"""The catalogue as one JSON document: who publishes it, then each product as the API shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import BinaryIO

import orjson

from exchange.publish.base import Format, Head


class Json(Format):
    """`{"catalogue": {…}, "products": […]}`; the products are the stored segments, joined and not read."""

    name = "json"
    title = "JSON"
    media_type = "application/json"
    suffix = ".json"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Join the segments; an empty catalogue is an empty list."""
        out.write(b'{"catalogue":' + orjson.dumps(_head(head)) + b',"products":[')
        count = 0
        for count, body in enumerate(products, start=1):
            out.write(b"\n" + body if count == 1 else b",\n" + body)
        out.write(b"\n]}\n")
        return count


def _head(head: Head) -> dict[str, object]:
    return {
        "publisher": {"name": head.office, "contact": head.contact, "region": head.region, "region_name": head.region_name},
        "licence": head.licence,
        "version": head.state if head.version else None,
        "changed_at": head.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if head.version else None,
        "reader": head.tier,
        "products": head.products,
    }
