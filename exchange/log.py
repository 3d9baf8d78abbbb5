"""Log lines as JSON on standard error; times in UTC."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime

import orjson

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message and whatever `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        if record.exc_info:
            line["error"] = _without_values(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def _without_values(error: BaseException | None) -> str:
    """
    The places that an exception passed and the kinds of it and of its causes, without their words.

    A database driver's text repeats rows, a library's a whole address: neither belongs into a log.
    """
    told: list[str] = []
    while error is not None:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        told.append(f"{type(error).__name__}{f' [{state}]' if state else ''}\n" + "".join(traceback.format_tb(error.__traceback__)))
        error = error.__cause__ or error.__context__
    return "caused by ".join(told)


def configure(level: int = logging.INFO) -> None:
    """Send the project's log to standard error; called once by the command line and the server."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("exchange")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False
