"""
Callers on every stage, and what each may meet: DESIGN.md's table "Who sees what", written down once more and by hand.

Nothing here reads the field policy: a rule that is loosened there is not loosened here.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from exchange.access.openings import Opening
from exchange.access.partners import add_partner, named, set_openings
from exchange.access.policy import Tier
from exchange.agreements import papers, steps
from exchange.agreements.node import node_of
from exchange.store.agreements import AgreementRow
from exchange.store.base import Store
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchRow
from exchange.store.partners import PartnerRow
from exchange.store.prices import PriceListRow, PriceRow
from exchange.store.products import products_by_sku
from exchange.store.trade import DealRow
from exchange.trade.begin import begin
from exchange.trade.offering import Wording, cancel, draft, offer

from .conftest import MARKERS, Office

DAY = date(2026, 11, 23)
OWN_DEMAND, OTHERS_DEMAND, OWN_NOTE = "Kebutuhan mitra 846513", "Kebutuhan mitra lain 846513", "catatan-mitra-846513"
OWN_CASE, OTHERS_CASE, LONE_CASE = "Perkara mitra 846513", "Perkara mitra lain 846513", "Perkara tanpa mitra 846513"
# of every case: who signs it, who recorded its steps, what was noted of them, what its draft says, and what a paper of it is called
CASE_PERSON, CASE_ACTOR, CASE_NOTE = "Penanda Tangan 846513", "pencatat-846513", "catatan-langkah-846513"
CASE_DRAFT, CASE_FILE = "isi-naskah-846513", "berkas-846513.pdf"
# what a partner that is nobody of the callers negotiated for LGM-1
OTHERS_PRICE = "catatan-harga-846513"
SECRETS = MARKERS | {
    "own_demand": OWN_DEMAND, "others_demand": OTHERS_DEMAND, "own_note": OWN_NOTE, "own_case": OWN_CASE, "others_case": OTHERS_CASE,
    "lone_case": LONE_CASE, "case_person": CASE_PERSON, "case_actor": CASE_ACTOR, "case_note": CASE_NOTE, "case_draft": CASE_DRAFT,
    "case_file": CASE_FILE, "others_price": OTHERS_PRICE,
}  # fmt: skip
CONTACT = frozenset({"telephone", "email"})
PLACE = frozenset({"address", "subdistrict", "latitude", "longitude"})
NOBODYS = frozenset({"source_address", "case_person", "case_actor", "case_note", "case_draft", "case_file"})

FIRM = {
    "ident", "name", "legal_form", "sector", "kbli", "kbli_edition", "scale", "district", "cluster", "is_sample", "version",
    "updated_at",
}  # fmt: skip
FIRM_STAFF = {
    "workers", "investment", "founded_year", "visited_on", "visit_note", "training_needs", "consented_on", "consent_basis",
    "consent_refused_on",
}  # fmt: skip
PRODUCT = {
    "sku", "name", "description", "sector", "kbli", "kbli_edition", "kbki", "kbki_edition", "hs", "hs_edition", "unit_said",
    "unit_code", "price_min", "price_max", "price_valid_until", "lead_time_days", "minimum_order", "tkdn_percent", "sni", "halal",
    "distribution_permit", "keywords", "weight_kg", "photo", "photos", "is_sample", "version", "updated_at", "producer", "capacity_period",
    "capacity_band",
}  # fmt: skip
CAPACITY = {"capacity_min", "capacity_max"}
PRICES = {"negotiated_prices"}
PRODUCER = {"ident", "name", "legal_form", "district"}
SOLE = {"PGN-1"}
SHOWN, ALL = ["LGM-1", "LGM-2", "PGN-1"], ["LGM-1", "LGM-2", "OFF-1", "PGN-1", "SLT-1"]


@dataclass
class Caller:
    """
    Who asks. stage: what its agreement opens today; covers: the SKUs of its contract; token, reads: whether it bears one that holds, and
    with which scopes; own: the demand of SECRETS that it brought itself; case: the one of SECRETS in which it is the partner.
    """

    name: str
    open: Callable[..., TestResponse]
    stage: str = "public"
    covers: frozenset[str] = frozenset()
    token: bool = False
    scopes: frozenset[str] = frozenset()
    own: str = ""
    case: str = ""
    garbled: bool = False
    may: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """What of SECRETS the caller may meet anywhere."""
        may: set[str] = set()
        if self.stage == "staff":
            may = set(SECRETS) - NOBODYS
        if self.stage in {"agreed", "contracted"}:
            may |= {"private_demand"}
        if self.covers & {"LGM-1", "LGM-2"}:
            may |= {"capacity"} | CONTACT | PLACE
        if self.covers & SOLE:
            may |= {"capacity", "sole_nib"} | CONTACT
        if self.own:
            may |= {self.own}
        if self.case:
            may |= {self.case}
        self.may = frozenset(may)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read the whole answer."""
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> TestResponse:
        """One request, its answer read to the end."""
        with self.open(method, path, **headers) as answer:
            answer.get_data()
            return answer

    def product(self, sku: str) -> set[str]:
        """The members of a product that the caller reads."""
        exact = self.stage == "staff" or sku in self.covers
        return PRODUCT | (CAPACITY | PRICES if exact else set()) | ({"state"} if self.stage == "staff" else set())

    def producer(self, sku: str) -> set[str]:
        """The members of its producer there."""
        return PRODUCER | ({"nib"} if self.stage == "staff" or sku not in SOLE or sku in self.covers else set())

    def firm(self, sole: bool) -> set[str]:
        """The members of a firm that the caller reads: the one of LGM-1 and LGM-2, or the sole proprietor of PGN-1."""
        covered = bool(self.covers & (SOLE if sole else {"LGM-1", "LGM-2"}))
        if self.stage == "staff":
            return FIRM | FIRM_STAFF | {"nib"} | CONTACT | PLACE
        return (
            FIRM
            | (set() if sole and not covered else {"nib"})
            | (CONTACT if covered else set())
            | (PLACE if covered and not sole else set())
        )


