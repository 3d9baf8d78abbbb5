"""Two real nodes on loopback: how an agreement comes to be held by both, and what each sees of the other."""

from __future__ import annotations

import pytest

from exchange.agreements.twins import handshake, peers
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.jobs.nightly import nightly
from exchange.jobs.twin_check import compare_all, key_of
from exchange.jobs.twin_needs import needs_of_twins
from exchange.publish.keys import Ring
from exchange.store.agreements import CaseFilter, list_cases
from exchange.store.partners import partner_by_ident
from exchange.store.twins import messages_of

from ..cases import TODAY, go, new_case  # isort: skip
from .both import HERE, THERE, Side, mine  # isort: skip

BEFORE = ["siapkan", "ajukan_telaah", "telaah"]
LIFE = ["terima", "isi_kb", "bekukan_kb", "tandatangani_kb", "jawab_dprd", "putuskan_tidak_perlu", "susun_pks", "isi_pks", "bekukan_pks",
        "tandatangani_pks", "laksanakan"]  # fmt: skip


@pytest.fixture(autouse=True)
def same_letters(monkeypatch):
    """Both sides keep the same letter, whoever wrote it."""
    from .. import cases

    real = cases.paper
    monkeypatch.setattr(cases, "paper", lambda kind: real({"surat_penawaran_mitra": "surat_penawaran"}.get(kind, kind)))


def step(its: Side, *steps: str, **other) -> None:
    """Take steps, numbers as both parties gave them."""
    for name in steps:
        kind = name.removeprefix("tandatangani_")
        more = {f"nomor_{kind}_kami": f"{kind}/{its.region}", f"nomor_{kind}_mitra": f"{kind}/{THERE if its.region == HERE else HERE}"}
        with its.store.work() as session:
            go(session, its.node, mine(session, its), name, **((more if name.startswith("tandatangani_") else {}) | other))


def begun(ours: Side, theirs: Side) -> None:
    """A case that was offered and taken on, both with a partner whose access follows it."""
    with ours.store.work() as session:
        ours.case = new_case(session, ours.node, partner_by_ident(session, "mitra")).ident
    step(ours, *BEFORE, "kirim_penawaran")
    with ours.store.work() as session:
        handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), note="Mohon diperiksa.", actor="uji")
    assert ours.send() == 1
    with theirs.store.work() as session:
        partner = partner_by_ident(session, "mitra")
        twin = handshake.accept(session, theirs.node, theirs_twin(theirs), partner=partner, actor="uji", on=TODAY)
        theirs.case = twin.case.ident
    assert theirs.send() == 1
    step(theirs, *BEFORE, "terima_penawaran")


def theirs_twin(its: Side) -> str:
    return its.twin().ident


def carried_out(ours: Side, theirs: Side) -> None:
    begun(ours, theirs)
    for its in (ours, theirs):
        step(its, *LIFE)
        its.send()


def needs(its: Side) -> list[str]:
    with its.store.read() as session:
        return [need.kind for need in needs_of_twins(session)]


def stage(its: Side) -> str:
    return its.partner().stage


def test_an_offer_waits_for_the_other_sides_staff_and_is_a_twin_once_they_take_it_on(trusting):
    ours, theirs = trusting
    begun(ours, theirs)
    here, there = ours.twin(), theirs.twin()
    assert (here.ident, here.state, there.state) == (there.ident, "open", "open")
    assert ours.case and theirs.case and here.case.ident == ours.case
    assert (there.title, there.note) == (here.title, "Mohon diperiksa.")
    assert there.theirs["state"] == "OFFERED"
    assert there.theirs["documents"].keys() == {"penawaran"}, "what an office does at home stays there"


def test_only_shared_facts_leave_the_house_and_a_step_at_home_sends_nothing(trusting):
    ours, theirs = trusting
    begun(ours, theirs)
    step(ours, *LIFE)
    while ours.send():
        pass
    with ours.store.read() as session:
        sent = messages_of(session, ours.twin().id, "out")
    told = b"".join(one.body for one in sent)
    for word in ("kak", "telaah", "dprd", "memo", "latar_belakang", "Isi manfaat", "Pejabat Contoh", "penelaah", "urusan"):
        assert word.encode() not in told, word
    assert len(sent) < len(LIFE) + 5
    assert [one.number for one in sent] == list(range(1, len(sent) + 1))


