"""Indonesian first, English by a switch: no text without its translation, no page in two languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, nodes

from exchange.web import wording
from exchange.web.told import entries

from . import extraction, sentences, walking
from .walking import deals, hook, office, shortage  # noqa: F401

LANGUAGE = "en"
_MARKUP = re.compile(r"<[^>]*>|&\w+;|%%|\n|https?://\S+|`[^`]*`")


def messages(kind: str) -> list[tuple[str, Message]]:
    """(file, message) of all catalogues of one kind, without their heads."""
    return [
        (file.name, message)
        for file in wording.catalogues(LANGUAGE, kind)
        for message in wording.read(file, LANGUAGE)
        if message.id
    ]  # fmt: skip


def forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def lacking(wanted: Iterable[extraction.Text | sentences.Sentence]) -> str:
    """Entries to be added, by catalogue, as they are to stand there."""
    by_area: dict[str, list[str]] = {}
    for each in wanted:
        by_area.setdefault(each.area, []).append(each.entry())
    return "".join(f"\n# ---- add to {area}.po ----\n" + "\n".join(found) for area, found in sorted(by_area.items()))


def test_every_text_of_a_page_is_translated_once_and_nothing_else_is():
    kept = Counter((forms(message)[0], message.context) for _file, message in messages("pages"))
    assert not [key for key, count in kept.items() if count > 1], "in two catalogues"
    missing = [text for key, text in extraction.texts().items() if key not in kept]
    assert not missing, f"{len(missing)} texts are not translated:{lacking(missing)}"
    assert not kept.keys() - extraction.texts().keys(), "no page says this any more"


def test_every_translation_of_a_page_is_whole_and_says_the_same_values():
    for file, message in messages("pages"):
        where = f"{file}: {message.id}"
        own, said = forms(message), extraction.said(message)
        assert not message.fuzzy, where
        assert len(own) == len(said) and len(own) == len(extraction.texts()[own[0], message.context].forms), where
        assert all(said), where
        for text in said:
            assert extraction.placeholders(text) == extraction.placeholders(own[0]), where
            assert sorted(_MARKUP.findall(text)) == sorted(_MARKUP.findall(own[0])), where
            assert (text[:1].isspace(), text[-1:].isspace()) == (own[0][:1].isspace(), own[0][-1:].isspace()), where
            text % wording.Counted(dict.fromkeys(extraction.placeholders(text), "1"))


def test_every_sentence_of_the_rooms_below_is_translated_once_and_nothing_else_is():
    kept = Counter(message.id for _file, message in messages("told"))
    assert not [key for key, count in kept.items() if count > 1], "in two catalogues"
    missing = [sentence for text, sentence in sentences.sentences().items() if text not in kept]
    assert not missing, f"{len(missing)} sentences are not translated:{lacking(missing)}"
    assert not kept.keys() - sentences.everything(), "no room says this any more"


def test_every_translation_of_a_sentence_uses_its_values_and_no_others():
    for file, message in messages("told"):
        where, own, said = f"{file}: {message.id}", str(message.id), str(message.string)
        assert said and not message.fuzzy, where
        places = set(re.findall(r"\{(\d+)", own))
        assert set(re.findall(r"\{(\d+)(?=[:|}])", said)) == places, where
        assert not re.sub(r"\{\d+(?::[tlnd])?(?:\|[^|{}]*\|[^|{}]*)?\}", "", said).count("{"), where
        assert (own[:1].isspace(), own[-1:].isspace()) == (said[:1].isspace(), said[-1:].isspace()), where


# Names that are the same in both languages, and what stands in codes.
_SAME = re.compile(
    r"(?:KBLI|KBKI|TKDN|SNI|WIB|NIB|PDF|DOCX|XLSX|CSV|ZIP|SHA-256|API|PKS|DPRD|MiB|MB|Rp|TOML|JSON|IKM|SKU|GET|Provinsi|login|refused|sari|curl|/docs|kota|contoh|docs|x|ke)",
    re.IGNORECASE,
)


class _Bare(HTMLParser):
    """Texts of a template that are written there, and not given to gettext."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._passed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        if tag in {"code", "script", "style", "pre"}:
            self._passed.append(tag)
        said = ["title", "placeholder", "aria-label", "alt", "data-label"]
        if tag == "input" and its.get("type") in {"submit", "button", "reset"}:
            said.append("value")
        for name in said:
            self.look(its.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self._passed and self._passed[-1] == tag:
            self._passed.pop()

    def handle_data(self, data: str) -> None:
        if not self._passed:
            self.look(data)

    def look(self, text: str) -> None:
        text = re.sub(r'[\w-]+="[^"]*"|EXCHANGE_\w+|\b(?:disabled|checked|selected)\b', "", text)  # attributes that a template sets aside
        words = [word for word in re.findall(r"[^\W\d_]{2,}(?:-\d+)?", text) if not _SAME.fullmatch(word)]
        if words:
            self.found.append(" ".join(text.split()))


def bare(source: str) -> list[str]:
    """The texts of one template outside of gettext: between its tags, in its attributes, and as strings of its expressions."""
    jinja = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    left = "".join(value if kind == "data" else "" for _line, kind, value in jinja.lex(source))
    reader = _Bare()
    reader.feed(left)
    tree = jinja.parse(source)
    calls = (call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in extraction.KEYWORDS)
    given = {id(part) for call in calls for part in call.args}
    for text in tree.find_all(nodes.Const):
        if id(text) not in given and isinstance(text.value, str) and re.match(r"[A-Z][a-z]|[A-Z]{3}", text.value):
            reader.look(text.value)
    return reader.found


def test_no_template_says_anything_outside_of_gettext():
    assert bare('<p title="Halo dunia">{{ _("Halo") }} dunia</p>') == ["Halo dunia", "dunia"], "the test itself finds them"
    found = {}
    for path in sorted(Path(extraction.ROOT, "templates").rglob("*.html")):
        if texts := bare(path.read_text(encoding="utf-8")):
            found[path.name] = texts
    assert not found


@cache
def sayings(translated: bool) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]], list[str]]:
    """
    What a page in one language must not hold: whole texts, texts with values, and long pieces that give a text away.

    translated: the English ones; else the Indonesian ones. What is the same in both languages betrays nothing.
    """
    pages = [message for _file, message in messages("pages")]
    pairs = [pair for message in pages for pair in zip(forms(message), extraction.said(message), strict=True)]
    values = r"%\([^)]*\)s"
    told = [(own, re.sub(r"\{(\d+)[^}]*\}", r"{\1}", said)) for own, said in entries(LANGUAGE)]
    others = {pair[0 if translated else 1] for its in (pairs, told) for pair in its}
    whole, shaped, pieces = {}, [], []
    for split, its in ((values, pairs), (r"\{\d+\}", told)):
        for pair in its:
            own, other = pair if not translated else reversed(pair)
            parts, theirs = re.split(split, own), re.split(split, other)
            if len(parts) == 1 and own not in others:
                whole[" ".join(own.split())] = own
            elif parts != theirs and max(map(len, parts)) > 6:
                shaped.append((re.compile(".*?".join(re.escape(part) for part in parts), re.DOTALL), own))
            pieces += [part.strip() for part in parts if len(part.split()) >= 4 and part.strip() not in other]
    return whole, shaped, pieces


