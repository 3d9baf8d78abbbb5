"""One firm's page as it is now, also behind a form that was refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.access.policy import Tier
from exchange.catalogue.firms import consent, corrections
from exchange.catalogue.quality.records import record_of
from exchange.catalogue.quality.score import firm_score
from exchange.errors import ExchangeError, NotFound
from exchange.store.businesses import BusinessRow, business_by_ident, business_record
from exchange.store.consents import consents_of, corrections_of
from exchange.store.firms import beside
from exchange.store.import_sources import history_with_sources
from exchange.store.quality import products_with_photos
from exchange.store.visits import visits_of
from exchange.web import firm_shown
from exchange.web.acts import told as told_acts
from exchange.web.pages import may_decide
from exchange.web.provenance import LOOKED_AT, of_record
from exchange.web.typed import written
from exchange.wiring import settings, store

ACTS_SHOWN = 20


def named(session: Session, ident: str) -> BusinessRow:
    """The firm of a public name; raises NotFound."""
    firm = business_by_ident(session, ident)
    if firm is None:
        raise NotFound(_("IKM %(ident)s tidak ada.", ident=ident[:80]), mend=_("Pilih dari daftar IKM."))
    return firm


def page(
    ident: str,
    status: int = 200,
    *,
    refusal: ExchangeError | None = None,
    tried: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The firm as it is now; `refusal`, `tried` and `typed` belong to a form that was just refused."""
    day = settings().day()
    with store().read() as session:
        firm = named(session, ident)
        counted = products_with_photos(session, firm.id)
        products = [row for row, _photos in counted]
        context: dict[str, Any] = {
            "firm": firm, "products": products, "consents": consents_of(session, firm.id), "asked_for": corrections_of(session, firm.id),
            "visits": visits_of(session, firm.id, 10), "beside": beside(session, firm),
        }  # fmt: skip
        acts = history_with_sources(session, "business", ident, LOOKED_AT)
    versions = {("business", firm.ident): firm.version} | {("product", row.sku): row.version for row in products}
    records = [record_of(row, photos) for row, photos in counted if row.state == "active"]
    score = firm_score(business_record(firm), records, day)
    told = firm_shown.told_of_firm(firm)
    context |= {
        "acts": told_acts([act for act, _source in acts[:ACTS_SHOWN]]), "origins": of_record(acts, [line.field for line in told]),
        "score": score, "told": told,
        "tiers": list(Tier), "product_fields": firm_shown.product_fields(),
        "versions": versions, "fields": corrections.FIELDS, "shape_of": corrections.shape_of, "choices_of": corrections.choices_of,
        "kinds": consent.KINDS, "means": consent.MEANS, "capacities": consent.CAPACITIES, "today": day, "may_decide": may_decide(),
        "key": secrets.token_hex(12), "refusal": refusal, "tried": tried, "typed": typed or {}, "typed_number": written,
        "changed": firm_shown.changed_since(refusal.facts) if refusal else [], "value_shown": firm_shown.value_shown,
    }  # fmt: skip
    return make_response(render_template("businesses/one.html", **context), status)
