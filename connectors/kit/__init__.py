"""What a connector is made of; an author needs no more than these names."""

from connectors.kit.answer import Answer, AnswerMeta, Earlier, Keep, Recall, RunFacts
from connectors.kit.base import Connector, RawListing, Setting, Window
from connectors.kit.errors import Refused, SettingsError, ShapeChanged, Skip, SourceError
from connectors.kit.fetch import Fetch
from connectors.kit.limits import Limits

__all__ = [
    "Answer",
    "AnswerMeta",
    "Connector",
    "Earlier",
    "Fetch",
    "Keep",
    "Limits",
    "RawListing",
    "Recall",
    "Refused",
    "RunFacts",
    "Setting",
    "SettingsError",
    "ShapeChanged",
    "Skip",
    "SourceError",
    "Window",
]
