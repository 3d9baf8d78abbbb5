"""The facts of papers as a case holds them: what it does not know stays open, and is a visible blank in the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from exchange.agreements import dprd
from exchange.agreements.oversight import province
from exchange.reports.case_parts import behind, entitled
from exchange.reports.facts import Assembly, Good, Letter, Office, Party, Signatory
from exchange.reports.kinds import Facts, Origin
from exchange.reports.letters.adendum import AdendumFacts, Change
from exchange.reports.letters.dprd import PermohonanDprdFacts
from exchange.reports.letters.kak import Cost, KakFacts
from exchange.reports.letters.kesepakatan import KesepakatanFacts
from exchange.reports.letters.kuasa import KuasaFacts
from exchange.reports.letters.nota import NotaFacts
from exchange.reports.letters.penawaran import PenawaranFacts
from exchange.reports.letters.pengakhiran import Open, PengakhiranFacts
from exchange.reports.letters.pks import PksFacts, PksPihakKetigaFacts
from exchange.settings import Settings
from exchange.store.agreement_board import Under
from exchange.store.agreements import AgreementObjectRow, AgreementRow
from schemas.codes import region as region_named
from schemas.units import unit_of_code

_GROUNDS: Final = {
    "jangka_waktu": "a", "tujuan_tercapai": "b", "kesepakatan": "c", "perubahan_kebijakan": "d", "objek_hilang": "e",
    "putusan_pengadilan": "putusan", "pailit": "pailit",
}  # fmt: skip
# the paper of the rule table that a step wants, and the kind of draft that is made for it
DRAFTS: Final[Mapping[str, str]] = {
    "kak": "kak",
    "surat_penawaran": "surat_penawaran",
    "naskah_kb": "kesepakatan_bersama",
    "kb": "kesepakatan_bersama",
    "surat_permohonan_dprd": "permohonan_dprd",
    "surat_kuasa": "surat_kuasa",
    "naskah_pks": "pks",
    "pks": "pks",
    "nota_kesepakatan": "nota_kesepakatan",
    "adendum": "adendum",
    "berita_acara_akhir": "berita_acara_pengakhiran",
}


@dataclass(frozen=True, slots=True)
class CaseView:
    """
    A case with all that its papers say. at: when they are made, with a zone; the same case and time give the same papers.

    under: its matches, for the needs and capacities behind its objects.
    """

    row: AgreementRow
    objects: Sequence[AgreementObjectRow]
    settings: Settings
    at: datetime
    under: Sequence[Under] = ()

    def text(self, name: str) -> str | None:
        """A fact in words."""
        said = self.row.facts.get(name)
        return said if isinstance(said, str) and said else None

    def parts(self, name: str) -> tuple[str, ...]:
        """A fact as its lines, each an item of its own."""
        return tuple(line.strip(" -•\t") for line in (self.text(name) or "").splitlines() if line.strip(" -•\t"))

    def day(self, name: str) -> date | None:
        """A fact that is a day."""
        said = self.text(name)
        return date.fromisoformat(said) if said else None

    @property
    def origin(self) -> Origin:
        """What a paper is made from."""
        return Origin(case=self.row.ident, version=str(self.row.version), made_at=self.at)

    @property
    def government(self) -> str:
        """This side by its region."""
        home = region_named(self.settings.home_region)
        return f"Pemerintah {home.name}" if home else self.settings.office

    @property
    def place(self) -> str | None:
        """The region of this side, where papers are written."""
        home = region_named(self.settings.home_region)
        return home.name.removeprefix("Kota ").removeprefix("Kabupaten ") if home else None

    @property
    def office(self) -> Office:
        """The head of this side's papers."""
        its = self.settings
        return Office(government=self.government, name=its.office, address=its.office_address or None, contact=its.contact)

    @property
    def head_office(self) -> Office:
        """The head of the head of region's own papers."""
        return Office(government=self.government, address=self.settings.office_address or None, contact=self.settings.contact)

    @property
    def same_province(self) -> bool | None:
        """Whether both sides lie in one province; None where the other side is no region."""
        region = self.row.region
        return None if region is None else province(region) == province(self.settings.home_region)

    def goods(self) -> tuple[Good, ...]:
        """The objects, with what the matches know of them."""
        found = []
        for one in self.objects:
            unit = unit_of_code(one.unit or "")
            price = one.value / one.quantity if one.value is not None and one.quantity else None
            about = " ".join(word for word in (one.sector and f"sektor {one.sector}", one.kbli and f"KBLI {one.kbli}") if word)
            need, capacity, makers = behind(one.commodity, self.under)
            found.append(
                Good(
                    commodity=one.commodity, description=about or None, quantity=one.quantity, unit=unit.name if unit else None,
                    price=None if price is None else round(price, 2), need=need, capacity=capacity, maker=makers,
                )
            )  # fmt: skip
        return tuple(found)

    def signatory(self, name: str, side: str) -> Signatory:
        """Who signs for a side, as far as it is known."""
        for one in self.row.facts.get(name) or []:
            if one["pihak"] == side:
                mandate = one.get("kuasa_tanggal")
                return Signatory(
                    name=one["nama"], title=one["jabatan"], head=one["peran"] != "pejabat_kuasa", mandate_number=one.get("kuasa_nomor"),
                    mandate_day=date.fromisoformat(mandate) if mandate else None,
                )  # fmt: skip
        return Signatory()

    def parties(self, number: str, signers: str) -> tuple[Party, Party]:
        """Both sides with their numbers of a paper: the fields `number_kami` and `number_mitra`."""
        ours = Party(
            name=self.government, paper_number=self.text(f"{number}_kami"), signatory=self.signatory(signers, "kami"),
            contact_office=self.settings.office, contact_mail=self.settings.contact,
        )  # fmt: skip
        theirs = Party(
            name=self.row.counterpart, paper_number=self.text(f"{number}_mitra"), signatory=self.signatory(signers, "mitra")
        )  # fmt: skip
        return ours, theirs

    def assembly(self) -> Assembly:
        """The council's part."""
        answer = dprd.needed(self.row.facts)
        if answer:
            return Assembly(needed=True, number=self.text("nomor_keputusan_dprd"), day=self.day("tanggal_keputusan_dprd"))
        return Assembly(needed=answer)


