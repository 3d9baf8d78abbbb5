"""Papers of a case: final where everything is filled in, else each blank with where it is filled in; the same case, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from exchange.agreements.node import Node, node_of
from exchange.agreements.papers import bring
from exchange.agreements.prices.basis import Ground
from exchange.agreements.prices.lines import Line
from exchange.agreements.prices.record import record
from exchange.agreements.steps import named, take
from exchange.errors import Conflict, NotFound
from exchange.reports import letters
from exchange.reports.case_defaults import proposals
from exchange.reports.case_facts import facts_of
from exchange.reports.case_papers import kinds_of, paper_from, paper_of, view_of_case
from exchange.reports.filling import Filling
from exchange.reports.letters import clauses, own_text
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import apply_product

from ..agreements import whole as w
from ..agreements.cases import TODAY, go_until, new_case

DEEDS = {"ksdd": ("kesepakatan_bersama", "pks"), "ksdpk": ("kesepakatan_bersama", "pks"), "sinergi": ("nota_kesepakatan",)}
BLANK = re.compile(r"\[[^\]]*\]")


@pytest.mark.parametrize("instrument", list(DEEDS))
def test_a_case_in_which_everything_is_filled_in_gives_its_deeds_as_finals_without_a_blank(
    store: Store, settings: Settings, instrument: str, pdf_text: Callable[[bytes], str]
):
    node = node_of(settings)
    with store.work() as session:
        row = w.whole_case(session, node, instrument)
        papers = [paper_of(session, row, settings, node.rules, kind) for kind in DEEDS[instrument]]
    for paper in papers:
        assert paper.blanks == ()
        text = pdf_text(paper.made("final"))
        assert not BLANK.search(text), text
        for said in (
            "Jalan Pemuda Nomor 148, Kota Semarang", "kode pos 50132", "kantor.mitra@daerah.example", "(0254) 123456",
            "Jumat tanggal dua puluh tujuh bulan November tahun dua ribu dua puluh enam", w.WHO["kami"][0], "Halaman 1 dari",
        ):  # fmt: skip
            assert said in text, said


def test_the_prices_that_a_contract_is_drafted_with_are_its_third_annex(store: Store, settings: Settings, pdf_text: Callable[[bytes], str]):
    node = node_of(settings)
    with store.work() as session:
        firm, _ = apply_business(session, {"nib": "9120000000001", "name": "CV Karya", "legal_form": "CV", "sector": "logam"})
        product = {"sku": "LGM-1", "nib": firm.nib, "name": "Pagar besi hollow", "sector": "logam", "kbli": "25111", "unit_code": "MTK"}
        apply_product(session, product, firm)
        row = w.whole_case(session, node, last="isi_pks")
        before = pdf_text(paper_of(session, row, settings, node.rules, "pks").made("pdf"))
        for number, price in enumerate(("610000", "600000.50")):
            line = Line(sku="LGM-1", unit="MTK", unit_said="m2", price=Decimal(price), quantity_min=Decimal(10))
            made = record(session, node, row.ident, [line], Ground("naskah"), seen=number, actor="t", on=TODAY)
        after = pdf_text(paper_of(session, row, settings, node.rules, "pks").made("pdf"))
    assert "Lampiran III" not in before
    assert "Harga yang disepakati tercantum dalam Lampiran III" in after
    assert "Pagar besi hollow (LGM-1)" in after and "600.000,50" in after and "610.000" not in after
    assert made.digest[:20] in after.replace("\n", ""), "by which the record is found again"


def test_with_a_letter_of_delegation_every_other_paper_of_the_way_is_final_too(store: Store, settings: Settings):
    """All but the terms' letterhead hang on the case alone; the office's address is a setting."""
    node = node_of(settings)
    with store.work() as session:
        row = w.whole_case(session, node, delegated=True)
        for step, said in (
            ("isi_adendum", w.ADDENDUM | w.written("adendum", "ksdd")), ("isi_akhir", w.ENDING | w.written("akhir", "ksdd")),
        ):  # fmt: skip
            row = take(session, node, row.ident, step, office="opd", actor="t", on=TODAY, version=row.version, facts=said)
        papers = {kind: paper_of(session, row, settings, node.rules, kind) for kind in kinds_of("ksdd")}
    left = {kind: [blank.says for blank in paper.blanks] for kind, paper in papers.items()}
    council = left.pop("permohonan_dprd")
    assert {kind: [says for says in lacks if says != "alamat kantor"] for kind, lacks in left.items()} == {kind: [] for kind in left}
    assert any("menurut kedua jawaban persetujuan tidak diperlukan" in says for says in council), "nobody is asked who need not be"


def test_the_same_case_gives_the_same_bytes_and_its_frozen_text_is_that_very_file(store: Store, node_: Node, settings: Settings):
    with store.work() as session:
        row = w.whole_case(session, node_, last="isi_kb")
        first = paper_of(session, row, settings, node_.rules, "kesepakatan_bersama").made("final")
        digest = bring(session, node_.rules, node_.papers, row, "naskah_kb", "naskah.pdf", first, actor="t")
        row = take(
            session, node_, row.ident, "bekukan_kb", office="tkksd", actor="t", on=TODAY, version=row.version, papers={"naskah_kb": digest}
        )
        row.updated_at = datetime(2031, 5, 6, tzinfo=UTC)
        again = paper_of(session, row, settings, node_.rules, "kesepakatan_bersama").made("final")
        assert again == first
        assert row.papers["naskah_kb"] == digest
        row = take(
            session, node_, row.ident, "isi_kb", office="opd", actor="t", on=TODAY, version=row.version, facts={"kb_tempat": "Serang"}
        )
        assert paper_of(session, row, settings, node_.rules, "kesepakatan_bersama").made("final") != first
        assert "naskah_kb" not in row.papers, "another text is frozen anew"


@pytest.fixture
def node_(settings: Settings) -> Node:
    return node_of(settings)


def test_every_blank_of_every_paper_names_the_field_that_fills_it(store: Store, settings: Settings, node_: Node):
    with store.work() as session:
        other = {"ksdd": {}, "ksdpk": {"kind": "pihak_ketiga", "region": None}, "sinergi": {"kind": "kementerian", "region": None}}
        rows = [new_case(session, node_, **said) for said in other.values()]
        rows += [
            go_until(session, node_, new_case(session, node_), last) for last in ("terima", "tandatangani_kb", "susun_pks", "laksanakan")
        ]
        for row in rows:
            for kind in kinds_of(row.instrument):
                for blank in paper_of(session, row, settings, node_.rules, kind).blanks:
                    if blank.field is None:
                        assert blank.setting, blank
                        continue
                    assert blank.field == "objek" or blank.field in node_.rules.fields, blank
                    assert blank.step or blank.elsewhere, blank
                    if blank.step and blank.field != "objek":
                        step = node_.rules.steps[blank.step]
                        assert blank.field in step.takes()
                        assert row.state in step.sources


def test_a_final_that_is_not_whole_is_refused_with_all_that_it_lacks_and_the_draft_is_made(store: Store, settings: Settings, node_: Node):
    with store.work() as session:
        paper = paper_of(session, new_case(session, node_), settings, node_.rules, "pks")
    with pytest.raises(Conflict) as refused:
        paper.made("final")
    assert refused.value.facts["missing"] == [blank.says for blank in paper.blanks]
    assert paper.made("docx").startswith(b"PK")
    assert paper.made("pdf").startswith(b"%PDF-")
    with pytest.raises(NotFound):
        paper.made("odt")
    with store.work() as session, pytest.raises(NotFound):
        paper_of(session, new_case(session, node_), settings, node_.rules, "nota_kesepakatan")


@pytest.mark.parametrize(
    "wording",
    [
        clauses.followed_up, clauses.beyond_power, clauses.how_it_changes, clauses.how_it_ends, clauses.when_addresses_change,
        clauses.disputes_between, lambda deed: clauses.disputes_of_third(deed, "pengadilan negeri"),
    ],
)  # fmt: skip
def test_the_usual_wording_comes_back_as_it_was_where_nobody_changed_it(wording):
    fill = Filling()
    usual = wording(clauses.Deed(fill, "Perjanjian Kerja Sama"))
    again = own_text.parts_of(fill, own_text.lines_of(usual).splitlines(), "x")
    plain = [
        [("".join(run.text for run in part), "".join(run.text for run in part if run.bold)) for part in parts] for parts in (usual, again)
    ]
    assert plain[0] == plain[1]
    assert fill.missing == []


def test_own_wording_stands_in_the_deed_and_what_the_law_says_stands_beside_it(
    store: Store, settings: Settings, node_: Node, pdf_text: Callable[[bytes], str]
):
    with store.work() as session:
        row = w.whole_case(session, node_)
        text = pdf_text(paper_of(session, row, settings, node_.rules, "pks").made("final"))
    assert "(1) Perselisihan dibicarakan oleh: a. kepala kantor; dan b. kepala daerah." in text
    assert "(2) Perselisihan yang tidak selesai secara musyawarah disampaikan kepada Menteri Dalam Negeri" in text
    assert "Keadaan kahar diberitahukan dalam tujuh hari." in text
    assert "14 (empat belas) hari" not in text
    assert "objek kerja sama hilang atau musnah" in text, "the grounds of Pasal 9 are not for the parties to leave out"


def test_what_forms_offer_fills_the_deeds_but_for_what_only_people_know(store: Store, settings: Settings, node_: Node):
    """Taking every proposal as it stands leaves numbers, days, places, persons and addresses alone to be filled in."""
    with store.work() as session:
        row = go_until(session, node_, new_case(session, node_), "susun_pks")
        case = view_of_case(session, row, settings)
        named(session, row.ident)
        session.expunge_all()
    offered = {name: one.value for name, one in proposals(case, {}).items()}
    case.row.facts = {name: value for name, value in offered.items() if name in node_.rules.fields} | case.row.facts
    left = {blank.field for blank in paper_from(case, node_.rules, "pks").blanks}
    people = set(w.parties("ksdd")) | {"pks_nomor_kami", "pks_nomor_mitra", "pks_tempat", "pks_hari", "pks_penandatangan", "pks_mulai",
                                       "pks_berakhir", "nomor_memo_dprd", "tanggal_memo_dprd", "objek", "alamat_mitra"}  # fmt: skip
    assert left <= people, left - people
    assert letters.missing("pks", facts_of("pks", case)[1])
