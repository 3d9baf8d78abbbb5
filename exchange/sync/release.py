"""A person's word on held demands: let them go, or keep them."""

from __future__ import annotations

from typing import Any

from exchange.errors import Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.demands import held_demands
from exchange.store.locks import hold
from exchange.store.sources import source_by_name
from exchange.sync.missing import keep, withdraw


def release(store: Store, name: str, actor: str, home_region: str, expected: int | None = None, *, refuse: bool = False) -> dict[str, Any]:
    """
    Withdraw everything that is held of a source, with tombstones, or keep all of it, in one transaction.

    expected: how many the person saw; where it is another number by now, nothing is done. refuse: keep them: they stay shown until
    their source names them again, and no run asks about them any more.

    Returns:
        `source`, `withdrawn` (how many went), `kept` (how many stay by this word) and `held` (how many are held now).

    Raises:
        NotFound: there is no such source.
        Conflict: another number is held than was expected.
        Busy: the source is being read right now.
    """
    with hold(store, f"source:{name}", f"Penarikan sumber {name!r}"), store.work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        held = [row.id for row in held_demands(session, source.id)]
        if expected is not None and expected != len(held):
            raise Conflict(
                f"Yang ditahan dari {name} sekarang {len(held)}, bukan {expected}; tidak ada yang diubah.",
                mend="Lihat daftarnya lagi, lalu putuskan.",
            )
        gone = 0 if refuse else withdraw(session, held, home_region)
        kept = keep(session, held) if refuse else 0
        if gone or kept:
            audit(session, actor, "source.keep" if refuse else "source.release", "source", name, withdrawn=gone, kept=kept)
    return {"source": name, "withdrawn": gone, "kept": kept, "held": kept}
