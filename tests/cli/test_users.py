"""Staff accounts from the command line."""

from __future__ import annotations


def test_an_account_is_closed_and_opened_again(exchange):
    assert exchange("init").code == 0
    assert exchange("user", "add", "sari", "--password-stdin", stdin="rahasia-yang-panjang\n").code == 0
    for command, active in (("disable", False), ("enable", True)):
        assert exchange("user", command, "sari").code == 0
        assert [row["active"] for row in exchange("user", "list", "--json").json()] == [active]


def test_an_account_that_is_not_there_cannot_be_closed(exchange):
    assert exchange("init").code == 0
    told = exchange("user", "disable", "sari")
    assert told.code == 2
    assert "tidak ada" in told.err


def test_the_first_administrator_is_made_and_a_lost_password_is_recovered_by_command(exchange):
    assert exchange("init").code == 0
    assert exchange("user", "add", "kepala", "--role", "admin", "--password-stdin", stdin="rahasia-yang-panjang\n").code == 0
    for command in (("disable", "kepala"), ("role", "kepala", "auditor")):
        told = exchange("user", *command)
        assert told.code == 1
        assert "terakhir" in told.err
    made = exchange("user", "recover", "kepala", "--json", EXCHANGE_BASE_URL="https://bursa.contoh.invalid").json()
    assert made["kind"] == "recover"
    assert made["link"].startswith("https://bursa.contoh.invalid/akun/")
    assert exchange("user", "recover", "tidak-ada").code == 2


def test_an_account_is_invited_changed_and_helped_by_command(exchange):
    assert exchange("init").code == 0
    told = exchange("user", "invite", "sari", "--role", "auditor", "--email", "sari@contoh.invalid")
    assert told.code == 0
    assert told.out.startswith("http://127.0.0.1:8000/akun/")
    assert exchange("user", "invite", "sari").code == 1, "the name is taken"
    assert exchange("user", "invite", "Sari W").code == 2
    assert [row["state"] for row in exchange("user", "list", "--json").json()] == ["diundang"]
    assert exchange("user", "role", "sari", "petugas").code == 0
    assert exchange("user", "second-factor", "sari", "--remove").code == 0
    assert exchange("user", "second-factor", "sari").code == 2
    assert exchange("user", "end-sessions", "sari").code == 0
    assert exchange("user", "end-sessions", "tidak-ada").code == 2
    assert [row["role"] for row in exchange("user", "list", "--json").json()] == ["petugas"]
