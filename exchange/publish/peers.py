"""Who signed: a detached signature held against the keys of other nodes that a person pinned."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from exchange.agreements.twins.peers import moved
from exchange.publish.base64url import decoded
from exchange.publish.detached import followed, proves, read, said_keys
from exchange.store.twins import TwinPeerRow, trusted_peer


def signer(session: Session, word: str, chain: Sequence[str], body: bytes, *, pin: bool = True) -> TwinPeerRow | None:
    """
    The trusted node that signed these bytes; None for everybody else, whatever is wrong.

    word: the signature as it came; chain: what came with it of later keys. Where the node signs with a later key that its pinned
    one vouched for, that one is pinned from now on (pin).
    """
    try:
        signature = read(word)
        peer = trusted_peer(session, [signature.kid, *said_keys(chain)])
        if peer is None:
            return None
        keys = [] if peer.kid == signature.kid else followed(peer.kid, peer.key, chain)
        at = next((place for place, (kid, _) in enumerate(keys) if kid == signature.kid), None)
        if peer.kid != signature.kid and at is None:
            return None
        key = peer.key if at is None else keys[at][1]
        if not proves(signature, body, decoded(key)):
            return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if at is not None and pin:
        moved(session, peer, keys[: at + 1])
    return peer


def is_signed_by(peer: TwinPeerRow, word: str, chain: Sequence[str], body: bytes) -> bool:
    """Whether a node's pinned key, or one that it vouched for, signed these bytes; pins nothing."""
    try:
        signature = read(word)
        keys = dict([(peer.kid, peer.key), *followed(peer.kid, peer.key, chain)])
        return signature.kid in keys and proves(signature, body, decoded(keys[signature.kid]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
