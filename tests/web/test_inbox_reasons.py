"""Reasons of rejection in the inbox: what they need, and how many matches each leaves."""

from __future__ import annotations

import re

from exchange.store.matches import match_by_id

from .test_inbox import count, options, rows, step


def test_a_reason_from_the_list_needs_no_words_and_another_one_does(petugas, csrf, world):
    page = petugas.get("/kecocokan/1")
    assert "Mengajar: permintaan begini tidak meminta produk begini" in page.text
    form = {"csrf_token": csrf(page), "version": "1", "state": "rejected"}
    assert petugas.post("/kecocokan/1/putuskan", data=form | {"alasan": "other"}).status_code == 422
    assert petugas.post("/kecocokan/1/putuskan", data=form | {"alasan": "buyer_gone"}).status_code == 303
    with world.read() as session:
        assert match_by_id(session, 1).reason_code == "buyer_gone"
    assert "pembeli batal" in petugas.get("/kecocokan/1").text
    assert rows(petugas.get("/kecocokan?status=rejected&alasan=buyer_gone")) == [1]
    assert rows(petugas.get("/kecocokan?status=rejected&alasan=price")) == []


def test_each_reason_says_how_many_it_would_leave_beside_the_other_filters(petugas, csrf, world, monkeypatch):
    first = rows(petugas.get("/kecocokan?sektor=logam"))[:3]
    step(petugas, csrf, "reject", first[:2], path="/kecocokan?sektor=logam", alasan="price")
    step(petugas, csrf, "reject", first[2:], path="/kecocokan?sektor=logam", alasan="too_far")
    other = rows(petugas.get("/kecocokan?sektor=kimia"))[:1]
    step(petugas, csrf, "reject", other, path="/kecocokan?sektor=kimia", alasan="price")
    for query, price, far, buyer in (
        ("status=rejected", 3, 1, 0), ("status=rejected&alasan=too_far", 3, 1, 0), ("status=rejected&sektor=logam", 2, 1, 0),
        ("status=semua&sektor=kimia", 1, 0, 0), ("status=rejected&orang=saya", 0, 0, 0), ("status=rejected&cakupan=covered", 0, 0, 0),
    ):  # fmt: skip
        page = petugas.get(f"/kecocokan?{query}")
        told = [options(page, "alasan")[code] for code in ("price", "too_far", "buyer_gone")]
        assert [int(re.search(r"\((\d+)\)$", text)[1]) for text in told] == [price, far, buyer], query
        if "status=rejected&" in query and "alasan" not in query:
            assert count(petugas.get(f"/kecocokan?{query}&alasan=price")) == price, query
    assert "(" not in options(petugas.get("/kecocokan"), "alasan")["price"], "nothing that waits has a reason"
    monkeypatch.setattr("exchange.store.reason_counts.MOST_REASONED", 2)
    monkeypatch.setattr("exchange.web.match_lists.MOST_REASONED", 2)
    assert options(petugas.get("/kecocokan?status=rejected"), "alasan")["price"].endswith("(≥ 3)"), "counted no further than to a bound"
