"""The list of firms and a firm's page: found, counted, told to whom, at a bounded cost."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from exchange.access.policy import TABLES, Tier
from exchange.access.segments import refresh_businesses
from exchange.store.businesses import BusinessRow

from .firming import FIRM, PAGE, firm, now, word  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("firm")


@pytest.fixture
def many(world):
    """Sixty firms more, of two districts."""
    with world.work() as session:
        rows = [
            BusinessRow(nib=f"81200000{n:05}", name=f"Dapur Sari {n:02}", sector="pangan", kbli=["10792"], training_needs=["halal"],
                        district=("Cibeber", "Grogol")[n % 2], cluster="Sentra Emping" if n % 3 == 0 else None,
                        consented_on=date(2026, 5, 1) if n % 4 == 0 else None, consent_refused_on=date(2026, 5, 1) if n % 4 == 1 else None)
            for n in range(60)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        refresh_businesses(session, rows)
    return world


def names(page):
    return re.findall(r'<th scope="row"[^>]*><a href="/ikm/[^"]+">([^<]+)', page)


def test_facets_count_what_all_other_filters_leave(petugas, many):
    page = petugas.get("/ikm?sektor=pangan&kecamatan=Cibeber").text
    assert "30 IKM" in page
    plain = re.sub(r"<[^>]+>|\s+", " ", page)
    plain = re.sub(r"\s+", " ", plain)
    assert "Cibeber × hapus 30" in plain and "Grogol 30" in plain, "the other district can be gone over to"
    assert "Pangan × hapus 30" in plain and "Logam" not in plain.split("Kecamatan")[0].split("Sektor")[1]
    assert "Sentra Emping 10" in plain and "diterbitkan 15" in plain


@pytest.mark.parametrize(
    ("asked", "count"),
    [("cari=dapur", 60), ("cari=las", 1), ("cari=8120000000003", 1), ("cari=ikm-00000000be", 1),
     ("persetujuan=refused", 15), ("kbli=10792", 60),
     ("pelatihan=halal", 60), ("mutu=80-100", 0), ("sentra=Sentra Emping&persetujuan=published", 5), ("cari=tidakada", 0)],
)  # fmt: skip
def test_words_and_filters_find_firms(petugas, many, asked, count):
    assert f"{count} IKM" in petugas.get(f"/ikm?{asked}").text


def test_pages_follow_each_other_with_each_firm_once(petugas, many):
    path, seen = "/ikm", []
    while path:
        page = petugas.get(path).text
        seen += names(page)
        path = next((one.replace("&amp;", "&") for one in re.findall(r'rel="next" href="([^"]+)"', page)), None)
    assert len(seen) == len(set(seen)) == 61 and seen == sorted(seen, key=str.casefold)


def test_an_unknown_filter_is_named_with_those_there_are(petugas):
    answer = petugas.get("/ikm?sektro=logam")
    assert answer.status_code == 400 and "sektro" in answer.text and "sektor" in answer.text
    assert petugas.get("/ikm?sektor=aneh").status_code == 400


def test_htmx_gets_the_list_alone(petugas, many):
    part = petugas.get("/ikm?cari=dapur", headers={"HX-Request": "true"}).text
    assert "<html" not in part and "60 IKM" in part


def test_the_table_of_readers_is_the_policys_own(petugas, world):
    page = petugas.get(PAGE).text
    section = page.split('id="terbit"')[1].split("</table>")[0]
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', section, re.S)
    told = {name: re.findall(r">(ya|tidak)<", cells) for name, cells in rows}
    assert told["tenaga kerja"] == ["tidak", "tidak", "tidak", "ya"]
    assert told["kecamatan"] == ["ya"] * 4
    assert told["NIB"] == ["ya", "ya", "ya", "ya"], "of a CV the number is no person's"
    with world.work() as session:
        session.scalars(select(BusinessRow).where(BusinessRow.ident == FIRM)).one().legal_form = "UD"
    section = petugas.get(PAGE).text.split('id="terbit"')[1].split("</table>")[0]
    assert re.findall(r">(ya|tidak)<", section.split(">NIB</th>")[1].split("</tr>")[0]) == ["tidak", "tidak", "ya", "ya"]
    assert {"workers", "visit_note"} <= {name for name, tiers in TABLES["business"].items() if set(tiers) == {Tier.STAFF}}


def test_the_firms_page_tells_what_hangs_on_it(petugas):
    page = petugas.get(PAGE).text
    assert "/ikm/x" not in page and "kecocokan menunggu keputusan" in page and "60</strong>" in page
    assert "UJI-LGM-004" in page and 'href="/perdagangan?usaha=ikm-00000000beef"' in page
    assert page.count('class="items"') >= 1, "the three cheapest improvements"


def test_the_sheet_for_the_firm_says_what_is_told_and_has_a_form_to_take_it_back(petugas):
    page = petugas.get(f"{PAGE}/lembar").text
    assert "Yang diterbitkan tentang usaha Anda" in page and "Mencabut persetujuan: jangan terbitkan lagi." in page
    assert "belum menyetujui penerbitan" in page
    assert "Mesin bubut baru" not in page and "tenaga kerja" not in page, "what staff alone read stays in the office"


@pytest.mark.parametrize("path", ["/ikm", "/ikm?cari=dapur&sektor=pangan", "/ikm/menunggu", PAGE, f"{PAGE}/lembar",
                                  f"{PAGE}/kunjungan/baru",
                                  "/produk/UJI-LGM-001"])  # fmt: skip
def test_a_page_costs_at_most_eight_statements(petugas, many, statements, path):
    with statements() as seen:
        assert petugas.get(path).status_code == 200
    said = [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]
    assert len(said) <= 8, said


def test_what_is_not_there_is_said_so(petugas):
    for path in ("/ikm/x", "/ikm/x/lembar", "/ikm/x/kunjungan/baru", f"{PAGE}/kunjungan/99", "/foto/99"):
        assert petugas.get(path).status_code == 404


def test_every_field_that_may_be_told_of_a_firm_or_product_has_a_word(petugas):
    for path in (PAGE, f"{PAGE}/lembar"):
        page = petugas.get(path).text
        assert "photos" not in re.sub(r"<[^>]*>", " ", page), "a field is named by its word"
    assert page.count("juga</dt>") >= 1 and "<details" not in page.partition("<main")[2].partition("</main>")[0], (
        "all of it stands on the paper that is signed"
    )
