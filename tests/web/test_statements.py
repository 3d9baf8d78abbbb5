"""How much a page asks of the database: few statements, whatever it shows."""

from __future__ import annotations

from exchange.demand.indexing import catch_up

from .walking import deals, hook, office, pages, shortage  # noqa: F401

MOST = 8
ELSEWHERE = {"web_auth.login", "web_uploads.one"}  # who is in is sent home; a file that was not sent is not there


def test_no_page_of_the_office_asks_more_than_eight_statements(app, staff, world, settings, statements, office):  # noqa: F811
    catch_up(world, settings.home_region)  # what waits for the index is asked for besides
    admin, costly = staff("admin"), {}
    for endpoint in sorted(pages(app) - ELSEWHERE):
        for path in office[endpoint]:
            admin.get(path)  # what a process reads once and keeps
            with statements() as seen:
                assert admin.get(path).status_code == 200, path
            asked = [one for one in seen if one.lstrip().upper().startswith(("SELECT", "WITH"))]
            if len(asked) > MOST:
                costly[path] = len(asked)
    assert costly == {}
