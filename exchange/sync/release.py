"""A person's word on held demands: let them go."""

from __future__ import annotations

from typing import Any

from exchange.errors import Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.demands import held_demands
from exchange.store.locks import hold
from exchange.store.sources import source_by_name
from exchange.sync.missing import withdraw


def release(store: Store, name: str, actor: str, home_region: str, expected: int | None = None) -> dict[str, Any]:
    """
    Withdraw everything that is held of a source, with tombstones, in one transaction.

    expected: how many the person saw; where it is another number by now, nothing is withdrawn.

    Returns:
        `source`, `withdrawn` (how many went) and `held` (how many are left: none).

    Raises:
        NotFound: there is no such source.
        Conflict: another number is held than was expected.
        Busy: the source is being read right now.
    """
    with hold(store, f"source:{name}", f"Penarikan sumber {name!r}"), store.work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        rows = held_demands(session, source.id)
        if expected is not None and expected != len(rows):
            raise Conflict(
                f"Yang ditahan dari {name} sekarang {len(rows)}, bukan {expected}; tidak ada yang dilepaskan.",
                mend="Lihat daftarnya lagi, lalu putuskan.",
            )
        gone = withdraw(session, [row.id for row in rows], home_region)
        if gone:
            audit(session, actor, "source.release", "source", name, withdrawn=gone)
    return {"source": name, "withdrawn": gone, "held": 0}
