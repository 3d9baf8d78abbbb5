"""What every reader gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """
    What a text was read as.

    value: None where nothing was said, or where it could not be read (then a warning says why).
    warnings: Indonesian sentences that a person should look at.
    notes: Indonesian sentences on what was tidied without any doubt.
    """

    value: T | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is a value."""
        return self.value is not None
