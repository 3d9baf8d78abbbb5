"""Study visits: regions by what they publish of what is lacking here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from exchange.reports.classes import Class, Reader
from exchange.reports.unmet import Sum
from exchange.reports.visits import TOP, visits
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.store.unmet import Offered, offered_elsewhere

CLOTHES, COMPUTERS = Class("KBKI", "282"), Class("KBKI", "452")
LACKED = [(COMPUTERS, Sum(4, Decimal(900), 0, 4)), (CLOTHES, Sum(2, Decimal(100), 1, 2))]


def offered(at, region, name, code=None, edition=None, /, **producer):
    given = [{"scheme": "KBKI", "code": code, "edition": edition}] if code else []
    return Offered(at, f"s-{at:016x}", region, name, {"name": name, "classifications": given, "producer": producer or None})


def test_what_is_lacking_most_leads_and_the_region_tells_where():
    offers = [offered(at, "33.74", f"Kemeja {at}", "2822199", district="Mijen") for at in range(9)]
    offers += [offered(20, "33.28", "Laptop rakitan", "4522000", name="CV Rakit"), offered(21, "33.28", "Meja tamu", "3814000")]
    found, looked = visits(LACKED, offers, Reader([]))
    assert looked == 11
    assert [(one.region, one.products, one.offered, one.value) for one in found] == [("33.28", 1, 2, 900), ("33.74", 9, 9, 100)]
    assert found[0].where() == [("CV Rakit", 1)]
    assert found[1].where() == [("Mijen", 9)]
    ((its, strength),) = found[1].classes()
    assert (its, strength.products, len(strength.top)) == (CLOTHES, 9, TOP)
    assert [name for _, name, _ in strength.top] == [f"Kemeja {at}" for at in range(TOP)]


def test_a_code_of_another_edition_says_nothing_and_the_name_is_read_instead():
    found, _ = visits(LACKED, [offered(1, "33.74", "Pakaian batik tradisional", "4522000", "2015")], Reader([]))
    assert [its for one in found for its, _ in one.classes()] == [CLOTHES]


def test_a_region_without_anything_of_it_is_no_place_to_go_and_no_catalogue_is_told_apart():
    assert visits(LACKED, [offered(1, "33.74", "Meja tamu", "3814000")], Reader([])) == ([], 1)
    assert visits(LACKED, [], Reader([])) == ([], 0)


def test_only_what_other_regions_have_on_offer_now_is_read(store, monkeypatch):
    monkeypatch.setattr("exchange.store.unmet.PART", 2)
    with store.work() as session:
        session.add(SourceRow(id=1, name="simpul", connector="exchange_node", region="33.74", state="approved"))
        session.flush()
        for at in range(7):
            region, state = ("36.72" if at == 3 else "33.74"), ("withdrawn" if at == 5 else "missing" if at == 4 else "live")
            session.add(SupplyRow(ident=f"s-{at}", source_id=1, reference=str(at), sku=str(at), region=region, name=f"Barang {at}",
                                  record={}, state=state, content_hash="0", connector_version="1", raw_answer="0",
                                  raw_position=0))  # fmt: skip
    with store.read() as session:
        assert [one.ident for one in offered_elsewhere(session, "36.72")] == ["s-0", "s-1", "s-2", "s-6"]


@pytest.mark.parametrize("code", ["6331", "8311", "x", "4"])
def test_a_service_or_a_code_too_short_is_no_class_of_goods(code):
    found, _ = visits([(Class("KBKI", code[:3]), Sum(1, Decimal(1), 0, 1))], [offered(1, "33.74", "Xyzzy", code)], Reader([]))
    assert found == []
