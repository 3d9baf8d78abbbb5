"""How words stand on every page: sums and units on one line, connectors by what they read."""

from __future__ import annotations

import re

import pytest

from exchange.web.joined import joined

from .walking import deals, hook, office, opened, raw, shortage  # noqa: F401

PARTED = re.compile(
    r"Rp\s*[ \n]\s*[-\d]|\d[ \n]+(?:km|kg|ton|MiB|kB|GiB|ribu|juta|miliar|triliun|thousand|million|billion|trillion|%)(?!\w)"
)
CODES = re.compile(r"\b(?:lkpp_isb|exchange_node|sirup_search|rest|ocds|ckan|ubl|table)\b")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_sum_is_parted_from_its_rp_and_no_connector_is_called_by_its_code(client, staff, csrf, office):  # noqa: F811
    parted, coded = {}, {}
    readers = (staff("petugas"), staff("admin"), client)
    for language in ("id", "en"):
        for browser in readers:
            token = csrf(browser.get("/masuk" if browser is client else "/"))
            browser.post("/bahasa", data={"csrf_token": token, "bahasa": language})
        for path, html in opened(office, *readers):
            for text in raw(html):
                if PARTED.search(text):
                    parted.setdefault(text[:200], path)
                if language == "id" and CODES.search(text):
                    coded.setdefault(text[:200], path)
    assert not parted, parted
    assert not coded, coded


def test_only_a_space_between_a_figure_and_its_rp_or_unit_keeps_the_line():
    assert (
        joined("Rp 95.000.000 cukup untuk 20 kg, 45 % dari 3 kursi") == "Rp\u00a095.000.000 cukup untuk 20\u00a0kg, 45\u00a0% dari 3 kursi"
    )
    assert joined("Rp belum, 3 kgs, Grp 5") == "Rp belum, 3 kgs, Grp 5"


def test_a_connector_is_called_by_what_it_reads_and_its_code_stands_where_an_administrator_needs_it(staff):
    admin = staff("admin")
    title = "Rencana pengadaan (RUP) dan pengumuman SPSE dari bus layanan LKPP"
    assert title in admin.get("/sumber").text and "lkpp_isb" not in admin.get("/sumber").text
    for path in ("/sumber/semarang", "/sumber/semarang/pengaturan", "/tambah-sumber?konektor=lkpp_isb"):
        assert re.search(rf"{re.escape(title)}(?:</strong>)? <code>lkpp_isb</code>", admin.get(path).text), path
    listed = re.sub(r"<a [^>]*>|\s+", " ", admin.get("/tambah-sumber").text)
    assert f'{title}</a></th> <td data-label="Konektor"><code>lkpp_isb</code>' in listed
