"""An index on disk answers as the one in memory; no reader meets half of one."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching import retrieve
from exchange.matching.retrieve import Retriever
from exchange.matching.shelf import NoShelfError, Shelf
from exchange.matching.tokens import Reader

DOCUMENTS = [
    ("p1", [("meja", 2.0), ("kayu", 1.0)]),
    ("p2", [("kursi", 2.0), ("kayu", 1.0)]),
    ("p3", [("meja", 1.0), ("kursi", 1.0), ("besi", 1.0)]),
]
QUERIES = [[("meja", 1.0)], [("kayu", 1.0), ("besi", 2.0)], [], [("tidak_ada", 1.0)]]


def versions(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


bags = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3).map(float), max_size=6).map(lambda bag: list(bag.items()))


@settings(max_examples=25)
@given(documents=st.lists(bags, max_size=12), queries=st.lists(bags, max_size=4), top=st.integers(1, 15))
def test_mapped_equals_in_memory(tmp_path_factory, documents, queries, top):
    named = [(f"p{number}", bag) for number, bag in enumerate(documents)]
    built = Shelf.build(tmp_path_factory.mktemp("shelf"), named)
    assert built.search(queries, top) == Shelf.of(named).search(queries, top)


def test_a_query_finds_what_names_it_best_first(tmp_path):
    Shelf.build(tmp_path, DOCUMENTS)
    meja, kayu, empty, unknown = Shelf.open(tmp_path).search(QUERIES, 5)
    assert [key for key, _ in meja] == ["p1", "p3"]
    assert kayu[0][0] == "p3"
    assert empty == unknown == []


def test_a_document_scores_the_same_beside_any_others():
    alone = dict(Shelf.of(DOCUMENTS[:1]).search(QUERIES[:1], 5)[0])
    beside = dict(Shelf.of(DOCUMENTS).search(QUERIES[:1], 5)[0])
    assert alone["p1"] == beside["p1"]


def test_an_open_version_answers_on_after_newer_ones_replaced_it(tmp_path):
    old = Shelf.build(tmp_path, DOCUMENTS)
    before = old.search(QUERIES, 5)
    for _ in range(3):
        Shelf.build(tmp_path, [("new", [("meja", 1.0)])])
    assert old.search(QUERIES, 5) == before
    assert [key for key, _ in Shelf.open(tmp_path).search(QUERIES, 5)[0]] == ["new"]
    assert len(versions(tmp_path)) == 2


def test_readers_during_swaps_see_one_version_or_the_other_whole(tmp_path):
    ones = [(f"a{number}", [("meja", 1.0)]) for number in range(50)]
    twos = [(f"b{number}", [("meja", 2.0)]) for number in range(80)]
    whole = {tuple(Shelf.of(told).search(QUERIES[:1], 100)[0]) for told in (ones, twos)}
    Shelf.build(tmp_path, ones)
    seen, done, errors = set(), threading.Event(), []

    def read():
        try:
            while not done.is_set():
                seen.add(tuple(Shelf.open(tmp_path).search(QUERIES[:1], 100)[0]))
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(12):
        Shelf.build(tmp_path, twos if number % 2 == 0 else ones)
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert seen <= whole
    assert seen


@pytest.mark.parametrize("name", ["starts.npy", "documents.npy", "impacts.npy", "roots.txt", "keys.txt", "manifest.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_version_is_never_used(tmp_path, name, harm):
    Shelf.build(tmp_path, DOCUMENTS)
    newer = Shelf.build(tmp_path, [("new", [("meja", 1.0)])])
    path = tmp_path / newer.version / name
    data = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if harm == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    assert Shelf.open(tmp_path).keys == ["p1", "p2", "p3"]


def test_a_folder_without_a_whole_version_says_so(tmp_path):
    with pytest.raises(NoShelfError):
        Shelf.open(tmp_path)
    with pytest.raises(NoShelfError):
        Shelf.open(tmp_path / "absent")
    built = Shelf.build(tmp_path, DOCUMENTS)
    (tmp_path / built.version / "manifest.json").unlink()
    (tmp_path / ".building-half").mkdir()
    with pytest.raises(NoShelfError):
        Shelf.open(tmp_path)


def test_a_lost_pointer_leaves_the_newest_version(tmp_path):
    Shelf.build(tmp_path, DOCUMENTS)
    Shelf.build(tmp_path, [("new", [("meja", 1.0)])])
    (tmp_path / "current").unlink()
    assert Shelf.open(tmp_path).keys == ["new"]


def test_a_build_that_fails_leaves_the_old_version_and_nothing_of_itself(tmp_path):
    Shelf.build(tmp_path, DOCUMENTS)
    with pytest.raises(ValueError, match="line break"):
        Shelf.build(tmp_path, [("a\nb", [("meja", 1.0)])])
    assert Shelf.open(tmp_path).keys == ["p1", "p2", "p3"]
    assert not list(tmp_path.glob(".*"))


TEXTS = [("Pengadaan Meja", "kayu jati"), ("Kursi", ""), ("pengadaan meja", "Kayu  Jati"), ("Belanja", ""), ("Pengadaan Meja", "kayu jati")]


@pytest.mark.parametrize("threads", [1, 2])
def test_repeated_texts_rank_as_if_read_anew(monkeypatch, threads):
    reader = Reader()
    read = reader.read([("meja kayu", "jati"), ("kursi", "jati"), ("lemari", "kayu")])
    shelf = Shelf.of_bags(["a", "b", "c"], read, reader.roots)
    anew = Retriever(shelf, 2, threads, reuse=False).rank(TEXTS)
    kept = Retriever(shelf, 2, threads)
    for _ in range(3):
        again = kept.rank(TEXTS)
        assert (again.documents == anew.documents).all()
        assert (again.scores == anew.scores).all()
        monkeypatch.setattr(retrieve, "_REMEMBERED", 1)
    assert np.array_equal(anew.documents[:, 0], [0, 1, 0, -1, 0])
    assert kept.rank([]).documents.shape == (0, 2)
