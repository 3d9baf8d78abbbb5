"""
What a case knows, as the facts of its papers. What it does not know stays empty: a blank in the draft, a refusal of the final.

Texts of a case are free; a line is an item. Where a paper wants apart what a case keeps in one text, the lines say which is which
(`Hak pihak kesatu: …`, `Dampak lingkungan: …`); what no line assigns stands where a person sees it and moves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from exchange.agreements import dprd
from exchange.errors import NotFound
from exchange.reports.case_known import CaseKnown, goods, government, head, numbers, office, origin, parties, same_province, signs
from exchange.reports.facts import Assembly, Letter, Signatory
from exchange.reports.kinds import Facts
from exchange.reports.letters.adendum import AdendumFacts
from exchange.reports.letters.dprd import PermohonanDprdFacts
from exchange.reports.letters.kak import Cost, KakFacts
from exchange.reports.letters.kesepakatan import KesepakatanFacts
from exchange.reports.letters.kuasa import KuasaFacts
from exchange.reports.letters.nota import NotaFacts
from exchange.reports.letters.penawaran import PenawaranFacts
from exchange.reports.letters.pengakhiran import Open, PengakhiranFacts
from exchange.reports.letters.pks import PksFacts, PksPihakKetigaFacts
from schemas.codes import region as region_named

# which papers a step is prepared with
OF_STEP: Mapping[str, tuple[str, ...]] = {
    "isi_kak": ("kak",), "ajukan_telaah": ("kak",), "kirim_penawaran": ("surat_penawaran",), "isi_kb": ("kesepakatan_bersama",),
    "bekukan_kb": ("kesepakatan_bersama",), "tandatangani_kb": ("kesepakatan_bersama",), "minta_dprd": ("permohonan_dprd",),
    "isi_pks": ("pks",), "bekukan_pks": ("pks",), "tandatangani_pks": ("pks", "surat_kuasa"), "adendum": ("adendum",),
    "akhiri": ("berita_acara_pengakhiran",), "susun_nk": ("nota_kesepakatan",), "tandatangani_nk": ("nota_kesepakatan",),
}  # fmt: skip
_GROUNDS = {
    "jangka_waktu": "a", "tujuan_tercapai": "b", "kesepakatan": "c", "perubahan_kebijakan": "d", "objek_hilang": "e",
    "putusan_pengadilan": "putusan", "pailit": "pailit",
}  # fmt: skip
_ENTITLED = re.compile(r"(hak|kewajiban)\s+pihak\s+(kesatu|pertama|kedua)\s*:?\s*(.*)", re.I)


def kind_for(step: str, instrument: str) -> tuple[str, ...]:
    """The kinds of paper that a step is prepared with, for that instrument."""
    return tuple("pks_pihak_ketiga" if kind == "pks" and instrument == "ksdpk" else kind for kind in OF_STEP.get(step, ()))


def facts_for(kind: str, known: CaseKnown) -> Facts:
    """
    The facts of one kind of paper.

    Raises:
        NotFound: a case makes no such paper.
    """
    make = _MAKERS.get(kind)
    if make is None:
        raise NotFound(f"Perkara tidak menyusun naskah “{kind[:40]}”.", mend=f"Yang ada: {', '.join(_MAKERS)}.")
    return make(known)


def _split(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Purposes and goals, that a case keeps in one text: the first line and the rest."""
    return lines[:1], lines[1:]


def _impact(known: CaseKnown, what: str) -> str | None:
    found = [line for line in known.lines("dampak") if re.match(rf"(dampak\s+)?{what}", line, re.I)]
    told = " ".join(re.sub(rf"^(dampak\s+)?{what}\s*:?\s*", "", line, flags=re.I) for line in found)
    return told.rstrip(".") or (" ".join(known.lines("dampak")).rstrip(".") if what == "sosial" and not found else None) or None


