"""The page of doubts: what is kept beside what waits, who may decide, and what is said when it cannot be."""

from __future__ import annotations

import re
from datetime import date

import pytest

from exchange.access.segments import refresh_products
from exchange.store.products import apply_product, product_record, products_by_sku
from exchange.store.proposals import ProposalRow, propose


def _post(client, csrf, number=2, **form):
    data = {"csrf_token": csrf(client.get("/usulan")), "version": "1"} | form
    return client.post(f"/usulan/{number}/putuskan", data=data)


def _state(world, number):
    with world.read() as session:
        row = session.get(ProposalRow, number)
        return row.state, row.decided_by


def _card(text, number):
    return re.sub(r"\s+", " ", text.split(f'id="usulan-{number}"')[1].split("</section>")[0])


def test_each_doubt_shows_what_is_kept_beside_what_waits_and_whose_it_is(petugas):
    text = petugas.get("/usulan").text
    card = _card(text, 2)
    assert "Bengkel Las Karya Mandiri" in card and "9120000000017" in card and "Citangkil" in card
    changed, same = card.split("Sama dengan yang tersimpan: 1 isian")
    row = re.search(r"harga tertinggi</th>(.*?)</tr>", changed)[1]
    assert row.index("Rp 850.000") < row.index('<strong><span class="said">Rp 700.000')
    assert "31 Desember 2026" in changed and "31 Januari 2027" in changed
    assert "KBLI" in same and "KBLI" not in changed
    assert 'value="UJI-LGM-030"' in card


def test_what_a_product_cannot_keep_is_said_and_cannot_be_applied(petugas, csrf, world):
    card = _card(petugas.get("/usulan").text, 1)
    assert "Belum dapat diterapkan: harga tertinggi (Rp 850.000)" in card
    assert re.search(r'value="apply"[^>]* disabled', card)
    answer = _post(petugas, csrf, 1, verdict="apply")
    assert answer.status_code == 422
    assert "Tidak dapat disimpan: harga tertinggi (Rp\u00a0850.000)" in answer.text
    assert _state(world, 1) == ("waiting", None)


def test_an_applied_doubt_leaves_the_list_and_reaches_the_public(petugas, csrf, client, world):
    with world.work() as session:
        rows = products_by_sku(session)
        rows["UJI-LGM-001"].business.consented_on = date(2026, 1, 5)
        refresh_products(session, rows.values())
    assert client.get("/api/v1/products/UJI-LGM-001").json["name"] == "Pagar besi hollow minimalis 1"
    answer = _post(petugas, csrf, verdict="apply", sku="UJI-LGM-001")
    assert (answer.status_code, answer.location) == (303, "/usulan")
    text = petugas.get("/usulan").text
    assert "usulan tentang Pagar hollow besi diterapkan" in text and 'id="usulan-2"' not in text and "1 usulan menunggu" in text
    public = client.get("/api/v1/products/UJI-LGM-001").json
    assert (public["name"], public["price_max"], public["version"]) == ("Pagar hollow besi", "700000", 2)


def test_a_taken_code_is_refused_and_what_was_typed_is_kept(petugas, csrf, world):
    answer = _post(petugas, csrf, verdict="create", sku="UJI-LGM-005")
    assert answer.status_code == 409
    assert "sudah dipakai" in answer.text and 'value="UJI-LGM-005"' in _card(answer.text, 2) and 'href="#usulan-2"' in answer.text
    assert _post(petugas, csrf, verdict="create", sku='"><script>alert(1)</script>').status_code == 422
    assert "<script>alert" not in _post(petugas, csrf, verdict="create", sku='"><script>alert(1)</script>').text
    assert _post(petugas, csrf, verdict="create", sku="UJI-LGM-030").status_code == 303
    assert _state(world, 2) == ("accepted", "petugas")


def test_another_product_of_the_firm_can_be_compared_and_no_other(petugas):
    card = _card(petugas.get("/usulan?usulan=2&produk=UJI-LGM-004").text, 2)
    assert "Terapkan pada UJI-LGM-004" in card and 'name="sku" value="UJI-LGM-004"' in card
    assert petugas.get("/usulan?usulan=2&produk=TIADA").status_code == 400
    assert petugas.get("/usulan?lain=2").status_code == 400


