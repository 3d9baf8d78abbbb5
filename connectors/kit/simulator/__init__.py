"""Plays partner endpoints on loopback for the demo and the tests."""

from connectors.kit.simulator.feeds import FEEDS, Feed
from connectors.kit.simulator.server import Canned, Served, serve, wait_forever

__all__ = ["FEEDS", "Canned", "Feed", "Served", "serve", "wait_forever"]
