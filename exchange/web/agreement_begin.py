"""Beginning a case: who stands on the other side decides the instrument; matches and an older case fill in what they know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.case import Object
from exchange.agreements.from_matches import objects_from
from exchange.agreements.instruments import KINDS, decide
from exchange.agreements.node import Node, node_of
from exchange.agreements.once import KEY, Alike, Reused, begin_once
from exchange.agreements.steps import MOST_MATCHES, case_of, named
from exchange.errors import BadRequest, Conflict, ExchangeError
from exchange.store.agreement_board import Under, matches_by_ids
from exchange.store.agreements import objects_of
from exchange.store.partners import PartnerRow, all_partners, partner_by_ident
from exchange.web import agreement_forms as forms
from exchange.web.agreement_proposals import capacity, need
from exchange.web.agreement_told import unit_choices
from exchange.web.agreement_words import CATEGORIES
from exchange.web.asking import allow
from exchange.web.pages import may_decide, require_decider
from exchange.web.shown import region as region_name
from exchange.web.told import said_of
from exchange.web.told import told as told_sentence
from exchange.wiring import settings, store
from schemas.business import SECTORS
from schemas.codes import regions

_OF_INSTRUMENT = {"ksdd": "daerah", "ksdpk": "pihak_ketiga", "sinergi": "kementerian"}
_NAMES = ("jenis", "wilayah", "mitra", "judul", "nama", "dari", "dampak", "layanan", "lain")


@dataclass
class Begun:
    """
    A case that is being begun. said: the form's values; matches: those in view; checked: the ids of those that are taken.

    key: with which this form begins one case and no second; alike: open cases that are for the same, for a person to look at.
    """

    said: dict[str, str]
    key: str = field(default_factory=lambda: token_urlsafe(24))
    alike: Sequence[Mapping[str, str]] = ()
    matches: list[Under] = field(default_factory=list)
    checked: set[int] = field(default_factory=set)
    gone: int = 0
    objects: Sequence[Object] = ()
    sent: forms.Sent | None = None

    @property
    def places(self) -> list[str]:
        """The regions that the matches' demands come from, in their order."""
        return list(dict.fromkeys(one.wanted.region for one in self.matches if one.wanted is not None and one.wanted.region))


def form() -> Response:
    """The form; matches and an older case in the address fill it in."""
    allow(*_NAMES, "kecocokan")
    begun = Begun({name: request.args.get(name, "").strip()[:200] for name in _NAMES})
    with store().read() as session:
        partners = all_partners(session)
        _from_matches(session, begun, request.args, partners)
        if begun.said["dari"]:
            _from_case(session, begun, partners)
        return _page(begun, partners)


def start() -> WsgiResponse:
    """Begin the case; what is refused comes back as it was typed."""
    require_decider()
    begun, node = _read(), node_of(settings())
    with store().read() as session:
        partners = all_partners(session)
        _seen(session, begun)
    if "tentukan" in request.form or forms.MORE in request.form:
        return _page(begun, partners)
    try:
        with store().work() as session:
            given = _given(session, begun)
            row, new = begin_once(
                session, node, key=begun.key, anyway=bool(begun.said["lain"]), actor=current_user.name, on=settings().day(), **given
            )  # fmt: skip
    except (BadRequest, Conflict) as refusal:
        status = 422 if isinstance(refusal, BadRequest) else int(refusal.status)
        begun.alike = refusal.facts.get("cases", ()) if isinstance(refusal, Alike | Reused) else ()
        begun.key = token_urlsafe(24) if isinstance(refusal, Reused) else begun.key
        return _page(begun, partners, status, said=said_of(refusal))
    if new:
        flash(_("Perkara %(ident)s dibuka. Berikutnya: isi data awal.", ident=row.ident), "success")
    else:
        flash(_("Formulir itu sudah terkirim: perkara %(ident)s dibuka sekali saja.", ident=row.ident), "info")
    return redirect(url_for("web_agreements.one", ident=row.ident), 303)


def instrument() -> Response:
    """What the choice of the other side comes to, for the form to show at once."""
    begun = _read()
    return make_response(render_template("agreements/_decision.html", decision=_decision(node_of(settings()), begun.said)))


def _read() -> Begun:
    said = {name: request.form.get(name, "").strip()[:200] for name in _NAMES}
    sent = forms.Sent("mulai", request.form)
    begun = Begun(said, checked=set(_ids(request.form.getlist("kecocokan"))), sent=sent)
    if KEY.fullmatch(key := request.form.get("kunci", "")):
        begun.key = key
    return begun


def _ids(said: Iterable[str]) -> list[int]:
    return [int(one) for one in said if one.isascii() and one.isdigit() and len(one) <= 18][:MOST_MATCHES]


def _seen(session: Session, begun: Begun) -> None:
    """The matches that the form showed, those that were left out too."""
    ids = list(dict.fromkeys(_ids([*request.form.getlist("terlihat"), *request.form.getlist("kecocokan")])))
    begun.matches = matches_by_ids(session, ids) if ids else []
    begun.gone = len(ids) - len(begun.matches)


