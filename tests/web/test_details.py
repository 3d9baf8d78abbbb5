"""One record on its page: its own words, where they come from, and nothing that a hostile source could plant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from exchange.store.audit import AuditRow
from exchange.store.matches import MatchRow

HOSTILE = "d-0000000000000027"


def test_hostile_texts_of_a_source_stay_text(petugas):
    for path in ["/kecocokan", "/kecocokan/1", "/permintaan", f"/permintaan/{HOSTILE}", "/produk/UJI-LGM-000"]:
        text = petugas.get(path).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
        assert "<img" not in text


def test_a_script_address_is_shown_and_not_linked(petugas):
    text = petugas.get(f"/permintaan/{HOSTILE}").text
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text
    assert '<a href="https://spse.example.id/lelang/1"' in petugas.get("/permintaan/d-0000000000000000").text


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_no_page_carries_script_or_style_of_its_own(petugas):
    for path in ("/", "/kecocokan", "/kecocokan/1", "/permintaan", "/produk", "/sumber/semarang", "/masuk"):
        tags = _Tags(petugas.get(path, follow_redirects=True).text).found
        assert len(tags) > 30
        assert {tag for tag, _ in tags} & {"style", "img", "iframe", "object", "base"} == set(), path
        assert all(attrs.get("src", "").startswith("/static/") for tag, attrs in tags if tag == "script"), path
        assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith(("on", "hx-on"))], path


def test_a_match_shows_both_sides_of_each_criterion_and_unknown_as_unknown(petugas):
    row = next(row for row in re.findall(r"<tr>.*?</tr>", petugas.get("/kecocokan/1").text, re.S) if "Jumlah<" in row)
    cells = [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
    assert cells == ["tidak diketahui", "180 m2 per bulan", "tidak diketahui",
                     "Permintaan tidak menyebut jumlahnya, maka kapasitas tidak dapat dibandingkan."]  # fmt: skip


def test_a_month_is_shown_as_a_month_and_money_as_rupiah(petugas):
    text = petugas.get("/permintaan/d-0000000000000000").text
    assert re.search(r"Pemilihan penyedia</dt><dd>Maret 2026</dd>", text)
    assert "Rp\u00a095.000.000" in text


def test_a_demand_tells_where_it_comes_from(petugas):
    text = petugas.get("/permintaan/d-0000000000000002").text
    for part in (
        "RUP-2",
        "Rencana pengadaan (RUP) dan pengumuman SPSE dari bus layanan LKPP",
        "pembaca versi 1",
        "ab" * 32,
        "data ke-3 dalam jawaban itu",
        "1 Februari 2026 10.05",
        "tidak lagi menyebut permintaan ini",
    ):
        assert part in text, part


def test_other_candidates_for_the_same_demand_are_named(petugas, world):
    from exchange.store.matches import match_by_id

    with world.read() as session:
        assert match_by_id(session, 1).demand_id == match_by_id(session, 41).demand_id
    assert 'href="/kecocokan/41"' in petugas.get("/kecocokan/1").text


def test_a_product_names_eight_others_of_its_firm_and_folds_the_rest(petugas):
    text = petugas.get("/produk/UJI-LGM-001").text.partition('id="lain"')[2]
    open_, fold, folded = text.partition("<details")
    assert (open_.count('href="/produk/'), fold, folded.partition("</details>")[0].count('href="/produk/')) == (8, "<details", 21)
    assert "21 produk lagi" in folded


def test_a_product_shows_its_firm_and_that_it_may_not_be_published(petugas):
    text = petugas.get("/produk/UJI-LGM-001").text
    for part in (
        "Bengkel Las Karya Mandiri",
        "9120000000017",
        "12 Agustus 2026",
        "pengelasan",
        "belum menyetujui",
        "Rp\u00a0550.000 – Rp\u00a0850.000",
    ):
        assert part in text, part


def test_what_is_not_there_is_said_in_plain_words_with_a_way_on(petugas):
    for path in ["/kecocokan/9999", "/permintaan/d-x", "/produk/x", "/sumber/x", "/tidak-ada"]:
        answer = petugas.get(path)
        assert answer.status_code == 404
        assert "Ke Beranda" in answer.text
        assert answer.text.count("<h1>") == 1


def test_the_api_answers_for_its_own_paths(client, world):
    for path in ["/api/v1/tidak-ada", "/oauth/x", "/metrics/x", "/.well-known/x"]:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Ke Beranda" not in answer.text


def test_an_unexpected_error_is_a_page_without_its_details(app, staff, monkeypatch):
    app.testing = False
    client = staff("petugas")
    monkeypatch.setattr("exchange.web.home.all_sources", lambda session: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Coba lagi sebentar" in answer.text
    assert "ZeroDivisionError" not in answer.text


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("kata-2.0a1b2c", "oleh model bawaan layanan ini, dipakai sejak 2 Januari 2026"),
        ("kata-2+staf-3.0a1b2c", "oleh model yang belajar dari keputusan petugas, dipakai sejak 2 Januari 2026"),
        ("kata-2+staf-4.0a1b2c", "oleh model yang belajar dari keputusan petugas kode model kata-2+staf-4.0a1b2c"),
        ("bm25-1", "oleh model terdahulu, yang tidak terpasang lagi kode model bm25-1"),
    ],
)
def test_the_history_of_a_match_says_in_words_which_model_scored_it_and_since_when_that_was_in_use(petugas, world, model, said):
    with world.work() as session:
        session.get_one(MatchRow, 1).model = model
        for version in ("kata-2", "kata-2+staf-3"):
            for month in (1, 11):
                at = datetime(2026, month, 2, 3, tzinfo=UTC)
                session.add(AuditRow(at=at, actor="admin", action="model.use", kind="model", ident=version, facts={}))
        session.get_one(MatchRow, 1).made_at = datetime(2026, 3, 1, tzinfo=UTC)
        session.get_one(MatchRow, 1).updated_at = datetime(2026, 3, 2, tzinfo=UTC)
    text = " ".join(re.sub(r"<[^>]+>", " ", petugas.get("/kecocokan/1").text).split())
    assert f"Ditemukan 1 Maret 2026 07.00 WIB; dinilai {said}" in text
    assert text.count(model) == 1, "in small print alone"


def test_an_older_match_tells_certificates_in_the_words_of_today(petugas, world):
    old = {"criterion": "certificates", "title": "Sertifikat", "score": None, "weight": 2.0, "gate": True, "need": None, "says": "x"}
    with world.work() as session:
        row = session.get_one(MatchRow, 1)
        row.marks = [*row.marks, old | {"offer": "sni: SNI 1811:2007, tkdn: 66.8000"}]
    text = petugas.get("/kecocokan/1").text
    assert "SNI: SNI 1811:2007; TKDN 66,8%" in text and "tkdn: 66" not in text
