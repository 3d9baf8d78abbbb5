"""`exchange source accept`: shown first, then asked, never by default."""

from __future__ import annotations

import pytest

from connectors.kit.simulator import Canned, serve


def rows(count):
    row = {"kd_klpd": "D9374", "nama_klpd": "Kota Contoh", "pagu": 5, "status_umumkan_rup": "Terumumkan", "status_aktif_rup": True,
           "status_delete_rup": False}  # fmt: skip
    return Canned.json([row | {"kd_rup": code, "nama_paket": f"Rak {code}"} for code in range(count)])


@pytest.fixture
def smaller(exchange):
    """A source whose list has become a third of what it was."""
    with serve(feeds=(), script={"/umpan": [rows(30)]}) as served:
        url = f"url={served.base}/umpan"
        exchange("source", "add", "smg", "--connector", "lkpp_isb", "--region", "33.74", "--set", url, "--local")
        exchange("source", "approve", "smg", "--without-look", "uji coba")
        exchange("sync", "smg")
        served.script["/umpan"] = [rows(10)]
        exchange("sync", "smg")
        yield exchange


def states(exchange):
    return exchange("sync", "smg", "--json").json()[0]["state"]


@pytest.mark.parametrize(("words", "answer"), [((), ""), ((), "n\n"), (("--dry-run",), ""), (("--dry-run", "--json"), "")])
def test_it_is_shown_with_both_numbers_and_not_accepted_unasked(smaller, words, answer):
    told = smaller("source", "accept", "smg", *words, stdin=answer)
    assert told.code == (0 if words else 1)
    assert "30" in told.out
    assert "Hanya 10 data datang" in told.out
    assert states(smaller) == "unproven"


@pytest.mark.parametrize(("words", "answer"), [((), "y\n"), (("--yes",), "")])
def test_it_is_accepted_by_a_word(smaller, words, answer):
    told = smaller("source", "accept", "smg", *words, stdin=answer)
    assert told.code == 0
    assert "tidak ada permintaan yang dicabut" in told.err.replace("\n", " ")
    assert states(smaller) == "complete"
    again = smaller("source", "accept", "smg", "--yes")
    assert (again.code, again.out) == (1, "")
    assert "lengkap" in again.err


def test_as_json_it_is_accepted_and_told(smaller):
    (change,) = smaller("source", "accept", "smg", "--json", "--dry-run").json()["changes"]
    assert (change["kind"], change["before"], change["now"]) == ("volume", 30, 10)
    told = smaller("source", "accept", "smg", "--json").json()
    assert (told["source"], told["accepted"], told["changes"]) == ("smg", True, [change])
    assert states(smaller) == "complete"


def test_misuse_is_one_line_that_says_what_next(exchange):
    assert exchange("source", "accept", "tak-ada").code == 2
    exchange("source", "add", "smg", "--connector", "lkpp_isb", "--region", "33.74", "--set", "url=https://contoh.example/umpan")
    told = exchange("source", "accept", "smg", "--yes")
    assert (told.code, told.out) == (1, "")
    assert "exchange sync smg" in told.err
