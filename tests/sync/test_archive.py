"""What came is kept byte for byte, once, for the owner only, until its time is over."""

import os
import random
import stat
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import NotFound, StorageFull
from exchange.sync import archive as module
from exchange.sync.archive import Archive


@given(st.binary(max_size=5000))
def test_what_was_kept_is_read_back(tmp_path_factory, body):
    archive = Archive(tmp_path_factory.getbasetemp() / "archive")
    assert archive.read(archive.keep(body)) == body


def test_the_same_bytes_are_kept_once(tmp_path):
    archive = Archive(tmp_path)
    assert archive.keep(b"x" * 1000) == archive.keep(b"x" * 1000)
    assert len(list(tmp_path.glob("??/*.z"))) == 1


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_the_folder_is_closed_to_others(tmp_path):
    archive = Archive(tmp_path / "archive")
    path = archive.path(archive.keep(b"secret"))
    for folder in (archive.folder, path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_bytes_that_were_altered_are_not_handed_out(tmp_path):
    archive = Archive(tmp_path)
    one, two = archive.keep(b"one"), archive.keep(b"two")
    archive.path(one).write_bytes(archive.path(two).read_bytes())
    with pytest.raises(ValueError, match="altered"):
        archive.read(one)


def test_what_is_past_its_time_goes_and_what_was_kept_again_stays(tmp_path):
    archive = Archive(tmp_path)
    old, again = archive.keep(b"old"), archive.keep(b"again")
    long_ago = datetime.now(UTC) - timedelta(days=400)
    for digest in (old, again):
        os.utime(archive.path(digest), (long_ago.timestamp(),) * 2)
    archive.keep(b"again")
    assert archive.expire(datetime.now(UTC) - timedelta(days=365)) == 1
    assert archive.read(again) == b"again"
    with pytest.raises(NotFound):
        archive.read(old)


def test_what_something_points_to_stays_and_what_a_killed_write_left_goes(tmp_path):
    archive = Archive(tmp_path)
    digest = archive.keep(b"needed")
    left = archive.path(digest).parent / ".part-abc"
    left.write_bytes(b"half")
    for path in (archive.path(digest), left):
        os.utime(path, (0, 0))
    assert archive.expire(datetime.now(UTC), {digest}) == 0
    assert archive.read(digest) == b"needed"
    assert not left.exists()


def test_a_disk_without_room_is_noticed_before_it_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RESERVE", 2**62)
    with pytest.raises(StorageFull, match="ruang"):
        Archive(tmp_path).keep(b"x")
    assert list(tmp_path.glob("??/*")) == []


@given(st.integers(0, 3 * module.BLOCK), st.integers(0, 2**32), st.booleans())
@settings(max_examples=15)
def test_an_answer_is_read_by_blocks_as_it_is_read_whole(tmp_path_factory, size, seed, is_text):
    archive, chance = Archive(tmp_path_factory.getbasetemp() / "archive"), random.Random(seed)
    body = b" ".join(b"%d" % chance.randint(0, 9999) for _ in range(size // 5))[:size] if is_text else chance.randbytes(size)
    digest = archive.keep(body)
    assert archive.read(digest) == body
    blocks = archive.blocks(digest)
    assert len(blocks) == max(1, -(-len(body) // module.BLOCK))
    assert blocks.span(0, len(blocks)) == body
    assert blocks.span(1, 1) == body[module.BLOCK : 2 * module.BLOCK]
    assert blocks.span(-1, 0) == body[: module.BLOCK]


def test_a_place_that_only_looks_like_the_beginning_of_a_block_is_refused(tmp_path):
    archive = Archive(tmp_path)
    digest = archive.keep(b"\0\0\xff\xff" + random.Random(1).randbytes(5000))  # stored as it is, since it cannot be packed
    blocks = archive.blocks(digest)
    assert len(blocks) == 2
    with pytest.raises(ValueError, match="block"):
        blocks.span(0, 1)
    assert archive.read(digest).startswith(b"\0\0\xff\xff")
