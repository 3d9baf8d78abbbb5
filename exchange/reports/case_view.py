"""A case as papers are filled from it: its facts in words, lines and days, its objects, its parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from exchange.agreements import dprd
from exchange.agreements.oversight import province
from exchange.reports.case_parts import behind
from exchange.reports.emblem import emblem
from exchange.reports.facts import Assembly, Good, Office, Party, Signatory, Work
from exchange.reports.kinds import Origin
from exchange.reports.price_annex import Annexed
from exchange.settings import Settings
from exchange.store.agreement_board import Under
from exchange.store.agreements import AgreementObjectRow, AgreementRow
from schemas.codes import region as region_named
from schemas.units import unit_of_code


@dataclass(frozen=True, slots=True)
class CaseView:
    """
    A case with all that its papers say. at: when they are made, with a zone; the same case and time give the same papers.

    under: its matches, for the needs and capacities behind its objects. prices: the list that its contract is drafted with.
    """

    row: AgreementRow
    objects: Sequence[AgreementObjectRow]
    settings: Settings
    at: datetime
    under: Sequence[Under] = ()
    prices: Annexed | None = None

    def text(self, name: str) -> str | None:
        """A fact in words."""
        said = self.row.facts.get(name)
        return said if isinstance(said, str) and said else None

    def parts(self, name: str) -> tuple[str, ...]:
        """A fact as its lines, each an item of its own."""
        return tuple(line.strip(" -•\t") for line in (self.text(name) or "").splitlines() if line.strip(" -•\t"))

    def lines(self, name: str) -> tuple[str, ...]:
        """A fact as it was typed, line by line."""
        return tuple(line for line in (self.text(name) or "").splitlines() if line.strip())

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
        return replace(self.head_office, name=self.settings.office)

    @property
    def head_office(self) -> Office:
        """The head of the head of region's own papers."""
        its = self.settings
        return Office(government=self.government, address=its.office_address or None, contact=its.contact, emblem=emblem(its))

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
                    value=one.value,
                )
            )  # fmt: skip
        return tuple(found)

    def rows(self, name: str) -> tuple[tuple[str | None, ...], ...]:
        """A fact as lines of cells between `|`, at least four each; None for what is not said."""
        cells = ([cell.strip() or None for cell in line.split("|")] for line in self.parts(name))
        return tuple(tuple(row + [None] * (4 - len(row))) for row in cells)

    def works(self) -> tuple[Work, ...]:
        """The work plan."""
        return tuple(Work(activity=row[0], when=row[1], who=row[2], target=row[3]) for row in self.rows("rencana_kegiatan"))

    def goals(self, meant: str, aimed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """
        Intents and aims. meant, aimed: their fields.

        Where nothing is said of the intents, the first of several aims is one, as terms of reference have them.
        """
        intents, aims = self.parts(meant), self.parts(aimed)
        return (aims[:1], aims[1:]) if not intents and len(aims) > 1 else (intents, aims)

    def text_of(self, text: str, part: str) -> str | None:
        """
        What a text says of its own signature, else what was recorded of it. part: `nomor_kami`, `nomor_mitra`, `tempat` or `hari`.
        """
        kind, dash, side = part.partition("_")
        recorded = {"hari": "tanggal"}.get(kind, kind)
        return self.text(f"{text}_{part}") or self.text(f"{recorded}_{text}{dash}{side}")

    def day_of(self, text: str) -> date | None:
        """The day that a text says it is signed on, else that it was."""
        said = self.text_of(text, "hari")
        return date.fromisoformat(said) if said else None

    def signers_of(self, text: str) -> list[dict[str, str]]:
        """Those whom a text names, else those who signed it."""
        return self.row.facts.get(f"{text}_penandatangan") or self.row.facts.get(f"penandatangan_{text}") or []

    def signatory(self, text: str, side: str) -> Signatory:
        """Who signs a text for a side, as far as it is known."""
        for one in self.signers_of(text):
            if one["pihak"] == side:
                mandate = one.get("kuasa_tanggal")
                return Signatory(
                    name=one["nama"], title=one["jabatan"], head=one["peran"] != "pejabat_kuasa", mandate_number=one.get("kuasa_nomor"),
                    mandate_day=date.fromisoformat(mandate) if mandate else None,
                )  # fmt: skip
        return Signatory()

    def head(self) -> Signatory:
        """The head of region, by the texts that he signs himself."""
        for text in ("kb", "nk", "pks"):
            if (found := self.signatory(text, "kami")).name and found.head:
                return found
        return Signatory(name=self.text("kepala_nama"), title=self.text("kepala_jabatan"))

    def parties(self, text: str) -> tuple[Party, Party]:
        """Both sides as a text names them; by the case alone, so that what it says is not changed by a setting."""
        return self._party(text, "kami", self.government), self._party(text, "mitra", self.row.counterpart)

    def _party(self, text: str, side: str, name: str) -> Party:
        return Party(
            name=name, address=self.text(f"alamat_{side}"), paper_number=self.text_of(text, f"nomor_{side}"),
            signatory=self.signatory(text, side), deed=self.text(f"akta_{side}"), contact_office=self.text(f"kantor_{side}"),
            contact_address=self.text(f"alamat_surat_{side}"), contact_postcode=self.text(f"kode_pos_{side}"),
            contact_mail=self.text(f"surel_{side}"), contact_phone=self.text(f"telepon_{side}"),
        )  # fmt: skip

    def assembly(self) -> Assembly:
        """The council's part."""
        answer = dprd.needed(self.row.facts)
        if answer:
            return Assembly(needed=True, number=self.text("nomor_keputusan_dprd"), day=self.day("tanggal_keputusan_dprd"))
        return Assembly(needed=answer, number=self.text("nomor_memo_dprd"), day=self.day("tanggal_memo_dprd"))

    @property
    def forum(self) -> str:
        """The court that decides with a third party where its contract names no other."""
        return f"pengadilan negeri yang daerah hukumnya meliputi {self.government.removeprefix('Pemerintah ')}"
