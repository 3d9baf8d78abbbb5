"""A kind of paper: the facts it wants, and the blocks that it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from exchange.errors import Conflict
from exchange.reports import words
from exchange.reports.blocks import Block, Paper
from exchange.reports.docx import docx
from exchange.reports.filling import Filling
from exchange.reports.pdf import pdf
from exchange.reports.texts import clean

_JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a paper is made from: the case, its version, and when (with a zone); the same origin and facts give the same file."""

    case: str
    version: str
    made_at: datetime

    def __post_init__(self) -> None:
        if self.made_at.tzinfo is None:
            raise ValueError("made_at needs a zone")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The ground of all facts. What is not known stays None or empty."""

    origin: Origin

    @property
    def author(self) -> str:
        """Whose paper it is, for the file's properties."""
        return ""


F = TypeVar("F", bound=Facts)


@dataclass(frozen=True)
class Kind(Generic[F]):
    """One kind of paper. title: its Indonesian name. facts: the dataclass that `blocks` takes."""

    name: str
    title: str
    facts: type[F]
    blocks: Callable[[F, Filling], Iterable[Block]]

    def missing(self, facts: F) -> list[str]:
        """What the paper lacks before it may be final, in Indonesian, in the order in which it is needed."""
        return self._filled(facts, draft=True)[1]

    def draft_docx(self, facts: F) -> bytes:
        """A draft for Word: blanks for what is missing, the watermark, remarks as comments."""
        return docx(self._filled(facts, draft=True)[0])

    def draft_pdf(self, facts: F) -> bytes:
        """The same draft as a PDF to look at."""
        return pdf(self._filled(facts, draft=True)[0])

    def final_pdf(self, facts: F) -> bytes:
        """
        The paper as it is signed, PDF/A-2b.

        Raises:
            Conflict: something is missing; `missing` lists it.
        """
        paper, missing = self._filled(facts, draft=False)
        if missing:
            raise Conflict(
                f"{self.title} belum dapat dijadikan naskah akhir: {len(missing)} hal belum ada, yaitu {'; '.join(missing)}.",
                mend="Lengkapi hal yang disebut, lalu buat lagi; rancangannya dapat dibuat sekarang.",
                missing=missing,
            )
        return pdf(paper)

    def _filled(self, facts: F, *, draft: bool) -> tuple[Paper, list[str]]:
        fill = Filling()
        blocks = tuple(self.blocks(facts, fill))
        paper = Paper(
            title=self.title, author=clean(facts.author), blocks=blocks, made_at=facts.origin.made_at, draft=draft,
            made_from=_made_from(facts.origin, fill.missing) if draft else "",
        )  # fmt: skip
        return paper, fill.missing


def _made_from(origin: Origin, missing: list[str]) -> str:
    local = origin.made_at.astimezone(_JAKARTA)
    lack = f" Belum ada: {'; '.join(missing)}." if missing else ""
    return (
        f"Rancangan, bukan naskah resmi. Disusun dari kasus {clean(origin.case)} versi {clean(origin.version)} "
        f"pada {words.day(local.date())} pukul {local:%H.%M} WIB.{lack}"
    )


AnyKind = Kind[Any]