def _kak(case: CaseView) -> KakFacts:
    costs = tuple(Cost(source=None, what=line) for line in case.parts("pembiayaan"))
    return KakFacts(
        origin=case.origin, office=case.office, subject=case.row.title, partner=case.row.counterpart,
        background=case.parts("latar_belakang"),
        purposes=case.parts("maksud_tujuan")[:1], goals=case.parts("maksud_tujuan")[1:], location=case.text("lokasi"),
        scope=case.parts("ruang_lingkup"), goods=case.goods(), starts=case.day("kb_mulai"), ends=case.day("kb_berakhir"),
        benefits=case.parts("manfaat"), social_impact=case.text("dampak"), costs=costs, place=case.place,
    )  # fmt: skip


def _offer(case: CaseView) -> PenawaranFacts:
    region = region_named(case.row.region or "")
    letter = Letter(
        number=case.text("nomor_penawaran"), place=case.place, day=case.day("tanggal_penawaran"),
        to=tuple(line for line in (case.text("tujuan_penawaran"),) if line), attachments="Kerangka Acuan Kerja",
    )  # fmt: skip
    home = region_named(case.settings.home_region)
    return PenawaranFacts(
        origin=case.origin, office=case.head_office, letter=letter, region=home.name if home else None,
        partner_region=region.name if region else None, subject=case.row.title, reason=" ".join(case.parts("latar_belakang")) or None,
        contact=f"{case.settings.office}, {case.settings.contact}", answer_by=case.day("batas_jawaban"), terms=_kak(case),
    )  # fmt: skip


def _deed(case: CaseView) -> KesepakatanFacts:
    first, second = case.parties("nomor_kb", "penandatangan_kb")
    return KesepakatanFacts(
        origin=case.origin, first=first, second=second, day=case.day("tanggal_kb"), place=case.text("tempat_kb"), subject=case.row.title,
        reasons=case.parts("latar_belakang"), purposes=case.parts("maksud_tujuan")[:1], goals=case.parts("maksud_tujuan")[1:],
        object=case.text("objek_kb"), scope=case.parts("lingkup_kb"), first_office=case.settings.office, starts=case.day("kb_mulai"),
        ends=case.day("kb_berakhir"), funding=case.text("pembiayaan"), same_province=case.same_province,
    )  # fmt: skip


def _contract(case: CaseView) -> PksFacts:
    first, second = case.parties("nomor_pks", "penandatangan_pks")
    base = " dan ".join(number for number in (case.text("nomor_kb_kami"), case.text("nomor_kb_mitra")) if number)
    sides, nobody = entitled(case.parts("hak_kewajiban"))
    said: dict[str, Any] = {
        "origin": case.origin, "first": first, "second": second, "day": case.day("tanggal_pks"), "place": case.text("tempat_pks"),
        "subject": case.row.title, "base_number": base or None, "base_day": case.day("tanggal_kb"), "base_ends": case.day("kb_berakhir"),
        "assembly": case.assembly(), "purposes": case.parts("tujuan_pks")[:1], "goals": case.parts("tujuan_pks")[1:],
        "object": case.text("objek_kb"), "scope": case.parts("lingkup_pks"), "goods": case.goods(),
        "execution": (*case.parts("pelaksanaan_pks"), *nobody),
        "starts": case.day("pks_mulai"), "ends": case.day("pks_berakhir"), "funding": case.parts("pendanaan"),
        "data": case.parts("pertukaran_data"), "sanctions": case.parts("sanksi"), "same_province": case.same_province, **sides,
    }  # fmt: skip
    if case.row.instrument == "ksdpk":
        return PksPihakKetigaFacts(**said)
    return PksFacts(**said)


