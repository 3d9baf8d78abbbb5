"""The nodes of other regions: trusted by a person who compared the key with its office, and what became of that key since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.twins import TwinPeerRow, peer_by_region
from schemas.codes import region as region_named


def fingerprint(public: bytes) -> str:
    """A key as two people compare it by telephone: SHA-256 of its 32 bytes, in sixteen groups of four."""
    word = hashlib.sha256(public).hexdigest()
    return " ".join(word[place : place + 4] for place in range(0, len(word), 4))


def same_fingerprint(said: str, public: bytes) -> bool:
    """Whether a person's copy is that of the key, however it is grouped or written."""
    clean = "".join(sign for sign in said.lower() if sign.isalnum())
    return clean == fingerprint(public).replace(" ", "")


def trust(session: Session, home: str, region: str, url: str, kid: str, key: str, *, local: bool = False, actor: str) -> TwinPeerRow:
    """
    Pin the key of another region's node, in place of the one before where there was one; what waits for it is sent.

    key: base64url of its 32 bytes, whose fingerprint the caller compared.

    Raises:
        BadRequest: the region is none, or our own; the address is neither HTTPS nor (local) on this machine.
    """
    if region_named(region) is None or region == home:
        raise BadRequest(f"Kode wilayah {region[:20]!r} tidak dapat dipakai.", mend="Pakai kode Kemendagri daerah lain, misalnya 33.74.")
    if len(url) > 300 or not (url.startswith("https://") or (local and url.startswith("http://"))):
        raise BadRequest("Alamat simpul harus HTTPS.", mend="Pakai https://…; untuk simpul di mesin ini tambahkan --local.")
    row = peer_by_region(session, region)
    before = None if row is None else {"kid": row.kid, "url": row.url, "state": row.state}
    if row is None:
        row = TwinPeerRow(region=region, made_by=actor[:80])
        session.add(row)
    row.url, row.local, row.kid, row.key, row.state, row.changed_at = url.rstrip("/"), local, kid, key, "trusted", utcnow()
    session.flush()
    audit(session, actor, "twin.trust", "twin_peer", region, before=before, after={"kid": kid, "url": row.url})
    return row


def distrust(session: Session, region: str, *, actor: str) -> TwinPeerRow:
    """Take nothing from a node any more and send it nothing, from now on. Raises NotFound, or Conflict where it is so already."""
    row = peer_named(session, region, trusted=False)
    if row.state == "closed":
        raise Conflict(f"Simpul {region} memang tidak dipercaya.", mend="Tidak ada yang diubah.")
    row.state, row.changed_at = "closed", utcnow()
    audit(session, actor, "twin.distrust", "twin_peer", region, kid=row.kid)
    return row


def peer_named(session: Session, region: str, *, trusted: bool = True) -> TwinPeerRow:
    """The node of a region; raises NotFound where there is none, or (trusted) none that is trusted now."""
    row = peer_by_region(session, region)
    if row is None or (trusted and row.state != "trusted"):
        raise NotFound(
            f"Simpul daerah {region[:10]!r} belum dipercaya.", mend="Lihat `exchange agreement twin peers`, atau: … twin trust REGION URL"
        )
    return row


def moved(session: Session, peer: TwinPeerRow, keys: Sequence[tuple[str, str]]) -> None:
    """Pin the last of the keys (kid, key) that followed one another by the node's own signatures; nothing where there is none."""
    if keys and keys[-1][0] != peer.kid:
        audit(session, f"simpul:{peer.region}", "twin.key", "twin_peer", peer.region, before=peer.kid, after=[kid for kid, _ in keys])
        peer.kid, peer.key = keys[-1]
        peer.changed_at = utcnow()
        session.flush()
