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
