"""
Two nodes that hold one agreement, through its whole life, over a network that is none: is a difference ever silent?

  python3 run.py bench twins [--plans 200] [--seed 1] [--pg URL] [--no-faults] [--careless]

Each plan: two databases, two servers on loopback, two workers with real signatures, and between them a proxy that loses, repeats, delays,
reorders and changes messages, loses answers, hangs, and answers 200 by itself. One side offers the agreement, the other takes it on, both
take their steps to the contract, suspend it, go on and end it, while servers, workers and whoever takes a step get SIGKILL. In two plans of
five the sides do not hold the same thing. Then the network is calm, both compare as each night, and JSON on standard output tells of plans
in which both views are equal and nobody shows a difference; in which they differ and both show it; `silent`: all others, 0 is wanted.
`broken` counts logs that are not the sender's, byte for byte and each once, or hold what its key did not sign, and openings that stayed
open although the other side had ended. Exits 1 where any of both is not 0. With --pg both databases are made on that server.
--careless has the senders take every answer for an arrival, and send nothing again: the proof must then fail.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from _twin_nodes import TODAY, Databases, TwinNode, cases
from _twin_proxy import Proxy, free_ports
from sqlalchemy import select

from exchange.agreements.node import node_of
from exchange.agreements.twins.handshake import accept, offer
from exchange.agreements.twins.outbox import current_view
from exchange.agreements.twins.peers import peer_named
from exchange.agreements.twins.view import CLOSING
from exchange.agreements.twins.views import Difference, differences
from exchange.jobs import twin_check, twins
from exchange.jobs.twin_check import compare_all
from exchange.publish.peers import is_signed_by
from exchange.store.partners import partner_by_ident
from exchange.store.twins import TwinMessageRow, list_twins, messages_of

HERE, THERE = "36.72", "33.74"
DIFFERS = ("number", "day", "scan", "object", "end")
LIFE = ["terima", "isi_kb", "bekukan_kb", "tandatangani_kb", "jawab_dprd", "putuskan_tidak_perlu", "susun_pks", "isi_pks", "bekukan_pks",
        "tandatangani_pks", "laksanakan", "tangguhkan", "lanjutkan", "akhiri"]  # fmt: skip
PATIENCE = 90.0


class Stuck(Exception):
    """A plan that does not come to its end; it counts as silent."""


class Plan:
    """One plan; all that it does by chance follows from its seed, but for what two processes do at the same time."""

    def __init__(self, seed: int, nodes: tuple[TwinNode, TwinNode], ports: tuple[int, int], faults: bool) -> None:
        self.seed, self.chance, self.faults = seed, random.Random(seed), faults
        self.a, self.b = nodes
        self.differs = self.b.differs = self.chance.choice(DIFFERS) if self.chance.random() < 0.4 else None
        to_ours, to_theirs = ports
        self.proxy = Proxy({to_ours: self.a.port, to_theirs: self.b.port}, seed)
        self.kills: Counter[str] = Counter()
        for node in nodes:
            node.prepare()
        self.a.trusts(self.b, f"http://127.0.0.1:{to_theirs}")
        self.b.trusts(self.a, f"http://127.0.0.1:{to_ours}")

    def run(self) -> dict[str, Any]:
        """From the first message to the verdict."""
        begun = time.monotonic()
        self.proxy.start()
        if not self.faults:
            self.proxy.calm.value = 1
        try:
            self._live()
            self.proxy.calm.value = 1
            calm = self._quiet()
            for node in (self.a, self.b):
                self._compare(node)
            told = self._verdict()
        except Stuck as error:
            calm, told = False, {"outcome": "silent", "why": str(error), "broken": [], "messages": 0, "tries": 0}
        finally:
            self.proxy.stop()
            for node in (self.a, self.b):
                for kind in ("server", "worker"):
                    node.kill(kind)
        return told | {
            "seed": self.seed, "differs": self.differs, "kills": dict(self.kills), "network": self.proxy.tally(), "calm": calm,
            "seconds": round(time.monotonic() - begun, 2),
        }  # fmt: skip

    def _live(self) -> None:
        with self.a.opened() as store, store.work() as session:
            row = cases.new_case(session, node_of(self.a.settings), partner_by_ident(session, "mitra"), on=TODAY)
            self.a.case = row.ident
        for step in ("siapkan", "ajukan_telaah", "telaah", "kirim_penawaran"):
            self._take(self.a, step)
        self.a.at_desk(lambda session, node: offer(session, node, self.a.case, peer_named(session, THERE), actor="bench"))
        self._both_run()
        twin = self._incoming()
        self.b.at_desk(lambda session, node: _accepted(session, node, twin))
        with self.b.opened() as store, store.read() as session:
            (row,) = list_twins(session)
            assert row.case is not None
            self.b.case = row.case.ident
        left = {"a": list(LIFE), "b": ["siapkan", "ajukan_telaah", "telaah", "terima_penawaran", *LIFE]}
        if self.differs == "end":
            left["b"].pop()
        while any(left.values()):
            name = self.chance.choice([name for name, steps in left.items() if steps])
            self._kill()
            self._take(getattr(self, name), left[name].pop(0))
            if self.chance.random() < 0.5:
                self._both_run()
            time.sleep(self.chance.uniform(0, 0.05))

    def _take(self, node: TwinNode, step: str) -> None:
        self.kills["desk"] += node.take(step, self.chance, self.faults)

    def _kill(self) -> None:
        if self.faults and self.chance.random() < 0.35:
            node, kind = self.chance.choice([self.a, self.b]), self.chance.choice(["server", "worker"])
            if kind in node.processes:
                node.kill(kind)
                self.kills[kind] += 1

    def _both_run(self) -> None:
        for node in (self.a, self.b):
            node.start()

    def _incoming(self) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.b.opened() as store, store.read() as session:
                found = list_twins(session, states=("incoming",))
            if found:
                return found[0].ident
            if sum(self.kills.values()) < 12:  # whoever is killed without end does nothing at all
                self._kill()
            self._both_run()
            time.sleep(0.1)
        raise Stuck("the offer did not arrive")

    def _quiet(self) -> bool:
        """Wait until nothing is on its way any more; whether it came to that."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self._both_run()
            if not self.proxy.waiting.value and not any(self._unsent(node) for node in (self.a, self.b)):
                return True
            time.sleep(0.05)
        return False

    def _unsent(self, node: TwinNode) -> int:
        with node.opened() as store, store.read() as session:
            query = select(TwinMessageRow.id).where(TwinMessageRow.direction == "out", TwinMessageRow.state != "acked")
            return len(session.scalars(query).all())

    def _compare(self, node: TwinNode) -> None:
        until = time.monotonic() + PATIENCE
        with node.opened() as store:
            while (found := compare_all(store, node.settings)) and any(one.trouble for one in found):
                if time.monotonic() > until:  # a server that was killed last is still starting
                    raise Stuck(f"{node.region} could not compare: {found}")
                time.sleep(0.2)

    def _verdict(self) -> dict[str, Any]:
        told = {node.region: _picture(node) for node in (self.a, self.b)}
        here, there = told[HERE], told[THERE]
        real = differences(here["view"], there["view"])
        shown = [Difference(*one) for one in here["differences"]]
        mirrored = [Difference(part, name, theirs, ours, kind) for part, name, ours, theirs, kind in there["differences"]]
        honest = shown == mirrored == real
        broken = [
            *(["log"] if here["in"] != there["out"] or there["in"] != here["out"] else []),
            *(["signature"] if not (here["signed"] and there["signed"]) else []),
            *(["open"] if here["stands_open"] or there["stands_open"] else []),
        ]
        outcome = "silent" if not honest else "shown" if real else "equal"
        return {
            "outcome": outcome, "broken": broken, "messages": len(here["out"]) + len(there["out"]), "tries": here["tries"] + there["tries"],
        }  # fmt: skip


