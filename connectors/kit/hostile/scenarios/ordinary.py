"""What happens every night, and what a connector must not make a difference of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import complete, counts, keeps_all, same
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.server import Reply
from connectors.kit.hostile.turning import growing
from connectors.kit.hostile.values import fresh_name


@scenario("Sumber yang sehat")
def ordinary(ordinary: Ordinary) -> Iterator[Play]:
    """The connector's own sample, unharmed: complete, at least one demand, every promise kept, twice the same."""
    yield ordinary.play(ordinary.answering({}), same, complete)


@scenario("Baris datang dalam urutan lain")
def rows_in_another_order(ordinary: Ordinary) -> Iterator[Play]:
    """A database without ORDER BY gives its rows in any order: references and demands stay the same, so no place is a name."""
    yield ordinary.play(ordinary.relisted(lambda _, rows: rows[::-1]), same)
    yield ordinary.play(ordinary.relisted(lambda _, rows: rows[1:] + rows[:1]), same)


@scenario("Satu baris hilang dari daftar yang utuh")
def one_row_less(ordinary: Ordinary) -> Iterator[Play]:
    """The first row is gone from the source: every other reference stays what it was, and none is handed on to another row."""
    page, rows = growing(ordinary)[0]
    if len(rows.rows) < 2:
        raise NotApplicable("Contohnya hanya satu baris.")
    first = frozenset(each for each in ordinary.references if str(rows.identity(rows.rows[0])).strip() in each)
    answer = ordinary.answering({page.number: page.holding(rows.body(rows.rows[1:]))})
    yield ordinary.play(answer, _others_same(first), gone=first)


@scenario("Satu baris baru di depan daftar")
def one_row_more(ordinary: Ordinary) -> Iterator[Play]:
    """A new listing stands first: it comes, and the others keep their references and demands."""
    page, rows = growing(ordinary)[0]
    new = rows.renamed(rows.rows[0], fresh_name(rows.identity(rows.rows[0])))
    answer = ordinary.answering({page.number: page.holding(rows.body([new, *rows.rows]))})
    yield ordinary.play(answer, _others_same(frozenset()), counts(len(ordinary.references) + 1), fresh=None)


@scenario("Kolom baru yang tidak dikenal")
def unknown_members(ordinary: Ordinary) -> Iterator[Play]:
    """Every row gets members that nobody knows, of every type: the demands stay the same."""
    ordinary.objects()
    yield ordinary.play(ordinary.rows_changed(lambda rows, all_rows: [rows.extended(row) for row in all_rows]), same)


@scenario("Anggota objek dalam urutan lain")
def members_in_another_order(ordinary: Ordinary) -> Iterator[Play]:
    """JSON objects have no order: written backwards they give the same demands."""
    yield ordinary.play(_rewritten(ordinary, _backwards), same)


@scenario("JSON dengan spasi dan baris baru")
def indented(ordinary: Ordinary) -> Iterator[Play]:
    """The same JSON, indented, with Windows line ends: the same demands."""
    pages = ordinary.json_pages()
    answer = ordinary.each(lambda page: page.holding(json.dumps(page.document(), indent=4).replace("\n", "\r\n").encode()), pages)
    yield ordinary.play(answer, same)


@scenario("Huruf ditulis sebagai \\u00e9")
def escaped_letters(ordinary: Ordinary) -> Iterator[Play]:
    """Letters beyond ASCII written as escapes, solidus too: the same demands as written plainly."""
    ordinary.json_pages()
    plain = ordinary.rows_changed(lambda rows, all_rows: [rows.edited(row, lambda text: f"{text} é–😀") for row in all_rows])
    pages = {page.number: page for page, _ in ordinary.listed()}
    if any(page.document() is None for page in pages.values()):
        raise NotApplicable("Barisnya bukan JSON.")

    def escaped(page: Page) -> Reply:
        rows = page.rows
        assert rows is not None
        document = json.loads(rows.body([rows.edited(row, lambda text: f"{text} é–😀") for row in rows.rows]))
        return page.holding(json.dumps(document).replace("/", "\\/").encode())

    yield ordinary.play(ordinary.each(escaped, pages.values()), like=ordinary.play(plain))


@scenario("Kolom yang selalu berubah")
def volatile_members_change(ordinary: Ordinary) -> Iterator[Play]:
    """Members that the connector calls volatile change in every row: no listing counts as changed for it."""
    kind = ordinary.kind
    if not kind.volatile:
        raise NotApplicable("Konektor tidak menyebut kolom yang berubah sendiri.")
    ordinary.objects()
    touched = 0

    def change(_: Rows, rows: list[Any]) -> list[Any]:
        nonlocal touched
        touched += sum(name in kind.volatile for row in rows for name in row)
        return [{name: "2031-12-31T00:00:00Z" if name in kind.volatile else value for name, value in row.items()} for row in rows]

    answer = ordinary.rows_changed(change)
    if not touched:
        raise NotApplicable("Contohnya tidak memuat kolom yang berubah sendiri.")
    yield ordinary.play(answer, _hashes_stay, keeps_all)


@scenario("Pengambilan terputus lalu dilanjutkan")
def broken_off_and_resumed(ordinary: Ordinary) -> Iterator[Play]:
    """The run is killed after each answer in turn and taken up with what it has: the result equals that of an undisturbed run."""
    for answers in range(1, len(ordinary.pages) + 1):
        yield ordinary.play(ordinary.answering({}), same, _asks_no_more_than(len(ordinary.pages) - answers), resumed=answers)


@scenario("Pembaca berhenti di tengah daftar")
def reader_leaves_early(ordinary: Ordinary) -> Iterator[Play]:
    """A preview takes one listing and goes: nothing is raised on the way out."""
    yield ordinary.play(ordinary.answering({}), counts(1), leave=1)


@scenario("Arsip penuh")
def archive_is_full(ordinary: Ordinary) -> Iterator[Play]:
    """There is no room to keep an answer: the run stops there by that very error, and reads nothing that was not kept."""
    yield ordinary.play(ordinary.answering({}), _stopped_by_the_disk, full=True)


def _others_same(gone: frozenset[str]) -> Any:
    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        now = outcome.demands()
        for reference, told in ordinary.demands.items():
            if reference not in gone and now.get(reference) != told:
                return f"Data {reference[:40]!r} ikut berubah atau hilang."
        return None

    return check


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _backwards(value[name]) for name in reversed(value)}
    return [_backwards(each) for each in value] if isinstance(value, list) else value


def _rewritten(ordinary: Ordinary, change: Any) -> Any:
    return ordinary.each(lambda page: page.holding(json.dumps(change(page.document())).encode()), ordinary.json_pages())


def _hashes_stay(outcome: Outcome, ordinary: Ordinary) -> str | None:
    before = {raw.reference: raw.content_hash() for raw in ordinary.outcome.listings}
    changed = [raw.reference for raw in outcome.listings if before.get(raw.reference) != raw.content_hash()]
    return f"Data {changed[0][:40]!r} tampak berubah." if changed else None


def _asks_no_more_than(times: int) -> Any:
    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        return None if len(outcome.wire) <= times else f"Sumber ditanya {len(outcome.wire)} kali lagi; {times} cukup."

    return check


def _stopped_by_the_disk(outcome: Outcome, ordinary: Ordinary) -> str | None:
    if outcome.listings or len(outcome.wire) != 1:
        return "Konektor terus membaca padahal arsip penuh."
    return None if outcome.broke is not None else f"Galat arsip tertelan: {outcome.in_words()}."
