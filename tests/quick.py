"""
What a process of tests may keep from one test to the next: work whose outcome depends on the code alone and not on any test.

Each test has its own database, its own engine and its own app. To compile the same statements, addresses and pages for each of them
anew took more than half of the suite's time.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from exchange.store import base


class Pages(BytecodeCache):
    """What Jinja made of a template's text; a template of another text is another one."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


def _addresses() -> None:
    """Keep the functions that Werkzeug compiles to build a route's addresses: they take all but the route's text from the route."""
    kept: dict[Any, Callable[..., tuple[str, str]]] = {}
    compiled = Rule._compile_builder

    def builder(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (tuple(self._trace), repr(sorted((self.defaults or {}).items())), tuple(sorted(self.arguments)), append_unknown)
        if key not in kept:
            kept[key] = compiled(self, append_unknown)
        return kept[key]

    Rule._compile_builder = builder  # type: ignore[method-assign]


class Statements:
    """
    What SQLAlchemy compiled, for all engines of one kind of database.

    It keeps a compiled statement by the statement and the dialect that it was compiled for, so they share a dialect too: the one of an
    engine that has been connected, for it is on its first connection that a dialect learns what the server can.
    """

    def __init__(self) -> None:
        self._dialects: dict[str, Any] = {}
        self._kept: LRUCache[Any, Any] = LRUCache(4_000)

    def learn(self, engine: Engine) -> None:
        """Let later engines of this one's kind share its dialect; it must have been connected."""
        self._dialects.setdefault(engine.dialect.name, engine.dialect)

    def install(self) -> None:
        """Let each store take part from now on."""
        create = base.create_engine

        def made(*words: Any, **more: Any) -> Engine:
            engine = create(*words, **more)
            if dialect := self._dialects.get(engine.dialect.name):
                engine.dialect = engine.pool._dialect = dialect
                engine._compiled_cache = self._kept
            return engine

        base.create_engine = made


STATEMENTS = Statements()


def install() -> None:
    """Keep from now on."""
    Flask.jinja_options = {"bytecode_cache": Pages()}
    _addresses()
    STATEMENTS.install()


def leave_alone() -> None:
    """Keep the collector of circles from looking through all tests and all code again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
