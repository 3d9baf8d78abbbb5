"""Cases on their way from an idea to a contract that is carried out: what each step is taken with where nothing is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from exchange.agreements.case import Object
from exchange.agreements.guards import years_on
from exchange.agreements.node import Node
from exchange.agreements.papers import bring
from exchange.agreements.steps import begin, named, take
from exchange.store.agreements import AgreementRow
from exchange.store.partners import PartnerRow

TODAY = date(2026, 11, 27)
WAY = [
    "siapkan", "ajukan_telaah", "telaah", "kirim_penawaran", "terima", "isi_kb", "bekukan_kb", "tandatangani_kb", "jawab_dprd",
    "putuskan_tidak_perlu", "susun_pks", "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan",
]  # fmt: skip
_OPEN = {"dasar_jangka_waktu"} | {
    f"{text}_{part}" for text in ("kb", "pks") for part in ("nomor_kami", "nomor_mitra", "tempat", "hari", "penandatangan")
}  # fmt: skip
OBJECTS = [Object("Pagar besi hollow", sector="logam"), Object("Rangka baja ringan", kbli="25111")]


def paper(kind: str) -> bytes:
    """A PDF that is another one for each kind."""
    return b"%PDF-1.7\n% " + kind.encode() + b"\n%%EOF\n"


def sha(kind: str) -> str:
    return hashlib.sha256(paper(kind)).hexdigest()


def signer(side: str, role: str = "kepala_daerah", **more: str) -> dict[str, str]:
    office = {"kepala_daerah": "Wali Kota", "pejabat_kuasa": "Kepala Dinas", "pimpinan_pihak_ketiga": "Direktur", "menteri": "Menteri"}
    return {"pihak": side, "nama": "Pejabat Contoh", "jabatan": office[role], "peran": role, **more}


def facts(name: str, kind: str, on: date = TODAY) -> Any:
    """A value that a field of that kind can hold and no guard objects to."""
    if name == "hash_kb_mitra":
        return sha("naskah_kb")
    if name == "hash_pks_mitra":
        return sha("naskah_pks")
    known = {
        "tahun_apbd": on.year, "teranggarkan": True, "membebani_masyarakat": False, "membebani_daerah": False, "tidak_bertentangan": True,
        "hasil_telaah": "layak", "cara_kb": "basah", "prakarsa": "daerah", "kb_mulai": on.isoformat(), "pks_mulai": on.isoformat(),
        "kb_berakhir": years_on(on, 3).isoformat(), "pks_berakhir": years_on(on, 2).isoformat(),
        "nk_berakhir": years_on(on, 2).isoformat(), "dasar_akhir": "kesepakatan", "pengecualian": "darurat",
        "alasan": "Para pihak menghendakinya.", "adendum_ke": "1", "akhir_dasar": "kesepakatan",
        # what a text says of its own signature is what is signed; `go` leaves it open
        **{f"{text}_nomor_{side}": f"Isi nomor_{text}_{side}" for text in ("kb", "pks") for side in ("kami", "mitra")},
        "kb_tempat": "Isi tempat_kb", "pks_tempat": "Isi tempat_pks",
    }  # fmt: skip
    if name in known:
        return known[name]
    made = {
        "text": f"Isi {name}", "date": on.isoformat(), "flag": True, "year": on.year, "hash": "0" * 64, "mail": "kantor@daerah.example",
        "phone": "(0254) 123456", "postcode": "42411",
    }  # fmt: skip
    return made.get(kind) or [
        signer("kami"), signer("mitra", {"penandatangan_nk": "menteri", "nk_penandatangan": "menteri"}.get(name, "kepala_daerah"))
    ]  # fmt: skip


def go(
    session: Session, node: Node, row: AgreementRow, step: str, *, on: date = TODAY, without: tuple[str, ...] = (), actor: str = "petugas",
    office: str | None = None, **other: Any,
) -> AgreementRow:  # fmt: skip
    """Take a step with all that it wants, but what is left out or said otherwise."""
    rule = node.rules.steps[step]
    fields = {name: facts(name, node.rules.fields[name].kind, on) for name in (*rule.fields, *rule.may) if name not in without}
    fields = {name: value for name, value in fields.items() if name not in _OPEN} | other
    papers: Mapping[str, str] = {
        kind: bring(session, node.rules, node.papers, row, kind, f"{kind}.pdf", paper(kind), actor=actor)
        for kind in rule.papers
        if kind not in without
    }
    objects = OBJECTS if step == "isi_pks" and "objects" not in without else None
    return take(
        session, node, row.ident, step, office=office or rule.offices[0], actor=actor, on=on, version=row.version, facts=fields,
        papers=papers, objects=objects,
    )  # fmt: skip


def new_case(session: Session, node: Node, partner: PartnerRow | None = None, *, on: date = TODAY, **more: Any) -> AgreementRow:
    said = {"kind": "daerah", "region": "33.74", "counterpart": "Pemerintah Kota Semarang", "title": "Pemenuhan pagar sekolah"} | more
    return begin(session, node, partner=partner, actor="petugas", on=on, **said)


def go_until(session: Session, node: Node, row: AgreementRow, last: str, *, on: date = TODAY) -> AgreementRow:
    """Along the usual way up to that step."""
    for step in WAY[: WAY.index(last) + 1]:
        if step == "kirim_penawaran" and row.instrument == "sinergi":
            break
        row = go(session, node, named(session, row.ident), step, on=on)
    return row
