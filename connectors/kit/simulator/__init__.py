"""Plays partner endpoints on loopback for the demo and the tests."""

from connectors.kit.simulator.feeds import FEEDS, Feed
from connectors.kit.simulator.server import Asked, Canned, Served, serve, wait_forever

__all__ = ["FEEDS", "Asked", "Canned", "Feed", "Served", "serve", "wait_forever"]
