"""What a night looks after in cooperation: what agreements open today, whether histories and price lists are whole, whom to remind."""

from __future__ import annotations

from exchange.access.partners import follow_openings
from exchange.agreements.node import node_of
from exchange.agreements.reminders import reminders
from exchange.agreements.steps import broken_at
from exchange.agreements.verifying import prices_broken
from exchange.jobs.needs import Need
from exchange.settings import Settings
from exchange.store.agreements import CaseFilter, list_cases
from exchange.store.base import Store

_AT_ONCE = 200


def look_after_cases(store: Store, settings: Settings) -> list[Need]:
    """
    Write down what agreements open today, and look at every case.

    Raises:
        SettingWrong: the node's own rules cannot be read.
    """
    node, today = node_of(settings), settings.day()
    with store.work() as session:
        follow_openings(session, today, actor="nightly")
    found: list[Need] = []
    after: str | None = None
    while True:
        with store.read() as session:
            rows = list_cases(session, CaseFilter(), limit=_AT_ONCE, after=after)
            for row in rows:
                path = f"/kerja-sama/{row.ident}"
                found += [
                    Need(row.ident, one.kind, one.says, one.mend, path, one.step)
                    for one in reminders(node.rules, row, today, settings.stand_still_days)
                ]
                broken = broken_at(session, row)
                if broken is not None:
                    says = f"Riwayat perkara tidak utuh mulai langkah ke-{broken}."
                    found.append(Need(row.ident, "riwayat", says, "Bandingkan dengan cadangan dan dengan catatan mitra.", path, 1))
                if (wrong := prices_broken(session, row)) is not None:
                    found.append(
                        Need(row.ident, "harga", wrong, "Bandingkan dengan cadangan dan dengan catatan mitra.", f"{path}/harga", 1)
                    )
        if len(rows) < _AT_ONCE:
            return found
        after = rows[-1].ident
