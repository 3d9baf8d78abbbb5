"""A case from the first question to its contract on the command line, what is refused on the way, and what a touched case comes to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.agreements.node import node_of
from exchange.agreements.rules import shipped
from exchange.settings import Settings
from exchange.store.agreements import AgreementRow
from exchange.store.base import Store

from ..agreements.cases import WAY, facts, go_until, new_case, paper, sha  # isort: skip

TODAY = date(2026, 11, 23)


def words(folder: Path, step: str, *, without: tuple[str, ...] = (), **other: Any) -> list[str]:
    """The options with which a step is taken where nothing is wrong."""
    rule, told = shipped().steps[step], ["--as", shipped().steps[step].offices[0]]
    for name in dict.fromkeys((*rule.fields, *rule.may)):
        if name in without or name == "dasar_jangka_waktu":
            continue
        value = other.get(name, facts(name, shipped().fields[name].kind, TODAY))
        told += ["--set", f"{name}={json.dumps(value) if isinstance(value, list) else 'ya' if value is True else value}"]
    for kind in rule.papers:
        if kind not in without:
            (folder / f"{kind}.pdf").write_bytes(paper(kind))
            told += ["--file", f"{kind}={folder / f'{kind}.pdf'}"]
    if step == "isi_pks":
        (folder / "objek.json").write_text('[{"commodity": "Pagar besi", "sector": "logam", "quantity": "400.5", "unit": "MTK"}]')
        told += ["--objects", str(folder / "objek.json")]
    return told


def began(exchange: Callable[..., Any], *more: str) -> str:
    said = ("--kind", "daerah", "--region", "33.74", "--counterpart", "Pemerintah Kota Semarang", "--title", "Pagar sekolah")
    told = exchange("agreement", "begin", *said, *more)
    assert told.code == 0, told.err
    return told.out.strip()


def test_a_case_goes_its_whole_way_on_the_command_line_and_is_shown_whole(exchange, store, tmp_path):
    with store.work() as session:
        add_partner(session, "kota-semarang", "Kota Semarang", "33.74", SCOPES, actor="uji")
    ident = began(exchange, "--partner", "kota-semarang")
    for number, step in enumerate(WAY, 1):
        told = exchange("agreement", "step", ident, step, *words(tmp_path, step), "--version", str(number), "--note", "rapat", "--json")
        assert told.code == 0, told.err
        assert told.json()["version"] == number + 1
    shown = exchange("agreement", "show", ident, "--json").json()
    assert (shown["state"], shown["faults"], shown["partner"]) == ("pelaksanaan", [], "kota-semarang")
    assert shown["objects"] == [{"commodity": "Pagar besi", "sector": "logam", "quantity": "400.5", "unit": "MTK"}]
    assert shown["oversight"]["reports"] == ["Wali Kota", "Menteri Dalam Negeri"]
    assert "belum diverifikasi" in shown["oversight"]["basis"]
    assert [one["note"] for one in shown["history"][1:]] == ["rapat"] * len(WAY)
    assert {one["step"] for one in shown["next"]} >= {"laporkan", "adendum", "tangguhkan", "akhiri"}
    assert all(lack["article"] and lack["mend"] for one in shown["next"] for lack in one["lacks"])
    assert exchange("partner", "show", "kota-semarang", "--json").json()["stage"] == "contracted"
    table = exchange("agreement", "show", ident).out
    assert "berita_acara_akhir: Berita acara pengakhiran" in table and "Mulai pelaksanaan" in table
    listed = exchange("agreement", "list", "--state", "pelaksanaan", "--region", "33.74", "--text", "PAGAR", "--json").json()
    assert [(one["ident"], one["ends_on"]) for one in listed] == [(ident, "2028-11-23")]
    assert exchange("agreement", "list", "--region", "32.73", "--json").json() == []
    out = tmp_path / "keluar.pdf"
    assert exchange("agreement", "file", ident, sha("pks")[:12], "--out", str(out)).code == 0
    assert out.read_bytes() == paper("pks")
    assert exchange("agreement", "file", ident, sha("pks"), "--out", str(out)).code == 2, "nothing is overwritten"
    assert exchange("agreement", "file", ident, "0" * 64, "--out", str(tmp_path / "x")).code == 2


def test_a_step_that_is_refused_names_all_that_it_lacks_with_the_article_and_keeps_nothing_of_it(exchange, store, tmp_path):
    ident = began(exchange)
    said = words(tmp_path, "siapkan", without=("nota_kebutuhan", "tidak_bertentangan", "rujukan_rencana", "pengecualian"))
    (tmp_path / "kak.pdf").write_bytes(paper("kak"))
    told = exchange("agreement", "step", ident, "siapkan", *said, "--json")
    assert told.code == 1
    assert {one["what"] for one in told.json()["missing"]} >= {"nota_kebutuhan", "tidak_bertentangan"}
    assert all(one["article"] for one in told.json()["missing"])
    assert "PP 28/2018 Pasal 4" in told.err
    wrong = exchange(
        "agreement", "step", ident, "isi_identifikasi", "--as", "opd", "--set", "urusan=x", "--file", f"kak={tmp_path / 'kak.pdf'}"
    )
    assert wrong.code == 1
    shown = exchange("agreement", "show", ident, "--json").json()
    assert (shown["version"], shown["files"], shown["facts"]) == (1, [], [])


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--as", "dprd", "--set", "urusan=x"], 1, "Perangkat daerah"),
        (["--as", "opd", "--set", "urusan"], 2, "nama=nilai"),
        (["--as", "opd", "--set", "urusan=x", "--set", "urusan=y"], 2, "dua kali"),
        (["--as", "opd", "--set", "karangan=x"], 2, "tidak ada"),
        (["--as", "opd", "--set", "tidak_bertentangan=mungkin"], 2, "ya atau tidak"),
        (["--as", "opd", "--set", "urusan=@/tidak/ada"], 2, "tidak dapat dibaca"),
        (["--as", "opd", "--set", "penandatangan_kb=Wali Kota"], 2, "bukan JSON"),
        (["--as", "opd", "--file", "kak=/tidak/ada.pdf"], 2, "tidak dapat dibaca"),
        (["--as", "opd", "--set", "urusan=x", "--version", "7"], 1, "sudah berubah"),
    ],
)
def test_what_is_misspelt_or_late_is_named_and_changes_nothing(exchange, store, more, code, says):
    ident = began(exchange)
    told = exchange("agreement", "step", ident, "isi_identifikasi", *more)
    assert (told.code, says in told.err) == (code, True), told.err
    assert exchange("agreement", "show", ident, "--json").json()["version"] == 1


def test_who_is_on_the_other_side_decides_and_two_are_told_why_not(exchange, store):
    def decide(*said: str) -> Any:
        return exchange("agreement", "decide", "--kind", *said)

    assert "sukarela" in decide("daerah", "--region", "33.74").out
    wajib = decide("daerah", "--region", "36.04", "--externality", "--json").json()
    assert (wajib["instrument"], wajib["category"], wajib["article"]) == ("ksdd", "wajib", "PP 28/2018 Pasal 3 ayat (2)")
    assert decide("pihak_ketiga", "--json").json()["instrument"] == "ksdpk"
    assert decide("kementerian", "--json").json()["instrument"] == "sinergi"
    abroad, local = decide("luar_negeri"), decide("perusahaan_setempat")
    assert (abroad.code, local.code) == (1, 1)
    assert "PP 28/2018 Pasal 23 sampai 43" in abroad.err and "rantai pasok" in local.err
    assert decide("daerah").code == decide("daerah", "--region", "99.99").code == 2


def test_a_case_is_begun_from_matches_that_exist_and_may_continue_another(exchange, store, tmp_path):
    old = began(exchange)
    assert began(exchange, "--extends", old) != old
    told = exchange("agreement", "show", "KS-2026-0002", "--json").json()
    assert told["extends"] == old
    for more in (["--match", "d-1:LGM-1"], ["--match", "d-1"], ["--extends", "KS-2020-0001"], ["--partner", "tidak-ada"]):
        said = ("--kind", "daerah", "--region", "33.74", "--counterpart", "Kota", "--title", "Pagar", *more)
        assert exchange("agreement", "begin", *said).code == 2, more
    assert len(exchange("agreement", "list", "--json").json()) == 2


def test_the_table_of_rules_marks_what_was_not_verified_and_what_this_node_added(exchange, store, tmp_path):
    own = tmp_path / "aturan.toml"
    own.write_text(
        'edition = "uji"\n[[field]]\nname = "nomor_sk"\nlabel = "Nomor SK"\n[[want]]\nstep = "telaah"\nfields = ["nomor_sk"]\n'
        'article = "Perwal 1"\n', encoding="utf-8",
    )  # fmt: skip
    told = exchange("agreement", "rules", "--json", EXCHANGE_AGREEMENT_RULES=str(own)).json()
    steps = {one["name"]: one for one in told["steps"]}
    assert set(steps) == set(shipped().steps)
    assert (steps["telaah"]["own"], steps["siapkan"]["own"]) == (["nomor_sk"], [])
    assert "belum diverifikasi" in steps["telaah"]["basis"] and not steps["telaah"]["verified"]
    assert [one["name"] for one in told["fields"] if one["own"]] == ["nomor_sk"]
    assert told["wants"] == ["Catat hasil telaah: Perwal 1 (dasar belum diverifikasi)"]
    said = exchange("agreement", "rules")
    assert "Persetujuan DPRD tidak diperlukan" in said.out and "belum diverifikasi" in said.err


def test_verify_and_doctor_find_a_case_that_was_touched(exchange, settings: Settings, store: Store, tmp_path):
    node = node_of(settings)
    with store.work() as session:
        first, second = (go_until(session, node, new_case(session, node), "terima").ident for _ in range(2))
    assert exchange("agreement", "verify").code == 0
    well = {one["check"]: one["well"] for one in exchange("doctor", "--json").json()["checks"]}
    assert well["riwayat kerja sama"]
    with store.work() as session:
        session.execute(update(AgreementRow).where(AgreementRow.ident == first).values(state="pelaksanaan"))
    told = exchange("agreement", "verify", "--json")
    assert (told.code, told.json()["cases"], [one["ident"] for one in told.json()["faults"]]) == (1, 2, [first])
    checked = exchange("doctor", "--json")
    assert checked.code == 1
    assert [one["says"] for one in checked.json()["checks"] if not one["well"]] == [
        f"1 tidak utuh, misalnya {first}; jalankan exchange agreement verify"
    ]
    node.papers.path(sha("kak")).unlink()
    assert exchange("agreement", "verify", second).code == 1
    assert exchange("agreement", "verify", "KS-1999-0001").code == 2
