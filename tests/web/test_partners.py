"""Mitra: who may change what, secrets shown once, and a sheet whose commands run."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from werkzeug.serving import make_server

from exchange.access.partners import digest_of, named, set_scopes, set_stage
from exchange.access.policy import TABLES, Tier, view
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.app import create_app
from exchange.store.audit import AuditRow, history
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.partners import PartnerSecretRow, secrets_of
from exchange.store.products import products_by_sku
from exchange.web.onboarding import NO_ADDRESS, opened_by
from exchange.web.words import WORDS

ONE = "/mitra/kota-contoh"
WORD = re.compile(r'<code class="secret">([\w-]{43})</code>')


@pytest.fixture
def admin(staff):
    return staff("admin")


def fields(page, action: str) -> dict[str, str]:
    """What the hidden fields of the page's form to that address say."""
    (form,) = [each for each in re.findall(r"<form.*?</form>", page.text, re.S) if f'action="{action}"' in each]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def make_secret(client) -> str:
    answer = client.post(f"{ONE}/rahasia", data=fields(client.get(ONE), f"{ONE}/rahasia"))
    assert answer.status_code == 200, answer.text
    return WORD.search(answer.text)[1]


def test_a_secret_is_shown_in_one_answer_and_kept_nowhere(admin, world):
    form = fields(admin.get(ONE), f"{ONE}/rahasia")
    answer = admin.post(f"{ONE}/rahasia", data=form)
    word = WORD.search(answer.text)[1]
    assert answer.text.count(word) == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []
    for path in (ONE, f"{ONE}/lembar", "/mitra"):
        assert word not in admin.get(path).text
    with world.read() as session:
        assert digest_of(word) in [row.digest for row in session.query(PartnerSecretRow)]
        assert not any(word in str(row.facts) for row in session.query(AuditRow))
    again = admin.post(f"{ONE}/rahasia", data=form)
    assert (again.status_code, WORD.search(again.text)) == (409, None)
    with world.read() as session:
        assert len(secrets_of(session, named(session, "kota-contoh").id, utcnow())) == 2


def test_two_secrets_hold_and_an_ended_one_leaves_room(admin, world):
    make_secret(admin)
    page = admin.get(ONE)
    assert "Buat rahasia dan lembar" not in page.text
    first = re.findall(rf'action="{ONE}/rahasia/(\w+)/akhiri"', page.text)[0]
    path = f"{ONE}/rahasia/{first}/akhiri"
    assert admin.post(path, data=fields(page, path)).status_code == 303
    gone = admin.post(path, data=fields(page, path))
    assert gone.status_code == 404 and "Tidak ada rahasia" in gone.text and "<h1>Pemerintah Kota Contoh</h1>" in gone.text
    make_secret(admin)


ACTS = {
    "": {"ident": "kab-lain", "nama": "Kab. Lain", "daerah": "36.04", "lingkup": "demand:read"},
    "/kota-contoh/rahasia": {},
    "/kota-contoh/tahap": {"tahap": "public"},
    "/kota-contoh/lingkup": {"lingkup": "demand:read"},
    "/kota-contoh/laju": {"semenit": "5"},
    "/kota-contoh/akses": {"buka": "tidak"},
}


@pytest.mark.parametrize("role", ["petugas", "pimpinan", "auditor"])
def test_only_an_admin_changes_partners_and_all_staff_read_them(staff, csrf, world, role):
    client = staff(role)
    page = client.get(ONE)
    assert "Hanya admin" in page.text and client.get("/mitra").status_code == client.get(f"{ONE}/lembar").status_code == 200
    (secret,) = re.findall(rf'action="{ONE}/(rahasia/\w+/akhiri)"', page.text)
    with world.read() as session:
        before = session.query(AuditRow).count()
    for path, data in {**ACTS, f"/kota-contoh/{secret}": {}}.items():
        answer = client.post(f"/mitra{path}", data={"csrf_token": csrf(page), "versi": "2", "terlihat": secret.split("/")[1]} | data)
        assert answer.status_code == 403, path
    with world.read() as session:
        assert session.query(AuditRow).count() == before


def test_nothing_is_done_without_the_forms_token_or_without_a_login(app, admin, world):
    visitor = app.test_client()
    for path, data in ACTS.items():
        assert admin.post(f"/mitra{path}", data=data).status_code == 400, path
        assert visitor.post(f"/mitra{path}", data=data).status_code in {302, 303}, path
    for path in ("/mitra", ONE, f"{ONE}/lembar"):
        assert visitor.get(path).location.startswith("/masuk")


