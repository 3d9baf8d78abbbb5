"""Staff and the nightly run at the same time, on both databases: nothing decided is undone, nothing breaks."""

from __future__ import annotations

import threading

import pytest

from exchange.demo.prepare import load_catalogue
from exchange.jobs.pulling import sync_all
from exchange.matching import run as module
from exchange.matching.decide import decide
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.matches import MatchFilter, MatchRow, count_matches, list_matches
from exchange.store.sources import SourceRow


@pytest.fixture
def matched(store: Store, settings: Settings) -> Store:
    """The sample catalogue matched with one simulated partner's demand."""
    from connectors.kit.simulator import FEEDS, serve

    load_catalogue(store, settings)
    with serve() as served:
        feed = FEEDS[0]
        with store.work() as session:
            options = {"url": served.urls[feed.name]}
            session.add(
                SourceRow(name=feed.name, connector=feed.connector, region=feed.region, options=options, local=True, state="approved")
            )
        sync_all(store, settings, [feed.name])
    rematch(store, home_region="36.72")
    return store


def test_what_staff_decide_while_everything_is_matched_again_stays_decided(matched: Store, monkeypatch):
    with matched.read() as session:
        row = list_matches(session, MatchFilter(), limit=1)[0]
    real = module.match_part

    def meanwhile(*args):
        found = real(*args)
        with matched.work() as session:
            fresh = session.get(MatchRow, row.id)
            if fresh.state == "proposed":
                decide(session, row.id, fresh.version, "accepted", None, None, "siti")
        return [one._replace(rows=()) for one in found]  # the engine itself would take everything back

    monkeypatch.setattr(module, "match_part", meanwhile)
    rematch(matched, home_region="36.72", full=True)
    with matched.read() as session:
        assert session.get(MatchRow, row.id).state == "accepted"


def test_two_rematches_at_once_end_as_one_does(matched: Store):
    with matched.read() as session:
        before = count_matches(session, MatchFilter())
    wrong: list[BaseException] = []

    def again() -> None:
        try:
            rematch(matched, home_region="36.72", full=True)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=again) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    with matched.read() as session:
        assert count_matches(session, MatchFilter()) == before
