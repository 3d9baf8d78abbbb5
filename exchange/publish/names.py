"""
Stable names (IRIs) of what a publication speaks of, and addresses on the node.

With the node's address set, a name is the address at which the API shows the record. Without it a name is a `urn:` of the
region's code, the same on every machine that the office moves the node to; only addresses then are relative, to be taken
from where the document was read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from exchange.publish.base import Head
from schemas.ubl import web_address

_URN = "urn:trade-exchange"
# what an IRI may not hold; the rest, percent signs of what is quoted already too, stays
_FORBIDDEN = re.compile('[\x00-\x20\x7f-\xa0<>"{}|\\\\^`\ud800-\udfff\ufffe\uffff]')


def _named(head: Head, kind: str, path: str, ident: str = "") -> str:
    told = f"/{quote(ident, safe='')}" if ident else ""
    if head.base_url:
        return f"{head.base_url}{path}{told}"
    return f"{_URN}:{head.region}:{kind}" + (f":{quote(ident, safe='')}" if ident else "")


def product(head: Head, sku: str) -> str:
    """The name of a product."""
    return _named(head, "product", "/api/v1/products", sku)


def business(head: Head, ident: str) -> str:
    """The name of a firm."""
    return _named(head, "business", "/api/v1/businesses", ident)


def office(head: Head) -> str:
    """The name of the office that publishes."""
    return _named(head, "office", "/#office")


def catalog(head: Head) -> str:
    """The name of the node's catalogue of data sets."""
    return _named(head, "catalog", "/#catalog")


def dataset(head: Head) -> str:
    """The name of the one data set, whatever format it is read in."""
    return _named(head, "dataset:products", "/#products")


def service(head: Head) -> str:
    """The name of the node's API."""
    return _named(head, "service", "/api/v1/#service")


def region(head: Head) -> str:
    """The name of the region, by its Kemendagri code."""
    return _named(head, "region", "/api/v1/regions", head.region)


def distribution(head: Head, format_name: str) -> str:
    """The name of the data set in one format; with the node's address set, where to fetch it, too."""
    return _named(head, "distribution", "/api/v1/publications", format_name)


def address(head: Head, path: str) -> str:
    """Where something is on the node; relative to the document where the node's address is not set."""
    return f"{head.base_url}{path}"


def photo(head: Head, told: Mapping[str, Any]) -> str:
    """Where a photo of a product (PhotoSchema) is read, as `address` has it."""
    return address(head, str(told["href"]))


def iri(text: str | None) -> str | None:
    """A web address as an IRI, what an IRI may not hold percent-encoded; None for what is no web address."""
    found = web_address(text.strip()) if text else None
    return _FORBIDDEN.sub(lambda letter: quote(letter[0].encode("utf-8", "replace")), found) if found else None
