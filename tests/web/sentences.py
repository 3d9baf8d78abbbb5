"""
The Indonesian sentences that rooms below the pages make, found in the code: each with `{1}`, `{2}` for what is put in.

Rooms that no page shows are left out: what commands, machines, letters and reports say stays Indonesian.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from connectors.kit.sheet.columns import MEMBERS

ROOT = Path(__file__).resolve().parents[2]
# What is said on the command line, to machines, to developers, or in papers that stay Indonesian by law.
BESIDE = (
    *("exchange/api", "exchange/cli", "exchange/demo", "exchange/web", "exchange/settings.py", "exchange/log.py", "exchange/app.py"),
    *("exchange/publish", "exchange/store/migrations", "exchange/store/migrate.py", "exchange/executor.py"),
    *("exchange/reports/letters", "exchange/reports/parts.py", "exchange/reports/docx", "exchange/reports/book.py"),
    *(
        "exchange/reports/export_words.py",
        "exchange/reports/exporting.py",
        "exchange/reports/headings.py",
        "exchange/reports/match_rows.py",
        "exchange/reports/blank_book.py",
        "exchange/reports/emblem.py",
        "exchange/reports/period_paper.py",
    ),
    *(
        "exchange/reports/report",
        "exchange/reports/typst",
        "exchange/jobs/letters.py",
        "exchange/jobs/mail.py",
        "exchange/jobs/account_letters.py",
        "exchange/jobs/inbox_letters.py",
    ),
    *("exchange/matching/evaluate.py", "exchange/matching/models.py", "exchange/matching/purchases.py", "exchange/matching/learn"),
    *("exchange/matching/reasons.py", "exchange/matching/class_words.py", "exchange/matching/phrases.py", "exchange/reports/words.py"),
    # words that columns and cells are read by, and what is written into the workbooks that are given back
    *(f"exchange/catalogue/{name}.py" for name in ("columns", "marked", "mended", "training")),
    *("connectors/kit/hostile", "connectors/kit/simulator", "connectors/kit/sample.py", "connectors/kit/sheet/columns.py"),
    *(f"connectors/kit/mapping/{name}.py" for name in ("compiling", "demand", "expressions", "fields", "mapping", "shape")),
    *(f"schemas/{name}.py" for name in ("agreement", "examples", "oauth", "plugins", "product", "ubl", "wire", "reading/searching")),
    *(f"exchange/reports/case_{name}.py" for name in ("blanks", "defaults", "facts", "parts", "view")),
    *("exchange/catalogue/training.py", "exchange/store/match_tally.py", "exchange/reports/price_annex.py"),
)
# Words that no English sentence holds; one of them makes a text with a blank in it an Indonesian sentence.
WORDS = frozenset((Path(__file__).parent / "indonesian.txt").read_text(encoding="utf-8").split())
_NOT_SAID = re.compile(r"\\b|\(\?|\\d|\\s|^[A-Z]+ .*\b(?:SELECT|FROM|WHERE)\b")

_WORD_LIST = re.compile(r"[a-z ]*\b(?:open|closed|cancelled|planned)\b[a-z ]*")  # words of two languages by which a column is read


class Sentence(NamedTuple):
    """One sentence: where it stands first, and what is put into its places."""

    text: str
    place: str
    values: tuple[str, ...]

    @property
    def area(self) -> str:
        """The catalogue that a translator would look for it in: the room's name."""
        first, second = self.place.split(":")[0].split("/")[:2]
        return second.removesuffix(".py") if first == "exchange" else first

    def entry(self) -> str:
        """The entry that is to be added, without its translation."""
        said = "".join(f"#. {{{number}}}: {value}\n" for number, value in enumerate(self.values, 1))
        text = self.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{said}#: {self.place}\nmsgid "{text}"\nmsgstr ""\n'


def is_said(literal: str) -> bool:
    """Whether a text is an Indonesian sentence, or a part of one."""
    if " " not in literal.strip() or _NOT_SAID.search(literal) or _WORD_LIST.fullmatch(literal):
        return False
    return any(word in WORDS for word in re.findall(r"[a-z]+", literal.lower()))


def _docs(tree: ast.AST) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}


def _inside(tree: ast.AST) -> set[int]:
    """The literal parts of f-strings, which are no texts of their own."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found |= {id(part) for part in node.values}
            specs = [part.format_spec for part in node.values if isinstance(part, ast.FormattedValue) and part.format_spec]
            found |= {id(inner) for spec in specs for inner in ast.walk(spec)}
    return found


def of_format(text: str) -> str:
    """A text that `str.format` fills, as a sentence with numbered places; any other text as it is."""
    count = 0

    def place(_found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"{{{count}}}"

    return re.sub(r"\{[a-z_]*(?::[^{}]*)?\}", place, text)


def of_f_string(node: ast.JoinedStr) -> tuple[str, tuple[str, ...]]:
    """An f-string as a sentence with numbered places, and the expressions that fill them."""
    said, values = "", []
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            values.append(ast.unparse(part.value))
            said += f"{{{len(values)}}}"
    return said, tuple(values)


def literals(path: Path) -> Iterator[Sentence]:
    """Every text of a module, but for its docstrings and names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = _docs(tree) | _inside(tree)
    place = str(path.relative_to(ROOT))
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            said, values = of_f_string(node)
            yield Sentence(said, f"{place}:{node.lineno}", values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Sentence(of_format(node.value), f"{place}:{node.lineno}", ())


def _of_tables() -> Iterator[Sentence]:
    """The labels, articles and choices of the agreement table; what a column of a table can be for, as settings of a source say it."""
    yield from (Sentence(text, "connectors/kit/sheet/columns.py:1", ()) for text in MEMBERS.values())
    for path in sorted((ROOT / "exchange/agreements/data").glob("*.toml")):
        place = str(path.relative_to(ROOT))
        for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield Sentence(text, f"{place}:1", ())


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, str) and name in {"label", "article", "says", "mend", "help"}:
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def modules() -> Iterator[Path]:
    """The modules whose sentences pages may show."""
    for top in ("exchange", "connectors", "schemas"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(BESIDE):
                yield path


@cache
def everything() -> frozenset[str]:
    """Every text of those modules, of one word too: what a catalogue may hold."""
    return frozenset(each.text for path in modules() for each in literals(path)) | frozenset(each.text for each in _of_tables())


@cache
def sentences() -> dict[str, Sentence]:
    """What a catalogue must hold."""
    found: dict[str, Sentence] = {}
    for path in modules():
        for each in literals(path):
            if is_said(each.text):
                found.setdefault(each.text, each)
    for each in _of_tables():
        found.setdefault(each.text, each)
    return found
