"""The inbox in a real browser: whole jobs with and without JavaScript, by keys alone, on a telephone, readable by all."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.matching.care import arrange
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.match_care import care_of
from exchange.store.matches import MatchRow, match_by_id
from exchange.store.trade import in_deals
from exchange.store.users import user_by_name

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .test_saved_searches import more  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
expect = sync_api.expect


def look(page, name, width):
    if SHOTS:
        page.wait_for_load_state()
        page.screenshot(path=Path(SHOTS) / f"inbox-{name}-{width}.png", full_page=True)


def sound(page, width, *, script=True):
    if script:  # what judges a page is itself a script
        assert violations(page) == []
    assert fits(page), f"{page.url} scrolls sideways at {width}"


def rejected(world):
    with world.read() as session:
        return sorted(row.id for row in session.scalars(select(MatchRow).where(MatchRow.state == "rejected")))


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 1280), (True, 360), (False, 360)])
def test_five_are_refused_with_a_reason_brought_back_and_refused_again(visit, world, script, width):
    page, wrong = visit(script=script, width=width)
    page.goto("/kecocokan")
    for place in range(5):
        page.locator("input[name=kecocokan]").nth(place).check()
    page.get_by_text("Tolak yang dicentang…").click()
    page.locator("#alasan-massal").select_option("wrong_product")
    look(page, f"menolak-{script}", width)
    page.get_by_role("button", name="Tolak yang dicentang", exact=True).click()
    expect(page.locator("#hasil")).to_contain_text("5 kecocokan")
    if script:
        expect(page.locator("#status option[value=rejected]")).to_have_text("ditolak (5)")
    first = rejected(world)
    assert len(first) == 5
    look(page, f"hasil-{script}", width)
    sound(page, width, script=script)
    page.get_by_role("button", name=re.compile("Batalkan langkah ini")).click()
    expect(page.locator("#pesan")).to_contain_text("5 kecocokan kembali seperti semula")
    assert rejected(world) == []
    for number in first:
        page.locator(f"input[name=kecocokan][value='{number}']").check()
    page.get_by_text("Tolak yang dicentang…").click()
    page.locator("#alasan-massal").select_option("buyer_gone")
    page.get_by_role("button", name="Tolak yang dicentang", exact=True).click()
    expect(page.locator("#hasil")).to_contain_text("pembeli batal")
    assert rejected(world) == first
    page.get_by_role("link", name="Langkah bersama terakhir").click()
    expect(page.locator("main .past > li")).to_have_count(2)
    sound(page, width, script=script)
    look(page, f"langkah-{script}", width)
    assert wrong == []


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360)])
def test_the_best_new_match_of_the_week_is_found_by_a_saved_search_and_offered(visit, world, script, width):
    page, wrong = visit(script=script, width=width)
    page.goto("/kecocokan?sektor=logam")
    page.get_by_text("Simpan saringan ini sebagai pencarian").click()
    page.get_by_label("Nama pencarian").fill("Logam minggu ini")
    page.get_by_role("button", name="Simpan pencarian").click()
    expect(page.locator("#pesan")).to_contain_text("tersimpan")
    more(world, 30)
    with world.work() as session:
        session.scalars(select(MatchRow).where(MatchRow.id == 62)).one().score = "0.999"
        best = max(session.scalars(select(MatchRow).where(MatchRow.id > 60)), key=lambda row: (row.score, -row.id)).id
    page.goto("/kecocokan")
    look(page, f"pencarian-{script}", width)
    page.get_by_role("link", name=re.compile(r"^\d+ baru$")).click()
    expect(page.locator("#daftar")).to_contain_text("yang baru sejak Anda terakhir melihat")
    first = page.locator("#baris tbody tr").first
    assert first.get_attribute("id") == f"row-{best}" or match_sector(world, best) != "logam"
    first.locator("th a").click()
    sound(page, width, script=script)
    look(page, f"satu-{script}", width)
    page.get_by_role("button", name="Terima", exact=True).click()
    page.get_by_role("button", name="Susun penawaran").click()
    page.wait_for_url(re.compile("/perdagangan/"))
    number = int(re.search(r"\d+", first_accepted(world))[0])
    with world.read() as session:
        assert number in in_deals(session, [number])
    assert wrong == []


def match_sector(world, number):
    with world.read() as session:
        return match_by_id(session, number).product.sector


def first_accepted(world):
    with world.read() as session:
        return str(session.scalars(select(MatchRow.id).where(MatchRow.state == "accepted")).one())


def test_the_whole_inbox_is_worked_through_by_keys_alone(visit, world):
    page, wrong = visit()
    page.goto("/kecocokan")
    keys = page.keyboard
    keys.press("?")
    expect(page.locator("#bantuan")).to_be_visible()
    assert violations(page) == []
    look(page, "bantuan", 1280)
    keys.press("Escape")
    expect(page.locator("#bantuan")).to_be_hidden()
    numbers = [int(row.get_attribute("id")[4:]) for row in page.locator("#baris tbody tr").all()]
    keys.press("j")
    keys.press("a")
    expect(page.locator(f"#row-{numbers[0]}")).to_contain_text("diterima")
    # focus stays on the row, once what came has settled
    expect(page.locator(f"#row-{numbers[0]} :focus")).to_have_count(1)
    for key in ("j", "x", "j", "x", "r"):
        keys.press(key)
    assert page.evaluate("document.activeElement.id") == "alasan-massal"
    keys.press("Escape")
    keys.press("r")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("#hasil")).to_contain_text("2 kecocokan")
    expect(page.locator("#hasil")).to_be_focused()
    with world.read() as session:
        assert [match_by_id(session, n).state for n in numbers[:4]] == ["accepted", "rejected", "rejected", "proposed"]
        assert match_by_id(session, numbers[1]).reason_code == "wrong_product"
    keys.press("j")
    keys.press("t")
    assert page.evaluate("document.activeElement.id") == "sampai-massal"
    day = (utcnow() + timedelta(days=30)).date()
    keys.type(f"{day:%m%d%Y}")
    keys.press("Enter")
    expect(page.locator("#hasil")).to_contain_text("menunda 1 kecocokan")
    expect(page.locator("#hasil")).to_be_focused()
    keys.press("/")
    assert page.evaluate("document.activeElement.id") == "cari"
    keys.type("jaxr")
    assert page.locator("#cari").input_value() == "jaxr", "no shortcut while one types"
    assert wrong == []


def test_the_shortcuts_can_be_switched_off_and_stay_so(visit):
    page, _ = visit()
    page.goto("/kecocokan")
    page.get_by_role("button", name="Pintasan papan tik (?)").click()
    page.get_by_label("Pakai pintasan satu huruf di perangkat ini").uncheck()
    page.get_by_role("button", name="Tutup").click()
    for _again in range(2):
        page.keyboard.press("j")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") != "cari"
        assert page.locator("tr.here").count() == 0
        page.reload()


def test_the_counts_of_the_filters_follow_what_is_chosen(visit):
    page, wrong = visit()
    page.goto("/kecocokan")
    was = page.locator("#sektor option[value=logam]").inner_text()
    page.locator("#nilai").focus()
    page.locator("#nilai").select_option("90")
    expect(page.locator("#sektor option[value=logam]")).not_to_have_text(was)
    assert page.evaluate("document.activeElement.id") == "nilai", "focus stays on the filter"
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_turned_to_its_next_page_in_place_with_scripts_and_by_plain_links_without(visit, script):
    page, wrong = visit(script=script)
    for path, row in (("/kecocokan", "#baris tbody tr th a"), ("/permintaan", "#daftar tbody tr th a")):
        page.goto(path)
        if script:
            page.evaluate("window.same = true")
        first = page.locator(row).first.get_attribute("href")
        page.get_by_role("link", name="Berikutnya »").click()
        page.wait_for_url(re.compile("setelah="))
        expect(page.locator(row).first).not_to_have_attribute("href", first)
        if script:
            expect(page.locator("#daftar > p[role=status]")).to_be_focused()
        page.get_by_role("link", name="« Ke awal").click()
        expect(page.locator(row).first).to_have_attribute("href", first)
        if script:
            assert page.evaluate("window.same"), "the page stayed"
            page.go_back()
            page.wait_for_url(re.compile("setelah="))
            expect(page.locator("h1")).to_have_count(1)
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_every_part_of_the_inbox_is_readable_with_all_opened(visit, world, width):
    today = utcnow().date()
    with world.work() as session:
        person = user_by_name(session, "admin").id
        arrange(session, 1, 0, {"assignee_id": person}, "Tolong ditelepon.", "petugas", today)
        arrange(session, 1, 1, {"snoozed_until": today + timedelta(days=9)}, None, "petugas", today)
        arrange(session, 2, 0, {"assignee_id": person}, None, "petugas", today)
    page, wrong = visit(width=width)
    for name, path in {
        "daftar": "/kecocokan",
        "tunda": "/kecocokan?tunda=ya",
        "satu": "/kecocokan/1?dari=sektor%3Dlogam",
        "langkah": "/kecocokan/langkah",
    }.items():
        page.goto(path)
        sound(page, width)
        look(page, name, width)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        sound(page, width)
        look(page, f"{name}-terbuka", width)
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_match_is_handed_over_and_snoozed_on_its_page(visit, world, script):
    page, wrong = visit(script=script)
    page.goto("/kecocokan/3")
    page.get_by_label("Ditangani oleh").select_option(label="admin")
    page.get_by_label(re.compile("^Ditunda, muncul")).fill((utcnow() + timedelta(days=10)).date().isoformat())
    page.get_by_label("Pesan serah terima").fill("Besok saya cuti.")
    page.get_by_role("button", name="Simpan penanganan").click()
    expect(page.locator("#penanganan")).to_contain_text("Ditangani admin.")
    expect(page.locator("main")).to_contain_text("Besok saya cuti.")
    with world.read() as session:
        assert care_of(session, 3).snoozed_until is not None
        assert {act.action for act in history(session, "match", "3")} == {"match.assign", "match.snooze"}
    assert wrong == []
