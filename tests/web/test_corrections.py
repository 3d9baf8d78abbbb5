"""What a firm says is wrong: kept in its words, decided, and published in the transaction that decides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from exchange.store.audit import history
from exchange.store.consents import CorrectionRow
from exchange.store.products import products_by_sku

from .firming import DAY, FIRM, PAGE, firm, now, word  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("firm")
SKU = "UJI-LGM-001"


def send(client, csrf, path, **data):
    return client.post(path, data=data | {"csrf_token": csrf(client.get(PAGE))})


def ask(client, csrf, world, field, wanted, record="", key="kunci12345"):
    version = now(world).version
    said = {"bagian": field, "data": record, "keliru": "itu bukan kami", "seharusnya": wanted, "tanggal": DAY, "kunci": key}
    return send(client, csrf, f"{PAGE}/koreksi", versi=version, **said)


def waiting(world):
    with world.read() as session:
        return session.scalars(select(CorrectionRow).order_by(CorrectionRow.id.desc())).first()


def test_a_correction_changes_the_field_with_provenance_and_reaches_partners(petugas, csrf, world, client):
    send(petugas, csrf, f"{PAGE}/persetujuan", **word("given", now(world).version))
    assert ask(petugas, csrf, world, "business.district", "Ciwandan").status_code == 303
    row = waiting(world)
    assert (row.stood, row.state) == ({"value": "Citangkil"}, "waiting")
    assert "itu bukan kami" in petugas.get("/ikm/menunggu").text
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{row.id}", versi=now(world).version, isi="Ciwandan", putusan="terapkan")
    assert answer.status_code == 303
    assert client.get(f"/api/v1/businesses/{FIRM}").json["district"] == "Ciwandan"
    assert client.get(f"/api/v1/products/{SKU}").json["producer"]["district"] == "Ciwandan", "its products tell it too"
    with world.read() as session:
        act = history(session, "business", FIRM)[0]
    assert (act.action, act.facts["changes"], act.facts["correction"]) == (
        "correction.apply",
        {"district": ["Citangkil", "Ciwandan"]},
        row.id,
    )
    assert "diputuskan petugas" in petugas.get(PAGE).text


def test_a_correction_of_a_products_price_is_read_as_indonesians_write_numbers(petugas, csrf, world):
    ask(petugas, csrf, world, "product.price_max", "1.250.000", record=SKU)
    with world.read() as session:
        version = products_by_sku(session, [SKU])[SKU].version
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{waiting(world).id}", versi=version, isi="1.250.000", putusan="terapkan", tulisan="id")
    assert answer.status_code == 303
    with world.read() as session:
        assert products_by_sku(session, [SKU])[SKU].price_max == 1_250_000


@pytest.mark.parametrize(
    ("field", "said", "why"),
    [
        ("product.price_max", "1.000", "tidak dapat dipakai"),  # below the lowest price
        ("business.legal_form", "Yayasan", "tidak dapat dipakai"),
        ("business.name", " ", "masih kosong"),
    ],
)
def test_what_does_not_fit_the_field_is_refused_and_the_correction_waits_on(petugas, csrf, world, field, said, why):
    record = SKU if field.startswith("product") else ""
    ask(petugas, csrf, world, field, "entah", record=record)
    version = now(world).version if not record else 1
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{waiting(world).id}", versi=version, isi=said, putusan="terapkan", tulisan="id")
    assert answer.status_code == 422 and why in answer.text
    assert waiting(world).state == "waiting"


def test_a_product_is_not_given_the_name_of_another_of_the_firm(petugas, csrf, world):
    """An import finds products by name."""
    with world.read() as session:
        other = products_by_sku(session, ["UJI-LGM-002"])["UJI-LGM-002"].name
    ask(petugas, csrf, world, "product.name", other, record=SKU)
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{waiting(world).id}", versi=1, isi=f" {other.upper()}", putusan="terapkan")
    assert answer.status_code == 422 and "sudah punya produk bernama" in answer.text and waiting(world).state == "waiting"


def test_that_a_correction_was_decided_is_on_record_also_where_it_stood_so_already(petugas, csrf, world):
    ask(petugas, csrf, world, "business.district", "Citangkil")
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{waiting(world).id}", versi=now(world).version, isi="Citangkil", putusan="terapkan")
    assert answer.status_code == 303 and waiting(world).state == "applied"
    with world.read() as session:
        act = history(session, "business", FIRM)[0]
    assert (act.action, act.facts["changes"]) == ("correction.apply", {})


def test_declining_needs_a_reason_which_the_page_keeps(petugas, csrf, world):
    ask(petugas, csrf, world, "business.name", "Nama Lain")
    path = f"{PAGE}/koreksi/{waiting(world).id}"
    assert send(petugas, csrf, path, versi=1, putusan="tolak").status_code == 422
    assert send(petugas, csrf, path, versi=1, putusan="tolak", alasan="Nama menurut NIB tetap.").status_code == 303
    assert "Nama menurut NIB tetap." in petugas.get(PAGE).text
    assert send(petugas, csrf, path, versi=1, putusan="tolak", alasan="lagi").status_code == 409


def test_a_record_that_changed_since_is_not_overwritten(petugas, csrf, world):
    ask(petugas, csrf, world, "business.cluster", "Sentra Logam")
    seen = now(world).version
    send(petugas, csrf, f"{PAGE}/persetujuan", **word("given", seen))
    answer = send(petugas, csrf, f"{PAGE}/koreksi/{waiting(world).id}", versi=seen, isi="Sentra Logam", putusan="terapkan")
    assert answer.status_code == 409 and "Yang berubah sejak halaman Anda dibuka" in answer.text
    assert now(world).cluster is None


def test_fields_that_the_office_alone_reads_or_that_name_the_firm_cannot_be_asked_for(petugas, csrf, world):
    for field in ("business.nib", "business.workers", "business.ident", "product.state", "product.sku", "demand.title", ""):
        assert ask(petugas, csrf, world, field, "x", record=SKU).status_code == 422, field
    assert ask(petugas, csrf, world, "product.name", "x", record="TIDAK-ADA").status_code == 404
    assert waiting(world) is None


def test_the_same_form_twice_is_one_correction(petugas, csrf, world):
    for _ in range(2):
        assert ask(petugas, csrf, world, "business.name", "Nama Lain").status_code == 303
    with world.read() as session:
        assert len(session.scalars(select(CorrectionRow)).all()) == 1
