"""
Addresses without their secrets.

The address of a service-bus feed *is* the credential: whoever has it reads the feed. So every address that is
written anywhere passes through `mask`, which keeps what is plainly a word and hides the rest (deny by default).
"""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote, urlsplit

HIDDEN = "***"
_LONGEST_WORD = 24
_HUMP = re.compile(r"[A-Z]{2,6}(?![a-z])|[A-Z]?[a-z]{3,}|[a-z]{1,2}$")
_SMALL_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d|v\d{1,2}")
_VOWELS = re.compile(r"[aeiouAEIOU]")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+|(?<![\w/])/[^\s\"'<>]+")


def _is_word(part: str) -> bool:
    """Whether a part of a path reads as a word, a short number, a year or a version."""
    if not part or _SMALL_NUMBER.fullmatch(part):
        return True
    humps = _HUMP.findall(part)
    return (
        len(part) <= _LONGEST_WORD
        and "".join(humps) == part
        and all(len(hump) < 5 or _VOWELS.search(hump) is not None for hump in humps)
        and len(humps) <= 3
    )


def _segment(text: str) -> str:
    plain = unquote(text)
    return plain if all(_is_word(part) for part in re.split(r"[-_.]", plain)) else HIDDEN


def mask_path(path: str) -> str:
    """A path with each segment hidden that is not plainly words."""
    return "/".join(_segment(segment) for segment in path.split("/"))


def mask(url: str) -> str:
    """
    An address that may be shown: host, the words of its path, the names of its parameters.

    Hidden are user and password, path segments that look like ids or tokens, every parameter's value and the fragment.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    if not parts.scheme or not parts.hostname:
        return HIDDEN
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    names = [pair.partition("=")[0] if "=" in pair else "" for pair in parts.query.split("&")] if parts.query else []
    query = "&".join(f"{_segment(name)}={HIDDEN}" if name else HIDDEN for name in names)
    return f"{parts.scheme}://{host}{port}{mask_path(parts.path)}" + (f"?{query}" if query else "")


def mask_text(text: str) -> str:
    """A text with every address and absolute path in it masked."""

    def shown(found: re.Match[str]) -> str:
        word = found.group()
        if not word.startswith("/"):
            return mask(word)
        path, asked, _ = word.partition("?")
        return mask_path(path) + (f"?{HIDDEN}" if asked else "")

    return _ADDRESS.sub(shown, text)


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
