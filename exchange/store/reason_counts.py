"""How many rejected matches have each reason, of what the other filters of a list leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Select, func, literal, select, union_all

from exchange.store.matches import MatchFilter, MatchRow, narrowed_matches, states_of

# of each reason no more than the newest so many matches are looked at
MOST_REASONED: Final = 2_000


def reason_parts(want: MatchFilter, codes: Iterable[str]) -> list[Select[Any]]:
    """
    Two questions, to be asked beside others: ("seen", code, "", number) of the newest matches of each reason, one more than
    `MOST_REASONED` at most, and ("reason", code, "", number) of those of them that the filter leaves.

    want: without the reason that the reader may have chosen.
    """
    newest = [
        select(select(MatchRow.id, literal(code).label("code")).where(MatchRow.reason_code == code, MatchRow.reason_code.is_not(None))
               .order_by(MatchRow.id.desc()).limit(MOST_REASONED + 1).subquery())
        for code in codes
    ]  # fmt: skip
    some = union_all(*newest).cte("reasoned")
    seen = select(literal("seen"), some.c.code, literal(""), func.count()).group_by(some.c.code)
    few = replace(want, led=MatchRow.id.in_(select(some.c.id)))
    left = select(literal("reason"), MatchRow.reason_code, literal(""), func.count()).select_from(MatchRow)
    return [seen, narrowed_matches(left, few, states_of(few)).group_by(MatchRow.reason_code)]
