"""Which model gave a match its score, in words: what it learned from and since when it was in use; its code is for small print."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.matching.probability import shipped_versions
from exchange.store.audit import last_act
from exchange.store.matches import MatchRow
from exchange.web.shown import moment


class ModelTold(NamedTuple):
    """
    said: when the match was found, and that this model scored it; since: when it came into use, None where that is not on record;
    code: its name.
    """

    said: str
    since: datetime | None
    code: str


def model_told(session: Session, row: MatchRow) -> ModelTold:
    """
    The model of a match, by one indexed statement; a match names it with the edition of the word tables behind a full stop.

    A match that was scored anew keeps the time when it was found, so the two are told apart.
    """
    version = row.model.rpartition(".")[0] or row.model
    act = last_act(session, "model.use", "model", version, row.updated_at)
    at = moment(row.made_at)
    if "+staf-" in version:
        said = _("Ditemukan %(at)s; dinilai oleh model yang belajar dari keputusan petugas", at=at)
    elif version in shipped_versions():
        said = _("Ditemukan %(at)s; dinilai oleh model bawaan layanan ini", at=at)
    else:
        said = _("Ditemukan %(at)s; dinilai oleh model terdahulu, yang tidak terpasang lagi", at=at)
    return ModelTold(str(said), act.at if act else None, row.model)
