"""The table is whole, a node adds to it without code, and the decisions beside it follow the articles."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.agreements import dprd
from exchange.agreements.case import Case, Given, Policy
from exchange.agreements.check import lacks
from exchange.agreements.instruments import Abroad, NoAgreementNeeded, decide
from exchange.agreements.oversight import route
from exchange.agreements.rules import UNREAD, prove, shipped, with_own
from exchange.agreements.values import Unfit, read
from exchange.errors import BadRequest, SettingWrong

from .cases import TODAY, sha

RULES = shipped()


def test_every_state_can_be_reached_and_left_but_the_final_ones():
    for instrument in RULES.instruments:
        reached, new = {"identifikasi"}, ["identifikasi"]
        while new:
            for step in RULES.steps_from(new.pop(), instrument):
                if step.to and step.to not in reached:
                    reached.add(step.to)
                    new.append(step.to)
        wanted = {name for name, state in RULES.states.items() if not state.instruments or instrument in state.instruments}
        if instrument != "sinergi":
            assert reached == wanted
        for name in reached:
            onward = [step for step in RULES.steps_from(name, instrument) if step.to]
            assert bool(onward) != RULES.states[name].final, (instrument, name)


def test_every_step_names_its_article_and_what_was_not_read_says_so():
    for step in RULES.steps.values():
        assert step.article
        assert (UNREAD in step.basis) == (not step.verified)
    unread = [step.name for step in RULES.steps.values() if "Permendagri" in step.article]
    assert unread
    assert not any(RULES.steps[name].verified for name in unread)
    assert all(not one.verified for one in RULES.fields.values() if "Permendagri" in one.article)


def test_a_node_adds_what_its_regulation_wants_without_code(tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text(
        'edition = "cilegon-1"\n[[field]]\nname = "nomor_sk_tkksd"\nlabel = "Nomor SK TKKSD"\narticle = "Perwal contoh"\nverified = false\n'
        '[[want]]\nstep = "telaah"\nfields = ["nomor_sk_tkksd"]\narticle = "Perwal contoh Pasal 3"\n'
    )
    rules = with_own(RULES, own)
    step, case = rules.steps["telaah"], Case("ksdd", "telaah_tkksd")
    said = {"hasil_telaah": "layak", "penelaah": "Sekda"}
    brought = Given("tkksd", TODAY, said, {"berita_acara_telaah": sha("berita_acara_telaah")})
    assert [(lack.what, lack.article) for lack in lacks(rules, case, step, brought, Policy())] == [
        ("nomor_sk_tkksd", f"Perwal contoh ({UNREAD})")
    ]
    assert lacks(rules, case, step, replace(brought, facts=said | {"nomor_sk_tkksd": "1"}), Policy()) == []
    assert rules.wants == (f"Catat hasil telaah: Perwal contoh Pasal 3 ({UNREAD})",)
    assert lacks(RULES, case, RULES.steps["telaah"], brought, Policy()) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[want", "tidak dapat dibaca"),
        ('[[want]]\nstep = "terbang"\n', "terbang"),
        ('[[want]]\nstep = "telaah"\nfields = ["tak_ada"]\n', "tak_ada"),
        ('[[field]]\nname = "alasan"\nlabel = "x"\n', "sudah ada"),
        ('[[field]]\nname = "x"\nlabel = "x"\nwarna = "biru"\n', "warna"),
        ('[[field]]\nname = "x"\nlabel = "x"\nkind = "angka"\n', "angka"),
        ('[[stage]]\nname = "x"\n', "stage"),
    ],
)
def test_own_rules_that_cannot_be_are_named(tmp_path: Path, text: str, says: str):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SettingWrong, match=says):
        with_own(RULES, tmp_path / "own.toml")


def test_a_table_that_names_what_there_is_not_is_refused():
    for broken in ({"guards": ("tak_ada",)}, {"to": "tak_ada"}, {"again": ("alasan",)}, {"offices": ()}):
        steps = {**RULES.steps, "telaah": replace(RULES.steps["telaah"], **broken)}
        with pytest.raises(SettingWrong, match="telaah"):
            prove(replace(RULES, steps=steps))


@pytest.mark.parametrize(("people", "region", "budgeted"), list(product([True, False], repeat=3)))
def test_the_council_is_needed_where_people_and_region_are_burdened_or_the_budget_does_not_hold_it(
    people: bool, region: bool, budgeted: bool
):
    said = {"membebani_masyarakat": people, "membebani_daerah": region, "teranggarkan": budgeted, "tahun_apbd": 2026}
    assert dprd.needed(said) is ((people and region) or not budgeted)
    assert ("tidak diperlukan" in dprd.why(said)) is not dprd.needed(said)
    for name in dprd.QUESTIONS:
        assert dprd.needed({key: value for key, value in said.items() if key != name}) is None


def test_the_counterpart_decides_the_instrument_and_the_border_the_category():
    home = {"home": "36.72", "borders": {"36.04"}}
    assert decide("daerah", region="33.74", **home)[:2] == ("ksdd", "sukarela")
    assert decide("daerah", region="36.04", **home)[:2] == ("ksdd", "sukarela")
    assert decide("daerah", region="36.04", externality=True, **home)[:2] == ("ksdd", "wajib")
    assert decide("daerah", region="33.74", externality=True, shared_service=True, **home)[:2] == ("ksdd", "sukarela")
    assert decide("pihak_ketiga", **home)[0] == "ksdpk"
    assert decide("kementerian", **home)[0] == "sinergi"
    with pytest.raises(Abroad, match="Pasal 23"):
        decide("luar_negeri", **home)
    with pytest.raises(NoAgreementNeeded, match="rantai pasok"):
        decide("perusahaan_setempat", **home)
    for wrong in ("99.99", None, "36.72"):
        with pytest.raises(BadRequest):
            decide("daerah", region=wrong, **home)
    with pytest.raises(BadRequest):
        decide("planet", **home)


def test_reports_and_disputes_go_where_the_law_says_and_what_it_does_not_say_is_marked():
    inside, beyond = route("ksdd", "36.72", "36.04"), route("ksdd", "36.72", "33.74")
    assert (inside.reports[-1], inside.disputes[:8], inside.verified) == ("Gubernur", "Gubernur", True)
    assert (beyond.reports[-1], beyond.disputes, beyond.verified) == ("Menteri Dalam Negeri", "Menteri Dalam Negeri", False)
    assert "Gubernur mitra" in beyond.copies
    assert route("ksdd", "36.72", "33").reports[-1] == "Menteri Dalam Negeri"
    assert "Musyawarah" in route("ksdpk", "36.72", None).disputes


@given(
    st.sampled_from(sorted(RULES.fields)),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()), st.dates()),
)
def test_a_field_holds_what_can_be_kept_and_read_again_or_says_what_would_do(name: str, said: object):
    field = RULES.fields[name]
    try:
        kept = read(field, said)
    except Unfit as error:
        assert str(error)
        return
    assert read(field, kept) == kept
    assert isinstance(kept, (str, int, bool))


def test_the_documentation_names_every_stage_and_step_with_its_basis():
    text = (Path(__file__).parents[2] / "docs" / "agreements.md").read_text(encoding="utf-8")
    for one in (*RULES.states.values(), *RULES.steps.values()):
        assert f"| `{one.name}` {one.label} |" in text
        assert one.basis in text
