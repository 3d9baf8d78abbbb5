"""`exchange key`, `exchange catalogue export --sign` and `exchange verify`: real files, real exit codes."""

from __future__ import annotations

import json
import stat
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.app import create_app
from exchange.publish.keys import Ring
from exchange.store.audit import AuditRow
from exchange.store.businesses import apply_business
from exchange.store.locks import hold
from exchange.store.products import ProductRow, products_by_sku


@pytest.fixture
def catalogue(store):
    with store.work() as session:
        firms = []
        for nib, agreed in (("9120000000017", date(2026, 1, 2)), ("9120000000025", None)):
            row, _ = apply_business(session, {"nib": nib, "name": f"CV {nib}", "legal_form": "CV", "consented_on": agreed})
            firms.append(row)
        rows = [
            ProductRow(sku="A-1", business=firms[0], name="Pagar", price_min=Decimal(1000), price_valid_until=date(2026, 11, 22)),
            ProductRow(sku="A-2", business=firms[0], name="Kusen"),
            ProductRow(sku="B-1", business=firms[1], name="Rahasia"),
        ]
        session.add_all(rows)
        session.flush()
        refresh_businesses(session, firms)
        refresh_products(session, rows)
    return store


@pytest.fixture
def signed(exchange, catalogue, tmp_path) -> Path:
    """An export with its signature."""
    out = tmp_path / "katalog.json"
    told = exchange("catalogue", "export", "json", "-o", str(out), "--sign")
    assert (told.code, told.out) == (0, "")
    return out


def reason(exchange, *words):
    told = exchange("verify", *map(str, words), "--json")
    found = told.json()
    assert told.code == (0 if found["good"] else 1)
    assert found["good"] is (found["reason"] is None)
    return found["reason"]


def test_an_export_says_what_is_not_in_it_and_what_has_no_price_that_holds(exchange, catalogue, tmp_path):
    out = tmp_path / "katalog.json"
    told = exchange("catalogue", "export", "json", "-o", str(out), "--json")
    said = told.json()
    assert {each["reason"]: each["products"] for each in said["reasons"]} == {"not_consented": 1}
    assert {each["reason"]: each["products"] for each in said["lacking"]} == {"price_missing": 1, "price_expired": 1}
    assert (said["products"], said["as_of"], said["signature"]) == (2, "2026-11-23", None)
    assert not out.with_name("katalog.json.sig").exists()
    words = exchange("catalogue", "export", "json", "-o", str(out)).err
    for part in ("2 produk", "1 tidak ikut: usaha belum setuju", "1 ikut, tetapi tanpa harga", "1 ikut, tetapi harganya sudah lewat"):
        assert part in words


def test_a_signed_export_is_proved_by_this_nodes_keys_and_by_a_file_of_them(exchange, signed, tmp_path):
    told = exchange("verify", str(signed))
    assert (told.code, told.out) == (0, "")
    assert told.err.startswith("Terbukti")
    kept = tmp_path / "kunci.json"
    kept.write_text(exchange("key", "list", "--json").out)
    assert reason(exchange, signed, "--keys", kept) is None
    other = signed.rename(tmp_path / "lain.json")
    moved = signed.with_name("katalog.json.sig").rename(tmp_path / "tanda")
    assert reason(exchange, other, "--signature", moved) is None


def test_each_tier_can_be_exported_and_only_the_public_one_is_open_to_others(exchange, catalogue, tmp_path):
    for tier, products, mode in (("public", 2, 0o644), ("agreed", 2, 0o600), ("staff", 3, 0o600)):
        out = tmp_path / f"{tier}.json"
        said = exchange("catalogue", "export", "json", "-o", str(out), "--tier", tier, "--sign", "--json").json()
        assert (said["products"], said["tier"]) == (products, tier)
        assert {stat.S_IMODE(path.stat().st_mode) for path in (out, Path(f"{out}.sig"))} == {mode}
        assert reason(exchange, out) is None
    assert exchange("catalogue", "export", "json", "-o", str(tmp_path / "x"), "--tier", "contracted").code == 2


