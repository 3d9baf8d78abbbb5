"""The menu leads each role to every page that it may open, and says where the reader is."""

from __future__ import annotations

import re

import pytest

from exchange.reports.exporting import LISTINGS
from exchange.reports.headings import english_title
from exchange.web import menu
from exchange.web.pages import LINKED

GATES = {
    f"web_{name}" for name in ("assets", "auth", "languages", "user_links", "oidc", "codes", "account", "own_code", "recovery", "terms")
}


def links(html: str, label: str) -> list[tuple[str, str, str]]:
    """(address, aria-current, text) of one bar of the menu."""
    bar = re.search(rf'<nav class="menu[^"]*" aria-label="{label}">(.*?)</nav>', html, re.DOTALL)
    return re.findall(r'<a href="([^"]*)"(?: aria-current="([a-z]*)")?>([^<]*)</a>', bar[1]) if bar else []


@pytest.mark.parametrize("role", ["admin", "petugas", "pimpinan", "auditor"])
def test_every_link_of_the_menu_opens_and_marks_itself_as_the_page_that_the_reader_is_on(staff, world, role):
    visitor = staff(role)
    todo, seen = ["/"], {}
    while todo:
        path = todo.pop()
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        groups = links(answer.text, "Menu utama")
        within = [link for _, _, name in groups for link in links(answer.text, f"Halaman di bawah {name}")]
        current = [address for address, mark, _ in [*within, *groups] if mark == "page"]
        assert current == [path], "one page is the one at hand"
        assert len([mark for _, mark, _ in groups if mark]) == 1, "in one group"
        seen[path] = None
        todo += [address for address, _, _ in [*groups, *within] if address not in seen and address not in todo]
    admin_only = {"/pengguna", "/surel"}
    assert (admin_only <= seen.keys()) == (role == "admin")
    assert not admin_only & seen.keys() or role == "admin"
    assert ("/catatan" in seen) == (role in {"admin", "auditor"})
    assert len(seen) >= 15


def test_every_page_of_staff_belongs_to_a_place_in_the_menu(app):
    lost = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("web_") and menu.here(rule.endpoint) is None and rule.endpoint.partition(".")[0] not in GATES | LINKED
    }  # fmt: skip
    assert lost == {"web_exchange_log.table"}, "a file of one firm, linked from its page"


def test_a_page_named_by_its_endpoint_goes_before_the_page_of_its_blueprint():
    assert menu.here("web_papers.letter").endpoint == "web_trade.listing"
    assert menu.here("web_papers.report").endpoint == "web_agreements.board"
    assert menu.here("web_waiting.quarantine").endpoint == "web_waiting.quarantine"
    assert menu.here("nowhere") is None


@pytest.mark.parametrize(("language", "name"), [("id", "Permintaan tidak terlayani"), ("en", "Unmet demand")])
def test_unmet_demand_has_one_name_in_the_menu_on_its_page_and_in_its_downloads(petugas, csrf, world, language, name):
    def post(path, **form):
        return petugas.post(path, data={"csrf_token": csrf(petugas.get("/")), **form})

    post("/bahasa", bahasa=language)
    text = petugas.get("/laporan/kebutuhan").text
    assert re.search(rf'<a href="/laporan/kebutuhan" aria-current="page">{name}</a>', text)
    assert f"<h1>{name}</h1>" in text and re.search(rf"<title>\s*{name}\b", text)
    assert f'<a href="/laporan/kebutuhan">{name}</a>' in petugas.get("/laporan").text
    post("/unduhan", jenis="kebutuhan", format="xlsx")
    assert re.search(rf'<a href="/laporan/kebutuhan[^"]*">{name}</a> XLSX', petugas.get("/unduhan").text)
    title = LISTINGS["kebutuhan"].title
    assert (english_title(title) if language == "en" else title) == name, "within the file"
