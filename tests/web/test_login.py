"""Who gets in, and what a session is worth."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import request
from flask import session as flask_session

from exchange.access.accounts import set_password
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.users import user_by_name

OPEN = {"web_auth.login", "web_auth.enter", "web_auth.leave", "web_languages.switch", "web_assets.htmx", "static", "bootstrap.static"}
# the other steps of a login, each of which looks itself at how far it has come
OPEN |= {f"web_codes.{step}" for step in ("ask", "answer", "set_up", "set_up_it")}
OPEN |= {"web_oidc.begin", "web_oidc.come_back", "web_recovery.ask", "web_recovery.send", "web_terms.page"}


# these open to whoever bears a signed link, and to nobody by a login
LINKED = {"web_uploads.form", "web_uploads.take", "web_uploads.one", "web_uploads.send_it", "web_user_links.form", "web_user_links.take"}


def _pages(app, *, linked=False):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("web_") and rule.endpoint not in OPEN and (rule.endpoint in LINKED) == linked:
            values = {name: (1 if name.endswith("_id") else "x") for name in rule.arguments}
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, app.url_map.bind("").build(rule.endpoint, values, method=method)


def test_no_page_opens_without_a_login(app, client, world):
    pages = list(_pages(app))
    assert len(pages) >= 12
    for method, path in pages:
        answer = client.open(path, method=method)
        assert answer.status_code in {302, 303}, (method, path, answer.status_code)
        assert answer.location.startswith("/masuk")


def test_a_page_of_a_link_is_not_there_without_a_good_one_even_for_staff(app, client, petugas):
    pages = list(_pages(app, linked=True))
    assert len(pages) == len(LINKED)
    for method, path in pages:
        assert [browser.open(path, method=method).status_code for browser in (client, petugas)] == [404, 404], path


def test_htmx_without_a_login_is_sent_to_the_login_page_whole(client, world):
    answer = client.get("/kecocokan", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/kecocokan?sektor=logam"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/masuk?next=/kecocokan?sektor%3Dlogam"


def test_an_address_that_htmx_makes_up_is_no_failure(client, world):
    answer = client.get("/kecocokan", headers={"HX-Request": "true", "HX-Current-URL": "http://["})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/masuk"


def test_the_login_leads_to_the_page_that_was_asked_for(client, world, csrf):
    page = client.get(client.get("/kecocokan?sektor=logam").location)
    form = {"csrf_token": csrf(page), "name": "petugas", "password": "kata-sandi-uji-coba", "next": "/kecocokan?sektor=logam"}
    assert 'value="/kecocokan?sektor=logam"' in page.text
    assert client.post("/masuk", data=form).location == "/kecocokan?sektor=logam"


ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "/\tx//e", "x"]


def test_the_login_never_leads_to_another_host(app, world, csrf):
    for target in ELSEWHERE:
        client = app.test_client()
        form = {"csrf_token": csrf(client.get("/masuk")), "name": "petugas", "password": "kata-sandi-uji-coba", "next": target}
        assert client.post("/masuk", data=form).location == "/"


def test_a_wrong_password_explains_the_pause_and_shuts_the_account_after_five(client, world, csrf):
    form = {"csrf_token": csrf(client.get("/masuk")), "name": "petugas", "password": "salah-salah-salah"}
    for _ in range(5):
        answer = client.post("/masuk", data=form)
        assert answer.status_code == 422
        assert "Setelah 5 kali salah, akun dijeda 5 menit" in answer.text
    assert client.post("/masuk", data=form | {"password": "kata-sandi-uji-coba"}).status_code == 422


def test_an_unknown_name_reads_like_a_wrong_password(client, world, csrf):
    form = {"csrf_token": csrf(client.get("/masuk")), "password": "salah-salah-salah"}
    known, unknown = (client.post("/masuk", data=form | {"name": name}) for name in ("petugas", "bukansiapa"))
    token = re.compile('name="csrf_token" value="[^"]+"')
    assert token.sub("", known.text).replace('value="petugas"', "") == token.sub("", unknown.text).replace('value="bukansiapa"', "")


def test_a_session_planted_before_the_login_does_not_survive_it(client, world, csrf):
    with client.session_transaction() as session:
        session["planted"] = "x"
    form = {"csrf_token": csrf(client.get("/masuk")), "name": "petugas", "password": "kata-sandi-uji-coba"}
    client.post("/masuk", data=form)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent


def test_a_new_password_ends_the_sessions_that_were_open(petugas, world):
    assert petugas.get("/").status_code == 200
    with world.work() as session:
        set_password(session, "petugas", "kata-sandi-yang-baru")
    assert petugas.get("/").status_code == 302


def test_a_closed_account_is_out_at_once(petugas, world):
    with world.work() as session:
        user_by_name(session, "petugas").active = False
    assert petugas.get("/").status_code == 302


def test_logging_out_ends_the_session_and_needs_a_post(petugas, csrf):
    assert petugas.get("/keluar").status_code == 405
    assert petugas.post("/keluar", data={"csrf_token": csrf(petugas.get("/"))}).location == "/masuk"
    assert petugas.get("/").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_logging_out(app, petugas, csrf, world):
    thief = app.test_client()
    thief.set_cookie("session", petugas.get_cookie("session").value)
    assert thief.get("/").status_code == 200
    told = petugas.post("/keluar", data={"csrf_token": csrf(petugas.get("/"))}, follow_redirects=True)
    assert "keluar dari perangkat ini" in told.text
    assert thief.get("/").status_code == 302
    assert thief.get("/api/v1/runs").status_code == 401
    with world.read() as session:
        assert history(session, "user", "petugas")[0].action == "logout"


def test_a_session_ends_twelve_hours_after_the_login_whatever_was_done_meanwhile(app, petugas):
    assert app.permanent_session_lifetime == timedelta(hours=12)
    assert "Set-Cookie" in petugas.get("/").headers  # its forms' token is new
    assert "Set-Cookie" not in petugas.get("/").headers
    for hours, status in ((11.9, 200), (12.1, 302)):
        with petugas.session_transaction() as session:
            session["since"] = utcnow().timestamp() - hours * 3600
        assert petugas.get("/").status_code == status


def test_answers_that_all_may_keep_bear_no_cookie_and_depend_on_none(petugas):
    for path in ("/static/exchange.css", "/static/htmx.min.js", "/docs/swagger-ui.css"):
        with petugas.get(path) as answer:
            assert answer.cache_control.public
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.vary


def test_a_session_that_changes_is_not_sent_with_an_answer_that_all_may_keep(app, petugas):
    def change(answer):
        flask_session["seen"] = request.path
        return answer

    app.after_request_funcs[None].append(change)
    for path, public in (("/static/exchange.css", True), ("/api/v1/regions", True), ("/kecocokan", False), ("/api/v1/products", False)):
        with petugas.get(path) as answer:
            assert bool(answer.cache_control.public) is public, path
            assert ("Set-Cookie" in answer.headers) is not public, path


def test_no_form_is_taken_without_its_token(petugas, client, world):
    for browser, path in (
        (petugas, "/kecocokan/1/putuskan"),
        (petugas, "/sumber/semarang/lepaskan"),
        (petugas, "/keluar"),
        (client, "/masuk"),
    ):
        answer = browser.post(path, data={"version": "1", "state": "accepted", "count": "2"})
        assert answer.status_code == 400, path
        assert "Formulir sudah tidak berlaku" in answer.text


def test_pages_are_kept_by_no_cache_and_tell_page_from_part(petugas):
    answer = petugas.get("/kecocokan")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= set(answer.vary)
