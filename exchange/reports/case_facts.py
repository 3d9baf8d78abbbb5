"""The facts of papers as a case holds them: what it does not know stays open, and is a visible blank in the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from exchange.reports import case_deeds
from exchange.reports.case_view import CaseView
from exchange.reports.facts import Letter, Signatory
from exchange.reports.kinds import Facts
from exchange.reports.letters.dprd import PermohonanDprdFacts
from exchange.reports.letters.kak import Cost, KakFacts
from exchange.reports.letters.nota_dprd import NotaDprdFacts
from exchange.reports.letters.penawaran import PenawaranFacts
from exchange.reports.letters.pks import PksPihakKetigaFacts
from schemas.codes import region as region_named

# the paper of the rule table that a step wants, and the kind of draft that is made for it
DRAFTS: Final[Mapping[str, str]] = {
    "kak": "kak",
    "surat_penawaran": "surat_penawaran",
    "naskah_kb": "kesepakatan_bersama",
    "kb": "kesepakatan_bersama",
    "memo_dprd": "nota_dprd",
    "surat_permohonan_dprd": "permohonan_dprd",
    "surat_kuasa": "surat_kuasa",
    "naskah_pks": "pks",
    "pks": "pks",
    "nota_kesepakatan": "nota_kesepakatan",
    "adendum": "adendum",
    "berita_acara_akhir": "berita_acara_pengakhiran",
}


def _kak(case: CaseView) -> KakFacts:
    costs = tuple(Cost(source=row[0] if row[1] else None, what=row[1] or row[0]) for row in case.rows("pembiayaan"))
    meant, aimed = case.goals("", "maksud_tujuan")
    return KakFacts(
        origin=case.origin, office=case.office, subject=case.row.title, partner=case.row.counterpart,
        background=case.parts("latar_belakang"), purposes=meant, goals=aimed, location=case.text("lokasi"),
        scope=case.parts("ruang_lingkup"), goods=case.goods(), starts=case.day("kb_mulai"), ends=case.day("kb_berakhir"),
        term=case.text("jangka_waktu"), benefits=case.parts("manfaat"), social_impact=next(iter(case.parts("dampak")), None),
        environmental_impact=" ".join(case.parts("dampak")[1:]) or None, costs=costs, place=case.place, day=case.day("kak_hari"),
        signatory=Signatory(name=case.text("kak_nama"), title=case.text("kak_jabatan"), head=False),
    )  # fmt: skip


def _offer(case: CaseView) -> PenawaranFacts:
    region, home = region_named(case.row.region or ""), region_named(case.settings.home_region)
    to = case.text("penawaran_tujuan") or case.text("tujuan_penawaran")
    letter = Letter(
        number=case.text("penawaran_nomor") or case.text("nomor_penawaran"), place=case.place,
        day=case.day("penawaran_hari") or case.day("tanggal_penawaran"), to=(to,) if to else (), to_place=case.text("penawaran_tempat"),
        attachments="Kerangka Acuan Kerja",
    )  # fmt: skip
    return PenawaranFacts(
        origin=case.origin, office=case.head_office, letter=letter, signatory=case.head(), region=home.name if home else None,
        partner_region=region.name if region else None, partner=None if case.row.instrument == "ksdd" else case.row.counterpart,
        subject=case.row.title, reason=case.text("penawaran_alasan") or " ".join(case.parts("latar_belakang")) or None,
        contact=f"{case.settings.office}, {case.settings.contact}", answer_by=case.day("penawaran_batas") or case.day("batas_jawaban"),
        terms=_kak(case),
    )  # fmt: skip


def _council(case: CaseView) -> PermohonanDprdFacts:
    facts = case.row.facts
    people, region = facts.get("membebani_masyarakat"), facts.get("membebani_daerah")
    budgeted, year = facts.get("teranggarkan"), facts.get("tahun_apbd")
    letter = Letter(
        number=case.text("nomor_permohonan_dprd"), place=case.place, day=case.day("tanggal_permohonan_dprd"), to_place=case.place,
        to=(f"Ketua Dewan Perwakilan Rakyat Daerah {case.government.removeprefix('Pemerintah ')}",),
    )  # fmt: skip
    number = case.text("nomor_kb_kami")
    return PermohonanDprdFacts(
        origin=case.origin, office=case.head_office, letter=letter, signatory=case.head(), government=case.government,
        subject=case.row.title, partner=case.row.counterpart, agreement=f"Kesepakatan Bersama nomor {number}" if number else None,
        budget_year=year if isinstance(year, int) else None,
        burdens=people and region if isinstance(people, bool) and isinstance(region, bool) else None,
        burdens_evidence=case.text("alasan_beban"), unfunded=not budgeted if isinstance(budgeted, bool) else None,
        unfunded_evidence=case.text("alasan_anggaran"), object=case.text("objek_kb"), targets=case.parts("sasaran"), terms=_kak(case),
    )  # fmt: skip


def _note(case: CaseView) -> NotaDprdFacts:
    facts = case.row.facts
    answers = {name: facts.get(name) for name in ("membebani_masyarakat", "membebani_daerah", "teranggarkan")}
    people, region, budgeted = (said if isinstance(said, bool) else None for said in answers.values())
    year = facts.get("tahun_apbd")
    return NotaDprdFacts(
        origin=case.origin, office=case.head_office, number=case.text("nomor_memo_dprd"), subject=case.row.title,
        partner=case.row.counterpart, agreement=case.text_of("kb", "nomor_kami"), agreement_day=case.day_of("kb"), people=people,
        region=region, burdens_evidence=case.text("alasan_beban"), budgeted=budgeted, budget_year=year if isinstance(year, int) else None,
        budget_evidence=case.text("alasan_anggaran"), answered_by=case.text("penjawab_dprd"), place=case.place,
        day=case.day("tanggal_memo_dprd"),
        signatory=Signatory(name=case.text("pejabat_memo_dprd"), title=case.text("jabatan_memo_dprd"), head=False),
    )  # fmt: skip


_MADE: Final[Mapping[str, Callable[[CaseView], Facts]]] = {
    "kak": _kak,
    "surat_penawaran": _offer,
    "kesepakatan_bersama": case_deeds.kesepakatan,
    "pks": case_deeds.contract,
    "nota_dprd": _note,
    "permohonan_dprd": _council,
    "surat_kuasa": case_deeds.mandate,
    "nota_kesepakatan": case_deeds.memorandum,
    "adendum": case_deeds.addendum,
    "berita_acara_pengakhiran": case_deeds.ending,
}


def facts_of(kind: str, case: CaseView) -> tuple[str, Facts]:
    """
    The kind of paper as `letters.KINDS` calls it, and its facts from the case.

    kind: a value of `DRAFTS`; a contract with a third party is a kind of its own. Raises KeyError for another one.
    """
    facts = _MADE[kind](case)
    return ("pks_pihak_ketiga" if isinstance(facts, PksPihakKetigaFacts) else kind), facts
