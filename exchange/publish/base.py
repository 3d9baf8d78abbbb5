"""What a format of publication is: all that the author of one reads."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import BinaryIO, ClassVar

from exchange.access.callers import Within
from exchange.errors import BadRequest, ExchangeError, NotFound


@dataclass(frozen=True, slots=True)
class Receiver:
    """
    A named partner that a publication is made out to: its Kemendagri code of region and the name it bears.

    endpoint: where it is reached in the Peppol network, `scheme:ident`; empty where that is not known. ident: its public name, which
    tells partners of one region apart. within: what its contract (PKS) covers, for a publication of the tier `contracted`; None for others.
    """

    region: str
    name: str
    endpoint: str = ""
    ident: str = ""
    within: Within | None = None

    @property
    def called(self) -> str:
        """How names of files tell it: its public name, where there is none its region."""
        return self.ident or self.region


@dataclass(frozen=True, slots=True)
class Head:
    """
    Who publishes what, as of when.

    region: Kemendagri code of the publisher, region_name its name. version: the place of the newest change that this tier is told of,
    which grows with every such change; it would tell how much others read, so documents bear `state` instead, the sealed word for
    it (`states`). changed_at: when that change was made (aware), never the clock, so that an unchanged catalogue gives the same
    bytes. licence: URI that the reader is bound by. terms: what the office says of the data in words, Indonesian. base_url: address
    of the node without a slash at its end, which stable names of records begin with; empty where the office has not set it.
    endpoint: of the office in the Peppol network, `scheme:ident`; empty where it has none. receiver: whom it is made out to, None
    for everybody of the tier. products: how many follow.
    """

    office: str
    contact: str
    region: str
    region_name: str
    licence: str
    version: int
    changed_at: datetime
    tier: str
    products: int
    terms: str = ""
    base_url: str = ""
    receiver: Receiver | None = None
    state: str = ""
    endpoint: str = ""


class Format(ABC):
    """
    One format. Its file stands in `exchange/publish/formats` under its name, or is named by an entry point of the
    group `exchange.formats` in another distribution.

    name: the last part of its URL and the word of the command line. version: changed whenever the same products give
    other bytes; what was built under another version is built anew. suffix: with its dot. conforms_to: address of the
    standard that it keeps, empty where there is none. lists_products: False for one that describes the data set and
    holds no product of it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    media_type: ClassVar[str]
    suffix: ClassVar[str]
    version: ClassVar[str] = "1"
    conforms_to: ClassVar[str] = ""
    lists_products: ClassVar[bool] = True

    @abstractmethod
    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """
        Write the whole publication to `out` in bounded memory and return the number of products in it.

        products: each product as the reader's tier reads it, canonical JSON, in the order of their SKUs.

        Raises:
            NothingToPublish: the format cannot say "no products".
            NotOffered: `lacking` says why; nothing is written.
        """

    def lacking(self, head: Head) -> str | None:
        """What keeps this node from publishing in this format, Indonesian; None where nothing does. Lists of formats leave it out."""
        return None


class NothingToPublish(ExchangeError):
    """The catalogue is empty, and the format has no valid document for that."""

    status = HTTPStatus.NO_CONTENT
    slug = "katalog-kosong"
    title = "Katalog kosong."


class NotOffered(NotFound):
    """The node does not publish in that format before the office has set what it wants; `mend` names the setting."""

    slug = "format-belum-disetel"
    title = "Format ini belum dibuka oleh simpul ini."


class UnknownFormat(BadRequest):
    """No format has that name; the message names those there are."""

    slug = "format-tidak-dikenal"


def fault(format_class: type[Format]) -> str | None:
    """What keeps a format from being used beyond its name, Indonesian; None where nothing does."""
    for member in ("title", "media_type", "suffix"):
        if not isinstance(getattr(format_class, member, None), str):
            return f"tidak menyebut {member}"
    if not re.fullmatch(r"(\.[a-z0-9]+)+", format_class.suffix):
        return f"akhiran {format_class.suffix!r} harus seperti .json"
    return None
