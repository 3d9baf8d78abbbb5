"""Invitations and recoveries: links for one use, which let their bearer set the password of one account."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from exchange.access.accounts import check_role, new_account, new_key, take_password
from exchange.access.staff_sessions import digest
from exchange.errors import BadRequest, Conflict, LinkEnded, NotFound
from exchange.setting_values import MAILBOX
from exchange.store.account_links import AccountLinkRow, end_links, link_by_digest
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.users import UserRow, user_by_subject

LIFE: Final = {"invite": timedelta(days=7), "recover": timedelta(hours=1)}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_LONGEST_WORD = 100
_MEND = "Minta tautan baru kepada admin."


class Made(NamedTuple):
    """A link that was made just now. word: shown once; until: its end."""

    row: UserRow
    kind: str
    word: str
    until: datetime


def invite(session: Session, name: str, role: str, email: str | None, *, actor: str) -> Made:
    """
    An account that nobody can log in to yet, and the link by which its owner sets a password.

    Raises:
        BadRequest: name, role or mailbox cannot be read. Conflict: the name is taken.
    """
    if not _NAME.fullmatch(name):
        raise BadRequest(
            "Nama pengguna tidak dapat dipakai.",
            mend="Pakai 2 sampai 40 huruf kecil, angka, titik, garis atau garis bawah, misalnya sari.w.",
        )
    check_role(role)
    row = new_account(session, name, "", role, actor=actor, act="user.invite", email=checked_mailbox(email))
    return _made(session, row, "invite", actor)


def new_link(session: Session, row: UserRow, *, actor: str, ends: bool = True) -> Made:
    """
    A link for an account that is there: to recover it, or to invite again whoever has set no password yet.

    ends: whether earlier links end; not where anybody may ask for one, who could end an administrator's that way.

    Raises:
        Conflict: the account is closed.
    """
    if not row.active:
        raise Conflict(f"Akun {row.name} ditutup.", mend="Buka dahulu akunnya, lalu buat tautannya.")
    kind = "recover" if row.password_hash or row.oidc_subject else "invite"
    audit(session, actor, f"user.{kind}", "user", row.name)
    if ends:
        end_links(session, row.id, utcnow())
    return _made(session, row, kind, actor)


def _made(session: Session, row: UserRow, kind: str, actor: str) -> Made:
    now, word = utcnow(), secrets.token_urlsafe(32)
    until = now + LIFE[kind]
    session.add(AccountLinkRow(account_id=row.id, kind=kind, digest=digest(word), made_by=actor[:80], made_at=now, until=until))
    return Made(row, kind, word, until)


def opened(session: Session, word: str) -> AccountLinkRow:
    """
    The link of a word, with its account.

    Raises:
        NotFound: nobody made it. LinkEnded: it was used, taken back, or its time is over.
    """
    link = link_by_digest(session, digest(word)) if len(word) <= _LONGEST_WORD else None
    if link is None:
        raise NotFound("Tautan ini tidak dikenal.", mend="Periksa apakah tautannya tersalin utuh. " + _MEND)
    if link.used_at is not None or link.until <= utcnow() or not link.account.active:
        raise LinkEnded("Tautan ini sudah dipakai atau sudah berakhir.", mend=_MEND)
    return link


def use(session: Session, word: str, password_hash: str) -> UserRow:
    """
    Set the password of a link's account (`accounts.hashed`), which ends the link, all others of the account, and its sessions.

    Of two who use one link at once one is refused; raises what `opened` raises.
    """
    link = opened(session, word)
    link.used_at = utcnow()
    session.flush()
    take_password(session, link.account, password_hash, actor=link.account.name)
    return link.account


def link_with_provider(session: Session, word: str, issuer: str, subject: str) -> UserRow:
    """
    Link a link's account with somebody at an OIDC provider, which ends the link and the account's sessions.

    Raises:
        Conflict: that somebody has an account already; and what `opened` raises.
    """
    link = opened(session, word)
    other = user_by_subject(session, issuer, subject)
    if other is not None and other.id != link.account_id:
        raise Conflict("Identitas itu sudah terhubung dengan akun lain.", mend="Masuk dengan akun itu, atau minta admin melepaskannya.")
    now, row = utcnow(), link.account
    link.used_at = now
    row.oidc_issuer, row.oidc_subject, row.session_key = issuer, subject, new_key()
    row.failed, row.locked_until = 0, None
    end_links(session, row.id, now)
    audit(session, row.name, "user.oidc", "user", row.name, issuer=issuer)
    return row


def checked_mailbox(said: str | None) -> str | None:
    """A mailbox as it is kept; None where none is given; raises BadRequest for what is none."""
    said = (said or "").strip()
    if said and not (len(said) <= 200 and MAILBOX.fullmatch(said)):
        raise BadRequest("Kotak surat tidak dapat dibaca.", mend="Tulis satu alamat, misalnya sari@contoh.go.id.")
    return said or None
