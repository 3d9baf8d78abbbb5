"""Many rows of one table in one statement, without the frames that the session and the compiler put around each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any
from typing import cast as typed

from sqlalchemy import ClauseElement, Connection, CursorResult, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from exchange.store.base import BINARY

# A column may not be named like a parameter of the statement's own.
_WORTH_A_COPY = 20
_ROW, _TO = "row_id", "to_"


def insert_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any] | None = None
) -> None:
    """
    Insert N rows.

    Args:
        names: the columns that differ; rows: their values in this order, as the driver takes them (a `Scaled` number as the whole
            number that is kept, JSON as its text). A column that is named nowhere must have a default of the database.
        same: what all rows have, as the column's type takes it.

    Raises:
        KeyError: a column is not of this table. ValueError: a row has more or fewer values than names.
    """
    fixed = _made(connection, table, same or {})
    order, values = [*names, *fixed], tuple(fixed.values())
    if connection.dialect.name == "sqlite":
        _insert(connection, table, order, rows, values)
    elif connection.dialect.name == "postgresql" and len(rows) >= _WORTH_A_COPY:
        _copy(connection, table, order, rows, values)
    else:
        _send(connection, insert(table), order, order, rows, values)


def update_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any] | None = None
) -> None:
    """
    Update N rows by `id`, which comes first in each of `rows`; the rest as `insert_many` takes it.

    Raises:
        KeyError: a column is not of this table. ValueError: a row has more or fewer values than names and one.
    """
    fixed = _made(connection, table, same or {})
    columns = [*names, *fixed]
    to = {name: bindparam(_TO + name, type_=table.c[name].type) for name in columns}
    statement = update(table).where(table.c.id == bindparam(_ROW)).values(to)
    _send(connection, statement, [], [_ROW, *(_TO + name for name in columns)], rows, tuple(fixed.values()))


def fetch_raw(connection: Connection, query: ClauseElement, *, binary: bool = False) -> Sequence[Sequence[Any]]:
    """
    All rows of a query as the driver gives them, without the types' processors: for many rows of whole numbers, texts and bytes.

    binary: where there are many bytes in them.
    """
    cursor = _asked(connection, query, **{BINARY: binary}).cursor
    return [] if cursor is None else cursor.fetchall()


def stream_raw(connection: Connection, query: ClauseElement, size: int = 2000) -> Iterator[Sequence[Any]]:
    """The rows of a query as `fetch_raw` gives them, so many in memory at a time."""
    with _asked(connection, query, stream_results=True, max_row_buffer=size) as result:
        for rows in result.partitions(size):
            yield from rows


def _asked(connection: Connection, query: ClauseElement, **options: Any) -> CursorResult[Any]:
    compiled = typed(SQLCompiler, query.compile(connection.engine, compile_kwargs={"render_postcompile": True}))
    told = compiled.params
    given: Any = tuple(told[name] for name in compiled.positiontup or ()) if compiled.positional else told
    return connection.exec_driver_sql(str(compiled), given, execution_options=options)


def _made(connection: Connection, table: Table, same: Mapping[str, Any]) -> dict[str, Any]:
    made = {}
    for name, value in same.items():
        make = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        made[name] = value if make is None else make(value)
    return made


def _insert(connection: Connection, table: Table, order: list[str], rows: Sequence[Sequence[Any]], fixed: tuple[Any, ...]) -> None:
    """By place, in the order given: the usual statement would want every row put into the order of the table first."""
    if not rows:
        return
    _check_widths(table, order, rows, fixed)
    name, columns = _quoted(connection, table, order)
    told = [(*row, *fixed) for row in rows]
    places = ", ".join("?" * len(order))
    connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({places})", told)  # noqa: S608 - names are the table's own


def _copy(connection: Connection, table: Table, order: list[str], rows: Sequence[Sequence[Any]], fixed: tuple[Any, ...]) -> None:
    """By PostgreSQL's COPY, in text: what a column's type makes of the text is what it makes of a parameter."""
    import psycopg

    _check_widths(table, order, rows, fixed)
    name, columns = _quoted(connection, table, order)
    words = f"COPY {name} ({columns}) FROM STDIN"
    driver = connection.connection.driver_connection
    assert driver is not None, "a connection that is open has its driver's own"
    try:
        with driver.cursor() as cursor, cursor.copy(words) as copy:
            for row in rows:
                copy.write_row((*row, *fixed))
    except psycopg.Error as error:
        raise DBAPIError.instance(words, None, error, psycopg.Error, hide_parameters=True) from error


def _quoted(connection: Connection, table: Table, order: list[str]) -> tuple[str, str]:
    """The table's name and the columns' for a statement; raises KeyError for a column that it has not."""
    quote = connection.dialect.identifier_preparer
    return quote.format_table(table), ", ".join(quote.quote(table.c[name].name) for name in order)


def _check_widths(table: object, order: list[str], rows: Sequence[Sequence[Any]], fixed: tuple[Any, ...]) -> None:
    if set(map(len, rows)) != {len(order) - len(fixed)}:
        raise ValueError(f"a row of {table} has not {len(order) - len(fixed)} values")


def _send(
    connection: Connection,
    statement: Insert | Update,
    columns: list[str],
    order: list[str],
    rows: Sequence[Sequence[Any]],
    fixed: tuple[Any, ...],
) -> None:
    if not rows:
        return
    _check_widths(statement.table, order, rows, fixed)
    compiled = statement.compile(connection.engine, column_keys=columns or None)
    if compiled.positional:
        pick = itemgetter(*(order.index(name) for name in compiled.positiontup or ()))
        told: list[Any] = [pick((*row, *fixed)) for row in rows]
    else:
        told = [dict(zip(order, (*row, *fixed), strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), told)
