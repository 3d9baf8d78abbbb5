"""Many rows of one table in one statement, without the frames that the session and the compiler put around each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any
from typing import cast as typed

from sqlalchemy import ClauseElement, Connection, CursorResult, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.sql.compiler import SQLCompiler

# A column may not be named like a parameter of the statement's own.
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
    _send(connection, insert(table), [*names, *fixed], [*names, *fixed], rows, tuple(fixed.values()))


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


def fetch_raw(connection: Connection, query: ClauseElement) -> Sequence[Sequence[Any]]:
    """All rows of a query as the driver gives them, without the types' processors: for many rows of whole numbers and texts."""
    cursor = _asked(connection, query).cursor
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
    if set(map(len, rows)) != {len(order) - len(fixed)}:
        raise ValueError(f"a row of {statement.table} has not {len(order) - len(fixed)} values")
    compiled = statement.compile(connection.engine, column_keys=columns or None)
    if compiled.positional:
        pick = itemgetter(*(order.index(name) for name in compiled.positiontup or ()))
        told: list[Any] = [pick((*row, *fixed)) for row in rows]
    else:
        told = [dict(zip(order, (*row, *fixed), strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), told)
