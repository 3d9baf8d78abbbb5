"""Every page of a full office: an address for each route that answers with a page, and what people read on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from exchange.access.callers import Partner, Reader
from exchange.access.disclosures import Disclosure, Noted
from exchange.access.policy import Tier
from exchange.access.upload_links import UploadLink, write_link
from exchange.agreements.steps import begin
from exchange.jobs.figures import count_figures
from exchange.jobs.import_taking import want
from exchange.jobs.imports import receive
from exchange.reports.closing import close_period
from exchange.reports.period import Period
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.consents import ConsentRow, CorrectionRow
from exchange.store.exchange_log import append
from exchange.store.exports import ExportRow
from exchange.store.figures import want_figures
from exchange.store.imports import PARTS, ImportRow
from exchange.store.links import DemandLinkRow
from exchange.store.looks import SourceLookRow, packed
from exchange.store.profiles import SourceProfileRow
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.store.visits import VisitRow
from exchange.sync.uploaded import ADDRESS

from .dealing import PARTLY, deals  # noqa: F401  # isort: skip
from .test_drift import CHANGES
from .test_links import PAGE as LINKED_DEMAND
from .test_together import PAGE as TOGETHER
from .workbooks import workbook

from .test_together import shortage  # noqa: F401  # isort: skip
from .test_webhooks import hook  # noqa: F401  # isort: skip

CASE, CONTRACT = "KS-2026-0002", "KS-2026-0001"
FIRM = "ikm-000000000000"
# What somebody saw of a source: one record that would be a demand, one that cannot be read.
SEEN = {
    "reachable": True, "reasons": [], "requests": 1, "bytes": 900, "settings": {}, "address": "https://contoh.example/…", "total": 9,
    "connector": {"title": "x", "homepage": "https://contoh.example", "licence": "x", "version": "1"}, "last_page": True,
    "lengths_agree": True, "whole": False, "notes": [], "counts": {"saved": 1, "quarantined": 1}, "buyers": [], "answers": [],
    "members": {"a": [1.0, {"text": 1.0}, None]},
    "listings": [
        {"reference": "R-1", "position": 0, "outcome": "saved", "reason": None, "supply": None, "raw": "{}",
         "demand": {"reference": "R-1", "category": "goods", "status": "open", "method": None, "items": []}},
        {"reference": "R-2", "position": 1, "outcome": "quarantined", "supply": None, "demand": None, "raw": "{}",
         "reason": "Konektor gagal membaca data ini (ValueError)."},
    ],
}  # fmt: skip
# Files, parts of pages and addresses of machines; files are papers, which stay Indonesian by law.
NO_PAGES = {
    "web_agreements.download", "web_agreements.draft", "web_papers.report_file", "web_papers.letter", "web_unmet.book",
    "web_photos.picture", "web_photos.thumb", "web_businesses.paper",
    "web_exchange_log.table", "web_assets.htmx", "web_audit.table", "web_oidc.begin", "web_oidc.come_back",
    # half of a login, and a link that is good once: tests/web/test_accounts*.py and its like go through them
    "web_charts.file", "web_maps.file", "web_periods.file", "web_exports.file",
    "web_codes.ask", "web_codes.set_up", "web_user_links.form",
    "web_matches.following",  # leads on to a page
    "web_source_answers.opened", "web_waiting.progress", "web_errands.pulled", "web_errands.checked",
    "web_imports.progress", "web_imports.marked", "web_imports.refused", "web_imports.blank",
}  # fmt: skip
# What stands in records of the small office, in the words of whoever wrote them: names, and reasons that its fixtures made up.
DATA = re.compile(
    r"baru|petugas|pimpinan|auditor|instrument: .*|Jumlah|Anggaran|Pemerintah (?:Kota|Kabupaten) .*"
    r"|Yang datang halaman HTML, bukan JSON; tidak ada yang dicabut\."
)


@pytest.fixture
def office(deals: Store, shortage: Store, hook: Any, settings: Any, node: Any) -> dict[str, list[str]]:  # noqa: F811
    """The small office with something of everything; by route the addresses to look at."""
    with deals.work() as session:
        firm = session.scalars(select(BusinessRow).where(BusinessRow.nib == "9120000000017")).one()
        firm.ident = FIRM
        _firm_past(session, firm, settings.day())
        session.add(DemandLinkRow(low_id=4, high_id=5, kind="same_need", reason="Keduanya menyebut kode RUP 7."))
        semarang, tegal = source_by_name(session, "semarang"), source_by_name(session, "tegal")
        assert semarang and tegal
        session.add(SourceProfileRow(source_id=semarang.id, connector="lkpp_isb", runs=3, members={}, changes=CHANGES))
        doubts = [{"kind": "volume", "says": "Hanya 3 data datang; yang paling sedikit sebelumnya 38.", "before": 38, "now": 3}]
        then = utcnow()
        session.add(
            RunRow(source_id=tegal.id, connector_version="1", state="unproven", started_at=then, ended_at=then, fetched=3,
                   facts={"doubts": doubts}, reasons=[doubts[0]["says"]])
        )  # fmt: skip
        session.add(SourceRow(name="kota", connector="table", region="33.74", options={"url": ADDRESS}, state="approved", upload_key=1))
        kota = source_by_name(session, "kota")
        assert kota is not None
        session.add(
            SourceLookRow(source_id=kota.id, asked_by="admin", state="seen", ended_at=utcnow(), options_digest="0", body=packed(SEEN))
        )
        said = {"kind": "daerah", "region": "33.74", "counterpart": "Pemerintah Kota Semarang"}
        assert begin(session, node, title="Pemenuhan pagar sekolah", actor="petugas", on=settings.day(), **said).ident == CASE
    _imports(deals, settings)
    with deals.work() as session:
        want_figures(session, utcnow())
        session.add(
            ExportRow(account="petugas", kind="permintaan", filters={"daerah": "33.74"}, format="xlsx", state="running", rows=3, total=9)
        )
    assert count_figures(deals, settings)
    with deals.work() as session:
        close_period(session, Period(key="2026-09"), settings, "petugas", 0)
    with deals.work() as session:
        partner = Partner(1, "kota-contoh", "Pemerintah Kota Contoh", "33.74", reader=Reader(Tier.AGREED))
        noted = Noted(partner, "businesses.one", Disclosure((("business", ("contact",), (FIRM,)),)))
        append(session, [noted.entry(1, 1795758300, 1795758300)])
    token = write_link(settings.secret_key, UploadLink("kota", 1, "Dinas Contoh", utcnow() + timedelta(days=3)))
    return addresses(hook[0], token)


def _firm_past(session: Any, firm: BusinessRow, day: date) -> None:
    """A word of the firm, a correction that waits, and a visit with something to follow, of which nothing is in a reader's language."""
    key = {"made_by": "petugas"}
    session.add(ConsentRow(business_id=firm.id, kind="refused", on=day, means="oral", capacity="owner", scope="", form_key="a" * 32, **key))
    session.add(
        CorrectionRow(business_id=firm.id, kind="business", ident=FIRM, field="district", said="Keliru", wanted="Ciwandan",
                      stood={"value": "Citangkil"}, asked_on=day, form_key="b" * 32, **key)
    )  # fmt: skip
    session.add(
        VisitRow(business_id=firm.id, form_key="c" * 32, on=day, officer="petugas", machines="good", workers=3, follow_up="Kunjungi lagi",
                 due_on=day, training_needs=["halal"], problems="Mahal", **key)
    )  # fmt: skip


