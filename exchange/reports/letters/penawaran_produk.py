"""Surat penawaran produk: products of small firms, with prices and their validity, from a firm or an office to the buyer of a match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Column, Item, Items, Para, Run, Table, plain
from exchange.reports.facts import HEAD, NO_LETTER, NO_OFFICE, Good, Letter, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.parts import closing, goods_table, letterhead, opening, sentence, total_of


@dataclass(frozen=True, kw_only=True)
class PenawaranProdukFacts(Facts):
    """
    demand: the buyer's need in its own words, demand_number: how the buyer finds it. valid_until: how long the prices hold.

    delivery_days: calendar days from the order. prices_include: “pajak dan ongkos kirim sampai …”. agreement: under which PKS, if any.
    """

    office: Office = NO_OFFICE
    letter: Letter = NO_LETTER
    signatory: Signatory = HEAD
    buyer: str | None = None
    demand: str | None = None
    demand_number: str | None = None
    goods: tuple[Good, ...] = ()
    prices_include: str | None = None
    valid_until: date | None = None
    delivery_days: int | None = None
    delivery_place: str | None = None
    payment: str | None = None
    contact: str | None = None
    agreement: str | None = None

    @property
    def author(self) -> str:
        """The offering office or firm."""
        return self.office.name or self.office.government or ""


def _blocks(facts: PenawaranProdukFacts, fill: Filling) -> Iterator[Block]:
    yield letterhead(facts.office, fill)
    demand = sentence(fill.value(facts.demand, "kebutuhan pembeli"))
    yield from opening(facts.letter, fill.text("Penawaran Produk untuk {}", demand), fill)
    yield Para(plain("Dengan hormat,"), align="left")
    yield Para(fill.text(
        "Menindaklanjuti kebutuhan {} berupa {} (nomor rujukan {}), dengan ini kami menawarkan produk sebagai berikut:",
        fill.value(facts.buyer, "pembeli"), demand, fill.value(facts.demand_number, "nomor rujukan kebutuhan"),
    ), stays=True)  # fmt: skip
    yield goods_table(facts.goods, fill, prices=True)
    yield Para(fill.text("Jumlah seluruhnya {}.", fill.money(total_of(facts.goods), "jumlah seluruh barang", in_words=True)))
    if makers := [good for good in facts.goods if good.maker]:
        yield Para(plain("Produk dibuat oleh industri kecil dan menengah berikut:"), stays=True)
        yield Table(
            (Column("No.", 0.9, "center"), Column("Industri kecil dan menengah", 6), Column("Produk", 7)),
            tuple((plain(str(n)), (fill.value(good.maker, "pembuat"),), (fill.value(good.commodity, "nama barang"),))
                  for n, good in enumerate(makers, start=1)),
        )  # fmt: skip
    yield Para(plain("Ketentuan penawaran:"), stays=True)
    points = [
        fill.text("Harga {}.", sentence(fill.value(facts.prices_include, "keterangan yang termasuk dalam harga"))),
        fill.text("Harga dan ketersediaan berlaku sampai dengan tanggal {}.", fill.day(facts.valid_until, "masa berlaku harga")),
        fill.text("Barang diserahkan paling lambat {} sejak pesanan diterima, di {}.",
                  fill.counted(facts.delivery_days, "hari kalender", "lama penyerahan"),
                  sentence(fill.value(facts.delivery_place, "tempat penyerahan"))),
        fill.text("Pembayaran: {}.", sentence(fill.value(facts.payment, "cara pembayaran"))),
    ]  # fmt: skip
    if agreement := fill.optional(facts.agreement, "dasar kerja sama"):
        points.append(fill.text("Penawaran ini disampaikan dalam pelaksanaan {}.", sentence(agreement)))
    yield Items(tuple(Item(f"{n}.", runs) for n, runs in enumerate(points, start=1)))
    if facts.letter.day and facts.valid_until:
        fill.need(facts.valid_until >= facts.letter.day, "masa berlaku harga yang tidak berakhir sebelum tanggal surat")
    yield Para(
        (*fill.text("Pertanyaan dan pesanan dapat disampaikan melalui {}. ", sentence(fill.value(facts.contact, "kontak penawaran"))),
         Run("Demikian penawaran ini disampaikan. Atas perhatian Saudara, kami ucapkan terima kasih.")),
        stays=True,
    )  # fmt: skip
    yield from closing(facts.signatory, facts.letter.copies, fill)


KIND = Kind("surat_penawaran_produk", "Surat Penawaran Produk", PenawaranProdukFacts, _blocks)
