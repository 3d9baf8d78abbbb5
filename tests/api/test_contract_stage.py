"""What a contract (PKS) opens of its own objects in lists, single records and the feed, and what it leaves closed."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.access.policy import Tier, fields_of


def record(office: Any, kind: str, ident: str) -> dict[str, Any]:
    """A record as the partner reads it in all three ways, which must say the same."""
    path = {"product": "products", "business": "businesses"}[kind]
    one = office.get(f"/api/v1/{path}/{ident}").get_json()
    (listed,) = [each for each in office.get(f"/api/v1/{path}").get_json()["items"] if ident in (each.get("sku"), each.get("ident"))]
    (told,) = [each["record"] for each in office.get(f"/api/v1/changes?kind={kind}").get_json()["items"] if each["ident"] == ident]
    assert one == listed == told
    return one


@pytest.mark.parametrize(
    ("objects", "opened"),
    [({"sectors": ["logam"]}, {"LGM-1", "LGM-2"}), ({"kbli": ["25111"]}, {"LGM-1"}), ({"kbli": ["25"]}, {"LGM-1", "LGM-2"}),
     ({"sectors": ["pangan"], "kbli": ["25119"]}, {"LGM-2", "PGN-1"}), ({"kbli": ["99"]}, set())],
)  # fmt: skip
def test_a_contract_opens_exact_capacity_of_its_own_objects_alone(office, objects, opened):
    office.stage("contracted", **objects)
    for sku in ("LGM-1", "LGM-2", "PGN-1"):
        seen = record(office, "product", sku)
        assert ("capacity_max" in seen) is (sku in opened)
        assert seen["capacity_band"] == "100-1000"


def test_a_contract_opens_the_role_contacts_of_the_firms_whose_products_it_covers(office, world, markers):
    office.stage("contracted", kbli=["25111"])
    big, sole = record(office, "business", world.firm), record(office, "business", world.sole)
    assert big["telephone"] == markers["telephone"] and big["address"] == markers["address"]
    assert "telephone" not in sole and "nib" not in sole
    office.stage("contracted", sectors=["pangan"])
    sole = record(office, "business", world.sole)
    assert sole["nib"] == markers["sole_nib"] and "address" not in sole, "a sole proprietor's address is a person's, a contract or not"
    assert "telephone" not in record(office, "business", world.firm)


def test_what_a_contract_opens_filters_no_list(office):
    office.stage("contracted", sectors=["logam"])
    hidden = fields_of("product", Tier.CONTRACTED) - fields_of("product", Tier.AGREED)
    assert hidden == {"capacity_min", "capacity_max", "negotiated_prices"}
    for name in hidden:
        assert office.get(f"/api/v1/products?{name}=180").status_code == 400


def test_another_stage_or_another_contract_ends_the_cursor_of_the_feed(office):
    def cursor() -> str:
        return office.get("/api/v1/changes").get_json()["next"]

    def gone(since: str) -> bool:
        answer = office.get(f"/api/v1/changes?since={since}")
        assert answer.status_code in {200, 410}
        if answer.status_code == 410:
            assert answer.get_json()["resync"] == "/api/v1/changes"
        return answer.status_code == 410

    office.stage("agreed")
    held = cursor()
    assert not gone(held)
    for stage, more in (("contracted", {"sectors": ["logam"]}), ("contracted", {"sectors": ["pangan"]}), ("agreed", {}), ("public", {})):
        office.stage(stage, **more)
        assert gone(held), (stage, more)
        held = cursor()
        assert not gone(held)
    office.stage("agreed")
    office.stage("public")
    assert not gone(held), "the same view again goes on"
