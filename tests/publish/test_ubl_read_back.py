"""What the UBL catalogue says can be read back by the paths that schemas/ubl.py states, without loss."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from exchange.access.policy import Tier
from exchange.publish.base import Head
from exchange.publish.formats.ubl import Ubl
from exchange.publish.write import build
from exchange.store.base import Store
from exchange.store.segments import all_segments
from schemas import ubl
from schemas.codes import rows
from schemas.ubl import known_unit

MANY = {"keywords", "photos"}
WHOLE = {"version", "lead_time_days"}
# of no meaning without the code they belong to, or told by absence
BY_DEFAULT = {"kbli_edition": "kbli", "kbki_edition": "kbki", "hs_edition": "hs"}


def read_line(line: etree._Element) -> dict[str, Any]:
    """A product as a reader who knows nothing but the paths gets it."""
    found: dict[str, Any] = {"producer": {}}
    for member, path in ubl.PATHS.items():
        said = [str(node) if isinstance(node, str) else node.text for node in line.xpath(path, namespaces=ubl.PREFIXES)]
        value: Any = said if member in MANY else int(said[0]) if said and member in WHOLE else said[0] if said else None
        assert member in MANY or len(said) < 2, f"{member} is said {len(said)} times"
        if member == "is_sample":
            value = value == "true"
        if member.startswith("producer."):
            if value is not None:
                found["producer"][member.removeprefix("producer.")] = value
        else:
            found[member] = value
    return found


def as_said(segment: dict[str, Any]) -> dict[str, Any]:
    """A product's segment without what UBL has no word for: the edition of a code that is not there, codes of no list."""
    told = {name: value for name, value in segment.items() if value is not None or name not in ubl.PATHS}
    for edition, code in BY_DEFAULT.items():
        if segment.get(code) is None:
            told.pop(edition, None)
    told["unit_code"] = known_unit(segment.get("unit_code"))
    told["producer"] = {name: value for name, value in segment["producer"].items() if value is not None}
    return {name: value for name, value in told.items() if value is not None}


def held(store: Store, tier: Tier) -> list[dict[str, Any]]:
    with store.read() as session:
        return [as_said(orjson.loads(body)) for _, _, body in all_segments(session, "product", tier)]


def read_all(path: Path) -> list[dict[str, Any]]:
    lines = etree.parse(str(path)).getroot().iter(ubl.cac("CatalogueLine"))
    return [{name: value for name, value in read_line(line).items() if value is not None} for line in lines]


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.AGREED, Tier.STAFF])
def test_every_member_of_every_tier_is_read_back_as_it_was(catalogue, settings, tier):
    assert read_all(build(catalogue, settings, "ubl", tier).path) == held(catalogue, tier)


def test_a_partner_with_a_pks_would_read_the_exact_capacity_though_no_file_is_made_for_all_of_them(catalogue):
    out = io.BytesIO()
    with catalogue.read() as session:
        bodies = [body for _, _, body in all_segments(session, "product", Tier.CONTRACTED)]
    head = Head("Dinas", "d@contoh.invalid", "36.72", "Kota Cilegon", "", 1, datetime(2026, 3, 1, tzinfo=UTC), "contracted", len(bodies))
    Ubl().write(bodies, out, head)
    lines = etree.fromstring(out.getvalue()).iter(ubl.cac("CatalogueLine"))
    read = [{name: value for name, value in read_line(line).items() if value is not None} for line in lines]
    assert read == held(catalogue, Tier.CONTRACTED)
    assert (read[0]["capacity_min"], read[0]["capacity_max"]) == ("173", "187")


def test_the_sample_catalogue_is_valid_and_read_back_as_it_was(sample, settings, xsd):
    made = build(sample, settings, "ubl")
    xsd.assertValid(etree.parse(str(made.path)))
    assert made.products == 300
    assert made.left_out == {}
    assert read_all(made.path) == held(sample, Tier.PUBLIC)


def test_no_unit_in_the_sample_catalogue_has_an_invented_code(sample, settings):
    tree = etree.parse(str(build(sample, settings, "ubl").path))
    listed = {row["code"] for row in rows("units.csv")} | {"DAY"}
    assert set(tree.xpath("//@unitCode")) <= listed


def test_the_sample_catalogue_gives_no_firms_telephone_address_or_note_away(sample, settings):
    data = build(sample, settings, "ubl").path.read_text(encoding="utf-8")
    with (Path(__file__).resolve().parents[2] / "exchange/demo/data/businesses.csv").open(encoding="utf-8-sig", newline="") as file:
        firms = list(csv.DictReader(file))
    for firm in firms:
        for column in ("telepon", "email", "alamat", "catatan_monitoring"):
            assert not firm[column] or firm[column] not in data, column
        shown = f">{firm['nib']}<" in data
        assert not (shown and firm["bentuk_hukum"] in {"UD", "Perorangan"}), "a sole proprietor's NIB"
    assert any(f">{firm['nib']}<" in data for firm in firms), "a company's NIB is public"
