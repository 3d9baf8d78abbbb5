"""Tables as office programs write them, and as they break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.kit.hostile.base import Play, scenario
from connectors.kit.hostile.checks import ends_or_same, incomplete, keeps, same
from connectors.kit.hostile.csv_rows import CsvRows
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.server import Answerer

Lines = list[list[str]]


def _written(ordinary: Ordinary, change: Callable[[CsvRows], bytes]) -> Answerer:
    """Each table written anew."""
    return ordinary.answering({page.number: page.holding(change(rows)) for page, rows in ordinary.tables()})


@scenario("Kolom dalam urutan lain")
def columns_in_another_order(ordinary: Ordinary) -> Iterator[Play]:
    """The columns backwards, heads and all: a column is known by its head, the same demands."""
    yield ordinary.play(_written(ordinary, lambda rows: rows.written([line[::-1] for line in _square(rows)])), same)


@scenario("Kolom tabel yang tidak dikenal")
def unknown_columns(ordinary: Ordinary) -> Iterator[Play]:
    """Two columns more, at either end: the same demands."""
    for add in (lambda line, cell: [*line, cell, ""], lambda line, cell: [cell, *line]):
        answer = _written(ordinary, lambda rows: rows.written(_added(rows, add)))
        yield ordinary.play(answer, same)


@scenario("Pemisah kolom yang lain")
def another_delimiter(ordinary: Ordinary) -> Iterator[Play]:
    """Semicolons, tabs, bars and commas, as the region of an office program has it: the same demands, or an end that says so."""
    for delimiter in ";\t|,":
        answer = _written(ordinary, lambda rows: rows.written(rows.head + rows.rows, delimiter=delimiter))
        yield ordinary.play(answer, ends_or_same, label=ascii(delimiter), fresh=None)


@scenario("Akhir baris yang lain")
def another_line_end(ordinary: Ordinary) -> Iterator[Play]:
    """Lines that end as on Windows, on Unix and on old machines: the same demands, or an end that says so."""
    for newline in ("\r\n", "\n", "\r"):
        answer = _written(ordinary, lambda rows: rows.written(rows.head + rows.rows, newline=newline))
        yield ordinary.play(answer, ends_or_same, label=ascii(newline), fresh=None)


@scenario("Baris kosong di antara baris")
def blank_lines(ordinary: Ordinary) -> Iterator[Play]:
    """Empty lines and lines of delimiters alone between the rows and behind them: the same demands."""

    def spread(rows: CsvRows) -> bytes:
        empty = [""] * len(rows.rows[0])
        return rows.written([*rows.head, *(line for row in rows.rows for line in (row, [], empty)), empty, []])

    yield ordinary.play(_written(ordinary, spread), same)


@scenario("Judul di atas kepala tabel")
def title_above_the_head(ordinary: Ordinary) -> Iterator[Play]:
    """A title, a place and an empty line above the head, as recapitulations have them: the same demands, or an end that says so."""
    title: Lines = [["REKAP KEBUTUHAN TAHUN 2026"], ["Kota Contoh"], []]
    yield ordinary.play(_written(ordinary, lambda rows: rows.written(title + rows.head + rows.rows)), ends_or_same, fresh=None)


@scenario("Kepala tabel hilang atau berganti nama")
def head_missing(ordinary: Ordinary) -> Iterator[Play]:
    """No head at all, and one whose every name changed: a shape that changed, never complete with less."""
    yield ordinary.play(_written(ordinary, lambda rows: rows.written(rows.rows)), ends_or_same, label="hilang", fresh=None)
    renamed = _written(
        ordinary, lambda rows: rows.written([[f"X{place}" for place, _ in enumerate(line)] for line in rows.head] + rows.rows)
    )
    yield ordinary.play(renamed, ends_or_same, label="lain", fresh=None)


@scenario("Dua kolom bernama sama")
def head_twice_the_same(ordinary: Ordinary) -> Iterator[Play]:
    """A column stands twice under one name, the second time empty: what the first one says is not lost by it."""
    yield ordinary.play(_written(ordinary, lambda rows: rows.written(_doubled(rows))), ends_or_same, fresh=None)


@scenario("Tanda kutip yang tidak ditutup")
def quote_left_open(ordinary: Ordinary) -> Iterator[Play]:
    """A quotation mark opened in the first row and never closed swallows the rest: never complete with less."""

    def opened(rows: CsvRows) -> bytes:
        head, body = rows.written(rows.head), rows.written(rows.rows)
        return head + b'"' + body.replace(b'"', b"")

    yield ordinary.play(_written(ordinary, opened), fresh=None)


@scenario("Kutip, baris baru dan pemisah di dalam sel")
def cells_with_line_breaks(ordinary: Ordinary) -> Iterator[Play]:
    """Cells that hold quotation marks, line breaks and delimiters, properly quoted: every row comes under its own reference."""
    text = '; "mutu, baik"\r\nbaris kedua, lanjut\tselesai'
    ordinary.tables()
    answer = ordinary.rows_changed(lambda rows, each: [rows.edited(row, lambda cell: cell + text) for row in each])
    yield ordinary.play(answer, keeps(ordinary.references))


@scenario("Baris yang terlalu pendek atau panjang")
def ragged_rows(ordinary: Ordinary) -> Iterator[Play]:
    """One row without its last cells and one with cells too many: they cost themselves at most, the other rows stay."""
    (page, rows), *_ = ordinary.tables()
    mine = frozenset(each for each in ordinary.references if str(rows.identity(rows.rows[0])).strip() in each)
    for label, row in (("pendek", rows.rows[0][:2]), ("panjang", [*rows.rows[0], "x", "y", "z"])):
        body = rows.body([row, *rows.rows[1:]])
        answer = ordinary.answering({page.number: page.holding(body)})
        yield ordinary.play(answer, keeps(ordinary.references - mine), gone=mine, fresh=None, label=label)


@scenario("Kepala tabel berulang di tengah")
def head_repeated(ordinary: Ordinary) -> Iterator[Play]:
    """Exports that were joined by hand: the head stands again among the rows and is no demand; the other rows stay."""
    answer = _written(ordinary, lambda rows: rows.written([*rows.head, *rows.rows[:1], *rows.head, *rows.rows[1:]]))
    yield ordinary.play(answer, keeps(ordinary.references), fresh=None)


@scenario("Baris jumlah dan tanda tangan di bawah")
def totals_and_signatures(ordinary: Ordinary) -> Iterator[Play]:
    """A line of totals, a place and a date, an office's signature under the table: the rows stay."""
    below: Lines = [["", "JUMLAH", "", "125000000"], [], ["", "", "Kota Contoh, 2 Januari 2026"], ["", "", "Kepala Dinas Contoh"]]
    yield ordinary.play(
        _written(ordinary, lambda rows: rows.written(rows.head + rows.rows + below)), keeps(ordinary.references), fresh=None
    )


