"""`exchange catalogue export --partner`: one partner's file, as its agreement opens the catalogue that day."""

from __future__ import annotations

import stat

import orjson
import pytest

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.store.businesses import apply_business
from exchange.store.products import apply_product
from schemas.business import BusinessSchema
from schemas.product import ProductSchema

IDENT = "kota-contoh"


@pytest.fixture
def partner(exchange, store):
    """A partner, and a catalogue of two products."""
    assert exchange("init").code == 0
    added = exchange("partner", "add", IDENT, "--name", "Pemerintah Kota Contoh", "--region", "33.74", "--scope", "catalogue:read")
    assert added.code == 0, added.err
    with store.work() as session:
        firm = {"nib": "9120000011111", "name": "CV Karya Logam", "legal_form": "CV", "sector": "logam", "consented_on": "2026-01-05"}
        row, _ = apply_business(session, BusinessSchema().load(firm))
        made = []
        for sku, kbli in (("LGM-1", "25111"), ("LGM-2", "25920")):
            told = {"sku": sku, "nib": row.nib, "name": sku, "sector": "logam", "kbli": kbli, "capacity_max": "173", "unit_said": "m2"}
            made.append(apply_product(session, ProductSchema().load(told), row)[0])
        refresh_businesses(session, [row])
        refresh_products(session, made)
    return IDENT


def exact(path) -> set[str]:
    return {each["sku"] for each in orjson.loads(path.read_bytes())["products"] if "capacity_max" in each}


def test_a_partners_file_is_what_its_stage_opens_that_day(exchange, partner, tmp_path):
    file = tmp_path / "mitra.json"
    stages = (
        (("public",), "public", set(), 0o644),
        (("agreed",), "agreed", set(), 0o600),
        (("contracted", "--kbli", "25111"), "contracted", {"LGM-1"}, 0o600),
        (("contracted", "--sector", "logam"), "contracted", {"LGM-1", "LGM-2"}, 0o600),
        (("contracted", "--sector", "logam", "--until", "2020-01-01"), "public", set(), 0o644),
    )
    for words, tier, opened, mode in stages:
        assert exchange("partner", "stage", partner, *words).code == 0
        told = exchange("catalogue", "export", "json", "-o", str(file), "--partner", partner, "--sign", "--json")
        assert told.code == 0, told.err
        assert (told.json()["tier"], told.json()["partner"]) == (tier, partner)
        assert exact(file) == opened
        assert stat.S_IMODE(file.stat().st_mode) == mode
        assert exchange("verify", str(file)).code == 0
    assert "pada tahap public" in exchange("catalogue", "export", "json", "-o", str(file), "--partner", partner).err


def test_a_tier_and_a_partner_together_an_unknown_partner_and_a_contract_of_nobody_are_refused(exchange, partner, tmp_path):
    file = tmp_path / "mitra.json"
    for words in (("--partner", partner, "--tier", "agreed"), ("--tier", "contracted"), ("--partner", "kota-contih")):
        told = exchange("catalogue", "export", "json", "-o", str(file), *words)
        assert told.code in {1, 2} and not file.exists(), words
    assert "kota-contoh" in told.err
