"""An address that may be shown holds no secret, and no error, log line or repr holds another one."""

from __future__ import annotations

import logging
import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.kit import Limits, SourceError
from connectors.kit.masking import mask, mask_text
from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb

SECRET = "9f1c2d3e-4b5a-4c6d-8e7f-00112233aabb"
PATH = f"/isb-2/api/{SECRET}/json/736987/RUP-PaketPenyedia-Terumumkan/tipe/4:12/parameter/2025:D9001"


def test_a_feed_s_address_keeps_its_host_alone():
    assert mask(f"https://isb.contoh.go.id{PATH}?token=rahasia&b#x") == "https://isb.contoh.go.id/…"


@pytest.mark.parametrize("url", ["http://contoh.go.id:8080", "http://contoh.go.id:8080/"])
def test_a_bare_host_is_shown_as_it_is(url):
    assert mask(url) == "http://contoh.go.id:8080"


@pytest.mark.parametrize("url", ["", "bukan alamat", "https://", "//x/y", "http://[::1", "https://x:port/"])
def test_what_is_no_address_is_hidden_whole(url):
    assert mask(url) == "***"


def test_user_and_password_are_never_shown():
    assert mask("https://petugas:sandi@contoh.go.id:8443/data") == "https://contoh.go.id:8443/…"


TOKEN = st.uuids().map(str) | st.text("abcdefghijklmnopqrstuvwxyz", min_size=4) | st.text("0123456789abcdefXYZ-_~", min_size=4)


@given(TOKEN)
@example(SECRET)
@example("hqzvtrmaxwplkdns")
def test_a_token_is_hidden_wherever_it_stands(token):
    for rest in (f"/api/{token}/json", f"/{token}", f"/a?k={token}", f"/a?{token}", f"?{token}", f"/a#{token}", f"#{token}"):
        assert mask(f"https://x.go.id{rest}") == "https://x.go.id/…"
    assert mask_text(f"GET https://x.go.id/isb/{token}/json and /isb/{token} 404") == "GET https://x.go.id/… and /… 404"


@given(st.text(min_size=1, max_size=40))
def test_a_parameter_s_value_is_never_shown(value):
    assert mask("https://x.go.id/a?kunci=" + value) in {"https://x.go.id/…", "***"}


def test_addresses_within_a_text_are_masked():
    assert SECRET not in mask_text(f'GET https://x.go.id{PATH} and "GET {PATH} HTTP/1.1" 200')


def _everything_said(error: BaseException) -> str:
    """The error, its text, its chain and its traceback, as a careless handler would print them."""
    said = []
    link: BaseException | None = error
    while link is not None:
        said += [str(link), repr(link), repr(link.args), repr(vars(link))]
        link = link.__cause__ or link.__context__
    return "\n".join(said + traceback.format_exception(error))


ANSWERS = {
    "not found": [Canned(b"x", status=404)],
    "busy": [Canned(b"x", status=503)],
    "kosong": [Canned(b"<invalid_response>Data Kosong</invalid_response>")],
    "html": [Canned(f"<html>{PATH}</html>".encode())],
    "cut": [Canned(b"[1,2", length=400)],
    "shape": [Canned(f'{{"{SECRET}": "{PATH}"}}'.encode())],
    "moved": [Canned(b"", status=302, headers={"Location": f"https://lain.contoh/{SECRET}?k={SECRET}"})],
    "head": [Canned(b"[]", headers={"Content-Type": "x", f"X-{SECRET}": "a\r\nrusak tanpa titik dua"}, length=-1)],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_error_and_no_log_line_holds_the_secret_of_the_address(name, partner, fetching, archive, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    served = partner({PATH: ANSWERS[name]})
    connector = LkppIsb({"url": served.base + PATH})
    fetch = fetching(*connector.approved(), limits=Limits(tries=2, total=5.0))
    try:
        list(connector.listings(fetch, None))
    except SourceError as error:
        said = _everything_said(error)
        assert SECRET not in said + error.mend
        assert "736987" not in said
    else:
        assert name == "head"
    assert served.asked, "the partner was not asked at all"
    assert SECRET not in caplog.text
    assert "736987" not in caplog.text
    assert SECRET not in repr(connector) + repr(fetch) + repr(archive.metas) + repr(fetch.facts)


def test_a_connection_that_is_refused_keeps_the_secret_too(fetching, caplog):
    caplog.set_level(logging.DEBUG)
    url = f"http://127.0.0.1:9{PATH}"
    with pytest.raises(SourceError) as caught:
        fetching(url).get(url)
    assert SECRET not in _everything_said(caught.value) + caplog.text
    assert caught.value.rule == "network"
