"""Partners as they are made and changed, and their client secrets and tokens: shown once, kept as hashes, ended at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from exchange.access.callers import Partner, partner_of
from exchange.access.openings import Opening, opening, standing
from exchange.access.policy import Tier
from exchange.access.scopes import SCOPES, in_order
from exchange.access.telling import tell_stage
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.partners import (
    AccessTokenRow,
    PartnerRow,
    PartnerSecretRow,
    all_partners,
    end_tokens,
    forget_tokens,
    partner_by_ident,
    secret_by_digest,
    secrets_of,
    token_by_digest,
)
from schemas.business import SECTORS
from schemas.codes import kbli as kbli_named
from schemas.codes import region as region_named

TOKEN_LIFE = timedelta(hours=1)
MOST_SECRETS = 2
STAGES = (Tier.PUBLIC, Tier.AGREED, Tier.CONTRACTED)
_IDENT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_KBLI = re.compile(r"\d{2,5}")


class Secret(NamedTuple):
    """A client secret as it is shown once. ident: what it is called when it is ended."""

    ident: str
    word: str


def actor_of(ident: str) -> str:
    """How the record of acts names a partner."""
    return f"mitra:{ident}"[:80]


def digest_of(word: str) -> str:
    """What is kept of a secret or a token."""
    return sha256(word.encode("utf-8", "surrogatepass")).hexdigest()


def add_partner(
    session: Session, ident: str, name: str, region: str, scopes: Iterable[str], *, contact: str | None = None, actor: str
) -> PartnerRow:
    """
    Make a partner, without any secret yet.

    Raises:
        BadRequest: the name, the region, the mailbox or a scope cannot be used. Conflict: the name is taken.
    """
    if not (_IDENT.fullmatch(ident) and 3 <= len(ident) <= 40):
        raise BadRequest(
            f"Nama mitra {ident[:60]!r} tidak dapat dipakai.", mend="Pakai 3 sampai 40 huruf kecil, angka dan tanda hubung: kota-contoh."
        )
    if not 1 <= len(name.strip()) <= 200:
        raise BadRequest("Nama lengkap mitra kosong atau terlalu panjang.", mend="Tulis nama kantornya, paling banyak 200 huruf.")
    if region_named(region) is None:
        raise BadRequest(
            f"Kode wilayah {region[:20]!r} tidak dikenal.", mend="Pakai kode Kemendagri, misalnya 33.74; daftar: /api/v1/regions."
        )
    if contact is not None and not _MAILBOX.fullmatch(contact):
        raise BadRequest("Kotak surat mitra tidak dapat dibaca.", mend="Pakai kotak surat kantor, misalnya dagang@kota-contoh.go.id.")
    if partner_by_ident(session, ident):
        raise Conflict(f"Mitra {ident} sudah ada.", mend="Pakai nama lain; lihat `exchange partner list`.")
    row = PartnerRow(ident=ident, name=name.strip(), region=region, contact=contact, scopes=checked_scopes(scopes), within={})
    session.add(row)
    audit(session, actor, "partner.add", "partner", ident, name=row.name, region=region, scopes=row.scopes)
    session.flush()
    return row


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """Scopes in their order; raises BadRequest for a word that is none, naming the nearest."""
    given = list(scopes)
    for scope in given:
        if scope not in SCOPES:
            raise BadRequest(f"Lingkup {scope[:40]!r} tidak ada.", mend=_instead(scope, SCOPES))
    return in_order(given)


def _instead(word: str, known: Iterable[str]) -> str:
    """What to use instead of a word that is none: the nearest, and all."""
    there = list(known)
    near = get_close_matches(word[:40].lower(), there, n=1)
    return f"{f'Mungkin maksudnya {near[0]}. ' if near else ''}Yang ada: {', '.join(there)}."


def named(session: Session, ident: str) -> PartnerRow:
    """The partner of that name; raises NotFound where there is none."""
    row = partner_by_ident(session, ident)
    if row is None:
        near = get_close_matches(ident[:40].lower(), [each.ident for each in all_partners(session)], n=1)
        guess = f"Mungkin maksudnya {near[0]}. " if near else ""
        raise NotFound(f"Mitra {ident[:60]!r} tidak ada.", mend=f"{guess}Lihat `exchange partner list`.")
    return row


def set_stage(
    session: Session,
    row: PartnerRow,
    stage: str,
    *,
    until: date | None = None,
    sectors: Iterable[str] = (),
    kbli: Iterable[str] = (),
    actor: str,
) -> None:
    """
    Put a partner on the tier that its agreement opens, until a day; it holds for its very next request.

    Raises:
        BadRequest: no such stage, a contract without objects, or objects without a contract.
    """
    if row.openings:
        cases = ", ".join(dict.fromkeys(kept[5] for kept in row.openings))
        raise Conflict(f"Tahap mitra ini mengikuti perkara kerja sama {cases}.", mend="Ubah lewat perkara itu, bukan dengan tangan.")
    if stage not in STAGES:
        raise BadRequest(f"Tahap {stage[:20]!r} tidak ada.", mend=_instead(stage, STAGES))
    within = _checked_within(stage, list(sectors), list(kbli))
    if stage == Tier.PUBLIC and until is not None:
        raise BadRequest("Tahap public tidak berakhir.", mend="Hilangkan tanggalnya.")
    before = {"stage": row.stage, "until": row.stage_until and row.stage_until.isoformat(), "within": row.within}
    _stand(session, row, stage, until, within, before, actor)


def set_openings(session: Session, row: PartnerRow, openings: Sequence[Opening], today: date, *, actor: str) -> None:
    """Have a partner's access follow its agreements from now on: what they open today holds for its very next request."""
    before = {"stage": row.stage, "until": row.stage_until and row.stage_until.isoformat(), "within": row.within}
    row.openings = [one.kept() for one in openings]
    now = standing(openings, today)
    _stand(session, row, str(now.tier), None if now.tier is Tier.PUBLIC else now.until, dict(now.within), before, actor)


