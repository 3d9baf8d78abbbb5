"""A publication is built once for each state of the catalogue and never half."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest

from exchange.access import policy
from exchange.access.segments import refresh_products
from exchange.publish import registry
from exchange.publish.base import NothingToPublish
from exchange.publish.export import export
from exchange.publish.formats.json import Json
from exchange.publish.write import build, built_before
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow, products_by_sku


def folder(settings):
    return settings.data_dir / "publications"


def raise_price(store, sku):
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        row.price_max = (row.price_max or Decimal(0)) + 1000
        row.version += 1
        refresh_products(session, [row])


def test_the_file_is_named_by_its_content(catalogue, settings):
    made = build(catalogue, settings, "json")
    digest = hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert made.path.name == f"{digest}.json"
    assert made.etag == digest
    assert made.bytes == made.path.stat().st_size


def test_nothing_is_built_again_while_nothing_changed(catalogue, settings, monkeypatch):
    first = build(catalogue, settings, "ubl")

    def never(*_args):
        raise AssertionError("built again")

    monkeypatch.setattr(registry.installed().usable["ubl"], "write", never)
    assert first.built
    assert build(catalogue, settings, "ubl") == replace(first, built=False)


@pytest.mark.parametrize("name", ["json", "ubl"])
def test_a_changed_product_gives_another_publication(name, catalogue, settings):
    first = build(catalogue, settings, name)
    raise_price(catalogue, "A-1")
    second = build(catalogue, settings, name)
    assert second.etag != first.etag
    assert second.version > first.version
    assert first.path.exists(), "whoever still reads the old one can finish"


def test_another_publisher_licence_policy_or_format_version_gives_another_publication(catalogue, settings, monkeypatch):
    tags = {build(catalogue, settings, "json").etag}
    tags.add(build(catalogue, replace(settings, office="Dinas Lain"), "json").etag)
    tags.add(build(catalogue, replace(settings, data_licence="https://lisensi.example/lain"), "json").etag)
    assert len(tags) == 3
    pointer = folder(settings) / "json-public.note"
    before = orjson.loads(pointer.read_bytes())["basis"]
    monkeypatch.setattr(policy, "VERSION", "another")
    build(catalogue, settings, "json")
    monkeypatch.setattr(Json, "version", "another")
    build(catalogue, settings, "json")
    assert orjson.loads(pointer.read_bytes())["basis"] != before


def test_a_lost_or_cut_file_is_built_again(catalogue, settings):
    first = build(catalogue, settings, "json")
    whole = first.path.read_bytes()
    first.path.write_bytes(whole[:50])
    assert build(catalogue, settings, "json").path.read_bytes() == whole
    first.path.unlink()
    assert build(catalogue, settings, "json").path.read_bytes() == whole


@pytest.mark.parametrize("said", [b"", b"[]", b'{"basis": 1}', b"\xff"])
def test_an_unreadable_pointer_is_made_anew(said, catalogue, settings):
    first = build(catalogue, settings, "json")
    (folder(settings) / "json-public.note").write_bytes(said)
    assert build(catalogue, settings, "json") == first


def test_a_format_that_fails_leaves_no_file(catalogue, settings, monkeypatch):
    def half(self, products, out, head):
        out.write(b"half")
        raise OSError("no room")

    monkeypatch.setattr(Json, "write", half)
    with pytest.raises(OSError, match="no room"):
        build(catalogue, settings, "json")
    assert list(folder(settings).iterdir()) == []


def test_an_empty_catalogue_has_a_json_and_no_ubl(store, settings):
    empty = build(store, settings, "json")
    assert empty.products == 0
    said = orjson.loads(empty.path.read_bytes())
    assert said["products"] == []
    assert said["catalogue"]["changed_at"] is None, "nothing has ever changed"
    with pytest.raises(NothingToPublish) as nothing:
        build(store, settings, "ubl")
    assert int(nothing.value.status) == 204
    assert sorted(path.suffix for path in folder(settings).iterdir()) == [".about", ".gz", ".json", ".note"]


def test_an_export_is_a_whole_copy_or_none(catalogue, settings, tmp_path):
    out = tmp_path / "katalog.xml"
    out.write_bytes(b"of yesterday")
    made = export(catalogue, settings, "ubl", out)
    assert made.path == out
    assert out.read_bytes() == build(catalogue, settings, "ubl").path.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file() and "sqlite" not in path.name) == ["katalog.xml"]


def test_many_builders_at_once_agree(catalogue, settings):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: build(catalogue, settings, "json"), range(16)))
    assert len({each.etag for each in made}) == 1
    assert made[0].path.exists()
    assert not list(folder(settings).glob(".*"))


def age(settings):
    long_ago = time.time() - 3 * 3600
    for path in folder(settings).iterdir():
        os.utime(path, (long_ago, long_ago))


def test_a_superseded_file_stays_an_hour_from_then_on_and_a_current_one_for_good(catalogue, settings):
    old, other = build(catalogue, settings, "json"), build(catalogue, settings, "ubl")
    left = folder(settings) / ".katalog-left-by-a-crash"
    left.touch()
    age(settings)
    raise_price(catalogue, "A-1")
    new = build(catalogue, settings, "json")
    assert old.path.exists(), "somebody may just have been told of it"
    assert not left.exists()
    age(settings)
    raise_price(catalogue, "A-1")
    build(catalogue, settings, "json")
    assert not old.path.exists()
    assert new.path.exists()
    assert other.path.exists()


def test_another_database_that_reached_the_same_number_is_not_taken_for_this_one(store, firm, offer, settings, tmp_path):
    offer("X-1", firm(store, "9120000000017", "CV"))
    first = build(store, settings, "json")
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    migrate.upgrade(other)
    business = firm(other, "9120000000017", "CV")
    with other.work() as session:
        row = ProductRow(sku="Y-1", name="Lain", business=session.get_one(BusinessRow, business))
        session.add(row)
        session.flush()
        refresh_products(session, [row])
    second = build(other, settings, "json")
    other.close()
    assert second.version == first.version
    assert second.built
    assert "Y-1" in second.path.read_text(encoding="utf-8")


def test_the_packed_twin_and_the_note_of_a_superseded_file_stay_and_go_with_it(catalogue, settings):
    old = build(catalogue, settings, "json")
    raise_price(catalogue, "A-1")
    new = build(catalogue, settings, "json")
    assert built_before(settings, "json", old.etag).path == old.path
    assert old.gzip.path.exists()
    age(settings)
    raise_price(catalogue, "A-1")
    build(catalogue, settings, "json")
    assert built_before(settings, "json", old.etag) is None
    assert not old.gzip.path.exists()
    assert built_before(settings, "json", new.etag).gzip == new.gzip
    left = {path.name for path in folder(settings).iterdir()}
    assert f"json-public-{old.etag}.about" not in left
    assert f"json-public-{new.etag}.about" in left


def test_a_lost_or_cut_packed_twin_is_made_again(catalogue, settings):
    first = build(catalogue, settings, "json")
    whole = first.gzip.path.read_bytes()
    for harm in (lambda: first.gzip.path.write_bytes(whole[:20]), first.gzip.path.unlink):
        harm()
        again = build(catalogue, settings, "json")
        assert again.built
        assert again.gzip.path.read_bytes() == whole
        assert gzip.decompress(whole) == again.path.read_bytes()


def test_what_does_not_shrink_has_no_packed_twin(catalogue, settings, monkeypatch):
    def noise(self, products, out, head):
        out.write(random.Random(7).randbytes(100_000))
        return sum(1 for _ in products)

    monkeypatch.setattr(Json, "write", noise)
    made = build(catalogue, settings, "json")
    assert made.gzip is None
    assert not list(folder(settings).glob("*.gz"))


def test_a_note_of_an_older_version_of_this_software_is_made_anew(catalogue, settings):
    first = build(catalogue, settings, "json")
    pointer = folder(settings) / "json-public.note"
    said = orjson.loads(pointer.read_bytes())
    pointer.write_bytes(orjson.dumps({name: said[name] for name in ("basis", "file", "sha256", "bytes", "left_out", "version")}))
    assert build(catalogue, settings, "json") == first
