"""What the engine answers on pages: products for a need, demands for a product, products listed twice."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.matching.models import Kept, Models
from exchange.matching.probability import CURRENT, shipped
from exchange.matching.run import rematch
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, products_by_sku

FOR_PRODUCT = "/produk/UJI-LGM-029/permintaan"
TWINS = "/produk/kembar"
HOSTILE = 'Rak <script>alert(1)</script> & "kutip"'


def rows(text: str) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", text, re.S)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def change(store: Store, sku: str, **values: Any) -> None:
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1


@pytest.fixture
def twice(world: Store) -> Store:
    """One firm lists a rack twice, another one lists it too, and all that the other fixtures made is off the list."""
    with world.work() as session:
        session.query(ProductRow).update({"state": "withdrawn"})
        firm, _ = apply_business(session, {"nib": "9120000020010", "name": "CV Rak Dua"})
        other, _ = apply_business(session, {"nib": "9120000020020", "name": HOSTILE})
        for sku, name, its in (
            ("A", "Rak arsip besi siku 5 susun", firm),
            ("B", "Rak Arsip Besi Siku, 5 susun", firm),
            ("C", HOSTILE, other),
        ):
            session.add(ProductRow(sku=f"RAK-{sku}", name=name, keywords=[], business=its))
    return world


def test_a_product_without_a_match_is_told_the_demands_that_it_suits(petugas, world):
    with world.read() as session:
        product = products_by_sku(session, ["UJI-LGM-029"])["UJI-LGM-029"]
        assert session.query(MatchRow).filter_by(product_id=product.id).count() == 0
    page = petugas.get("/produk/UJI-LGM-029").text
    assert "Belum ada permintaan yang cukup cocok" in page
    assert f'href="{FOR_PRODUCT}"' in page
    text = petugas.get(FOR_PRODUCT).text
    assert "40 permintaan dibaca, 25 yang paling cocok ditampilkan" in text
    first = rows(text)[0]
    assert re.match(r"\d+ % perlu ditanyakan", first[0])
    assert first[1].startswith("Belanja pagar besi kantor")
    assert "“pagar besi” pada judul permintaan bertemu" in first[2]
    assert first[3] == "tidak"


def test_a_match_that_is_kept_is_linked_with_what_was_decided(petugas, world, settings):
    with world.work() as session:
        session.query(DemandRow).filter(DemandRow.reference != "RUP-3").update({"state": "withdrawn"})
    rematch(world, home_region=settings.home_region, folder=settings.index())
    with world.work() as session:
        match = session.query(MatchRow).join(MatchRow.demand).filter(DemandRow.reference == "RUP-3", MatchRow.state == "proposed").first()
        match.state = "accepted"
        product = session.get_one(ProductRow, match.product_id)
    (row,) = rows(petugas.get(f"/produk/{product.sku}/permintaan").text)
    assert row[3] == "Buka kecocokan diterima"
    assert f'href="/kecocokan/{match.id}"' in petugas.get(f"/produk/{product.sku}/permintaan").text


def test_what_is_not_found_not_offered_or_not_there_is_said(petugas, world):
    change(world, "UJI-LGM-000", name="Genset diesel 10 kVA", keywords=[], description=None)
    assert "Tidak ada permintaan terbuka yang menyebut barang seperti ini" in petugas.get("/produk/UJI-LGM-000/permintaan").text
    change(world, "UJI-LGM-001", state="withdrawn")
    assert "tidak ditawarkan, maka tidak ada permintaan yang dicari" in petugas.get("/produk/UJI-LGM-001/permintaan").text
    assert "/permintaan" not in re.findall(r'href="(/produk/[^"]+)"', petugas.get("/produk/UJI-LGM-001").text)
    assert petugas.get("/produk/tidak-ada/permintaan").status_code == 404


def test_that_demands_were_left_out_is_said(petugas, world):
    assert "hanya" not in rows_said(petugas.get(FOR_PRODUCT).text)
    with world.work() as session:
        source = session.query(DemandRow).first().source_id
        session.add_all(
            DemandRow(
                ident=f"d-x{number}", source_id=source, reference=f"X-{number}", title="Pagar", buyer_name="Dinas", status="open",
                content_hash="0", raw_answer="0", raw_position=0, connector_version="1",
            )
            for number in range(2000)
        )  # fmt: skip
    assert "hanya 2.000 yang dibaca" in rows_said(petugas.get(FOR_PRODUCT).text)


def rows_said(text: str) -> str:
    return " ".join(re.findall(r'<div class="alert[^>]*>(.*?)</div>', text, re.S))


def test_one_thing_listed_twice_stands_on_the_page_with_both_firms(petugas, twice):
    text = petugas.get(TWINS).text
    (pair,) = rows(text)
    assert "1 pasang" in text
    assert pair[0].endswith("IKM yang sama")
    assert pair[1:] == ["Rak arsip besi siku 5 susun CV Rak Dua · RAK-A", "Rak Arsip Besi Siku, 5 susun CV Rak Dua · RAK-B"]
    assert 'href="/produk/RAK-A"' in text
    assert f'href="{TWINS}"' in petugas.get("/produk").text


def test_a_pair_goes_from_the_page_when_one_is_renamed_or_withdrawn_and_a_hostile_name_stays_text(petugas, twice):
    petugas.get(TWINS)
    change(twice, "RAK-B", name="Rak sepatu kayu")
    assert "Tidak ada dua produk yang namanya hampir sama." in petugas.get(TWINS).text
    change(twice, "RAK-B", name=HOSTILE)
    text = petugas.get(TWINS).text
    assert [pair[1:] for pair in rows(text)] != []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    change(twice, "RAK-B", state="withdrawn")
    assert "Tidak ada dua produk" in petugas.get(TWINS).text


def test_each_pair_stands_on_one_of_the_pages_and_how_many_there_are_is_said(petugas, world):
    seen, following = [], TWINS
    while following:
        text = petugas.get(following).text
        at, seen = len(seen), seen + rows(text)
        assert f"pasang {at + 1} sampai {len(seen)} dari 435" in text
        assert len(seen) - at <= 40
        onward = re.search(r'rel="next" href="([^"]+)"', text)
        following = onward and onward[1].replace("&amp;", "&")
    assert len(seen) == 435 == len({tuple(pair[1:]) for pair in seen})
    assert "Tidak ada pasangan lagi sesudah yang ke-435." in petugas.get(f"{TWINS}?mulai=500").text
    assert petugas.get(f"{TWINS}?mulai=-1").status_code == 400


def test_an_empty_catalogue_has_pages_too(petugas, world):
    with world.work() as session:
        session.query(ProductRow).update({"state": "withdrawn"})
    assert "Tidak ada dua produk" in petugas.get(TWINS).text
    assert "Tidak ada produk katalog ini yang cocok" in petugas.get("/produk/untuk?kebutuhan=pagar").text


@pytest.mark.parametrize("path", ["/produk/untuk?kebutuhan=pagar+besi", TWINS, FOR_PRODUCT])
def test_such_a_page_is_for_staff_takes_no_stray_filter_and_costs_at_most_nine_statements(petugas, client, statements, path):
    assert client.get(path).headers["Location"].startswith("/masuk")
    assert petugas.get(f"{path}{'&' if '?' in path else '?'}urut=nilai").status_code == 400
    for _ in range(2):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        asked = [one for one in seen if one.lstrip().upper().startswith("SELECT")]
        assert 1 < len(asked) <= 9, asked


def test_the_readings_lie_where_the_settings_say(petugas, world, settings):
    folder: Path = settings.index()
    assert not folder.exists()
    rematch(world, home_region=settings.home_region, folder=folder)
    change(world, "UJI-LGM-029", name="Genset diesel", keywords=[], description=None)
    assert "0 permintaan dibaca" in petugas.get(FOR_PRODUCT).text, "what was read before shares no word with a genset"


def test_what_staff_ask_is_answered_by_the_model_in_use_as_soon_as_it_changes(petugas, world, settings):
    models = Models(settings.models())
    asked = ("/produk/untuk?kebutuhan=pagar+besi", FOR_PRODUCT)
    before = [re.findall(r"\d+\s%", petugas.get(path).text) for path in asked]  # the rest of a page changes with the clock
    assert all(before)
    wary = replace(shipped(), intercept=shipped().intercept - 1.0)
    models.use(models.keep(lambda version: Kept(replace(wary, version=version), {}), CURRENT).model.version)
    for path, shown in zip(asked, before, strict=True):
        assert re.findall(r"\d+\s%", petugas.get(path).text) != shown, path
    models.use(CURRENT)
    assert [re.findall(r"\d+\s%", petugas.get(path).text) for path in asked] == before


def test_a_broken_model_is_named_to_staff_on_the_page_and_to_nobody_else(petugas, world, settings):
    settings.models().mkdir(parents=True)
    (settings.models() / "current").write_text("hilang")
    told = petugas.get("/produk/untuk?kebutuhan=pagar+besi")
    assert told.status_code == 500
    assert "models/current" in told.text
    assert "exchange evaluate models --use" in told.text
    told = petugas.get("/api/v1/suiting?for=pagar+besi")
    assert told.status_code == 500
    assert "models/current" not in told.text
