"""Letters about saved searches: to who wishes for them, of what is new since the last one, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.jobs import inbox_letters
from exchange.store.saved_searches import SavedLookRow, SavedSearchRow
from exchange.store.users import UserRow

from ..web.conftest import CHEAP, world  # noqa: F401  # isort: skip
from ..web.test_saved_searches import more  # isort: skip


@pytest.fixture
def its(settings, post):
    said = {"mail_from": "bursa@contoh.invalid", "base_url": "https://bursa.contoh.invalid", "office": "Dinas Contoh"}
    return replace(settings, smtp_url=post.url, **said)


@pytest.fixture
def wished(world):  # noqa: F811
    """Two people with the same search of the office, one of whom wishes for letters."""
    with world.work() as session:
        user = UserRow(name="siti", password_hash=CHEAP, role="petugas", session_key="e" * 32, email="siti@contoh.invalid")
        session.add(user)
        session.flush()
        session.add(SavedSearchRow(account_id=user.id, name="Logam", asked={"sektor": "logam"}, shared=True, from_id=60))
        session.flush()
        session.add(SavedLookRow(search_id=1, account_id=user.id, seen_id=60, told_id=60, mailed=True))
    return world


def test_a_letter_says_what_is_new_and_where_and_comes_once(wished, its, post):
    assert inbox_letters.tell(wished, its) == {"sent": 0, "failed": 0}, "nothing is new"
    more(wished, 20)
    assert inbox_letters.tell(wished, its) == {"sent": 1, "failed": 0}
    (letter,) = post.letters
    assert post.recipients == ["siti@contoh.invalid"]
    assert "Logam: 10 baru" in letter.get_content()
    assert "https://bursa.contoh.invalid/kecocokan?baru=1&sektor=logam" in letter.get_content()
    assert inbox_letters.tell(wished, its) == {"sent": 0, "failed": 0}
    assert len(post.letters) == 1


def test_a_letter_that_did_not_go_is_tried_the_next_night(wished, its, post):
    more(wished, 20)
    assert inbox_letters.tell(wished, replace(its, smtp_url="smtp://127.0.0.1:9")) == {"sent": 0, "failed": 1}
    assert inbox_letters.tell(wished, its) == {"sent": 1, "failed": 0}


def test_without_mail_or_for_a_closed_account_nothing_goes_and_nothing_is_lost(wished, its, post):
    more(wished, 20)
    assert inbox_letters.tell(wished, replace(its, smtp_url="")) == {"sent": 0, "failed": 0}
    with wished.work() as session:
        session.get(UserRow, 5).active = False
    assert inbox_letters.tell(wished, its) == {"sent": 0, "failed": 0}
    with wished.work() as session:
        session.get(UserRow, 5).active = True
    assert inbox_letters.tell(wished, its) == {"sent": 1, "failed": 0}
