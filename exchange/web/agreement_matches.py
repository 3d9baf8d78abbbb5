"""The matches under a case as a step's form says them: those that stay ticked, and further ones by their numbers."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.store.agreement_board import matches_by_ids
from exchange.store.agreements import AgreementRow, matches_of_case
from exchange.web.agreement_forms import Sent
from exchange.web.shown import region as region_name


def read_matches(session: Session, sent: Sent, row: AgreementRow) -> list[tuple[str, str]] | None:
    """
    All matches that the case shall have, (demand, product) by public name; None where the form says nothing of them.

    Raises:
        BadRequest: a number that is none, that was refused or withdrawn, or that is not of the case's region; it stands in `sent.errors`.
    """
    form = sent.form
    if "kecocokan-ada" not in form:
        return None
    ticked = set(form.getlist("kecocokan"))
    kept = [(one.demand, one.product) for one in matches_of_case(session, row.id) if f"{one.demand}:{one.product}" in ticked]
    words = [word for word in re.split(r"[\s,;]+", form.get("kecocokan-baru", "")) if word]
    numbers = [int(word) for word in words if re.fullmatch("[0-9]{1,18}", word)]
    found = {one.match_id: one for one in matches_by_ids(session, numbers)} if numbers else {}
    for word in words:
        one = found.get(int(word)) if re.fullmatch("[0-9]{1,18}", word) else None
        if one is None:
            sent.wrong("kecocokan", _("Kecocokan %(word)s tidak ada, atau sudah ditolak atau dicabut.", word=word[:20]))
        elif row.region and one.wanted is not None and one.wanted.region != row.region:
            sent.wrong("kecocokan", _("Kecocokan %(word)s bukan dari %(place)s.", word=word, place=region_name(row.region)))
        else:
            kept.append((one.demand, one.product))
    if "kecocokan" in sent.errors:
        raise BadRequest(_("Ada kecocokan yang tidak dapat dipakai; tidak ada yang berubah."), mend=_("Perbaiki nomornya."))
    return list(dict.fromkeys(kept))