def _imports(store: Store, settings: Any) -> None:
    """One that waits, one that was taken, one that is no catalogue, one that a worker has still to read."""
    receive(store, settings, workbook(), "katalog.xlsx", "petugas")
    receive(store, settings, workbook(), "katalog.xlsx", "petugas")
    want(store, settings, 2, 2, "petugas")
    receive(store, settings, b"a,b,c\n1,2,3\n", "lain.csv", "petugas")
    receive(store, settings, workbook(), "katalog.xlsx", "petugas", 1)
    with store.work() as session:
        session.get_one(ImportRow, 4).state = "reading"


def addresses(webhook: str, token: str) -> dict[str, list[str]]:
    """By route: the page full, and where it has another face, that too."""
    return {
        "web_home.home": ["/"],
        "web_auth.login": ["/masuk"],
        "web_matches.inbox": [
            "/kecocokan",
            "/kecocokan?cari=tidakada",
            "/kecocokan?tunda=ya",
            "/kecocokan?langkah=1",
            "/kecocokan?cari=pagar",
            "/kecocokan?cari=pagar&cakupan=none&langkah=1",
            "/kecocokan?status=rejected",
        ],
        "web_matches.one": ["/kecocokan/1", "/kecocokan/7", "/kecocokan/1?dari=sektor%3Dlogam"],
        "web_matches.steps": ["/kecocokan/langkah"],
        "web_agreements.board": ["/kerja-sama", "/kerja-sama?tahap=identifikasi", "/kerja-sama?cari=tidakada"],
        "web_agreements.one": [f"/kerja-sama/{CASE}", f"/kerja-sama/{CONTRACT}"],
        "web_agreements.form": ["/kerja-sama/baru", "/kerja-sama/baru?kecocokan=7"],
        "web_agreements.prices": [f"/kerja-sama/{CONTRACT}/harga", f"/kerja-sama/{CASE}/harga"],
        "web_agreements.paper": [f"/kerja-sama/{CASE}/naskah/kak"],
        "web_papers.report": [f"/kerja-sama/{CONTRACT}/laporan"],
        "web_unmet.page": ["/laporan/kebutuhan?dari=&sampai=", "/laporan/kebutuhan?dari=2019-01-01&sampai=2019-12-31"],
        "web_charts.page": ["/grafik?dari=&sampai=", "/grafik?dari=2019&sampai=2019&per=triwulan"],
        "web_maps.page": ["/peta?dari=&sampai=", "/peta?dari=&sampai=&ukuran=dagang", "/peta?daerah=33&dari=&sampai="],
        "web_periods.listing": ["/laporan"],
        "web_periods.page": ["/laporan/masa/2026-10", "/laporan/masa/2026-09", "/laporan/masa/2026"],
        "web_exports.page": ["/unduhan"],
        "web_nights.listing": ["/malam"],
        "web_nights.one": ["/malam/1"],
        "web_partners.listing": ["/mitra"],
        "web_partners.one": ["/mitra/kota-contoh", "/mitra/kota-webhook"],
        "web_partners.leaflet": ["/mitra/kota-contoh/lembar"],
        "web_quality.products": ["/mutu", "/mutu?sektor=pangan"],
        "web_quality.firms": ["/mutu/ikm"],
        "web_quality.sheet": [f"/usaha/{FIRM}/mutu"],
        "web_businesses.listing": ["/ikm", "/ikm?sektor=pangan"],
        "web_businesses.one": [f"/ikm/{FIRM}"],
        "web_businesses.sheet": [f"/ikm/{FIRM}/lembar"],
        "web_businesses.waiting": ["/ikm/menunggu"],
        "web_visits.form": [f"/ikm/{FIRM}/kunjungan/baru"],
        "web_visits.one": [f"/ikm/{FIRM}/kunjungan/1"],
        "web_visits.edit": [f"/ikm/{FIRM}/kunjungan/1/ubah"],
        "web_supply.listing": ["/pasokan", "/pasokan?cari=tidakada"],
        "web_supply.one": ["/pasokan/s-0000000000000002"],
        "web_trade.listing": ["/perdagangan", "/perdagangan?status=batal"],
        "web_trade.one": [f"/perdagangan/TR-2026-000{number}" for number in (1, 2)] + [f"/perdagangan/{PARTLY}"],
        "web_demands.listing": ["/permintaan", "/permintaan?cari=tidakada"],
        "web_demands.one": ["/permintaan/d-0000000000000000", LINKED_DEMAND, TOGETHER],
        "web_products.listing": ["/produk", "/produk?cari=tidakada"],
        "web_products.one": ["/produk/UJI-LGM-001"],
        "web_products.demands": ["/produk/UJI-LGM-001/permintaan"],
        "web_products.alike": ["/produk/kembar"],
        "web_products.suiting": ["/produk/untuk", "/produk/untuk?kebutuhan=pagar+besi", "/produk/untuk?kebutuhan=genset"],
        "web_sources.listing": ["/sumber"],
        "web_sources.one": ["/sumber/semarang", "/sumber/tegal", "/sumber/baru", "/sumber/kota"],
        "web_source_runs.one": [
            "/sumber/semarang/penarikan/2?hasil=missing",
            "/sumber/semarang/penarikan/2?hasil=unchanged",
            "/sumber/tegal/penarikan/3?hasil=quarantined",
        ],
        "web_source_runs.raw": ["/sumber/semarang/mentah/d-0000000000000000"],
        "web_source_runs.unread": ["/sumber/tegal/karantina/1"],
        "web_source_admin.new": ["/tambah-sumber", "/tambah-sumber?konektor=rest", "/tambah-sumber?konektor=table"],
        "web_source_admin.settings_of": ["/sumber/semarang/pengaturan", "/sumber/kota/pengaturan"],
        "web_source_admin.look": ["/sumber/baru/pratinjau", "/sumber/kota/pratinjau"],
        "web_source_answers.listing": ["/sumber/semarang/jawaban", "/sumber/baru/jawaban"],
        "web_mappings.editor": ["/sumber/kota/pemetaan", "/sumber/kota/pemetaan?cara=teks"],
        "web_uploads.form": [f"/unggah/{token}"],
        "web_uploads.one": [f"/unggah/{token}/1"],
        "web_waiting.quarantine": ["/karantina"],
        "web_waiting.proposals": ["/usulan"],
        "web_imports.listing": ["/impor"],
        "web_imports.one": [f"/impor/{number}?bagian={part}" for number in (1, 2) for part in (*PARTS, "catatan")]
        + ["/impor/3", "/impor/4"],
        "web_webhooks.listing": ["/webhook"],
        "web_recovery.ask": ["/lupa"],
        "web_own_code.page": ["/saya/kode"],
        "web_account.page": ["/saya"],
        "web_users.listing": ["/pengguna"],
        "web_users.one": ["/pengguna/1", "/pengguna/2"],
        "web_audit.listing": ["/catatan"],
        "web_mail.page": ["/surel"],
        "web_terms.page": ["/istilah"],
        "web_webhooks.one": [f"/webhook/{webhook}"],
    }


