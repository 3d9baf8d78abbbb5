"""Steps in the database: all of one or nothing, in order, on record, and felt by the partner at once."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from exchange.access.callers import reader_of
from exchange.access.partners import follow_openings, set_stage
from exchange.access.partners import named as partner_named
from exchange.access.policy import Tier
from exchange.agreements.case import Object
from exchange.agreements.check import StepRefused, lacks
from exchange.agreements.node import Node
from exchange.agreements.papers import bring
from exchange.agreements.steps import begin, broken_at, case_of, look, named, read_given, take
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.agreements import objects_of, steps_of
from exchange.store.base import Store

from .cases import OBJECTS, TODAY, WAY, facts, go, go_until, new_case, paper, signer


def reads(store: Store, office: str, on: date = TODAY) -> str:
    """What the partner reads on that day: a tier, and what of a contract."""
    with store.read() as session:
        reader = reader_of(partner_named(session, office), on)
        within = reader.within
        return str(reader.tier) if within is None else f"contracted {sorted(within.sectors)} {list(within.kbli)}"


def test_along_the_whole_way_the_partner_reads_what_the_stage_opens_and_after_its_end_nothing_more(store: Store, node: Node, office: str):
    with store.work() as session:
        ident = new_case(session, node, partner_named(session, office)).ident
    seen = {}
    for step in [*WAY, "tangguhkan", "lanjutkan", "akhiri"]:
        with store.work() as session:
            state = go(session, node, named(session, ident), step).state
        seen[step] = (state, reads(store, office))
    assert {step: what for step, what in seen.items() if step in {"bekukan_kb", "tandatangani_kb", "tandatangani_pks"}} == {
        "bekukan_kb": ("penyusunan_kb", "public"),
        "tandatangani_kb": ("ttd_kb", "agreed"),
        "tandatangani_pks": ("ttd_pks", "agreed"),
    }
    assert seen["laksanakan"] == ("pelaksanaan", "contracted ['logam'] ['25111']")
    assert seen["tangguhkan"] == ("ditangguhkan", "public")
    assert seen["lanjutkan"] == seen["laksanakan"]
    assert seen["akhiri"] == ("berakhir", "public")


def test_a_contract_closes_with_its_last_day_and_the_kesepakatan_with_its_own(store: Store, node: Node, office: str):
    with store.work() as session:
        go_until(session, node, new_case(session, node, partner_named(session, office)), "laksanakan")
    ends, kb_ends = date(2028, 11, 27), date(2029, 11, 27)
    assert reads(store, office, ends).startswith("contracted")
    assert reads(store, office, ends + timedelta(1)) == "agreed"
    assert reads(store, office, kb_ends) == "agreed"
    assert reads(store, office, kb_ends + timedelta(1)) == "public"
    with store.work() as session:
        assert follow_openings(session, ends, actor="tes") == 0
        assert follow_openings(session, ends + timedelta(1), actor="tes") == 1
        assert (partner_named(session, office).stage, partner_named(session, office).stage_until) == ("agreed", kb_ends)


def test_of_two_cases_the_objects_of_both_are_open_and_the_end_of_one_leaves_the_other(store: Store, node: Node, office: str):
    with store.work() as session:
        partner = partner_named(session, office)
        first = go_until(session, node, new_case(session, node, partner), "laksanakan")
        second = new_case(session, node, partner, title="Pangan olahan untuk pasar murah")
        for step in WAY:
            row = named(session, second.ident)
            go(session, node, row, step)
        row = named(session, second.ident)
        both = [signer("kami"), signer("mitra")]
        said = {"nomor_adendum": "1", "tanggal_adendum": TODAY, "uraian_adendum": "Objek", "penandatangan_adendum": both}
        signed = {"adendum": bring(session, node.rules, node.papers, row, "adendum", "a.pdf", paper("adendum"), actor="tes")}
        take(
            session, node, row.ident, "adendum", office="kepala_daerah", actor="tes", on=TODAY, version=row.version, facts=said,
            papers=signed, objects=[Object("Kerupuk", sector="pangan")],
        )  # fmt: skip
    assert reads(store, office) == "contracted ['logam', 'pangan'] ['25111']"
    with store.work() as session:
        go(session, node, named(session, first.ident), "akhiri")
    assert reads(store, office) == "contracted ['pangan'] []"


def test_while_agreements_decide_the_stage_is_not_set_by_hand(store: Store, node: Node, office: str):
    with store.work() as session:
        partner = partner_named(session, office)
        go_until(session, node, new_case(session, node, partner), "tandatangani_kb")
        with pytest.raises(Conflict, match="KS-2026-0001"):
            set_stage(session, partner, "contracted", sectors=["logam"], actor="tes")


def test_a_step_that_is_refused_leaves_nothing_behind_and_names_every_lack_with_its_article(store: Store, node: Node, office: str):
    with store.work() as session:
        row = go_until(session, node, new_case(session, node, partner_named(session, office)), "bekukan_kb")
        before = (row.version, row.head, len(steps_of(session, row.id)))
        with pytest.raises(StepRefused) as refused:
            go(
                session,
                node,
                row,
                "tandatangani_kb",
                without=("nomor_kb_mitra", "kb"),
                penandatangan_kb=[signer("kami", "pejabat_kuasa"), signer("mitra")],
            )
        assert (row.version, row.head, len(steps_of(session, row.id))) == before
        assert row.state == "penyusunan_kb"
    body = refused.value.problem()
    assert {lack["what"] for lack in body["missing"]} == {"nomor_kb_mitra", "kb", "penandatangan_kb"}
    assert "PP 28/2018 Pasal 2 ayat (1) dan (2)" in {lack["article"] for lack in body["missing"]}
    assert body["status"] == 409
    assert body["mend"]


def test_what_cannot_be_read_is_named_and_a_paper_must_have_been_brought(store: Store, node: Node):
    with store.work() as session:
        row = new_case(session, node)
        wrong = {"urusan": "", "tidak_bertentangan": "mungkin", "tanggal_kb": "kemarin", "tak_ada": 1}
        with pytest.raises(BadRequest) as refused:
            take(
                session, node, row.ident, "siapkan", office="opd", actor="tes", on=TODAY, version=row.version, facts=wrong,
                papers={"nota_kebutuhan": "0" * 64},
            )  # fmt: skip
        named_ = {error["field"] for error in refused.value.facts["errors"]}
        assert named_ == {"urusan", "tidak_bertentangan", "tanggal_kb", "tak_ada", "nota_kebutuhan"}
        with pytest.raises(BadRequest, match="tidak ada"):
            take(session, node, row.ident, "terbang", office="opd", actor="tes", on=TODAY, version=row.version)
        with pytest.raises(NotFound):
            named(session, "KS-1999-0001")


def test_an_extension_is_a_case_of_its_own_and_the_old_one_keeps_its_end(store: Store, node: Node, office: str):
    with store.work() as session:
        old = go_until(session, node, new_case(session, node, partner_named(session, office)), "laksanakan")
        ends = old.ends_on
        row = begin(
            session,
            node,
            kind="daerah",
            region="33.74",
            counterpart="Kota Semarang",
            title="Perpanjangan",
            actor="tes",
            on=TODAY,
            extends=old,
        )
        assert (row.extends_id, row.ident, old.ends_on) == (old.id, "KS-2026-0002", ends)
        with pytest.raises(StepRefused):
            take(
                session,
                node,
                old.ident,
                "adendum",
                office="kepala_daerah",
                actor="t",
                on=TODAY,
                version=old.version,
                facts={"pks_berakhir": "2031-01-01"},
            )


def test_a_walk_through_the_database_is_the_walk_of_the_value(store: Store, node: Node, office: str):
    """The door of the database asks the very rules: a random sample of steps comes out as the value says."""
    random, taken = Random(7), 0
    with store.work() as session:
        row = new_case(session, node, partner_named(session, office))
        for _ in range(250):
            rules = node.rules
            there = rules.steps_from(row.state, row.instrument)
            step = random.choice(there) if there and random.random() < 0.85 else random.choice(list(rules.steps.values()))
            found = {name: facts(name, rules.fields[name].kind) for name in step.fields if random.random() < 0.97}
            papers = {
                kind: bring(session, rules, node.papers, row, kind, "x.pdf", paper(kind), actor="t")
                for kind in step.papers
                if random.random() < 0.97
            }
            objects = OBJECTS if step.objects and random.random() < 0.7 else None
            case = case_of(row, objects_of(session, [row.id])[row.id])
            given = read_given(session, row, rules, step, office=step.offices[0], on=TODAY, facts=found, papers=papers, objects=objects)
            missing = lacks(rules, case, step, given, node.policy)
            try:
                row = take(
                    session, node, row.ident, step.name, office=step.offices[0], actor="t", on=TODAY, version=row.version, facts=found,
                    papers=papers, objects=objects,
                )  # fmt: skip
                assert not missing
                taken += 1
            except StepRefused as refused:
                assert refused.lacks == missing
            if rules.states[row.state].final:
                assert broken_at(session, row) is None
                row = new_case(session, node, partner_named(session, office))
    assert taken > 40


def test_the_steps_that_can_follow_are_shown_with_all_that_they_lack(store: Store, node: Node):
    with store.work() as session:
        row = new_case(session, node)
        shown = {step.name: [lack.what for lack in missing] for step, missing in look(session, node, row, TODAY)}
    assert shown == {
        "isi_identifikasi": [],
        "ubah_kecocokan": [],
        "siapkan": ["urusan", "tidak_bertentangan", "nota_kebutuhan", "rujukan_rencana"],
        "batalkan": ["alasan"],
    }
    assert reads_nothing(node)


def reads_nothing(node: Node) -> bool:
    """Whether a state opens anything before something is signed: none does."""
    return all(
        node.rules.states[name].opens == Tier.PUBLIC for name in ("identifikasi", "persiapan", "telaah_tkksd", "penawaran", "penyusunan_kb")
    )
