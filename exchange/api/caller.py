"""Who asks, as the field policy knows callers."""

from __future__ import annotations

from flask import current_app
from flask_login import current_user

from exchange.access.policy import Tier
from exchange.errors import Unauthenticated


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