def test_stage_scopes_rate_and_access_are_changed_and_told(admin, world):
    for path, data in (
        ("tahap", {"tahap": "contracted", "sampai": "2098-01-31", "sektor": "pangan", "kbli": "25111, 20"}),
        ("lingkup", {"lingkup": ["demand:write", "catalogue:read"]}),
        ("laju", {"semenit": "77"}),
        ("akses", {"buka": "tidak"}),
    ):
        action = f"{ONE}/{path}"
        answer = admin.post(action, data=fields(admin.get(ONE), action) | data)
        assert answer.status_code == 303, answer.text
    with world.read() as session:
        row = named(session, "kota-contoh")
        assert (row.stage, str(row.stage_until), row.within) == (
            "contracted",
            "2098-01-31",
            {"sectors": ["pangan"], "kbli": ["20", "25111"]},
        )
        assert (row.scopes, row.per_minute, row.active) == (["catalogue:read", "demand:write"], 77, False)
        assert [act.actor for act in history(session, "partner", "kota-contoh", limit=4)] == ["admin"] * 4
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get(ONE).text))
    assert "PKS, Logam, KBLI 20, sampai 31 Desember 2099 → PKS, Pangan, KBLI 20, KBLI 25111, sampai 31 Januari 2098" in page
    for told in ("mengubah laju: 77 semenit", "catalogue:read, demand:write", "menutup akses", "Buka akses lagi"):
        assert told in page


@pytest.mark.parametrize(
    ("path", "data", "says"),
    [
        ("tahap", {"tahap": "contracted", "kbli": "25", "sampai": "besok"}, "Tanggal berakhirnya"),
        ("tahap", {"tahap": "contracted"}, "tanpa objek"),
        ("tahap", {"tahap": "agreed", "kbli": "25"}, "Hanya PKS"),
        ("tahap", {"tahap": "staff"}, "tidak ada"),
        ("tahap", {"tahap": "contracted", "kbli": "<b>"}, "tidak dapat dibaca"),
        ("lingkup", {"lingkup": "catalogue:write"}, "Mungkin maksudnya catalogue:read"),
        ("laju", {"semenit": "-1"}, "harus bilangan"),
        ("laju", {"semenit": "0"}, "1 sampai"),
        ("akses", {}, "tidak lengkap"),
    ],
)
def test_what_cannot_be_saved_is_said_on_the_page(admin, world, path, data, says):
    action = f"{ONE}/{path}"
    answer = admin.post(action, data=fields(admin.get(ONE), action) | data)
    assert answer.status_code == 422
    assert says in html.unescape(re.search(r'<div class="alert.*?</div>', answer.text, re.S)[0])
    assert "<b>" not in answer.text
    with world.read() as session:
        assert named(session, "kota-contoh").version == 2


def test_who_comes_second_changes_nothing_and_sees_what_the_first_changed(staff, admin, world):
    other = staff("admin")
    action = f"{ONE}/lingkup"
    seen = fields(other.get(ONE), action)
    assert admin.post(f"{ONE}/tahap", data=fields(admin.get(ONE), f"{ONE}/tahap") | {"tahap": "agreed"}).status_code == 303
    answer = other.post(action, data=seen | {"lingkup": "demand:read"})
    assert answer.status_code == 409 and "sudah diubah" in answer.text
    said = html.unescape(re.search(r'<div class="alert.*?</div>', answer.text, re.S)[0])
    assert "Yang terakhir: admin" in said and "→ Kesepakatan Bersama" in said, "what the first one changed"
    with world.read() as session:
        assert len(named(session, "kota-contoh").scopes) == 5


def test_what_is_not_there_is_said(admin):
    for path in ("/mitra/tidak-ada", "/mitra/tidak-ada/lembar"):
        answer = admin.get(path)
        assert (answer.status_code, "Pilih dari daftar mitra" in answer.text) == (404, True)
    form = fields(admin.get(ONE), f"{ONE}/akses")
    assert admin.post("/mitra/tidak-ada/akses", data=form | {"buka": "ya"}).status_code == 404
    assert admin.get("/mitra?cari=x").status_code == 400


def test_the_list_tells_use_and_a_stage_that_is_over(admin, world):
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get("/mitra").text))
    assert "Pemerintah Kota Contoh kota-contoh Kota Semarang (33.74) PKS sampai 31 Desember 2099 7.021 21 belum pernah" in page
    with world.work() as session:
        set_stage(session, named(session, "kota-contoh"), "agreed", until=utcnow().date() - timedelta(days=3), actor="uji")
    assert "(33.74) umum" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get("/mitra").text))
    assert "Kesepakatan Bersama sudah berakhir" in admin.get(ONE).text


