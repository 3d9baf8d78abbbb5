"""An agreement as it leaves through the API: how a case stands, what it covers and how it came there; persons are not named."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from schemas.business import SECTORS
from schemas.fields import Exact, choice

INSTRUMENTS = ("ksdd", "ksdpk", "sinergi")
CATEGORIES = ("wajib", "sukarela")
SIDES = ("kami", "mitra")
COVERAGE = ("covered", "needs", "none", "own")


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


class MatchCoverage(Schema):
    """Whether an agreement covers what is matched, today."""

    state = choice(
        *COVERAGE,
        required=True,
        metadata=_says(
            "`covered`: by a contract in force; `needs`: a case that would cover it is on its way; `none`: there is no case; "
            "`own`: the node's own region, which needs none."
        ),
    )
    agreement = fields.String(required=True, allow_none=True, metadata=_says("`ident` of the case, as in /api/v1/agreements/{ident}."))
    until = fields.Date(required=True, allow_none=True, metadata=_says("Last day on which it is covered; null without an end."))
    stage = fields.String(required=True, allow_none=True, metadata=_says("State of the case that is on its way."))
    label = fields.String(required=True, allow_none=True, metadata=_says("Name of that state, Indonesian."))
    says = fields.String(required=True, metadata=_says("All of this in one sentence, Indonesian."))


class AgreementObject(Schema):
    """One object of a case, with its target for the whole term where one is set; what is not set is absent."""

    commodity = fields.String(required=True)
    sector = choice(*SECTORS, metadata=_says("Covered as a whole, where no `kbli` stands."))
    kbli = fields.String(metadata=_says("KBLI 2020 class, covered with all below it."))
    quantity = Exact()
    unit = fields.String(metadata=_says("UN/ECE Rec 20 code of `quantity`."))
    value = Exact(metadata=_says("Rupiah."))
    district = fields.String(metadata=_says("Kecamatan where it is made; absent: anywhere."))


class AgreementPaper(Schema):
    """A paper that counts: its kind and its digest, so that both sides can prove that they hold the same; never its bytes."""

    kind = fields.String(required=True)
    label = fields.String(required=True, metadata=_says("Indonesian."))
    sha256 = fields.String(required=True, metadata={"pattern": "^[0-9a-f]{64}$"})


class AgreementSigner(Schema):
    """Who signed, by office; persons are not named."""

    text = choice("kb", "pks", "adendum", "nk", required=True, metadata=_says("What was signed."))
    side = choice(*SIDES, required=True, metadata=_says("`kami` is the node's region, `mitra` the other side."))
    office = fields.String(required=True, metadata=_says("The office as it was written, Indonesian."))
    role = fields.String(required=True, metadata=_says("By which right: `kepala_daerah`, `pejabat_kuasa` and so on."))


class AgreementStep(Schema):
    """One step of the history."""

    number = fields.Integer(required=True, metadata=_says("From 1, without gaps."))
    at = fields.AwareDateTime(required=True, metadata=_says("When it was recorded, UTC."))
    step = fields.String(required=True)
    label = fields.String(required=True, metadata=_says("Indonesian."))
    office = fields.String(required=True, metadata=_says("For which office it was taken, Indonesian."))
    article = fields.String(required=True, metadata=_says("Its legal basis; says where that was not verified."))
    state = fields.String(required=True, metadata=_says("Where the case stood after it."))


class AgreementOpening(Schema):
    """What the case opens to its partner today."""

    tier = choice("agreed", "contracted", required=True, metadata=_says("As in the table of what each stage opens."))
    since = fields.Date(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True, metadata=_says("Last day; null without an end."))
    article = fields.String(required=True)


class AgreementCoverage(Schema):
    """The trade that the case is about, and whether a contract covers it today."""

    in_force = fields.Boolean(required=True)
    until = fields.Date(required=True, allow_none=True, metadata=_says("Last day of the contract that is in force."))
    sectors = fields.List(fields.String(), required=True, metadata=_says("Covered as a whole."))
    kbli = fields.List(fields.String(), required=True, metadata=_says("KBLI 2020 classes, each with all below it."))


class Agreement(Schema):
    """One case of cooperation between governments, from the first idea to its end."""

    ident = fields.String(metadata=_says("Public name of the case."))
    instrument = choice(
        *INSTRUMENTS, metadata=_says("`ksdd`: with another region; `ksdpk`: with a third party; `sinergi`: with a ministry.")
    )
    category = choice(*CATEGORIES)
    title = fields.String()
    counterpart = fields.String(metadata=_says("Name of the other side."))
    region = fields.String(allow_none=True, metadata=_says("Kemendagri code of the other side; null where it is no region."))
    partner = fields.String(allow_none=True, metadata=_says("The partner of this API whose access follows the case."))
    extends = fields.String(allow_none=True, metadata=_says("`ident` of the case that this one continues."))
    state = fields.String()
    state_label = fields.String(metadata=_says("Name of the state, Indonesian."))
    basis = fields.String(metadata=_says("Legal basis of the state; says where that was not verified."))
    final = fields.Boolean(metadata=_says("Whether nothing can follow."))
    since = fields.AwareDateTime(metadata=_says("In this state since, UTC."))
    kb_until = fields.Date(allow_none=True, metadata=_says("Last day of the Kesepakatan Bersama or Nota Kesepakatan, or of its draft."))
    starts_on = fields.Date(allow_none=True, metadata=_says("First day of the contract (PKS); of the draft before it is signed."))
    ends_on = fields.Date(allow_none=True, metadata=_says("Last day of the contract (PKS); of the draft before it is signed."))
    objects = fields.List(fields.Nested(AgreementObject))
    papers = fields.List(fields.Nested(AgreementPaper))
    signers = fields.List(fields.Nested(AgreementSigner))
    history = fields.List(fields.Nested(AgreementStep))
    opens = fields.List(fields.Nested(AgreementOpening), metadata=_says("Nothing where this is empty."))
    coverage = fields.Nested(AgreementCoverage)
    version = fields.Integer(metadata=_says("Grows with every step."))
    updated_at = fields.AwareDateTime(metadata=_says("When the last step was recorded, UTC."))
