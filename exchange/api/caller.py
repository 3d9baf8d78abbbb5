"""Who asks, as the field policy knows callers."""

from __future__ import annotations

from flask import current_app, request
from flask_login import current_user

from exchange.access.policy import Tier
from exchange.doors import is_machine
from exchange.errors import Denied, Unauthenticated

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def tier() -> Tier:
    """
    The tier of the caller: staff with a session of the pages, public for everybody else.

    A service without a login has no staff.
    """
    if getattr(current_app, "login_manager", None) is None:
        return Tier.PUBLIC
    return Tier.STAFF if current_user.is_authenticated else Tier.PUBLIC


def staff_only(what: str) -> None:
    """
    Let nobody but staff go on.

    what: the thing that is asked for, as the refusal names it (Indonesian).

    Raises:
        Unauthenticated: the caller is not logged in; `mend` says what is missing and how to get it.
    """
    if tier() is not Tier.STAFF:
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
        )
