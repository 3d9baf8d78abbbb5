"""The texts that the code gives to gettext, found as translators' tools find them, each with the catalogue that it belongs to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

import exchange.web

ROOT = exchange.web.__path__[0]
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "lazy_gettext", "_l"), None),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# modules whose pages bear another name, by how their own name begins
AREAS = {
    **dict.fromkeys(("asking", "auth", "entering", "errors", "home", "languages", "pages", "shown", "typed"), "frame"),
    "act": "acts",
    "agreement": "agreements",
    "cause": "waiting",
    "match": "matches",
    "onboarding": "partners",
    "partner": "partners",
    "reports": "reports",
    "unmet": "reports",
    **dict.fromkeys(("chart", "export", "figured", "map", "period"), "figures"),
    **dict.fromkeys(("account", "audit", "codes", "mail", "oidc", "user"), "accounts"),
    **dict.fromkeys(("trade", "deal"), "trade"),
}


class Text(NamedTuple):
    """One text of the code: its forms (two where it has a plural), its meaning where that must be told apart, and where it stands."""

    forms: tuple[str, ...]
    context: str | None
    places: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str | None]:
        return self.forms[0], self.context

    @property
    def area(self) -> str:
        """The catalogue that a translator would look for it in; `frame` where several areas use it."""
        areas = {_area(place) for place in self.places}
        return areas.pop() if len(areas) == 1 else "frame"

    def entry(self) -> str:
        """The entry that is to be added, without its translation."""
        said = "".join(f"#: exchange/web/{place}\n" for place in self.places[:3])
        if self.context:
            said += f"msgctxt {_quoted(self.context)}\n"
        said += f"msgid {_quoted(self.forms[0])}\n"
        if len(self.forms) == 1:
            return said + 'msgstr ""\n'
        return said + f'msgid_plural {_quoted(self.forms[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n'


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _area(place: str) -> str:
    name = place.split(":")[0]
    if name.startswith("templates/"):
        folder, slash, _rest = name.removeprefix("templates/").partition("/")
        return folder if slash else "frame"
    name = name.removesuffix(".py")
    return next((area for start, area in AREAS.items() if name.startswith(start)), name)


def _of_templates() -> Iterator[tuple[tuple[str, ...], str | None, str]]:
    """With the pages' own tags, and never silent: a template that cannot be read would hide all its texts."""
    kind, given = "**/templates/**.html", {"extensions": "jinja2.ext.do", "silent": "false"}
    for name, line, message, _comments, context in extract_from_dir(ROOT, [(kind, "jinja2")], {kind: given}, KEYWORDS):
        yield (message,) if isinstance(message, str) else tuple(message), context, f"{name}:{line}"


def _of_modules() -> Iterator[tuple[tuple[str, ...], str | None, str]]:
    """By the syntax tree: Babel's own reader passes over what stands within an f-string."""
    for path in sorted(Path(ROOT).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in KEYWORDS:
                continue
            said = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            place, with_context = f"{path.name}:{node.lineno}", node.func.id.removeprefix("lazy_") in {"pgettext", "npgettext"}
            wanted = 2 if node.func.id in {"ngettext", "npgettext"} else 1
            assert len(said) >= wanted + with_context, f"{place}: what is given to gettext must stand there as it is"
            context, forms = (said[0], said[1:]) if with_context else (None, said)
            yield tuple(forms[:wanted]), context, place


@cache
def texts() -> dict[tuple[str, str | None], Text]:
    """All texts of the pages by id and context."""
    found: dict[tuple[str, str | None], Text] = {}
    for forms, context, place in chain(_of_templates(), _of_modules()):
        before = found.get((forms[0], context))
        places = (*(before.places if before else ()), place)
        longest = before.forms if before and len(before.forms) > len(forms) else forms
        found[forms[0], context] = Text(longest, context, places)
    return found


def placeholders(text: str) -> set[str]:
    """The names of a text's values; a word that follows a number counts as that number's."""
    return {name.split("|")[0] for name in re.findall(r"%\(([^)]+)\)", text)}


def said(message: Message) -> list[str]:
    """All forms of a translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string)