def test_who_comes_second_is_told_who_decided(staff, csrf, world):
    first, second = staff("admin"), staff("petugas")
    token = csrf(second.get("/usulan"))
    assert _post(first, csrf, 2, verdict="reject").status_code == 303
    late = second.post("/usulan/2/putuskan", data={"csrf_token": token, "version": "1", "verdict": "apply", "sku": "UJI-LGM-001"})
    assert late.status_code == 409
    assert "admin sudah memutuskan usulan ini: ditolak" in late.text
    assert _state(world, 2) == ("rejected", "admin")


def test_a_product_that_changed_meanwhile_is_shown_again_and_not_overwritten(petugas, csrf, world):
    token = csrf(petugas.get("/usulan"))
    with world.work() as session:
        row = products_by_sku(session, ["UJI-LGM-001"])["UJI-LGM-001"]
        apply_product(session, product_record(row) | {"lead_time_days": 3}, row.business)
    form = {"csrf_token": token, "verdict": "apply", "sku": "UJI-LGM-001"}
    assert petugas.post("/usulan/2/putuskan", data=form | {"version": "1"}).status_code == 409
    assert petugas.post("/usulan/2/putuskan", data=form).status_code == 400  # what was seen must be said
    assert _state(world, 2) == ("waiting", None)
    assert petugas.post("/usulan/2/putuskan", data=form | {"version": "2"}).status_code == 303


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_a_role_that_only_looks_decides_nothing(staff, csrf, world, role):
    client = staff(role)
    text = client.get("/usulan").text
    assert f"peran Anda {role}" in text
    buttons = re.findall(r'<button[^>]*name="verdict"[^>]*>', text)
    assert len(buttons) == 5 and all(" disabled" in button for button in buttons)
    for verdict in ("apply", "create", "reject"):
        assert _post(client, csrf, 2, verdict=verdict, sku="UJI-LGM-001").status_code == 403
    assert _state(world, 2) == ("waiting", None)


def test_nothing_is_decided_without_a_login_or_the_forms_token(client, petugas, world):
    form = {"verdict": "reject", "version": "1"}
    assert client.post("/usulan/2/putuskan", data=form).location.startswith("/masuk")
    assert petugas.post("/usulan/2/putuskan", data=form).status_code == 400
    assert _state(world, 2) == ("waiting", None)


def test_a_doubt_that_is_gone_or_unknown_is_said_so(petugas, csrf):
    assert _post(petugas, csrf, 99, verdict="reject").status_code == 404
    assert _post(petugas, csrf, 2**63, verdict="reject").status_code == 404
    assert _post(petugas, csrf, 2, verdict="hapus").status_code == 422


def test_a_doubt_about_what_is_no_longer_kept_can_only_be_rejected(petugas, csrf, world):
    with world.work() as session:
        propose(session, "price", "TIADA-1", "uji", "uji", {"price_min": "5", "price_max": "6"})
        propose(session, "product", "9120000000999 Meja", "uji", "uji", {"nib": "9120000000999", "name": "Meja", "price_min": "x"})
    text = petugas.get("/usulan").text
    for number in (3, 4):
        card = _card(text, number)
        assert "tidak ada lagi di katalog" in card
        assert re.findall(r'name="verdict" value="(\w+)"', card) == ["reject"]
    assert _post(petugas, csrf, 4, verdict="reject").status_code == 303


def test_the_page_asks_as_much_for_many_doubts_as_for_few(petugas, world, statements):
    def cost():
        with statements() as seen:
            petugas.get("/usulan")
        return len(seen)

    before = cost()
    with world.work() as session:
        for number in range(40):
            propose(session, "product", str(number), "(UJI-LGM-002)", "uji", {"nib": "9120000000017", "name": f"Gerbang {number}"})
            propose(session, "price", f"UJI-LGM-{number % 30:03}", "uji", "uji", {"price_min": "1", "price_max": str(2 + number)})
    assert cost() == before
