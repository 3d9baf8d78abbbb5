"""Sources from the command line: added, looked at, approved, pulled, released; misuse is named and nothing is lost."""

from __future__ import annotations

import pytest

from connectors.kit.simulator import FEEDS, serve
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.sources import source_by_name
from exchange.store.supply import SupplyRow

FEED = FEEDS[0]


@pytest.fixture
def partner():
    with serve() as served:
        yield served


def test_a_source_from_adding_to_its_first_pull(exchange, partner, store):
    url = partner.urls[FEED.name]
    added = exchange("source", "add", "smg", "--connector", FEED.connector, "--region", "33.74", "--set", f"url={url}", "--local")
    assert (added.code, added.out) == (0, "")
    refused = exchange("sync", "smg", "--json")
    assert refused.code == 1
    assert refused.json()[0]["state"] == "failed"
    assert partner.asked == [], "nobody approved it, so nobody asked it"

    seen = exchange("source", "preview", "smg", "--json").json()
    assert {each["outcome"] for each in seen["listings"]} <= {"saved", "skipped"}
    assert exchange("source", "approve", "smg").code == 0
    with store.read() as session:
        (act,) = [each for each in history(session, "source", "smg") if each.action == "source.approved"]
        assert act.facts["look"] and "without_look" not in act.facts, "what was seen and the word about it stand in one row"
    pulled = exchange("sync", "smg", "--json")
    (report,) = pulled.json()
    assert pulled.code == 0
    assert {"source", "state", "fetched", "new", "changed", "unchanged", "missing", "held", "withdrawn", "quarantined"} <= set(report)
    assert (report["state"], report["fetched"], report["new"] + report["skipped"]) == ("complete", 40, 40)
    assert exchange("source", "release", "smg", "--json").json() == {"source": "smg", "withdrawn": 0, "kept": 0, "held": 0, "offers": 0}
    for shown in (exchange("source", "list"), exchange("source", "show", "smg"), exchange("source", "show", "smg", "--json")):
        assert shown.code == 0
        assert "5f3c0c1e" not in shown.out + shown.err, "the address is the credential"


