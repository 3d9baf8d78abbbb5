"""The menu: groups of pages in the order of a day's work, each shown to whom its pages are open."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, request, url_for
from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _l

from exchange.web.pages import has_right


class Page(NamedTuple):
    """endpoint: where it leads; of: endpoints and blueprints whose pages belong to it; right: who may open it (`access.roles`)."""

    endpoint: str
    label: LazyString
    of: frozenset[str] = frozenset()
    right: str = "read"

    def holds(self, endpoint: str) -> bool:
        """Whether a page of this endpoint belongs to it."""
        return endpoint == self.endpoint or endpoint in self.of or endpoint.partition(".")[0] in self.of


class Group(NamedTuple):
    """Pages of one subject; the first that the reader may open is where the group leads."""

    label: LazyString
    pages: tuple[Page, ...]


class Shown(NamedTuple):
    """A link of the menu. current: the reader is there; pages: those of the group, where there is a choice."""

    label: LazyString
    address: str
    current: bool
    pages: tuple[Shown, ...] = ()


def _page(endpoint: str, label: LazyString, *of: str, right: str = "read") -> Page:
    return Page(endpoint, label, frozenset(of), right)


# a page that is named by its endpoint goes before the page that holds its whole blueprint
GROUPS = (
    Group(_l("Beranda"), (_page("web_home.home", _l("Beranda")),)),
    Group(_l("Kecocokan"), (_page("web_matches.inbox", _l("Kecocokan"), "web_matches", "web_match_searches"),)),
    Group(
        _l("Permintaan"),
        (
            _page("web_demands.listing", _l("Permintaan"), "web_demands"),
            _page("web_supply.listing", _l("Pasokan"), "web_supply"),
        ),
    ),
    Group(
        _l("Katalog"),
        (
            _page("web_products.listing", lazy_pgettext("daftar", "Produk"), "web_products"),
            _page("web_businesses.listing", lazy_pgettext("daftar", "IKM"), "web_businesses", "web_visits", "web_photos"),
            _page("web_quality.products", _l("Mutu data"), "web_quality"),
            _page("web_imports.listing", _l("Impor"), "web_imports"),
            _page("web_waiting.proposals", _l("Usulan"), "web_waiting.decision"),
        ),
    ),
    Group(
        _l("Kerja sama"),
        (
            _page("web_agreements.board", _l("Perkara"), "web_agreements", "web_papers"),
            _page("web_partners.listing", lazy_pgettext("daftar", "Mitra"), "web_partners"),
            _page("web_webhooks.listing", _l("Webhook"), "web_webhooks"),
        ),
    ),
    Group(_l("Perdagangan"), (_page("web_trade.listing", _l("Perdagangan"), "web_trade", "web_papers.letter"),)),
    Group(
        lazy_pgettext("daftar", "Sumber"),
        (
            _page(
                "web_sources.listing",
                lazy_pgettext("daftar", "Sumber"),
                "web_sources",
                "web_source_admin",
                "web_source_runs",
                "web_source_answers",
                "web_mappings",
                "web_errands",
            ),
            _page("web_nights.listing", _l("Malam"), "web_nights", "web_errands.check_log", "web_errands.checked"),
            _page("web_waiting.quarantine", _l("Belum terbaca"), "web_waiting.read_again", "web_waiting.progress"),
        ),
    ),
    Group(
        lazy_pgettext("daftar", "Laporan"),
        (
            _page("web_periods.listing", _l("Bulanan dan tahunan"), "web_periods"),
            _page("web_unmet.page", _l("Permintaan tidak terlayani"), "web_unmet"),
            _page("web_charts.page", _l("Grafik"), "web_charts"),
            _page("web_maps.page", _l("Peta"), "web_maps"),
            _page("web_exports.page", _l("Unduhan"), "web_exports"),
        ),
    ),
    Group(
        _l("Pengelolaan"),
        (
            _page("web_users.listing", _l("Pengguna"), "web_users", right="accounts"),
            _page("web_audit.listing", _l("Catatan"), "web_audit", right="log"),
            _page("web_mail.page", _l("Surel"), "web_mail", right="mail"),
        ),
    ),
)


def here(endpoint: str) -> Page | None:
    """The page of the menu that an endpoint belongs to: that which names it, else that of its blueprint, else none."""
    holding = [page for group in GROUPS for page in group.pages if page.holds(endpoint)]
    named = [page for page in holding if endpoint == page.endpoint or endpoint in page.of]
    return next(iter(named or holding), None)


def menu() -> tuple[Shown, ...]:
    """The groups that the reader may open, with the pages of each, and which of them the page at hand belongs to."""
    current = here(request.endpoint or "")
    shown = []
    for group in GROUPS:
        pages = [page for page in group.pages if has_right(page.right)]
        if pages:
            links = tuple(Shown(page.label, url_for(page.endpoint), page is current) for page in pages)
            shown.append(Shown(group.label, links[0].address, any(link.current for link in links), links if len(links) > 1 else ()))
    return tuple(shown)


def register(app: Flask) -> None:
    """Let the frame of the pages ask for the menu."""
    app.jinja_env.globals["menu"] = menu
