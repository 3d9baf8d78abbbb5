"""Parts that several papers have: the head, the addressee, the parties of a deed, signatures, tables of goods and work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from exchange.reports import words
from exchange.reports.blocks import (
    Block,
    Column,
    Heading,
    Item,
    Items,
    Letterhead,
    Pairs,
    Para,
    Run,
    Runs,
    Signature,
    Signatures,
    Table,
    Title,
    plain,
)  # fmt: skip
from exchange.reports.facts import Good, Letter, Office, Party, Signatory, Work
from exchange.reports.filling import Filling

UNVERIFIED = "dasar belum diverifikasi (Permendagri 22/2020)"
ANALOGY = "menurut analogi: PP 28/2018 Pasal 30 ayat (3) berlaku bagi kerja sama luar negeri"
ORDER = ("KESATU", "KEDUA")
_TO_WIDTH = 2.3


def letterhead(office: Office, fill: Filling) -> Letterhead:
    """The office's head; the paper of a head of region has no second line."""
    large: list[Runs] = [(fill.value(office.government, "nama pemerintah daerah"),)]
    if name := fill.optional(office.name, "nama kantor"):
        large.append((name,))
    small: list[Runs] = [(fill.value(office.address, "alamat kantor"),)]
    if contact := fill.optional(office.contact, "kontak kantor"):
        small.append((contact,))
    return Letterhead(tuple(large), tuple(small), office.emblem)


def opening(letter: Letter, subject: Runs, fill: Filling) -> Iterator[Block]:
    """Number, nature, attachments, subject; place and day; the addressee."""
    place = fill.text("{}, {}", fill.value(letter.place, "tempat surat"), fill.day(letter.day, "tanggal surat"))
    yield Pairs(
        (
            ("Nomor", (fill.value(letter.number, "nomor surat"),)),
            ("Sifat", (fill.value(letter.nature, "sifat surat"),)),
            ("Lampiran", (fill.optional(letter.attachments, "lampiran") or Run("-"),)),
            ("Hal", subject),
        ),
        width=_TO_WIDTH,
        right=(place,),
    )  # fmt: skip
    lines = [line for line in letter.to if line] or [""]
    first = fill.text("Yth. {}", fill.value(lines[0], "tujuan surat"))
    rest = [(Run("\n"), fill.value(line, "tujuan surat")) for line in lines[1:]]
    where = fill.text("\ndi {}", fill.value(letter.to_place, "tempat tujuan surat"))
    yield Para((*first, *(run for line in rest for run in line), *where), align="left", apart=True)


def signed(who: Signatory, fill: Filling, *, above: Sequence[Runs] = (), role: str = "penanda tangan") -> Signature:
    """Position, room, name, and the number of service where there is one."""
    below: tuple[Runs, ...] = ()
    if number := fill.optional(who.number, f"NIP {role}"):
        below = (fill.text("NIP {}", number),)
    return Signature(
        above=(*above, fill.text("{},", fill.value(who.title, f"jabatan {role}"))),
        name=(fill.value(who.name, f"nama {role}"),),
        below=below,
    )


def closing(who: Signatory, copies: Sequence[str], fill: Filling) -> Iterator[Block]:
    """The signature of a letter and who gets a copy."""
    yield Signatures((signed(who, fill),))
    if copies:
        yield Para(plain("Tembusan:"), align="left", stays=True)
        yield Items(tuple(Item(f"{n}.", (fill.value(copy, "tembusan"),)) for n, copy in enumerate(copies, start=1)))


def deed_title(name: str, parties: Sequence[Party], subject: str | None, fill: Filling, *, between: str = "ANTARA") -> Title:
    """The title of a deed with both sides' numbers."""
    lines: list[Runs] = [plain(name), plain(between)]
    numbers: list[Runs] = []
    for n, party in enumerate(parties):
        side = f"PIHAK {ORDER[n]}"
        lines += [plain("DAN")] if n else []
        lines.append((_upper(fill.value(party.name, f"nama {side}")),))
        numbers.append(fill.text("NOMOR: {}", fill.value(party.paper_number, f"nomor naskah {side}")))
    lines += [plain("TENTANG"), (_upper(fill.value(subject, "judul kerja sama")),)]
    return Title(tuple(lines), tuple(numbers))


def _upper(run: Run) -> Run:
    return run if run.blank else Run(run.text.upper(), run.bold)


