"""The ways on from an error: its list with a search, the page before, who may do it, when to try again, what to tell whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from exchange.access.roles import RIGHTS
from exchange.doors import is_machine
from exchange.errors import ExchangeError
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.users import able
from exchange.web.acts import last_said, told
from exchange.web.menu import here
from exchange.web.pages import LINKED, SMALL, has_right, local_path
from exchange.web.shown import moment, number, size
from exchange.web.words import word
from exchange.wiring import store

_MIB = 2**20
_NAMED = 6  # of those who may, so many are named
_LONGEST = 80  # letters of an address that are searched for
_OPAQUE = re.compile(r"(?:[a-z]{1,3}-)?[0-9a-f]{8,}", re.IGNORECASE)  # a name that this service made up, in which nobody means a word
_SEARCHED: Final = frozenset(
    f"web_{name}" for name in ("products.listing", "businesses.listing", "demands.listing", "supply.listing", "matches.inbox",
                               "agreements.board")
)  # fmt: skip
_ENTRY: Final = frozenset({"web_auth", "web_codes", "web_oidc"})
# where an address names the record whose past tells what somebody else changed: the part of the address, and the record's kind
_RECORDS: Final = {
    "web_sources": ("name", "source"), "web_source_admin": ("name", "source"), "web_mappings": ("name", "source"),
    "web_matches": ("match_id", "match"), "web_agreements": ("ident", "agreement"), "web_trade": ("ident", "deal"),
    "web_imports": ("import_id", "import"), "web_waiting": ("proposal_id", "proposal"), "web_businesses": ("ident", "business"),
    "web_partners": ("ident", "partner"),
}  # fmt: skip


class Search(NamedTuple):
    """A list that can be searched. name: as the menu calls it; words: of the address, empty where it has none."""

    name: LazyString
    address: str
    words: str


class Way(NamedTuple):
    """A link: its words and its address."""

    label: str
    address: str


class Ways(NamedTuple):
    """said: sentences that help; search: where what was looked for may be; links: the most helpful first; leave: another account may."""

    said: list[str]
    search: Search | None
    links: list[Way]
    leave: bool


def ways(error: Exception, status: int) -> Ways:
    """
    Where a reader goes on from an error, and what else he is to know of it.

    All addresses are this service's own. A page of a signed link leads nowhere but back within its kind, and a stranger to the login.
    """
    said = list(_said(error, status))
    back = _back()
    if request.blueprint in LINKED:
        links = [Way(_("Kembali"), back)] if back else []
        if request.blueprint == "web_user_links":
            links.append(Way(_("Ke halaman masuk"), url_for("web_auth.login")))
        return Ways(said, None, links, False)
    if not current_user.is_authenticated:
        links = list(_again(status)) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else []
        links += [Way(_("Kembali"), back)] if back and back.split("?")[0] != url_for("web_auth.login") else []
        return Ways(said, None, [*links, Way(_("Ke halaman masuk"), url_for("web_auth.login"))], False)
    search, links = None, list(_again(status))
    if listing := _listing():
        name, address, endpoint = listing
        if status == HTTPStatus.NOT_FOUND and endpoint in _SEARCHED:
            search = Search(name, address, _words(address))
        links.append(Way(_("Buka %(name)s", name=name), address))
    if back and back not in {way.address for way in links}:
        links.insert(0 if status != HTTPStatus.NOT_FOUND else len(links), Way(_("Kembali ke halaman sebelumnya"), back))
    if (home := url_for("web_home.home")) not in {way.address for way in links}:
        links.append(Way(_("Ke Beranda"), home))
    return Ways(said, search, links, status == HTTPStatus.FORBIDDEN)


def _again(status: int) -> Iterator[Way]:
    """The page itself where it may come a second time, and the record where an address is of an act upon it."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and request.method == "GET":
        yield Way(_("Coba lagi"), request.full_path if request.query_string else request.path)
    if status in {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED} and not _endpoint(request.path):
        above = next((path for path in _above(request.path) if _endpoint(path)), None)
        if above and here(_endpoint(above) or "") and above != "/":
            yield Way(_("Buka halamannya"), above)