def test_a_new_export_never_stands_beside_the_old_ones_signature(exchange, signed, store):
    before = Path(f"{signed}.sig").read_bytes()
    with store.work() as session:
        row = products_by_sku(session, ["A-2"])["A-2"]
        row.name = "Kusen jati"
        refresh_products(session, [row])
    exchange("catalogue", "export", "json", "-o", str(signed), "--sign")
    assert Path(f"{signed}.sig").read_bytes() != before
    assert reason(exchange, signed) is None


def test_what_is_not_proved_says_why_and_leaves_with_one(exchange, signed, tmp_path):
    whole, mark = signed.read_bytes(), Path(f"{signed}.sig")
    signed.write_bytes(whole.replace(b"Pagar", b"Pagap"))
    assert reason(exchange, signed) == "bytes_changed"
    told = exchange("verify", str(signed))
    assert (told.code, told.err.startswith("TIDAK terbukti"), "berubah" in told.err) == (1, True, True)
    signed.write_bytes(whole[:100])
    assert reason(exchange, signed) == "bytes_changed"
    signed.write_bytes(whole)
    other = tmp_path / "katalog.xml"
    exchange("catalogue", "export", "ubl", "-o", str(other), "--sign")
    assert reason(exchange, signed, "--signature", f"{other}.sig") == "signature_of_another_file"
    mark.write_bytes(mark.read_bytes()[:-4])
    assert reason(exchange, signed) in {"signature_unreadable", "signature_wrong"}


def test_after_a_rotation_the_old_download_is_proved_and_after_a_revocation_it_is_not(exchange, signed):
    before = exchange("key", "list", "--json").json()["keys"]
    after = json.loads(exchange("key", "rotate", "--json").out)["keys"]
    assert [key["state"] for key in after] == ["active", "retired"]
    assert after[1]["kid"] == before[0]["kid"]
    assert reason(exchange, signed) is None
    assert exchange("key", "revoke", before[0]["kid"], "--reason", "laptop hilang").code == 0
    assert reason(exchange, signed) == "key_revoked"
    assert "laptop hilang" in exchange("verify", str(signed)).err
    assert [key["state"] for key in exchange("key", "list", "--json").json()["keys"]] == ["active", "revoked"]


def test_keys_of_before_a_rotation_do_not_know_the_new_one(exchange, signed, tmp_path):
    kept = tmp_path / "kunci.json"
    kept.write_text(exchange("key", "list", "--json").out)
    exchange("key", "rotate")
    exchange("catalogue", "export", "json", "-o", str(signed), "--sign")
    assert reason(exchange, signed, "--keys", kept) == "key_unknown"


def test_revoking_the_key_that_signs_makes_another_at_once(exchange, signed):
    (key,) = exchange("key", "list", "--json").json()["keys"]
    told = exchange("key", "revoke", key["kid"][:10], "--reason", "uji", "--json")
    assert [each["state"] for each in told.json()["keys"]] == ["active", "revoked"]
    exchange("catalogue", "export", "json", "-o", str(signed), "--sign")
    assert reason(exchange, signed) is None


def test_who_changes_keys_is_on_record_and_alone(exchange, signed, store):
    exchange("key", "rotate")
    with hold(store, "key", "uji"):
        told = exchange("key", "rotate")
        assert (told.code, "sudah berjalan" in told.err) == (1, True)
    exchange("key", "revoke", exchange("key", "list", "--json").json()["keys"][1]["kid"], "--reason", "uji")
    with store.read() as session:
        acts = session.scalars(select(AuditRow).where(AuditRow.kind == "key").order_by(AuditRow.id)).all()
    assert [act.action for act in acts] == ["key.rotate", "key.revoke"]
    assert acts[1].facts == {"reason": "uji"}


