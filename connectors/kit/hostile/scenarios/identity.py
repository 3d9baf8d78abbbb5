"""What names a listing: twice, missing, of another type, too long, and changing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kit.hostile.base import Check, NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import complete, counts, keeps_all
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.server import Answerer
from connectors.kit.hostile.turning import growing
from connectors.kit.hostile.values import fresh_name


def _row(ordinary: Ordinary) -> tuple[int, Rows, Any, frozenset[str]]:
    """The first page with rows, its rows, its first row, and that row's reference."""
    page, rows = ordinary.listed()[0]
    name = str(rows.identity(rows.rows[0])).strip()
    if len(rows.rows) < 2:
        raise NotApplicable("Contohnya hanya satu baris.")
    return page.number, rows, rows.rows[0], frozenset(each for each in ordinary.references if name in each)


def _named(ordinary: Ordinary, value: Any) -> Answerer:
    """The ordinary exchange with its first row named otherwise."""
    number, rows, row, _ = _row(ordinary)
    return ordinary.answering({number: ordinary.pages[number].holding(rows.body([rows.renamed(row, value), *rows.rows[1:]]))})


def _others_stay(gone: frozenset[str]) -> Check:
    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        lost = ordinary.references - gone - set(outcome.references)
        if outcome.error is None and lost:
            return f"Data lain ikut hilang, misalnya {min(lost)[:40]!r}."
        return None

    return check


@scenario("Baris yang sama datang dua kali")
def rows_twice(ordinary: Ordinary) -> Iterator[Play]:
    """Every row comes twice, at once and again at the end: each reference once, the same demands."""
    growing(ordinary)
    yield ordinary.play(ordinary.rows_changed(lambda _, rows: [each for row in rows for each in (row, row)]), _once_each)
    yield ordinary.play(ordinary.rows_changed(lambda _, rows: rows + rows), _once_each)


@scenario("Satu kode, dua isi")
def one_name_two_contents(ordinary: Ordinary) -> Iterator[Play]:
    """One id with two contents in one answer: one listing, and the same one whenever it is read again."""
    growing(ordinary)
    number, rows, row, _ = _row(ordinary)
    other = rows.edited(row, lambda text: f"{text} (perubahan)")
    for several in ([row, other], [other, row]):
        answer = ordinary.answering({number: ordinary.pages[number].holding(rows.body(several + rows.rows[1:]))})
        yield ordinary.play(answer, _once_each)


@scenario("Kode kosong, null atau tidak ada")
def name_missing(ordinary: Ordinary) -> Iterator[Play]:
    """One row without its id, with null, with blanks: the others keep theirs, and no row is named by its place."""
    _, rows, row, reference = _row(ordinary)
    for label, bare in (("tidak ada", rows.nameless(row)), ("null", rows.renamed(row, None)), ("kosong", rows.renamed(row, "  "))):
        front = ordinary.relisted(lambda _, each: [bare, *each[1:]])
        back = ordinary.play(ordinary.relisted(lambda _, each: [*each[1:], bare]), gone=reference, fresh=None)
        yield ordinary.play(front, _others_stay(reference), gone=reference, fresh=None, like=back, label=label)


@scenario("Semua kode hilang")
def every_name_missing(ordinary: Ordinary) -> Iterator[Play]:
    """No row has its id any more: a shape that changed or listings nobody can place, never a complete run of new ones."""
    answer = ordinary.rows_changed(lambda rows, all_rows: [rows.nameless(row) for row in all_rows])
    yield ordinary.play(answer, fresh=None)


