"""Peta and grafik: the same figures in drawing, table and files, narrowed by filters, told as of when they were counted."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape
from xml.etree import ElementTree

import openpyxl
import pytest
from sqlalchemy import select

from exchange.jobs.figures import Figures, count_figures
from exchange.jobs.worker import Worker
from exchange.reports.charts.borders import MOST_BYTES
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.boundaries import boundaries
from exchange.store.figures import FigureFilter, Grouped, figure_count, grouped, want_figures

from ..reports.test_boundaries import file, square

from .figuring import ASKING, deals, figured  # noqa: F401  # isort: skip

ALL = "dari=&sampai="


def table(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_before_anything_was_counted_the_page_says_so_and_the_worker_counts_when_asked(petugas, world, settings, csrf):
    page = petugas.get("/grafik")
    assert "Belum pernah dihitung" in page.text
    petugas.post("/grafik/hitung", data={"csrf_token": csrf(page), "kembali": "/grafik"})
    assert "Sedang dihitung di latar" in petugas.get("/peta").text
    assert Worker(world, settings, [Figures(world, settings)]).run(once=True) == 1
    assert "atas 40 permintaan" in petugas.get("/grafik").text


def test_figures_are_those_of_the_demands_and_matches_they_are_of(figured):  # noqa: F811
    want = FigureFilter()
    asked = {"one": Grouped(("demand",), "province"), "match": Grouped(("match",), "part"), "trade": Grouped(("trade",), "sector")}
    with figured.read() as session:
        found = grouped(session, want, asked)
    for region, (count, size) in ASKING.items():
        if region[:2] != "33":
            one = found["one"][region[:2], ""]
            known = [at for at in range(count) if at != 2]
            assert (one.number, one.value, one.unknown) == (count, Decimal(size * len(known) + sum(known)), count - len(known))
    assert sum(one.number for one in found["match"].values()) == 60
    assert sum(one.value for one in found["trade"].values()) > 0


def test_every_figure_of_a_chart_stands_in_its_table_its_csv_and_its_workbook(petugas, figured):  # noqa: F811
    rows = table(petugas, f"/grafik/arus-permintaan.csv?{ALL}")
    assert rows[0]["Provinsi pembeli"] == "DKI Jakarta" or "Jakarta" in rows[0]["Provinsi pembeli"]
    sizes = {region: sum(size + at for at in range(count) if at != 2) for region, (count, size) in ASKING.items()}
    assert Decimal(rows[0]["Semua (Rp)"]) == sizes["31.71"]
    with petugas.get(f"/grafik/arus-permintaan.xlsx?{ALL}") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    lines = list(sheet.iter_rows(values_only=True))
    assert [str(one) for one in lines[0]] == list(rows[0])
    assert lines[1][-3] == sizes["31.71"]
    page = unescape(petugas.get(f"/grafik?{ALL}").text)
    assert f"Rp\u00a0{sizes['31.71']:,}".replace(",", ".") in page


def test_every_chart_is_a_file_that_a_drawing_program_reads(petugas, figured):  # noqa: F811
    page = petugas.get(f"/grafik?{ALL}").text
    names = set(re.findall(r'href="(/grafik/[^"]+\.svg[^"]*)"', page))
    assert len(names) >= 5
    for name in [*map(unescape, names), f"/peta/peta.svg?{ALL}"]:
        answer = petugas.get(name)
        assert answer.status_code == 200 and answer.mimetype == "image/svg+xml"
        root = ElementTree.fromstring(answer.get_data())
        assert root.get("width") and "href" not in answer.text


def test_time_sector_and_region_narrow_what_is_shown(petugas, figured):  # noqa: F811
    whole = {row["Daerah"]: Decimal(row["Banyak permintaan"]) for row in table(petugas, f"/peta/peta.csv?{ALL}&ukuran=permintaan")}
    parts = [
        table(petugas, f"/peta/peta.csv?dari={month}&sampai={month}&ukuran=permintaan")
        for month in (f"2026-{at:02}" for at in range(1, 13))
    ]
    assert sum(Decimal(row["Banyak permintaan"]) for part in parts for row in part) == sum(whole.values())
    quarters = [table(petugas, f"/peta/peta.csv?dari=2026-T{at}&sampai=2026-T{at}&ukuran=permintaan") for at in range(1, 5)]
    assert sum(Decimal(row["Banyak permintaan"]) for part in quarters for row in part) == sum(whole.values())
    central = table(petugas, f"/peta/peta.csv?{ALL}&ukuran=permintaan&daerah=33")
    assert {row["Kode"][:3] for row in central} == {"33."}
    assert sum(Decimal(row["Banyak permintaan"]) for row in central) == whole["Jawa Tengah"]
    assert petugas.get("/peta?dari=2026-03&sampai=2026-01").status_code == 400
    for wrong in ("dari=2026-13", "dari=2026-T5", "sektor=emas", "daerah=99", "ukuran=cinta", "lain=1", "gambar=foto"):
        assert petugas.get(f"/peta?{wrong}").status_code == 400, wrong
    assert petugas.get("/grafik?per=hari").status_code == 400
    assert petugas.get("/grafik/apa.svg").status_code == 404


@pytest.mark.parametrize("measure", ["nilai", "permintaan", "kecocokan", "tak-terlayani", "perjanjian", "dagang"])
def test_each_tile_of_each_measure_leads_to_a_list_that_opens(petugas, figured, measure):  # noqa: F811
    page = petugas.get(f"/peta?{ALL}&ukuran={measure}").text
    links = []
    for kind in ("chart-wide paired", "chart-narrow"):
        begun = page.index(f'<svg class="{kind}"')
        drawn = [unescape(each) for each in re.findall(r'<a href="([^"]+)"', page[begun : page.index("</svg>", begun)])]
        assert len(drawn) == len(set(drawn)) == 38
        assert not links or set(drawn) == set(links), "both drawings lead to the same lists"
        links = drawn
    central = next(each for each in links if "daerah=33" in each)
    assert petugas.get(central).status_code == 200


def test_a_page_of_charts_asks_the_database_few_questions_and_none_without_an_index(petugas, figured, statements):  # noqa: F811
    for path in (f"/grafik?{ALL}", f"/peta?{ALL}", f"/peta?{ALL}&ukuran=perjanjian", f"/peta?{ALL}&daerah=33"):
        petugas.get(path)
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        assert len(seen) <= 8, (path, seen)


def test_an_admin_imports_boundaries_and_the_same_map_is_drawn_from_them(staff, petugas, figured, csrf):  # noqa: F811
    admin = staff("admin")
    body = file(
        square(110, -6.5, KODE_PROV="33", PROVINSI="Jawa Tengah"), square(107, -6, KODE_PROV="32"), square(150 - 30, -3, x="Atlantis")
    )
    form = {"csrf_token": csrf(admin.get("/peta"))}
    answer = admin.post("/peta/batas", data=form | {"berkas": (io.BytesIO(body), "batas.geojson")}, follow_redirects=True)
    assert "2 batas disimpan." in answer.text and "Tidak dikenali: bagian ke-3." in answer.text
    page = petugas.get(f"/peta?{ALL}").text
    assert "Batas indikatif" in page and page.count("<path") == 2
    assert "Satu petak satu provinsi" in petugas.get(f"/peta?{ALL}&gambar=petak").text
    with figured.read() as session:
        assert len(boundaries(session, "province")) == 2
        assert session.scalars(select(AuditRow).where(AuditRow.action == "boundaries_imported")).one().facts["count"] == 2
    wrong = admin.post("/peta/batas", data=form | {"berkas": (io.BytesIO(b"bukan json"), "x.json")})
    assert wrong.status_code in (400, 422)
    gone = admin.post("/peta/batas", data=form | {"hapus": "province"}, follow_redirects=True)
    assert "petak" in gone.text
    with figured.read() as session:
        assert boundaries(session, "province") == []
    assert petugas.post("/peta/batas", data={"csrf_token": csrf(petugas.get("/saya")), "hapus": "province"}).status_code == 403


def test_a_file_of_boundaries_may_be_as_large_as_its_page_says(staff, csrf):
    admin = staff("admin")
    page = admin.get("/peta")
    assert f"{MOST_BYTES >> 20}\u00a0MiB" in page.text

    def send(path, size):
        body = file(square(110, -6.5, KODE_PROV="33", PROVINSI="Jawa Tengah")).ljust(size)
        parts = [("csrf_token", "", csrf(page).encode()), ("berkas", '; filename="batas.geojson"', body)]
        said = [f'--batas\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + part for name, more, part in parts]
        return admin.post(path, data=b"\r\n".join([*said, b"--batas--\r\n"]), content_type="multipart/form-data; boundary=batas")

    assert send("/peta/batas", MOST_BYTES).status_code == 303
    assert "1 batas disimpan." in admin.get("/peta").text
    refused = send("/peta/batas", MOST_BYTES + 1)
    assert refused.status_code == 400 and "lebih besar dari 64\u00a0MiB" in refused.text
    assert send("/grafik/hitung", MOST_BYTES).status_code == 413, "no other form takes as much"


def test_a_count_that_breaks_leaves_the_last_one_and_says_so(petugas, figured, settings, monkeypatch):  # noqa: F811
    from exchange.jobs import figures as module

    with figured.work() as session:
        before = figure_count(session).counted_at
        want_figures(session, utcnow())

    def breaks(*_given):
        raise RuntimeError("x")

    monkeypatch.setattr(module, "figures", breaks)
    assert not count_figures(figured, settings)
    with figured.read() as session:
        row = figure_count(session)
        assert row.counted_at == before and row.wanted_at is None and "RuntimeError" in row.trouble
    assert "Hitungan terakhir tidak selesai" in petugas.get("/grafik").text