def pages(app: Flask) -> set[str]:
    """The routes that answer with a page."""
    found = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("web_") and "GET" in (rule.methods or ())}
    return found - NO_PAGES


class _Reader(HTMLParser):
    """What people read or hear of a page; not what is marked as Indonesian, is code, or was typed."""

    _SAID = frozenset({"title", "placeholder", "aria-label", "alt", "data-label", "data-offline", "data-refused"})
    _PASSED = frozenset({"script", "style", "code", "kbd", "pre", "textarea"})  # of `kbd`: what stands on a key has no language
    _VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "rect", "path", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        passed = (bool(self._open) and self._open[-1][1]) or tag in self._PASSED or (its.get("lang") == "id" and tag != "html")
        if not passed:
            self.found += [its[name] or "" for name in self._SAID & its.keys()]
        if tag not in self._VOID:
            self._open.append((tag, passed))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.found.append(data)


def raw(html: str) -> list[str]:
    """The texts of a page as they stand there."""
    reader = _Reader()
    reader.feed(html)
    return reader.found


def read(html: str) -> Iterator[str]:
    """The texts of a page, each with its blanks made single."""
    for text in raw(html):
        said = " ".join(text.replace("\u00a0", " ").split())
        if said:
            yield said


def opened(office: dict[str, list[str]], petugas: Any, admin: Any, stranger: Any) -> Iterator[tuple[str, str]]:
    """Each address with its page, as somebody opens it who may."""
    for route, paths in office.items():
        browser = stranger if route.startswith(("web_uploads", "web_auth", "web_recovery")) else petugas
        browser = admin if route.startswith(("web_users", "web_audit", "web_mail")) else browser
        for path in paths:
            yield path, browser.get(path).text