def test_no_command_shows_the_secret_half(exchange, signed, tmp_path):
    secret = json.loads((tmp_path / "data" / "keys" / "signing.json").read_text())["keys"][0]["d"]
    for words in (("key", "list"), ("key", "list", "--json"), ("verify", str(signed), "--json"), ("key", "rotate", "--json")):
        told = exchange(*words)
        assert secret not in told.out + told.err


MISUSED = [
    (("katalog.json",), "katalog.json.sig"),
    (("katalog.json", "--signature", "tidak-ada"), "tidak-ada"),
    (("tidak-ada.json",), "tidak-ada.json"),
    (("katalog.json", "--signature", "sig", "--keys", "tidak-ada"), "tidak-ada"),
    (("katalog.json", "--signature", "sig", "--keys", "katalog.json"), "/api/v1/keys"),
    (("katalog.json", "--signature", "sig", "--keys", "http://contoh.go.id/api/v1/keys"), "https"),
    (("katalog.json", "--signature", "sig", "--keys", "ftp://contoh.go.id/kunci"), "https"),
    (("katalog.json", "--signature", "sig"), "--keys"),
]


@pytest.mark.parametrize(("words", "named"), MISUSED)
def test_misuse_leaves_with_two_and_names_what_is_missing(exchange, words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("katalog.json").write_text("{}")
    Path("sig").write_text("a.b.c")
    told = exchange("verify", *words)
    assert told.code == 2
    assert named in told.err
    assert not (tmp_path / "data" / "keys").exists(), "looking makes no key"


def test_a_signature_or_key_list_of_any_size_is_not_read_into_memory(exchange, signed, tmp_path):
    huge = tmp_path / "besar"
    with huge.open("wb") as file:
        file.truncate(1 << 30)
    assert exchange("verify", str(signed), "--signature", str(huge)).code == 2
    assert exchange("verify", str(signed), "--keys", str(huge)).code == 2


def test_keys_come_from_the_node_itself_through_the_guarded_way_out(exchange, signed, settings, store):
    server = make_server("127.0.0.1", 0, create_app(settings, store), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/api/v1/keys"
    try:
        assert reason(exchange, signed, "--keys", url, "--local") is None
        told = exchange("verify", str(signed), "--keys", url)
        assert (told.code, "https" in told.err) == (2, True)
        secure = exchange("verify", str(signed), "--keys", url.replace("http:", "https:"))
        assert (secure.code, "tidak dapat diambil" in secure.err) == (1, True)
        assert "Traceback" not in secure.err
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_init_makes_the_key_once(exchange, tmp_path):
    assert exchange("init").code == 0
    first = Ring(tmp_path / "data").signing().kid
    assert exchange("init").code == 0
    assert Ring(tmp_path / "data").signing().kid == first


def test_the_doctor_says_whether_the_keys_can_be_read_and_makes_none(exchange, catalogue, tmp_path):
    def check():
        (found,) = [each for each in exchange("doctor", "--json").json()["checks"] if each["check"] == "kunci penanda tangan"]
        return found["well"], found["says"]

    assert check() == (True, "belum ada; dibuat saat dipakai")
    assert not (tmp_path / "data" / "keys").exists()
    exchange("key", "rotate")
    assert check()[0] is True
    (tmp_path / "data" / "keys" / "signing.json").write_text("{")
    well, says = check()
    assert not well
    assert "cadangan" in says


def test_the_doctor_says_why_the_coat_of_arms_is_on_no_paper(exchange, catalogue, tmp_path):
    def emblem(**more: str) -> tuple[bool, str]:
        (told,) = [one for one in exchange("doctor", "--json", **more).json()["checks"] if one["check"] == "lambang daerah"]
        return told["well"], told["says"]

    path = tmp_path / "lambang.txt"
    path.write_text("bukan gambar")
    assert emblem() == (True, "tidak disetel")
    well, says = emblem(EXCHANGE_OFFICE_EMBLEM=str(path))
    assert not well
    assert "EXCHANGE_OFFICE_EMBLEM" in says and "lambang.txt" in says and "JPEG, PNG atau WebP" in says
