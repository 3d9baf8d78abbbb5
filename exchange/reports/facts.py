"""The facts that several kinds of paper share. Firms and offices are named, persons only where they sign for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Office:
    """
    The head of a paper. government: “Pemerintah Kota Cilegon”; name: the office, or None for the head of region's own paper.

    emblem: its coat of arms as PNG, see `exchange.reports.emblem`.
    """

    government: str | None = None
    name: str | None = None
    address: str | None = None
    contact: str | None = None
    emblem: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What stands above a letter. nature: Biasa, Segera. to: the addressee's lines without “Yth.”; copies: who gets one."""

    number: str | None = None
    nature: str | None = "Biasa"
    attachments: str | None = None
    place: str | None = None
    day: date | None = None
    to: tuple[str, ...] = ()
    to_place: str | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """
    Who signs. title: the position, “Wali Kota Cilegon”. head: the head of region (or of the firm, of the ministry).

    mandate_number, mandate_day: the letter of authority (surat kuasa) of one who is not the head.
    """

    name: str | None = None
    title: str | None = None
    number: str | None = None
    head: bool = True
    mandate_number: str | None = None
    mandate_day: date | None = None


HEAD, OFFICIAL = Signatory(), Signatory(head=False)


@dataclass(frozen=True, kw_only=True)
class Party:
    """
    One side. name: “Pemerintah Kota Cilegon”, or the firm with its legal form. paper_number: this side's number of the paper.

    contact_*: the office that corresponds, with its post code, mailbox and telephone. deed: of a firm, its deed of foundation or NIB.
    """

    name: str | None = None
    address: str | None = None
    paper_number: str | None = None
    signatory: Signatory = HEAD
    deed: str | None = None
    contact_office: str | None = None
    contact_address: str | None = None
    contact_postcode: str | None = None
    contact_mail: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Good:
    """
    One thing that is traded. quantity in `unit` (a word: kg, lembar) for the whole term or order; price for one unit, in rupiah.

    need: what the buyer asked, capacity: what the firms can make in a month, both with their units, as text. value: the target in
    rupiah for the whole term.
    """

    commodity: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    maker: str | None = None
    need: str | None = None
    capacity: str | None = None
    value: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Work:
    """A line of the work plan."""

    activity: str | None = None
    when: str | None = None
    who: str | None = None
    target: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """
    The regional council's part. needed: whether its approval is needed after PP 28/2018 Pasal 6(2); None while that is not answered.

    number, day: of the approval, or of the note that says why none is needed.
    """

    needed: bool | None = None
    number: str | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The parties' own wording of articles, line by line; where a text is empty the project's own stands there."""

    follow_up: tuple[str, ...] = ()
    disputes: tuple[str, ...] = ()
    force_majeure: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    correspondence: tuple[str, ...] = ()


NO_WORDING = Wording()
# nothing is known yet
NO_OFFICE, NO_LETTER, NO_PARTY, NO_ASSEMBLY = Office(), Letter(), Party(), Assembly()