def _accepted(session: Any, node: Any, twin: str) -> None:
    accept(session, node, twin, partner=partner_by_ident(session, "mitra"), actor="bench", on=TODAY)


def _picture(node: TwinNode) -> dict[str, Any]:
    """What a node holds once all is calm."""
    with node.opened() as store, store.read() as session:
        (twin,) = list_twins(session)
        assert twin.case is not None
        out, came = (messages_of(session, twin.id, direction) for direction in ("out", "in"))
        theirs = (twin.theirs or {}).get("state")
        partner = partner_by_ident(session, "mitra")
        assert partner is not None
        return {
            "view": current_view(session, node.region, twin.case, node.other), "differences": twin.differences,
            "out": [one.body for one in out], "in": [one.body for one in came if one.state == "applied"],
            "signed": all(is_signed_by(twin.peer, one.signature or "", [], one.body) for one in came) and len(came) == twin.received,
            "stands_open": theirs in CLOSING and bool(partner.openings), "tries": sum(one.tries for one in out),
        }  # fmt: skip


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--plans", type=int, default=200)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--pg", default="")
    wanted.add_argument("--no-faults", action="store_true")
    wanted.add_argument("--careless", action="store_true")
    given = wanted.parse_args()
    if given.careless:
        globals()["PATIENCE"] = 10.0
        twins.outcome_of = lambda _told, parcel, _home: twins.Outcome(200, parcel.number)
        twins.send_again_from = twin_check.send_again_from = lambda *_: None
    outcomes: Counter[str] = Counter()
    kills: Counter[str] = Counter()
    network: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    bad = []
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        databases = Databases(folder, given.pg)
        ours, theirs, *between = free_ports(4)
        nodes = (
            TwinNode(HERE, THERE, folder / "here", databases.url("here"), ours),
            TwinNode(THERE, HERE, folder / "there", databases.url("there"), theirs),
        )
        try:
            for seed in range(given.seed, given.seed + given.plans):
                databases.fresh("here"), databases.fresh("there")
                told = Plan(seed, nodes, (between[0], between[1]), not given.no_faults).run()
                outcomes[told["outcome"]] += 1
                kills.update(told["kills"])
                network.update(told["network"])
                sums.update(
                    {"messages": told["messages"], "tries": told["tries"], "broken": len(told["broken"]), "restless": not told["calm"]}
                )
                if told["outcome"] == "silent" or told["broken"] or not told["calm"]:
                    bad.append(told)
                print(json.dumps(told), file=sys.stderr, flush=True)
        finally:
            for name in ("here", "there", "template"):
                databases.drop(name)
    print(json.dumps({
        "plans": given.plans, "database": "postgresql" if given.pg else "sqlite", "equal": outcomes["equal"], "shown": outcomes["shown"],
        "silent": outcomes["silent"], "broken": sums["broken"], "restless": sums["restless"], "messages": sums["messages"],
        "tries": sums["tries"], "kills": dict(kills), "network": dict(network), "seconds": round(time.monotonic() - begun, 1), "bad": bad,
    }))  # fmt: skip
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
