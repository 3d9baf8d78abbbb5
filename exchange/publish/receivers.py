"""For whom a publication is made: everybody of a tier, or one partner by its name, as its agreement opens the catalogue to it."""

from __future__ import annotations

from exchange.access.callers import Partner, Reader
from exchange.access.policy import Tier
from exchange.errors import Denied
from exchange.publish.base import Receiver


def receiver_of(partner: Partner, tier: Tier, endpoint: str = "") -> Receiver | None:
    """
    Whom a publication of a tier is made out to when this partner asks for it; None for the public's, which is everybody's.

    tier: at most the partner's stage. endpoint: its electronic address in the Peppol network, empty where none is known.
    """
    if tier is Tier.PUBLIC:
        return None
    within = partner.reader.within if tier is Tier.CONTRACTED else None
    return Receiver(partner.region, partner.name, endpoint=endpoint, ident=partner.ident, within=within)


def view_of(tier: Tier, receiver: Receiver | None) -> Reader:
    """
    How the records of a publication are read: what all signatories read, and in the scope of the receiver's contract what that opens.

    Raises:
        Denied: the tier reads in the scope of an agreement, and no partner is named whose agreement that is.
    """
    if tier is not Tier.CONTRACTED:
        return Reader(tier)
    if receiver is None or receiver.within is None:
        raise Denied(
            "Data bagi mitra dengan PKS hanya dalam lingkup PKS-nya, tidak sebagai satu berkas untuk semua.",
            mend="Mitra mengambilnya dengan tokennya sendiri; petugas membuatnya dengan exchange catalogue export FORMAT --partner NAMA.",
            missing=["partner"],
        )
    return Reader(Tier.AGREED, receiver.within)