@scenario("Kode sebagai teks atau bilangan")
def name_of_the_other_type(ordinary: Ordinary) -> Iterator[Play]:
    """Ids written as text where they were numbers, and as numbers where they were digits: the same references."""
    ordinary.in_json()

    def turned(rows: Rows, row: Any) -> Any:
        value = rows.identity(row)
        if isinstance(value, str) and not (value.isascii() and value.isdigit() and not value.startswith("0") and len(value) < 16):
            raise NotApplicable("Kodenya bukan bilangan.")
        return rows.renamed(row, int(value) if isinstance(value, str) else str(value))

    yield ordinary.play(ordinary.rows_changed(lambda rows, all_rows: [turned(rows, row) for row in all_rows]), keeps_all)


@scenario("Kode bilangan ditulis 40382289.0")
def name_as_a_fraction(ordinary: Ordinary) -> Iterator[Play]:
    """Whole numbers as exports write them after a null came by, `40382289.0`: the same references."""

    def turned(rows: Rows, row: Any) -> Any:
        value = rows.identity(row)
        if not isinstance(value, int) or isinstance(value, bool):
            raise NotApplicable("Kodenya bukan bilangan.")
        return rows.renamed(row, float(value))

    ordinary.in_json()
    yield ordinary.play(ordinary.rows_changed(lambda rows, all_rows: [turned(rows, row) for row in all_rows]), keeps_all)


@scenario("Kode dengan spasi di sekelilingnya")
def name_with_blanks(ordinary: Ordinary) -> Iterator[Play]:
    """Ids padded with blanks, as fixed-width databases give them: the same references."""

    def padded(rows: Rows, row: Any) -> Any:
        return rows.renamed(row, f"  {rows.identity(row)}   ")

    yield ordinary.play(ordinary.rows_changed(lambda rows, all_rows: [padded(rows, row) for row in all_rows]), keeps_all)


@scenario("Kode sepanjang sepuluh ribu huruf")
def name_too_long(ordinary: Ordinary) -> Iterator[Play]:
    """Two ids of ten thousand letters that differ in the last: two references that can be kept."""
    growing(ordinary)
    number, rows, row, reference = _row(ordinary)
    twins = [rows.renamed(row, "K" * 10_000 + end) for end in "ab"]
    answer = ordinary.answering({number: ordinary.pages[number].holding(rows.body(twins + rows.rows[1:]))})
    yield ordinary.play(answer, _others_stay(reference), counts(len(ordinary.references) + 1), gone=reference, fresh=None)


@scenario("Kode dengan tanda kendali")
def name_with_controls(ordinary: Ordinary) -> Iterator[Play]:
    """NUL, line breaks, direction overrides and emoji in an id: a reference that can be kept, and the others stay."""
    ordinary.in_json()
    *_, reference = _row(ordinary)
    for value in ("kode\0satu", "kode\r\nsatu", "\u202ekode", "🏭", "../../etc/passwd", "'; DROP TABLE demand;--", "{{7*7}}"):
        yield ordinary.play(_named(ordinary, value), _others_stay(reference), gone=reference, fresh=None, label=ascii(value))


@scenario("Kode berupa objek, larik atau nilai benar")
def name_of_no_type(ordinary: Ordinary) -> Iterator[Play]:
    """An object, an array, a truth, a huge number or NaN where the id stands: the others keep theirs."""
    ordinary.in_json()
    *_, reference = _row(ordinary)
    for value in ({"id": 1}, [1, 2], True, False, 10**40, -1, 0, 1.5, float("nan"), 1e300):
        yield ordinary.play(_named(ordinary, value), _others_stay(reference), gone=reference, fresh=None, label=str(value)[:12])


@scenario("Dua kode yang hanya beda huruf besar")
def names_that_differ_in_case(ordinary: Ordinary) -> Iterator[Play]:
    """`ab-1` and `AB-1` are two names: two listings."""
    growing(ordinary)
    number, rows, row, reference = _row(ordinary)
    if not isinstance(rows.identity(row), str):
        raise NotApplicable("Kodenya bilangan.")
    twins = [rows.renamed(row, name) for name in ("kode-ab", "KODE-AB")]
    answer = ordinary.answering({number: ordinary.pages[number].holding(rows.body(twins + rows.rows[1:]))})
    yield ordinary.play(answer, counts(len(ordinary.references) + 1), gone=reference, fresh=None)


