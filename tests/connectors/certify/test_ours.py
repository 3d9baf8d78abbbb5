"""The project's own connectors before every scenario; what one connector's code does not change is played for one of them."""

from __future__ import annotations

import pytest

from connectors.kit.discovery import discover
from connectors.kit.hostile import certify, every_scenario
from connectors.kit.hostile.base import Result

EVERY = discover().usable
LONG = "reset_at_every_byte"


@pytest.mark.parametrize("name", sorted(EVERY))
def test_our_connector_is_certified(name):
    certificate = certify(EVERY[name], [each for each in every_scenario() if each.name != LONG])
    assert {each.scenario.name: each.says for each in certificate.verdicts if each.result is Result.FAILED} == {}
    assert certificate.count(Result.PASSED) >= 100


def test_a_connection_that_is_reset_at_any_byte_of_a_page_is_never_a_list():
    certificate = certify(EVERY["ocds"], [each for each in every_scenario() if each.name == LONG])
    assert certificate.failed() == []
