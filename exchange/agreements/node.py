"""What a node decides cases by: its rule table, its policy where the law gives no number, its region and the regions on its border."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.agreements.case import Policy
from exchange.agreements.papers import Papers
from exchange.agreements.rules import Rules, rules_of
from exchange.settings import Settings


@dataclass(frozen=True, slots=True)
class Node:
    """home, borders: Kemendagri codes; papers: where the files of cases lie."""

    rules: Rules
    policy: Policy
    home: str
    papers: Papers
    borders: frozenset[str] = frozenset()


def node_of(settings: Settings) -> Node:
    """
    By the settings of this process.

    Raises:
        SettingWrong: the node's own rules cannot be read.
    """
    return Node(
        rules_of(settings.agreement_rules),
        Policy(most_years=settings.agreement_years),
        settings.home_region,
        Papers(settings.data_dir / "agreements"),
        settings.borders,
    )
