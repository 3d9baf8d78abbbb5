"""Letters about nights, to a mail server: one a night at most, only when something new needs a person, nothing about anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import SettingWrong, StorageFull
from exchange.jobs import letters, mail
from exchange.jobs import nightly as module
from exchange.jobs.letters import AGAIN, is_due, left_by
from exchange.jobs.needs import Need
from exchange.jobs.nightly import nightly
from exchange.store.nights import last_night, night_by_id
from exchange.sync.report import Report

SAID = "Pejabat Karangan"
GOOD = Report("semarang", state="complete", fetched=3, unchanged=3)
FAILING = Report("tegal", notice="Sumber mulai gagal; ia dicoba lagi.", reasons=[f"Yang datang dari {SAID} bukan daftar."])


def held(count):
    return Report("semarang", state="complete", undecided=count, notes=[SAID])


@pytest.fixture
def its(settings, post):
    return replace(settings, smtp_url=post.url, mail_to="petugas@contoh.invalid, kabid@contoh.invalid", mail_from="bursa@contoh.invalid",
                   base_url="https://bursa.contoh.invalid", office="Dinas Contoh")  # fmt: skip


@pytest.fixture
def night(store, its, monkeypatch):
    """`night(report…)`: a night that brought just these; gives what it said of its letter."""

    def go(*reports, **more):
        with monkeypatch.context() as patch:
            patch.setattr(module, "sync_all", lambda *_args, **_more: list(reports))
            return nightly(store, replace(its, **more)).mail

    return go


def test_a_letter_says_what_where_and_what_to_do_next_and_nothing_about_anybody(night, post, store):
    assert night(GOOD, FAILING, held(7)) == {"sent": True, "trouble": None}
    (letter,) = post.letters
    text = letter.get_content()
    assert post.recipients == ["petugas@contoh.invalid", "kabid@contoh.invalid"]
    assert letter["From"] == "Dinas Contoh <bursa@contoh.invalid>"
    assert letter["Subject"].endswith(": 2 hal perlu dilihat")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    for part in ("1. tegal: Sumber mulai gagal", "2. semarang: 7 permintaan", "Langkah berikutnya: Periksa di situs sumbernya",
                 "https://bursa.contoh.invalid/sumber/semarang#ditahan", "https://bursa.contoh.invalid/malam/1"):  # fmt: skip
        assert part in text, part
    assert SAID not in text
    with store.read() as session:
        assert night_by_id(session, 1).summary["mail"] == {"sent": True, "trouble": None}


def test_a_night_without_trouble_sends_none(night, post):
    assert night(GOOD) is None
    assert post.said == []


def test_without_an_address_of_the_pages_the_letter_names_the_page(night, post):
    night(held(1), base_url="")
    assert "halaman /sumber/semarang#ditahan" in post.letters[0].get_content()


def test_what_was_told_is_not_told_again_until_it_grows_or_something_else_comes(night, post):
    night(held(7))
    assert night(held(7)) is None
    assert night(held(5)) is None, "less of it is nothing new"
    night(held(6))
    night(held(6), FAILING)
    assert [letter["Subject"].rpartition(": ")[2] for letter in post.letters] == [
        "1 hal perlu dilihat", "1 hal perlu dilihat", "2 hal perlu dilihat",
    ]  # fmt: skip


def test_what_was_mended_and_comes_back_is_told_again(night, post):
    night(held(7))
    night(GOOD)
    night(held(7))
    assert len(post.letters) == 2


def test_what_still_stands_is_told_again_after_a_week(night, post, monkeypatch):
    night(held(7))
    now = datetime.now(UTC)
    monkeypatch.setattr(letters, "utcnow", lambda: now + AGAIN - timedelta(hours=1))
    night(held(7))
    assert len(post.letters) == 1
    monkeypatch.setattr(letters, "utcnow", lambda: now + AGAIN + timedelta(hours=1))
    night(held(7))
    assert len(post.letters) == 2


KINDS = st.sampled_from(["list", "held", "quarantine"])
ONE = st.builds(Need, st.sampled_from("ab"), KINDS, st.just("x"), st.just("y"), st.just("/"), st.integers(0, 3))
NEEDS = st.lists(ONE, max_size=4, unique_by=lambda need: need[:2])


@given(nights=st.lists(NEEDS, max_size=6))
def test_every_need_that_stands_was_told_since_it_came_up(nights):
    letter, now, stood = {}, datetime(2026, 11, 23, tzinfo=UTC), {}
    for needs in nights:
        due = is_due(needs, letter, now)
        grown = [need for need in needs if need.concerns > stood.get(need[:2], -1)]
        assert due == bool(grown), "within a week a letter goes exactly where something came up or grew"
        stood = {need[:2]: need.concerns if due else min(need.concerns, stood[need[:2]]) for need in needs}
        letter, now = left_by(needs, letter, now, sent=due), now + timedelta(hours=1)
        assert len(letter["told"]) == len(needs)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ({"": "554 tidak"}, "menolak surat (554)"),
        ({"RCPT": "550 petugas@contoh.invalid tidak dikenal"}, "menolak semua penerima"),
        ({"DATA": "452 penuh"}, "menolak surat (452)"),
        ({"EHLO": "500 ?", "HELO": "500 ?"}, "menolak surat (500)"),
    ],
)
def test_a_server_that_refuses_fails_nothing_and_is_told_and_tried_again_the_next_night(night, post, script, says):
    post.script = script
    told = night(held(7))
    assert told["sent"] is False
    assert says in told["trouble"]
    assert "petugas@" not in told["trouble"]
    post.script = {}
    assert night(held(7))["sent"] is True


def test_a_server_that_takes_the_letter_and_hangs_up_rudely_has_taken_it(night, post):
    post.script = {"QUIT": "500 ?"}
    assert night(held(7))["sent"] is True


def test_no_server_at_all_fails_nothing(night, post, caplog):
    told = night(held(7), smtp_url="smtp://orang:rahasia@127.0.0.1:1")
    assert told == {"sent": False, "trouble": "Server surat 127.0.0.1 tidak dapat dipakai (ConnectionRefusedError); surat tidak terkirim."}
    assert "rahasia" not in caplog.text


def test_without_recipients_the_report_says_which_setting_is_missing(night, post):
    assert "EXCHANGE_MAIL_TO" in night(held(7), mail_to="")["trouble"]


def test_name_and_password_are_sent_to_this_machine_itself(night, post):
    assert night(held(7), smtp_url=f"smtp://orang:r%40hasia@127.0.0.1:{post.port}")["sent"] is True
    assert post.login == "\0orang\0r@hasia"


def test_a_password_never_goes_over_a_line_without_tls(night, post, monkeypatch):
    monkeypatch.setattr(mail, "_is_here", lambda _host: False)
    told = night(held(7), smtp_url=f"smtp://orang:rahasia@127.0.0.1:{post.port}")
    assert "TLS" in told["trouble"]
    assert post.login is None
    assert post.letters == []


def broken(error):
    def go(*_args, **_more):
        raise error

    return go


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (StorageFull("Tidak ada ruang.", mend="Kosongkan ruang."), "Kosongkan ruang."),
        (SettingWrong("Model https://a.id/kunci hilang."), "a.id/…"),
        (ZeroDivisionError(SAID), "Kesalahan dalam (ZeroDivisionError)"),
    ],
)
def test_a_night_that_breaks_is_told_once_however_often_it_is_taken_up(store, its, post, monkeypatch, error, says):
    monkeypatch.setattr(module, "rematch", broken(error))
    for _ in range(2):
        with pytest.raises(type(error)):
            nightly(store, its)
    (letter,) = post.letters
    assert "terputus" in letter["Subject"]
    assert says in letter.get_content()
    assert "exchange nightly" in letter.get_content()
    assert SAID not in letter.get_content()
    assert "kunci" not in letter.get_content()


def test_a_night_that_broke_and_then_ended_has_had_its_letter_and_the_next_one_tells_the_rest(store, its, night, post, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(module, "rematch", broken(StorageFull("Tidak ada ruang.")))
        with pytest.raises(StorageFull):
            nightly(store, its)
    assert night(held(7)) is None
    with store.read() as session:
        assert last_night(session).id == 1, "the same night, taken up"
    assert night(held(7))["sent"] is True
    assert [letter["Subject"].rpartition(": ")[2] for letter in post.letters] == ["terputus sebelum selesai", "1 hal perlu dilihat"]


def test_a_night_that_breaks_on_its_database_is_told_all_the_same(store, its, post, monkeypatch):
    monkeypatch.setattr(module, "rematch", broken(StorageFull("Disk basis data penuh.")))
    monkeypatch.setattr(letters, "left_before", broken(OSError("gone")))
    monkeypatch.setattr(letters, "note_letter", broken(OSError("gone")))
    with pytest.raises(StorageFull):
        nightly(store, its)
    assert "Disk basis data penuh." in post.letters[0].get_content()