def _kak(known: CaseKnown) -> KakFacts:
    purposes, goals = _split(known.lines("maksud_tujuan"))
    costs = [line.partition(":") for line in known.lines("pembiayaan")]
    return KakFacts(
        origin=origin(known), office=office(known), subject=known.row.title, partner=known.row.counterpart,
        background=known.lines("latar_belakang"), purposes=purposes, goals=goals, location=known.text("lokasi"),
        scope=known.lines("ruang_lingkup"), goods=goods(known), starts=known.day("kb_mulai"), ends=known.day("kb_berakhir"),
        benefits=known.lines("manfaat"), social_impact=_impact(known, "sosial"), environmental_impact=_impact(known, "lingkungan"),
        costs=tuple(Cost(source=source.strip() or None, what=what.strip() or None) for source, _colon, what in costs),
    )  # fmt: skip


def _penawaran(known: CaseKnown) -> PenawaranFacts:
    home, theirs = region_named(known.home), region_named(known.row.region) if known.row.region else None
    to = known.text("tujuan_penawaran")
    letter = Letter(number=known.text("nomor_penawaran"), day=known.day("tanggal_penawaran"), to=(to,) if to else ())
    return PenawaranFacts(
        origin=origin(known), office=office(known, own=False), letter=letter, signatory=Signatory(title=head(known)),
        region=home.name if home else None, partner_region=theirs.name if theirs else known.row.counterpart, subject=known.row.title,
        reason=" ".join(known.lines("maksud_tujuan")).rstrip(".") or None, contact=known.contact, answer_by=known.day("batas_jawaban"),
        terms=_kak(known),
    )  # fmt: skip


def _kesepakatan(known: CaseKnown) -> KesepakatanFacts:
    first, second = parties(known, "penandatangan_kb", "nomor_kb_kami", "nomor_kb_mitra")
    purposes, goals = _split(known.lines("maksud_tujuan"))
    return KesepakatanFacts(
        origin=origin(known), first=first, second=second, day=known.day("tanggal_kb"), place=known.text("tempat_kb"),
        subject=known.row.title, reasons=known.lines("latar_belakang"), purposes=purposes, goals=goals, object=known.text("objek_kb"),
        scope=known.lines("lingkup_kb"), first_office=known.office, starts=known.day("kb_mulai"), ends=known.day("kb_berakhir"),
        funding=known.text("pembiayaan"), same_province=same_province(known),
    )  # fmt: skip


def _dprd(known: CaseKnown) -> PermohonanDprdFacts:
    said = known.row.facts
    answered = dprd.needed(said) is not None
    letter = Letter(number=known.text("nomor_permohonan_dprd"), day=known.day("tanggal_permohonan_dprd"), to=("Ketua DPRD",))
    return PermohonanDprdFacts(
        origin=origin(known), office=office(known, own=False), letter=letter, signatory=Signatory(title=head(known)),
        government=government(known.home), subject=known.row.title, partner=known.row.counterpart, agreement=numbers(known, "kb"),
        budget_year=said.get("tahun_apbd"), burdens=bool(said["membebani_masyarakat"] and said["membebani_daerah"]) if answered else None,
        unfunded=not said["teranggarkan"] if answered else None, object=known.text("objek_kb"), targets=known.lines("manfaat"),
        terms=_kak(known),
    )  # fmt: skip


