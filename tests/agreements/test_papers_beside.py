"""Papers that a step does not always want, but that a rule of it may: they come with that step and with no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.agreements.case import Case, Given, Object, Policy, after
from exchange.agreements.check import lacks
from exchange.agreements.rules import shipped

from .cases import TODAY, facts, sha, signer

RULES = shipped()


def given_for(name: str, *more: str, **said: object) -> tuple[object, Given]:
    """A step with all that it wants, and papers beside."""
    step = RULES.steps[name]
    told = {field: facts(field, RULES.fields[field].kind) for field in step.fields} | said
    return step, Given(step.offices[0], TODAY, told, {kind: sha(kind) for kind in (*step.papers, *more)})


def test_a_third_party_goes_on_with_its_feasibility_study_and_not_without():
    case = Case("ksdpk", "persiapan")
    step, bare = given_for("ajukan_telaah")
    assert [lack.what for lack in lacks(RULES, case, step, bare, Policy())] == ["studi_kelayakan"]
    step, whole = given_for("ajukan_telaah", "studi_kelayakan")
    assert lacks(RULES, case, step, whole, Policy()) == []
    assert after(case, step, whole).papers["studi_kelayakan"] == sha("studi_kelayakan")


@pytest.mark.parametrize(("name", "field"), [("tandatangani_pks", "penandatangan_pks"), ("adendum", "penandatangan_adendum")])
def test_who_signs_by_delegation_does_so_with_the_letter_that_says_it(name, field):
    delegate = signer("kami", "pejabat_kuasa", kuasa_nomor="1/2026", kuasa_tanggal="2026-11-01", kuasa_lingkup="Perjanjian Kerja Sama")
    state = RULES.steps[name].sources[0]
    start = {"tahun_apbd": TODAY.year, "kb_berakhir": "2030-01-01"}
    case = Case("ksdd", state, start, {"memo_dprd": sha("memo_dprd")})
    case = replace(case, objects=(Object("Pagar besi", sector="logam"),))
    step, bare = given_for(name, **{field: [delegate, signer("mitra")]})
    assert [lack.what for lack in lacks(RULES, case, step, bare, Policy())] == ["surat_kuasa"]
    step, whole = given_for(name, "surat_kuasa", **{field: [delegate, signer("mitra")]})
    assert lacks(RULES, case, step, whole, Policy()) == []


def test_a_paper_that_no_rule_of_the_step_knows_still_does_not_come_with_it():
    step, given = given_for("siapkan", "surat_kuasa", rujukan_rencana="RPJMD")
    assert "surat_kuasa" in [lack.what for lack in lacks(RULES, Case("ksdd", "identifikasi"), step, given, Policy())]