def met(answer: TestResponse) -> set[str]:
    """Which of SECRETS an answer tells, in its body however it is packed, or in its headers; a longer one is not taken for a shorter."""
    data = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    if data.startswith(b"PK"):
        book = load_workbook(io.BytesIO(data))
        text = "\n".join(str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row)
    else:
        text = data.decode("utf-8", "replace")
    text += "\n" + str(answer.headers)
    found = set()
    for name, secret in sorted(SECRETS.items(), key=lambda item: -len(item[1])):
        text, times = re.subn(rf"(?<![0-9]){re.escape(secret)}(?![0-9])", "", text)
        if times:
            found.add(name)
    return found


def bring(office: Office, store: Store, title: str) -> str:
    """A partner's demand with matches of two products, a note of staff, a deal of both that was offered and one that was not; its name."""
    body = {"reference": "P-846513", "title": title, "buyer": {"name": "Dinas Contoh"}}
    ident = str(office.open("POST", "/api/v1/partner/demands", body).get_json()["ident"])
    with store.work() as session:
        demand, products = demand_by_ident(session, ident), products_by_sku(session, ["LGM-1", "PGN-1"])
        assert demand is not None
        for sku, row in products.items():
            score = Decimal("0.6") if sku == "LGM-1" else Decimal("0.4")
            session.add(
                MatchRow(demand_id=demand.id, product_id=row.id, score=score, marks=[], model="uji", verdict="fit", demand_version=1,
                         product_version=1, note=OWN_NOTE, state="accepted")
            )  # fmt: skip
        session.flush()
        trade(session, demand.id, sent=False)
        trade(session, demand.id)
    return ident


def begin_cases(app: Flask, office: Office, another: Office, store: Store) -> list[str]:
    """A case of each partner and one of none, each with papers, signers and notes; one of a partner that nobody of the callers is."""
    node = node_of(app.extensions["exchange"].settings)
    person = [{"pihak": "kami", "nama": CASE_PERSON, "jabatan": "Wali Kota", "peran": "kepala_daerah"}]
    with store.work() as session:
        third = add_partner(session, "kota-ketiga", "Kota Ketiga", "31.71", SCOPES, actor="uji")
        partners = {OWN_CASE: named(session, office.ident), OTHERS_CASE: named(session, another.ident), LONE_CASE: None}
        made = []
        for title, partner in (*partners.items(), (LONE_CASE, third)):
            row = steps.begin(session, node, kind="daerah", region=partner.region if partner else "34.71", counterpart="Pemerintah mitra",
                        title=title, actor=CASE_ACTOR, on=date(2026, 11, 27), partner=partner)  # fmt: skip
            digest = papers.bring(
                session, node.rules, node.papers, row, "nota_kebutuhan", CASE_FILE, b"%PDF-1.7\n%%EOF\n", actor=CASE_ACTOR
            )
            told = {"urusan": CASE_DRAFT, "rujukan_rencana": CASE_DRAFT, "tidak_bertentangan": True, "prakarsa": "daerah"}
            steps.take(session, node, row.ident, "siapkan", office="opd", actor=CASE_ACTOR, on=date(2026, 11, 27), version=1, facts=told,
                 papers={"nota_kebutuhan": digest}, note=CASE_NOTE)  # fmt: skip
            row.facts = {**row.facts, "penandatangan_kb": person}  # as it is told from a Kesepakatan Bersama on
            made.append(row.ident)
        negotiated(session, third, row)
    return made


