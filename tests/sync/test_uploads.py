"""A table that a region sent by a link goes through the same gates as a list that is fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exchange.access.upload_links import UploadLink
from exchange.errors import BadRequest, Conflict, LinkEnded, NotFound, TooOften
from exchange.jobs.nightly import nightly
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow
from exchange.store.in_use import answers_in_use
from exchange.store.runs import AnswerRow, latest_runs
from exchange.store.sources import SourceRow
from exchange.store.uploads import UploadRow
from exchange.sync import uploads
from exchange.sync.archive import Archive
from exchange.sync.replay import replay
from exchange.sync.run import sync_source
from exchange.sync.uploaded import ADDRESS
from exchange.sync.uploads import receive, send

LINK = UploadLink("kota", 1, "Dinas Contoh", utcnow() + timedelta(days=1))
HEAD = "Daftar kebutuhan Kota Contoh;;;;\nKode Paket;Nama Paket;Satuan Kerja;Pagu;NIP PPK\n"


def table(*codes, more=""):
    rows = [f"{code};Belanja rak arsip {code};Dinas Contoh;1.250.000;1980{code}" for code in codes]
    return (HEAD + "\n".join(rows) + "\n" + more).encode()


@pytest.fixture(autouse=True)
def source(store):
    with store.work() as session:
        session.add(SourceRow(name="kota", connector="table", region="33.74", options={"url": ADDRESS}, state="approved", upload_key=1))
        session.add(SourceRow(name="lain", connector="table", region="33.75", options={"url": ADDRESS}, state="approved", upload_key=1))


def sent(store, settings, body, link=LINK):
    number = receive(store, settings, link, body)
    send(store, link, number)
    return number


def shown(store):
    with store.read() as session:
        return {row.reference: row.missing_since is not None for row in session.scalars(select(DemandRow).where(DemandRow.state == "live"))}


def test_a_table_is_read_by_the_next_run_and_only_once_it_was_sent_for_good(store, settings):
    number = receive(store, settings, LINK, table(1, 2))
    assert sync_source(store, settings, "kota").state == "failed", "it was only looked at"
    send(store, LINK, number)
    report = sync_source(store, settings, "kota")
    assert (report.state, report.new, report.requests) == ("complete", 2, 0)
    assert report.bytes == len(table(1, 2))
    assert any("lewat tautan “Dinas Contoh”" in note for note in report.notes)
    assert len(shown(store)) == 2
    with store.read() as session:
        answer = session.scalars(select(AnswerRow)).one()
        assert Archive(settings.data_dir / "archive").read(answer.digest) == table(1, 2)
        assert "1980" not in str([row.items for row in session.scalars(select(DemandRow))])


def test_the_newest_table_replaces_the_list_and_what_it_no_longer_names_goes_the_way_of_the_missing(store, settings):
    its = replace(settings, guard_grace_hours=0.0)
    sent(store, its, table(*range(1, 9)))
    sync_source(store, its, "kota")
    sent(store, its, table(*range(1, 8), 9))
    report = sync_source(store, its, "kota")
    assert (report.new, report.missing, report.held, report.withdrawn) == (1, 1, 1, 0)
    assert sum(shown(store).values()) == 1, "held and shown"
    report = sync_source(store, its, "kota")
    assert (report.unchanged, report.withdrawn) == (8, 1)


def test_half_a_list_by_mistake_withdraws_nothing_by_itself(store, settings):
    its = replace(settings, guard_grace_hours=0.0)
    sent(store, its, table(*range(1, 41)))
    sync_source(store, its, "kota")
    sent(store, its, table(*range(1, 21)))
    for _ in range(3):
        report = sync_source(store, its, "kota")
        assert report.withdrawn == 0
    assert len(shown(store)) == 40


def test_a_row_that_cannot_be_read_goes_to_quarantine_and_is_read_again_from_the_archive(store, settings):
    number = sent(store, settings, table(1, 2, 3, more="4;Belanja meja;Dinas Contoh;-5;1\n"))
    with store.read() as session:
        look = session.get_one(UploadRow, number).look
    assert (look["saved"], look["quarantined"], len(look["refused"])) == (3, 1, 1)
    assert "rupiah" in look["refused"][0]["reason"]
    report = sync_source(store, settings, "kota")
    assert (report.new, report.quarantined) == (3, 1)
    (told,) = replay(store, settings, "uji", name="kota")
    assert (told.waiting, told.returned, told.still) == (1, 0, {"budget_unreadable": 1})


def test_a_file_that_is_no_table_is_kept_and_cannot_be_sent(store, settings):
    number = receive(store, settings, LINK, b"%PDF-1.7 \x00\x01 rusak")
    with store.read() as session:
        row = session.get_one(UploadRow, number)
        assert Archive(settings.data_dir / "archive").read(row.digest).startswith(b"%PDF")
        assert row.look["saved"] == 0
        assert row.look["reasons"]
    with pytest.raises(Conflict, match="tidak dikirim"):
        send(store, LINK, number)
    with store.read() as session:
        assert session.get_one(SourceRow, 1).upload is None


def test_an_empty_file_is_refused_before_anything_is_kept(store, settings):
    with pytest.raises(BadRequest, match="kosong"):
        receive(store, settings, LINK, b"")
    assert not list((settings.data_dir / "archive").glob("*/*"))


def test_a_file_is_kept_before_it_is_read(store, settings, monkeypatch):
    monkeypatch.setattr(uploads, "look", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        receive(store, settings, LINK, table(1))
    with store.read() as session:
        row = session.scalars(select(UploadRow)).one()
        assert Archive(settings.data_dir / "archive").read(row.digest) == table(1)
        assert row.look == {}


def test_sending_twice_changes_nothing_and_an_older_file_never_comes_back_by_it(store, settings):
    first = sent(store, settings, table(1))
    second = sent(store, settings, table(1, 2))
    send(store, LINK, first)
    with store.read() as session:
        assert session.get_one(SourceRow, 1).upload["digest"] == session.get_one(UploadRow, second).digest


def test_a_link_reaches_its_own_source_alone(store, settings):
    number = receive(store, settings, LINK, table(1))
    other = LINK._replace(source="lain")
    with pytest.raises(NotFound):
        send(store, other, number)


@pytest.mark.parametrize(
    ("link", "change"),
    [
        (LINK._replace(key=0), {}),
        (LINK._replace(source="tak-ada"), {}),
        (LINK, {"upload_key": 2}),
        (LINK, {"upload_key": None}),
        (LINK, {"state": "disabled"}),
    ],
)
def test_a_link_that_was_taken_back_takes_and_sends_nothing(store, settings, link, change):
    number = receive(store, settings, LINK, table(1))
    with store.work() as session:
        for name, value in change.items():
            setattr(session.get_one(SourceRow, 1), name, value)
    with pytest.raises(LinkEnded):
        send(store, link, number)
    with pytest.raises(LinkEnded):
        receive(store, settings, link, table(1))


def test_a_source_takes_so_many_files_an_hour_and_no_more(store, settings):
    for number in range(uploads.AN_HOUR):
        receive(store, settings, LINK, table(number))
    with pytest.raises(TooOften, match="sejam"):
        receive(store, settings, LINK, table(99))
    receive(store, settings, LINK._replace(source="lain"), table(1))
    with store.work() as session:
        for row in session.scalars(select(UploadRow)):
            row.at -= timedelta(hours=2)
    receive(store, settings, LINK, table(99))
    with store.work() as session:
        source_id = session.scalars(select(SourceRow.id).where(SourceRow.name == "kota")).one()
        for number in range(uploads.A_DAY):
            session.add(
                UploadRow(
                    source_id=source_id, digest="0" * 64, size=1, kind="csv", label="x", at=utcnow() - timedelta(hours=3 + number % 9)
                )
            )
    with pytest.raises(TooOften, match="sehari"):
        receive(store, settings, LINK, table(99))


def test_a_night_asks_no_source_that_still_awaits_its_first_file_and_reads_one_that_rested(store, settings):
    night = nightly(store, settings)
    assert (night.sources, night.all_well) == ([], True)
    with store.work() as session:
        session.get_one(SourceRow, 1).next_try_at = utcnow() + timedelta(days=5)
    sent(store, settings, table(1, 2))
    night = nightly(store, settings)
    assert [(report.source, report.new) for report in night.sources] == [("kota", 2)]


def test_the_file_that_is_to_be_read_does_not_expire(store, settings):
    sent(store, settings, table(1))
    waiting = receive(store, settings, LINK, table(2))
    with store.read() as session:
        needed = answers_in_use(session)
        assert session.get_one(SourceRow, 1).upload["digest"] in needed
        assert session.get_one(UploadRow, waiting).digest not in needed


def test_a_list_is_as_old_as_its_file_however_often_it_is_read(store, settings):
    sent(store, settings, table(1))
    sync_source(store, settings, "kota")
    old = utcnow() - timedelta(days=20)
    with store.work() as session:
        source = session.get_one(SourceRow, 1)
        assert source.health == "good"
        source.upload = source.upload | {"at": old.isoformat()}
    notices = [sync_source(store, settings, "kota").notice for _ in range(2)]
    assert "tidak mengirim berkas baru sejak" in notices[0]
    assert notices[1] is None, "told once"
    with store.read() as session:
        source = session.get_one(SourceRow, 1)
        assert (source.health, source.last_good_at, source.next_try_at) == ("lapsed", old, None)
    sent(store, settings, table(1, 2))
    assert "menjawab lagi" in sync_source(store, settings, "kota").notice


def test_a_run_that_was_broken_off_reads_on_in_the_file_that_it_began_with(store, settings, monkeypatch):
    sent(store, settings, table(*range(1, 6)))
    from exchange.sync import run as module

    real, seen = module._Run._finish, []
    monkeypatch.setattr(module._Run, "_finish", lambda self, *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        sync_source(store, settings, "kota")
    monkeypatch.setattr(module._Run, "_finish", real)
    sent(store, settings, table(*range(1, 9)))
    seen.append(sync_source(store, settings, "kota").fetched)
    seen.append(sync_source(store, settings, "kota").fetched)
    assert seen == [5, 8]
    with store.read() as session:
        assert len(latest_runs(session)) == 2


def test_a_file_that_vanished_from_the_archive_is_said_to_be_missing_and_marks_nothing(store, settings):
    sent(store, settings, table(1, 2))
    sync_source(store, settings, "kota")
    with store.read() as session:
        Archive(settings.data_dir / "archive").path(session.get_one(SourceRow, 1).upload["digest"]).unlink()
    report = sync_source(store, settings, "kota")
    assert (report.state, report.missing) == ("failed", 0)
    assert any("tidak ada lagi di arsip" in reason for reason in report.reasons)
    assert not any(shown(store).values())
