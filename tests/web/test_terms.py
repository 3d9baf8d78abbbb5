"""Terms: every abbreviation that a page shows is explained, on the page of terms, at the foot, and where it first stands."""

from __future__ import annotations

import re

import pytest

from exchange.web import wording
from exchange.web.glossary import GROUPS, SHORT, TERMS
from exchange.web.terms import explained, terms_in
from exchange.web.told import entries

from . import walking
from .casework import node, open_case  # noqa: F401
from .sentences import ROOT
from .walking import deals, hook, office, shortage  # noqa: F401

_WORD = re.compile(r"(?<![\w/-])(?:P-)?[A-Z]{2,}(?![\w]|-[A-Z0-9]{2})")
_PASSED = re.compile(r"`[^`]*`|EXCHANGE_\w+|--\w+ NAMA=NILAI|\b(?:twin trust|user recover|init) [A-Z ]+|%\(\w+\)s|\{[^}]*\}|https?://\S+")
# words in capitals that need no explaining, or are explained where they stand: units and forms of files, states and standards, names
PLAIN = {
    *("CGNAT", "DOCTYPE", "GET", "HTML", "HTTP", "HTTPS", "ID", "IDR", "IP", "JPEG", "JPG", "MB", "MIB", "NUL", "PNG", "RAR", "RFC", "RTF"),
    *("SVG", "UTC", "UTF", "WGS", "ZIP", "UN", "ECE", "DIY", "DKI", "NTB", "NTT", "KS", "TR", "MTK", "PIHAK", "KESATU", "KEDUA", "NAMA"),
}
DATA = {"KRS", "PO", "XPA", "MTK", "ALAMAT"}  # what the small office is called and numbered by


def unexplained(texts):
    words = {word for text in texts for word in _WORD.findall(_PASSED.sub(" ", text))}
    return sorted(words - SHORT.keys() - PLAIN - DATA)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_abbreviation_on_a_page_is_a_term_or_needs_none(app, staff, csrf, office, language):  # noqa: F811
    petugas, admin = staff("petugas"), staff("admin")
    stranger = app.test_client()
    if language == "en":
        for browser in (petugas, admin):
            browser.post("/bahasa", data={"csrf_token": csrf(browser.get("/")), "bahasa": "en", "kembali": "/"})
    texts = [text for _path, html in walking.opened(office, petugas, admin, stranger) for text in walking.read(html)]
    assert sum("TKKSD" in text for text in texts) > 5, "the test itself sees them"
    assert not unexplained(texts)


def test_every_abbreviation_that_a_page_could_say_is_a_term_or_needs_none():
    pages = [message for file in wording.catalogues("en", "pages") for message in wording.read(file, "en") if message.id]
    said = [form for message in pages for form in ([message.id] if isinstance(message.id, str) else message.id)]
    assert not unexplained([*said, *(own for own, _theirs in entries("en"))])


def test_what_is_retrieved_and_what_is_withdrawn_are_never_called_alike():
    pages = [message for file in wording.catalogues("en", "pages") for message in wording.read(file, "en") if message.id]
    said = [form for message in pages for form in ([message.id] if isinstance(message.id, str) else message.id)]
    beside = [path.read_text() for folder in ("cli", "api", "reports", "demo") for path in (ROOT / "exchange" / folder).rglob("*.py")]
    both = re.compile(r"(?<![\"\w/-])(?:ditarik|penarikan|menarik|tarikan)\w*", re.I)
    assert both.findall("Yang ditarik, penarikannya") == ["ditarik", "penarikannya"], "the test itself finds them"
    assert not [text for text in (*said, *(own for own, _theirs in entries("en"))) if both.search(text)]
    assert not [found for text in beside for found in both.findall(text)]


def test_terms_stand_once_in_the_order_of_the_alphabet():
    names = [term.short for group in GROUPS for term in group.terms]
    assert len(names) == len(set(names)) == len(TERMS) == len({term.anchor for term in TERMS.values()})
    for group in GROUPS:
        assert [term.short for term in group.terms] == sorted((term.short for term in group.terms), key=str.lower), group.label


def test_the_page_of_terms_is_open_to_all_and_every_page_leads_to_it(app, staff, csrf):
    stranger, petugas = app.test_client(), staff("petugas")
    page = stranger.get("/istilah")
    assert page.status_code == 200
    for term in TERMS.values():
        assert f'id="{term.anchor}"' in page.text, term.short
    assert stranger.get("/istilah?x=1").status_code == 400
    for browser, path in ((stranger, "/masuk"), (petugas, "/"), (petugas, "/tidak-ada")):
        assert 'href="/istilah"' in browser.get(path).text, path
    petugas.post("/bahasa", data={"csrf_token": csrf(petugas.get("/")), "bahasa": "en", "kembali": "/"})
    assert "the team of the regional government" in petugas.get("/istilah").text


def test_an_abbreviation_is_explained_where_it_first_stands_and_only_there(app):
    with app.test_request_context("/"):
        first, second = explained("Telaah TKKSD <b> dan PKS"), explained("Telaah TKKSD")
    assert first == (
        'Telaah <a class="term" href="/istilah#tkksd"><abbr title="Tim Koordinasi Kerja Sama Daerah" lang="id">TKKSD</abbr></a> &lt;b&gt;'
        " dan "
        '<a class="term" href="/istilah#pks"><abbr title="Perjanjian Kerja Sama" lang="id">PKS</abbr></a>'
    )
    assert second == "Telaah TKKSD"
    with app.test_request_context("/"):
        assert explained("TKKSD").count("<abbr") == 1, "another page explains it again"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Foto 12 KB, naskah KB</p>", ["KB"]),
        ("<p>Foto 12 KB</p>", []),
        ('<p data-x="PKS">UJI-SKU-1 DPRD.</p>', ["DPRD"]),
        ("<code>PKS</code> <textarea>TKDN</textarea> SHA-256", ["SHA"]),
        ("PKSX APKS", []),
        ("nomor P-IRT", ["P-IRT"]),
    ],
)
def test_a_page_lists_what_it_shows_and_no_part_of_a_code_or_size(html, found):
    assert [term.short for term in terms_in(html)] == found


def test_a_page_lists_its_own_abbreviations_at_its_foot(petugas, open_case):  # noqa: F811
    page = petugas.get(f"/kerja-sama/{open_case()}").text
    foot = page[page.index('class="terms-here"') :]
    assert re.search(r">TKKSD</dt><dd><span lang=\"id\">Tim Koordinasi Kerja Sama Daerah</span>", foot)
    assert "Kementerian, Lembaga" not in foot, "what the page does not show"
    assert page.index('href="/istilah#tkksd"') < page.index('id="berikutnya"')
