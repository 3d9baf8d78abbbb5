"""Juga terlihat sebagai: on a demand's page, with the way to say yes, no, and neither again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from exchange.store.audit import history
from exchange.store.links import DemandLinkRow

PAGE, OTHER = "/permintaan/d-0000000000000003", "d-0000000000000004"


@pytest.fixture
def linked(world):
    with world.work() as session:
        session.add(DemandLinkRow(low_id=4, high_id=5, kind="same_need", reason="Keduanya menyebut kode RUP 7."))
    return world


def _state(world):
    with world.read() as session:
        return session.execute(select(DemandLinkRow.state, DemandLinkRow.decided_by)).one()


def test_a_demand_without_links_has_no_such_section(petugas):
    assert "Juga terlihat sebagai" not in petugas.get(PAGE).text


def test_both_demands_show_each_other_and_staff_decide(petugas, csrf, linked):
    page = petugas.get(PAGE)
    assert "Juga terlihat sebagai" in page.text
    assert f'href="/permintaan/{OTHER}"' in page.text
    assert "Keduanya menyebut kode RUP 7." in page.text
    assert f'href="{PAGE}"' in petugas.get(f"/permintaan/{OTHER}").text
    answer = petugas.post(
        f"{PAGE}/tautan/1", data={"csrf_token": csrf(page), "seen": "proposed", "state": "confirmed"}, follow_redirects=True
    )
    assert "dibenarkan" in answer.text
    assert "Diputuskan petugas" in answer.text
    assert _state(linked) == ("confirmed", "petugas")
    back = petugas.post(f"{PAGE}/tautan/1", data={"csrf_token": csrf(page), "seen": "confirmed", "state": "proposed"})
    assert back.status_code == 303
    assert _state(linked) == ("proposed", None)
    with linked.read() as session:
        assert [act.action for act in history(session, "demand", OTHER)] == ["link.reopen", "link.confirm"]


def test_who_was_overtaken_is_told_and_changes_nothing(petugas, csrf, linked):
    form = {"csrf_token": csrf(petugas.get(PAGE)), "seen": "proposed"}
    petugas.post(f"{PAGE}/tautan/1", data=form | {"state": "rejected"})
    late = petugas.post(f"{PAGE}/tautan/1", data=form | {"state": "confirmed"})
    assert late.status_code == 409
    assert "sudah diubah oleh petugas" in late.text
    assert _state(linked) == ("rejected", "petugas")


@pytest.mark.parametrize(("path", "state", "status"), [("/tautan/1", "merged", 400), ("/tautan/9", "confirmed", 404)])
def test_what_cannot_be_decided_is_refused(petugas, csrf, linked, path, state, status):
    form = {"csrf_token": csrf(petugas.get(PAGE)), "seen": "proposed", "state": state}
    assert petugas.post(PAGE + path, data=form).status_code == status


def test_who_only_looks_decides_nothing(staff, csrf, linked):
    auditor = staff("auditor")
    page = auditor.get(PAGE)
    form = {"csrf_token": csrf(page), "seen": "proposed", "state": "confirmed"}
    assert auditor.post(f"{PAGE}/tautan/1", data=form).status_code == 403
    assert _state(linked) == ("proposed", None)
