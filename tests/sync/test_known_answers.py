"""An answer that a mapping has read before is not even opened when it comes again, and what a night finds is the same."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.kit.mapping import paging
from connectors.kit.simulator import Canned, serve
from exchange.store.demands import DemandRow
from exchange.store.sources import SourceRow
from exchange.sync.run import sync_source

SIZE = 4
_FIELDS = """
[listing]
reference = "id"
volatile = ["seen"]
ORDER

[demand]
title = "name"

[demand.buyer]
name = "office"
"""
_PAGES = f'[paging]\nkind = "page"\nparameter = "page"\nsize = {SIZE}\n'
MAPPINGS = {
    "json": f'format = "json"\nlist = "data"\n{_PAGES}total = "total"\n',
    "cursor": 'format = "json"\nlist = "data"\n[paging]\nkind = "cursor"\nparameter = "page"\ncursor = "next"\n',
    "ndjson": f'format = "ndjson"\n{_PAGES}',
    "xml": f'format = "xml"\nlist = "list/row"\n{_PAGES}',
    "csv": 'format = "csv"\n',
}


def row(code, price=1, seen="2027-01-01"):
    return {"id": f"P-{code}", "name": f"Belanja rak arsip {code} seharga {price}", "office": "Dinas Contoh", "seen": seen}


def body(form, rows, page, pages, total):
    if form == "json":
        return json.dumps({"total": total, "data": rows}).encode()
    if form == "cursor":
        return json.dumps({"data": rows, **({"next": str(page + 1)} if page < pages else {})}).encode()
    if form == "ndjson":
        return "".join(json.dumps(each) + "\n" for each in rows).encode()
    if form == "xml":
        text = "".join(f"<row>{''.join(f'<{name}>{value}</{name}>' for name, value in each.items())}</row>" for each in rows)
        return f"<list>{text}</list>".encode()
    return "".join(
        f"{each['id']},{each['name']},{each['office']},{each['seen']}\n" for each in [dict(zip(row(0), row(0), strict=True)), *rows]
    ).encode()


class Source:
    """A source of one form whose list the test sets, by a mapping."""

    def __init__(self, store, settings, script, base, form, name):
        self.store, self.settings, self.script, self.form, self.name = store, settings, script, form, name
        order = 'order = "seen"' if form == "csv" else ""
        mapping = MAPPINGS[form] + _FIELDS.replace("ORDER", order)
        options = {"url": f"{base}/{name}", "mapping": mapping}
        with store.work() as session:
            session.add(SourceRow(name=name, connector="rest", region="33.74", options=options, local=True, state="approved"))

    def pull(self, rows):
        """One run over these rows: in pages of four, but CSV in one answer."""
        parts = [rows] if self.form == "csv" else [rows[at : at + SIZE] for at in range(0, len(rows), SIZE)] or [[]]
        if self.form in ("json", "ndjson", "xml") and len(parts[-1]) == SIZE:
            parts.append([])
        for number in range(1, 20):
            answer = body(self.form, parts[number - 1], number, len(parts), len(rows)) if number <= len(parts) else b"?"
            paths = [f"/{self.name}?page={number}"] + ([f"/{self.name}"] if number == 1 else [])
            for path in paths:
                self.script[path] = [Canned(answer)]
        report = sync_source(self.store, self.settings, self.name)
        told = {
            word: getattr(report, word) for word in ("state", "fetched", "new", "changed", "unchanged", "missing", "skipped", "reasons")
        }
        with self.store.read() as session:
            shown = select(DemandRow.reference, DemandRow.title, DemandRow.state, DemandRow.missing_runs, DemandRow.version)
            told["rows"] = sorted(session.execute(shown.where(DemandRow.source.has(name=self.name))).all())
        return told

    def forget(self):
        """Lose what is known of earlier answers."""
        (self.settings.index() / "pages" / self.name).unlink(missing_ok=True)


@pytest.fixture
def source(store, settings):
    names = itertools.count()
    with serve(feeds=(), script={}) as served:
        yield lambda form: Source(store, settings, served.script, served.base, form, f"s{next(names)}")


@pytest.fixture
def opened(monkeypatch):
    """How many answers were opened."""
    seen = []
    real = paging.opened
    monkeypatch.setattr(paging, "opened", lambda *given: seen.append(1) or real(*given))
    return seen


@pytest.mark.parametrize("form", MAPPINGS)
def test_what_came_before_is_not_opened(source, opened, form):
    rows, mine = [row(code) for code in range(10)], source(form)
    assert mine.pull(rows)["new"] == 10
    opened.clear()
    again = mine.pull(rows)
    assert (again["state"], again["fetched"], again["unchanged"]) == ("complete", 10, 10)
    assert opened == []
    rows[9] = row(9, price=2)
    changed = mine.pull(rows)
    assert (changed["state"], changed["changed"], changed["unchanged"]) == ("complete", 1, 9)
    assert len(opened) == 1, "the one page that is another"


@pytest.mark.parametrize("form", ["json", "cursor", "ndjson", "xml"])
def test_what_differs_in_volatile_fields_alone_is_not_opened(source, opened, form):
    mine = source(form)
    before = mine.pull([row(code) for code in range(10)])
    opened.clear()
    for day in range(2, 5):
        again = mine.pull([row(code, seen=f"2027-01-{day:02d}") for code in range(10)])
        assert (again["state"], again["fetched"], again["unchanged"]) == ("complete", 10, 10)
        assert again["rows"] == before["rows"]
    assert opened == []
    changed = mine.pull([row(code, price=1 + (code == 3), seen="2027-01-09") for code in range(10)])
    assert (changed["changed"], changed["unchanged"]) == (1, 9)


@pytest.mark.parametrize("more", [{"price": {"seen": "PRICE"}}, {"seen": {"by": "PRICE"}}, {"note": 'said "seen":"PRICE"'}])
def test_a_field_of_that_name_that_is_not_the_rows_own_is_no_volatile_one(source, opened, more):
    """What changes inside of another member is a change, whatever its name is."""
    mine = source("json")

    def rows(price):
        told = json.loads(json.dumps(more).replace("PRICE", str(price)))
        return [row(code) | told for code in range(6)]

    mine.pull(rows(1))
    opened.clear()
    again = mine.pull(rows(2))
    assert len(opened) == 2
    assert (again["changed"], again["unchanged"]) == ((0, 6) if "seen" in more else (6, 0))


@pytest.mark.parametrize("form", MAPPINGS)
def test_a_mark_that_was_lost_costs_work_and_nothing_else(source, opened, form):
    rows, mine = [row(code) for code in range(10)], source(form)
    mine.pull(rows)
    mine.forget()
    opened.clear()
    assert mine.pull(rows)["unchanged"] == 10
    assert opened != []


_lists = st.lists(
    st.lists(st.builds(row, st.integers(0, 9), st.integers(1, 2), st.sampled_from(["2027-01-01", "2027-01-02"])), min_size=1, max_size=11),
    min_size=2,
    max_size=4,
)


@pytest.mark.parametrize("form", MAPPINGS)
@given(_lists)
@example([[row(n) for n in (9, 0, 1, 7, 0, 7, 0, 4, 1, 2, 6)], [row(n) for n in (9, 0, 0, 7, 0, 7, 0, 4, 1, 2, 6)]])
@hypothesis_settings(
    max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nights_that_know_their_answers_find_what_nights_that_know_nothing_find(source, form, nights):
    """Doubled rows within a page and between pages, rows that change, go and come back."""
    knowing, forgetful = source(form), source(form)
    for rows in [*nights, nights[-1], nights[0]]:
        forgetful.forget()
        assert knowing.pull(rows) == forgetful.pull(rows)
