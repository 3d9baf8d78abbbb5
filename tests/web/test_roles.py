"""Every page by every role: who may look, who may change, and what the menu shows."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from exchange.access.roles import ROLES, may
from exchange.store.tables import metadata

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# these answer to anybody, or to whoever bears a signed link; what they let happen is in their own tests
OPEN = ("web_auth.", "web_codes.", "web_oidc.", "web_recovery.", "web_uploads.", "web_user_links.", "web_assets.", "web_languages.",
        "web_terms.")  # fmt: skip
# the right that looking needs where it is more than to be on the staff, and the one that changing needs where it is not to decide
READS = {"web_users.": "accounts", "web_mail.": "mail", "web_audit.": "log", "web_source_answers.opened": "sources"}
CHANGES = {
    "web_users.": "accounts", "web_mail.": "mail", "web_partners.": "admit", "web_account.": "own", "web_own_code.": "own",
    "web_match_searches.": "own", "web_maps.": "accounts", "web_exports.": "own",
}  # fmt: skip
CHANGES |= dict.fromkeys(("web_source_admin.", "web_mappings.", "web_errands."), "sources")


def routes(app):
    """Each page with a method, its endpoint and an address that fits it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("web_") and not rule.endpoint.startswith(OPEN):
            values = {name: (1 if rule._converters[name].__class__.__name__ == "RowNumber" else "x") for name in rule.arguments}
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield method, rule.endpoint, app.url_map.bind("").build(rule.endpoint, values, method=method)


def right(table, endpoint, usual):
    return next((needed for start, needed in table.items() if endpoint.startswith(start)), usual)


def test_every_page_is_walked_with_every_role_and_lets_in_whom_the_table_says(app, staff):
    walked = list(routes(app))
    assert len([one for one in walked if one[0] == "GET"]) >= 45
    assert {one[0] for one in walked} == {"GET", "POST"}
    for role in ROLES:
        browser = staff(role)
        for method, endpoint, path in walked:
            if method == "POST":
                continue
            with browser.get(path) as answer:
                status = answer.status_code
            assert (status == 403) is not may(role, right(READS, endpoint, "read")), (role, endpoint, status)
            assert status < 500, (role, endpoint)


def counted(store):
    with store.read() as session:
        return {
            table.name: session.execute(text(f'SELECT * FROM "{table.name}" ORDER BY id')).all()
            for table in metadata.sorted_tables
            if "id" in table.c and table.name not in {"staff_session", "rate"}
        }


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_whoever_may_only_look_changes_nothing_by_any_form_but_in_the_own_account(app, staff, csrf, world, role):
    browser = staff(role)
    form = {"csrf_token": csrf(browser.get("/saya")), "state": "accepted", "version": "1", "peran": "admin", "aktif": "ya", "count": "2"}
    before = counted(world)
    tried = 0
    for method, endpoint, path in routes(app):
        if method == "POST" and right(CHANGES, endpoint, "decide") != "own":
            answer = browser.post(path, data=form)
            assert answer.status_code == 403, (endpoint, answer.status_code)
            tried += 1
    assert tried > 25
    assert counted(world) == before


@pytest.mark.parametrize("role", ["petugas", "admin"])
def test_whoever_works_is_not_refused_for_the_role(app, staff, csrf, role):
    browser = staff(role)
    form = {"csrf_token": csrf(browser.get("/saya"))}
    for method, endpoint, path in routes(app):
        needed = right(CHANGES, endpoint, "decide")
        if method == "POST" and needed != "own" and not path.endswith("/aktif"):
            assert (browser.post(path, data=form).status_code == 403) is not may(role, needed), endpoint


def test_without_a_login_nothing_opens_and_nothing_changes(app, client, world):
    before = counted(world)
    for method, endpoint, path in routes(app):
        assert client.open(path, method=method).status_code in {302, 303}, endpoint
    assert counted(world) == before


def test_every_link_of_a_page_leads_where_its_reader_may_go(staff):
    shown = {}
    for role in ROLES:
        browser = staff(role)
        shown[role] = set(re.findall(r'href="(/[^"#]*)"', browser.get("/").text))
        for path in shown[role]:
            with browser.get(path.replace("&amp;", "&")) as answer:
                assert answer.status_code == 200, (role, path)
    assert "/pengguna" in shown["admin"]
    assert "/pengguna" not in shown["petugas"] | shown["pimpinan"] | shown["auditor"]
    assert "/catatan" in shown["auditor"]
