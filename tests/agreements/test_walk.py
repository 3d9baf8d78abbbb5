"""Walks of cases at random: no step that the law refuses is taken, none that it allows is refused, and both come to the same case."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from exchange.agreements.case import Case, Given, Policy, after
from exchange.agreements.check import lacks
from exchange.agreements.rules import Rules, Step, shipped

from .articles import later
from .cases import OBJECTS, WAY, facts, sha, signer
from .law import Law

RULES = shipped()
STEPS = 12_500  # of each of the eight walks
OPENED = {"public": 0, "agreed": 1, "contracted": 2}


def given_for(step: Step, instrument: str, on: date, random: Random) -> tuple[dict[str, Any], dict[str, str], Any]:
    """All that a step wants, for that kind of counterpart, sometimes with what it may take beside."""
    found = {name: facts(name, RULES.fields[name].kind, on) for name in step.fields}
    found |= {
        name: facts(name, RULES.fields[name].kind, on)
        for name in step.may
        if name not in found and name not in {"pengecualian", "dasar_jangka_waktu"} and random.random() < 0.8
    }
    for name in {"penandatangan_kb", "penandatangan_pks", "penandatangan_adendum", "kb_penandatangan", "pks_penandatangan"} & found.keys():
        found[name] = [signer("kami"), signer("mitra", "pimpinan_pihak_ketiga" if instrument == "ksdpk" else "kepala_daerah")]
    if "teranggarkan" in found and random.random() < 0.4:
        found["teranggarkan"] = False
    papers = {kind: sha(kind) for kind in step.papers}
    if instrument == "ksdpk" and step.name == "ajukan_telaah" and random.random() < 0.5:
        papers["studi_kelayakan"] = sha("studi_kelayakan")
    if "surat_kuasa" in step.may_papers and random.random() < 0.5:
        papers["surat_kuasa"] = sha("surat_kuasa")
    return found, papers, random.choice([tuple(OBJECTS)] * 6 + [()] + [None] * 3) if step.objects else None


def spoil(found: dict[str, Any], papers: dict[str, str], on: date, random: Random) -> None:
    """One thing that may be wrong, of those that this step has; often it is."""
    names, kinds = sorted(found), sorted(papers)

    def having(*starts: str) -> list[str]:
        return [name for name in names if name.startswith(starts)]

    def change(picked: list[str], *values: Any) -> Any:
        return picked and (lambda: found.update({name: random.choice(values) for name in picked}))

    def take_away() -> None:
        pool, name = random.choice([(found, one) for one in names] + [(papers, one) for one in kinds] or [({}, "")])
        pool.pop(name, None)

    def stray() -> None:
        if random.random() < 0.5:
            name = random.choice(sorted(RULES.fields))
            found[name] = facts(name, RULES.fields[name].kind, on)
        else:
            papers[random.choice(sorted(RULES.papers))] = sha("lain")

    def unplanned() -> None:
        found["tidak_bertentangan"] = random.random() < 0.5
        found.pop("rujukan_rencana", None)

    delegate = {"kuasa_nomor": "1", "kuasa_tanggal": on.isoformat(), "kuasa_lingkup": "PKS"}
    signed = [
        [signer("kami")],
        [signer("kami", "pejabat_kuasa"), signer("mitra")],
        [signer("kami", "pejabat_kuasa", **delegate), signer("mitra")],
        [signer("kami"), signer("mitra", "pejabat_kuasa", **delegate)],
        [signer("kami"), signer("mitra", "menteri")],
        [signer("kami"), signer("mitra", "pimpinan_pihak_ketiga")],
    ]
    ways = [
        take_away,
        stray,
        change(having("tanggal_")[:1], later(on, -400), later(on, 1), later(on, 30)),
        change(having("hash_"), "f" * 64),
        change(having("penandatangan", "kb_penandatangan", "pks_penandatangan"), *signed),
        change(having("kb_tempat", "pks_tempat", "tempat_kb", "kb_nomor_kami", "nomor_pks_mitra"), "Serang", "Isi tempat_kb"),
        change(having("kb_hari", "pks_hari"), later(on, -30), later(on, 40)),
        change(having("membebani", "teranggarkan"), True, False),
        change(having("tahun_apbd"), on.year - 1, on.year + 1),
        change([name for name in names if name.endswith("_berakhir")], *(later(on, days) for days in (-5, 0, 20, 400, 1900, 2500))),
        change([name for name in names if name.endswith("_mulai")], *(later(on, days) for days in (-300, 10, 500))),
        change(having("hasil_telaah"), "revisi", "tolak"),
        change(having("dasar_akhir"), "jangka_waktu", "tujuan_tercapai", "pailit", "putusan_pengadilan"),
        change(having("alasan"), "Karena pergantian wali kota."),
        having("tidak_bertentangan") and unplanned,
    ]
    random.choice([way for way in ways if way])()


def legal_in_time(case: Case, on: date) -> None:
    """What holds of every case that was reached by steps alone, whatever the way."""
    opens = OPENED[RULES.states[case.state].opens]
    if opens and case.instrument != "sinergi":
        assert "kb" in case.papers, "a signed Kesepakatan Bersama is behind all that opens anything"
    if case.instrument == "sinergi":
        assert opens < 2
    if case.state in {"penyusunan_pks", "ttd_pks", "pelaksanaan"} and "keputusan_dprd" not in case.papers:
        assert "memo_dprd" in case.papers
        assert not (case.facts["membebani_masyarakat"] and case.facts["membebani_daerah"])
        assert case.facts["teranggarkan"]
    if case.state in {"ttd_pks", "pelaksanaan", "ditangguhkan"}:
        assert "pks" in case.papers
        assert case.papers["naskah_pks"] == case.facts["hash_pks_mitra"]
        for text in ("kb", "pks"):
            assert case.facts.get(f"{text}_hari", case.facts[f"tanggal_{text}"]) == case.facts[f"tanggal_{text}"]
        assert case.facts["tanggal_kb"] <= case.facts["tanggal_pks"] <= on.isoformat()
        assert case.facts["pks_berakhir"] <= case.facts["kb_berakhir"]
        assert any(one.sector or one.kbli for one in case.objects)
    if case.state == "berakhir":
        assert {"kb", "nota_kesepakatan"} & case.papers.keys() or case.turn > 1


@pytest.mark.parametrize("seed", range(8))
def test_the_table_and_the_law_agree_on_every_step_of_a_walk(seed: int):
    random = Random(seed)
    taken: Counter[str] = Counter()
    case, law, on = start(random)
    for _ in range(STEPS):
        step = choose(RULES, case, random)
        found, papers, objects = given_for(step, case.instrument, on, random)
        if random.random() < 0.4:
            spoil(found, papers, on, random)
        office = random.choice(sorted(RULES.offices)) if random.random() < 0.15 else random.choice(step.offices)
        given = Given(office, on, found, papers, objects)
        missing = lacks(RULES, case, step, given, Policy())
        allowed = law.try_step(step.name, office, on, found, papers, None if objects is None else bool(objects))
        assert allowed == (not missing), (step.name, case.state, office, found, papers, missing)
        if missing:
            assert all(lack.says and lack.article and lack.mend for lack in missing)
        else:
            case = after(case, step, given)
            taken[step.name] += 1
            assert (case.state, dict(case.facts), dict(case.papers), case.turn) == (law.state, law.facts, law.papers, law.turn)
            legal_in_time(case, on)
        on += timedelta(random.choice([0, 0, 0, 1, 3, 20, 90]) if random.random() < 0.3 else 0)
        if RULES.states[case.state].final and random.random() < 0.2:
            case, law, on = start(random)
    assert sum(taken.values()) > STEPS / 6
    assert set(taken) >= {
        *WAY,
        "akhiri",
        "batalkan",
        "minta_dprd",
        "setujui_dprd",
        "susun_ulang_kb",
        "tangguhkan",
        "tandatangani_nk",
        "adendum",
    }


def start(random: Random) -> tuple[Case, Law, date]:
    instrument = random.choice(["ksdd", "ksdd", "ksdd", "ksdpk", "sinergi"])
    return Case(instrument, "identifikasi"), Law(instrument), date(2026, random.randint(1, 12), random.randint(1, 28))


def choose(rules: Rules, case: Case, random: Random) -> Step:
    """Mostly a step that there is from here, and more often one that leads on."""
    there = rules.steps_from(case.state, case.instrument)
    if not there or random.random() < 0.15:
        return random.choice(list(rules.steps.values()))
    onward = [step for step in there if step.to not in {"batal", "berakhir", "identifikasi"}]
    return random.choice(onward) if onward and random.random() < 0.82 else random.choice(there)
