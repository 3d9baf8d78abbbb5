"""
The one way to begin a case and to take a step: whichever door it comes through, the same rules are asked in the same transaction.

A step locks its case, proves that the caller read this very version, asks the rule table and the guards, writes one row of history that is
chained to the one before, tells the partner's node where one holds the case too, and sets what the partner may read, all or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import delete
from sqlalchemy.orm import Session

from exchange.access.segments import canonical_time
from exchange.agreements import values
from exchange.agreements.case import Case, Given, Object, after
from exchange.agreements.check import StepRefused, lacks
from exchange.agreements.instruments import decide
from exchange.agreements.node import Node
from exchange.agreements.objects import kept_objects, objects_as_json
from exchange.agreements.onward import START
from exchange.agreements.opens import follow
from exchange.agreements.replay import differing
from exchange.agreements.rules import Rules, Step
from exchange.agreements.twins.outbox import told
from exchange.errors import BadRequest, Mismatch, NotFound
from exchange.store.agreements import (
    AgreementMatchRow,
    AgreementObjectRow,
    AgreementRow,
    AgreementStepRow,
    add_case,
    case_by_ident,
    file_of,
    matches_of_case,
    objects_of,
    steps_of,
)
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.partners import PartnerRow

MOST_MATCHES = 500


def case_of(row: AgreementRow, objects: Sequence[AgreementObjectRow], matches: Sequence[AgreementMatchRow] = ()) -> Case:
    """A case as a value; matches: where they are asked for."""
    told = tuple(Object(o.commodity, o.sector, o.kbli, o.quantity, o.unit, o.value, o.district) for o in objects)
    pairs = tuple((one.demand, one.product) for one in matches)
    return Case(row.instrument, row.state, dict(row.facts), dict(row.papers), told, row.turn, pairs)


def begin(
    session: Session,
    node: Node,
    *,
    kind: str,
    title: str,
    counterpart: str,
    actor: str,
    on: date,
    region: str | None = None,
    partner: PartnerRow | None = None,
    matches: Iterable[tuple[str, str]] = (),
    objects: Sequence[Object] = (),
    externality: bool = False,
    shared_service: bool = False,
    extends: AgreementRow | None = None,
) -> AgreementRow:
    """
    A new case in its first state, with the matches (demand, product by public name) that it comes from.

    extends: the case that it continues; the old one is not touched, its end stays where it was signed.

    Raises:
        BadRequest: title, counterpart, region or objects cannot be used. Abroad, NoAgreementNeeded: no case is needed or possible.
    """
    decision = decide(
        kind, home=node.home, region=region, borders=node.borders, externality=externality, shared_service=shared_service
    )  # fmt: skip
    for said, called in ((title, "Judul"), (counterpart, "Nama mitra")):
        if not 3 <= len(said.strip()) <= 200:
            raise BadRequest(f"{called} kosong atau terlalu panjang.", mend="Tulis 3 sampai 200 huruf.")
    if partner is not None and region is not None and partner.region != region:
        raise BadRequest(f"Mitra {partner.ident} bukan dari wilayah {region}.", mend="Pilih mitra dari wilayah itu, atau tanpa mitra.")
    row = AgreementRow(
        instrument=decision.instrument, category=decision.category, title=title.strip(), counterpart=counterpart.strip(), region=region,
        partner_id=partner and partner.id, state=START, facts={}, papers={}, extends_id=extends and extends.id, made_by=actor[:80],
    )  # fmt: skip
    add_case(session, row, on.year)
    pairs = list(dict.fromkeys(matches))[:MOST_MATCHES]
    session.add_all(AgreementMatchRow(agreement_id=row.id, demand=demand, product=product) for demand, product in pairs)
    session.add_all(kept_objects(row.id, objects))
    told = {
        "instrument": row.instrument, "category": row.category, "category_why": decision.says, "title": row.title, "region": region,
        "counterpart": row.counterpart, "partner": partner and partner.ident, "state": START, "extends": extends and extends.ident,
        "objects": objects_as_json(objects), "matches": [list(pair) for pair in pairs],
    }  # fmt: skip
    _write(session, row, "mulai", "opd", decision.article, {}, told, {}, None, actor)
    audit(session, actor, "agreement.begin", "agreement", row.ident, instrument=row.instrument, category=row.category)
    return row


def named(session: Session, ident: str, *, lock: bool = False) -> AgreementRow:
    """The case of that name; raises NotFound where there is none."""
    row = case_by_ident(session, ident, lock=lock)
    if row is None:
        raise NotFound(f"Perkara {ident[:30]!r} tidak ada.", mend="Lihat daftar perkara kerja sama.")
    return row


def read_given(
    session: Session, row: AgreementRow, rules: Rules, step: Step, *, office: str, on: date, facts: Mapping[str, Any],
    papers: Mapping[str, str], objects: Sequence[Object] | None, matches: Iterable[tuple[str, str]] | None = None,
) -> Given:  # fmt: skip
    """
    What a step is to be taken with, every value proved.

    Raises:
        BadRequest: fields or papers that do not exist or cannot be read, each named under `errors`; a paper that was not brought.
    """
    found, errors = {}, []
    for name, said in facts.items():
        field = rules.fields.get(name)
        if field is None:
            errors.append({"field": name, "says": "isian ini tidak ada"})
            continue
        try:
            found[name] = values.read(field, said)
        except values.Unfit as error:
            errors.append({"field": name, "says": f"{field.label} {error}"})
    for name, digest in papers.items():
        if name not in rules.papers or not isinstance(digest, str) or file_of(session, row.id, digest, name) is None:
            errors.append({"field": name, "says": "berkas ini belum diunggah untuk dokumen itu"})
    if errors:
        said = "; ".join(f"{error['field']}: {error['says']}" for error in errors)
        raise BadRequest(f"{step.label}: {said}.", mend="Perbaiki isian yang disebut.", errors=errors)
    pairs = None if matches is None else tuple(dict.fromkeys(matches))
    if pairs is not None and len(pairs) > MOST_MATCHES:
        raise BadRequest(f"Lebih dari {MOST_MATCHES} kecocokan.", mend="Bagi atas beberapa perkara.")
    return Given(office, on, found, dict(papers), None if objects is None else tuple(objects), pairs)


def look(session: Session, node: Node, row: AgreementRow, on: date, case: Case | None = None) -> list[tuple[Step, list[Any]]]:
    """
    Each step that can follow, with what it lacks if it were taken that day by the first office that may, with nothing more given.

    case: the row as a value, where the caller has it already.
    """
    case = case or case_of(row, objects_of(session, [row.id])[row.id])
    return [
        (step, lacks(node.rules, case, step, Given(step.offices[0], on), node.policy))
        for step in node.rules.steps_from(row.state, row.instrument)
    ]


def take(
    session: Session,
    node: Node,
    ident: str,
    step_name: str,
    *,
    office: str,
    actor: str,
    on: date,
    version: int | None,
    facts: Mapping[str, Any] | None = None,
    papers: Mapping[str, str] | None = None,
    objects: Sequence[Object] | None = None,
    matches: Iterable[tuple[str, str]] | None = None,
    note: str | None = None,
) -> AgreementRow:
    """
    Take a step; the case as it stands then.

    objects, matches: all that the case has from then on, None where they stay. version: of the case as the caller read it, None where the
    caller read nothing (a message from the other node). on: the day here.

    Raises:
        NotFound: no such case. Mismatch: somebody was faster. BadRequest: no such step, or values that cannot be read. StepRefused: what
        the step lacks, all of it, each with its article.
    """
    row = named(session, ident, lock=True)
    step = node.rules.steps.get(step_name)
    if step is None:
        there = ", ".join(one.name for one in node.rules.steps_from(row.state, row.instrument))
        raise BadRequest(f"Langkah {step_name[:40]!r} tidak ada.", mend=f"Dari sini: {there or 'tidak ada lagi'}.")
    if version is not None and version != row.version:
        raise Mismatch(
            f"Perkara {ident} sudah berubah: yang dibaca versi {version}, sekarang versi {row.version}.",
            mend="Buka lagi perkaranya; langkah terakhirnya terlihat di riwayat.", version=row.version, last=last_step(session, row),
        )  # fmt: skip
    objects_before = objects_of(session, [row.id])[row.id]
    case = case_of(row, objects_before, matches_of_case(session, row.id))
    given = read_given(
        session, row, node.rules, step, office=office, on=on, facts=facts or {}, papers=papers or {}, objects=objects, matches=matches
    )  # fmt: skip
    missing = lacks(node.rules, case, step, given, node.policy)
    if missing:
        raise StepRefused(step, row.state, missing)
    then = after(case, step, given)
    before_said, after_said = _changes(case, then)
    if then.objects != case.objects:
        session.execute(delete(AgreementObjectRow).where(AgreementObjectRow.agreement_id == row.id))
        session.add_all(kept_objects(row.id, then.objects))
        session.flush()
    if then.matches != case.matches:
        session.execute(delete(AgreementMatchRow).where(AgreementMatchRow.agreement_id == row.id))
        session.add_all(AgreementMatchRow(agreement_id=row.id, demand=demand, product=product) for demand, product in then.matches)
        session.flush()
    row.facts, row.papers, row.turn = dict(then.facts), dict(then.papers), then.turn
    if then.state != row.state:
        row.state, row.state_since = then.state, utcnow()
    row.kb_until = then.day("kb_berakhir") or then.day("nk_berakhir")
    row.starts_on, row.ends_on = then.day("pks_mulai"), then.day("pks_berakhir")
    _write(session, row, step.name, office, step.basis, before_said, after_said, given.papers, note, actor)
    audit(session, actor, f"agreement.{step.name}"[:40], "agreement", row.ident, before=case.state, after=then.state)
    told(session, node.home, row)
    follow(session, node.rules, row, on, actor=actor)
    return row


def last_step(session: Session, row: AgreementRow) -> dict[str, Any] | None:
    """Who did what last, for whoever came second."""
    steps = steps_of(session, row.id)
    if not steps:
        return None
    last = steps[-1]
    return {"number": last.number, "step": last.step, "by": last.actor, "at": canonical_time(last.at), "after": last.after}


def _changes(case: Case, then: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a step changed, before and after it; what is not there on one side is None."""
    before: dict[str, Any] = {"state": case.state}
    later: dict[str, Any] = {"state": then.state}
    for kind, old, new in (("facts", case.facts, then.facts), ("papers", case.papers, then.papers)):
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        if names:
            before[kind] = {name: old.get(name) for name in names}
            later[kind] = {name: new.get(name) for name in names}
    if case.objects != then.objects:
        before["objects"], later["objects"] = objects_as_json(case.objects), objects_as_json(then.objects)
    if case.matches != then.matches:
        before["matches"], later["matches"] = ([list(pair) for pair in one.matches] for one in (case, then))
    return before, later


