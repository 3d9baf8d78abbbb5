"""Many rows of one table in one statement, without the frames that the session and the compiler put around each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], same: Mapping[str, Any]) -> None:
    """
    Insert N rows; the types' own processors make the values, those of `same` once.

    Args:
        rows: what differs, by column name, the same names in each; a column that neither names must have a default of the database.
        same: what all rows have.

    Raises:
        KeyError: a column is not of this table, or a row lacks one that the first row has.
    """
    if not rows:
        return
    varying = list(rows[0])
    compiled = insert(table).compile(connection.engine, column_keys=[*varying, *same])
    makers: dict[str, Callable[[Any], Any] | None] = {
        name: table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in (*varying, *same)
    }
    fixed = {name: value if (make := makers[name]) is None else make(value) for name, value in same.items()}
    columns = []
    for name in varying:
        make = makers[name]
        columns.append([row[name] for row in rows] if make is None else [make(row[name]) for row in rows])
    order = [*varying, *fixed]
    columns.extend([value] * len(rows) for value in fixed.values())
    if compiled.positional:
        placed = dict(zip(order, columns, strict=True))
        told: list[Any] = list(zip(*(placed[name] for name in compiled.positiontup or ()), strict=True))
    else:
        told = [dict(zip(order, values, strict=True)) for values in zip(*columns, strict=True)]
    connection.exec_driver_sql(str(compiled), told)
