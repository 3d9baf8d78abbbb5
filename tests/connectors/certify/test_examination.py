"""What certification is made of: documented scenarios, a sample to damage, a wall around the process."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from connectors.kit import Skip
from connectors.kit.hostile import Result, certify, every_scenario
from connectors.kit.hostile.base import scenario
from connectors.kit.hostile.wall import Behind, wall
from connectors.kit.sample import NoSample, Sample, SampleAnswer

SCENARIOS = {each.name: each for each in every_scenario()}


def test_there_are_at_least_a_hundred_scenarios_each_named_and_documented():
    assert len(SCENARIOS) >= 100
    assert all(each.title and each.documentation.endswith((".", "`")) for each in SCENARIOS.values())


def test_the_document_says_of_each_scenario_what_it_says_of_itself():
    document = (Path(__file__).resolve().parents[3] / "docs" / "certification.md").read_text(encoding="utf-8")
    rows = {line for line in document.splitlines() if line.startswith("| `")}
    assert rows == {f"| `{each.name}` | {each.documentation} |" for each in SCENARIOS.values()}


def test_a_sound_connector_passes_all_scenarios(made):
    certificate = certify(made())
    assert {verdict.scenario.name: verdict.says for verdict in certificate.verdicts if verdict.result is Result.FAILED} == {}
    assert certificate.count(Result.PASSED) >= 140


def test_a_connector_without_a_sample_is_not_certified(made, failed):
    def without(cls):
        raise NoSample("tidak ada contoh")

    certificate = certify(made(samples=classmethod(without)), [SCENARIOS["gzip_bomb"]])
    assert certificate.failed() == ["ordinary"]
    assert certificate.count(Result.NOT_APPLICABLE) == 1


def test_a_stranger_s_samples_that_raise_and_a_scenario_that_does_are_verdicts(made):
    kind = made(samples=classmethod(lambda cls: {}["x"]))
    assert "KeyError" in certify(kind, [SCENARIOS["ordinary"]]).verdicts[0].says

    @scenario("Rusak")
    def broken(ordinary):
        """Breaks."""
        yield {}["x"]

    (verdict,) = certify(made(), [broken]).verdicts
    assert (verdict.result, "KeyError" in verdict.says) == (Result.FAILED, True)


def test_a_sample_that_is_not_ordinary_is_not_certified(made, one_page, says):
    empty = Sample({"url": "{base}/umpan"}, {"/umpan": [SampleAnswer(b'{"data": [], "total": 0}')]})
    skipped = made(samples=classmethod(lambda cls: {"": one_page}), translate=lambda self, raw: (_ for _ in ()).throw(Skip("bukan")))
    for kind in (made(samples=classmethod(lambda cls: {"": empty})), skipped):
        assert "unproven" in says(kind, "ordinary")


def test_the_wall_refuses_the_world_and_lets_loopback_through():
    with wall() as records:
        with pytest.raises(Behind):
            socket.getaddrinfo("sumber.example", 80)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(Behind):
            sock.sendto(b"x", ("10.0.0.1", 53))
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
    assert records == ["sumber.example", "10.0.0.1"]
    assert socket.getaddrinfo("127.0.0.1", 80)