def negotiated(session: Session, partner: PartnerRow, case: AgreementRow) -> None:
    """A price list of a case in force for metal, opened to its partner."""
    made = PriceListRow(agreement_id=case.id, number=1, since=None, basis="lampiran", made_by=CASE_ACTOR, digest="0" * 64)
    session.add(made)
    session.flush()
    session.add(PriceRow(list_id=made.id, position=1, sku="LGM-1", unit="MTK", unit_said="m2", price=Decimal(600000), note=OTHERS_PRICE))
    opening = Opening(Tier.CONTRACTED, date(2026, 1, 1), date(2099, 1, 1), ("logam",), (), case.ident, "", ((1, None),))
    set_openings(session, partner, [opening], DAY, actor="uji")


def trade(session: Session, demand_id: int, *, sent: bool = True, quantity: int = 10) -> DealRow:
    """A deal of all matches of a demand, its letter sent or not; the one that was not is cancelled."""
    numbers = list(session.scalars(select(MatchRow.id).where(MatchRow.demand_id == demand_id).order_by(MatchRow.id)))
    deal = begin(session, numbers, actor="petugas", day=DAY)
    lines = [Wording(position=n, quantity=Decimal(quantity), price=Decimal(600000)) for n in range(1, len(numbers) + 1)]
    draft(session, deal.ident, None, lines, terms="Bayar 30 hari.", actor="petugas", day=DAY)
    if sent:
        letter = {"letter_number": "500/1", "letter_date": DAY, "valid_until": date(2099, 12, 31)}
        offer(session, deal.ident, None, **letter, actor="petugas", day=DAY)
    else:
        cancel(session, deal.ident, None, reason=OWN_NOTE, actor="petugas")
    return deal


STAGED: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    "partner without an agreement": ("public", {}, "public", set()),
    "signatory": ("agreed", {}, "agreed", set()),
    "contract for one class": ("contracted", {"kbli": ["25111"]}, "contracted", {"LGM-1"}),
    "contract for a sole proprietor's": ("contracted", {"sectors": ["pangan"]}, "contracted", {"PGN-1"}),
    "contract for nothing that is there": ("contracted", {"kbli": ["99"]}, "contracted", set()),
    "contract that ended": ("contracted", {"sectors": ["logam"], "until": date(2020, 1, 1)}, "public", set()),
}
NAMES = [*STAGED, "anybody", "token without scopes", "partner of another region", "staff", "garbled token"]
SCOPES = frozenset({"catalogue:read", "demand:read", "demand:write", "matches:read", "agreements:read"})


def callers(app: Flask, staff: Any, office: Office, another: Office) -> dict[str, Caller]:
    """Everybody by name; those of STAGED are the same partner, which `put` puts on the stage."""

    def plain(client: Any, told: dict[str, str]) -> Callable[..., TestResponse]:
        def open_(method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
            sent = told | {name.replace("_", "-"): value for name, value in headers.items()}
            if method == "POST":
                sent = {"Idempotency-Key": "kunci-846513"} | sent
            return client.open(path, method=method, headers=sent, **({} if body is None else {"json": body}))

        return open_

    form = {"grant_type": "client_credentials", "client_id": office.ident, "client_secret": office.secret, "scope": "agreements:read"}
    poor = office.client.post("/oauth/token", data=form).get_json()["access_token"]
    made = [Caller("anybody", plain(app.test_client(), {})), Caller("staff", plain(staff, {}), "staff")]
    made.append(Caller("garbled token", plain(app.test_client(), {"Authorization": "Bearer bukan-token-846513"}), garbled=True))
    made.append(
        Caller("token without scopes", plain(office.client, {"Authorization": f"Bearer {poor}"}), token=True,
               scopes=frozenset({"agreements:read"}), case="own_case")
    )  # fmt: skip
    made.append(
        Caller(
            "partner of another region",
            plain(another.client, another.headers),
            "agreed",
            token=True,
            scopes=SCOPES,
            own="others_demand",
            case="others_case",
        )
    )
    mine = plain(office.client, office.headers)
    made += [
        Caller(name, mine, stage, frozenset(covers), token=True, scopes=SCOPES, own="own_demand", case="own_case")
        for name, (_, _, stage, covers) in STAGED.items()
    ]
    return {one.name: one for one in made}


def put(office: Office, another: Office, name: str) -> None:
    """Put the partners on the stage on which the caller of that name asks."""
    stage, more, _, _ = STAGED.get(name, ("contracted", {"sectors": ["logam", "pangan"]}, "", set()))
    office.stage(stage, **more)
    another.stage("agreed")
