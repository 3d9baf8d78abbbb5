"""Surel: by which settings letters go, whether the server takes one, over TLS that is proved, and what went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.app import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def admin(settings, world, csrf):
    """A browser of the administrator of a node with these settings of mail."""

    def login(**mail):
        client = create_app(replace(settings, **mail), world).test_client()
        client.post("/masuk", data={"csrf_token": csrf(client.get("/masuk")), "name": "admin", "password": "kata-sandi-uji-coba"})
        return client

    return login


def try_it(client, csrf, mailbox="kabid@contoh.invalid"):
    return client.post("/surel/uji", data={"csrf_token": csrf(client.get("/surel")), "surel": mailbox}, follow_redirects=True)


def test_without_mail_the_page_says_so_and_where_everything_is(admin, csrf):
    client = admin()
    assert "Surel belum diatur" in client.get("/surel").text
    assert try_it(client, csrf).status_code == 409


def test_a_letter_goes_over_tls_to_a_server_that_proves_its_name_and_the_page_shows_no_password(admin, csrf, post_by_tls, monkeypatch):
    server, certificate = post_by_tls
    client = admin(smtp_url=f"smtps://orang:s%40ndi-rahasia@127.0.0.1:{server.port}", mail_from="bursa@contoh.invalid")
    refused = try_it(client, csrf).text
    assert "sertifikat yang tidak membuktikan namanya" in refused
    assert server.letters == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert "diterima server surat" in try_it(client, csrf).text
    assert server.recipients == ["kabid@contoh.invalid"]
    assert server.letters[0]["From"].endswith("<bursa@contoh.invalid>")
    assert server.login == "\0orang\0s@ndi-rahasia"
    page = client.get("/surel").text
    assert f"smtps://127.0.0.1:{server.port}" in page
    assert "surat terkirim" in page
    assert "surat tidak terkirim" in page
    for secret in ("ndi-rahasia", "orang:", "kabid@contoh.invalid"):
        assert secret not in page, secret


@pytest.mark.parametrize("mailbox", ["", "bukan alamat", "a@b.c\r\nBcc: d@e.f"])
def test_a_mailbox_that_is_none_is_refused(admin, csrf, post, mailbox):
    assert try_it(admin(smtp_url=post.url), csrf, mailbox).status_code == 422
    assert post.said == []


def test_a_server_that_refuses_is_told_in_words(admin, csrf, post):
    post.script["MAIL"] = "451 later"
    assert "menolak surat (451)" in try_it(admin(smtp_url=post.url), csrf).text