def _write(
    session: Session, row: AgreementRow, step: str, office: str, article: str, before: dict[str, Any], later: dict[str, Any],
    papers: Mapping[str, str], note: str | None, actor: str,
) -> None:  # fmt: skip
    row.version = row.version + 1 if row.head else 1
    row.updated_at = utcnow()
    made = AgreementStepRow(
        agreement_id=row.id, number=row.version, at=row.updated_at.replace(microsecond=0), actor=actor[:80], office=office, step=step,
        article=article[:120], before=before, after=later, papers=dict(papers), note=(note or "").strip()[:2000] or None, digest="",
    )  # fmt: skip
    made.digest = row.head = digest_of(row.head, made)
    session.add(made)
    session.flush()


def digest_of(before: str, step: AgreementStepRow) -> str:
    """The digest of a step behind another one: SHA-256 over that one's digest and this one's canonical JSON."""
    said = {
        "number": step.number, "at": canonical_time(step.at), "actor": step.actor, "office": step.office, "step": step.step,
        "article": step.article, "before": step.before, "after": step.after, "papers": step.papers, "note": step.note,
    }  # fmt: skip
    return hashlib.sha256(before.encode() + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def broken_at(session: Session, row: AgreementRow) -> int | None:
    """As `breaks_at` tells, of a case as it stands in the database."""
    pairs = [(one.demand, one.product) for one in matches_of_case(session, row.id)]
    return breaks_at(row, objects_of(session, [row.id])[row.id], pairs, steps_of(session, row.id))


def breaks_at(
    row: AgreementRow, objects: Sequence[AgreementObjectRow], matches: Sequence[tuple[str, str]], steps: Sequence[AgreementStepRow]
) -> int | None:
    """
    The number of the first step that is not what was written, or where one is missing; None where the history is whole.

    One more than there are where the case itself does not stand as its steps left it.
    """
    head, number = "", 0
    for number, step in enumerate(steps, 1):
        if step.number != number or digest_of(head, step) != step.digest:
            return number
        head = step.digest
    whole = head == row.head and number == row.version and not differing(row, objects, matches, steps)
    return None if whole else number + 1
