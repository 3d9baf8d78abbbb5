"""
SVG as text: elements with escaped attributes, and the frame of a picture.

Colours are attributes and never a style, so that a strict policy lets them through and a saved file looks as the page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup, escape

# five classes from light to dark, told apart in grey too; white for nothing
SHADES = ("#dcebee", "#a5cdd4", "#63a3ae", "#26788a", "#0b4f5c")
NOTHING = "#ffffff"
INK, QUIET, LINE, PAPER = "#1d2a2e", "#4d5d63", "#8fa3a9", "#ffffff"
# of series: dark and light take turns, so that neighbours differ on a grey print too
SERIES = ("#0b4f5c", "#e0a030", "#5b3a8c", "#8fc3b0", "#a33b20", "#c9ced1", "#3f6fb5")
_HREF = re.compile(r' href="[^"]*"')
_NOT_TOLD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Picture(NamedTuple):
    """
    A drawing. title, desc: what it shows, in words; body: its elements; links: whether parts of it lead somewhere; narrow: the same as it
    is drawn for a telephone, where scaling it down would leave its words too small to read.
    """

    width: int
    height: int
    title: str
    desc: str
    body: str
    links: bool = False
    narrow: Picture | None = None


def text_of(said: object) -> str:
    """Text for XML: escaped, without characters that XML has no place for."""
    return str(escape(_NOT_TOLD.sub("\ufffd", str(said))))


def element(name: str, content: str = "", /, **given: object) -> str:
    """An element; `content` is markup, attribute values are text; a name's underscore is a hyphen, one at its end falls away."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{text_of(value)}"' for key, value in given.items() if value is not None)
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def words(x: float, y: float, said: object, **given: object) -> str:
    """A line of text."""
    return element("text", text_of(said), x=_short(x), y=_short(y), **({"fill": INK, "font_size": 14} | given))


def box(x: float, y: float, width: float, height: float, fill: str, **given: object) -> str:
    """A rectangle."""
    return element("rect", **({"x": _short(x), "y": _short(y), "width": _short(width), "height": _short(height), "fill": fill} | given))


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, **given: object) -> str:
    """A straight line."""
    return element("line", x1=_short(x1), y1=_short(y1), x2=_short(x2), y2=_short(y2), stroke=stroke, **given)


def titled(title: str, parts: Iterable[str], href: str | None = None) -> str:
    """Elements that tell their figure when pointed at, and lead to what is counted where there is an address."""
    inner = element("title", text_of(title)) + "".join(parts)
    return element("a", inner, href=href, aria_label=title) if href else element("g", inner)


def without_links(picture: Picture) -> Picture:
    """The picture as it is saved, which leads nowhere: the addresses are this service's own."""
    return picture._replace(body=_HREF.sub("", picture.body), links=False, narrow=None)


def both(picture: Picture, ident: str) -> Markup:
    """The picture as a part of a page, beside its narrow form where it has one: the style sheet shows one of the two."""
    if picture.narrow is None:
        return drawn(picture, ident)
    return drawn(picture, ident, kind="chart-wide paired") + drawn(picture.narrow, f"{ident}-n", kind="chart-narrow")


def drawn(picture: Picture, ident: str, *, whole: bool = False, kind: str = "chart-wide") -> Markup:
    """
    The picture's markup. ident: what its title's id begins with; whole: as a file of its own, else as a part of a page; kind: its class.

    A picture whose parts lead somewhere is a group: of an image, nothing inside could be reached.
    """
    given: dict[str, object] = {
        "class_": kind, "viewBox": f"0 0 {picture.width} {picture.height}", "role": "group" if picture.links else "img",
        "aria_labelledby": f"{ident}-t {ident}-d", "font_family": "system-ui, Segoe UI, Arial, sans-serif",
    }  # fmt: skip
    if whole:
        given |= {"xmlns": "http://www.w3.org/2000/svg", "width": picture.width, "height": picture.height}
    head = element("title", text_of(picture.title), id=f"{ident}-t") + element("desc", text_of(picture.desc), id=f"{ident}-d")
    ground = box(0, 0, picture.width, picture.height, PAPER) if whole else ""
    name = "svg"
    said = "".join(f' {_name(key)}="{text_of(value)}"' for key, value in given.items())
    return Markup(f"<{name}{said}>{head}{ground}{picture.body}</{name}>")  # noqa: S704 - every text in it went through text_of


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
