"""The list of demands has exactly those that a tile, a bar or a facet counts: by sector, region, time, deadline and what became of them."""

from __future__ import annotations

import html
import random
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from exchange.demand.indexing import catch_up
from exchange.demand.spans import CLOSINGS
from exchange.jobs.figures import count_figures
from exchange.reports.causes import OUTCOMES
from exchange.reports.classes import ALL_SECTORS
from exchange.store.base import Store, utcnow
from exchange.store.figures import want_figures
from exchange.store.links import DemandLinkRow
from exchange.store.sources import SourceRow
from schemas.demand import CATEGORIES, STATUSES

from .conftest import demand

from .figuring import deals, figured  # noqa: F401  # isort: skip

CHOICE = re.compile(r'list-inline-item"><a href="([^"]+)"( aria-current="true")?[^>]*>.*?</a>\s*<span class="quiet">([\d.]+)</span>', re.S)
TITLES = ("Pengadaan pagar besi hollow", "Beras premium 5 kg", "Jasa kebersihan gedung", "Belanja kursi rapat", "Sabun cuci tangan cair")


@pytest.fixture
def office(figured: Store, settings) -> Store:  # noqa: F811
    """The office with figures, and forty more demands: of the own region too, twins, without any day, closed, withdrawn; counted again."""
    told = random.Random(7)
    with figured.work() as session:
        source = session.scalars(select(SourceRow).where(SourceRow.name == "semarang")).one()
        rows = []
        for number in range(7000, 7040):
            end = told.choice((None, *(settings.day() + timedelta(days=by) for by in (-3, 0, 14, 15))))
            needed = told.choice((None, date(2025, 12, 31), date(2026, 3, 1), date(2027, 1, 5)))
            more = {
                "published_at": told.choice((None, datetime(2026, 2, 28, 17, 30, tzinfo=UTC))), "status": told.choice(STATUSES),
                "category": told.choice((None, *CATEGORIES)), "use_start": needed, "use_precision": needed and "day",
                "selection_start": None, "selection_end": end,
                "selection_precision": "day", "contract_start": None, "contract_end": None, "contract_precision": None,
                "state": told.choice(("live", "live", "live", "withdrawn")), "matched_version": told.choice((0, 1)),
            }  # fmt: skip
            rows.append(
                demand(session, source, number, told.choice(TITLES), region=told.choice(("36.72", "33.74", "32.73", "31.71")), **more)
            )
        session.flush()
        live = [row.id for row in rows if row.state == "live" and row.region != "36.72"]
        pairs = list(zip(live[::2], live[1::2], strict=False))[:4]
        session.add_all(DemandLinkRow(low_id=low, high_id=high, kind="same_plan", state="confirmed", reason="uji") for low, high in pairs)
        want_figures(session, utcnow())
    assert count_figures(figured, settings)
    catch_up(figured, settings.home_region)
    return figured


