"""Istilah: what words and abbreviations mean, on a page of its own, beside the first on a page, and at the foot of each page."""

from __future__ import annotations

import re

from flask import Flask, Response, g, make_response, render_template, url_for
from markupsafe import Markup, escape

from exchange.web.asking import allow
from exchange.web.glossary import GROUPS, SHORT, Term
from exchange.web.pages import open_pages

bp = open_pages("terms", "/istilah")

_TAGS = re.compile(r"<(?:script|style|textarea|code)\b.*?</(?:script|style|textarea|code)>|<[^>]*>", re.DOTALL)
# behind a number KB is a size; a part of a code such as UJI-SKU-1 is no word
_FOUND = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(r"(?<!\d[\s\u00a0])KB" if short == "KB" else short for short in sorted(SHORT, key=len, reverse=True))
    + r")(?!\w)"
)


def terms_in(html: str) -> list[Term]:
    """The abbreviations that a piece of a page shows, each once, in the order of the alphabet."""
    return [SHORT[short] for short in sorted(set(_FOUND.findall(_TAGS.sub(" ", html))))]


def explained(text: object) -> Markup:
    """
    A text of ours in which each abbreviation that this page has not explained yet is an `abbr` that leads to its meaning.

    Only for texts outside of links, buttons and summaries: a link within one of those can be reached by nobody.
    """
    told: set[str] = g.setdefault("terms_explained", set())

    def link(found: re.Match[str]) -> str:
        term = SHORT[found[0]]
        if term.short in told:
            return term.short
        told.add(term.short)
        place = url_for("web_terms.page", _anchor=term.anchor)
        return f'<a class="term" href="{place}"><abbr title="{escape(term.full)}" lang="{term.language}">{term.short}</abbr></a>'

    return Markup(_FOUND.sub(link, str(escape(text))))  # noqa: S704 -- what came is escaped, what is put in is ours


@bp.get("")
def page() -> Response:
    """The whole table."""
    allow()
    return make_response(render_template("terms/page.html", term_groups=GROUPS))


def register(app: Flask) -> None:
    """Let pages explain what they show."""
    app.jinja_env.filters["explained"] = explained
    app.jinja_env.globals["terms_in"] = terms_in
    app.register_blueprint(bp)
