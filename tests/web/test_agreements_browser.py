"""A whole case in a real browser, by clicking and uploading, over trade and its report to its end; on accessible pages."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.access.partners import named as partner_named
from exchange.agreements.steps import broken_at, named
from exchange.store.agreements import steps_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .case_papers import final_paper, parties, written  # noqa: E402  # isort: skip
from .case_trade import first_match, report, trade  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def paper(kind: str) -> bytes:
    return b"%PDF-1.7\n% " + kind.encode() + b"\n%%EOF\n"


class Player:
    """Plays a case on its page. page: the window; wrong: what went wrong in it."""

    def __init__(self, page, today: date, looks) -> None:
        self.page, self.today, self.looks = page, today, looks

    def step(self, name: str, says: str, papers: tuple[str, ...] = (), offices: str | None = None, **fields: str) -> None:
        """Fill in the form of a step, with files, and press its button; `says` is what the page then says."""
        form = self.form(name)
        for field, value in fields.items():
            self.fill(form, field, value)
        for kind in papers:
            form.locator(f"[name='berkas-{kind}']").set_input_files(
                {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": paper(kind)}
            )
        if offices:
            form.locator("[name=pelaku]").select_option(offices)
        form.locator("p.acts button").last.click()
        sync_api.expect(self.page.locator("#pesan")).to_contain_text(says)

    def form(self, name: str):
        """The form of a step, opened where it is closed."""
        step = self.page.locator(f"#langkah-{name}")
        if step.get_attribute("open") is None:
            step.locator("> summary").click()
        return step.locator("form")

    def fill(self, form, field: str, value: str) -> None:
        place = form.locator(f"[name='isi-{field}']").first
        kept = form.locator("details.kept")
        if not place.is_visible() and kept.count():
            kept.locator("summary").first.click()
        if place.get_attribute("type") == "radio":
            form.locator(f"[name='isi-{field}'][value='{value}']").check()
        elif place.evaluate("e => e.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)

    def sign(self, name: str, field: str) -> None:
        """Both heads of region sign."""
        form = self.form(name)
        for side, head in (("kami", "Wali Kota Cilegon"), ("mitra", "Wali Kota Semarang")):
            form.locator(f"[name='isi-{field}-{side}-0-nama']").fill("Pejabat Contoh")
            form.locator(f"[name='isi-{field}-{side}-0-jabatan']").fill(head)

    def day(self, years: int = 0, days: int = 0) -> str:
        there = self.today + timedelta(days=days)
        return there.replace(year=there.year + years, day=min(there.day, 28)).isoformat()


def choose_kept(player: Player, step: str, kind: str, body: bytes) -> None:
    """Choose the very file that was kept, by its SHA-256."""
    player.form(step).locator(f"[name='pakai-{kind}']").select_option(hashlib.sha256(body).hexdigest())


def play_to_contract(player: Player) -> None:
    """From the fresh case to a contract that is carried out."""
    today = player.today.isoformat()
    player.step("isi_identifikasi", "Isi data awal", urusan="Perindustrian dan perdagangan", rujukan_rencana="RPJMD 2025-2029, tabel 4")
    player.looks("perkara-awal")
    player.step("siapkan", "Sekarang: Persiapan", ("nota_kebutuhan",), tidak_bertentangan="ya")
    player.looks("perkara-kak")
    form = player.form("isi_kak")
    assert "Kebutuhan mitra:" in form.locator("[name=isi-latar_belakang]").input_value(), "the matches propose what is needed"
    kak = {name: f"Isi {name} menurut rapat." for name in ("maksud_tujuan", "jangka_waktu", "manfaat", "dampak", "pembiayaan")}
    player.step("isi_kak", "Isi kerangka acuan kerja", **kak)
    player.step("ajukan_telaah", "Sekarang: Telaah TKKSD", ("kak", "surat_inisiasi", "sk_penghubung"))
    player.step("telaah", "Catat hasil telaah", ("berita_acara_telaah",), hasil_telaah="layak", penelaah="Sekretaris Daerah, 12 November")
    player.step(
        "kirim_penawaran", "Sekarang: Penawaran", ("surat_penawaran",), nomor_penawaran="510/1", tanggal_penawaran=today,
        tujuan_penawaran="Wali Kota Semarang",
    )  # fmt: skip
    player.step("terima", "Sekarang: Penyusunan Kesepakatan", ("surat_jawaban",), nomor_jawaban="510/2", tanggal_jawaban=today)
    player.sign("isi_kb", "kb_penandatangan")
    player.looks("perkara-kb")
    player.step(
        "isi_kb", "Isi naskah Kesepakatan Bersama", kb_mulai=today, kb_berakhir=player.day(3), kb_hari=today,
        tindak_lanjut="Dengan Perjanjian Kerja Sama.",
    )  # fmt: skip
    lacks = player.page.locator("#naskah ~ ul.papers li", has_text="Kesepakatan Bersama")
    sync_api.expect(lacks).to_contain_text("hal belum diisi")
    lacks.get_by_role("link", name="Kesepakatan Bersama", exact=True).click()
    player.looks("naskah-kurang")
    player.page.get_by_role("link", name=re.compile("“Alamat kedudukan pihak mitra”")).click()
    assert player.page.locator("#langkah-isi_kb").get_attribute("open") is not None, "a blank leads to the form that fills it"
    said = parties() | written("kb", "1/KB/2026", "2/KB/2026")
    player.step("isi_kb", "Isi naskah Kesepakatan Bersama", **said)
    naskah_kb = final_paper(player.page, sync_api.expect, "kesepakatan_bersama", "Naskah akhir Kesepakatan Bersama", player.looks)
    choose_kept(player, "bekukan_kb", "naskah_kb", naskah_kb)
    player.step("bekukan_kb", "Bekukan naskah")
    player.form("tandatangani_kb").locator("[name='isi-hash_kb_mitra']").fill(hashlib.sha256(b"lain").hexdigest())
    player.looks("perkara-tanda-tangan")
    form = player.form("tandatangani_kb")
    for field, value in {
        "nomor_kb_kami": "1/KB/2026",
        "tanggal_kb": today,
        "penandatangan_kb-mitra-0-jabatan": "Wali Kota Semarang",
    }.items():
        assert form.locator(f"[name='isi-{field}']").input_value() == value, "what the text says is offered as what was signed"
    player.fill(form, "cara_kb", "basah")
    form.locator("[name='berkas-kb']").set_input_files({"name": "kb.pdf", "mimeType": "application/pdf", "buffer": paper("kb")})
    form.locator("p.acts button").last.click()
    refused = player.page.locator("#langkah-tandatangani_kb")
    sync_api.expect(refused).to_contain_text("bukan naskah yang dibekukan di sini")
    assert refused.locator("[name='isi-penandatangan_kb-mitra-0-jabatan']").input_value() == "Wali Kota Semarang", "nothing typed is lost"
    player.looks("perkara-ditolak")
    refused.locator("[name='isi-hash_kb_mitra']").fill(hashlib.sha256(naskah_kb).hexdigest())
    refused.locator("form p.acts button").last.click()
    sync_api.expect(player.page.locator("#pesan")).to_contain_text("Sekarang: Kesepakatan Bersama ditandatangani")
    answers = {"membebani_masyarakat": "tidak", "membebani_daerah": "tidak", "teranggarkan": "ya", "tahun_apbd": str(player.today.year)}
    player.step("jawab_dprd", "Jawab dua pertanyaan DPRD", ("bukti_dprd",), **answers, penjawab_dprd="Kepala Bagian Hukum")
    sync_api.expect(player.page.locator("section[aria-labelledby=dprd]")).to_contain_text("Persetujuan DPRD tidak diperlukan")
    player.looks("perkara-dprd")
    note = {"nomor_memo_dprd": "180/31", "tanggal_memo_dprd": today, "pejabat_memo_dprd": "Pejabat Contoh", "jabatan_memo_dprd": "Sekda",
            "alasan_beban": "telaah 180/29", "alasan_anggaran": "DPA 050/411"}  # fmt: skip
    player.step("isi_dprd", "Isi nota", **note)
    player.step("putuskan_tidak_perlu", "tidak diperlukan", ("memo_dprd",))
    player.step("susun_pks", "Sekarang: Penyusunan Perjanjian Kerja Sama")
    player.looks("perkara-pks")
    said = {"pks_mulai": today, "pks_berakhir": player.day(2), "pks_hari": today} | written("pks", "1/PKS", "2/PKS")
    wrong = player.form("isi_pks")
    wrong.locator("details.kept > summary").first.click()
    player.fill(wrong, "surel_mitra", "bukan@pos@el")
    for field, value in said.items():
        player.fill(wrong, field, value)
    wrong.evaluate("form => form.noValidate = true")
    wrong.locator("p.acts button").last.click()
    beside = player.page.locator("#langkah-isi_pks .entry-field", has=player.page.locator("[name='isi-surel_mitra']"))
    sync_api.expect(beside).to_contain_text("harus satu alamat pos-el")
    assert player.form("isi_pks").locator("[name='isi-pks_nomor_kami']").input_value() == "1/PKS", "nothing typed is lost"
    player.step("isi_pks", "Isi naskah Perjanjian", surel_mitra="dagang@semarang.example")
    naskah_pks = final_paper(player.page, sync_api.expect, "pks", "Naskah akhir Perjanjian Kerja Sama", player.looks)
    choose_kept(player, "bekukan_pks", "naskah_pks", naskah_pks)
    player.step("bekukan_pks", "Bekukan naskah")
    player.step(
        "tandatangani_pks", "Sekarang: Perjanjian Kerja Sama ditandatangani", ("pks",),
        hash_pks_mitra=hashlib.sha256(naskah_pks).hexdigest(),
    )  # fmt: skip
    player.step("laksanakan", "Sekarang: Pelaksanaan", ("rencana_kerja",))


@pytest.mark.parametrize(("script", "width"), [(False, 1280), (True, 360)])
def test_a_case_is_played_from_a_match_to_its_end(visit, world, settings, script, width):
    page, wrong = visit(width=width, script=script)

    def looks(name: str) -> None:
        page.wait_for_load_state("load")
        if script:
            assert violations(page) == [], name
        assert fits(page), f"{name} scrolls sideways at {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)

    page.goto("/kecocokan?daerah=33.74&sektor=logam")
    boxes = page.locator("input[name=kecocokan]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Mulai kerja sama dari yang dicentang").click()
    page.wait_for_url(re.compile("/kerja-sama/baru"))
    assert page.locator("tbody input[name=kecocokan]:checked").count() == 2
    looks("perkara-baru")
    if script:
        page.get_by_label("Pemerintah atau lembaga di luar negeri").check()
        sync_api.expect(page.locator("#putusan")).to_contain_text("Menteri Luar Negeri")
        page.get_by_label("Pemerintah daerah lain").check()
        sync_api.expect(page.locator("#putusan")).to_contain_text("kerja sama sukarela")
    page.get_by_role("button", name="Buka perkara").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("dibuka")
    ident = page.url.rsplit("/", 1)[1]
    player = Player(page, settings.day(), looks)
    play_to_contract(player)
    looks("perkara-pelaksanaan")
    with world.read() as session:
        assert partner_named(session, "kota-contoh").stage == "contracted"
    page.goto("/kerja-sama")
    looks("papan")
    sync_api.expect(page.locator("#fase-pelaksanaan")).to_contain_text("1")
    trade(page, sync_api.expect, first_match(world, ident), looks)
    report(page, sync_api.expect, ident, looks)
    page.goto(f"/kerja-sama/{ident}")
    player.step(
        "akhiri", "Sekarang: Berakhir", ("berita_acara_akhir",), dasar_akhir="kesepakatan", tanggal_akhir=settings.day().isoformat(),
        penyelesaian="Tidak ada pesanan yang berjalan.", alasan="Para pihak sepakat mengakhirinya.",
    )  # fmt: skip
    assert page.locator(".step").count() == 2, "what has ended is still registered and reported, and nothing else"
    looks("perkara-berakhir")
    with page.expect_download() as got:
        page.locator("section[aria-labelledby=berkas] a[download]").first.click()
    assert Path(got.value.path()).read_bytes() == paper("nota_kebutuhan")
    with world.read() as session:
        row = named(session, ident)
        assert (row.state, broken_at(session, row)) == ("berakhir", None)
        assert len(steps_of(session, row.id)) == row.version == 21
        assert partner_named(session, "kota-contoh").stage == "public", "what was opened closed with the end"
    assert wrong == []


@pytest.mark.parametrize(("script", "width"), [(False, 360), (True, 360), (True, 1280)])
def test_an_object_is_added_to_a_form_that_keeps_all_that_was_typed(visit, world, settings, script, width):
    page, wrong = visit(width=width, script=script)
    page.goto("/kerja-sama/baru?jenis=daerah&wilayah=33.74")
    assert page.locator(".objects tbody tr").count() == 1
    page.fill("#judul", "Pagar sekolah")
    page.fill("#nama", "Pemerintah Kota Semarang")
    for number, what in enumerate(("Pagar besi", "Pintu gerbang", "Teralis")):
        page.fill(f"[name=objek-{number}-commodity]", what)
        page.locator(f"[name=objek-{number}-sector]").select_option("logam")
        page.get_by_role("button", name="Tambah objek").click()
        sync_api.expect(page.locator(f"[name=objek-{number + 1}-commodity]")).to_be_focused()
        assert page.locator(".objects tbody tr").count() == number + 2
    assert page.input_value("#judul") == "Pagar sekolah" and page.input_value("#wilayah") == "33.74"
    if script:
        assert violations(page) == []
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"objek-{width}.png", full_page=True)
    page.get_by_role("button", name="Buka perkara").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("dibuka")
    if script:  # a step's form keeps what was typed too
        player = Player(page, settings.day(), lambda name: None)
        player.step("isi_identifikasi", "Isi data awal", urusan="Perindustrian dan perdagangan", rujukan_rencana="RPJMD 2025-2029, tabel 4")
        player.step("siapkan", "Sekarang: Persiapan", ("nota_kebutuhan",), tidak_bertentangan="ya")
        form = player.form("isi_kak")
        assert form.locator(".objects tbody tr").count() == 4, "those that there are, and one"
        form.locator("[name=isi-manfaat]").fill("Omzet naik.")
        form.get_by_role("button", name="Tambah objek").click()
        sync_api.expect(form.locator(".objects tbody tr")).to_have_count(5)
        assert form.locator("[name=isi-manfaat]").input_value() == "Omzet naik."
        assert form.locator("[name=objek-2-commodity]").input_value() == "Teralis"
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_boards_pages_are_accessible_whoever_reads(visit, world, settings, width):
    page, wrong = visit(width=width)
    for title in ("Pagar sekolah", "Rangka atap pasar induk dan gudang logistik daerah"):
        page.goto("/kerja-sama/baru?jenis=daerah&wilayah=33.74")
        page.fill("#judul", title)
        page.fill("#nama", "Pemerintah Kota Semarang")
        page.get_by_role("button", name="Buka perkara").click()
        sync_api.expect(page.locator("#pesan")).to_contain_text("dibuka")
    ident = page.url.rsplit("/", 1)[1]
    with world.work() as session:
        row = named(session, ident)
        row.state_since -= timedelta(days=200)
    reader, wrong_too = visit("pimpinan", width=width)
    paths = {"papan": "/kerja-sama", "papan-tahap": "/kerja-sama?tahap=identifikasi", "papan-kosong": "/kerja-sama?cari=tidakada",
             "baru": "/kerja-sama/baru", "satu": f"/kerja-sama/{ident}"}  # fmt: skip
    for who, window in (("petugas", page), ("pimpinan", reader)):
        for name, path in paths.items():
            window.goto(path)
            assert window.locator("h1").count() == 1, path
            assert violations(window) == [], path
            assert fits(window), f"{path} scrolls sideways at {width}"
            if SHOTS:
                window.screenshot(path=Path(SHOTS) / f"{who}-{name}-{width}.png", full_page=True)
    reader.goto(f"/kerja-sama/{ident}")
    if SHOTS:
        (Path(SHOTS) / f"cetak-{width}.pdf").write_bytes(reader.pdf(format="A4"))
    assert wrong == wrong_too == []
