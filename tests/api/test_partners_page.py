"""The page for partners: what it shows is run against the service over loopback HTTP."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from flask import Flask
from werkzeug.serving import make_server

from exchange.access.partners import add_partner, named, new_secret, set_stage
from exchange.access.policy import Tier, opened
from exchange.access.scopes import SCOPES
from exchange.agreements.node import node_of
from exchange.api import businesses, demands, document, products, regions
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import products_by_sku
from exchange.store.search import CERTIFICATES

from ..agreements.cases import go_until, new_case, sha  # isort: skip

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
NODE = "http://127.0.0.1:8000"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found
    return found


@pytest.fixture
def node(app: Flask, world: object, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A node with a partner, whose secret lies where the page says."""
    with store.work() as session:
        row = add_partner(session, "kota-contoh", "Pemerintah Kota Contoh", "33.74", SCOPES, actor="uji")
        set_stage(session, row, "contracted", sectors=["logam"], actor="uji")
        (tmp_path / "rahasia.txt").write_text(new_secret(session, row, actor="uji").word + "\n")
    monkeypatch.chdir(tmp_path)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def night(store: Store) -> None:
    """What the night makes of the partner's demand: a match that its contract covers."""
    with store.work() as session:
        demand = session.query(DemandRow).filter_by(reference="RUP-2027-001").one()
        product = products_by_sku(session, ["LGM-1"])["LGM-1"]
        session.add(
            MatchRow(demand_id=demand.id, product_id=product.id, score=Decimal("0.75"), marks=[], model="uji", verdict="fit",
                     demand_version=2, product_version=1)
        )  # fmt: skip


def begin_case(app: Flask, store: Store) -> None:
    """A case of the partner that stands before its review."""
    its = node_of(app.extensions["exchange"].settings)
    with store.work() as session:
        go_until(session, its, new_case(session, its, named(session, "kota-contoh")), "ajukan_telaah")


def test_the_python_examples_run(app, node, store, capsys):
    names = {"__name__": "partners"}  # as a reader who pastes them one below the other: an example goes on with the names of those before
    for block in blocks("python"):
        if "/partner/matches" in block:
            night(store)
        if "/api/v1/agreements" in block:
            begin_case(app, store)
        exec(compile(block.replace(NODE, node), "partners.md", "exec"), names)
    said = capsys.readouterr().out
    assert "LGM-1 Pagar besi hollow 550000 CV Karya Logam" in said
    assert "LGM-2" in said
    assert "{'name': 'Pagar besi hollow', 'price_min': '550000', 'sku': 'LGM-1'}\n" in said
    assert "25111 1\n" in said
    assert "\n304\n" in said
    assert "['Cibeber', 'Citangkil']" in said
    assert f"contracted {list(SCOPES)}\n" in said
    assert re.search(r"^201 /api/v1/partner/demands/d-[0-9a-f]{16} live$", said, re.M)
    assert "{'new': 1, 'refused': 1, 'unchanged': 1}\n" in said
    assert re.search(r"^0 unchanged $\n^1 new $\n^2 refused .*title", said, re.M)
    assert "\n200 2\n412 Data sudah berubah.\n200 withdrawn\n" in said
    assert "\n25111 1 matches\nPagar besi, 50 m2 - Pagar besi hollow 0.75\n200 {'amount': '27500000', 'currency': 'IDR'}\n" in said
    assert f"KS-2026-0001 Telaah TKKSD False 3 steps\n  kak {sha('kak')}\n" in said
    assert "katalog-36.72-contracted-untuk-kota-contoh.json 3\n" in said
    assert "\n3 False\n" in said, "a copy of the UBL catalogue, to which nothing happened"
    assert "katalog-36.72.json is proved: 3 products\n" in said


def test_the_token_of_the_curl_example_is_one(node):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (block,) = [each for each in blocks("bash") if "/oauth/token" in each]
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", block.replace(NODE, node)], capture_output=True, check=True, timeout=30)
    assert orjson.loads(done.stdout)["ident"] == "kota-contoh"


def test_the_table_of_stages_names_every_field_that_a_contract_opens_and_no_other(database_url):
    (line,) = re.findall(r"^\| `contracted`: .*$", PAGE, re.M)
    fields = {field for table in ("product", "business") for field in opened(Tier.CONTRACTED, Tier.AGREED)[table]}
    assert set(re.findall(r"`([a-z_]+)`", line)) - {"contracted"} == fields
    (line,) = re.findall(r"^\| `agreed`: .*$", PAGE, re.M)
    assert set(opened(Tier.AGREED)) == {"demand_own", "match_count"}
    assert "demand of this region" in line and "how many matches" in line