@scenario("Semua kode berganti, isinya tetap")
def ids_change(ordinary: Ordinary) -> Iterator[Play]:
    """A source gives its listings new ids: as many listings, under the new ids; none keeps an old one by its place."""
    answer = ordinary.relisted(_all_renamed)
    yield ordinary.play(answer, counts(len(ordinary.references)), _none_kept, gone=ordinary.references, fresh=None)


@scenario("Kode berganti pada tiap permintaan")
def ids_change_at_every_request(ordinary: Ordinary) -> Iterator[Play]:
    """Ids made up anew for each request, while the first answer has to be asked for twice: a list of one answer, not a mixture."""
    page, rows = ordinary.listed()[0]
    other = rows.body([rows.renamed(row, fresh_name(rows.identity(row), place)) for place, row in enumerate(rows.rows, 1)])
    cut = page.holding(page.body)
    answer = ordinary.answering({page.number: [_broken(cut), page.holding(other)]})
    mine = ordinary.of_page(page)
    yield ordinary.play(answer, _no_mixture, gone=mine, fresh=None)


@scenario("Daftar pembeli lain di alamat yang sama")
def another_buyers_list(ordinary: Ordinary) -> Iterator[Play]:
    """Another region's list under the same address, whole and of the same form: unproven, nothing of ours is missing by it."""
    codes = {told[1]["buyer"].get("code") for told in ordinary.outcome.told if told[0] == "demand"} - {None}
    if not codes:
        raise NotApplicable("Contohnya tidak menyebut kode pembeli.")

    def other(rows: Rows, all_rows: list[Any]) -> list[Any]:
        return [_replaced(row, codes) for row in _all_renamed(rows, all_rows)]

    ordinary.in_json()
    yield ordinary.play(ordinary.relisted(other), _not_complete_if_bought_by_others(codes), fresh=None, gone=ordinary.references)


def _all_renamed(rows: Rows, all_rows: list[Any]) -> list[Any]:
    return [rows.renamed(row, fresh_name(rows.identity(row), place)) for place, row in enumerate(all_rows, 1)]


def _broken(reply: Any) -> Any:
    from dataclasses import replace

    return replace(reply, cut=len(reply.wire()) // 2)


def _replaced(value: Any, codes: set[str]) -> Any:
    """Each buyer's code as another one."""
    if isinstance(value, dict):
        return {name: _replaced(inner, codes) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, codes) for inner in value]
    return "D0000-LAIN" if isinstance(value, str | int) and not isinstance(value, bool) and str(value) in codes else value


def _not_complete_if_bought_by_others(codes: set[str]) -> Check:
    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        now = {told[1]["buyer"].get("code") for told in outcome.told if told[0] == "demand"}
        if now & codes or outcome.state != "complete":
            return None
        return "Daftar pembeli lain diterima sebagai daftar yang utuh."

    return check


def _once_each(outcome: Outcome, ordinary: Ordinary) -> str | None:
    wrong = complete(outcome, ordinary)
    if wrong:
        return wrong
    if len(outcome.listings) != len(ordinary.references):
        return f"Datang {len(outcome.listings)} data; seharusnya {len(ordinary.references)}."
    return None


def _no_mixture(outcome: Outcome, ordinary: Ordinary) -> str | None:
    if outcome.state != "complete" or len(outcome.listings) == len(ordinary.references):
        return None
    return f"Keadaan complete dengan {len(outcome.listings)} data; seharusnya {len(ordinary.references)}."


def _none_kept(outcome: Outcome, ordinary: Ordinary) -> str | None:
    kept = ordinary.references & set(outcome.references)
    return f"Acuan lama {min(kept)[:40]!r} tetap dipakai." if kept else None