def _from_matches(session: Session, begun: Begun, args: MultiDict[str, str], partners: Sequence[PartnerRow]) -> None:
    ids = list(dict.fromkeys(_ids(args.getlist("kecocokan"))))
    if not ids:
        return
    begun.matches = matches_by_ids(session, ids)
    begun.gone = len(ids) - len(begun.matches)
    said = begun.said
    place = said["wilayah"] or next(iter(begun.places), "")
    taken = [one for one in begun.matches if one.wanted is not None and (not place or one.wanted.region == place)]
    begun.checked = {one.match_id for one in taken if one.match_id is not None}
    begun.objects = objects_from((one.wanted, one.offered) for one in taken if one.wanted is not None and one.offered is not None)
    own = [one for one in partners if one.region == place]
    said["jenis"] = said["jenis"] or "daerah"
    said["wilayah"] = place
    said["mitra"] = said["mitra"] or (own[0].ident if len(own) == 1 else "")
    said["nama"] = said["nama"] or (own[0].name if len(own) == 1 else _government(place))
    if begun.objects and not said["judul"]:
        what = ", ".join(dict.fromkeys(one.commodity for one in begun.objects))
        said["judul"] = f"Pemenuhan {what[:110]} untuk {_called(place)}"[:200]


def _government(place: str) -> str:
    return f"Pemerintah {_called(place)}" if place else ""


def _called(place: str) -> str:
    """A region without its code. What is proposed here will stand in official papers, which are Indonesian by law."""
    return region_name(place).rsplit(" (", 1)[0]


def _from_case(session: Session, begun: Begun, partners: Sequence[PartnerRow]) -> None:
    """What a case that continues another one takes over; the old one stays as it was signed."""
    old, said = named(session, begun.said["dari"]), begun.said
    kept = {
        "jenis": _OF_INSTRUMENT.get(old.instrument, ""), "wilayah": old.region or "", "nama": old.counterpart,
        "mitra": next((one.ident for one in partners if one.id == old.partner_id), ""),
        "judul": f"Perpanjangan: {old.title}"[:200],
    }  # fmt: skip
    begun.said = said | {name: said[name] or value for name, value in kept.items()}
    begun.objects = begun.objects or case_of(old, objects_of(session, [old.id])[old.id]).objects


def _given(session: Session, begun: Begun) -> dict[str, Any]:
    said, sent = begun.said, begun.sent
    assert sent is not None
    partner = partner_by_ident(session, said["mitra"]) if said["mitra"] else None
    if said["mitra"] and partner is None:
        raise BadRequest(_("Mitra itu tidak ada."), mend=_("Pilih dari daftar mitra, atau tanpa mitra."))
    objects = forms.read_rows(sent) or []
    place = (said["wilayah"] or (partner.region if partner else "")) if said["jenis"] == "daerah" else ""
    taken = [one for one in begun.matches if one.match_id in begun.checked]
    if place and any(one.wanted is not None and one.wanted.region != place for one in taken):
        raise BadRequest(
            _("Ada kecocokan yang bukan dari %(place)s.", place=region_name(place)),
            mend=_("Hapus centangnya, atau buka perkara lain untuknya."),
        )
    return {
        "kind": said["jenis"], "title": said["judul"], "counterpart": said["nama"] or (partner.name if partner else ""), "partner": partner,
        "region": place or None, "matches": [(one.demand, one.product) for one in taken], "objects": objects,
        "externality": bool(said["dampak"]), "shared_service": bool(said["layanan"]),
        "extends": named(session, said["dari"]) if said["dari"] else None,
    }  # fmt: skip


def _decision(node: Node, said: dict[str, str]) -> dict[str, Any] | None:
    """The instrument for what is chosen so far, or why there is none; None where nothing is chosen yet."""
    kind, place = said["jenis"], said["wilayah"]
    if not kind or (kind == "daerah" and not place):
        return None
    try:
        made = decide(
            kind,
            home=node.home,
            region=place or None,
            borders=node.borders,
            externality=bool(said["dampak"]),
            shared_service=bool(said["layanan"]),
        )
    except ExchangeError as refusal:
        return {"fits": False, "title": refusal.title, "says": refusal.message, "mend": refusal.mend}
    return {
        "fits": True, "instrument": node.rules.instruments[made.instrument], "category": CATEGORIES[made.category], "says": made.says,
        "article": made.article, "borders": kind == "daerah" and place in node.borders,
    }  # fmt: skip


def _kinds(node: Node) -> list[dict[str, Any]]:
    """Each kind of counterpart with what it comes to, so that the form says it before anything is chosen."""
    found = []
    for kind, called in KINDS.items():
        if kind == "daerah":
            one = node.rules.instruments["ksdd"]
            told: dict[str, Any] = {"fits": True, "says": one.label, "article": one.article}
        else:
            decision = _decision(node, {"jenis": kind, "wilayah": "", "dampak": "", "layanan": ""})
            assert decision is not None
            told = decision | ({"says": decision["instrument"].label} if decision["fits"] else {})
        found.append({"kind": kind, "called": str(told_sentence(called))} | told)
    return found


def _page(begun: Begun, partners: Sequence[PartnerRow], status: int = 200, *, said: str | None = None) -> Response:
    node = node_of(settings())
    errors = begun.sent.errors if begun.sent else {}
    provinces = [one for one in regions() if one.parent is None]
    context = {
        "begun": begun, "its": begun.said, "partners": partners, "kinds": _kinds(node), "decision": _decision(node, begun.said),
        "provinces": [(one, [other for other in regions() if other.parent == one.code]) for one in provinces], "home": node.home,
        "rows": forms.shown_rows(begun.sent, begun.objects), "errors": errors, "said": said, "may_decide": may_decide(), "sectors": SECTORS,
        "need": need, "capacity": capacity, "units": unit_choices(), "added": forms.MORE in request.form,
    }  # fmt: skip
    return make_response(render_template("agreements/new.html", **context), status)