def test_a_source_is_approved_by_a_look_that_holds_or_for_a_reason_on_record(exchange, partner, store):
    words = ("source", "add", "smg", "--connector", "ocds", "--region", "33.28", "--set", f"url={partner.urls['tegal']}", "--local")
    exchange(*words)
    unseen = exchange("source", "approve", "smg")
    assert unseen.code == 1 and "exchange source preview smg" in unseen.err
    assert exchange("source", "preview", "smg", "--limit", "1").code == 0
    exchange("source", "add", "smg", "--update", *words[3:-1])
    stale = exchange("source", "approve", "smg")
    assert stale.code == 1 and "lokal" in stale.err, "it is asked in another way since it was looked at"
    short = exchange("source", "approve", "smg", "--without-look", "x")
    assert short.code == 2 and "3 sampai 300" in short.err
    with store.read() as session:
        assert source_by_name(session, "smg").state == "pending"
    assert exchange("source", "approve", "smg", "--without-look", "diminta kepala bidang").code == 0
    assert exchange("source", "disable", "smg").code == 0
    assert exchange("source", "enable", "smg").code == 1, "what was stopped is looked at again"
    with store.read() as session:
        facts = [each.facts for each in history(session, "source", "smg") if each.action == "source.approved"]
        assert [each["without_look"] for each in facts] == ["diminta kepala bidang"]
        assert source_by_name(session, "smg").state == "disabled"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("source", "add", "x", "--connector", "nope", "--region", "33.74", "--set", "url=http://a.id/"), 2, "lkpp_isb"),
        (("source", "add", "x", "--connector", "ocds", "--region", "33.74"), 2, "url"),
        (("source", "add", "x", "--connector", "ocds", "--region", "99.99", "--set", "url=https://a.id/"), 2, "99.99"),
        (("source", "add", "x", "--connector", "ocds", "--region", "33.74", "--set", "url"), 2, "KEY=VALUE"),
        (
            ("source", "add", "x", "--connector", "ocds", "--region", "33.74", "--set", "url=https://a.id/", "--set", "colour=red"),
            2,
            "colour",
        ),
        (("source", "add", "d 1/../x", "--connector", "ocds", "--region", "33.74", "--set", "url=https://a.id/"), 2, "Nama sumber"),
        (("source", "add", "x", "--connector", "ocds", "--region", "33.74", "--set", "url=ftp://a.id/x"), 2, "https://"),
        (("source", "approve", "x"), 2, "tidak ada"),
        (("source", "release", "x"), 2, "tidak ada"),
        (("sync", "x"), 2, "tidak ada"),
        (("quarantine", "show", "7"), 2, "7"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_misuse_is_one_line_that_says_what_and_what_next(exchange, words, code, says):
    told = exchange(*words)
    assert told.code == code
    assert says in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_the_same_source_twice_is_refused(exchange, partner):
    words = ("source", "add", "a", "--connector", "ocds", "--region", "33.28", "--set", f"url={partner.urls['tegal']}", "--local")
    assert exchange(*words).code == 0
    assert exchange(*words).code == 1


def test_without_local_loopback_is_not_asked(exchange, partner):
    exchange("source", "add", "a", "--connector", "ocds", "--region", "33.28", "--set", f"url={partner.urls['tegal']}")
    exchange("source", "approve", "a", "--without-look", "uji coba")
    told = exchange("sync", "a", "--json")
    assert told.code == 1
    assert told.json()[0]["state"] == "failed"
    assert partner.asked == []


def test_a_wrong_setting_is_named_before_anything_is_done(exchange):
    told = exchange("sync", EXCHANGE_PORT="many")
    assert told.code == 2
    assert "EXCHANGE_PORT" in told.err
    told = exchange("sync", EXCHANGE_DATABSE_URL="x")
    assert told.code == 2
    assert "EXCHANGE_DATABSE_URL" in told.err
    assert "Traceback" not in told.err


def test_an_account_is_made_with_a_password_from_standard_input(exchange):
    assert exchange("user", "add", "sari", "--role", "admin", "--password-stdin", stdin="kata-sandi-panjang\n").code == 0
    assert exchange("user", "add", "budi", "--password-stdin", stdin="pendek\n").code == 2
    assert [row["name"] for row in exchange("user", "list", "--json").json()] == ["sari"]


def test_the_night_is_json_on_standard_output_and_a_second_one_leaves(exchange, partner, store):
    from exchange.store import locks

    exchange("source", "add", "tegal", "--connector", "ocds", "--region", "33.28", "--set", f"url={partner.urls['tegal']}", "--local")
    exchange("source", "approve", "tegal", "--without-look", "uji coba")
    told = exchange("nightly", "--json")
    assert told.code == 0
    assert told.json()["all_well"] is True
    with store.work() as session:
        locks.take(session, "nightly", "other:1:1")
    told = exchange("nightly", "--json")
    assert (told.code, told.out) == (1, "")
    assert "sudah berjalan" in told.err


def test_a_mapping_is_read_from_a_file_and_a_changed_source_waits_for_approval_again(exchange, tmp_path):
    mapping = tmp_path / "peta.toml"
    mapping.write_text(
        'format = "json"\nlist = "data"\n[listing]\nreference = "id"\n[demand]\ntitle = "judul"\n[demand.buyer]\nname = "dinas"\n'
    )
    its = ("--connector", "rest", "--region", "33.74", "--set", "url=https://contoh.example/api", "--set", f"mapping=@{mapping}")
    assert exchange("source", "add", "peta", *its).code == 0
    assert exchange("source", "approve", "peta", "--without-look", "uji coba").code == 0
    again = exchange("source", "add", "peta", *its)
    assert again.code == 1
    assert "--update" in again.err
    assert exchange("source", "add", "peta", "--update", *its).code == 0
    (shown,) = [row for row in exchange("source", "list", "--json").json() if row["name"] == "peta"]
    assert shown["state"] == "pending"
    mapping.write_bytes(b"\xff\xfe")
    assert "UTF-8" in exchange("source", "add", "lain", *its).err
    assert "tidak dapat dibaca" in exchange("source", "add", "lain", *its[:-1], "mapping=@/tidak/ada.toml").err
    mapping.write_text('format = "jsonn"\n')
    wrong = exchange("source", "add", "lain", *its)
    assert wrong.code == 2
    assert "format" in wrong.err
    assert exchange("source", "add", "tak-ada", "--update", *its[:-1], "mapping=x").code == 2


def test_what_is_held_of_the_offers_is_listed_and_released(exchange, store):
    exchange("source", "add", "tegal", "--connector", "ubl", "--region", "33.76", "--set", "url=https://contoh.example/katalog.xml")
    with store.work() as session:
        its = {"source_id": source_by_name(session, "tegal").id, "sku": "A", "region": "33.76", "record": {}, "content_hash": "0"}
        its |= {"connector_version": "1", "raw_answer": "0", "raw_position": 0, "missing_since": utcnow(), "held_why": "guard"}
        session.add_all(SupplyRow(ident=f"s-{n}", reference=f"k:{n}", name=f"Meja {n}", **its) for n in range(2))
    assert exchange("source", "show", "tegal", "--json").json()["held_offers"][0] == {"reference": "k:0", "title": "Meja 0"}
    assert "Meja 1" in exchange("source", "show", "tegal").out
    assert "2 barang yang ditawarkan" in exchange("source", "release", "tegal", "--refuse").err
    assert exchange("source", "release", "tegal", "--json").json()["offers"] == 2
    assert exchange("source", "show", "tegal", "--json").json()["held_offers"] == []