def _entitled(known: CaseKnown) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Rights and duties by `first_rights` and so on, from lines that name whose they are; and the lines that name nobody."""
    found: dict[str, list[str]] = {}
    nobody: list[str] = []
    place = nobody
    for line in known.lines("hak_kewajiban"):
        named = _ENTITLED.match(line)
        if named:
            side = "second" if named[2].lower() == "kedua" else "first"
            place = found.setdefault(f"{side}_{'rights' if named[1].lower() == 'hak' else 'duties'}", [])
        if rest := (named[3] if named else line).strip():
            place.append(rest)
    return {name: tuple(lines) for name, lines in found.items()}, tuple(nobody)


def _pks(known: CaseKnown) -> PksFacts:
    first, second = parties(known, "penandatangan_pks", "nomor_pks_kami", "nomor_pks_mitra")
    entitled, nobody = _entitled(known)
    purposes, goals = _split(known.lines("tujuan_pks"))
    needed = dprd.needed(known.row.facts)
    approved = Assembly(needed=needed, number=known.text("nomor_keputusan_dprd"), day=known.day("tanggal_keputusan_dprd"))
    made: dict[str, Any] = {
        "origin": origin(known), "first": first, "second": second, "day": known.day("tanggal_pks"), "place": known.text("tempat_pks"),
        "subject": known.row.title, "base_number": numbers(known, "kb"), "base_day": known.day("tanggal_kb"),
        "base_ends": known.day("kb_berakhir"), "assembly": approved, "purposes": purposes, "goals": goals,
        "object": "; ".join(one.commodity for one in known.objects) or None, "scope": known.lines("lingkup_pks"), "goods": goods(known),
        "execution": (*known.lines("pelaksanaan_pks"), *nobody), "starts": known.day("pks_mulai"), "ends": known.day("pks_berakhir"),
        "funding": known.lines("pendanaan"), "data": known.lines("pertukaran_data"), "sanctions": known.lines("sanksi"),
        "same_province": same_province(known), **entitled,
    }  # fmt: skip
    return PksPihakKetigaFacts(**made) if known.third else PksFacts(**made)


def _kuasa(known: CaseKnown) -> KuasaFacts:
    taker = signs(known, "penandatangan_pks", "kami")
    delegate = taker if taker is not None and not taker.head else Signatory(head=False)
    return KuasaFacts(
        origin=origin(known), office=office(known, own=False), number=delegate.mandate_number,
        giver=signs(known, "penandatangan_kb", "kami") or Signatory(title=head(known)), taker=delegate, taker_office=known.office,
        subject=known.row.title, partner=known.row.counterpart, third_party=known.third, day=delegate.mandate_day,
    )  # fmt: skip


def _nota(known: CaseKnown) -> NotaFacts:
    first, second = parties(known, "penandatangan_nk", "nomor_nk")
    purposes, goals = _split(known.lines("maksud_tujuan"))
    return NotaFacts(
        origin=origin(known), first=first, second=second, day=known.day("tanggal_nk"), subject=known.row.title,
        reasons=known.lines("latar_belakang"), purposes=purposes, goals=goals, scope=known.lines("ruang_lingkup"),
        starts=known.day("tanggal_nk"), ends=known.day("nk_berakhir"),
    )  # fmt: skip


def _adendum(known: CaseKnown) -> AdendumFacts:
    first, second = parties(known, "penandatangan_pks")
    return AdendumFacts(
        origin=origin(known), first=first, second=second, ordinal=known.addenda + 1, subject=known.row.title,
        paper_number=numbers(known, "pks"), paper_day=known.day("tanggal_pks"),
    )  # fmt: skip


def _pengakhiran(known: CaseKnown) -> PengakhiranFacts:
    paper, deed = ("pks", "tanggal_pks") if known.text("nomor_pks_kami") else ("kb", "tanggal_kb")
    first, second = parties(known, "penandatangan_pks" if paper == "pks" else "penandatangan_kb")
    return PengakhiranFacts(
        origin=origin(known), first=first, second=second, day=known.day("tanggal_akhir"), subject=known.row.title,
        agreement_number=numbers(known, paper) or known.text("nomor_nk"), agreement_day=known.day(deed) or known.day("tanggal_nk"),
        third_party=known.third, ground=_GROUNDS.get(known.text("dasar_akhir") or ""), ends=known.day("tanggal_akhir"),
        open=tuple(Open(what=line) for line in known.lines("penyelesaian")),
    )  # fmt: skip


_MAKERS: Mapping[str, Callable[[CaseKnown], Facts]] = {
    "kak": _kak, "surat_penawaran": _penawaran, "kesepakatan_bersama": _kesepakatan, "permohonan_dprd": _dprd, "pks": _pks,
    "pks_pihak_ketiga": _pks, "surat_kuasa": _kuasa, "nota_kesepakatan": _nota, "adendum": _adendum,
    "berita_acara_pengakhiran": _pengakhiran,
}  # fmt: skip