def follow_openings(session: Session, today: date, *, actor: str) -> int:
    """Write down what agreements open today where that is another thing than yesterday; how many partners that touched."""
    touched = 0
    for row in all_partners(session):
        if not row.openings:
            continue
        now = standing([opening(kept) for kept in row.openings], today)
        until = None if now.tier is Tier.PUBLIC else now.until
        if (str(now.tier), until, dict(now.within)) != (row.stage, row.stage_until, row.within):
            before = {"stage": row.stage, "until": row.stage_until and row.stage_until.isoformat(), "within": row.within}
            _stand(session, row, str(now.tier), until, dict(now.within), before, actor)
            touched += 1
    return touched


def _stand(
    session: Session, row: PartnerRow, stage: str, until: date | None, within: dict[str, Any], before: dict[str, Any], actor: str
) -> None:
    row.stage, row.stage_until, row.within = stage, until, within
    _changed(row)
    after = {"stage": stage, "until": until and until.isoformat(), "within": within}
    audit(session, actor, "partner.stage", "partner", row.ident, before=before, after=after)
    if before != after:
        tell_stage(session, row, stage)


def _checked_within(stage: str, sectors: list[str], kbli: list[str]) -> dict[str, Any]:
    for sector in sectors:
        if sector not in SECTORS:
            raise BadRequest(f"Sektor {sector[:40]!r} tidak ada.", mend=_instead(sector, SECTORS))
    for code in kbli:
        if not _KBLI.fullmatch(code):
            raise BadRequest(f"KBLI {code[:20]!r} tidak dapat dibaca.", mend="Pakai 2 sampai 5 angka pertama kode KBLI 2020.")
        if kbli_named(code) is None:
            raise BadRequest(f"KBLI {code} tidak ada dalam KBLI 2020.", mend="Periksa angkanya; misalnya 25 atau 25111.")
    if stage == Tier.CONTRACTED and not sectors and not kbli:
        raise BadRequest("PKS tanpa objek tidak membuka apa pun.", mend="Sebut sektor atau KBLI yang dicakup PKS itu.")
    if stage != Tier.CONTRACTED and (sectors or kbli):
        raise BadRequest("Hanya PKS yang punya objek.", mend="Hilangkan sektor dan KBLI, atau pilih tahap contracted.")
    return {"sectors": sorted(set(sectors)), "kbli": sorted(set(kbli))} if stage == Tier.CONTRACTED else {}


