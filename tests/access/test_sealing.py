"""Values that travel through a caller's hands: the same value seals equally, and nothing else opens."""

from __future__ import annotations

from base64 import urlsafe_b64decode

from hypothesis import given
from hypothesis import strategies as st

from exchange.access.sealing import Sealer

SEALER = Sealer("rahasia", "uji")


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_and_seals_equally_again(plain):
    word = SEALER.seal(plain)
    assert SEALER.open(word) == plain
    assert SEALER.seal(plain) == word


@given(st.binary(min_size=8, max_size=300))
def test_what_is_sealed_does_not_show(plain):
    assert plain not in urlsafe_b64decode(SEALER.seal(plain) + "===")


@given(st.binary(max_size=100), st.integers(0, 10**6), st.integers(1, 255))
def test_a_word_that_was_altered_opens_nothing(plain, place, by):
    body = bytearray(urlsafe_b64decode(SEALER.seal(plain) + "==="))
    body[place % len(body)] ^= by
    from base64 import urlsafe_b64encode

    assert SEALER.open(urlsafe_b64encode(bytes(body)).decode()) is None


@given(st.text(max_size=60))
def test_any_other_word_opens_nothing(word):
    assert SEALER.open(word) is None


def test_another_secret_and_another_purpose_open_nothing():
    word = SEALER.seal(b"tempat")
    assert Sealer("lain", "uji").open(word) is None
    assert Sealer("rahasia", "lain").open(word) is None


def test_two_values_that_differ_late_share_nothing_of_their_cover():
    one, other = (urlsafe_b64decode(SEALER.seal(b"x" * 64 + last) + "===") for last in (b"a", b"b"))
    assert one[16:80] != other[16:80]
