"""Declarative mappings: what an API's listings mean, said in TOML and checked before anything is asked."""

from connectors.kit.mapping.mapping import MappingError, read_mapping
from connectors.kit.mapping.model import Mapping

__all__ = ["Mapping", "MappingError", "read_mapping"]