def count_of(client, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    found = re.search(r"([\d.]+) permintaan</p>", answer.text)
    assert found, path
    return int(found[1].replace(".", ""))


def test_each_tile_and_each_row_of_a_map_leads_to_a_list_of_just_as_many(petugas, office):
    for measure in ("permintaan", "nilai", "tak-terlayani"):
        for asked in (
            "dari=&sampai=",
            "dari=2026-T1&sampai=2026-T1",
            "dari=2026-03&sampai=",
            "dari=&sampai=2026&sektor=logam",
            "dari=&sampai=&daerah=33",
        ):
            page = petugas.get(f"/peta?{asked}&ukuran={measure}").text
            rows = re.findall(r'<tr><th scope="row"[^>]*><a href="([^"]+)">.*?<td class="num"[^>]*>(.*?)</td>', page, re.S)
            assert rows or "sektor" in asked, (measure, asked)
            tiles = set(re.findall(r'<a href="([^"]+)" aria-label', page))
            for href, cell in rows[:6]:
                assert href in tiles, "the tile and the row lead to one list"
                said = re.search(r"([\d.]+) buah", cell) if measure != "permintaan" else re.search(r"([\d.]+)", cell)
                assert said and count_of(petugas, html.unescape(href)) == int(said[1].replace(".", "")), (href, cell)


def test_each_row_of_the_charts_of_demand_leads_to_a_list_of_just_as_many(petugas, office):
    for asked in ("dari=&sampai=&per=tahun", "dari=2026-02&sampai=2027-02&per=triwulan"):
        page = petugas.get(f"/grafik?{asked}").text
        for name in ("permintaan-waktu", "arus-permintaan", "tidak-terlayani"):
            section = page.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]
            rows = re.findall(r'<th scope="row"[^>]*><a href="([^"]+)">.*?</th>(.*?)</tr>', section, re.S)
            assert rows, (name, asked)
            drawn = set(re.findall(r'<a href="([^"]+)" aria-label', section))
            assert drawn, "what is drawn leads there too"
            for href, cells in rows[:4]:
                number = re.findall(r"<td[^>]*>([^<]*)</td>", cells)[-2]
                assert count_of(petugas, html.unescape(href)) == int(number.replace(".", "")), (name, href)
            if name != "permintaan-waktu":
                assert all(petugas.get(html.unescape(href)).status_code == 200 for href in sorted(drawn)[:2])


def test_each_count_of_a_facet_is_the_length_of_the_list_that_it_leads_to(petugas, office):
    told = random.Random(3)
    values = {
        "cari": ["kursi", "pengadaan"], "daerah": ["33", "33.74", "36.72"], "sektor": ALL_SECTORS, "dari": ["2026", "2026-02", "2026-T1"],
        "sampai": ["2026", "2026-T1"], "status": STATUSES, "tutup": CLOSINGS, "kategori": CATEGORIES, "hasil": [*OUTCOMES, "unmet"],
        "sebab": ["no_product"], "sekali": ["ya"], "ditarik": ["ya"], "sumber": ["semarang"],
    }  # fmt: skip
    seen = set()
    for _round in range(14):
        names = told.sample(sorted(values), told.randrange(3)) if _round else []
        page = petugas.get(f"/permintaan?{urlencode({name: told.choice(values[name]) for name in names})}").text
        choices = CHOICE.findall(page)
        for href, chosen, count in told.sample(choices, min(5, len(choices))):
            path = html.unescape(href)
            seen |= set(re.findall(r"[?&](\w+)=", path))
            if not chosen:  # what is chosen leads back to more
                assert count_of(petugas, path) == int(count.replace(".", "")), path
    assert {"sektor", "dari", "tutup", "hasil"} <= seen


def test_a_list_of_a_sector_says_as_of_when_and_keeps_its_filters_over_pages_and_export(petugas, office, csrf, statements):
    path = "/permintaan?sekali=ya&sektor=tidak_terbaca&dari=2026&sampai=2026"
    page = petugas.get(path)
    assert "menurut hitungan" in page.text and 'name="sektor"' in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    if following:
        assert all(said in html.unescape(following[1]) for said in ("sektor=tidak_terbaca", "dari=2026", "sekali=ya"))
    with statements() as seen:
        petugas.get(path + "&tutup=terbuka&cari=kursi&daerah=33&kategori=goods&hasil=unmet&sebab=no_product")
    assert len([said for said in seen if said.lstrip().upper().startswith("SELECT")]) <= 8, seen
    for wrong in ("dari=2026-13", "sektor=emas", "tutup=besok", "hasil=baik", "dari=2026-05&sampai=2026-01"):
        assert petugas.get(f"/permintaan?{wrong}").status_code == 400, wrong


def test_before_figures_were_counted_a_sector_finds_nothing_and_the_page_says_why(petugas, world):
    page = petugas.get("/permintaan?sektor=logam").text
    assert "0 permintaan" in page and "itu belum pernah" in page
