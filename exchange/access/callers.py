"""Who reads or writes: staff, a partner with a token, or anybody; and what the partner's agreement opens to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from exchange.access.openings import PriceList, opening, standing
from exchange.access.policy import Tier
from exchange.access.scopes import SCOPES
from exchange.store.partners import PartnerRow


@dataclass(frozen=True, slots=True)
class Within:
    """
    What a contract (PKS) covers: whole sectors, and classes of KBLI with all below them.

    Nothing at all is covered where both are empty: a contract without objects opens nothing. prices: the price lists that hold today.
    """

    sectors: frozenset[str] = frozenset()
    kbli: tuple[str, ...] = ()
    prices: tuple[PriceList, ...] = ()

    def word(self) -> str:
        """The same for the same scope and price lists; what was given out under others is told apart by it."""
        lists = ["", *(f"{one.case} {one.number} {one.since} {one.until}" for one in self.prices)] if self.prices else []
        said = "\0".join([*sorted(self.sectors), "", *sorted(self.kbli), *lists])
        return blake2b(said.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Reader:
    """
    How a caller reads records: `tier` of all of them, CONTRACTED of those that `within` covers (None: of none).

    A contract opens its own objects alone, and what it opens can therefore not filter, sort or count whole lists. basis: the agreements
    that open it, each with the article; empty where the stage was set by hand. It makes no difference to what is read. day: on which
    staff read, None: today by the clock; it decides which price lists hold, for partners `within` says so.
    """

    tier: Tier
    within: Within | None = None
    basis: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    day: date | None = field(default=None, compare=False)

    @property
    def word(self) -> str:
        """A name of this view of the data, for cursors and validators."""
        return str(self.tier) if self.within is None else f"{self.tier}+{self.within.word()}"

    @property
    def stage(self) -> Tier:
        """What the reader may read at most, in the scope of its contract where it has one."""
        return self.tier if self.within is None else Tier.CONTRACTED


ANYBODY = Reader(Tier.PUBLIC)
STAFF = Reader(Tier.STAFF)


@dataclass(frozen=True, slots=True)
class Partner:
    """
    A partner as it asks now.

    number: its row; ident: its public name; scopes: of its token; reader: what its agreement opens today; per_minute: its own number of
    requests, None for the usual one; source_id: under which its demand is kept.
    """

    number: int
    ident: str
    name: str
    region: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    reader: Reader = ANYBODY
    per_minute: int | None = None
    source_id: int | None = None

    def missing(self, *scopes: str) -> list[str]:
        """Which of these scopes its token has not, in the order of the table."""
        return [scope for scope in SCOPES if scope in scopes and scope not in self.scopes]


def reader_of(row: PartnerRow, today: date) -> Reader:
    """What a partner's agreement opens on that day; past its last day nothing beyond what the public reads."""
    if row.openings:
        now = standing([opening(kept) for kept in row.openings], today)
        if now.tier is not Tier.CONTRACTED:
            return Reader(now.tier, basis=now.basis)
        return Reader(Tier.AGREED, Within(frozenset(now.within["sectors"]), tuple(now.within["kbli"]), now.prices), now.basis)
    stage = Tier(row.stage)
    if row.stage_until is not None and today > row.stage_until:
        return ANYBODY
    if stage is not Tier.CONTRACTED:
        return Reader(stage)
    return Reader(Tier.AGREED, Within(frozenset(row.within.get("sectors", ())), tuple(sorted(row.within.get("kbli", ())))))


def partner_of(row: PartnerRow, scopes: list[str], today: date) -> Partner:
    """The partner behind a token with these scopes; a scope that was taken from the partner since is not among them."""
    held = frozenset(scopes) & frozenset(row.scopes)
    return Partner(row.id, row.ident, row.name, row.region, held, reader_of(row, today), row.per_minute, row.source_id)
