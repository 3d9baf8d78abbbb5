"""Pages that repeat, turn in circles, never end, lie about the total, or do not come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connectors.kit.hostile.base import LIMITS, NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import asked_at_most, ends_or_same, incomplete, keeps, reached_only, unresolved
from connectors.kit.hostile.json_rows import JsonRows
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.scenarios.bodies import PAGE, ROBOT, SAID_EMPTY
from connectors.kit.hostile.server import Answerer, Asked, Reply
from connectors.kit.hostile.turning import Turn, as_body, leading_again, totals, turned, turns, with_total
from connectors.kit.hostile.values import fresh_name, placed

_BOUND = LIMITS.pages + 5


@scenario("Kursor atau tautan yang berputar")
def cursor_loop(ordinary: Ordinary) -> Iterator[Play]:
    """The last page leads back to one that was read: the run ends there, what came is kept, and it is not complete."""
    last = ordinary.paged()[-1]
    for turn in turns(ordinary):
        answer = ordinary.answering({last.number: last.holding(leading_again(turn, last))})
        yield ordinary.play(answer, incomplete, asked_at_most(len(ordinary.pages) + 3), twice=False)


@scenario("Halaman yang menunjuk dirinya sendiri")
def page_leads_to_itself(ordinary: Ordinary) -> Iterator[Play]:
    """The first page's link is its own address: the run ends there, and is not complete."""
    turn = turns(ordinary)[0]
    if not turn.is_link:
        raise NotApplicable("Halamannya memakai kursor, bukan tautan.")
    answer = ordinary.first(turn.page.holding(turned(turn, ordinary.stage.base + turn.page.target)))
    yield ordinary.play(answer, incomplete, asked_at_most(2))


@scenario("Halaman yang berulang")
def page_repeats(ordinary: Ordinary) -> Iterator[Play]:
    """Every address answers the first page, byte for byte: the run ends within bounds and is not complete."""
    ordinary.paged()
    yield ordinary.play(ordinary.every(ordinary.pages[0].reply), incomplete, asked_at_most(_BOUND), twice=False)


@scenario("Halaman yang berulang dengan jam yang berjalan")
def page_repeats_with_a_clock(ordinary: Ordinary) -> Iterator[Play]:
    """The first page again and again, each time with another time of asking in it and another address to follow."""
    yield ordinary.play(_endless(ordinary, lambda rows, _: rows.rows), incomplete, asked_at_most(_BOUND), twice=False)


@scenario("Halaman baru tanpa akhir")
def endless_pages(ordinary: Ordinary) -> Iterator[Play]:
    """New listings on every page and always one page more: ended by a bound on pages, requests or listings, never complete."""
    limits = replace(LIMITS, listings=200)
    answer = _endless(ordinary, _renamed, total=1_000_000)
    yield ordinary.play(
        answer, incomplete, asked_at_most(LIMITS.requests), limits=limits, fresh=None, gone=ordinary.references, twice=False
    )


@scenario("Jumlah seluruhnya terlalu besar")
def total_too_high(ordinary: Ordinary) -> Iterator[Play]:
    """The source says more than it gives: not complete."""
    for more in (1, 7, 1_000_000):
        yield ordinary.play(_with_totals(ordinary, lambda total: total + more), incomplete, label=f"+{more}", twice=False)


@scenario("Jumlah seluruhnya terlalu kecil")
def total_too_low(ordinary: Ordinary) -> Iterator[Play]:
    """The source gives more than it says: no listing is left unread for it."""
    for less in (1, 2):
        yield ordinary.play(_with_totals(ordinary, lambda total: max(0, total - less)), keeps(ordinary.references), label=f"-{less}")


@scenario("Jumlah seluruhnya yang bukan bilangan")
def total_nonsense(ordinary: Ordinary) -> Iterator[Play]:
    """null, a word, less than nothing, a fraction, a truth, an array: nothing breaks, and no listing is lost by it."""
    values: tuple[Any, ...] = (None, "banyak", "", -1, 1.5, True, [], {}, 10**40)
    for value in values:
        yield ordinary.play(_with_totals(ordinary, lambda _: value), label=str(value)[:10], twice=False)


