"""The addresses of the lists behind figures of matches, cases and trade: each holds what the figure counts, by the figure's own filters."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import url_for

from exchange.store.figures import FigureFilter


def matches_behind(figures: FigureFilter, **more: str | None) -> str:
    """
    The list of just those matches that a figure counts; more: what narrows it besides, by the list's own filters.

    The figure is of the last count, the list of now: what was taken back since is not on it, what was matched since is.
    """
    return _address("web_matches.inbox", _its(figures) | {"status": "semua", "sekali": "ya"} | more)


def deals_behind(figures: FigureFilter, **more: str | None) -> str:
    """The list of the deals of which something came as a figure counts it; more: as `matches_behind` takes it."""
    return _address("web_trade.listing", _its(figures) | {"diterima": "ya"} | more)


def cases_behind(figures: FigureFilter, **more: str | None) -> str:
    """The list of the cases that cover trade in the months that a figure is of, whatever its sector; more: as `matches_behind` takes it."""
    return _address("web_agreements.board", _its(figures) | {"sektor": None, "berlaku": "ya"} | more)


def stage_behind(figures: FigureFilter, stage: str) -> str:
    """The list of the cases at a stage, with the region that a figure is of."""
    return _address("web_agreements.board", {"daerah": figures.region, "tahap": stage})


def _its(figures: FigureFilter) -> dict[str, str | None]:
    return {"daerah": figures.region, "sektor": figures.sector, "dari": figures.first, "sampai": figures.last}


def _address(endpoint: str, its: dict[str, str | None]) -> str:
    return f"{url_for(endpoint)}?{urlencode({name: value for name, value in its.items() if value})}"
