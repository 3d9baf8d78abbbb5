"""Links by which a region sends its table: nobody can make or change one, and each ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.upload_links import UploadLink, read_link, write_link
from exchange.errors import ExchangeError, LinkEnded, NotFound

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SECRET = "0" * 64
LINK = UploadLink("kota-contoh", 3, "Dinas “Contoh”, Kota Ã", NOW + timedelta(days=30))
LETTERS = st.sampled_from("ABCabc019-_.")


def test_a_link_reads_as_it_was_written_until_its_very_end():
    token = write_link(SECRET, LINK)
    assert read_link(SECRET, token, NOW) == LINK
    assert read_link(SECRET, token, LINK.until - timedelta(seconds=1)) == LINK
    with pytest.raises(LinkEnded, match="23-12-2026"):
        read_link(SECRET, token, LINK.until)


def test_a_token_needs_no_escaping_in_an_address():
    assert set(write_link(SECRET, LINK)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(place=st.integers(0, 200), letter=LETTERS)
def test_a_changed_letter_makes_it_unknown(place, letter):
    token = write_link(SECRET, LINK)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    try:
        assert read_link(SECRET, changed, NOW) == LINK
    except ExchangeError as error:
        assert isinstance(error, NotFound)
    else:
        # the last letter of a part carries bits that belong to no byte
        assert changed == token or place in {len(token) - 1, token.index(".") - 1}


@given(token=st.text(max_size=80))
def test_whatever_is_no_link_is_unknown(token):
    with pytest.raises(NotFound):
        read_link(SECRET, token, NOW)


def test_a_link_of_another_node_or_of_another_purpose_is_unknown():
    from itsdangerous import URLSafeSerializer

    with pytest.raises(NotFound):
        read_link("1" * 64, write_link(SECRET, LINK), NOW)
    other = URLSafeSerializer(SECRET, salt="sesi").dumps([*LINK[:3], int(LINK.until.timestamp())])
    with pytest.raises(NotFound):
        read_link(SECRET, other, NOW)
    with pytest.raises(NotFound):
        read_link(SECRET, "a" * 100_000, NOW)
