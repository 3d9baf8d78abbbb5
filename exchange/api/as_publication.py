"""The list of products in another media type: the whole publication of the caller's tier, never a part of one."""

from __future__ import annotations

from flask import Response, request

from exchange.access.callers import Reader
from exchange.api import negotiation
from exchange.api.answers import JSON
from exchange.api.publications import answer

# what the list itself hangs on, a publication in its place does too
_VARY = ("Cookie", "Authorization")


def negotiated(reader: Reader) -> Response | None:
    """
    The publication that Accept asks for in place of the list; None where the list is wanted.

    A partner gets the one that is made out to it; who reads in the scope of a contract, with what that opens.

    Raises:
        NoSuchRepresentation: no such media type; or there are filters, pages or a limit, which a publication does not know.
    """
    chosen = None if request.args and negotiation.quality(JSON) else negotiation.format_wanted(JSON)
    if chosen is None:
        return None
    if request.args:
        given = ", ".join(sorted(request.args))[:200]
        mend = f"Dengan saringan hanya ada {JSON}. Hapus {given} untuk seluruh katalog sebagai {chosen.media_type}."
        negotiation.refuse([JSON], mend)
    return answer(chosen.name, reader.stage, vary=_VARY, location=True)
