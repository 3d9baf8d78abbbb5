"""Hostile and ordinary servers for any connector: what `exchange certify` plays. Imports schemas and connectors.kit alone."""

from connectors.kit.hostile.base import Result, Scenario, Verdict
from connectors.kit.hostile.examine import Certificate, certify, every_scenario

__all__ = ["Certificate", "Result", "Scenario", "Verdict", "certify", "every_scenario"]
