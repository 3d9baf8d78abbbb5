"""Two doors at once on one case: one takes its step, the other is told what the first one changed, and nothing of it is kept."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from html import unescape

import pytest
from click.testing import CliRunner

from exchange.agreements.steps import broken_at, named
from exchange.cli import main
from exchange.store.agreements import files_of, steps_of

from .casework import PDF

PAGE, COMMAND, THIRD = "Perdagangan menurut halaman", "Perindustrian menurut perintah", "Koperasi menurut proses"


@pytest.fixture
def words(database_url, tmp_path):
    return {"EXCHANGE_DATABASE_URL": database_url, "EXCHANGE_DATA_DIR": str(tmp_path / "data")}


def by_command(ident, said, *more):
    return ["agreement", "step", ident, "isi_identifikasi", "--as", "opd", "--set", f"urusan={said}", "--version", "1", *more]


def page_thread(client, csrf, ident, start, told):
    form = {"csrf_token": csrf(client.get(f"/kerja-sama/{ident}")), "versi": "1", "isi-urusan": PAGE, "pelaku": "opd"}

    def send():
        start.wait()
        told["page"] = client.post(f"/kerja-sama/{ident}/langkah/isi_identifikasi", data=form, content_type="multipart/form-data")

    return threading.Thread(target=send)


@pytest.mark.parametrize("turn", range(4))
def test_of_a_page_and_a_command_at_once_one_wins_and_the_other_is_told_what_it_changed(staff, csrf, world, open_case, words, turn):
    ident, client = open_case(), staff("petugas")
    start, told = threading.Barrier(2), {}
    page = page_thread(client, csrf, ident, start, told)

    def command():
        start.wait()
        told["command"] = CliRunner().invoke(main, by_command(ident, COMMAND, "--json"), env=words)

    other = threading.Thread(target=command)
    for thread in (page, other):
        thread.start()
    for thread in (page, other):
        thread.join()
    won = (told["page"].status_code == 303, told["command"].exit_code == 0)
    assert sorted(won) == [False, True], (told["page"].status_code, told["command"].output)
    with world.read() as session:
        row = named(session, ident)
        assert (row.version, row.facts["urusan"]) == (2, PAGE if won[0] else COMMAND)
        assert broken_at(session, row) is None and len(steps_of(session, row.id)) == 2
    if won[0]:
        last = json.loads(told["command"].stdout)["last"]
        assert (last["by"], last["after"]["facts"]) == ("petugas", {"urusan": PAGE})
        assert "petugas mencatat 'Isi data awal'" in told["command"].stderr and PAGE in told["command"].stderr
    else:
        assert told["page"].status_code == 409
        said = re.sub(r"\s+", " ", unescape(told["page"].text))
        assert "mencatat “Isi data awal”" in said and f'<span class="said">{COMMAND}</span>' in said
        assert PAGE in said, "what was typed is not lost"


def test_of_processes_and_a_page_at_once_one_wins(staff, csrf, world, open_case, words, tmp_path):
    ident, client = open_case(), staff("admin")
    (tmp_path / "kak.pdf").write_bytes(PDF)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | words
    start, told = threading.Event(), {}
    page = page_thread(client, csrf, ident, start, told)
    page.start()
    command = [sys.executable, "-m", "exchange.cli"]
    with world.work() as session:  # whoever holds the queue lets both stand in it
        named(session, ident, lock=True)
        running = [
            subprocess.Popen([*command, *by_command(ident, said)], env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for said in (COMMAND, THIRD)
        ]
        start.set()
    ended = [(one.communicate(timeout=120), one.returncode) for one in running]
    page.join()
    won = [told["page"].status_code == 303, *(code == 0 for _said, code in ended)]
    assert sorted(won) == [False, False, True], (told["page"].status_code, ended)
    kept = (PAGE, COMMAND, THIRD)[won.index(True)]
    with world.read() as session:
        row = named(session, ident)
        assert (row.version, row.facts["urusan"]) == (2, kept)
        assert broken_at(session, row) is None
    for (_out, said), code in ended:
        assert code == 0 or kept in said, said
    assert won[0] or kept in unescape(told["page"].text)


def test_two_different_steps_at_once_by_page_and_command_leave_one_of_them(staff, csrf, world, open_case, words, tmp_path, node):
    """The first one ends the case: the second finds no such step any more, and its file is not kept by the command."""
    ident, client = open_case(), staff("petugas")
    start, told = threading.Barrier(2), {}
    form = {"csrf_token": csrf(client.get(f"/kerja-sama/{ident}")), "versi": "1", "isi-alasan": "Tidak jadi."}
    (tmp_path / "nota.pdf").write_bytes(PDF)
    said = [
        "--set",
        "urusan=x",
        "--set",
        "tidak_bertentangan=ya",
        "--set",
        "rujukan_rencana=RPJMD",
        "--file",
        f"nota_kebutuhan={tmp_path / 'nota.pdf'}",
    ]

    def page():
        start.wait()
        told["page"] = client.post(f"/kerja-sama/{ident}/langkah/batalkan", data=form, content_type="multipart/form-data")

    def command():
        start.wait()
        told["command"] = CliRunner().invoke(
            main, ["agreement", "step", ident, "siapkan", "--as", "opd", *said, "--version", "1"], env=words
        )

    threads = [threading.Thread(target=page), threading.Thread(target=command)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = (told["page"].status_code == 303, told["command"].exit_code == 0)
    assert sorted(won) == [False, True]
    with world.read() as session:
        row = named(session, ident)
        assert (row.version, row.state) == (2, "batal" if won[0] else "persiapan")
        assert len(files_of(session, row.id)) == (0 if won[0] else 1)
        assert len(list(node.papers.folder.glob("*/*"))) == (0 if won[0] else 1)
