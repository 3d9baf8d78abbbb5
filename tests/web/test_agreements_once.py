"""One form or command begins one case, however often it is sent; a case for the same thing that is open is named before a second one."""

from __future__ import annotations

import re
import threading

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from exchange.cli import main
from exchange.store.agreements import AgreementRow

GOOD = {"jenis": "daerah", "wilayah": "33.74", "judul": "Pemenuhan pagar", "nama": "Pemerintah Kota Semarang"}
FENCE = {"objek-0-commodity": "Pagar besi", "objek-0-sector": "logam"}
BEGIN = ["agreement", "begin", "--kind", "daerah", "--region", "33.74", "--counterpart", "Pemerintah Kota Semarang", "--title"]


@pytest.fixture
def command(database_url, tmp_path):
    words = {"EXCHANGE_DATABASE_URL": database_url, "EXCHANGE_DATA_DIR": str(tmp_path / "data")}
    return lambda title, *more: CliRunner().invoke(main, [*BEGIN, title, *more], env=words)


def opened(client):
    """A form as it was opened: its token and the word that makes it one."""
    page = client.get("/kerja-sama/baru").text
    return dict(re.findall(r'name="(csrf_token|kunci)" value="([^"]+)"', page))


def cases(world):
    with world.read() as session:
        return session.scalar(select(func.count()).select_from(AgreementRow))


def at_once(*acts):
    start, threads = threading.Barrier(len(acts)), []
    for act in acts:
        threads.append(threading.Thread(target=lambda act=act: (start.wait(), act())))
        threads[-1].start()
    for thread in threads:
        thread.join()


def test_the_same_form_sent_twice_is_one_case_and_the_second_click_lands_on_it(petugas, world):
    form = opened(petugas) | GOOD | FENCE
    first, second = (petugas.post("/kerja-sama/baru", data=form) for _ in range(2))
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    assert "dibuka sekali saja" in petugas.get(second.location).text
    assert cases(world) == 1


@pytest.mark.parametrize("turn", range(3))
def test_clicks_at_once_on_one_form_begin_one_case(staff, world, turn):
    clients, answers = [staff("petugas") for _ in range(3)], []
    form = opened(clients[0])
    forms = [form | {"csrf_token": opened(client)["csrf_token"]} | GOOD for client in clients]
    at_once(*(lambda at=at: answers.append(clients[at].post("/kerja-sama/baru", data=forms[at])) for at in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len({answer.location for answer in answers}) == 1
    assert cases(world) == 1


def test_a_form_whose_case_is_begun_and_that_says_something_else_now_is_not_silently_dropped(petugas, world):
    form = opened(petugas) | GOOD
    first = petugas.post("/kerja-sama/baru", data=form)
    answer = petugas.post("/kerja-sama/baru", data=form | {"judul": "Rangka atap gedung"})
    assert answer.status_code == 409
    assert first.location in answer.text and 'value="Rangka atap gedung"' in answer.text
    again = dict(re.findall(r'name="(csrf_token|kunci)" value="([^"]+)"', answer.text))
    assert again["kunci"] != form["kunci"]
    assert petugas.post("/kerja-sama/baru", data=form | again | {"judul": "Rangka atap gedung"}).status_code == 303
    assert cases(world) == 2


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({"judul": " pemenuhan  PAGAR "}, True),
        ({"judul": "Lain sama sekali", "objek-0-commodity": "pagar BESI", "objek-0-sector": "logam"}, True),
        ({"judul": "Lain sama sekali", "objek-0-commodity": "Kerupuk", "objek-0-sector": "pangan"}, False),
        ({"wilayah": "33.28"}, False),
        ({"jenis": "kementerian", "nama": "Kementerian Contoh"}, False),
    ],
)
def test_a_case_for_the_same_with_the_same_counterpart_is_named_and_asked_for(petugas, world, more, asked):
    first = petugas.post("/kerja-sama/baru", data=opened(petugas) | GOOD | FENCE)
    answer = petugas.post("/kerja-sama/baru", data=opened(petugas) | GOOD | FENCE | more)
    assert answer.status_code == (409 if asked else 303)
    if asked:
        assert first.location in answer.text and 'name="lain"' in answer.text
        assert cases(world) == 1
        again = dict(re.findall(r'name="(csrf_token|kunci)" value="([^"]+)"', answer.text))
        assert petugas.post("/kerja-sama/baru", data=again | GOOD | FENCE | more | {"lain": "ya"}).status_code == 303
    assert cases(world) == 2


def test_what_has_ended_is_not_in_the_way_of_a_new_case(petugas, csrf, world):
    first = petugas.post("/kerja-sama/baru", data=opened(petugas) | GOOD).location
    page = petugas.get(first)
    form = {"csrf_token": csrf(page), "versi": "1", "isi-alasan": "Tidak jadi.", "pelaku": "opd"}
    assert petugas.post(f"{first}/langkah/batalkan", data=form).status_code == 303
    assert petugas.post("/kerja-sama/baru", data=opened(petugas) | GOOD).status_code == 303


def test_a_command_with_its_key_begins_one_case_and_without_one_is_told_of_the_open_case(command, world):
    first, again = command("Pagar sekolah", "--key", "minggu-48-pagar", "--json"), command("Pagar sekolah", "--key", "minggu-48-pagar")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert again.stdout.strip() == "KS-2026-0001" and "sudah dibuka dengan kunci ini" in again.stderr
    other, same = command("Rangka atap", "--key", "minggu-48-pagar"), command("Pagar  SEKOLAH")
    assert (other.exit_code, same.exit_code) == (1, 1)
    assert "KS-2026-0001" in other.stderr and "KS-2026-0001 (Pagar sekolah)" in same.stderr
    assert command("Pagar sekolah", "--key", "?").exit_code == 2
    assert cases(world) == 1
    assert command("Pagar sekolah", "--anyway").exit_code == 0
    assert cases(world) == 2


@pytest.mark.parametrize("turn", range(3))
def test_a_page_and_a_command_at_once_begin_one_case_for_the_same(staff, command, world, turn):
    client, told = staff("petugas"), {}
    form = opened(client) | GOOD
    at_once(
        lambda: told.update(page=client.post("/kerja-sama/baru", data=form).status_code),
        lambda: told.update(command=command(GOOD["judul"]).exit_code),
    )
    assert cases(world) == 1
    assert (told["page"], told["command"]) in {(303, 1), (409, 0)}
