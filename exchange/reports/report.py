"""
Laporan Kerja Sama: targets against realised trade by commodity and firm, obstacles with what follows, and to whom the report goes.

Source
  PP 28/2018 Pasal 6(1) huruf j; 44 and UU 23/2014 Pasal 368 say who watches over whom. The form is the project's own: what Permendagri
  22/2020 asks of a report is not at hand. A route that rests on an assumption carries a remark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from exchange.reports import words
from exchange.reports.blocks import Block, Column, Heading, Item, Items, Pairs, Para, Run, Runs, Signatures, Table, Title, plain
from exchange.reports.facts import HEAD, NO_OFFICE, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.parts import UNVERIFIED, lacking_row, letterhead, signed

ASSUMED = "tujuan laporan berdasarkan penafsiran, belum diverifikasi"


@dataclass(frozen=True, kw_only=True)
class CommodityLine:
    """A commodity's targets and what was traded, volumes in `unit`, values in rupiah; a target that was never set is None."""

    commodity: str | None = None
    unit: str | None = None
    target: Decimal | None = None
    realised: Decimal | None = None
    target_value: Decimal | None = None
    realised_value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class FirmLine:
    """What one firm delivered of one commodity."""

    firm: str | None = None
    commodity: str | None = None
    unit: str | None = None
    target: Decimal | None = None
    realised: Decimal | None = None
    realised_value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What hindered, and what is done about it, by whom and until when."""

    what: str | None = None
    follow_up: str | None = None
    who: str | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Who gets the report, and why. verified: whether the basis names this case."""

    who: str | None = None
    basis: str | None = None
    verified: bool = True


