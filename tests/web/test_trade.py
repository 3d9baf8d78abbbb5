"""The pages of trade: a deal played from the match to the last delivery, refusals in words, and nobody overwrites anybody."""

from __future__ import annotations

import re
from typing import Any

import pytest

from exchange.store.base import Store
from exchange.store.matches import match_by_id
from exchange.store.trade import deal_by_ident, deal_steps, deliveries_of, lines_of

from .dealing import DRAFTED, PARTLY, SENT, deals  # noqa: F401  # isort: skip
from .test_together import shortage  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("deals")


def page(ident: str) -> str:
    return f"/perdagangan/{ident}"


def post(client: Any, csrf: Any, path: str, **form: str) -> Any:
    token = csrf(client.get("/perdagangan"))
    return client.post(path, data={"csrf_token": token} | form)


def step(client: Any, csrf: Any, ident: str, word: str, version: int, **form: str) -> Any:
    return post(client, csrf, f"{page(ident)}/{word}", versi=str(version), **form)


def now(store: Store, ident: str) -> Any:
    with store.read() as session:
        return deal_by_ident(session, ident)


def test_a_deal_is_played_from_the_match_to_the_last_delivery(petugas, csrf, world):
    assert "Susun penawaran" not in petugas.get("/kecocokan/9").text
    with world.work() as session:
        match_by_id(session, 9).state = "accepted"
    assert "Susun penawaran" in petugas.get("/kecocokan/9").text
    begun = post(petugas, csrf, "/perdagangan/mulai", kecocokan="9")
    assert (begun.status_code, begun.location) == (303, page("TR-2026-0004"))
    assert 'href="/perdagangan/TR-2026-0004"' in petugas.get("/kecocokan/9").text
    ident = "TR-2026-0004"
    kept = step(petugas, csrf, ident, "susun", 1, **{"jumlah-1": "1.200,5", "harga-1": "Rp 600.000", "alasan-1": "", "syarat": "Tunai."})
    assert kept.status_code == 303
    refused = step(petugas, csrf, ident, "tawarkan", 2, nomor="9/9", tanggal="2026-11-23", sampai="2099-01-01")
    assert refused.status_code == 422
    assert "di atas kapasitas" in refused.text and 'value="9/9"' in refused.text, "what was typed stays"
    assert step(petugas, csrf, ident, "susun", 2, **{"jumlah-1": "100", "harga-1": "600000"}).status_code == 303
    assert step(petugas, csrf, ident, "tawarkan", 3, nomor="9/9", tanggal="2026-11-23", sampai="2099-01-01").status_code == 303
    assert step(petugas, csrf, ident, "jawab", 4, jawaban="interested").status_code == 303
    assert step(petugas, csrf, ident, "pesan", 5, nomor="PO-1", tanggal="2026-11-23", **{"jumlah-1": "80"}).status_code == 303
    assert step(petugas, csrf, ident, "terima", 6, baris="1", tanggal="2026-11-23", jumlah="80", bukti="BAST-1").status_code == 303
    assert step(petugas, csrf, ident, "betulkan", 7, penerimaan="1", kurang="0,5", alasan="Rusak.").status_code == 303
    assert step(petugas, csrf, ident, "tutup", 8, alasan="Pembeli cukup.").status_code == 303
    text = petugas.get(page(ident)).text
    assert now(world, ident).state == "selesai"
    for said in ("Rp\xa047.700.000", "BAST-1", "membetulkan 1", "-0,5", "Alasan: Rusak.", "PO-1", "Tunai.", "selesai"):
        assert said in text, said
    assert text.count("<li><strong>petugas</strong>") == 9


def test_the_second_to_save_sees_what_the_first_changed_beside_what_was_typed(petugas, staff, csrf, world):
    assert step(staff("admin"), csrf, DRAFTED, "susun", 1, **{"jumlah-1": "77", "harga-1": "700000"}).status_code == 303
    late = step(petugas, csrf, DRAFTED, "susun", 1, **{"jumlah-1": "55", "harga-1": "650000", "jumlah-2": "5"})
    assert late.status_code == 409
    assert "sudah diubah admin" in late.text
    (table,) = re.findall(r"Yang berubah sejak halaman Anda dibuka.*?</table>", late.text, re.S)
    rows = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)[1:]]
    assert ["baris", "1,", "jumlah", "77", "55"] in rows and ["baris", "1,", "harga", "Rp", "700.000", "650000"] in rows
    assert 'name="versi" value="2"' in late.text, "whoever sends it again has seen what is there"
    with world.read() as session:
        assert lines_of(session, [1])[1][0].quantity == 77


def test_lines_come_in_and_go_out_on_the_page_of_a_draft(petugas, csrf, world, statements):
    with statements() as seen:
        text = petugas.get(page(DRAFTED)).text
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 11
    assert step(petugas, csrf, DRAFTED, "keluarkan", 1, baris="2").status_code == 303
    with world.read() as session:
        (line,) = lines_of(session, [1])[1]
    text = petugas.get(page(DRAFTED)).text
    assert "mengeluarkan baris" in text and "Keluar: baris 2" in text and 'name="kecocokan" value="41"' in text
    refused = step(petugas, csrf, DRAFTED, "keluarkan", 2, baris=str(line.position))
    assert refused.status_code == 422 and "sedikitnya satu baris" in refused.text
    assert step(petugas, csrf, DRAFTED, "tambah", 2, kecocokan="41").status_code == 303
    text = petugas.get(page(DRAFTED)).text
    assert "Masuk: baris 3" in text and 'value="41"' not in text
    late = step(petugas, csrf, DRAFTED, "susun", 2, **{"jumlah-1": "55"})
    assert late.status_code == 409 and "baris 3" in late.text and "masuk" in late.text
    assert 'id="langkah-tambah"' not in petugas.get(page(SENT)).text


