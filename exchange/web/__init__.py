"""The web doors."""

from flask import Flask


def register(app: Flask) -> None:
    """Hang the doors into the app."""
