"""
The signature of an event, after Standard Webhooks.

Source
  https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  signed: `{webhook-id}.{webhook-timestamp}.{body}`; HMAC-SHA256, base64, `v1,` before it; several signatures with a space between them.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime


def signed_headers(ident: str, at: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of one try: the event's identifier, the time of the try in whole seconds, and a signature by each key."""
    stamp = str(int(at.timestamp()))
    signed = b".".join([ident.encode(), stamp.encode(), body])
    words = (f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys)
    return {
        "webhook-id": ident,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(words),
        "Content-Type": "application/json; charset=utf-8",
    }