@scenario("Satu sel sepanjang setengah mebibita")
def cell_without_end(ordinary: Ordinary) -> Iterator[Play]:
    """A cell of half a million letters, beyond what readers of tables take: an end that says so, or a row that costs itself."""
    (page, rows), *_ = ordinary.tables()
    row = rows.edited(rows.rows[0], lambda cell: cell + "a" * 500_000)
    answer = ordinary.answering({page.number: page.holding(rows.body([row, *rows.rows[1:]]))})
    yield ordinary.play(answer, twice=False, memory=64, seconds=20)


@scenario("Tabel yang hanya kepalanya")
def head_alone(ordinary: Ordinary) -> Iterator[Play]:
    """The head and no row: a silence, never complete."""
    yield ordinary.play(_written(ordinary, lambda rows: rows.written(rows.head)), incomplete)


def _square(rows: CsvRows) -> Lines:
    """Head and rows, filled up to one width."""
    width = max(len(line) for line in [*rows.head, *rows.rows])
    return [[*line, *[""] * (width - len(line))] for line in [*rows.head, *rows.rows]]


def _added(rows: CsvRows, add: Callable[[list[str], str], list[str]]) -> Lines:
    last = len(rows.head) - 1
    return [add(line, "kolom karangan" if place == last else "isi karangan") for place, line in enumerate(_square(rows))]


def _doubled(rows: CsvRows) -> Lines:
    last = len(rows.head) - 1
    return [[*line, *(line if place == last else [""] * len(line))] for place, line in enumerate(_square(rows))]
