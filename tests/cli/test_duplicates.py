"""`exchange catalogue duplicates`: the same pairs as the page of them."""

from __future__ import annotations

from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow


def test_one_thing_listed_twice_is_told_with_both_firms(exchange, database_url):
    store = Store(database_url)
    with store.work() as session:
        for number, name in enumerate(("Rak arsip besi siku", "Rak Arsip Besi SIKU", "Nasi kotak")):
            firm, _ = apply_business(session, {"nib": f"912000002001{number}", "name": f"CV {number}"})
            session.add(ProductRow(sku=f"P-{number}", name=name, keywords=[], business=firm))
    store.close()
    told = exchange("catalogue", "duplicates", "--json")
    assert told.code == 0
    (pair,) = told.json()
    assert (pair["one"], pair["other"], pair["one_firm"], pair["other_firm"]) == ("P-0", "P-1", "CV 0", "CV 1")
    assert pair["share"] > 0.85
