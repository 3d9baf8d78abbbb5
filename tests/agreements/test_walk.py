"""Walks of cases at random: no step that the law refuses is taken, none that it allows is refused, and both come to the same case."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from exchange.agreements.case import Case, Given, Policy, after
from exchange.agreements.check import lacks

from .cases import WAY
from .walking import RULES, attempt_at, judged, passing, start

STEPS = 12_500  # of each of the eight walks
OPENED = {"public": 0, "agreed": 1, "contracted": 2}


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
        tried = attempt_at(case, on, random)
        step, given = tried.step, Given(tried.office, on, tried.facts, tried.papers, tried.objects)
        missing = lacks(RULES, case, step, given, Policy())
        assert judged(law, tried) == (not missing), (case.state, tried, missing)
        if missing:
            assert all(lack.says and lack.article and lack.mend for lack in missing)
        else:
            case = after(case, step, given)
            taken[step.name] += 1
            assert (case.state, dict(case.facts), dict(case.papers), case.turn) == (law.state, law.facts, law.papers, law.turn)
            legal_in_time(case, on)
        on = passing(on, random)
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
