"""The source that an address or a form names, for all pages of sources."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.errors import NotFound
from exchange.store.sources import SourceRow, source_by_name


def no_source(name: str) -> NotFound:
    """The refusal where no source has that name."""
    return NotFound(_("Sumber %(name)s tidak ada.", name=name), mend=_("Pilih dari daftar sumber."))


def source_named(session: Session, name: str) -> SourceRow:
    """The source of that name; raises NotFound where there is none."""
    source = source_by_name(session, name)
    if source is None:
        raise no_source(name)
    return source
