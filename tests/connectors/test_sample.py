"""The sample that a connector brings: read from beside its module, or said to be missing."""

from __future__ import annotations

import json
import sys

import pytest

from connectors.kit.discovery import discover
from connectors.kit.sample import NoSample, samples_beside


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A module of its own in no package, with a folder `samples/x` beside it."""
    (tmp_path / "lone_module.py").write_text("")
    folder = tmp_path / "samples" / "x"
    folder.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("lone_module")
    yield folder
    del sys.modules["lone_module"]


@pytest.mark.parametrize("name", ["lkpp_isb", "ocds"])
def test_a_sample_is_read_with_its_settings_and_answers(name):
    sample = discover().usable[name].samples()[""]
    assert all(value.startswith("http://127.0.0.1:1/") for value in sample.settings_at("http://127.0.0.1:1").values())
    assert all(answer.media_type == "application/json" for several in sample.answers.values() for answer in several)


def test_a_module_in_no_package_has_its_samples_beside_it_and_a_setting_can_be_a_file(brought):
    (brought / "peta.toml").write_text("a = 1")
    (brought / "baris.csv").write_text("kode,nama\n")
    case = {"settings": {"url": "{base}/a", "mapping": "{file:peta.toml}"}, "answers": {"/a": ["baris.csv"]}}
    (brought / "case.json").write_text(json.dumps(case))
    sample = samples_beside("lone_module", "x")[""]
    assert sample.settings_at("http://h") == {"url": "http://h/a", "mapping": "a = 1"}
    assert [(each.body, each.media_type) for each in sample.answers["/a"]] == [(b"kode,nama\n", "text/csv")]


def test_further_cases_stand_in_folders_of_their_own(brought):
    for case in ("kedua", "pertama"):
        (brought / case).mkdir()
        (brought / case / "a.json").write_text("[]")
        (brought / case / "case.json").write_text('{"settings": {}, "answers": {"/a": ["a.json"]}}')
    (brought / "lain").mkdir()
    assert list(samples_beside("lone_module", "x")) == ["kedua", "pertama"]


@pytest.mark.parametrize(
    "case",
    [None, "{", "[]", '{"settings": {}}', '{"settings": {}, "answers": {}}', '{"settings": {}, "answers": {"/a": []}}',
     '{"settings": {}, "answers": {"/a": ["tiada.json"]}}', '{"settings": 1, "answers": {"/a": ["tiada.json"]}}'],
)  # fmt: skip
def test_a_sample_that_is_missing_or_of_another_shape_is_said_to_be_so(case, brought):
    if case is not None:
        (brought / "case.json").write_text(case)
    with pytest.raises(NoSample, match=r"samples/x/case\.json"):
        samples_beside("lone_module", "x")
