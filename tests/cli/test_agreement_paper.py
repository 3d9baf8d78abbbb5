"""Papers of a case on the command line: what each lacks and what fills it, the final as a file, and the wording that is offered."""

from __future__ import annotations

import hashlib

from exchange.agreements.node import node_of

from ..agreements.cases import go_until, new_case  # isort: skip
from ..agreements.whole import whole_case  # isort: skip


def test_a_whole_case_gives_its_final_and_the_same_bytes_again(exchange, store, settings, tmp_path):
    with store.work() as session:
        ident = whole_case(session, node_of(settings), last="bekukan_pks").ident
    listed = {one["kind"]: one["blanks"] for one in exchange("agreement", "paper", ident, "--json").json()}
    assert (listed["kesepakatan_bersama"], listed["pks"]) == (0, 0)
    assert exchange("agreement", "paper", ident, "pks").err.strip() == "Perjanjian Kerja Sama: lengkap."
    digests = set()
    for name in ("satu.pdf", "dua.pdf"):
        told = exchange("agreement", "paper", ident, "pks", "--out", str(tmp_path / name), "--json")
        assert told.code == 0, told.err
        body = (tmp_path / name).read_bytes()
        assert (told.json()["size"], told.json()["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        digests.add(told.json()["sha256"])
    assert len(digests) == 1
    again = exchange("agreement", "paper", ident, "pks", "--out", str(tmp_path / "satu.pdf"))
    assert (again.code, "sudah ada" in again.err) == (2, True)


def test_what_is_blank_is_listed_with_the_command_that_fills_it_and_a_draft_is_made(exchange, store, settings, tmp_path):
    with store.work() as session:
        ident = go_until(session, node_of(settings), new_case(session, node_of(settings)), "terima").ident
    blanks = exchange("agreement", "paper", ident, "kesepakatan_bersama", "--json").json()["blanks"]
    assert {"alamat PIHAK KEDUA": ("alamat_mitra", "isi_kb")}.items() <= {
        one["says"]: (one["field"], one["step"]) for one in blanks
    }.items()
    assert "--set alamat_mitra=" in exchange("agreement", "paper", ident, "kesepakatan_bersama").out.replace("\n", "")
    refused = exchange("agreement", "paper", ident, "kesepakatan_bersama", "--out", str(tmp_path / "kb.pdf"))
    assert (refused.code, "alamat PIHAK KEDUA" in refused.err, (tmp_path / "kb.pdf").exists()) == (1, True, False)
    drafted = exchange("agreement", "paper", ident, "kesepakatan_bersama", "--form", "docx", "--out", str(tmp_path / "kb.docx"))
    assert (drafted.code, (tmp_path / "kb.docx").read_bytes()[:2]) == (0, b"PK")
    assert exchange("agreement", "paper", ident, "surat_cinta").code == 2
    assert exchange("agreement", "paper", ident, "--out", str(tmp_path / "x.pdf")).code == 2


def test_the_usual_wording_is_told_for_fields_that_can_be_filled_in_now(exchange, store, settings):
    with store.work() as session:
        ident = go_until(session, node_of(settings), new_case(session, node_of(settings)), "terima").ident
    told = exchange("agreement", "usual", ident, "--json").json()
    assert told["perubahan_kb"]["source"] == "usual"
    assert "adendum" in told["perubahan_kb"]["value"]
    assert "sanksi" not in told, "a contract is not written yet"
    assert "perubahan_kb" in exchange("agreement", "usual", ident).out