def test_every_scope_stands_in_the_table(database_url):
    assert set(re.findall(r"^\| `([a-z]+:[a-z]+)` \|", PAGE, re.M)) == set(SCOPES)


def test_the_curl_examples_run(node):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    answers = [
        orjson.loads(subprocess.run(["sh", "-c", block.replace(NODE, node)], capture_output=True, check=True, timeout=20).stdout)
        for block in blocks("sh")
    ]
    assert [each["sku"] for each in answers[0]["items"]] == ["LGM-1", "LGM-2"]
    assert [each["sku"] for each in answers[1]["items"]] == ["LGM-1"]
    assert answers[1]["facets"]["sector"] == [{"value": "logam", "count": 1}]
    assert answers[2]["items"][0]["product"]["sku"] == "LGM-1"
    assert {"score", "asked", "offered"} < set(answers[2]["items"][0])
    assert all(each.keys() == {"sku", "photos"} for each in answers[3]["items"])
    assert answers[4]["status"] == 400
    assert answers[4]["errors"][0]["nearest"] == "sector"


def test_the_openssl_example_proves_what_the_node_sent_and_nothing_else(node, tmp_path):
    for program in ("curl", "openssl", "base64", "sha256sum"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    (block,) = [each for each in blocks("bash") if "openssl" in each]

    def run(script):
        done = subprocess.run(["sh", "-c", script.replace(NODE, node)], cwd=tmp_path, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout

    assert run(block) == (0, "Signature Verified Successfully\nkatalog.json is proved\n")
    lines = block.splitlines(keepends=True)
    assert "-o katalog.json\n" in lines[0]
    assert "/signature?sha256=" in lines[2]
    kept = "".join(lines[1:2] + lines[3:])
    assert run(kept)[0] == 0, "the same, with the file and the signature that are here already"
    whole, mark = (tmp_path / "katalog.json").read_bytes(), (tmp_path / "katalog.json.sig").read_text()
    (tmp_path / "katalog.json").write_bytes(whole + b" ")
    assert run("".join(lines[1:]))[0] != 0, "the node signed no such bytes"
    assert "is proved" not in run(kept)[1], "a kept signature does not fit the changed file"
    (tmp_path / "katalog.json").write_bytes(whole)
    (tmp_path / "katalog.json.sig").write_text(mark[:-10] + ("A" if mark[-10] != "A" else "B") + mark[-9:])
    code, said = run(kept)
    assert code != 0
    assert "is proved" not in said


def test_the_power_query_asks_for_what_there_is(node):
    (query,) = blocks("powerquery")
    contract = document()
    path = "/" + re.search(r'RelativePath = "([^"]+)"', query)[1]
    parameters = {each["name"] for each in contract["paths"][path]["get"]["parameters"]}
    assert set(re.findall(r"(\w+) = \"200\"", query)) | {"cursor"} <= parameters
    members = set(re.findall(r'"(\w+)"', query[query.index("Table.FromRecords") :]))
    assert members <= set(contract["components"]["schemas"]["Product"]["properties"])
    assert set(re.findall(r"\[(items|next)\]", query)) == set(contract["components"]["schemas"]["ProductPage"]["required"])


def test_the_table_of_filters_is_the_one_that_the_lists_have(node):
    for module, query in (
        (products, products.ProductQuery), (businesses, businesses.BusinessQuery),
        (demands, demands.DemandQuery), (regions, regions.RegionQuery),
    ):  # fmt: skip
        (line,) = [each for each in PAGE.splitlines() if each.startswith(f"| `{module.bp.url_prefix}` |")]
        told = {word for column in line.split("|")[2:] for word in re.findall(r"`(\w+)`", column)}
        assert told == set(query().fields) - {"limit", "cursor", "state"}, line  # `state` is for staff


def test_what_the_page_says_of_orders_counts_and_certificates_is_what_there_is(node):
    told = {name: set(re.findall(r"`(\w+)`", line)) for line in PAGE.splitlines() for name in re.findall(r"^\* `(\w+)`: ", line)}
    assert told["sort"] == {*products.SORTS, *businesses.SORTS, "sort", "q"}
    assert told["facets"] == ({*products.FACETS, *businesses.FACETS, "facets"}) - {"state"}
    assert told["certificate"] == {*CERTIFICATES, "certificate"}