@dataclass(frozen=True, kw_only=True)
class LaporanFacts(Facts):
    """One agreement in one period, both days included."""

    office: Office = NO_OFFICE
    number: str | None = None
    agreement: str | None = None
    agreement_number: str | None = None
    partner: str | None = None
    starts: date | None = None
    ends: date | None = None
    summary: str | None = None
    commodities: tuple[CommodityLine, ...] = ()
    firms: tuple[FirmLine, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    addressees: tuple[Addressee, ...] = ()
    place: str | None = None
    day: date | None = None
    signatory: Signatory = HEAD

    @property
    def author(self) -> str:
        """The reporting office."""
        return self.office.name or self.office.government or ""


def share(realised: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Per cent of the target, to a tenth, half goes up; None without a target above zero."""
    if realised is None or target is None or not (realised.is_finite() and target.is_finite()) or target <= 0:
        return None
    with localcontext(prec=60):
        return (realised * 100 / target).quantize(Decimal("0.1"), ROUND_HALF_UP)


def total(values: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of those that are known; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _blocks(facts: LaporanFacts, fill: Filling) -> Iterator[Block]:
    fill.need(not (facts.starts and facts.ends) or facts.ends >= facts.starts, "akhir masa laporan sesudah awalnya")
    yield letterhead(facts.office, fill)
    yield Title((plain("LAPORAN KERJA SAMA"),), (fill.text("NOMOR: {}", fill.value(facts.number, "nomor laporan")),))
    yield Pairs((
        ("Kerja sama", (fill.value(facts.agreement, "judul kerja sama"),)), ("Nomor naskah", (fill.value(facts.agreement_number,
            "nomor naskah"),)),
        ("Mitra", (fill.value(facts.partner, "mitra"),)),
        ("Masa laporan", fill.text("{} sampai dengan {}", fill.day(facts.starts, "awal masa laporan"), fill.day(facts.ends,
            "akhir masa laporan"))),
    ), width=3.2)  # fmt: skip
    yield _heading("1. Ringkasan", note=UNVERIFIED)
    yield Para((fill.value(facts.summary, "ringkasan"),))
    yield _totals(facts, fill)
    yield _heading("2. Target dan Realisasi menurut Komoditas")
    yield _commodities(facts, fill)
    yield _heading("3. Realisasi menurut Industri Kecil dan Menengah")
    yield _firms(facts, fill) if facts.firms else Para(plain("Tidak ada transaksi industri kecil dan menengah pada masa laporan."))
    yield _heading("4. Kendala dan Tindak Lanjut")
    yield _obstacles(facts, fill) if facts.obstacles else Para(plain("Tidak ada kendala yang dicatat pada masa laporan."))
    yield _heading("5. Tujuan Laporan", note="" if all(to.verified for to in facts.addressees) else ASSUMED)
    if not facts.addressees:
        yield Para((fill.value(None, "tujuan laporan"),))
    yield Items(tuple(
        Item(f"{n}.", fill.text("{} ({})", fill.value(to.who, f"tujuan laporan {n}"), fill.value(to.basis, f"dasar tujuan laporan {n}")))
        for n, to in enumerate(facts.addressees, start=1)
    ))  # fmt: skip
    yield Para(plain("Demikian laporan ini disampaikan sebagai bahan pembinaan dan pengambilan keputusan."), stays=True)
    day = fill.text("{}, {}", fill.value(facts.place, "tempat"), fill.day(facts.day, "tanggal laporan"))
    yield Signatures((signed(facts.signatory, fill, above=(day,)),))


def _heading(text: str, note: str = "") -> Heading:
    return Heading((plain(text),), level=2, note=note)


def _totals(facts: LaporanFacts, fill: Filling) -> Para:
    target, realised = total([line.target_value for line in facts.commodities]), total([line.realised_value for line in facts.commodities])
    part = share(realised, target)
    said = fill.text("Nilai perdagangan yang terealisasi seluruhnya {}", fill.money(realised, "nilai realisasi", in_words=True))
    if part is not None and target is not None:
        said += fill.text(" atau {}% dari target {}", fill.amount(part, "capaian"), fill.money(target, "nilai target"))
    return Para((*said, Run(".")))


def _number(value: Decimal | None, name: str, fill: Filling, places: int = 0) -> Runs:
    return (Run("-") if value is None else fill.amount(value, name, places),)


def _commodities(facts: LaporanFacts, fill: Filling) -> Table:
    columns = (
        Column("No.", 0.8, "center"), Column("Komoditas", 2.9), Column("Satuan", 1.4), Column("Target", 1.7, "right"),
        Column("Realisasi", 1.7, "right"), Column("%", 1.1, "right"), Column("Nilai target (Rp)", 2.9, "right"),
        Column("Nilai realisasi (Rp)", 2.9, "right"),
    )  # fmt: skip
    rows = tuple(
        (
            plain(str(n)), (fill.value(line.commodity, f"komoditas {n}"),), (fill.value(line.unit, f"satuan komoditas {n}"),),
            _number(line.target, f"target komoditas {n}", fill), (fill.amount(line.realised, f"realisasi komoditas {n}"),),
            _number(share(line.realised, line.target), f"capaian komoditas {n}", fill),
            _number(line.target_value, f"nilai target komoditas {n}", fill, 2),
            (fill.amount(line.realised_value, f"nilai realisasi komoditas {n}", 2),),
        )
        for n, line in enumerate(facts.commodities, start=1)
    )  # fmt: skip
    target, realised = total([line.target_value for line in facts.commodities]), total([line.realised_value for line in facts.commodities])
    totals = (
        plain(""), plain("Jumlah"), plain(""), plain(""), plain(""), _number(share(realised, target), "capaian", fill),
        _number(target, "nilai target", fill, 2), _number(realised, "nilai realisasi", fill, 2),
    )  # fmt: skip
    return Table(columns, rows or (lacking_row(len(columns), "capaian menurut komoditas", fill),), (totals,))


def _firms(facts: LaporanFacts, fill: Filling) -> Table:
    columns = (
        Column("No.", 0.9, "center"), Column("Industri kecil dan menengah", 4), Column("Komoditas", 2.8), Column("Satuan", 1.4),
        Column("Target", 1.6, "right"), Column("Realisasi", 1.7, "right"), Column("Nilai realisasi (Rp)", 3, "right"),
    )  # fmt: skip
    rows = tuple(
        (
            plain(words.figures(n)), (fill.value(line.firm, f"IKM baris {n}"),), (fill.value(line.commodity, f"komoditas IKM baris {n}"),),
            (fill.value(line.unit, f"satuan IKM baris {n}"),), _number(line.target, f"target IKM baris {n}", fill),
            (fill.amount(line.realised, f"realisasi IKM baris {n}"),), (fill.amount(line.realised_value, f"nilai IKM baris {n}", 2),),
        )
        for n, line in enumerate(facts.firms, start=1)
    )  # fmt: skip
    sum_ = total([line.realised_value for line in facts.firms])
    totals = (plain(""), plain("Jumlah"), *[plain("")] * 4, _number(sum_, "nilai realisasi IKM", fill, 2))
    return Table(columns, rows, (totals,))


def _obstacles(facts: LaporanFacts, fill: Filling) -> Table:
    columns = (
        Column("No.", 0.8, "center"),
        Column("Kendala", 4.4),
        Column("Tindak lanjut", 4.6),
        Column("Penanggung jawab", 3),
        Column("Batas waktu", 2.6),
    )
    say: Callable[[str | None, str], Runs] = lambda value, name: (fill.value(value, name),)  # noqa: E731
    rows = tuple(
        (
            plain(str(n)), say(line.what, f"kendala {n}"), say(line.follow_up, f"tindak lanjut kendala {n}"),
            say(line.who, f"penanggung jawab kendala {n}"), (fill.day(line.until, f"batas waktu kendala {n}"),),
        )
        for n, line in enumerate(facts.obstacles, start=1)
    )  # fmt: skip
    return Table(columns, rows)


KIND = Kind("laporan_kerja_sama", "Laporan Kerja Sama", LaporanFacts, _blocks)