def _said(error: Exception, status: int) -> Iterator[str]:
    facts: dict[str, Any] = error.facts if isinstance(error, ExchangeError) else {}
    if facts.get("right") in RIGHTS and (names := _able(facts["right"])):
        yield _("Yang dapat melakukannya di kantor ini: %(names)s.", names=", ".join(names))
    if status in {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED} and (last := _last()):
        yield last
    if isinstance(error, RequestEntityTooLarge) and (most := request.max_content_length) and (request.content_length or 0) > most:
        yield _("Sekali kirim paling besar %(size)s; kiriman ini %(sent)s.", size=_most(most), sent=_sent(most))
    if "retry_after" in facts:
        yield _("Coba lagi sesudah %(time)s.", time=moment(utcnow() + timedelta(seconds=int(facts["retry_after"]) + 59)))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        name = current_app.jinja_env.globals["request_name"]()  # type: ignore[operator]
        yield _("Kode kejadian: %(code)s, %(time)s. Sebutkan kepada pengelola layanan.", code=name, time=moment(utcnow()))


def _able(right: str) -> list[str]:
    """The first few accounts whose role has a right, each with the role; none where the database does not answer."""
    try:
        with store().read() as session:
            people = able(session, RIGHTS[right], _NAMED + 1)
    except (ExchangeError, SQLAlchemyError):
        return []
    return [f"{one.name} ({word(one.role, 'role')})" for one in people[:_NAMED]] + (["…"] if len(people) > _NAMED else [])


def _most(most: int) -> str:
    """How much a file may hold, where a form beside it takes the rest."""
    whole = most // _MIB
    return f"{number(whole)}\u00a0MiB" if whole else size(most - most % SMALL or most)


def _sent(most: int) -> str:
    """How much came, in the unit in which is told how much may come."""
    sent = request.content_length or 0
    return f"{number(-(-sent // _MIB))}\u00a0MiB" if most >= _MIB else size(sent)


def _last() -> str:
    """What was last done to the record that the address names; nothing where it names none, or the database does not answer."""
    part, kind = _RECORDS.get(request.blueprint or "", ("", ""))
    ident = (request.view_args or {}).get(part)
    if ident is None:
        return ""
    try:
        with store().read() as session:
            return last_said(told(history(session, kind, str(ident), limit=1)))
    except (ExchangeError, SQLAlchemyError):
        return ""


def _listing() -> tuple[LazyString, str, str] | None:
    """
    The page of the menu that the address belongs to, where the reader may open it: its name, address and endpoint.

    What stands above an address goes before what answers there: a photo is sent to a product, and to a visit.
    """
    places = [path for path in (request.path, *_above(request.path)) if path != "/"]
    pages = ((path, here(_endpoint(path) or "")) for path in places)
    found = next((page for path, page in pages if page and f"{path}/".startswith(f"{url_for(page.endpoint)}/")), None)
    page = found or here(request.endpoint or "")
    if page is None or page.endpoint == "web_home.home" or not has_right(page.right):
        return None
    return page.label, url_for(page.endpoint), page.endpoint


def _words(address: str) -> str:
    """What somebody may have meant by the part of the address after its list; nothing where it is a number or a made-up name."""
    if not request.path.startswith(f"{address}/"):
        return ""
    meant = request.path.removeprefix(f"{address}/").split("/")[0].strip()
    if len(meant) > _LONGEST or _OPAQUE.fullmatch(meant) or not re.search(r"[^\W\d_]{3}", meant):
        return ""
    return meant if re.search(r"\d", meant) else " ".join(re.findall(r"\w+", meant.replace("_", " ")))


def _back() -> str | None:
    """
    The page that the reader came from, where the browser names it: one of this very host, that can be opened, and not the one that failed.
    """
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc != request.host:
        return None
    address = local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    path = unquote(parts.path)
    endpoint = None if address is None or is_machine(path) else _endpoint(path)
    if address is None or endpoint is None or (request.method == "GET" and path == request.path):
        return None
    blueprint = endpoint.partition(".")[0]
    if blueprint in LINKED or request.blueprint in LINKED:
        return address if blueprint == request.blueprint else None
    return None if blueprint in _ENTRY and current_user.is_authenticated else address


def _above(path: str) -> Iterator[str]:
    """The addresses above one, the nearest first: /a/b/c, then /a/b, then /a."""
    while (path := path.rstrip("/").rpartition("/")[0]) != "":
        yield path


def _endpoint(path: str) -> str | None:
    """What answers when somebody opens a path; None where nothing does."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter.match(path, method="GET")[0] if adapter else None
    except HTTPException:
        return None


def register(app: Flask) -> None:
    """Give the page of an error its ways on."""
    app.jinja_env.globals["error_ways"] = ways
