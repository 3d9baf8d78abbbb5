"""The facts of what two sides sign, as a case holds them: agreements, contracts, addenda, endings, and the letter of delegation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from exchange.reports.case_parts import entitled
from exchange.reports.case_view import CaseView
from exchange.reports.facts import Signatory, Wording
from exchange.reports.letters.adendum import AdendumFacts, Change
from exchange.reports.letters.kesepakatan import KesepakatanFacts
from exchange.reports.letters.kuasa import KuasaFacts
from exchange.reports.letters.nota import NotaFacts
from exchange.reports.letters.pengakhiran import Open, PengakhiranFacts
from exchange.reports.letters.pks import PksFacts, PksPihakKetigaFacts

_GROUNDS: Final = {
    "jangka_waktu": "a", "tujuan_tercapai": "b", "kesepakatan": "c", "perubahan_kebijakan": "d", "objek_hilang": "e",
    "putusan_pengadilan": "putusan", "pailit": "pailit",
}  # fmt: skip


def _signed(case: CaseView, text: str) -> dict[str, Any]:
    first, second = case.parties(text)
    return {
        "origin": case.origin, "first": first, "second": second, "day": case.day_of(text), "place": case.text_of(text, "tempat"),
        "subject": case.row.title,
    }  # fmt: skip


def recitals(lines: Iterable[str]) -> tuple[str, ...]:
    """Reasons as a deed has them: each begins with “bahwa”; a line that only heads others is left out."""
    return tuple(line if line.casefold().startswith("bahwa ") else f"bahwa {_amid(line)}" for line in lines if not line.endswith(":"))


def _amid(line: str) -> str:
    """A line in the middle of a sentence; where its second word has a capital too, or none follows, it may begin with a name."""
    second = line.partition(" ")[2][:1]
    return line[:1].lower() + line[1:] if second.islower() and not line[1:2].isupper() else line


def funding(case: CaseView) -> str | None:
    """Who pays what, by the terms of reference; a source stands before what it pays."""
    return "\n".join(": ".join(cell for cell in row if cell) for row in case.rows("pembiayaan")) or None


def kesepakatan(case: CaseView) -> KesepakatanFacts:
    """The Kesepakatan Bersama: by its own text, else by the terms of reference."""
    meant, aimed = case.goals("maksud_kb", "tujuan_kb" if case.text("tujuan_kb") else "maksud_tujuan")
    third = case.row.instrument == "ksdpk"
    return KesepakatanFacts(
        **_signed(case, "kb"), reasons=recitals(case.parts("pertimbangan_kb") or case.parts("latar_belakang")), purposes=meant, goals=aimed,
        object=case.text("objek_kb"), scope=case.parts("lingkup_kb"), first_office=case.text("kantor_kami"),
        second_office=case.text("kantor_mitra"), starts=case.day("kb_mulai"), ends=case.day("kb_berakhir"),
        funding=case.text("pembiayaan_kb") or funding(case), same_province=case.same_province, third_party=third,
        forum=case.forum if third else None,
        wording=Wording(
            follow_up=case.lines("tindak_lanjut"), disputes=case.lines("perselisihan_kb"), force_majeure=case.lines("kahar_kb"),
            changes=case.lines("perubahan_kb"), ending=case.lines("pengakhiran_kb"), correspondence=case.lines("korespondensi_kb"),
        ),
    )  # fmt: skip


def contract(case: CaseView) -> PksFacts:
    """The contract that carries it out; with a third party a kind of its own."""
    base = " dan ".join(number for number in (case.text_of("kb", "nomor_kami"), case.text_of("kb", "nomor_mitra")) if number)
    sides, nobody = entitled(case.parts("hak_kewajiban"))
    meant, aimed = case.goals("maksud_pks", "tujuan_pks")
    said: dict[str, Any] = {
        **_signed(case, "pks"), "base_number": base or None, "base_day": case.day_of("kb"), "base_ends": case.day("kb_berakhir"),
        "assembly": case.assembly(), "purposes": meant, "goals": aimed, "object": case.text("objek_kb"), "scope": case.parts("lingkup_pks"),
        "goods": case.goods(), "works": case.works(), "execution": (*case.parts("pelaksanaan_pks"), *nobody),
        "starts": case.day("pks_mulai"), "ends": case.day("pks_berakhir"), "funding": case.parts("pendanaan"),
        "data": case.parts("pertukaran_data"), "sanctions": case.parts("sanksi"), "same_province": case.same_province,
        "wording": _wording(case), "prices": case.prices, **sides,
    }  # fmt: skip
    if case.row.instrument == "ksdpk":
        study: dict[str, Any] = {"study_number": case.text("nomor_studi"), "study_day": case.day("tanggal_studi"), "forum": case.forum}
        return PksPihakKetigaFacts(**said, **study)
    return PksFacts(**said)


def _wording(case: CaseView) -> Wording:
    return Wording(
        disputes=case.lines("perselisihan"), force_majeure=case.lines("keadaan_kahar"), changes=case.lines("perubahan"),
        ending=case.lines("pengakhiran"), correspondence=case.lines("surat_menyurat"),
    )  # fmt: skip


def memorandum(case: CaseView) -> NotaFacts:
    """The Nota Kesepakatan with a ministry; by its own text, else by the terms of reference."""
    meant, aimed = case.goals("maksud_nk", "tujuan_nk" if case.text("tujuan_nk") else "maksud_tujuan")
    return NotaFacts(
        **_signed(case, "nk"), reasons=recitals(case.parts("latar_belakang")), purposes=meant, goals=aimed,
        scope=case.parts("ruang_lingkup"), first_duties=case.parts("tugas_kami"), second_duties=case.parts("tugas_mitra"),
        starts=case.day_of("nk"), ends=case.day("nk_sampai") or case.day("nk_berakhir"), works=case.works(), wording=_wording(case),
    )  # fmt: skip


def addendum(case: CaseView) -> AdendumFacts:
    """An addendum to the contract."""
    which = case.text("adendum_ke")
    lines = case.rows("adendum_perubahan") or tuple((None, None, line) for line in case.parts("uraian_adendum"))
    return AdendumFacts(
        **_signed(case, "adendum"), ordinal=int(which) if which else None, paper_number=case.text_of("pks", "nomor_kami"),
        paper_day=case.day_of("pks"), reasons=recitals(case.parts("adendum_alasan")),
        changes=tuple(Change(place=row[0], before=row[1], after=row[2]) for row in lines),
    )  # fmt: skip


def ending(case: CaseView) -> PengakhiranFacts:
    """What both sides state at the end."""
    ground = case.text("akhir_dasar") or case.text("dasar_akhir")
    lines = case.rows("akhir_penyelesaian") or tuple((line, None, None) for line in case.parts("penyelesaian"))
    number = case.text_of("pks", "nomor_kami") or case.text_of("kb", "nomor_kami")
    return PengakhiranFacts(
        **_signed(case, "akhir"), agreement_number=number, agreement_day=case.day_of("pks") or case.day_of("kb"),
        third_party=case.row.instrument == "ksdpk", ground=_GROUNDS.get(ground or ""),
        ends=case.day("akhir_sejak") or case.day("tanggal_akhir"), evidence=case.text("akhir_bukti") or case.text("alasan"),
        realised=case.text("akhir_hasil"), open=tuple(Open(what=row[0], settled=row[1], until=_day(row[2])) for row in lines),
    )  # fmt: skip


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def mandate(case: CaseView) -> KuasaFacts:
    """The letter by which an official signs the contract."""
    ours = [one for one in case.signers_of("pks") if one["pihak"] == "kami"]
    taker = next((one for one in ours if one["peran"] == "pejabat_kuasa"), None)
    day = taker.get("kuasa_tanggal") if taker else None
    return KuasaFacts(
        origin=case.origin, office=case.head_office, giver=case.head(), address=case.text("alamat_kami"),
        taker=Signatory(name=taker["nama"], title=taker["jabatan"], head=False) if taker else Signatory(head=False),
        taker_office=case.text("kantor_kami") or case.settings.office, subject=case.row.title, partner=case.row.counterpart,
        third_party=case.row.instrument == "ksdpk", until=case.day("kuasa_sampai"), place=case.place, day=_day(day),
        number=taker.get("kuasa_nomor") if taker else None,
    )  # fmt: skip