def test_after_both_took_their_steps_both_hold_the_same_and_nobody_shows_a_difference(trusting):
    ours, theirs = trusting
    carried_out(ours, theirs)
    for its in (ours, theirs):
        (one,) = compare_all(its.store, its.settings)
        assert (one.differences, one.trouble) == (0, None)
        twin = its.twin()
        assert twin.ours["state"] == twin.theirs["state"] == "FINALIZED"
        assert (needs(its), stage(its)) == ([], "contracted")


@pytest.mark.parametrize("word", ["SUSPENDED", "ENDED"])
def test_what_the_other_side_shuts_is_shut_here_at_once_and_until_a_person_has_looked(trusting, word):
    ours, theirs = trusting
    carried_out(ours, theirs)
    step(theirs, "tangguhkan" if word == "SUSPENDED" else "akhiri")
    theirs.send()
    twin = ours.twin()
    assert twin.theirs["state"] == word and twin.closed_since is not None
    assert twin.case.state == "pelaksanaan", "no message takes a legal step here"
    assert (stage(ours), ours.partner().openings, needs(ours)) == ("public", [], ["twin-shut"])
    with ours.store.work() as session:
        handshake.resolve(session, ours.node, twin.ident, note="Sudah bicara dengan mitra.", actor="uji", on=TODAY)
    assert stage(ours) == "public", "while the other side holds it shut a note opens nothing"
    if word == "SUSPENDED":
        step(theirs, "lanjutkan")
        theirs.send()
        assert (ours.twin().theirs["state"], stage(ours), needs(ours)) == ("FINALIZED", "public", ["twin-shut"])
        with ours.store.work() as session:
            handshake.resolve(session, ours.node, twin.ident, note="Berjalan lagi, menurut surat mitra.", actor="uji", on=TODAY)
        assert (stage(ours), ours.twin().closed_since, needs(ours)) == ("contracted", None, [])
    else:
        step(ours, "akhiri")
        assert (ours.twin().closed_since, ours.twin().differences, needs(ours)) == (None, [], [])
        assert stage(ours) == "public"


def test_a_step_of_ours_does_not_open_what_the_other_side_holds_shut(trusting):
    ours, theirs = trusting
    carried_out(ours, theirs)
    for its in (theirs, ours):
        step(its, "tangguhkan")
        its.send()
    assert ours.twin().closed_since is None, "both suspended it: nothing is shut against us"
    step(ours, "lanjutkan")
    assert stage(ours) == "public"
    assert ours.twin().closed_since is not None
    step(theirs, "lanjutkan")
    theirs.send()
    assert stage(ours) == "public"


def test_another_number_is_shown_on_both_sides_each_with_both_views_and_a_note_holds_until_something_else_differs(trusting):
    ours, theirs = trusting
    begun(ours, theirs)
    step(ours, *LIFE)
    step(theirs, *LIFE[:-2])
    step(theirs, "tandatangani_pks", nomor_pks_mitra="pks/salah")
    step(theirs, "laksanakan")
    for its in (ours, theirs):
        its.send(), its.send()
    assert ours.twin().differences == [["numbers", f"pks/{HERE}", f"pks/{HERE}", "pks/salah", "conflict"]]
    assert theirs.twin().differences == [["numbers", f"pks/{HERE}", "pks/salah", f"pks/{HERE}", "conflict"]]
    assert needs(ours) == needs(theirs) == ["twin"]
    with ours.store.work() as session:
        handshake.resolve(session, ours.node, ours.twin().ident, note="Salah ketik di sana.", actor="uji", on=TODAY)
    assert (needs(ours), needs(theirs)) == ([], ["twin"])
    assert len(ours.twin().differences) == 1, "what is known is still shown"
    step(theirs, "akhiri")
    theirs.send()
    assert needs(ours) == ["twin-shut"]


def test_the_night_finds_what_no_message_told(trusting):
    ours, theirs = trusting
    carried_out(ours, theirs)
    with theirs.store.work() as session:  # as by a hand in the database, or a backup that was brought back
        row = mine(session, theirs)
        row.facts = row.facts | {"nomor_kb_kami": "lain"}
    assert ours.twin().differences == []
    night = nightly(ours.store, ours.settings)
    assert [need.kind for need in night.needs] == ["twin"]
    assert ours.twin().differences == [["numbers", f"kb/{THERE}", f"kb/{THERE}", "lain", "conflict"]]
    assert not night.all_well


