"""A full catalogue with what changed since is the full catalogue of later, whatever happened in between and whoever reads."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import update

from exchange.access.policy import Tier
from exchange.access.segments import rebuild, refresh_businesses, refresh_products
from exchange.errors import Denied, Gone
from exchange.publish.base import Receiver
from exchange.publish.increments import build_increment
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.changes import ChangeRow
from exchange.store.feed import forget_changes, renew_epoch
from exchange.store.products import ProductRow, products_by_sku, products_of_business

from .copies import NS, VIEWS, Reader, change, consent, contracted, whole  # isort: skip


def something(store: Store, luck: random.Random) -> None:
    """One transaction of one to three changes, some of the same record."""
    with store.work() as session:
        firms, products = session.query(BusinessRow).all(), list(products_by_sku(session).values())
        for _ in range(luck.randint(1, 3)):
            what, row = luck.randrange(8), luck.choice(products)
            if what == 0:
                firm = luck.choice(firms)
                firm.consented_on = None if firm.consented_on else date(2026, 1, 2)
                refresh_businesses(session, [firm])
                refresh_products(session, products_of_business(session, firm.id))
                continue
            if what == 1:
                row = ProductRow(sku=f"N-{luck.randrange(10**9)}", name="Barang baru", business=luck.choice(firms))
                session.add(row)
            elif what in {2, 3}:
                row.state = "withdrawn" if row.state == "active" else "active"
            elif what == 4:
                rebuild(session, "36.72")
                continue
            elif what == 5:  # into a contract's objects, or out of them
                row.kbli, row.sector = luck.choice([("25111", "logam"), ("10710", "pangan"), (None, None)])
            else:
                row.name, row.capacity_max = f"Barang {luck.random()}", Decimal(luck.randrange(1, 10**5))
            row.version = (row.version or 0) + 1
            session.flush()
            refresh_products(session, [row])


@pytest.mark.parametrize("seed", range(4))
def test_the_catalogue_of_before_with_its_increments_is_the_catalogue_of_now(catalogue, settings, seed):
    luck = random.Random(seed)
    readers = [Reader(catalogue, settings, *view) for view in VIEWS]
    for _ in range(12):
        for _ in range(luck.randint(0, 3)):
            something(catalogue, luck)
        now = {view: whole(catalogue, settings, *view) for view in VIEWS}
        for reader in readers:
            if luck.random() < 0.6:
                before = reader.since
                reader.catch_up()
                version, lines = now[reader.tier, reader.receiver]
                assert reader.copy == lines
                assert version is None or reader.since in {version, before}
        readers += [Reader(catalogue, settings, *view) for view in VIEWS if now[view][1] and luck.random() < 0.2]
    assert len(readers) > len(VIEWS)


def test_what_is_new_changed_and_gone_is_told_as_such_and_the_document_is_valid(catalogue, settings, xsd):
    reader = Reader(catalogue, settings, Tier.PUBLIC)
    change(catalogue, "D-1", state="active")
    change(catalogue, "A-1", name="Berganti nama")
    change(catalogue, "A-2", state="withdrawn")
    consent(catalogue, "Usaha PT", agreed=True)
    consent(catalogue, "Usaha UD", agreed=False)
    assert reader.catch_up(xsd) == [
        ("A-1", "Update"), ("A-2", "Delete"), ("B-1", "Delete"), ("B-2", "Delete"), ("C-1", "Add"), ("D-1", "Add"),
    ]  # fmt: skip
    assert reader.copy == whole(catalogue, settings, Tier.PUBLIC)[1]
    assert reader.catch_up() == []


def test_shown_hidden_and_shown_again_is_new_only_to_those_who_did_not_have_it(catalogue, settings):
    having = Reader(catalogue, settings, Tier.PUBLIC)
    change(catalogue, "A-1", state="withdrawn")
    lacking = Reader(catalogue, settings, Tier.PUBLIC)
    change(catalogue, "A-1", state="active")
    assert having.catch_up() == [("A-1", "Update")]
    assert lacking.catch_up() == [("A-1", "Add")]
    change(catalogue, "D-1", state="active")
    change(catalogue, "D-1", state="withdrawn")
    assert having.catch_up() == [], "what came and went between two looks was never there"


def test_who_may_not_read_a_product_is_told_nothing_of_it_not_even_another_version(catalogue, settings):
    public, staff = Reader(catalogue, settings, Tier.PUBLIC), Reader(catalogue, settings, Tier.STAFF)
    change(catalogue, "C-1", name="Diam-diam")
    assert public.catch_up() == []
    assert whole(catalogue, settings, Tier.PUBLIC)[0] == public.since
    assert staff.catch_up() == [("C-1", "Update")]


def test_a_catalogue_that_became_empty_is_an_increment_of_deletes_and_can_be_followed_on(catalogue, settings):
    reader = Reader(catalogue, settings, Tier.PUBLIC)
    for firm in ("Usaha CV", "Usaha UD"):
        consent(catalogue, firm, agreed=False)
    assert {action for _, action in reader.catch_up()} == {"Delete"}
    assert reader.copy == {}
    consent(catalogue, "Usaha CV", agreed=True)
    assert {action for _, action in reader.catch_up()} == {"Add"}


def test_the_word_for_a_state_tells_no_number_and_is_the_same_for_the_same_state(catalogue, settings):
    first, second = Reader(catalogue, settings, Tier.PUBLIC).since, Reader(catalogue, settings, Tier.PUBLIC).since
    assert first == second
    assert len(first) > 40
    change(catalogue, "A-1", name="Berganti nama")
    assert Reader(catalogue, settings, Tier.PUBLIC).since != first


def test_the_same_question_is_answered_from_the_same_file_until_something_changes(catalogue, settings):
    reader = Reader(catalogue, settings, Tier.PUBLIC)
    change(catalogue, "A-1", name="Berganti nama")
    first = build_increment(catalogue, settings, reader.since, Tier.PUBLIC)
    written = [path.stat().st_ino for path in (first.path, first.gzip.path)]
    again = build_increment(catalogue, settings, reader.since, Tier.PUBLIC)
    assert (again, again.made_at) == (first, first.made_at)
    assert [path.stat().st_ino for path in (again.path, again.gzip.path)] == written, "nothing was written anew"
    assert gzip.decompress(first.gzip.path.read_bytes()) == first.path.read_bytes()
    change(catalogue, "B-1", name="Juga")
    assert build_increment(catalogue, settings, reader.since, Tier.PUBLIC).lines == 2


def test_an_increment_for_a_partner_is_made_out_to_it(catalogue, settings, xsd):
    since = Reader(catalogue, settings, Tier.AGREED).since
    change(catalogue, "A-1", name="Berganti nama")
    made = build_increment(catalogue, settings, since, Tier.AGREED, Receiver("36.04", "Kabupaten Serang"))
    tree = etree.parse(str(made.path))
    xsd.assertValid(tree)
    assert tree.xpath("string(//cac:ReceiverParty/cac:PartyName/cbc:Name)", namespaces=NS) == "Kabupaten Serang"


def gone(store: Store, settings: Any, since: str, reader: Tier, why: str) -> None:
    with pytest.raises(Gone, match=why) as refused:
        build_increment(store, settings, since, reader)
    assert refused.value.facts["resync"] == "/api/v1/publications/ubl"
    assert "katalog penuh" in refused.value.mend


@pytest.mark.parametrize("word", ["7", "x", "A" * 56, "ü", "-" * 56])
def test_a_word_that_is_not_of_this_node_leads_to_the_full_catalogue(catalogue, settings, word):
    gone(catalogue, settings, word, Tier.STAFF, "bukan dari")


def test_a_word_is_good_for_the_tier_it_was_given_to_and_a_public_one_for_everybody(catalogue, settings):
    public, staff = (Reader(catalogue, settings, tier).since for tier in (Tier.PUBLIC, Tier.STAFF))
    change(catalogue, "A-1", name="Berganti nama")
    gone(catalogue, settings, staff, Tier.PUBLIC, "Hak baca")
    gone(catalogue, settings, staff, Tier.AGREED, "Hak baca")
    made = build_increment(catalogue, settings, public, Tier.STAFF)
    assert made.tier is Tier.PUBLIC
    assert made.path == build_increment(catalogue, settings, public, Tier.PUBLIC).path
    with pytest.raises(Denied, match="lingkup PKS"):
        build_increment(catalogue, settings, public, Tier.CONTRACTED)


def test_a_word_that_a_contract_gave_is_good_for_that_contract_alone(catalogue, settings):
    mine = contracted("25")
    reader = Reader(catalogue, settings, Tier.CONTRACTED, mine)
    agreed, public = (Reader(catalogue, settings, tier) for tier in (Tier.AGREED, Tier.PUBLIC))
    assert len({reader.since, agreed.since, public.since}) == 3
    change(catalogue, "A-1", capacity_max=Decimal(191))
    full = "/api/v1/publications/ubl?tier=contracted"
    for other in (contracted("10"), contracted("25", "10"), contracted("25111"), contracted(sectors=frozenset({"logam"}))):
        with pytest.raises(Gone, match="Objek PKS") as refused:
            build_increment(catalogue, settings, reader.since, Tier.CONTRACTED, other)
        assert refused.value.facts["resync"] == full
        assert f"GET {full}," in refused.value.mend
    for tier in (Tier.PUBLIC, Tier.AGREED, Tier.STAFF):
        gone(catalogue, settings, reader.since, tier, "Hak baca")
    exact, banded = b"191", b"100-1000"
    for since, tier, opened in (
        (reader.since, Tier.CONTRACTED, True),
        (agreed.since, Tier.AGREED, False),
        (public.since, Tier.PUBLIC, False),
    ):
        made = build_increment(catalogue, settings, since, Tier.CONTRACTED, mine)
        body = made.path.read_bytes()
        assert (made.tier, exact in body, banded in body) == (tier, opened, True), tier
        assert made.path.stat().st_mode & 0o777 == (0o644 if tier is Tier.PUBLIC else 0o600)


def test_what_one_partner_was_sent_is_not_sent_to_another_one_of_the_same_region(catalogue, settings):
    since = Reader(catalogue, settings, Tier.CONTRACTED, contracted("25")).since
    change(catalogue, "A-1", capacity_max=Decimal(191))
    one, other = (
        build_increment(catalogue, settings, since, Tier.CONTRACTED, contracted("25", ident=ident))
        for ident in ("kota-contoh", "kota-kedua")
    )
    assert one.lines == other.lines == 1
    assert build_increment(catalogue, settings, since, Tier.CONTRACTED, contracted("25")) == one


def test_a_word_of_another_secret_database_or_policy_is_not_gone_on_from(catalogue, settings, monkeypatch):
    since = Reader(catalogue, settings, Tier.PUBLIC).since
    change(catalogue, "A-1", name="Berganti nama")
    gone(catalogue, replace(settings, secret_key="1" * 64), since, Tier.PUBLIC, "bukan dari")
    with monkeypatch.context() as other:
        other.setattr("exchange.publish.states.POLICY", "lain")
        gone(catalogue, settings, since, Tier.PUBLIC, "Aturan")
    with catalogue.work() as session:
        renew_epoch(session)
    gone(catalogue, settings, since, Tier.PUBLIC, "diganti")


def test_a_word_whose_following_changes_are_forgotten_is_not_gone_on_from_and_a_quiet_readers_stays_good(catalogue, settings):
    old = Reader(catalogue, settings, Tier.PUBLIC)
    change(catalogue, "A-1", name="Pertama")
    change(catalogue, "A-1", name="Kedua")
    newer = Reader(catalogue, settings, Tier.PUBLIC)
    for name in ("x", "y"):
        change(catalogue, "C-1", name=name)
    with catalogue.work() as session:
        session.execute(update(ChangeRow).values(at=utcnow() - timedelta(days=400)))
    with catalogue.work() as session:
        forget_changes(session, utcnow() - timedelta(days=90))
    gone(catalogue, settings, old.since, Tier.PUBLIC, "masa simpan")
    assert newer.catch_up() == []
    assert whole(catalogue, settings, Tier.PUBLIC)[0] == newer.since
    change(catalogue, "A-1", name="Ketiga")
    assert newer.catch_up() == [("A-1", "Update")]


def test_a_word_from_behind_the_newest_change_is_of_a_database_that_was_turned_back(catalogue, settings):
    change(catalogue, "A-1", name="Berganti nama")
    since = Reader(catalogue, settings, Tier.PUBLIC).since
    with catalogue.work() as session:
        session.delete(session.query(ChangeRow).order_by(ChangeRow.id.desc()).first())
    gone(catalogue, settings, since, Tier.PUBLIC, "dikembalikan")