@pytest.mark.parametrize("stage", [Tier.PUBLIC, Tier.AGREED, Tier.CONTRACTED])
def test_the_sheet_tells_what_the_policy_opens_and_no_more(stage):
    record = {field: "x" for rules in TABLES.values() for field in rules} | {"capacity_max": None}

    def reads(table: str, form: str, tier: Tier) -> set[str]:
        return set(view(table, record | {"legal_form": form}, tier))

    told = {each.table: each.fields for each in opened_by(stage, [])}
    for table in ("business", "product", "demand_own"):
        of_firms, of_persons = (reads(table, form, stage) - reads(table, form, Tier.PUBLIC) for form in ("PT", "UD"))
        if not of_firms | of_persons:
            assert table not in told
        elif not reads(table, "PT", Tier.PUBLIC):
            assert told[table] is None
        else:
            assert {word.rstrip("*") for word in told[table]} == {str(WORDS["field"][field]) for field in of_firms | of_persons}
            assert {word for word in told[table] if not word.endswith("*")} == {
                str(WORDS["field"][field]) for field in of_firms | of_persons if field in reads(table, "UD", stage)
            }


def test_a_stage_without_the_scope_says_which_scope_is_missing(admin, world):
    with world.work() as session:
        set_scopes(session, named(session, "kota-contoh"), ["demand:read"], actor="uji")
    page = admin.get(f"{ONE}/lembar").text
    assert page.count("lingkup catalogue:read tidak diberikan") == 2
    assert "lingkup demand:read tidak" not in page


@pytest.fixture
def node(settings, world) -> Iterator[str]:
    """A node that listens and knows its address."""
    server = make_server("127.0.0.1", 0, create_app(settings, world), threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(replace(settings, base_url=base), world)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield base
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands_of_the_sheet_run_as_they_are_printed(admin, node, settings, world, tmp_path, monkeypatch, capsys):
    with world.work() as session:
        firm = session.query(BusinessRow).one()
        firm.consented_on = date(2026, 1, 5)
        refresh_businesses(session, [firm])
        refresh_products(session, products_by_sku(session).values())
    word = make_secret(admin)
    (tmp_path / "rahasia.txt").write_text(word + "\n")
    text = admin.get(f"{ONE}/lembar").text
    assert NO_ADDRESS in text
    blocks = {name: html.unescape(re.search(rf'<pre id="{name}">(.*?)</pre>', text, re.S)[1]).replace(NO_ADDRESS, node)
              for name in ("curl", "python", "excel", "ganti")}  # fmt: skip
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks["python"], "lembar", "exec"), {})
    assert "UJI-LGM-000" in capsys.readouterr().out
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with world.read() as session:
        old = secrets_of(session, named(session, "kota-contoh").id, utcnow())[0].ident
    first, second = blocks["ganti"].splitlines()
    script = "\n".join([blocks["curl"], second.replace("NAMA", old), first])
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert b'"UJI-LGM-000"' in done.stdout and b'"client_secret"' in done.stdout
    with world.read() as session:
        assert old not in [each.ident for each in secrets_of(session, named(session, "kota-contoh").id, utcnow())]


def test_the_power_query_of_the_sheet_asks_for_what_there_is(admin):
    from exchange.api import document

    query = html.unescape(re.search(r'<pre id="excel">(.*?)</pre>', admin.get(f"{ONE}/lembar").text, re.S)[1])
    contract = document()
    token, products = (contract["paths"]["/" + path] for path in re.findall(r'RelativePath = "([^"]+)"', query))
    form = token["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["$ref"].rsplit("/", 1)[1]
    assert {"grant_type", "client_id", "client_secret"} <= set(contract["components"]["schemas"][form]["properties"])
    assert {"limit", "cursor"} <= {each["name"] for each in products["get"]["parameters"]}
    columns = set(re.findall(r'"(\w+)"', query[query.index("Table.FromRecords") :]))
    assert columns <= set(contract["components"]["schemas"]["Product"]["properties"])
    for opening, closing in ("()", "[]", "{}"):
        assert query.count(opening) == query.count(closing)


def test_the_sheet_leads_with_the_nodes_own_address_where_it_has_one(settings, world, admin, node, csrf):
    client = create_app(replace(settings, base_url="https://bursa.contoh.go.id"), world).test_client()
    form = {"csrf_token": csrf(client.get("/masuk")), "name": "admin", "password": "kata-sandi-uji-coba"}
    assert client.post("/masuk", data=form).status_code == 303
    text = client.get(f"{ONE}/lembar").text
    assert NO_ADDRESS not in text and "NODE=https://bursa.contoh.go.id\n" in text
    assert settings.contact in text