def foreign(html: str, *, translated: bool) -> list[str]:
    """The texts of a page that are in the other language."""
    whole, shaped, pieces = sayings(translated)
    both = sayings(True)[0].keys() & sayings(False)[0].keys()
    found = []
    for text in walking.read(html):
        if text in both or walking.DATA.fullmatch(text):
            continue
        if text in whole or any(piece in text for piece in pieces) or any(shape.fullmatch(text) for shape, _ in shaped):
            found.append(text)
    return found


def test_every_page_has_an_address_here(app, office):  # noqa: F811
    assert walking.pages(app) == office.keys()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_in_english_holds_indonesian_and_none_in_indonesian_english(client, staff, csrf, office):  # noqa: F811
    petugas, admin = staff("petugas"), staff("admin")
    for translated in (True, False):
        for browser in (petugas, admin, client):
            choose(browser, csrf, "id" if translated else LANGUAGE)
        found = {}
        for route, paths in office.items():
            for path in paths:
                browser = client if route.startswith(("web_uploads", "web_auth", "web_recovery")) else petugas
                browser = admin if route.startswith(("web_users", "web_audit", "web_mail")) else browser
                mark = "" if translated or not route.startswith("web_uploads") else "?bahasa=en"
                page = browser.get(path + mark)
                if route == "web_uploads.one":
                    assert page.status_code == 404, "a page of an error, in the language of its link"
                else:
                    assert page.status_code == 200, path
                assert f'<html lang="{"id" if translated else LANGUAGE}">' in page.text, path
                if texts := foreign(page.text, translated=translated):
                    found[path] = texts
        assert not found, "\n".join(f"{path}: {texts}" for path, texts in found.items())


def choose(browser, csrf, language: str, back: str = "/masuk"):
    """Press the switch."""
    form = {"csrf_token": csrf(browser.get("/masuk" if browser.get("/").status_code == 302 else "/")), "bahasa": language, "kembali": back}
    return browser.post("/bahasa", data=form)
