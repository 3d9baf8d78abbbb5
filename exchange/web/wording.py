"""The texts of pages in another language: read from the .po files beside this module when that language is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, wraps
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, get_domain, get_locale
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from exchange.web.joined import joined

SOURCE = "id"  # the language in which texts stand in the code
_FOLDER = "translations"


class Counted(dict[str, Any]):
    """
    The values of a text, with words that follow their number: `%(count|match|matches)s` is `match` where count is 1.

    Numbers reach a text as they are shown (`1.250`), of which gettext's own plural forms know nothing, and one text may
    hold several; Indonesian has one form, so its texts need none of this.
    """

    def __missing__(self, key: str) -> Any:
        name, *forms = key.split("|")
        if len(forms) != 2:
            raise KeyError(key)
        return forms[0] if str(self[name]) == "1" else forms[1]


class Wording(Domain):  # type: ignore[misc]
    """Where flask-babel looks texts up: nowhere for the language of the code, else in the catalogues of `translations/`."""

    def get_translations(self) -> NullTranslations:
        """The texts of the reader's language; outside of a request those of the code."""
        language = str(get_locale() or SOURCE)
        return _NONE if language == SOURCE else translations(language)

    def gettext(self, string: str, **values: Any) -> str:
        """One text with its values."""
        said = self.get_translations().ugettext(string)
        return said % Counted(values) if values else said

    def pgettext(self, context: str, string: str, **values: Any) -> str:
        """One text that has another translation where it means something else."""
        said = self.get_translations().upgettext(context, string)
        return said % Counted(values) if values else said


_NONE = NullTranslations()


def catalogues(language: str, kind: str) -> Iterator[Traversable]:
    """The .po files of a language in name's order; kind: `pages` for what is given to gettext, `told` for sentences of the rooms below."""
    folder = files("exchange.web") / _FOLDER / language / kind
    return iter(sorted((file for file in folder.iterdir() if file.name.endswith(".po")), key=lambda file: file.name))


def read(file: Traversable, language: str) -> Catalog:
    """
    One .po file.

    Raises:
        PoFileError: it is no .po file.
    """
    with file.open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


@cache
def translations(language: str) -> Translations:
    """All catalogues of pages in that language as one, read once in the life of the process (0.3 s)."""
    whole = Catalog(locale=language)
    for file in catalogues(language, "pages"):
        for message in read(file, language):
            if message.id:
                whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


@pass_eval_context
def _gettext(context: EvalContext, string: str, /, **values: Any) -> str:
    return _filled(context, get_domain().get_translations().ugettext(string), values)


@pass_eval_context
def _pgettext(context: EvalContext, meaning: str, string: str, /, **values: Any) -> str:
    return _filled(context, get_domain().get_translations().upgettext(meaning, string), values)


def _filled(context: EvalContext, said: str, values: dict[str, Any]) -> str:
    """As Jinja's own gettext does it, `%` doubled in every text, but with `Counted` values, and measures on one line."""
    text = Markup(said) if context.autoescape else said  # noqa: S704 - of the code or its catalogue, never of a reader
    filled = text % Counted(values)
    whole = joined(filled)
    if whole == filled:
        return filled
    return Markup(whole) if context.autoescape else whole  # noqa: S704 - the same text but for its spaces


def by_reader(show: Callable[..., Any]) -> Callable[..., Any]:
    """
    A filter whose answer depends on who reads. Without this Jinja works out `none|moment` once, when it compiles the template, in
    the language of whoever asked for the page first.
    """

    @pass_context
    @wraps(show)
    def filtered(_context: Context, *args: Any, **named: Any) -> Any:
        return show(*args, **named)

    return filtered


def register(app: Flask, babel: Babel) -> None:
    """Let flask-babel and the templates take their texts from here."""
    babel.domain_instance = Wording()
    app.jinja_env.globals.update(gettext=_gettext, pgettext=_pgettext)
