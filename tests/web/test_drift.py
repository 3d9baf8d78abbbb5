"""Bentuk data berubah: on the source's page, until somebody says that it is known."""

from __future__ import annotations

import pytest

from exchange.store.audit import history
from exchange.store.profiles import SourceProfileRow, profile_of
from exchange.store.sources import source_by_name

CHANGES = {
    "lokasi": {"what": "new", "example": "<b>3374</b>", "was": None, "now": [1.0, {"text": 1.0}], "runs": 1,
               "since": "2026-11-02T01:00:00+00:00"},
    "pagu": {"what": "retyped", "example": None, "was": [1.0, {"number": 1.0}], "now": [1.0, {"text": 1.0}], "runs": 1,
             "since": "2026-11-02T01:00:00+00:00"},
}  # fmt: skip


@pytest.fixture
def drifted(world):
    with world.work() as session:
        source = source_by_name(session, "semarang")
        session.add(SourceProfileRow(source_id=source.id, connector="lkpp_isb", runs=3, members={}, changes=CHANGES))
    return world


def _waiting(world):
    with world.read() as session:
        return list(profile_of(session, source_by_name(session, "semarang").id).changes)


def test_the_changes_stand_on_the_source_s_page_and_go_one_by_one(petugas, csrf, drifted):
    page = petugas.get("/sumber/semarang")
    assert "Kolom baru dari sumber: lokasi (teks, misalnya “&lt;b&gt;3374&lt;/b&gt;”)." in page.text
    assert "Isi kolom pagu berubah: dulu bilangan, sekarang teks." in page.text
    form = {"csrf_token": csrf(page), "kolom": "lokasi"}
    assert "1 perubahan dinyatakan diketahui" in petugas.post("/sumber/semarang/bentuk-diketahui", data=form, follow_redirects=True).text
    assert _waiting(drifted) == ["pagu"]
    assert petugas.post("/sumber/semarang/bentuk-diketahui", data=form).status_code == 404, "it is known already"
    with drifted.read() as session:
        assert history(session, "source", "semarang")[0].actor == "petugas"


def test_a_source_that_did_not_change_says_nothing_of_it(petugas):
    assert "Bentuk data berubah" not in petugas.get("/sumber/semarang").text


def test_who_only_looks_knows_nothing_for_others(staff, csrf, drifted):
    auditor = staff("auditor")
    form = {"csrf_token": csrf(auditor.get("/sumber/semarang"))}
    assert auditor.post("/sumber/semarang/bentuk-diketahui", data=form).status_code == 403
    assert len(_waiting(drifted)) == 2
