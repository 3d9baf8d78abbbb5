"""Readers of settings that have a grammar of their own; each raises ValueError for what it cannot read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
ROLES = ("admin", "petugas", "pimpinan", "auditor")


def roles(text: str) -> frozenset[str]:
    """Roles of staff, comma between them."""
    named = frozenset(word.strip() for word in text.split(",") if word.strip())
    if not named <= frozenset(ROLES):
        raise ValueError(text)
    return named


def role_claims(text: str) -> str:
    """`claim:value=role` with commas between; as given, without blanks around the commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not re.fullmatch(rf"[A-Za-z0-9_.-]+:[^=,]+=({'|'.join(ROLES)})", part):
            raise ValueError(text)
    return ",".join(parts)


def web_address(text: str) -> str:
    """An http or https address of a named host, without a login."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError(text)
    return text.strip()


def base(text: str) -> str:
    """A web address that others are built on: no query, no fragment, no slash at its end."""
    address = web_address(text).rstrip("/")
    if urlsplit(address).query or urlsplit(address).fragment:
        raise ValueError(text)
    return address


def mail_server(text: str) -> str:
    """smtp:// or smtps:// with a host; no path."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.port == 0 or parts.path.strip("/"):
        raise ValueError(text)
    return text.strip()


def mailboxes(text: str) -> str:
    """Addresses of mailboxes, comma between them."""
    boxes = [box.strip() for box in text.split(",") if box.strip()]
    if not all(MAILBOX.fullmatch(box) for box in boxes):
        raise ValueError(text)
    return ", ".join(boxes)
