"""Kerja sama: the board of cases, and where each of its pages is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request

from exchange.agreements.in_force import in_force
from exchange.agreements.node import Node, node_of
from exchange.agreements.reminders import BEFORE, DRAFTING, bounds
from exchange.demand.spans import days_of
from exchange.store import agreement_board as kept
from exchange.store.agreements import AgreementRow, CaseFilter, list_cases
from exchange.web import agreement_begin, agreement_case, agreement_drafts, agreement_files, agreement_prices, agreement_twin_answers
from exchange.web.agreement_words import CATEGORIES, INSTRUMENTS, PHASES
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward
from exchange.web.figured import months_asked
from exchange.web.pages import may_decide, page_or_part, staff_pages
from exchange.wiring import settings, store

bp = staff_pages("agreements", "/kerja-sama")

EACH = 6
NEEDING = 8
FORM_BYTES = 4 * 1024 * 1024  # of the fields of a form beside its files: the longest texts of a contract and 200 objects


@bp.url_value_preprocessor
def _roomy(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: long texts, many rows and three files at a time are taken here."""
    request.max_content_length = agreement_files.MOST_BYTES + FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.max_form_parts = 4000


@bp.get("")
def board() -> Response:
    """What needs a person first, then the cases by stage; with a stage in the address the whole list of it, page by page."""
    allow("cari", "daerah", "instrumen", "tahap", "berlaku", "dari", "sampai", "setelah")
    its = settings()
    node = node_of(its)
    want = CaseFilter(
        state=one_of("tahap", tuple(node.rules.states)),
        instrument=one_of("instrumen", tuple(node.rules.instruments)),
        region=asked("daerah"),
        text=asked("cari"),
    )
    context: dict[str, Any] = {
        "want": want, "rules": node.rules, "instruments": INSTRUMENTS, "categories": CATEGORIES, "soon": BEFORE[0],
        "still": its.stand_still_days, "may_decide": may_decide(), "today": its.day(), "days": agreement_case.days_in,
        "next_end": kept.next_end,
    }  # fmt: skip
    days = days_of(*months_asked())
    holds = one_of("berlaku", ("ya",)) is not None or days != (None, None)
    its_months = {name: asked(name) for name in ("dari", "sampai")}
    context |= {
        "holds": holds, "only": one_of("berlaku", ("ya",)), "first": days[0], "last": days[1], "months": its_months,
        "untimed": here(dari=None, sampai=None, berlaku=None, setelah=None),
    }  # fmt: skip
    with store().read() as session:
        if holds:
            want = replace(want, idents=frozenset(in_force(session, node, *days, its.day())))
            context["want"] = want
        counts = kept.count_cases(session, want)
        phases = [(name, label, states, sum(counts.get(state, 0) for state in states)) for name, label, states in PHASES]
        context |= {"counts": counts, "phases": phases, "regions": kept.case_regions(session)}
        if want.state is not None:
            after = asked("setelah")
            rows = list_cases(session, want, limit=PAGE + 1, after=after)
            shown = rows[:PAGE]
            context |= {
                "rows": shown, "next_page": onward(rows, shown[-1].ident if shown else None),
                "first_page": here(setelah=None) if after else None,
            }  # fmt: skip
        else:
            found: dict[str, list[AgreementRow]] = {}
            for row in kept.board(session, want, each=EACH):
                found.setdefault(row.state, []).append(row)
            context |= {"found": found, "needing": [] if holds else _needing(session, node)}
    return page_or_part("agreements/page.html", "agreements/_list.html", **context)


def _needing(session: Any, node: Node) -> list[tuple[str, kept.Needing]]:
    """What needs a person, by why; the causes that there are."""
    its = settings()
    final, moving, since, until = bounds(node, its.day(), its.stand_still_days)
    causes = [
        ("ending", kept.ending(session, until, final, limit=NEEDING)),
        ("dprd", kept.answered_for_another_year(session, its.day().year, sorted(DRAFTING), limit=NEEDING)),
        ("still", kept.standing_still(session, since, moving, limit=NEEDING)),
    ]
    return [(why, needing) for why, needing in causes if needing.total]


bp.get("/baru")(agreement_begin.form)
bp.post("/baru")(agreement_begin.start)
bp.post("/baru/instrumen")(agreement_begin.instrument)
bp.get("/<ident>")(agreement_case.one)
bp.post("/<ident>/langkah/<step>")(agreement_case.take_step)
bp.post("/<ident>/berkas")(agreement_files.bring_one)
bp.get("/<ident>/berkas/<sha256>")(agreement_files.download)
bp.get("/<ident>/harga", endpoint="prices")(agreement_prices.one)
bp.post("/<ident>/harga", endpoint="add_prices")(agreement_prices.add)
bp.post("/<ident>/harga/pratinjau", endpoint="look_at_prices")(agreement_prices.look)
bp.post("/<ident>/simpul/tawarkan", endpoint="offer_twin")(agreement_twin_answers.offer)
bp.post("/<ident>/simpul/terima", endpoint="accept_twin")(agreement_twin_answers.accept)
bp.post("/<ident>/simpul/tolak", endpoint="refuse_twin")(agreement_twin_answers.refuse)
bp.get("/<ident>/naskah/<kind>")(agreement_drafts.paper)
bp.get("/<ident>/naskah/<kind>/<form>")(agreement_drafts.draft)
bp.post("/<ident>/naskah/<kind>/simpan")(agreement_drafts.keep)
