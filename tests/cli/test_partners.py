"""Partners from the command line: secrets once and alone on standard output, everything else beside it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from exchange.access.partners import digest_of, keep_token, named
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.partners import AccessTokenRow, PartnerSecretRow, Use, add_use

IDENT = "kota-contoh"
ADD = (
    "partner",
    "add",
    IDENT,
    "--name",
    "Pemerintah Kota Contoh",
    "--region",
    "33.74",
    "--scope",
    "demand:write",
    "--scope",
    "catalogue:read",
)


@pytest.fixture
def secret(exchange) -> str:
    """The secret of a partner that was added by the command."""
    assert exchange("init").code == 0
    told = exchange(*ADD, "--contact", "dagang@contoh.example")
    assert told.code == 0, told.err
    return told.out.strip()


def test_a_secret_stands_alone_on_standard_output_and_nowhere_else(exchange, secret, store):
    assert len(secret) == 43 and " " not in secret
    shown = exchange("partner", "show", IDENT, "--json")
    assert [one["hint"] for one in shown.json()["secrets"]] == [secret[:4]]
    assert secret not in shown.out + exchange("partner", "show", IDENT).out + exchange("partner", "list").out
    with store.read() as session:
        assert session.scalars(select(PartnerSecretRow.digest)).one() == digest_of(secret)
        assert not any(secret in str(row.facts) for row in session.scalars(select(AuditRow)))


def test_a_second_secret_comes_as_json_and_a_third_is_refused_until_one_is_ended(exchange, secret):
    made = exchange("partner", "secret", IDENT, "--json")
    assert made.json()["client_id"] == IDENT and made.json()["client_secret"] not in made.err
    first = exchange("partner", "show", IDENT, "--json").json()["secrets"][0]["ident"]
    assert f"end-secret {IDENT} {first}" in made.err
    third = exchange("partner", "secret", IDENT)
    assert (third.code, third.out) == (1, "")
    assert "Akhiri salah satu" in third.err
    assert exchange("partner", "end-secret", IDENT, first).code == 0
    assert exchange("partner", "end-secret", IDENT, first).code == 2
    left = exchange("partner", "show", IDENT, "--json").json()["secrets"]
    assert [one["ident"] for one in left] == [made.json()["secret"]]


def test_closing_ends_tokens_at_once_and_opening_brings_none_back(exchange, secret, store):
    with store.work() as session:
        row = named(session, IDENT)
        keep_token(session, "kata-token", row, session.scalars(select(PartnerSecretRow)).one(), row.scopes)
    for command, active in (("disable", False), ("enable", True)):
        assert exchange("partner", command, IDENT).code == 0
        assert [each["active"] for each in exchange("partner", "list", "--json").json()] == [active]
        with store.read() as session:
            assert session.scalars(select(AccessTokenRow)).all() == []


def test_what_a_partner_may_is_changed_and_shown(exchange, secret):
    assert exchange("partner", "scopes", IDENT, "--scope", "demand:read").code == 0
    assert exchange("partner", "rate", IDENT, "77").code == 0
    assert exchange("partner", "stage", IDENT, "contracted", "--until", "2026-12-31", "--sector", "logam", "--kbli", "25").code == 0
    told = exchange("partner", "show", IDENT, "--json").json()
    assert (told["scopes"], told["per_minute"], told["stage"], told["stage_until"]) == (["demand:read"], 77, "contracted", "2026-12-31")
    assert told["within"] == {"sectors": ["logam"], "kbli": ["25"]}
    later = exchange("partner", "show", IDENT, "--json", EXCHANGE_TODAY="2027-01-01").json()
    assert (later["stage"], later["stage_said"]) == ("public", "contracted")
    assert exchange("partner", "rate", IDENT).code == 0
    assert exchange("partner", "show", IDENT, "--json").json()["per_minute"] == 1200
    past = exchange("partner", "stage", IDENT, "agreed", "--until", "2026-11-01")
    assert past.code == 0 and "sudah lewat" in past.err


def test_the_use_of_the_last_thirty_days_is_summed_by_operation(exchange, secret, store):
    today = utcnow().date()
    with store.work() as session:
        number = named(session, IDENT).id
        lines = ((0, "products.listing", 5, 1), (3, "products.listing", 7, 0), (3, "changes.feed", 40, 2), (31, "changes.feed", 900, 9))
        add_use(session, [Use(number, today.fromordinal(today.toordinal() - ago), *rest) for ago, *rest in lines])
    told = exchange("partner", "show", IDENT, "--json").json()
    assert told["use"] == [
        {"operation": "changes.feed", "asked": 40, "refused": 2},
        {"operation": "products.listing", "asked": 12, "refused": 1},
    ]
    (line,) = exchange("partner", "list", "--json").json()
    assert (line["asked"], line["refused"]) == (52, 3)
    assert "changes.feed" in exchange("partner", "show", IDENT).out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (ADD, 1, "sudah ada"),
        (("partner", "show", "kota-conto"), 2, "Mungkin maksudnya kota-contoh."),
        (("partner", "disable", "lain"), 2, "tidak ada"),
        (("partner", "add", "Kota!", "--name", "K", "--region", "33.74", "--scope", "catalogue:read"), 2, "huruf kecil"),
        (("partner", "add", "kota-lain", "--name", "K", "--region", "99.99", "--scope", "catalogue:read"), 2, "Kode wilayah"),
        (("partner", "add", "kota-lain", *ADD[3:], "--scope", "catalog:read"), 2, "Mungkin maksudnya"),
        (("partner", "add", "kota-lain", "--name", " ", "--region", "33.74", "--scope", "catalogue:read"), 2, "Nama lengkap"),
        (("partner", "scopes", IDENT, "--scope", "demand:wrote"), 2, "Mungkin maksudnya demand:write"),
        (("partner", "stage", IDENT, "agree"), 2, "Mungkin maksudnya agreed"),
        (("partner", "stage", IDENT, "agreed", "--until", "31-12-2026"), 2, "YYYY-MM-DD"),
        (("partner", "stage", IDENT, "public", "--until", "2026-12-31"), 2, "tidak berakhir"),
        (("partner", "stage", IDENT, "contracted"), 2, "tanpa objek"),
        (("partner", "stage", IDENT, "agreed", "--sector", "logam"), 2, "Hanya PKS"),
        (("partner", "stage", IDENT, "contracted", "--sector", "loga"), 2, "Mungkin maksudnya logam"),
        (("partner", "stage", IDENT, "contracted", "--kbli", "99999"), 2, "tidak ada dalam KBLI 2020"),
        (("partner", "rate", IDENT, "0"), 2, "1 sampai"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_that_says_what_to_do(exchange, secret, words, code, says):
    before = exchange("partner", "show", IDENT, "--json").out
    told = exchange(*words)
    assert (told.code, told.out) == (code, "")
    assert says in told.err
    assert told.err.count("\n") == 1
    assert exchange("partner", "show", IDENT, "--json").out == before
