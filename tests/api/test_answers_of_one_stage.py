"""A validator, a cursor, a version or a hash that one caller was given tells another one nothing that it may not read itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from exchange.access.segments import refresh_products
from exchange.store.products import products_by_sku
from schemas import ubl

from .staged import NAMES, OTHERS_DEMAND, OWN_DEMAND, SHOWN, bring, callers, met, put  # isort: skip

NS = {"cbc": ubl.CBC}
FULL, CHANGES = "/api/v1/publications/ubl", "/api/v1/publications/ubl/changes"
ADDRESSES = [
    "/api/v1/products", "/api/v1/products/LGM-1", "/api/v1/products/PGN-1", "/api/v1/businesses", "/api/v1/demands", "/api/v1/changes",
    "/api/v1/suiting?for=pagar", "/api/v1/publications", "/api/v1/publications/json", "/api/v1/publications/json?tier=agreed",
    "/api/v1/publications/ubl?tier=agreed", "/api/v1/publications/ubl?tier=contracted",
    "/api/v1/publications/json?tier=contracted", "/api/v1/publications/xlsx?tier=contracted",
    "/api/v1/partner/demands", "/api/v1/partner/matches", "/api/v1/partner/matches/counts",
]  # fmt: skip
KEPT = {each for each in ADDRESSES if "partner" not in each and "changes" not in each}
ASKING = [name for name in NAMES if name != "garbled token"]


@pytest.fixture
def settings(settings):
    """Of a node where a partner may ask as often as it likes."""
    return replace(settings, rate_partner=10**6)


@pytest.fixture
def everybody(app, staff, office, another, store):
    """All callers by name, two of which brought a demand."""
    bring(office, store, OWN_DEMAND)
    bring(another, store, OTHERS_DEMAND)
    return callers(app, staff, office, another)


def as_each(everybody, office, another, ask):
    """What `ask` gives for each caller on its stage, by name."""
    told = {}
    for name in ASKING:
        put(office, another, name)
        told[name] = ask(everybody[name])
    return told


def put_each(office, another):
    """All pairs of callers; the first of each is on its stage."""
    for name in ASKING:
        put(office, another, name)
        yield from ((name, other) for other in ASKING)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_validator_of_one_caller_answers_no_other_one_whose_bytes_are_others(office, another, everybody):
    told = as_each(everybody, office, another, lambda caller: {each: caller.get(each) for each in ADDRESSES})
    for name, answers in told.items():  # all asked one after the other, so that nobody was given what was kept for the one before
        assert ("capacity" in met(answers["/api/v1/products"])) is bool(everybody[name].covers or name == "staff"), name
    hidden = 0
    for name in ASKING:
        put(office, another, name)
        for path in ADDRESSES:
            mine = told[name][path]
            given = {told[other][path].headers.get("ETag"): told[other][path] for other in ASKING if other != name}
            for tag, theirs in given.items():
                for _ in range(2 if path in KEPT else 1):  # the second one is answered by what stands in front
                    if tag is None:
                        continue
                    answer = everybody[name].get(path, If_None_Match=tag)
                    if mine.status_code != 200:
                        assert answer.status_code == mine.status_code, (name, tag, path)
                        continue
                    same = mine.data == theirs.data and mine.headers["ETag"] == tag
                    assert answer.status_code == (304 if same else 200), (name, tag, path)
                    if not same:
                        assert answer.data == mine.data, (name, tag, path)
                        hidden += 1
    assert hidden > 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_head_and_a_304_are_of_the_caller_that_asks_and_only_what_the_public_reads_is_kept_by_others(office, another, everybody):
    for name in ASKING:
        put(office, another, name)
        caller = everybody[name]
        for path in ADDRESSES:
            whole = caller.get(path)
            head = caller.ask("HEAD", path)
            assert head.status_code == whole.status_code, (name, path)
            if whole.status_code != 200:
                continue
            for header in ("ETag", "Content-Length", "Cache-Control"):
                assert head.headers.get(header) == whole.headers.get(header), (name, path, header)
            shared = "public" in whole.headers["Cache-Control"]
            public = path.endswith(("/publications", "/json")) or (caller.stage == "public" and "partner" not in path)
            assert shared == public, (name, path)
            assert {"Cookie", "Authorization"} <= {word.strip() for word in whole.headers["Vary"].split(",")} or path.endswith("/json")
            again = caller.get(path, If_None_Match=whole.headers["ETag"])
            assert (again.status_code, again.data) == (304, b""), (name, path)


def test_a_cursor_of_the_feed_is_good_for_its_view_alone(office, another, everybody):
    given = as_each(everybody, office, another, lambda caller: caller.get("/api/v1/changes?limit=2").get_json()["next"])
    views = {name: (everybody[name].stage, tuple(everybody[name].covers)) for name in ASKING}
    views["contract for nothing that is there"] = ("contracted", ("99",))
    for name, other in put_each(office, another):
        answer = everybody[name].get(f"/api/v1/changes?since={given[other]}")
        assert answer.status_code == (200 if views[name] == views[other] else 410), (name, other)
        assert met(answer) <= everybody[name].may


def test_a_cursor_of_a_list_leads_nobody_to_what_it_may_not_read(office, another, everybody):
    given = as_each(everybody, office, another, lambda caller: caller.get("/api/v1/products?limit=1").get_json()["next"])
    for name, other in put_each(office, another):
        answer = everybody[name].get(f"/api/v1/products?cursor={given[other]}")
        assert met(answer) <= everybody[name].may, (name, other)
        skus = [each["sku"] for each in answer.get_json()["items"]]
        assert set(skus) <= set(SHOWN) or name == "staff"


def test_a_version_of_the_catalogue_and_a_hash_of_a_file_are_good_for_their_receiver_alone(office, another, everybody, store):
    def newest(caller):
        tier = "" if caller.stage == "public" else f"?tier={caller.stage}"
        answer = caller.get(f"{FULL}{tier}")
        return etree.fromstring(answer.data).findtext("cbc:VersionID", namespaces=NS), answer.headers["ETag"].strip('"')

    given = as_each(everybody, office, another, newest)
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.name, row.version = "Pagar baru", row.version + 1
        refresh_products(session, [row])
    for name, other in put_each(office, another):
        caller, whose = everybody[name], everybody[other]
        since, digest = given[other]
        same = name == other or ((caller.stage, caller.covers) == (whose.stage, whose.covers) and "nothing" not in name + other)
        signatories = whose.stage == "agreed" and caller.stage in {"agreed", "contracted"}
        answer = caller.get(f"{CHANGES}?since={since}")
        assert answer.status_code == (200 if same or signatories or whose.stage == "public" else 410), (name, other)
        assert met(answer) <= (caller.may & whose.may if answer.status_code == 200 else set()), (name, other)
        if whose.stage == "public":
            continue
        for part in ("manifest", "signature"):
            told = caller.get(f"{FULL}/{part}?tier={whose.stage}&sha256={digest}").status_code
            mine = name == other or (other == "signatory" and caller.stage == "contracted")  # the same partner, earlier
            assert (told == 200) is mine, (name, other, part)


def test_a_contract_is_followed_by_increments_and_ends_with_its_scope(office, store):
    office.stage("contracted", kbli=["25111"])
    with office.get(f"{FULL}?tier=contracted") as whole:
        since = etree.fromstring(whole.data).findtext("cbc:VersionID", namespaces=NS)
        assert whole.data.count(b"731.373") == 2
    with store.work() as session:
        rows = list(products_by_sku(session, ["LGM-1", "LGM-2"]).values())
        for row in rows:
            row.name, row.version = row.name + " baru", row.version + 1
        refresh_products(session, rows)
    with office.get(f"{CHANGES}?since={since}") as told:
        assert told.status_code == 200
        assert told.data.count(b"731.373") == 2, "of LGM-1, which the contract covers, and not of LGM-2"
        assert told.headers["Cache-Control"] == "private, no-cache"
    for stage, more in (("contracted", {"kbli": ["25"]}), ("agreed", {}), ("public", {})):
        office.stage(stage, **more)
        refused = office.get(f"{CHANGES}?since={since}")
        assert refused.status_code == 410
        assert b"731.373" not in refused.data
    assert refused.get_json()["resync"] == FULL