def _council(case: CaseView) -> PermohonanDprdFacts:
    facts = case.row.facts
    people, region = facts.get("membebani_masyarakat"), facts.get("membebani_daerah")
    budgeted, year = facts.get("teranggarkan"), facts.get("tahun_apbd")
    letter = Letter(
        number=case.text("nomor_permohonan_dprd"), place=case.place, day=case.day("tanggal_permohonan_dprd"),
        to=(f"Ketua Dewan Perwakilan Rakyat Daerah {case.government.removeprefix('Pemerintah ')}",),
    )  # fmt: skip
    return PermohonanDprdFacts(
        origin=case.origin, office=case.head_office, letter=letter, government=case.government, subject=case.row.title,
        partner=case.row.counterpart, agreement=case.text("nomor_kb_kami"), budget_year=year if isinstance(year, int) else None,
        burdens=people and region if isinstance(people, bool) and isinstance(region, bool) else None,
        unfunded=not budgeted if isinstance(budgeted, bool) else None, object=case.text("objek_kb"), terms=_kak(case),
    )  # fmt: skip


def _mandate(case: CaseView) -> KuasaFacts:
    for one in case.row.facts.get("penandatangan_pks") or []:
        if one["pihak"] == "kami" and one["peran"] == "pejabat_kuasa":
            taker = Signatory(name=one["nama"], title=one["jabatan"], head=False)
            break
    else:
        taker = Signatory(head=False)
    return KuasaFacts(
        origin=case.origin, office=case.head_office, taker=taker, taker_office=case.settings.office,
        subject=case.row.title,
        partner=case.row.counterpart, third_party=case.row.instrument == "ksdpk", place=case.place,
        number=next((one.get("kuasa_nomor") for one in case.row.facts.get("penandatangan_pks") or [] if one["pihak"] == "kami"), None),
    )  # fmt: skip


def _memorandum(case: CaseView) -> NotaFacts:
    first, second = case.parties("nomor_nk", "penandatangan_nk")
    return NotaFacts(
        origin=case.origin, first=first, second=second, day=case.day("tanggal_nk"), subject=case.row.title,
        reasons=case.parts("latar_belakang"),
        purposes=case.parts("maksud_tujuan")[:1], goals=case.parts("maksud_tujuan")[1:], scope=case.parts("ruang_lingkup"),
        starts=case.day("tanggal_nk"), ends=case.day("nk_berakhir"),
    )  # fmt: skip


def _addendum(case: CaseView) -> AdendumFacts:
    first, second = case.parties("nomor_pks", "penandatangan_adendum")
    return AdendumFacts(
        origin=case.origin, first=first, second=second, day=case.day("tanggal_adendum"), subject=case.row.title,
        paper_number=case.text("nomor_pks_kami"), paper_day=case.day("tanggal_pks"),
        changes=tuple(Change(after=line) for line in case.parts("uraian_adendum")),
    )  # fmt: skip


def _ending(case: CaseView) -> PengakhiranFacts:
    first, second = case.parties("nomor_pks", "penandatangan_pks")
    return PengakhiranFacts(
        origin=case.origin, first=first, second=second, day=case.day("tanggal_akhir"), subject=case.row.title,
        agreement_number=case.text("nomor_pks_kami") or case.text("nomor_kb_kami"),
        agreement_day=case.day("tanggal_pks") or case.day("tanggal_kb"), third_party=case.row.instrument == "ksdpk",
        ground=_GROUNDS.get(case.text("dasar_akhir") or ""), ends=case.day("tanggal_akhir"), evidence=case.text("alasan"),
        open=tuple(Open(what=line) for line in case.parts("penyelesaian")),
    )  # fmt: skip


_MADE: Final[Mapping[str, Callable[[CaseView], Facts]]] = {
    "kak": _kak,
    "surat_penawaran": _offer,
    "kesepakatan_bersama": _deed,
    "pks": _contract,
    "permohonan_dprd": _council,
    "surat_kuasa": _mandate,
    "nota_kesepakatan": _memorandum,
    "adendum": _addendum,
    "berita_acara_pengakhiran": _ending,
}


def facts_of(kind: str, case: CaseView) -> tuple[str, Facts]:
    """
    The kind of paper as `letters.KINDS` calls it, and its facts from the case.

    kind: a value of `DRAFTS`; a contract with a third party is a kind of its own. Raises KeyError for another one.
    """
    facts = _MADE[kind](case)
    return ("pks_pihak_ketiga" if isinstance(facts, PksPihakKetigaFacts) else kind), facts
