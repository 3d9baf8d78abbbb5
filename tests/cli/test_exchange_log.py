"""`exchange log`: proved with an exit code, and a firm's part of it, complete and nothing else."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from exchange.access.callers import Partner, Reader
from exchange.access.disclosures import Disclosure, Noted
from exchange.access.policy import Tier
from exchange.access.segments import refresh_businesses
from exchange.store.businesses import apply_business
from exchange.store.exchange_log import LogBatchRow, append

AT = 1795759500.25  # 2026-11-27 13:05:00.25 in Jakarta


def noted(partner: str, told: Any, *, door: str = "products.listing", basis: Any = (), file: Any = None) -> Noted:
    reader = Reader(Tier.AGREED, basis=basis)
    return Noted(Partner(1, partner, f"Pemerintah {partner}", "33.74", reader=reader), door, Disclosure(told, file))


@pytest.fixture
def firms(exchange, store) -> tuple[str, str]:
    """Two firms of whom something was told, and a third of whom nothing was."""
    assert exchange("init").code == 0
    with store.work() as session:
        data = [{"nib": f"912000001111{number}", "name": f"CV {number}", "consented_on": date(2026, 1, 5)} for number in range(3)]
        rows = [apply_business(session, each)[0] for each in data]
        session.flush()
        refresh_businesses(session, rows)
        first, second, third = (row.ident for row in rows)
    contact, capacity = ("address", "contact"), ("capacity",)
    pks = (("PKS-7", "PP 28/2018 Pasal 6 ayat (1) huruf g"),)
    history = [
        [
            noted("kota-a", (("business", contact, (first,)), ("business", capacity, (second,)))),
            noted("kota-b", (("demand", ("demand",), ("d-1",)),)),
        ],
        [noted("kota-b", (("business", capacity, (first, second)),), door="publications.one", basis=pks, file=("ubl", "ab" * 32))],
        [noted("=kota-c", (("business", contact, (first,)),)), noted("kota-a", (("none", ("match_count",), ()),))],
    ]
    with store.work() as session:
        for place, group in enumerate(history):
            append(session, [each.entry(place + 1, AT + place, AT + place + 0.4) for each in group])
    return first, third


def test_a_firms_export_holds_exactly_what_was_told_of_it(exchange, firms):
    reads = exchange("log", "export", "--firm", firms[0], "--json").json()["reads"]
    assert [(read["partner"], read["classes"], read["times"]) for read in reads] == [
        ("=kota-c", ["address", "contact"], 3), ("kota-b", ["capacity"], 2), ("kota-a", ["address", "contact"], 1),
    ]  # fmt: skip
    assert reads[1]["basis"] == [{"agreement": "PKS-7", "article": "PP 28/2018 Pasal 6 ayat (1) huruf g"}]
    assert reads[1]["file"] == {"format": "ubl", "sha256": "ab" * 32}
    assert reads[2]["ground"] == "tahap diatur petugas"
    assert (reads[2]["at"], reads[2]["region"]) == ("2026-11-27T13:05:00+07:00", "33.74")


def test_as_csv_it_opens_in_a_spreadsheet_and_runs_nothing(exchange, firms, tmp_path):
    file = tmp_path / "pembacaan.csv"
    told = exchange("log", "export", "--firm", firms[0], "--csv", str(file))
    assert told.code == 0 and "3 catatan" in told.err
    lines = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    assert [line["mitra"] for line in lines] == ["'=kota-c", "kota-b", "kota-a"]
    assert lines[2]["waktu"] == "2026-11-27 13:05:00" and lines[2]["kelompok_data"] == "kontak kantor, alamat dan letak"
    assert lines[1]["lewat"] == "terbitan katalog (ubl)" and lines[1]["dasar"] == "PKS-7 (PP 28/2018 Pasal 6 ayat (1) huruf g)"
    assert exchange("log", "export", "--firm", firms[0]).out == file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def test_of_a_firm_of_which_nothing_was_told_the_export_is_empty_and_of_none_it_is_refused(exchange, firms):
    assert exchange("log", "export", "--firm", firms[1], "--json").json() == {"firm": firms[1], "reads": []}
    missing = exchange("log", "export", "--firm", "bukan-usaha")
    assert missing.code == 2 and "bukan-usaha" in missing.err


def test_the_newest_entries_are_listed(exchange, firms):
    reads = exchange("log", "list", "--json", "--limit", "2").json()
    assert [(read["partner"], read["classes"]) for read in reads] == [("kota-a", ["match_count"]), ("=kota-c", ["address", "contact"])]
    assert "terbitan katalog (ubl)" in exchange("log", "list").out


def test_verify_says_which_batch_was_changed_and_leaves_with_1(exchange, firms, store):
    told = exchange("log", "verify", "--json")
    assert told.code == 0 and told.json()["well"] and told.json()["entries"] == 5
    assert exchange("doctor").code == 0
    with store.work() as session:
        session.execute(update(LogBatchRow).where(LogBatchRow.id == 2).values(content=b"x"))
    told = exchange("log", "verify")
    assert told.code == 1 and "Bundel 2" in told.out
    assert exchange("log", "verify", "--json").json()["bad"] == 2
    doctor = exchange("doctor", "--json")
    assert doctor.code == 1
    assert [each["check"] for each in doctor.json()["checks"] if not each["well"]] == ["catatan pertukaran"]
    unread = exchange("log", "export", "--firm", firms[0])
    assert unread.code == 1 and "Bundel 2" in unread.err, "an export leaves nothing out in silence"
