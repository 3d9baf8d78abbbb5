"""Cases at random: what a step is tried with, right or wrong in one thing, the same for every door and for the law beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from exchange.agreements.case import Case, Object
from exchange.agreements.rules import Rules, Step, shipped

from .articles import later
from .cases import OBJECTS, facts, sha, signer
from .law import Law

RULES = shipped()


@dataclass(frozen=True)
class Attempt:
    """One try at a step. papers: SHA-256 of `cases.paper`, by kind; objects: None leaves them."""

    step: Step
    office: str
    on: date
    facts: dict[str, Any]
    papers: dict[str, str]
    objects: tuple[Object, ...] | None


def attempt_at(case: Case, on: date, random: Random) -> Attempt:
    """What is tried next: two of five times with something wrong, and now and then for another office."""
    step = choose(RULES, case, random)
    found, papers, objects = given_for(step, case.instrument, on, random)
    if random.random() < 0.4:
        spoil(found, papers, on, random)
    office = random.choice(sorted(RULES.offices)) if random.random() < 0.15 else random.choice(step.offices)
    return Attempt(step, office, on, found, papers, objects)


def judged(law: Law, attempt: Attempt) -> bool:
    """Whether the law takes it; it then stands behind it."""
    objects = None if attempt.objects is None else bool(attempt.objects)
    return law.try_step(attempt.step.name, attempt.office, attempt.on, attempt.facts, attempt.papers, objects)


def passing(on: date, random: Random) -> date:
    """The day of the next try."""
    return on + timedelta(random.choice([0, 0, 0, 1, 3, 20, 90]) if random.random() < 0.3 else 0)


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