@scenario("Halaman berikutnya tidak dapat diambil")
def later_page_missing(ordinary: Ordinary) -> Iterator[Play]:
    """The last page is refused, breaks or is something else: what came before is kept, and the run is not complete."""
    last = ordinary.paged()[-1]
    before = frozenset().union(*(ordinary.of_page(page) for page in ordinary.pages[:-1])) - ordinary.of_page(last)
    for label, reply in (
        *((str(status), Reply(b"", status=status)) for status in (304, 401, 404, 429, 500)),
        ("kosong", Reply(b"")), ("robot", Reply(ROBOT)), ("halaman web", Reply(PAGE)), ("data kosong", Reply(SAID_EMPTY)),
        ("bentuk lain", Reply(b'{"cuaca": 1}')), ("terpotong", last.holding(last.body[: len(last.body) // 2])),
    ):  # fmt: skip
        yield ordinary.play(ordinary.answering({last.number: reply}), incomplete, keeps(before), label=label, twice=False)


@scenario("Halaman terakhir kosong padahal dijanjikan")
def later_page_emptied(ordinary: Ordinary) -> Iterator[Play]:
    """The last page comes whole and without its rows: by total or by volume, not complete."""
    listed = ordinary.listed()
    ordinary.paged()
    page, rows = listed[-1]
    if len(listed) < 2 or (ordinary.outcome.facts.total is None and len(rows.rows) * 5 <= len(ordinary.references) * 2):
        raise NotApplicable("Tanpa jumlah seluruhnya, sebagian kecil yang hilang tidak tampak.")
    yield ordinary.play(ordinary.answering({page.number: page.holding(rows.body([]))}), incomplete)


@scenario("Baris bergeser ke halaman berikutnya")
def rows_shift_on(ordinary: Ordinary) -> Iterator[Play]:
    """A new row pushes the last one of a page on to the next while one reads: it comes once, the others stay."""
    (page, rows), (later, more) = _two(ordinary)
    answer = ordinary.answering({later.number: later.holding(more.body([rows.rows[-1], *more.rows]))})
    yield ordinary.play(answer, ends_or_same, keeps(ordinary.of_page(page) | ordinary.of_page(later)))


@scenario("Baris bergeser ke halaman yang sudah dibaca")
def rows_shift_back(ordinary: Ordinary) -> Iterator[Play]:
    """A row is gone from the first page, so one slips back unread: with a total that is noticed, not complete."""
    _, (later, more) = _two(ordinary)
    if ordinary.outcome.facts.total is None:
        raise NotApplicable("Tanpa jumlah seluruhnya, satu baris yang bergeser tidak tampak.")
    yield ordinary.play(ordinary.answering({later.number: later.holding(more.body(more.rows[1:]))}), incomplete)


@scenario("Tautan berikutnya tidak terbaca")
def next_link_nonsense(ordinary: Ordinary) -> Iterator[Play]:
    """A number, a truth, an array, an object, half an address where the next page is named: not the end of the list."""
    turn = turns(ordinary)[0]
    values: tuple[Any, ...] = (5, True, ["x"], {"a": 1}) if turn.is_link else (True, ["x"], {"a": 1})
    strange = ("http://[", "\\\\x", *(() if turn.element is not None else ("\x00",))) if turn.is_link else ()
    for value in (*values, *strange):
        yield ordinary.play(ordinary.first(turn.page.holding(turned(turn, value))), incomplete, label=ascii(value), twice=False)


@scenario("Tautan berikutnya ke host lain")
def next_link_elsewhere(ordinary: Ordinary) -> Iterator[Play]:
    """A page that leads to the metadata service, inside, to a file, to another host: not followed, and not the end of the list."""
    turn = turns(ordinary)[0]
    if not turn.is_link:
        raise NotApplicable("Halamannya memakai kursor, bukan tautan.")
    for place in (
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "file:///etc/passwd", "https://sumber.example/2",
        "//sumber.example/2", f"http://127.0.0.1:{ordinary.stage.port}@169.254.169.254/", "http://2852039166/",
    ):  # fmt: skip
        answer = ordinary.first(turn.page.holding(turned(turn, place)))
        yield ordinary.play(answer, incomplete, unresolved, reached_only(), label=place, twice=False)


@scenario("Kursor yang aneh")
def cursor_strange(ordinary: Ordinary) -> Iterator[Play]:
    """A cursor with signs of an address in it, line breaks and a thousand letters: sent on as what it is, to the same host alone."""
    turn = turns(ordinary)[0]
    if turn.is_link:
        raise NotApplicable("Halamannya memakai tautan, bukan kursor.")
    for cursor in ("a&admin=1#x", "\r\nX-Suntik: 1", "../../etc", "k" * 1000, "é–😀", "@169.254.169.254/"):
        answer = ordinary.first(turn.page.holding(turned(turn, cursor)))
        yield ordinary.play(answer, incomplete, _no_header, unresolved, label=ascii(cursor)[:20], twice=False)


def _two(ordinary: Ordinary) -> tuple[tuple[Page, Rows], tuple[Page, Rows]]:
    ordinary.paged()
    listed = ordinary.listed()
    if len(listed) < 2:
        raise NotApplicable("Hanya satu halaman memuat baris.")
    return listed[0], listed[1]


def _renamed(rows: Rows, time: int) -> list[Any]:
    start = 1 + time * len(rows.rows)
    return [rows.renamed(row, fresh_name(rows.identity(row), start + place)) for place, row in enumerate(rows.rows)]


def _endless(ordinary: Ordinary, change: Any, total: int | None = None) -> Answerer:
    """The first page with rows for ever: what `change` makes of them, always leading on."""
    ordinary.paged()
    page, rows = ordinary.listed()[0]
    if not isinstance(rows, JsonRows):
        raise NotApplicable("Halamannya bukan JSON.")
    onward = _onward(ordinary, page)
    places = [path for each, paths in _totals(ordinary) if each.number == page.number for path in paths]
    answer = ordinary.answering({})
    asked_so_far = 0

    def respond(asked: Asked) -> Reply:
        nonlocal asked_so_far
        if asked.target in {each.target for each in ordinary.pages if each.rows is None}:
            return answer(asked)
        asked_so_far += 1
        document = rows.document_with(change(rows, asked_so_far))
        if isinstance(document, dict):
            document = document | {"diminta_pada": asked_so_far}
        for place in places if total is not None else ():
            document = placed(document, place, total)
        if onward is not None:
            document = placed(document, onward.path, f"{onward.value}{'&' if '?' in str(onward.value) else '?'}lagi={asked_so_far}")
        return page.holding(as_body(document))

    return respond


def _onward(ordinary: Ordinary, page: Page) -> Turn | None:
    try:
        return next((turn for turn in turns(ordinary) if turn.page.number == page.number), None)
    except NotApplicable:
        return None


def _totals(ordinary: Ordinary) -> list[Any]:
    try:
        return totals(ordinary)
    except NotApplicable:
        return []


def _with_totals(ordinary: Ordinary, change: Any) -> Answerer:
    total = ordinary.outcome.facts.total
    return ordinary.answering({page.number: page.holding(with_total(page, paths, change(total))) for page, paths in totals(ordinary)})


def _no_header(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return "Kursor menjadi kepala permintaan." if any("x-suntik" in each.headers for each in outcome.wire) else None