def sides(parties: Sequence[Party], day: date | None, place: str | None, fill: Filling) -> Iterator[Block]:
    """“Pada hari ini …”: the parties, who acts for each, and by what authority."""
    figures = f" ({day:%d-%m-%Y})" if day else ""
    yield Para(fill.text(
        "Pada hari ini {}{}, bertempat di {}, yang bertanda tangan di bawah ini:",
        fill.day(day, "tanggal penandatanganan", in_words=True), Run(figures), fill.value(place, "tempat penandatanganan"),
    ))  # fmt: skip
    items = []
    for n, party in enumerate(parties):
        side, who = f"PIHAK {ORDER[n]}", party.signatory
        authority: Runs = plain("berdasarkan jabatannya")
        if not who.head:
            authority = fill.text(
                "berdasarkan surat kuasa nomor {} tanggal {}",
                fill.value(who.mandate_number, f"nomor surat kuasa {side}"), fill.day(who.mandate_day, f"tanggal surat kuasa {side}"),
            )  # fmt: skip
        founded: Runs = ()
        if deed := fill.optional(party.deed, f"akta {side}"):
            founded = fill.text(", didirikan dengan {}", deed)
        items.append(Item(f"{n + 1}.", (
            *fill.text("*{}*, {}, berkedudukan di {}, ", fill.value(who.name, f"nama penanda tangan {side}"),
                       fill.value(who.title, f"jabatan penanda tangan {side}"), fill.value(party.address, f"alamat {side}")),
            *authority,
            *fill.text(" bertindak untuk dan atas nama {}", fill.value(party.name, f"nama {side}")),
            *founded, *fill.text(f", selanjutnya disebut *{side}*."),
        )))  # fmt: skip
    yield Items(tuple(items))
    yield Para(
        fill.text("*PIHAK KESATU* dan *PIHAK KEDUA* secara bersama-sama disebut *PARA PIHAK*, terlebih dahulu menerangkan hal berikut:"),
        stays=True,
    )


def deed_signatures(parties: Sequence[Party], fill: Filling) -> Signatures:
    """Both sides beside each other; the first side stands at the right, as is usual."""
    made = [
        signed(party.signatory, fill, above=(plain(f"PIHAK {ORDER[n]}", bold=True),), role=f"penanda tangan PIHAK {ORDER[n]}")
        for n, party in enumerate(parties)
    ]
    return Signatures(tuple(reversed(made)))


def article(number: int, title: str, *, note: str = "") -> Heading:
    """“Pasal 1” over its title."""
    return Heading((plain(f"Pasal {number}"), plain(title.upper())), level=2, centred=True, note=note)


def sentence(run: Run) -> Run:
    """A value at the end of a sentence: without a stop of its own."""
    return Run(run.text.rstrip(" ."), run.bold, run.italic, run.blank)


def goods_table(goods: Sequence[Good], fill: Filling, *, prices: bool) -> Table:
    """
    Things, amounts and, with `prices`, what they cost; values are rounded to the sen line by line, so that the total adds up.

    Without prices: needs and capacities beside each other, as terms of reference have them; a dash where no target is set.
    """
    for n, good in enumerate(goods, start=1):
        below = [number for number in (good.quantity, good.price) if number is not None and number.is_finite() and number <= 0]
        fill.need(not below, f"volume dan harga barang {n} di atas nol")
    if not prices:
        columns = (Column("No.", 0.9, "center"), Column("Komoditas", 2.7), Column("Uraian", 3.5), Column("Volume", 1.8, "right"),
                   Column("Satuan", 1.5), Column("Kebutuhan", 2.7), Column("Kapasitas", 2.6))  # fmt: skip
        rows = tuple(
            (
                *_titled(n, good, fill), _sum_or_dash(good.quantity, f"volume barang {n}", fill, 0),
                _or_dash(good.unit, f"satuan barang {n}", fill), _or_dash(good.need, "kebutuhan", fill),
                _or_dash(good.capacity, "kapasitas", fill),
            )
            for n, good in enumerate(goods, start=1)
        )  # fmt: skip
        return Table(columns, rows or (lacking_row(len(columns), "barang", fill),))
    columns = (Column("No.", 0.9, "center"), Column("Produk", 2.8), Column("Uraian", 3.2), Column("Volume", 1.9, "right"),
               Column("Satuan", 1.4), Column("Harga satuan (Rp)", 2.4, "right"), Column("Jumlah (Rp)", 2.8, "right"))  # fmt: skip
    rows = tuple(
        (
            *_named(n, good, fill),
            (fill.amount(good.price, f"harga satuan barang {n}", 2),),
            (fill.amount(worth(good), f"jumlah barang {n}", 2),),
        )
        for n, good in enumerate(goods, start=1)
    )
    total = (plain(""), plain("Jumlah"), *[plain("")] * 4, (fill.amount(total_of(goods), "jumlah seluruh barang", 2),))
    return Table(columns, rows or (lacking_row(len(columns), "barang", fill),), (total,))


