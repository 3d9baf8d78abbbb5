"""Acts on record in the reader's words: who, what, about which record, and the facts that go with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from connectors.kit.masking import mask_text
from exchange.store.audit import AuditRow
from exchange.web import partner_past
from exchange.web.shown import moment
from exchange.web.told import told as told_sentence
from exchange.web.words import WORDS, word

KINDS: dict[str, object] = {
    "user": _l("pengguna"),
    "mail": _l("surel"),
    "partner": _l("mitra"),
    "source": _l("sumber"),
    "product": _l("produk"),
    "business": _l("IKM"),
    "demand": _l("permintaan"),
    "match": _l("kecocokan"),
    "match_step": _l("langkah bersama"),
    "search": _l("pencarian tersimpan"),
    "proposal": _l("usulan"),
    "import": _l("impor"),
    "agreement": _l("perkara kerja sama"),
    "deal": _l("dagang"),
    "twin": _l("perkara dua simpul"),
    "twin_peer": _l("simpul lain"),
    "key": _l("kunci"),
    "model": _l("model"),
    "visit": _l("kunjungan"),
}
_ACTS: dict[str, object] = {
    "match_step.take": _l("mengubah beberapa kecocokan sekaligus"),
    "match_step.undo": _l("membatalkan langkah bersama"),
    "search.save": _l("menyimpan pencarian"),
    "search.remove": _l("menghapus pencarian"),
    "login": _l("masuk"),
    "login.half": _l("memberi kata sandi yang benar, belum kode kedua"),
    "login.refused": _l("ditolak masuk"),
    "login.code": _l("ditolak: kode kedua keliru"),
    "login.oidc": _l("ditolak masuk lewat penyedia"),
    "logout": _l("keluar"),
    "logout.everywhere": _l("keluar dari semua perangkat"),
    "user.add": _l("membuat akun"),
    "user.invite": _l("mengundang"),
    "user.recover": _l("membuat tautan pemulihan"),
    "user.password": _l("mengganti kata sandi"),
    "user.role": _l("mengganti peran"),
    "user.mailbox": _l("mengganti kotak surat"),
    "user.enable": _l("membuka akun"),
    "user.disable": _l("menutup akun"),
    "user.session.end": _l("mengakhiri sesi"),
    "user.sessions.end": _l("mengakhiri semua sesi"),
    "user.factor.on": _l("memasang kode kedua"),
    "user.factor.off": _l("menghapus kode kedua"),
    "user.factor.spare": _l("memakai kode cadangan"),
    "user.oidc": _l("menghubungkan dengan penyedia"),
    "user.oidc.off": _l("melepaskan dari penyedia"),
    "mail.sent": _l("surat terkirim"),
    "mail.failed": _l("surat tidak terkirim"),
    "import": _l("mengimpor"),
    "import.upload": _l("mengunggah berkas impor"),
    "import.take": _l("mengambil impor"),
    "import.discard": _l("membuang impor"),
    "token": _l("mengambil token"),
    "token.end": _l("mengakhiri token"),
    "key.rotate": _l("mengganti kunci"),
    "key.revoke": _l("mencabut kunci"),
    "model.use": _l("memakai model"),
    "agreement.begin": _l("membuka perkara"),
    "agreement.file": _l("menyimpan berkas perkara"),
}
_FACTS: dict[str, object] = {
    "role": _l("peran"),
    "locked": _l("sedang dijeda"),
    "method": _l("cara masuk"),
    "count": _l("jumlah"),
    "reason": _l("alasan"),
    "trouble": _l("sebab"),
    "state": _l("keadaan"),
    "changes": _l("perubahan"),
    "version": _l("versi"),
    "name": _l("nama"),
    "region": _l("daerah"),
    "scopes": _l("lingkup"),
    "secret": _l("rahasia bernama"),
    "webhook": _l("webhook"),
    "url": _l("alamat"),
    "size": _l("ukuran, byte"),
    "file": _l("berkas"),
    "note": _l("catatan"),
    "run": _l("penarikan"),
    "withdrawn": _l("ditarik"),
    "kept": _l("dipertahankan"),
    "tokens_ended": _l("token berakhir"),
    "origin": _l("asal"),
    "proposal": _l("usulan"),
    "paper": _l("surat"),
    "issuer": _l("penyedia"),
    "stage": _l("tahap"),
    "until": _l("sampai"),
    "within": _l("untuk"),
    "sectors": _l("sektor"),
    "kbli": _l("KBLI"),
    "sku": _l("SKU"),
    "answer": _l("jawaban"),
    "asked": _l("saringan"),
    "case": _l("perkara"),
    "category": _l("kategori"),
    "changed": _l("diubah"),
    "correction": _l("koreksi"),
    "differences": _l("yang berbeda"),
    "edition": _l("edisi"),
    "field": _l("isian"),
    "filters": _l("saringan"),
    "format": _l("format"),
    "instrument": _l("instrumen"),
    "kid": _l("kunci"),
    "label": _l("label"),
    "link": _l("tautan"),
    "link_kind": _l("jenis tautan"),
    "list": _l("daftar"),
    "look": _l("pratinjau"),
    "members": _l("kolom"),
    "missing": _l("tidak ada dalam berkas"),
    "number": _l("nomor"),
    "passed": _l("dilewati"),
    "photo": _l("foto"),
    "sha256": _l("SHA-256"),
    "shared": _l("dibagikan"),
    "step": _l("langkah"),
    "theirs": _l("di pihak mitra"),
    "title": _l("judul"),
    "twin": _l("kembaran perkara"),
    "unmatched": _l("tidak dikenal"),
    "upload": _l("unggahan"),
    "visit": _l("kunjungan"),
    "why": _l("sebab"),
}
_LONGEST = 300
_CLOSED = re.compile(r"passw|token$|^code$|secret_key|digest$", re.I)


class Told(NamedTuple):
    """One act. what: in words; kind, ident: the record; more: its facts in words, empty where there are none."""

    at: datetime
    actor: str
    what: str
    kind: str
    ident: str
    more: str


def told(rows: Iterable[AuditRow]) -> list[Told]:
    """Acts as pages and tables tell them."""
    return [Told(row.at, row.actor, act_word(row.action), kind_word(row.kind), row.ident, _facts(row.facts)) for row in rows]


def last_said(acts: Iterable[Told | partner_past.Told]) -> str:
    """Who did the latest of these acts, when and what, for the one who comes second; nothing where there is none."""
    last = next(iter(acts), None)
    if last is None:
        return ""
    act = _("Yang terakhir: %(name)s, %(at)s: %(act)s", name=last.actor, at=moment(last.at), act=last.what)
    return f"{act} ({last.more})." if last.more else f"{act}."


def act_word(code: str) -> str:
    """The word for an act; the code itself where there is none."""
    known = _ACTS.get(code) or WORDS["action"].get(code)
    if known is None and code.startswith("deal."):
        known = WORDS["deal_step"].get(code.removeprefix("deal."))
    return str(known if known is not None else code).rstrip(":")


def known_acts() -> dict[str, str]:
    """Codes of acts that have words, with these, for a search to choose from."""
    return {code: act_word(code) for code in sorted({*_ACTS, *WORDS["action"]})}


def kind_word(code: str) -> str:
    """The word for a kind of record; the code itself where there is none."""
    return str(KINDS.get(code, code))


def _facts(facts: dict[str, Any]) -> str:
    """Facts in a line; values before and after beside each other, addresses without their secret parts."""
    kept = {name: value for name, value in facts.items() if not _CLOSED.search(name)}
    parts = []
    if "before" in kept or "after" in kept:
        parts.append(f"{_value(kept.pop('before', None))} → {_value(kept.pop('after', None))}")
    for name, value in kept.items():
        if name == "changes" and isinstance(value, dict):
            parts += [f"{WORDS['field'].get(each, each)}: {_both(them)}" for each, them in value.items()]
        elif value is not None and value != {} and value != []:
            shown = _OURS[name](value) if name in _OURS else _value(value)
            parts.append(f"{_FACTS.get(name, name)}: {shown}")
    text = mask_text("; ".join(parts))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


# facts that are words of ours rather than somebody's
_OURS: dict[str, Callable[[Any], str]] = {
    "method": lambda value: str(word(value, "login_method")),
    "origin": lambda value: str(told_sentence(str(value))),
    "field": lambda value: str(word(value, "field")),
}


def _both(them: Any) -> str:
    """Values before and after; what is no such pair, as it is."""
    return f"{_value(them[0])} → {_value(them[1])}" if isinstance(them, list) and len(them) == 2 else _value(them)


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(_("ya") if value else _("tidak"))
    if isinstance(value, dict):
        return ", ".join(f"{_FACTS.get(name, name)} {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return str(value)
