"""
Addresses without their secrets.

The address of a service-bus feed *is* the credential: whoever has it reads the feed. So every address that is
written anywhere passes through `mask`, which shows where it leads and nothing of what it asks for.
"""

from __future__ import annotations

import logging
import re

from urllib3.util import parse_url

HIDDEN = "***"
REST = "/…"
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+|(?<![\w/])/[^\s\"'<>]+", re.I)


def mask(url: str) -> str:
    """
    An address that may be shown: scheme, host and port; `/…` stands for whatever follows.

    No word of a path is let pass: a token of small letters reads like one. User and password are hidden as well.
    """
    try:
        parts = parse_url(url)
    except ValueError:
        return HIDDEN
    if not parts.scheme or not parts.host:
        return HIDDEN
    port = f":{parts.port}" if parts.port else ""
    more = (parts.path or "/") != "/" or parts.query is not None or parts.fragment is not None
    return f"{parts.scheme}://{parts.host}{port}" + (REST if more else "")


def mask_text(text: str) -> str:
    """A text with every address in it masked, and every absolute path."""
    return _ADDRESS.sub(lambda found: REST if found[0].startswith("/") else mask(found[0]), text)


class _Masked(logging.Filter):
    """Masks the addresses in a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), ()
        record.exc_info = record.exc_text = None  # a library's traceback repeats the address it was asked for
        return True


def quiet_libraries() -> None:
    """Make the log lines of the HTTP library, which hold whole addresses, pass through the mask."""
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.poolmanager", "urllib3.response"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, _Masked) for each in logger.filters):
            logger.addFilter(_Masked())
