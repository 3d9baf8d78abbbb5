"""One answer of a source, as it came, and the facts about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True)
class AnswerMeta:
    """
    What is kept beside the bytes of an answer.

    address: masked. sent: bytes over the wire; declared: Content-Length, None where none was said;
    whole: whether the transfer reached its end within the bounds. request: a digest of what was asked (`request_digest`), by which the
    answer can be found again without keeping an address that may be a credential.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    sent: int
    declared: int | None
    whole: bool
    request: str = ""


def request_digest(url: str, accept: str) -> str:
    """BLAKE2b-256 of an address and the kind of answer wanted, in hex."""
    return blake2b(f"{accept}\n{url}".encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


Keep = Callable[[bytes, AnswerMeta], str]
"""Keeps the bytes of an answer before anything reads them and returns their digest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole, successful answer. `body` is unpacked; `digest` names it in the archive; `address` is masked."""

    body: bytes = field(repr=False)
    meta: AnswerMeta
    digest: str

    @property
    def address(self) -> str:
        """Where it came from, masked."""
        return self.meta.address

    @property
    def length_agrees(self) -> bool | None:
        """Whether as many bytes came as the headers said; None where they say nothing."""
        return None if self.meta.declared is None else self.meta.declared == self.meta.sent


@dataclass(slots=True)
class RunFacts:
    """
    What a run has seen so far, for the judgement of its completeness and for the ledger.

    lengths_agree, last_page, total: None where the source gives no such sign. `total` is the source's own count.
    superseded: listings that another one of the same reference in the same answer replaced. notes: what staff should know of how the
    source was read, Indonesian, a sentence each. cursor: where the next run goes on, of a source that tells what changed, once that is
    read to its end; changes_only: the listings are what changed and not all that there is.
    """

    requests: int = 0
    answers: int = 0
    bytes_sent: int = 0
    bytes_expanded: int = 0
    lengths_agree: bool | None = None
    last_page: bool | None = None
    total: int | None = None
    superseded: int = 0
    notes: list[str] = field(default_factory=list)
    cursor: str | None = None
    changes_only: bool = False

    def saw(self, answer: Answer) -> None:
        """Count one whole answer."""
        self.answers += 1
        agrees = answer.length_agrees
        if agrees is not None:
            self.lengths_agree = agrees and self.lengths_agree is not False


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """
    An answer that came before, but for volatile fields, and whose listings all stand as it says.

    rows: its listings and the ones that were skipped. superseded: rows beside them that others of the same reference replaced. around:
    what was read of the answer beside its rows. references: of its listings, none twice, as they are kept.
    """

    rows: int
    superseded: int
    around: Mapping[str, Any]
    references: Sequence[str] = ()


Recall = Callable[[str], Answer | None]
"""Gives the answer that a run which was broken off has already, by its `request_digest`; None where it has to be asked for."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """
    An answer of an earlier run that a source may say is still its own: its validators (RFC 9110, section 13), and how to have it.

    take: gives the answer once the source has said so (304), after writing down that it did.
    """

    etag: str | None
    last_modified: str | None
    take: Callable[[], Answer]

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the answer only if it is another by now."""
        if self.etag is not None:
            return {"If-None-Match": self.etag}
        return {} if self.last_modified is None else {"If-Modified-Since": self.last_modified}