def object_table(goods: Sequence[Good], fill: Filling) -> Table:
    """What a deed is about, with the targets that were agreed; a dash where none is. Nothing in it changes once the text is frozen."""
    for n, good in enumerate(goods, start=1):
        below = [number for number in (good.quantity, good.value) if number is not None and number.is_finite() and number <= 0]
        fill.need(not below, f"volume dan nilai barang {n} di atas nol")
    columns = (Column("No.", 0.9, "center"), Column("Komoditas", 4), Column("Cakupan", 3.6), Column("Volume", 2, "right"),
               Column("Satuan", 1.6), Column("Nilai (Rp)", 3, "right"))  # fmt: skip
    rows = tuple(
        (
            plain(str(n)), (fill.value(good.commodity, f"nama barang {n}"),), _or_dash(good.description, f"cakupan barang {n}", fill),
            _sum_or_dash(good.quantity, f"volume barang {n}", fill, 0), _or_dash(good.unit, f"satuan barang {n}", fill),
            _sum_or_dash(good.value if good.value is not None else worth(good), f"nilai barang {n}", fill, 2),
        )
        for n, good in enumerate(goods, start=1)
    )  # fmt: skip
    return Table(columns, rows or (lacking_row(len(columns), "barang", fill),))


def _sum_or_dash(value: Decimal | None, name: str, fill: Filling, places: int) -> Runs:
    return (Run("-") if value is None else fill.amount(value, name, places),)


def worth(good: Good) -> Decimal | None:
    """Quantity by price, to the sen; None where one is missing or the product is beyond any sum."""
    if good.quantity is None or good.price is None or not (good.quantity.is_finite() and good.price.is_finite()):
        return None
    try:
        return words.to_sen(good.quantity * good.price)
    except InvalidOperation:
        return None


def total_of(goods: Sequence[Good]) -> Decimal | None:
    """The sum of the lines; None where one has no value."""
    values = [worth(good) for good in goods]
    return sum((value for value in values if value is not None), Decimal(0)) if values and None not in values else None


def _titled(n: int, good: Good, fill: Filling) -> tuple[Runs, ...]:
    return plain(str(n)), (fill.value(good.commodity, f"nama barang {n}"),), _or_dash(good.description, f"uraian barang {n}", fill)


def _named(n: int, good: Good, fill: Filling) -> tuple[Runs, ...]:
    return (
        *_titled(n, good, fill),
        (fill.amount(good.quantity, f"volume barang {n}"),), (fill.value(good.unit, f"satuan barang {n}"),),
    )  # fmt: skip


def _or_dash(value: str | None, name: str, fill: Filling) -> Runs:
    return (fill.optional(value, name) or Run("-"),)


def work_table(works: Sequence[Work], fill: Filling) -> Table:
    """The work plan."""
    columns = (Column("No.", 0.9, "center"), Column("Kegiatan", 4.4), Column("Waktu", 2.4), Column("Pelaksana", 3), Column("Target", 3.2))
    rows = tuple(
        (
            plain(str(n)), (fill.value(work.activity, f"kegiatan {n}"),), (fill.value(work.when, f"waktu kegiatan {n}"),),
            (fill.value(work.who, f"pelaksana kegiatan {n}"),), _or_dash(work.target, f"target kegiatan {n}", fill),
        )
        for n, work in enumerate(works, start=1)
    )  # fmt: skip
    return Table(columns, rows or (lacking_row(len(columns), "rencana kerja", fill),))


def lacking_row(columns: int, name: str, fill: Filling) -> tuple[Runs, ...]:
    """The one row of a table whose rows are missing: a blank in its second column."""
    return ((), (fill.value(None, name),), *[()] * (columns - 2))


def attachment(number: str, name: str) -> Title:
    """The title of an attachment."""
    return Title((plain(f"LAMPIRAN {number}".strip()), plain(name.upper())))
