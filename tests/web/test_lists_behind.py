"""What a tile, row or bar of matches, cases and trade counts is what the list has that it opens: in random offices, on both databases."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from exchange.agreements import worded_matches
from exchange.demand.indexing import catch_up
from exchange.jobs.figures import count_figures
from exchange.store.agreements import AgreementObjectRow, AgreementRow, add_case
from exchange.store.base import Store, utcnow
from exchange.store.demands import DemandRow
from exchange.store.figures import want_figures
from exchange.store.links import DemandLinkRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow
from schemas.demand import STATUSES

from .conftest import demand

REGIONS = ("36.72", "36.71", "33.74", "33.28", "32.73", "31.71")
DAYS = (None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1), date(2027, 1, 5))
SPANS = (
    "dari=&sampai=", "dari=2026-T1&sampai=2026-T1", "dari=2026-03&sampai=", "dari=&sampai=2026&sektor=logam",
    "dari=2026&sampai=2026&sektor=tidak_terbaca", "dari=&sampai=&daerah=33", "dari=&sampai=2026-02&daerah=33.74", "",
)  # fmt: skip
STAGES = ("gagasan", "ttd_kb", "pelaksanaan", "pelaksanaan", "pelaksanaan", "selesai")


@dataclass(frozen=True)
class Told:
    """What a list says of itself: how many rows, and of trade how many receipts and which value in rupiah."""

    rows: int
    receipts: int | None = None
    value: Decimal | None = None


def _demands(session, told: random.Random) -> list[DemandRow]:
    source = session.scalars(select(SourceRow).where(SourceRow.name == "semarang")).one()
    rows = []
    for number in range(8000, 8036):
        needed = told.choice(DAYS)
        more = {
            "use_start": needed, "use_precision": needed and "day", "selection_start": None, "selection_end": None,
            "published_at": told.choice((None, datetime(2026, 2, 28, 17, 30, tzinfo=UTC))), "status": told.choice(STATUSES),
            "state": told.choice(("live", "live", "live", "live", "withdrawn")), "matched_version": 1,
        }  # fmt: skip
        rows.append(demand(session, source, number, told.choice(("Pagar besi", "Beras premium")), region=told.choice(REGIONS), **more))
    session.flush()
    live = [row.id for row in rows if row.state == "live"]
    pairs = list(zip(live[::2], live[1::2], strict=False))[:4]
    session.add_all(DemandLinkRow(low_id=low, high_id=high, kind="same_plan", state="confirmed", reason="uji") for low, high in pairs)
    return rows


def _matches(session, told: random.Random, demands: list[DemandRow], products: list[ProductRow]) -> list[MatchRow]:
    scores = [Decimal(each).scaleb(-6) for each in (0, 299_999, 300_000, 500_000, 700_001, 900_000)]
    rows = [
        MatchRow(demand_id=row.id, product_id=product.id, score=told.choice(scores), marks=[], model="uji", demand_version=1,
                 product_version=1, state=told.choice(("proposed", "proposed", "accepted", "rejected", "retired")))
        for row in demands for product in told.sample(products, told.randrange(4))
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def _deals(session, told: random.Random, matches: list[MatchRow], products: dict[int, ProductRow]) -> None:
    for number, match in enumerate(told.sample(matches, 14)):
        deal = DealRow(ident=f"TR-2026-{number + 50:04}", demand=f"d-{number}", demand_id=match.demand_id, title="Pagar", buyer_name="RS",
                       region=told.choice((*REGIONS, None)), state="sebagian_diterima", made_by="uji")  # fmt: skip
        session.add(deal)
        session.flush()
        lines = []
        for position, product in enumerate(told.sample(sorted(products.values(), key=lambda each: each.id), 2), start=1):
            line = DealLineRow(deal_id=deal.id, position=position, match_id=match.id, product_id=product.id, sku=product.sku,
                               product_name=product.name, sector=product.sector, business="u-1", business_name="CV Karya")  # fmt: skip
            lines.append(line)
        session.add_all(lines)
        session.flush()
        came: list[DeliveryRow] = []
        for at in range(1, told.randrange(1, 5)):
            corrected = told.choice(came) if came and told.random() < 0.4 and came[-1].corrects_id is None else None
            line_id = corrected.line_id if corrected else told.choice(lines).id
            value = Decimal(told.randrange(1, 10**9)) / 100
            came.append(
                DeliveryRow(deal_id=deal.id, line_id=line_id, number=at, day=told.choice([day for day in DAYS if day]), actor="uji",
                            quantity=Decimal(-1 if corrected else 9), value=-value if corrected else value,
                            corrects_id=corrected.id if corrected else None, reason="uji" if corrected else None)
            )  # fmt: skip
            session.add(came[-1])
            session.flush()


def _cases(session, told: random.Random) -> None:
    for number in range(14):
        starts = told.choice((None, date(2026, 1, 15), date(2026, 11, 1), date(2027, 2, 1)))
        row = AgreementRow(instrument=told.choice(("ksdd", "ksdd", "ksdd", "ksdpk")), category="sukarela", title=f"Kerja sama {number}",
                           region=told.choice((*REGIONS, None)), counterpart="Kota", state=told.choice(STAGES), starts_on=starts,
                           ends_on=told.choice((None, date(2026, 3, 31), date(2099, 12, 31))), papers={}, made_by="uji")  # fmt: skip
        add_case(session, row, 2026)
        if told.random() < 0.8:
            session.add(AgreementObjectRow(agreement_id=row.id, position=1, sector="logam", commodity="Produk logam"))


@pytest.fixture(params=[1, 3])
def office(request, world: Store, settings) -> Store:
    """A small office with random demands, matches, deals and cases besides, of several regions, sectors and months; counted."""
    told = random.Random(request.param)
    with world.work() as session:
        session.execute(update(DemandRow).values(matched_version=1))
        products = {row.id: row for row in session.scalars(select(ProductRow).order_by(ProductRow.id).limit(8))}
        for row in products.values():
            row.sector = told.choice(("logam", "kimia", "pangan", None))
        matches = _matches(session, told, _demands(session, told), list(products.values()))
        _deals(session, told, matches, products)
        _cases(session, told)
        want_figures(session, utcnow())
    assert count_figures(world, settings)
    catch_up(world, settings.home_region)
    return world


def _number(said: str) -> int:
    return int(said.replace(".", ""))


def _rupiah(said: str) -> Decimal:
    digits = html.unescape(said).replace("\u00a0", "").replace("Rp", "").replace(".", "").replace(",", ".").strip()
    return Decimal(digits.replace("−", "-").replace("–", "-"))


def _walk(client, path: str, row: str) -> list[str]:
    """The rows of a list, from its first page to its last."""
    found: list[str] = []
    following: str | None = path
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, (following, answer.text[:400])
        found += re.findall(row, answer.text)
        onward = re.search(r'rel="next" href="([^"]+)"', answer.text)
        following = html.unescape(onward[1]) if onward else None
    return found


def matches_told(client, path: str) -> Told:
    page = client.get(path).text
    said = re.search(r'role="status">([\d.]+) kecocokan', page)
    assert said, path
    rows = _walk(client, path, r'name="v-(\d+)"')
    assert len(rows) == len(set(rows)) == _number(said[1]), path
    return Told(len(rows))


def deals_told(client, path: str) -> Told:
    page = client.get(path).text
    said = re.search(r"<p>([\d.]+) penerimaan senilai ([^\n]+?)(?:,? (?:sejak|sampai|dari)[^.]*)?\.\n", page)
    count = re.search(r'role="status">([\d.]+) dagang', page)
    assert said and count, path
    rows = _walk(client, path, r'data-label="Diterima" class="num">([^<]+)<div class="small quiet">([\d.]+) penerimaan')
    assert len(rows) == _number(count[1]), path
    told = Told(len(rows), sum(_number(number) for _value, number in rows), sum((_rupiah(value) for value, _number_ in rows), Decimal(0)))
    assert (told.receipts, told.value) == (_number(said[1]), _rupiah(said[2])), path
    return told


def cases_told(client, path: str) -> Told:
    said = re.search(r'role="status">([\d.]+) perkara', client.get(path).text)
    assert said, path
    return Told(_number(said[1]))


LISTS: dict[str, Callable[..., Told]] = {"/kecocokan": matches_told, "/perdagangan": deals_told, "/kerja-sama": cases_told}


def told_of(client, href: str) -> Told:
    path = html.unescape(href)
    return LISTS[path.partition("?")[0]](client, path)


@pytest.mark.parametrize("measure", ["kecocokan", "perjanjian", "dagang"])
def test_each_tile_and_each_row_of_a_map_opens_the_list_of_what_it_counts(petugas, office, measure):
    seen = 0
    for asked in SPANS:
        page = petugas.get(f"/peta?{asked}&ukuran={measure}").text
        rows = re.findall(r'<tr><th scope="row"[^>]*><a href="([^"]+)">.*?<td class="num"[^>]*>(.*?)</td>', page, re.S)
        tiles = set(re.findall(r'<a href="([^"]+)" aria-label', page))
        for href, cell in random.Random(asked).sample(rows, min(4, len(rows))):
            assert href in tiles or "-" in cell, "the tile and the row lead to one list; a bar of less than nothing is not drawn"
            told, seen = told_of(petugas, href), seen + 1
            if measure == "dagang":
                assert told.receipts == _number(re.search(r"([\d.]+) penerimaan", cell)[1]), (asked, href)
            else:
                assert told.rows == _number(re.match(r"([\d.]+)", cell)[1]), (asked, href)
        for href in sorted(tiles - {href for href, _cell in rows})[:1]:
            told = told_of(petugas, href)
            assert told.value == 0 if measure == "dagang" else told.rows == 0, "a tile that counts nothing opens an empty list"
    assert seen > 8


def test_the_value_of_each_tile_of_trade_is_what_its_list_says(petugas, office):
    for asked in SPANS:
        answer = petugas.get(f"/peta/peta.csv?{asked}&ukuran=dagang").get_data().decode("utf-8-sig")
        given = "".join(f"&{each}" for each in asked.split("&") if each and not each.startswith("daerah"))
        if not asked:
            given = "&dari=2026&sampai=2026"
        for line in answer.splitlines()[1:]:
            code, _name, value, _class = re.match(r'([\d.]+),("[^"]*"|[^,]*),([-\d.]+),(\d+)', line).groups()
            if Decimal(value):
                assert deals_told(petugas, f"/perdagangan?daerah={code}{given}&diterima=ya").value == Decimal(value), (asked, line)


@pytest.mark.parametrize("name", ["perdagangan-waktu", "arus-perdagangan", "nilai-kecocokan", "tahap-kerja-sama"])
def test_each_row_and_bar_of_a_chart_opens_the_list_of_what_it_counts(petugas, office, name):
    seen = 0
    for asked in ("dari=&sampai=&per=tahun", "dari=2026-02&sampai=2027-02&per=triwulan", "dari=&sampai=&daerah=33&sektor=logam"):
        page = petugas.get(f"/grafik?{asked}").text
        section = page.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]
        drawn = re.findall(r'<a href="([^"]+)" aria-label="([^"]*)"', section)
        for href, cells in re.findall(r'<th scope="row"[^>]*><a href="([^"]+)">.*?</th>(.*?)</tr>', section, re.S):
            numbers = re.findall(r"<td[^>]*>([^<]*)</td>", cells)
            told, seen = told_of(petugas, href), seen + 1
            if "perdagangan" in name:
                assert (told.receipts, round(told.value)) == (_number(numbers[-2]), _rupiah(numbers[-3])), (asked, href)
            else:
                assert told.rows == _number(numbers[-1]), (asked, href)
                assert href in {each for each, _said in drawn}, "the bar leads where its row does"
        for href, _said in drawn[:3]:
            assert told_of(petugas, href).rows > 0
    assert seen > 3


def test_a_list_of_matches_by_months_is_the_same_whichever_way_it_is_found(petugas, office, monkeypatch):
    for path in ("/kecocokan?status=semua&dari=2026-02&sampai=2026", "/kecocokan?status=semua&sekali=ya&cari=pagar&dari=2026-T1",
                 "/kecocokan?sampai=2026-03&cari=besi&daerah=33&nilai=30&di_bawah=90"):  # fmt: skip
        monkeypatch.setattr(worded_matches, "FEW", 4000)
        few = _walk(petugas, path, r'name="v-(\d+)"')
        monkeypatch.setattr(worded_matches, "FEW", -1)
        monkeypatch.setattr(worded_matches, "_STEP", 5)
        assert _walk(petugas, path, r'name="v-(\d+)"') == few and few, path
