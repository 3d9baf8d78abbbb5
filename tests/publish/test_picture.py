"""A publication is one picture of the catalogue: for one reader, whatever is committed while it is written."""

from __future__ import annotations

import re
import stat
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import event

from exchange.access.policy import Tier
from exchange.access.segments import refresh_products
from exchange.errors import Denied, ExchangeError
from exchange.publish.export import export
from exchange.publish.formats.json import Json
from exchange.publish.picture import NOT_CONSENTED, NOT_PREPARED, WITHDRAWN
from exchange.publish.registry import discover
from exchange.publish.write import build
from exchange.store.products import ProductRow, products_by_sku
from exchange.store.segments import drop_segments

NAMES = sorted(discover().usable)


def change_everything(store):
    """What an import does meanwhile: one product renamed, one withdrawn, one new, in one commit."""
    with store.work() as session:
        rows = products_by_sku(session)
        rows["A-1"].name = "Berganti nama"
        rows["B-2"].state = "withdrawn"
        fresh = ProductRow(sku="Z-9", name="Datang kemudian", business=rows["A-1"].business)
        session.add(fresh)
        session.flush()
        refresh_products(session, [rows["A-1"], rows["B-2"], fresh])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_committed_while_it_is_written_is_in_the_next_one_only(name, catalogue, settings, monkeypatch, unpacked):
    before = build(catalogue, replace(settings, data_dir=settings.data_dir / "calm"), name)
    kind = discover().usable[name]
    whole = kind.write

    def disturbed(self, products, out, head):
        def passing():
            for at, body in enumerate(products):
                if at == 1:
                    change_everything(catalogue)
                yield body

        return whole(self, passing(), out, head)

    monkeypatch.setattr(kind, "write", disturbed)
    during = build(catalogue, settings, name)
    monkeypatch.undo()
    assert during.etag == before.etag
    assert during.path.read_bytes() == before.path.read_bytes()
    after = build(catalogue, settings, name)
    assert after.built
    assert after.version > during.version
    assert (during.products, after.products) == (4, 4)
    data = unpacked(after.path.read_bytes())
    assert (b"Berganti nama" in data, b"Datang kemudian" in data) == (kind.lists_products, kind.lists_products)
    assert not re.search(rb"\bB-2\b", data)


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.AGREED, Tier.STAFF])
def test_every_product_is_in_the_publication_or_counted_with_the_reason(tier, catalogue, settings):
    made = build(catalogue, settings, "json", tier)
    assert made.products + sum(made.left_out.values()) == 6
    assert made.left_out == ({} if tier is Tier.STAFF else {NOT_CONSENTED: 1, WITHDRAWN: 1})


def test_a_product_without_a_finished_representation_is_counted_as_such(catalogue, settings):
    with catalogue.work() as session:
        drop_segments(session, "product", ["B-1"])
    made = build(catalogue, settings, "json")
    assert made.products == 3
    assert made.left_out[NOT_PREPARED] == 1


def test_a_firm_that_takes_its_consent_back_is_in_no_later_publication(catalogue, settings):
    assert ">A-1<" in build(catalogue, settings, "ubl").path.read_text(encoding="utf-8")
    with catalogue.work() as session:
        rows = products_by_sku(session)
        rows["A-1"].business.consented_on = None
        refresh_products(session, [row for row in rows.values() if row.business is rows["A-1"].business])
    made = build(catalogue, settings, "ubl")
    assert ">A-1<" not in made.path.read_text(encoding="utf-8")
    assert made.left_out == {NOT_CONSENTED: 3, WITHDRAWN: 1}


def test_what_is_read_in_an_agreements_scope_only_is_no_file_for_all(catalogue, settings):
    with pytest.raises(Denied):
        export(catalogue, settings, "json", tier=Tier.CONTRACTED)
    assert not (settings.data_dir / "publications").exists()


def test_each_tier_has_a_file_of_its_own_and_only_the_public_one_is_open_to_others(catalogue, settings, tmp_path):
    public, staff = build(catalogue, settings, "json"), export(catalogue, settings, "json", tmp_path / "staf.json", Tier.STAFF)
    assert public.etag != staff.etag
    assert stat.S_IMODE(public.path.stat().st_mode) == 0o644
    assert stat.S_IMODE(staff.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(build(catalogue, settings, "json", Tier.STAFF).path.stat().st_mode) == 0o600
    assert build(catalogue, settings, "json") == replace(public, built=False)


def test_a_second_call_reads_no_product(catalogue, settings):
    first = export(catalogue, settings, "ubl")
    asked = []
    event.listen(catalogue.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    again = export(catalogue, settings, "ubl")
    assert again == replace(first, built=False)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2, "the newest change, the database's name"


def test_the_same_data_give_the_same_bytes_in_another_folder_on_another_day(catalogue, settings, monkeypatch):
    first = build(catalogue, settings, "ubl")
    monkeypatch.setattr("time.time", lambda: 4_102_444_800.0)
    other = build(catalogue, replace(settings, data_dir=settings.data_dir / "other"), "ubl")
    assert other.built
    assert other.path.read_bytes() == first.path.read_bytes()


def test_a_format_that_loses_a_product_is_not_published(catalogue, settings, monkeypatch):
    whole = Json.write
    monkeypatch.setattr(Json, "write", lambda self, products, out, head: whole(self, list(products)[1:], out, head))
    with pytest.raises(ExchangeError, match="3 dari 4"):
        build(catalogue, settings, "json")
    assert list((settings.data_dir / "publications").iterdir()) == []


def test_the_head_says_how_many_products_follow(catalogue, settings):
    made = build(catalogue, settings, "json")
    head = orjson.loads(made.path.read_bytes())["catalogue"]
    assert head["products"] == made.products
