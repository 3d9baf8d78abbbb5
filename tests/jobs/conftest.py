"""A mail server of one's own on loopback."""

from ..posting import post  # noqa: F401
