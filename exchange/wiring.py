"""Typed ways from a request to what the process shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from exchange.matching.models import Models
from exchange.matching.probability import Model
from exchange.settings import Settings
from exchange.store.base import Store

_KEY = "exchange"


@dataclass(frozen=True)
class Shared:
    """What every request of one process shares."""

    settings: Settings
    store: Store


def share(extensions: dict[str, object], settings: Settings, store: Store) -> None:
    """Put the shared things where `store()` and `settings()` find them; called once by the factory."""
    extensions[_KEY] = Shared(settings, store)


def _shared() -> Shared:
    return cast(Shared, current_app.extensions[_KEY])


def store() -> Store:
    """The database of this process."""
    return _shared().store


def settings() -> Settings:
    """The settings of this process."""
    return _shared().settings


def model_in_use() -> Model:
    """The model that this node matches by, read anew so that a switch holds at once; raises SettingWrong where it cannot be."""
    return Models(settings().models()).in_use()
