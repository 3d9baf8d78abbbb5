"""Base64 as JOSE writes it: without padding, and each run of bytes in one spelling only."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encoded(data: bytes) -> str:
    """Bytes as text."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """
    Text as bytes.

    Raises:
        ValueError: it is not what `encoded` writes; spare bits at the end count too, else a changed letter would go unnoticed.
    """
    data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError("another spelling of the same bytes")
    return data
