"""Upload links from the command line: made for a source without an address, shown once, taken back all together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.access.upload_links import read_link
from exchange.app import create_app
from exchange.settings import Settings
from exchange.store.audit import history
from exchange.store.sources import source_by_name

ADD = ("source", "add", "kota", "--connector", "table", "--region", "33.74", "--upload")
CSV = b"Kode Paket,Nama Paket,Satuan Kerja,Pagu\n1,Belanja rak arsip,Dinas Contoh,1250000\n"


@pytest.fixture
def given(exchange):
    assert exchange(*ADD).code == 0
    return exchange


def test_a_region_with_only_a_table_takes_part(given, environment, store):
    made = given("source", "link", "kota", "--days", "7", EXCHANGE_BASE_URL="https://bursa.contoh.go.id/")
    address = made.out.strip()
    assert address.startswith("https://bursa.contoh.go.id/unggah/")
    assert "Kota Semarang" in made.err
    client = create_app(Settings.from_env(environment), store).test_client()
    path = address.removeprefix("https://bursa.contoh.go.id")
    body = b'--b\r\nContent-Disposition: form-data; name="berkas"; filename="a.csv"\r\n\r\n' + CSV + b"\r\n--b--\r\n"
    assert client.post(path, data=body, content_type="multipart/form-data; boundary=b").status_code == 303
    assert given("sync", "kota", "--json").json()[0]["state"] == "failed", "nobody approved the source"
    assert client.post(f"{path}/1/kirim").status_code == 303
    seen = given("source", "preview", "kota", "--json").json()
    assert [each["outcome"] for each in seen["listings"]] == ["saved"]
    given("source", "approve", "kota", "--without-look", "uji coba")
    night = given("nightly", "--json").json()
    assert [(row["source"], row["state"], row["new"]) for row in night["sources"]] == [("kota", "complete", 1)]


def test_a_link_is_told_as_json_with_its_end_and_kept_nowhere_but_that_it_was_made(given, store, environment):
    told = given("source", "link", "kota", "--label", "Bappeda  Kota Contoh", "--json").json()
    link = read_link(Settings.from_env(environment).with_secret().secret_key, told["link"].removeprefix("/unggah/"), datetime.now(UTC))
    assert (link.source, link.label) == ("kota", "Bappeda Kota Contoh")
    with store.read() as session:
        assert link.key == source_by_name(session, "kota").upload_key
    assert timedelta(days=29, hours=23) < link.until - datetime.now(UTC) <= timedelta(days=30)
    with store.read() as session:
        acts = history(session, "source", "kota")
        assert [act.action for act in acts] == ["upload.link", "source.add"]
        assert told["link"] not in str([act.facts for act in acts])


def test_taking_links_back_ends_all_of_them_for_good_and_new_ones_are_good(given, store, environment):
    client = create_app(Settings.from_env(environment), store).test_client()

    def made():
        return given("source", "link", "kota", "--json").json()["link"]

    def answers(*links):
        return [client.get(link).status_code for link in links]

    first = made()
    assert given("source", "link", "kota", "--revoke").out == ""
    second = made()
    assert answers(first, second) == [410, 200]
    assert given(*ADD, "--update").code == 0
    assert answers(first, second) == [410, 200], "links outlive a change of settings"
    assert given(*ADD[:-1], "--update", "--set", "url=https://contoh.example/daftar.csv").code == 0
    assert given("source", "link", "kota").code == 1, "now it has an address"
    assert given(*ADD, "--update").code == 0
    assert answers(first, second, made()) == [410, 410, 200], "none comes back when the source takes files again"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("source", "add", "x", "--connector", "ocds", "--region", "33.74", "--upload"), 2, "--connector table"),
        ((*ADD[:2], "x", *ADD[3:], "--set", "url=https://a.id/"), 2, "tidak mempunyai alamat"),
        (("source", "link", "tak-ada"), 2, "tidak ada"),
        (("source", "link", "kota", "--days", "0"), 2, "days"),
        (("source", "link", "kota", "--label", "x" * 61), 2, "60"),
        (("source", "link", "kota", "--label", "\u202e"), 2, "Label"),
    ],
)
def test_misuse_is_one_line_that_says_what_next(given, words, code, says):
    told = given(*words)
    assert (told.code, told.out) == (code, "")
    assert says in told.err


def test_the_source_is_shown_without_an_address(given):
    (row,) = given("source", "list", "--json").json()
    assert row["upload"] is True