def test_a_partners_order_stands_above_the_list_until_it_is_taken_over(petugas, csrf, world):
    text = petugas.get("/perdagangan").text
    assert "Pesanan masuk dari mitra" in text and "Rp\xa012.500.000" in text
    taken = post(petugas, csrf, "/perdagangan/mulai", kecocokan="5", terima="ya")
    assert taken.status_code == 303
    assert "Pesanan masuk dari mitra" not in petugas.get("/perdagangan").text
    assert "Mitra menjawab kecocokan 5: Rp\xa012.500.000" in petugas.get(taken.location).text
    again = post(petugas, csrf, "/perdagangan/mulai", kecocokan="5", terima="ya")
    assert again.location == taken.location, "a button pressed twice leads to the same deal"
    with world.read() as session:
        assert match_by_id(session, 5).state == "accepted"


def test_a_deal_begins_of_a_combination_on_the_page_of_its_demand(petugas, csrf, shortage):  # noqa: F811
    text = petugas.get("/permintaan/d-00000000000000ff").text
    assert "susun penawaran bersama" in text
    seen = re.search(r'name="terlihat" value="([^"]+)"', text)[1]
    form = {"permintaan": "d-00000000000000ff", "gabungan": "0"}
    other = post(petugas, csrf, "/perdagangan/mulai", terlihat="KRS-0:100", **form)
    assert other.status_code == 409 and "Gabungan ini sudah lain" in other.text
    begun = post(petugas, csrf, "/perdagangan/mulai", terlihat=seen, **form)
    assert begun.location == page("TR-2026-0004")
    with shortage.read() as session:
        deal = deal_by_ident(session, "TR-2026-0004")
        assert [(line.sku, line.quantity) for line in lines_of(session, [deal.id])[deal.id]] == [("KRS-0", 55), ("KRS-1", 45)]


def test_the_list_is_narrowed_by_state_region_and_firm_and_goes_on(petugas, csrf, world):
    def shown(query: str = "") -> list[str]:
        return re.findall(r'<a href="/perdagangan/(TR-[0-9-]+)">', petugas.get(f"/perdagangan{query}").text)

    assert shown() == [PARTLY, SENT, DRAFTED]
    assert shown("?status=ditawarkan") == [SENT]
    assert set(shown("?daerah=33.74")) | set(shown("?daerah=33.28")) == {DRAFTED, SENT, PARTLY} == set(shown("?daerah=33"))
    assert shown("?daerah=31") == []
    with world.read() as session:
        firm = lines_of(session, [1])[1][0].business
    assert shown(f"?usaha={firm}") == [PARTLY, SENT, DRAFTED] and shown("?usaha=ikm-0") == []
    assert shown("?setelah=3") == [SENT, DRAFTED]
    assert petugas.get("/perdagangan?warna=merah").status_code == 400
    assert petugas.get("/perdagangan?status=terbang").status_code == 400


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_who_may_only_look_sees_all_and_changes_nothing(staff, csrf, world, role):
    client = staff(role)
    text = client.get(page(SENT)).text
    assert "500/12/Disperindag" in text and 'name="versi"' not in text
    assert step(client, csrf, SENT, "batalkan", 3, alasan="x").status_code == 403
    assert post(client, csrf, "/perdagangan/mulai", kecocokan="5", terima="ya").status_code == 403
    assert now(world, SENT).state == "ditawarkan"


def test_nobody_changes_a_deal_without_a_login_or_without_the_forms_token(client, petugas, world):
    assert client.get(page(SENT)).status_code == 302
    assert client.post(f"{page(SENT)}/batalkan", data={"versi": "3", "alasan": "x"}).location == "/masuk"
    assert petugas.post(f"{page(SENT)}/batalkan", data={"versi": "3", "alasan": "x"}).status_code == 400
    assert now(world, SENT).state == "ditawarkan"


@pytest.mark.parametrize(
    ("word", "form", "status"),
    [
        ("susun", {"jumlah-1": "1,450"}, 422), ("susun", {"jumlah-1": "banyak"}, 422), ("susun", {"jumlah-9": "1"}, 422),
        ("susun", {"jumlah-x": "1"}, 422), ("tawarkan", {"nomor": "1", "tanggal": "kemarin"}, 422), ("terima", {"baris": "1"}, 409),
        ("terbang", {}, 404), ("susun", {"versi": ""}, 422), ("susun", {"versi": "²"}, 422), ("susun", {"perjanjian": "KS-1"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_done_is_said_on_the_page_and_nothing_is_kept(petugas, csrf, world, word, form, status):
    answer = post(petugas, csrf, f"{page(DRAFTED)}/{word}", **{"versi": "1"} | form)
    assert answer.status_code == status, answer.text
    assert now(world, DRAFTED).version == 1


def test_a_deal_that_is_not_there_is_said_so(petugas):
    answer = petugas.get("/perdagangan/TR-1999-0001")
    assert answer.status_code == 404 and "Dagang TR-1999-0001 tidak ada" in answer.text


def test_the_list_costs_no_more_statements_for_more_deals(petugas, statements):
    with statements() as seen:
        petugas.get("/perdagangan")
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 8


def test_a_step_on_the_page_is_the_readers_in_the_history(petugas, csrf, world):
    step(petugas, csrf, PARTLY, "terima", 5, baris="1", tanggal="2026-11-23", jumlah="7,25", nilai="4.350.000")
    with world.read() as session:
        deal = deal_by_ident(session, PARTLY)
        assert (deal.state, deal_steps(session, deal.id)[-1].actor) == ("selesai", "petugas")
        assert [row.value for row in deliveries_of(session, [deal.id])[deal.id]] == [3150000, 4350000]
