"""What reads a listing, in one short line: where it says another thing, the same bytes can be understood otherwise."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files

from connectors.kit import Connector
from schemas.codes import UNITS_EDITION

# what a demand or an offer may look like, and what of it can be kept
_SHAPE = (
    *(("schemas", name) for name in ("demand.py", "supply.py", "fields.py", "values.py")), ("exchange.demand", "intake.py"),
)  # fmt: skip
_UNITS = (("schemas.codes", "units.csv"), ("schemas.codes", "unit_aliases.csv"))


def reader_of(connector: Connector) -> str:
    """
    The connector with its version (of which a mapping is part), the shape of a demand, and the unit tables, as kept with each listing
    in quarantine.

    Shape and tables are told by a digest of the files that state them, so that no version of theirs can be forgotten: what is changed
    there without any effect costs one reading in vain.
    """
    return f"{connector.name} {connector.version}; shape {_digest(_SHAPE)}; units {_digest(_UNITS, UNITS_EDITION)}"


@cache
def _digest(named: tuple[tuple[str, str], ...], edition: str = "") -> str:
    digest = blake2b(edition.encode(), digest_size=6)
    for package, name in named:
        digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()
