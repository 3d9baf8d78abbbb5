"""The database: one engine for the life of the process, one session for each piece of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Engine, Integer, MetaData, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from exchange.store.turns import Turns, turns_of

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WRITE_QUEUE = 0x3672_0001
_TURN = "exchange_turn"
_PATIENCE = "exchange_patience"
BINARY = "exchange_binary"
_LOCK_NOT_AVAILABLE = "55P03"  # by its code: on SQLite nobody waits for the import of another database's driver

# SQLite numbers rows by itself for INTEGER only
BigId = BigInteger().with_variant(Integer, "sqlite")


class Row(DeclarativeBase):
    """Base of all tables; each has a numeric key of its own that never leaves the service."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, list[str]: JSON}

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-1)


class TurnMissed(SQLAlchemyError):
    """Others wrote for longer than this block of work may wait; nothing of it was done."""


def utcnow() -> datetime:
    """The node's clock, in UTC."""
    return datetime.now(UTC)


def dumped(value: Any) -> str:
    """A value as JSON columns keep it."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred and would fail late under writers
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_size=8192")  # of a new database: rows of a demand fill a page of 4,096 badly
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA cache_size=-16384")  # 16 MiB a connection: indexes whose pages a run writes all over
    cursor.execute("PRAGMA wal_autocheckpoint=4000")  # 32 MiB, so that such a page is brought home once for many transactions
    cursor.close()


def _beginner(turns: Turns | None) -> Callable[[Connection], None]:
    """Begins transactions on SQLite, those that write in their turn."""

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("exchange_writes")
        if writes and turns is not None and _TURN not in connection.info:
            try:
                connection.info[_TURN] = turns.take(connection.get_execution_options().get(_PATIENCE))
            except TimeoutError:
                raise TurnMissed("others write for longer than this one may wait") from None
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return begin


def _leaver(turns: Turns) -> Callable[[Any, Any], None]:
    """Ends a turn where a connection is given back: its transaction is over by then, whichever way."""

    def leave(_connection: Any, record: Any) -> None:
        place = record.info.pop(_TURN, None)
        if place is not None:
            turns.leave(place)

    return leave


def _queue(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("exchange_writes"):
        return
    patience = options.get(_PATIENCE)
    if patience is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(patience * 1000))}")
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_QUEUE})")
    except OperationalError as error:
        if patience is not None and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise TurnMissed("others write for longer than this one may wait") from None
        raise


def _as_bytes(_connection: Connection, cursor: Any, _statement: str, _given: Any, context: Any, _many: bool) -> None:
    """Have an answer of many bytes come as bytes, and not as text of twice the length."""
    if context.execution_options.get(BINARY):
        from psycopg.pq import Format

        cursor.format = Format.BINARY


def _make_private(database: Path) -> None:
    """A file for its owner alone: it holds feeds' addresses and password hashes. SQLite's side files take after it."""
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not database.exists():
        database.touch(mode=0o600)


class Store:
    """
    The database behind one URL.

    `work()` writes: it commits when its block ends and rolls back when it raises. `read()` only reads: one
    consistent picture for the whole block. Writers stand in one queue from their first statement to their commit, in the
    order in which they came (`store.turns` on SQLite, an advisory lock on PostgreSQL): what a block reads nobody changes
    before it commits, so no decision is overwritten and no transaction fails half way because another one wrote meanwhile.
    A block inside another one would wait for itself. Keep them short: the others wait as long as it takes.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        in_file = self.is_sqlite and bool(parsed.database) and parsed.database != ":memory:"
        if in_file:
            _make_private(Path(parsed.database or ""))
        # as many threads of one process may pull sources side by side; a database in memory has one connection
        pool = {"max_overflow": 32} if in_file or not self.is_sqlite else {}
        self.engine: Engine = create_engine(
            parsed,
            hide_parameters=True,  # an error text must not carry rows or addresses into the log
            json_serializer=dumped,
            json_deserializer=orjson.loads,
            **pool,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _pragmas)
            turns = turns_of(Path(parsed.database or "")) if in_file else None
            event.listen(self.engine, "begin", _beginner(turns))
            if turns is not None:
                event.listen(self.engine, "checkin", _leaver(turns))
        else:
            event.listen(self.engine, "begin", _queue)
            event.listen(self.engine, "before_cursor_execute", _as_bytes)
        writing = self.engine.execution_options(exchange_writes=True)
        reading = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._write = sessionmaker(writing, expire_on_commit=False)
        self._read = sessionmaker(reading, expire_on_commit=False)

    @contextmanager
    def work(self, patience: float | None = None) -> Iterator[Session]:
        """
        A session that commits when the block ends and rolls back when it raises.

        patience: seconds to wait for the block's turn, which it then takes before its first statement; None: as long as it takes.

        Raises:
            TurnMissed: patience is at its end.
        """
        with self._write.begin() as session:
            if patience is not None:
                session.connection(execution_options={_PATIENCE: patience})
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent picture; what is changed in it is thrown away."""
        with self._read() as session:
            yield session

    def close(self) -> None:
        """Give all connections back; a process that forked must call it before it works."""
        self.engine.dispose()