def set_scopes(session: Session, row: PartnerRow, scopes: Iterable[str], *, actor: str) -> None:
    """Give a partner other scopes; its tokens lose at once what is taken, and gain nothing."""
    before, row.scopes = row.scopes, checked_scopes(scopes)
    _changed(row)
    audit(session, actor, "partner.scopes", "partner", row.ident, before=before, after=row.scopes)


def set_rate(session: Session, row: PartnerRow, per_minute: int | None, *, actor: str) -> None:
    """Give a partner its own number of requests a minute; None for the node's usual one."""
    if per_minute is not None and not 1 <= per_minute <= 10**9:
        raise BadRequest("Jumlah permintaan semenit harus 1 sampai 1000000000.")
    before, row.per_minute = row.per_minute, per_minute
    _changed(row)
    audit(session, actor, "partner.rate", "partner", row.ident, before=before, after=per_minute)


def set_active(session: Session, row: PartnerRow, active: bool, *, actor: str) -> None:
    """Close a partner's access or open it again; closing ends its tokens at once, its secrets stay for when it is opened."""
    row.active = active
    _changed(row)
    ended = end_tokens(session, partner_id=row.id) if not active else 0
    audit(session, actor, "partner.enable" if active else "partner.disable", "partner", row.ident, tokens_ended=ended)


def _changed(row: PartnerRow) -> None:
    row.version += 1
    row.updated_at = utcnow()


def new_secret(session: Session, row: PartnerRow, *, actor: str) -> Secret:
    """
    A further secret of a partner; its words are here and never again.

    Raises:
        Conflict: two hold already; one has to be ended first.
    """
    now = utcnow()
    held = secrets_of(session, row.id, now)
    if len(held) >= MOST_SECRETS:
        idents = ", ".join(one.ident for one in held)
        raise Conflict(
            f"Sudah ada {MOST_SECRETS} rahasia yang berlaku ({idents}).", mend="Akhiri salah satu yang lama, lalu minta yang baru."
        )
    ident, word = secrets.token_hex(4), secrets.token_urlsafe(32)
    session.add(PartnerSecretRow(ident=ident, partner_id=row.id, digest=digest_of(word), hint=word[:4], made_by=actor[:80]))
    audit(session, actor, "partner.secret", "partner", row.ident, secret=ident)
    session.flush()
    return Secret(ident, word)


def end_secret(session: Session, row: PartnerRow, ident: str, *, actor: str) -> int:
    """
    End one secret and all tokens that it gave, at once; how many tokens went.

    Raises:
        NotFound: the partner has no secret of that name that holds.
    """
    for one in secrets_of(session, row.id, utcnow()):
        if one.ident == ident:
            one.ends_at = utcnow()
            ended = end_tokens(session, secret_id=one.id)
            audit(session, actor, "partner.secret.end", "partner", row.ident, secret=ident, tokens_ended=ended)
            return ended
    raise NotFound(f"Tidak ada rahasia {ident[:20]!r} yang berlaku.", mend="Daftarnya: `exchange partner show` atau GET /api/v1/partner.")


def secret_for(session: Session, ident: str, word: str) -> tuple[PartnerRow, PartnerSecretRow] | None:
    """The partner and its secret where name and word fit and both hold; None otherwise, whatever is wrong."""
    found = secret_by_digest(session, digest_of(word))
    row = partner_by_ident(session, ident)
    if found is None or row is None or found.partner_id != row.id or not row.active:
        return None
    return None if found.ends_at is not None and found.ends_at <= utcnow() else (row, found)


def keep_token(session: Session, word: str, row: PartnerRow, secret: PartnerSecretRow, scopes: list[str]) -> datetime:
    """Keep a token that was just made; its end. Tokens that ended an hour ago are dropped on the way."""
    now = utcnow()
    forget_tokens(session, now - TOKEN_LIFE)
    secret.used_at = now
    ends_at = now + TOKEN_LIFE
    made = AccessTokenRow(digest=digest_of(word), partner_id=row.id, secret_id=secret.id, scopes=scopes, made_at=now, ends_at=ends_at)
    session.add(made)
    return ends_at


def partner_by_token(session: Session, word: str, today: date) -> Partner | None:
    """The partner whose token this is, as its agreement stands today; None where the token holds no more, or never did."""
    found = token_by_digest(session, digest_of(word))
    if found is None or found.ends_at <= utcnow() or not found.partner.active:
        return None
    return partner_of(found.partner, found.scopes, today)