def test_a_node_that_cannot_be_asked_is_told_of_and_does_not_end_the_night(trusting):
    ours, theirs = trusting
    begun(ours, theirs)
    with theirs.store.work() as session:
        peers.distrust(session, HERE, actor="uji")
    night = nightly(ours.store, ours.settings)
    (need,) = [need for need in night.needs if need.kind == "twin-check"]
    assert "tidak mengenali kunci" in need.what


def test_an_offer_can_be_refused_and_a_case_is_offered_once_at_a_time(trusting):
    ours, theirs = trusting
    with ours.store.work() as session:
        ours.case = new_case(session, ours.node).ident
        handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
    with ours.store.work() as session, pytest.raises(Conflict):
        handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
    ours.send()
    assert needs(theirs) == ["twin-offer"]
    with theirs.store.work() as session:
        handshake.refuse(session, theirs.node, theirs.twin().ident, note="Bukan urusan kami.", actor="uji")
    theirs.send()
    assert (ours.twin().state, ours.twin().note) == ("refused", "Bukan urusan kami.")
    with theirs.store.work() as session, pytest.raises(Conflict):
        handshake.accept(session, theirs.node, theirs.twin().ident, actor="uji", on=TODAY)
    with ours.store.work() as session:
        assert handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji").state == "offered"


def test_a_case_with_another_region_is_not_offered_to_this_one(trusting):
    ours, _ = trusting
    with ours.store.work() as session:
        ours.case = new_case(session, ours.node, region="36.04", counterpart="Kabupaten Serang").ident
        with pytest.raises(BadRequest):
            handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
        with pytest.raises(NotFound):
            peers.peer_named(session, "36.04")


def test_an_offer_is_taken_on_into_a_case_that_is_there_or_into_a_new_one_with_the_offered_objects(trusting):
    ours, theirs = trusting
    with theirs.store.work() as session:
        there = new_case(session, theirs.node, region=HERE, counterpart="Pemerintah Kota Cilegon").ident
    with ours.store.work() as session:
        ours.case = new_case(session, ours.node).ident
    with ours.store.work() as session:
        handshake.offer(session, ours.node, ours.case, peers.peer_named(session, THERE), actor="uji")
    ours.send()
    with theirs.store.work() as session:
        twin = handshake.accept(session, theirs.node, theirs.twin().ident, case_ident=there, actor="uji", on=TODAY)
        assert twin.case.ident == there
    with theirs.store.read() as session:
        assert [row.ident for row in list_cases(session, CaseFilter())] == [there]


def test_who_leaves_is_told_of_on_the_other_side_and_the_agreement_itself_goes_on(trusting):
    ours, theirs = trusting
    carried_out(ours, theirs)
    with theirs.store.work() as session:
        handshake.close(session, theirs.node, theirs.twin().ident, note="Ganti simpul.", actor="uji", on=TODAY)
    theirs.send()
    assert (ours.twin().state, needs(ours), stage(ours)) == ("left", ["twin-left"], "contracted")
    step(ours, "tangguhkan")
    assert ours.send() == 0, "nothing is told any more"


def test_a_new_key_that_the_old_one_vouched_for_is_followed_and_one_after_a_revocation_is_not(trusting):
    ours, theirs = trusting
    begun(ours, theirs)
    step(ours, "terima")
    Ring(ours.settings.data_dir).rotate()
    new = Ring(ours.settings.data_dir).rotate()
    ours.send()
    assert (ours.twin().acked, theirs.twin().received) == (ours.twin().sent, ours.twin().sent)
    with theirs.store.read() as session:
        assert peers.peer_named(session, HERE).kid == new.kid
    assert compare_all(theirs.store, theirs.settings)[0].trouble is None
    Ring(ours.settings.data_dir).revoke(new.kid, "hilang")
    step(ours, "isi_kb")
    ours.send()
    assert ours.twin().acked < ours.twin().sent
    with ours.store.read() as session:
        assert "tidak mengenali kunci" in messages_of(session, ours.twin().id, "out", ("failed",))[0].trouble


def test_the_key_of_a_node_is_shown_before_it_is_trusted_and_is_the_one_that_signs(trusting):
    ours, _ = trusting
    with ours.store.read() as session:
        url = peers.peer_named(session, THERE).url
    key, _ = key_of(url, local=True, contact="uji@contoh.invalid")
    with ours.store.read() as session:
        assert key.kid == peers.peer_named(session, THERE).kid
    assert peers.same_fingerprint(peers.fingerprint(key.public).upper(), key.public)
    assert not peers.same_fingerprint(peers.fingerprint(key.public)[:-1] + "x", key.public)
