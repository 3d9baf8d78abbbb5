"""The sources of demand: who they are, whether a person approved them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime

# answers; does not answer of late; has not answered for so long that it is asked seldom, and its data are shown as the last good ones
HEALTH = ("good", "failing", "lapsed")


class SourceRow(Row):
    """
    One endpoint of a region, read by one connector. No demand is taken before the state is `approved`;
    a look at it (`check`, `preview`) only archives the answer.

    options: the connector's settings; its address may itself be a credential and is never shown whole.
    local: the only sources that may answer from this machine. public: the owner lets its demand be shown to all.
    health: one of `HEALTH`; failures: nights in a row without any list; last_good_at: the last run that brought one;
    next_try_at: no nightly run asks it before. linked_at: until when the changes of its demands were looked at for links.
    cursor: of a source that tells what changed, how far its changes are kept here and what read them (`cursor`, `version`); None where its
    whole list is asked for.
    upload_key: of a source without an address, the number that links to it must bear; None where it has one. upload: the file that its
    runs read (`digest`, `kind`, `at`, `label`), None before the first was sent.
    accepted: what a person took for the new normal of its lists, by measure, each with the run that showed it (`sync/yardstick.py`).
    """

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    connector: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(10))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    local: Mapped[bool] = mapped_column(default=False)
    public: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="pending")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    health: Mapped[str] = mapped_column(String(10), default="good", server_default="good")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    last_good_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cursor: Mapped[dict[str, Any] | None]
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    upload_key: Mapped[int | None]
    upload: Mapped[dict[str, Any] | None]
    accepted: Mapped[dict[str, Any] | None]

    @property
    def awaits_file(self) -> bool:
        """Whether it is fed by a link and nothing was sent yet: there is nothing to read."""
        return self.upload_key is not None and self.upload is None


def does_not_answer(source: SourceRow) -> bool:
    """Whether an approved source brought no list in its last nights."""
    return source.state == "approved" and source.health != "good"


def source_by_name(session: Session, name: str) -> SourceRow | None:
    """The source of that name."""
    return session.scalars(select(SourceRow).where(SourceRow.name == name)).first()


def all_sources(session: Session, state: str | None = None) -> list[SourceRow]:
    """All sources by name, or those in one state."""
    query = select(SourceRow).order_by(SourceRow.name)
    return list(session.scalars(query.where(SourceRow.state == state) if state else query))
