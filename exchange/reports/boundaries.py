"""Boundaries that were read from a file are kept in the place of those before, on record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exchange.reports.charts.borders import Read
from exchange.store.audit import audit
from exchange.store.boundaries import replace_boundaries

_MOST_NAMED = 50


def keep_boundaries(session: Session, found: Read, name: str, actor: str) -> None:
    """Keep what a file of that name had, for its level."""
    replace_boundaries(session, found.level, found.outlines, name[:200], actor)
    audit(
        session, actor, "boundaries_imported", "boundary", found.level, file=name[:200], count=len(found.outlines),
        unmatched=found.unmatched[:_MOST_NAMED], missing=found.missing[:_MOST_NAMED],
    )  # fmt: skip


def drop_boundaries(session: Session, level: str, actor: str) -> None:
    """Take the boundaries of a level away."""
    replace_boundaries(session, level, [], "", actor)
    audit(session, actor, "boundaries_removed", "boundary", level)
