"""The criteria with the text's mark in the words of both sides that met, for who is shown the words instead of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.matching.criteria.text import Text
from exchange.matching.discovery import criteria as all_criteria
from exchange.matching.engine import Criterion, Mark, Match, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer


class _Words(Text):
    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        return super().mark(need, offer, met)._replace(offer=met.offered)


def worded(criteria: Sequence[Criterion] | None = None) -> tuple[Criterion, ...]:
    """The criteria (None: all that are installed), of which the text's says in `offer` which name or keyword of the product met."""
    return tuple(_Words() if one.name == Text.name else one for one in criteria or all_criteria())


def words_met(match: Match) -> tuple[str, str]:
    """What of the demand and what of the product met, as each wrote it; wants marks of `worded` criteria."""
    mark = next(mark for mark in match.marks if mark.criterion == Text.name)
    return mark.need or "", mark.offer or ""
