"""A short catalogue ends no region's supply: what it no longer names is held, as demands are, and more than usual waits for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned, serve
from exchange.errors import Conflict
from exchange.jobs.needs import needs_of
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.sync.offers import CHANGED, GONE, SAME
from exchange.sync.release import release
from exchange.sync.run import sync_source

from .conftest import counts  # isort: skip

RECORDED = (Path(__file__).parents[1] / "connectors" / "recordings" / "ubl" / "katalog" / "katalog.xml").read_text("utf-8")
HEAD = RECORDED[: RECORDED.index("  <cac:CatalogueLine>")]
BEGUN = utcnow()


def catalogue(codes, deleted=()):
    lines = (
        f"<cac:CatalogueLine><cbc:ID>{n}</cbc:ID>{'<cbc:ActionCode>Delete</cbc:ActionCode>' if n in deleted else ''}"
        f"<cac:Item><cbc:Name>Meja {n}</cbc:Name></cac:Item></cac:CatalogueLine>"
        for n in codes
    )
    return Canned((HEAD + "".join(lines) + "</Catalogue>").encode())


class Region:
    """A source `tegal` that answers catalogues, day by day."""

    def __init__(self, store, settings, served):
        self.store, self.settings, self.served, self.day = store, settings, served, 0

    def pull(self, answer, days=1):
        self.served.script["/k.xml"] = [answer]
        self.day += days
        return sync_source(self.store, self.settings, "tegal", clock=lambda: BEGUN + timedelta(days=self.day))

    def held(self):
        return {sku: why for sku, (state, why, _version) in self.kept().items() if state == "live" and why}

    def states(self, *codes):
        return {self.kept()[str(code)][0] for code in codes}

    def kept(self):
        with self.store.read() as session:
            return {row.sku: (row.state, row.held_why, row.version) for row in session.scalars(select(SupplyRow))}


@pytest.fixture
def tegal(store, settings):
    with serve(feeds=(), script={"/k.xml": [Canned(b"")]}) as served:
        with store.work() as session:
            options = {"url": f"{served.base}/k.xml"}
            session.add(SourceRow(name="tegal", connector="ubl", region="33.76", options=options, local=True, state="approved"))
        region = Region(store, settings, served)
        assert region.pull(catalogue(range(40))).state == "complete"
        yield region


def test_a_few_that_go_are_let_go_by_the_second_complete_list_a_day_later(tegal):
    left = catalogue(range(5, 40))
    first = tegal.pull(left)
    assert (counts(first), first.undecided, first.needs_a_person) == ({"fetched": 35, "skipped": 35}, 0, False)
    assert first.notes == [
        "5 dari 40 barang yang ditawarkan tidak lagi disebut, menunggu: belum cukup pengambilan lengkap"
        " atau belum cukup lama tidak disebut."
    ]
    assert tegal.held() == {str(code): "grace" for code in range(5)}
    tegal.pull(left, days=0.9)
    assert tegal.states(*range(5)) == {"live"}, "not a day yet"
    tegal.pull(left, days=0.2)
    assert (tegal.states(*range(5)), tegal.states(*range(5, 40)), tegal.held()) == ({"missing"}, {"live"}, {})


def test_more_than_usual_at_once_wait_for_a_person_however_many_nights_pass(tegal):
    short = catalogue(range(10, 40))
    for _ in range(5):
        report = tegal.pull(short)
        assert (report.state, report.undecided, report.undecided_offers, report.withdrawn) == ("complete", 10, 10, 0)
    assert report.needs_a_person
    (need,) = needs_of(report)
    assert need.what == "10 barang yang ditawarkan tidak disebut lagi, lebih banyak dari batas yang wajar, dan menunggu keputusan."
    assert "exchange source release tegal" in report.notes[0]
    assert tegal.states(*range(40)) == {"live"}
    with pytest.raises(Conflict, match="sekarang 10, bukan 9"):
        release(tegal.store, "tegal", "sari", "36.72", expected=9)
    assert release(tegal.store, "tegal", "sari", "36.72", expected=10) == {
        "source": "tegal", "withdrawn": 0, "kept": 0, "held": 0, "offers": 10
    }  # fmt: skip
    assert (tegal.states(*range(10)), tegal.states(*range(10, 40))) == ({"missing"}, {"live"})
    with tegal.store.read() as session:
        assert history(session, "source", "tegal")[0].facts == {"withdrawn": 0, "kept": 0, "offers": 10}
    assert tegal.pull(short).undecided == 0


def test_what_a_person_keeps_stays_and_is_asked_about_no_more(tegal):
    short = catalogue(range(10, 40))
    tegal.pull(short)
    assert release(tegal.store, "tegal", "sari", "36.72", refuse=True)["offers"] == 10
    report = tegal.pull(short, days=200)
    assert (report.undecided, report.needs_a_person, tegal.states(*range(40))) == (0, False, {"live"})
    assert "dipertahankan" in report.notes[0]


def test_what_is_named_again_is_held_no_longer_and_is_the_same(tegal):
    tegal.pull(catalogue(range(10, 40)))
    report = tegal.pull(catalogue(range(40)))
    assert (dict(report.skips), tegal.held()) == ({SAME: 40}, {})
    assert {version for _state, _why, version in tegal.kept().values()} == {1}
    for _ in range(3):
        tegal.pull(catalogue(range(2, 40)))
    assert tegal.states(0, 1) == {"missing"}
    assert dict(tegal.pull(catalogue(range(40))).skips) == {SAME: 38, CHANGED: 2}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (catalogue(range(20)), "unproven"),
        (catalogue([]), "unproven"),
        (Canned(b"<!DOCTYPE html><title>x</title>"), "failed"),
        (Canned(b""), "failed"),
    ],
)
def test_a_list_that_is_not_proved_whole_counts_for_nothing(tegal, answer, state):
    for _ in range(3):
        assert tegal.pull(answer).state == state
    assert (tegal.states(*range(40)), tegal.held()) == ({"live"}, {})


def test_a_few_that_are_deleted_go_at_once_and_many_are_held(tegal):
    report = tegal.pull(catalogue(range(40), deleted=range(5)))
    assert (dict(report.skips), report.undecided) == ({SAME: 35, GONE: 5}, 0)
    assert (tegal.states(*range(5)), tegal.kept()["0"][2]) == ({"withdrawn"}, 2)
    report = tegal.pull(catalogue(range(40), deleted=range(20)))
    assert (report.undecided_offers, tegal.states(*range(5, 40))) == (15, {"live"})
    assert "dicabut sumbernya sekaligus" in report.notes[0]
    assert release(tegal.store, "tegal", "sari", "36.72")["offers"] == 15


def test_what_a_doubtful_list_deletes_is_not_taken_back(tegal):
    assert tegal.pull(catalogue(range(3), deleted=[0])).state == "unproven"
    assert tegal.states(*range(40)) == {"live"}


def test_what_another_node_no_longer_offers_is_held_where_it_is_much_and_its_demands_are_counted_apart(a, b):
    for number in range(8):
        a.put(number)
    a.offer(*(f"LGM-{n:02}" for n in range(10)))
    b.pull()
    for n in range(7):
        a.no_longer_offer(f"LGM-{n:02}")
    a.take_back(*range(6))
    report = b.pull()
    assert (report.state, report.missing, report.held, report.withdrawn) == ("complete", 6, 6, 0)
    assert (report.undecided, report.undecided_offers) == (13, 7)
    assert "6 permintaan dan 7 barang yang ditawarkan" in needs_of(report)[0].what
    assert len(b.supply()) == 10
    told = release(b.store, "semarang", "sari", "36.72", expected=13)
    assert (told["withdrawn"], told["offers"]) == (6, 7)
    assert sorted(b.supply()) == ["LGM-07", "LGM-08", "LGM-09"]
