"""Partner endpoints on loopback and the real guarded way out to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import pytest

from connectors.kit import AnswerMeta, Fetch, Limits
from connectors.kit.simulator import Canned, Served, serve

RECORDINGS = Path(__file__).parent / "recordings"


@dataclass
class Archive:
    """Keeps answers in memory by their digest, as the exchange keeps them on disk."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    metas: list[AnswerMeta] = field(default_factory=list)

    def keep(self, body: bytes, meta: AnswerMeta) -> str:
        digest = blake2b(body, digest_size=32).hexdigest()
        self.bodies[digest] = body
        self.metas.append(meta)
        return digest


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def partner() -> Iterator[Callable[..., Served]]:
    """Starts a server that answers from a script, `path=[answers]`."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(serve(feeds=(), script=script))


@pytest.fixture
def fetching(archive: Archive) -> Iterator[Callable[..., Fetch]]:
    """A guarded fetch that may ask the given addresses, loopback too; it pauses in no time."""
    with ExitStack() as stack:

        def make(*approved: str, **more: object) -> Fetch:
            more.setdefault("local", True)
            more.setdefault("sleep", lambda seconds: None)
            more.setdefault("limits", Limits(tries=1, total=10.0))
            return stack.enter_context(Fetch(archive.keep, approved, **more))

        yield make


def recording(name: str) -> Canned:
    """A recorded answer as it goes over the wire."""
    return Canned((RECORDINGS / name).read_bytes(), headers={"Content-Type": "application/json"})
