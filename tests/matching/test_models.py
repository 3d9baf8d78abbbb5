"""The models of a node: what was written stays as it was, what is broken is named, and going back is going back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.errors import BadRequest, SettingWrong
from exchange.matching.models import Kept, Models
from exchange.matching.probability import CURRENT, FEATURES, Model, shipped, shipped_versions


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models")


def other(version: str, weight: float = 9.0) -> Kept:
    model = shipped()
    return Kept(replace(model, version=version, weights={**model.weights, "title": weight}), {"base": CURRENT, "learned_from": "contoh"})


def test_a_node_that_learned_nothing_uses_what_is_shipped(models: Models) -> None:
    assert models.versions() == list(shipped_versions())
    assert (models.current(), models.in_use()) == (CURRENT, shipped())
    assert not models.folder.exists(), "asking writes nothing"


def test_a_kept_model_is_read_as_it_was_written_and_is_not_in_use_before_somebody_says_so(models: Models) -> None:
    kept = models.keep(other, CURRENT)
    assert kept.model.version == f"{CURRENT}+staf-1"
    assert models.read(kept.model.version) == kept
    assert models.current() == CURRENT
    assert models.use(kept.model.version) == models.in_use() == kept.model
    assert models.use(CURRENT) == models.in_use() == shipped()


def test_a_version_once_written_is_never_written_over(models: Models) -> None:
    first = models.keep(other, CURRENT)
    path = models.folder / f"{first.model.version}.json"
    before = path.read_bytes()
    second = models.keep(lambda version: other(version, 5.0), CURRENT)
    assert (second.model.version, path.read_bytes()) == (f"{CURRENT}+staf-2", before)
    assert not path.stat().st_mode & 0o222, "nor by an editor in passing"


def test_a_number_that_another_process_took_meanwhile_is_passed_over(models: Models) -> None:
    def make(version: str) -> Kept:
        if version.endswith("-1"):
            (models.folder).mkdir(parents=True, exist_ok=True)
            (models.folder / f"{version}.json").write_text("milik orang lain")
        return other(version)

    assert models.keep(make, CURRENT).model.version == f"{CURRENT}+staf-2"
    assert (models.folder / f"{CURRENT}+staf-1.json").read_text() == "milik orang lain"


def test_a_number_that_stored_matches_name_is_not_given_again(models: Models) -> None:
    kept = models.keep(other, CURRENT, taken={CURRENT, f"{CURRENT}+staf-7", "lain+staf-9", "", f"{CURRENT}+staf-x"})
    assert kept.model.version == f"{CURRENT}+staf-8"


def test_versions_stand_in_the_order_of_their_numbers(models: Models) -> None:
    for _ in range(11):
        models.keep(other, CURRENT)
    assert [version.rpartition("-")[2] for version in models.versions()[-3:]] == ["9", "10", "11"]


@pytest.mark.parametrize("version", ["kata-0", "", "../rahasia", "current", "/etc/passwd", "a\0b"])
def test_a_version_that_there_is_not_is_refused_with_those_that_there_are(models: Models, version: str) -> None:
    models.keep(other, CURRENT)
    (models.folder.parent / "rahasia.json").write_text(json.dumps(other("../rahasia").model.record()))
    for ask in (models.read, models.use):
        with pytest.raises(BadRequest) as refused:
            ask(version)
        assert f"{CURRENT}+staf-1" in (refused.value.mend or "")
    assert models.current() == CURRENT


RECORD = other("rusak").model.record()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "bukan JSON"),
        ("{", "bukan JSON"),
        ("[]", ""),
        ("3", ""),
        ("{}", "weights"),
        (json.dumps({**RECORD, "weights": {}}), "value"),
        (json.dumps({**RECORD, "weights": {**RECORD["weights"], "title": "besar"}}), "title"),
        (json.dumps({**RECORD, "weights": {**RECORD["weights"], "title": True}}), "title"),
        (json.dumps({**RECORD, "weights": list(FEATURES)}), ""),
        (json.dumps({**RECORD, "intercept": float("nan")}), "intercept"),
        (json.dumps({**RECORD, "intercept": None}), "intercept"),
        (json.dumps({**RECORD, "served": [1]}), ""),
        (json.dumps({**RECORD, "version": "lain"}), "lain"),
    ],
)
def test_a_broken_file_is_named_and_no_other_model_takes_its_place(models: Models, text: str, why: str) -> None:
    models.keep(other, CURRENT)
    (models.folder / "rusak.json").write_text(text)
    (models.folder / "current").write_text("rusak\n")
    for ask in (lambda: models.read("rusak"), lambda: models.use("rusak"), models.in_use):
        with pytest.raises(SettingWrong) as refused:
            ask()
        assert str(models.folder / "rusak.json") in refused.value.message
        assert why in refused.value.message
        assert "--use" in (refused.value.mend or "")
    assert models.read(f"{CURRENT}+staf-1"), "the others can still be read"
    models.use(CURRENT)
    assert models.in_use() == shipped()


@pytest.mark.parametrize("said", [b"kata-0\n", b"", b"\xff\xfe", b"../rahasia"])
def test_a_note_of_what_is_in_use_that_names_nothing_is_named(models: Models, said: bytes) -> None:
    models.folder.mkdir()
    (models.folder / "current").write_bytes(said)
    with pytest.raises(SettingWrong, match="current"):
        models.in_use()


def test_a_name_that_a_match_could_not_keep_is_refused(models: Models) -> None:
    with pytest.raises(BadRequest, match="terlalu panjang"):
        models.keep(other, "k" * 30)


def test_every_shipped_model_can_be_written_and_read_again() -> None:
    for version in shipped_versions():
        assert isinstance(shipped(version), Model)
        assert shipped(version).version == version
