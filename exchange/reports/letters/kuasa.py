"""
Surat kuasa: a head of region authorises an official of a regional apparatus to sign a Perjanjian Kerja Sama.

Source
  PP 28/2018 Pasal 2(2) and 13(2): the authority reaches the PKS (or the contract with a third party) and no Kesepakatan Bersama.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from exchange.reports.blocks import Block, Item, Items, Pairs, Para, Signatures, Title, plain
from exchange.reports.facts import HEAD, NO_OFFICE, OFFICIAL, Office, Signatory
from exchange.reports.filling import Filling
from exchange.reports.kinds import Facts, Kind
from exchange.reports.parts import letterhead, sentence, signed


@dataclass(frozen=True, kw_only=True)
class KuasaFacts(Facts):
    """giver: the head of region; taker: the official. subject: of the PKS; partner: the other side. until: how long the authority holds."""

    office: Office = NO_OFFICE
    number: str | None = None
    giver: Signatory = HEAD
    taker: Signatory = OFFICIAL
    address: str | None = None
    taker_office: str | None = None
    subject: str | None = None
    partner: str | None = None
    third_party: bool = False
    until: date | None = None
    place: str | None = None
    day: date | None = None

    @property
    def author(self) -> str:
        """The head of region's government."""
        return self.office.government or ""


def _blocks(facts: KuasaFacts, fill: Filling) -> Iterator[Block]:
    fill.need(facts.giver.head, "pemberi kuasa yang adalah kepala daerah (PP 28/2018 Pasal 2 ayat (2))")
    fill.need(not (facts.day and facts.until) or facts.until >= facts.day, "akhir kuasa yang tidak mendahului tanggalnya")
    yield letterhead(facts.office, fill)
    yield Title((plain("SURAT KUASA"),), (fill.text("NOMOR: {}", fill.value(facts.number, "nomor surat kuasa")),))
    yield Para(plain("Yang bertanda tangan di bawah ini:"), stays=True)
    yield Pairs((
        ("Nama", (fill.value(facts.giver.name, "nama pemberi kuasa"),)), ("Jabatan", (fill.value(facts.giver.title,
            "jabatan pemberi kuasa"),)),
        ("Alamat", (fill.value(facts.address, "alamat pemberi kuasa"),)),
    ))  # fmt: skip
    yield Para(fill.text("selanjutnya disebut *Pemberi Kuasa*, dengan ini memberikan kuasa kepada:"), stays=True)
    number = fill.optional(facts.taker.number, "NIP penerima kuasa")
    yield Pairs((
        ("Nama", (fill.value(facts.taker.name, "nama penerima kuasa"),)), *((("NIP", (number,)),) if number else ()),
        ("Jabatan", (fill.value(facts.taker.title, "jabatan penerima kuasa"),)),
        ("Perangkat daerah", (fill.value(facts.taker_office, "perangkat daerah penerima kuasa"),)),
    ))  # fmt: skip
    yield Para(fill.text("selanjutnya disebut *Penerima Kuasa*."))
    yield Title((plain("KHUSUS"),))
    paper = "kontrak atau perjanjian kerja sama" if facts.third_party else "Perjanjian Kerja Sama"
    article = "Pasal 13 ayat (2)" if facts.third_party else "Pasal 2 ayat (2)"
    yield Para(fill.text(
        f"untuk dan atas nama Pemberi Kuasa menandatangani {paper} dengan {{}} tentang {{}}, berdasarkan {article} Peraturan Pemerintah "
        "Nomor 28 Tahun 2018 tentang Kerja Sama Daerah.", fill.value(facts.partner, "mitra"), sentence(fill.value(facts.subject,
        "judul kerja sama")),
    ))  # fmt: skip
    yield Para(plain("Kuasa ini diberikan dengan ketentuan:"), stays=True)
    yield Items((
        Item("1.", plain("Kuasa ini tidak mencakup penandatanganan Kesepakatan Bersama.")),
        Item("2.", plain("Kuasa ini tidak dapat dilimpahkan kepada pihak lain.")),
        Item("3.", fill.text("Kuasa ini berlaku sampai dengan tanggal {}, dan tidak mengakhiri naskah yang telah ditandatangani "
                             "berdasarkan kuasa ini.",
                             fill.day(facts.until, "akhir kuasa"))),
    ))  # fmt: skip
    yield Para(plain("Demikian surat kuasa ini dibuat untuk dipergunakan sebagaimana mestinya."), stays=True)
    day = fill.text("{}, {}", fill.value(facts.place, "tempat"), fill.day(facts.day, "tanggal surat kuasa"))
    yield Signatures((
        signed(facts.taker, fill, above=(plain("Penerima Kuasa"),), role="penerima kuasa"),
        signed(facts.giver, fill, above=(day, plain("Pemberi Kuasa")), role="pemberi kuasa"),
    ))  # fmt: skip


KIND = Kind("surat_kuasa", "Surat Kuasa", KuasaFacts, _blocks)
