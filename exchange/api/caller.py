"""Who asks, as the field policy knows callers: staff by the session of the pages, a partner by its token, anybody by neither."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app, g, request
from flask_login import current_user

from exchange.access import callers
from exchange.access.callers import Partner, Reader
from exchange.access.partners import partner_by_token
from exchange.access.policy import Tier
from exchange.doors import is_machine
from exchange.errors import Denied, ScopeMissing, TokenRefused, Unauthenticated
from exchange.wiring import settings, store

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_TOKEN = 200
_KEPT = "exchange_partner"
# of the WSGI environment, which no header reaches: the partner that was looked up for this request ahead of Flask
KNOWN = "exchange.partner"
_HOW_TO_GET_ONE = "Minta token di /oauth/token dengan nama dan rahasia mitra Anda, lalu kirim tajuk Authorization: Bearer …"


def partner() -> Partner | None:
    """
    The partner whose token the request bears; None where it bears none.

    Raises:
        TokenRefused: it bears something else, or a token that holds no more: nobody is served as somebody else than he says.
    """
    if _KEPT not in g:
        setattr(g, _KEPT, _by_token())
    found: Partner | None = getattr(g, _KEPT)
    return found


def _by_token() -> Partner | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    known: Partner | None = request.environ.get(KNOWN)
    if known is not None:
        return known
    kind, _, word = header.partition(" ")
    word = word.strip()
    if kind.lower() != "bearer" or not word or len(word) > _LONGEST_TOKEN:
        raise TokenRefused("Tajuk Authorization tidak berisi token akses.", mend=_HOW_TO_GET_ONE, missing=["token"])
    with store().read() as session:
        found = partner_by_token(session, word, settings().day())
    if found is None:
        raise TokenRefused("Token akses ini tidak berlaku, atau tidak lagi.", mend="Minta token baru di /oauth/token.", missing=["token"])
    return found


def reader(*scopes: str) -> Reader:
    """
    How the caller reads what these scopes are for: staff all, a partner what its agreement opens, everybody else what is public.

    A token without one of the scopes reads what anybody does.
    """
    asking = partner()
    if asking is not None:
        return callers.ANYBODY if not scopes or asking.missing(*scopes) else asking.reader
    return replace(callers.STAFF, day=settings().day()) if is_staff() else callers.ANYBODY


def is_staff() -> bool:
    """Whether the request comes with a session of the staff's pages, whatever else it bears; a service without a login has no staff."""
    if "HTTP_COOKIE" not in request.environ or getattr(current_app, "login_manager", None) is None:
        return False
    return bool(current_user.is_authenticated)


def tier(*scopes: str) -> Tier:
    """The tier of `reader`: what the caller reads of every record."""
    return reader(*scopes).tier


def partner_with(scope: str | None, what: str) -> Partner:
    """
    The partner that asks, whose token has this scope (None: any token).

    what: the thing that is asked for, as the refusal names it (Indonesian).

    Raises:
        Unauthenticated: there is no token. ScopeMissing: it is not for this. TokenRefused: it holds no more.
    """
    asking = partner()
    if asking is None:
        raise Unauthenticated(f"{what} hanya untuk mitra; permintaan ini tanpa token akses.", mend=_HOW_TO_GET_ONE, missing=["token"])
    if scope and (missing := asking.missing(scope)):
        raise ScopeMissing(
            f"{what} memerlukan lingkup {scope}; token ini tidak memilikinya.",
            mend="Minta token dengan lingkup itu; bila mitra Anda tidak memilikinya, hubungi kantor yang mendaftarkannya.",
            missing=missing,
        )
    return asking


def ask_again() -> None:
    """Look anew who asks, for a request that has waited: a login, a token or an agreement may have ended meanwhile."""
    g.pop(_KEPT, None)
    request.environ.pop(KNOWN, None)
    g.pop("_login_user", None)  # where Flask-Login keeps what it found for a request


def staff_only(what: str) -> None:
    """
    Let nobody but staff go on.

    what: the thing that is asked for, as the refusal names it (Indonesian).

    Raises:
        Unauthenticated: the caller is not logged in; `mend` says what is missing and how to get it. Denied: a partner asks.
    """
    if partner() is not None:
        raise Denied(f"{what} hanya untuk petugas, bukan untuk mitra.", mend="Pakai jalur bagi mitra di /docs.", missing=["session"])
    if not is_staff():
        raise Unauthenticated(
            f"{what} hanya untuk petugas; permintaan ini datang tanpa sesi petugas.",
            mend="Masuk di /masuk dengan akun petugas, lalu ulangi dengan kuki sesi itu.",
            missing=["session"],
        )


def refuse_cookie_writes() -> None:
    """
    Take no writing request on the word of a session cookie: any page of the web can make a browser send one.

    Whoever writes through the API must be known otherwise; it holds for every machine path, those to come too.

    Raises:
        Denied: the request would change something and carries the cookie.
    """
    reads = request.method in _READS or request.routing_exception is not None
    if not reads and is_machine(request.path) and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        raise Denied(
            "Kuki sesi petugas hanya berlaku untuk membaca lewat API.",
            mend="Ubah data lewat halaman petugas, atau kirim permintaan ini tanpa kuki.",
            missing=["token"],
        )
