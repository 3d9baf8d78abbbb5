"""The page of a case's negotiated prices: lines added and taken out, a sheet with its preview, who may, what the case lets in."""

from __future__ import annotations

import html
import io
import re

import pytest

from exchange.agreements.prices.record import lines_of
from exchange.agreements.steps import named
from exchange.store.prices import lists_of

from ..agreements.cases import go, go_until, new_case  # isort: skip

FIRST, SECOND = "UJI-LGM-000", "UJI-LGM-001"
GOOD = f"sku;harga;jumlah minimum;jumlah maksimum;catatan\n{FIRST};600.000;;99;\n{FIRST};580.000;100;;franko\n".encode()


@pytest.fixture
def case(world, node, settings):
    """A case whose contract is being drafted, with metal among its objects."""
    on = settings.day()
    with world.work() as session:
        row = go_until(session, node, new_case(session, node, on=on), "susun_pks", on=on)
        return go(session, node, row, "isi_pks", on=on).ident


def send(client, csrf, path: str, **form):
    page = f"/kerja-sama/{path.split('/')[2]}/harga"
    told = {"csrf_token": csrf(client.get(page)), "terlihat": "0", "dasar": "naskah"}
    return client.post(path, data=told | form, content_type="multipart/form-data")


def kept(world, ident: str) -> list[list[tuple[str, str]]]:
    with world.read() as session:
        return [[(one.sku, str(one.price)) for one in lines_of(session, row)] for row in lists_of(session, named(session, ident).id)]


def row(place: int = 0, **said: str) -> dict[str, str]:
    members = dict.fromkeys(("sku", "unit", "price", "quantity_min", "quantity_max", "valid_from", "valid_until", "note"), "")
    return {f"baru-{place}-{name}": value for name, value in (members | said).items()}


def test_lines_are_added_and_taken_out_each_time_as_a_new_version(petugas, csrf, world, case):
    path = f"/kerja-sama/{case}/harga"
    first = send(petugas, csrf, path, **row(sku=FIRST, price="Rp 600.000,25", quantity_max="99"), **row(1, sku=SECOND, price="1.000"))
    assert first.status_code == 303 and kept(world, case) == [[(FIRST, "600000.25"), (SECOND, "1000.00")]]
    again = send(petugas, csrf, path, terlihat="1", buang="2", **row(sku=FIRST, price="580000", quantity_min="100"))
    assert again.status_code == 303 and kept(world, case)[1] == [(FIRST, "600000.25"), (FIRST, "580000.00")]
    page = petugas.get(path).text
    assert "Versi 2" in page and "petugas" in page and "mulai 100" in page
    assert "1.000" in petugas.get(f"{path}?versi=1").text and petugas.get(f"{path}?versi=7").status_code == 404
    shown = petugas.get(f"/kerja-sama/{case}").text
    assert "Harga yang disepakati" in shown and path in shown and "600.000,25" in shown


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (row(), "Belum ada yang ditambah"), (row(sku=FIRST), "harganya kosong"), (row(sku=FIRST, price="65,00,0"), "bukan bilangan"),
        (row(sku="TIDAK-ADA", price="1000", unit="m2"), "tidak ada dalam katalog"),
        (row(sku=FIRST, price="1000", unit="karung goni"), "tidak dikenal"),
        (row(sku=FIRST, price="1000", valid_from="kapan"), "tidak dapat dibaca"),
        (row(sku=FIRST, price="1000") | {"terlihat": "3"}, "sudah berubah"),
        (row(sku=FIRST, price="1000") | {"dasar": "adendum"}, "tidak dapat berdasar"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_keeps_what_was_typed_and_changes_nothing(petugas, csrf, world, case, form, says):
    answer = send(petugas, csrf, f"/kerja-sama/{case}/harga", **form)
    assert answer.status_code in {409, 412, 422} and says in html.unescape(answer.text), answer.text
    typed = [value for name, value in form.items() if name.startswith("baru-") and value]
    assert all(f'value="{value}"' in html.unescape(answer.text) for value in typed)
    assert kept(world, case) == []


def test_a_sheet_is_previewed_and_recorded_from_its_preview(petugas, csrf, world, case):
    path = f"/kerja-sama/{case}/harga"
    looked = send(petugas, csrf, f"{path}/pratinjau", berkas=(io.BytesIO(GOOD), "harga.csv"))
    assert looked.status_code == 200 and "2 baru" in looked.text and kept(world, case) == []
    carried = re.search(r'name="baris" value="([^"]*)"', looked.text)
    assert carried
    done = send(petugas, csrf, path, baris=html.unescape(carried[1]), catatan="Putaran pertama")
    assert done.status_code == 303 and kept(world, case) == [[(FIRST, "600000.00"), (FIRST, "580000.00")]]
    changed = send(petugas, csrf, f"{path}/pratinjau", berkas=(io.BytesIO(GOOD.replace(b"580.000", b"570.000")), "harga.csv"))
    assert "1 berubah, 1 tetap" in changed.text and "580.000</del>" in changed.text
    for broken in ("bukan json", "[1]", '[{"sku": "A"}]', html.unescape(carried[1]).replace("580000", "-1")):
        assert send(petugas, csrf, path, terlihat="1", baris=broken).status_code == 422, broken
    assert len(kept(world, case)) == 1


def test_cells_that_are_refused_are_named_and_there_is_nothing_to_record(petugas, csrf, world, case):
    data = GOOD + b"UJI-LGM-001;65,000;;;\n"
    told = send(petugas, csrf, f"/kerja-sama/{case}/harga/pratinjau", berkas=(io.BytesIO(data), "harga.csv"))
    assert told.status_code == 422 and "B4" in told.text and 'name="baris"' not in told.text
    for file in ((io.BytesIO(b"%PDF-1.7"), "harga.pdf"), (io.BytesIO(b""), "")):
        assert send(petugas, csrf, f"/kerja-sama/{case}/harga/pratinjau", berkas=file).status_code == 422


def test_who_only_reads_sees_the_list_and_no_form_and_may_not_send_one(staff, csrf, world, case):
    reader = staff("pimpinan")
    page = reader.get(f"/kerja-sama/{case}/harga")
    assert page.status_code == 200 and "baru-0-sku" not in page.text and "pratinjau" not in page.text
    token = csrf(reader.get("/"))
    for path in (f"/kerja-sama/{case}/harga", f"/kerja-sama/{case}/harga/pratinjau"):
        assert reader.post(path, data={"csrf_token": token} | row(sku=FIRST, price="1")).status_code == 403
    assert kept(world, case) == []


def test_a_case_that_takes_no_list_says_why_and_shows_no_form(petugas, world, node, settings, case):
    with world.work() as session:
        go(session, node, named(session, case), "bekukan_pks", on=settings.day())
        early = new_case(session, node, on=settings.day()).ident
    for ident, why in ((case, "sudah dibekukan"), (early, "disusun bersama naskah PKS")):
        page = petugas.get(f"/kerja-sama/{ident}/harga").text
        assert why in page and "baru-0-sku" not in page


def test_the_page_costs_at_most_eight_statements(petugas, csrf, case, statements):
    send(petugas, csrf, f"/kerja-sama/{case}/harga", **row(sku=FIRST, price="1000"))
    for path in (f"/kerja-sama/{case}/harga", f"/kerja-sama/{case}"):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        assert len(seen) <= (8 if path.endswith("harga") else 13), seen
