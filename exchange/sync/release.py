"""A person's word on what is held: let it go, or keep it."""

from __future__ import annotations

from typing import Any

from exchange.errors import Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.demands import held_demands
from exchange.store.locks import hold
from exchange.store.sources import source_by_name
from exchange.store.supply import held_supply
from exchange.sync.missing import DEMANDS, keep, withdraw
from exchange.sync.offers import OFFERS, lose


def release(store: Store, name: str, actor: str, home_region: str, expected: int | None = None, *, refuse: bool = False) -> dict[str, Any]:
    """
    Let go everything that is held of a source, demands with tombstones, or keep all of it, in one transaction.

    expected: how many demands and offers the person saw; where it is another number by now, nothing is done. refuse: keep them: they stay
    shown until their source names them again, and no run asks about them any more.

    Returns:
        `source`, `withdrawn` (how many demands went), `kept` (how many stay by this word), `held` (how many are held now) and `offers`
        (how many offers went, or stay by this word).

    Raises:
        NotFound: there is no such source.
        Conflict: another number is held than was expected.
        Busy: the source is being read right now.
    """
    with hold(store, f"source:{name}", f"Pengambilan sumber {name!r}"), store.work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        held = [row.id for row in held_demands(session, source.id)]
        offers = [row.id for row in held_supply(session, source.id)]
        count = len(held) + len(offers)
        if expected is not None and expected != count:
            raise Conflict(
                f"Yang ditahan dari {name} sekarang {count}, bukan {expected}; tidak ada yang diubah.",
                mend="Lihat daftarnya lagi, lalu putuskan.",
            )
        gone = 0 if refuse else withdraw(session, held, home_region)
        kept = keep(session, DEMANDS, held) if refuse else 0
        concerned = keep(session, OFFERS, offers) if refuse else lose(session, offers, home_region)
        if count:
            more = {"offers": concerned} if concerned else {}
            audit(session, actor, "source.keep" if refuse else "source.release", "source", name, withdrawn=gone, kept=kept, **more)
    return {"source": name, "withdrawn": gone, "kept": kept, "held": kept, "offers": concerned}
