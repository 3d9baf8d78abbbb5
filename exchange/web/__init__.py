"""The staff's pages: Indonesian or English, behind a login, whole without JavaScript."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5

from exchange.access import staff_sessions
from exchange.web import (
    account,
    agreements,
    assets,
    audit,
    auth,
    businesses,
    cause_words,
    charts,
    codes,
    demands,
    errands,
    error_ways,
    errors,
    exchange_log,
    exports,
    home,
    imports,
    languages,
    mail,
    mappings,
    maps,
    match_searches,
    match_steps,
    menu,
    nights,
    oidc,
    packing,
    partners,
    periods,
    photos,
    products,
    quality,
    reports_of_cases,
    shown,
    source_admin,
    source_answers,
    source_runs,
    sources,
    supply,
    terms,
    told,
    trade,
    unmet,
    uploads,
    user_links,
    users,
    visits,
    waiting,
    webhooks,
    wording,
    words,
)
from exchange.web.pages import csrf


def register(app: Flask) -> None:
    """Hang the pages, their login, their errors and their words into the app."""
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_CHECK_DEFAULT=False,  # pages check it in their own gate; the API takes no writing request with a session cookie
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a list left open over lunch still works
        PERMANENT_SESSION_LIFETIME=staff_sessions.LIFE,  # from the login on, whatever is read meanwhile
        SESSION_REFRESH_EACH_REQUEST=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    Bootstrap5(app)
    babel = Babel(app, default_locale=wording.SOURCE, default_timezone="Asia/Jakarta", locale_selector=languages.chosen)
    wording.register(app, babel)
    csrf.init_app(app)
    auth.register(app)
    shown.register(app)
    told.register(app)
    words.register(app)
    cause_words.register(app)
    menu.register(app)
    terms.register(app)
    errors.register(app)
    error_ways.register(app)
    packing.register(app)
    for module in (
        assets,
        home,
        match_steps,
        match_searches,
        demands,
        products,
        businesses,
        visits,
        photos,
        quality,
        supply,
        sources,
        source_admin,
        source_runs,
        source_answers,
        mappings,
        nights,
        errands,
        partners,
        waiting,
        imports,
        uploads,
        webhooks,
        exchange_log,
        unmet,
        charts,
        maps,
        exports,
        periods,
        trade,
        reports_of_cases,
        account,
        users,
        user_links,
        codes,
        oidc,
        audit,
        mail,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(agreements.bp)
    app.register_blueprint(codes.own)
    app.register_blueprint(user_links.lost)
    languages.register(app)
