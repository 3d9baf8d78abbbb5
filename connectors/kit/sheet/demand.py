"""
A package of a table as a demand.

Whoever asks is the one that the source's settings name, or else its column. A sum that differs from row to row of one package is that of
its things and not of the package, and is not added up. What columns say beyond what a demand holds goes to its description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.kit.errors import Refused
from connectors.kit.lists import MOST_ITEMS, aligned, is_placeholder, left_out, split_list
from connectors.kit.lists import items as of_pairs
from connectors.kit.mapping.documents import BROKEN
from connectors.kit.numbers import digits
from connectors.kit.rup import NEW, OLD, Names, category, code_of, codes_in, package
from connectors.kit.sheet.amounts import day, moment, period, quantity, rupiah, span, text_of
from connectors.kit.sheet.columns import assign
from connectors.kit.sheet.packages import GROUP, ROWS, YEAR
from connectors.kit.text import cut, tidy
from schemas.reading.heading import heading_key
from schemas.reading.text import as_text, read_yes_no

_BASES = (("budget", "package_ceiling"), ("estimate", "owner_estimate"), ("planned", "planning_budget"))
_PLAN = ("reference", "title", "buyer_code", "announced", "active", "deleted")
_STATUSES = {
    "planned": "rencana direncanakan perencanaan rencanapengadaan terumumkan planned planning draft usulan diusulkan",
    "open": "buka dibuka terbuka tayang berlangsung aktif berjalan proses open active",
    "closed": "tutup ditutup selesai terealisasi kontrak terkontrak berkontrak closed complete completed done",
    "cancelled": "batal dibatalkan gagal ditarik cancelled canceled withdrawn",
}
_BY_STATUS = {word: status for status, words in _STATUSES.items() for word in words.split()}
_YES = {"pdn": True, "nonpdn": False, "ukm": True, "umk": True, "umkm": True, "usahakecil": True, "nonukm": False, "bukanusahakecil": False}
_OFFICES = frozenset({
    "dinas", "badan", "kantor", "kecamatan", "kelurahan", "sekretariat", "inspektorat", "rsud", "puskesmas", "satpol", "satuan", "bagian",
    "uptd", "upt", "opd", "skpd", "perumda",
})  # fmt: skip


class Meaning:
    """What the columns of a source's packages are for; kept for each set of headings."""

    _MOST: ClassVar[int] = 1_000  # a hostile source must not fill the memory with sets of headings

    def __init__(self, given: Mapping[str, str], buyer: str, buyer_code: str) -> None:
        self._given, self._buyer, self._code = dict(given), buyer, buyer_code
        self._known: dict[tuple[str, ...], dict[str, list[str]]] = {}

    def _members(self, body: Mapping[str, Any]) -> dict[str, list[str]]:
        names = tuple(name for name in body if name[:1] != "#")
        found = self._known.get(names)
        if found is None:
            found = assign(names, self._given)
            if len(self._known) < self._MOST:
                self._known[names] = found
        return found

    def demand(self, reference: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """
        A package in the wire form of `schemas.demand.DemandSchema`.

        Raises:
            Refused: `row_unreadable`, `title_missing`, `buyer_missing`, `budget_unreadable` or `date_unreadable`.
            Skip: it is a row of a procurement plan that is not announced, not active or deleted.
        """
        if BROKEN in body:
            raise Refused("row_unreadable", f"Baris tidak terbaca: {text_of(body[BROKEN])[:120]}.")
        more = body.get(ROWS)
        rows = [body, *(row for row in (more if isinstance(more, list) else []) if isinstance(row, dict))]
        plan = _plan_names(body)
        if plan is not None:  # rows of a published plan: what stands under one code is one package, announced again
            return package(reference, max(rows, key=lambda row: text_of(row.get(plan["published"]))), plan)
        cells = _Cells(self._members(body), rows, text_of(body.get(GROUP)), body.get(YEAR))
        things, volumes, rest = cells.things()
        title = cells.title(things)
        if not title:
            raise Refused("title_missing", "Nama paket dan nama barang kosong: tidak jelas apa yang diminta.")
        return {
            "reference": reference,
            "title": cut(title, 2000),
            "description": "\n".join(each for each in (*cells.remarks(), rest) if each and each.casefold() != title.casefold()) or None,
            "buyer": self._buyer_of(cells),
            "place": cells.text("place") or None,
            "category": category(cells.text("category")),
            "items": things,
            "quantity_said": cut(volumes, 400) or None,
            "budget": cells.budget(),
            "periods": cells.periods(),
            "eligibility": {name: cells.yes_no(name) for name in ("small_business", "domestic_product")},
            "method": cells.text("method") or None,
            "status": _BY_STATUS.get(heading_key(cells.text("status")), "open"),
            "published_at": cells.published(),
            "url": cells.link(),
            "related": {"rup": codes} if (codes := codes_in(code_of(cells.text("rup")))) else {},
        }

    def _buyer_of(self, cells: _Cells) -> dict[str, Any]:
        said, office = cells.text("buyer"), cells.text("office") or cells.office_of_group()
        code = self._code or cells.text("buyer_code")
        name = self._buyer or said or office
        if not name:
            raise Refused("buyer_missing", "Tabel tidak menyebut pembeli; isi pengaturan buyer pada sumber ini.")
        unit = office or (said if said != name else "")
        return {"name": cut(name, 400), "code": cut(code, 120) or None, "unit": unit if unit and unit != name else None}


def _plan_names(body: Mapping[str, Any]) -> Names | None:
    """Which vintage of the national procurement plan a row is of, by its own column names; None where it is of none."""
    return next((names for names in (NEW, OLD) if all(names[each] in body for each in _PLAN)), None)


class _Cells:
    """The rows of one package by what their columns are for."""

    def __init__(self, members: Mapping[str, list[str]], rows: list[Mapping[str, Any]], group: str, year: Any) -> None:
        self._members, self._rows, self._group = members, rows, group
        self._year = year if isinstance(year, int) and not isinstance(year, bool) else None

    def _names(self, member: str) -> list[str]:
        return self._members.get(member, [])

    def _each(self, member: str) -> list[tuple[str, Any]]:
        """A member's cells that say something, with their headings, from the first row on."""
        return [(name, row.get(name)) for row in self._rows for name in self._names(member) if text_of(row.get(name))]

    def text(self, member: str) -> str:
        """The first thing that a member's column says."""
        return next((text_of(value) for _, value in self._each(member)), "")

    def title(self, things: list[dict[str, Any]]) -> str:
        """The names of the package, each once; of one without a name those of its things."""
        told = dict.fromkeys(text_of(value) for _, value in self._each("title"))
        return "; ".join(told) or cut("; ".join(dict.fromkeys(each["text"] for each in things)), 400)

    def things(self) -> tuple[list[dict[str, Any]], str, str | None]:
        """The items, the words of amounts that are none of goods, and what is to be said of those left out."""
        pairs: list[tuple[str, str | None]] = []
        told: list[dict[str, Any] | None] = []
        volumes: dict[str, None] = {}
        for row in self._rows:
            amount, said = quantity(*(next((row.get(name) for name in self._names(each)), None) for each in ("quantity", "unit")))
            several = self._things_of(row)
            pairs += several
            told += [amount if len(several) == 1 else None] * len(several)
            if said or (amount and len(several) > 1):
                volumes[said or str(amount and amount["said"])] = None
        return of_pairs(pairs[:MOST_ITEMS], told[:MOST_ITEMS]), "; ".join(volumes), left_out(len(pairs))

    def _things_of(self, row: Mapping[str, Any]) -> list[tuple[str, str | None]]:
        """One thing a row; several where its text and specification are lists of one length, which is how plans write them."""
        names = self._names("item") or self._names("title")
        value = next((row.get(name) for name in names), None)
        named = {name: row.get(name) for name in self._names("specification") if text_of(row.get(name))}
        if len(named) == 1 and isinstance(value, str):
            (specification,) = named.values()
            texts, more = split_list(value), split_list(specification)
            if len(texts) == len(more) > 1 and (";" in value or "\n" in value):
                return aligned(texts, more)[0]
        said = text_of(value)
        words = [text_of(each) for each in named.values()]
        if len(words) > 1:
            words = [f"{name}: {word}" for name, word in zip(named, words, strict=True)]
        told = "; ".join(word for word in words if not is_placeholder(word) and word.casefold() != said.casefold())
        return [(cut(said, 2000), cut(told, 4000) or None)] if said else []

    def budget(self) -> dict[str, Any] | None:
        """The package's sum: its ceiling, else the owner's estimate, else what was planned."""
        for member, basis in _BASES:
            sums = {found for name, value in self._each(member) if (found := rupiah(value, name)) is not None}
            if len(sums) == 1:
                return {"amount": digits(sums.pop()), "currency": "IDR", "basis": basis}
        return None

    def periods(self) -> dict[str, Any]:
        """When the buyer is chosen, the contract runs and the goods are used; the widest of what rows say of a day is not made up."""
        year = self._told_year()
        found = {each: self._span(each, year) for each in ("selection", "contract", "use")}
        start, end = (next((day(value, name) for name, value in self._each(each)), None) for each in ("start", "end"))
        if start or end:
            found["contract"] = period(start, end)
        until = next((day(value, name) for name, value in self._each("deadline")), None)
        if until and not found["selection"]:
            found["selection"] = period(None, until)
        return found

    def _span(self, member: str, year: int | None) -> dict[str, Any] | None:
        return next((made for _, value in self._each(member) if (made := span(value, year))), None)

    def _told_year(self) -> int | None:
        said = self.text("year")
        return int(said) if said.isascii() and said.isdigit() and len(said) == 4 else self._year

    def published(self) -> str | None:
        """When it was announced."""
        return next((moment(value, name) for name, value in self._each("published")), None)

    def yes_no(self, member: str) -> bool | None:
        """Whether; None where it is not said, or in other words."""
        said = self.text(member)
        known = _YES.get(heading_key(said))
        return read_yes_no(said).value if known is None and said else known

    def link(self) -> str | None:
        """The package's page, where a column gives its address."""
        said = next((as_text(value).strip() for _, value in self._each("link")), "")
        return said if said.startswith(("https://", "http://")) and len(said) <= 2000 and " " not in said and said.isprintable() else None

    def office_of_group(self) -> str:
        """The office that the heading over the rows names (`A. Dinas Kesehatan`); empty where it names none."""
        words = self._group.split()
        bare = words[1:] if words and len(words[0].rstrip(".)")) <= 4 and words[0][-1:] in ".)" else words
        return " ".join(bare) if bare and bare[0].casefold() in _OFFICES else ""

    def remarks(self) -> list[str]:
        """What remarks, the group's heading and unclear times say, a line each."""
        notes = dict.fromkeys(tidy(as_text(value)) for _, value in self._each("note"))
        group = self._group if self._group and not self.office_of_group() else ""
        year = self._told_year()
        times = {
            f"{name}: {text_of(value)}": None
            for member in ("selection", "contract", "use")
            for name, value in self._each(member)
            if span(value, year) is None
        }
        return [*notes, *([f"Kelompok: {group}"] if group else []), *times]
